//! Small vector arithmetic on the town's plane, metres. Knows no street and no degree.

use crate::geometry::Xy;

pub fn xy(x: f64, y: f64) -> Xy {
    Xy { x, y }
}

pub fn add(a: Xy, b: Xy) -> Xy {
    xy(a.x + b.x, a.y + b.y)
}

pub fn sub(a: Xy, b: Xy) -> Xy {
    xy(a.x - b.x, a.y - b.y)
}

pub fn scale(a: Xy, k: f64) -> Xy {
    xy(a.x * k, a.y * k)
}

pub fn dot(a: Xy, b: Xy) -> f64 {
    a.x * b.x + a.y * b.y
}

pub fn cross(a: Xy, b: Xy) -> f64 {
    a.x * b.y - a.y * b.x
}

pub fn length(a: Xy) -> f64 {
    a.x.hypot(a.y)
}

pub fn distance(a: Xy, b: Xy) -> f64 {
    length(sub(a, b))
}

pub fn unit(a: Xy) -> Xy {
    scale(a, 1.0 / length(a).max(1e-9))
}

/// A quarter turn to the left.
pub fn left(a: Xy) -> Xy {
    xy(-a.y, a.x)
}

pub fn lerp(a: Xy, b: Xy, t: f64) -> Xy {
    add(a, scale(sub(b, a), t))
}

pub fn heading(angle: f64) -> Xy {
    xy(angle.cos(), angle.sin())
}

/// Area, positive when the ring runs anticlockwise.
pub fn area(ring: &[Xy]) -> f64 {
    let n = ring.len();
    (0..n).map(|i| cross(ring[i], ring[(i + 1) % n])).sum::<f64>() / 2.0
}

/// Mean of the ring's corners weighted by area; the corners' mean for a degenerate ring.
pub fn centroid(ring: &[Xy]) -> Xy {
    let n = ring.len();
    let (mut c, mut a) = (xy(0.0, 0.0), 0.0);
    let o = ring[0];
    for i in 0..n {
        let (p, q) = (sub(ring[i], o), sub(ring[(i + 1) % n], o));
        let w = cross(p, q);
        c = add(c, scale(add(p, q), w));
        a += w;
    }
    if a.abs() < 1e-6 {
        return scale(ring.iter().fold(xy(0.0, 0.0), |s, &p| add(s, p)), 1.0 / n as f64);
    }
    add(o, scale(c, 1.0 / (3.0 * a)))
}

/// Even-odd rule.
pub fn inside(ring: &[Xy], p: Xy) -> bool {
    let n = ring.len();
    let mut odd = false;
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            odd = !odd;
        }
    }
    odd
}

pub fn to_segment(p: Xy, a: Xy, b: Xy) -> f64 {
    let d = sub(b, a);
    let t = (dot(sub(p, a), d) / dot(d, d).max(1e-12)).clamp(0.0, 1.0);
    distance(p, add(a, scale(d, t)))
}

/// Where the line through `p` along `d` meets the ring, as distances along `d`, ascending.
pub fn meets(ring: &[Xy], p: Xy, d: Xy) -> Vec<(f64, usize)> {
    let n = ring.len();
    let mut at: Vec<(f64, usize)> = (0..n)
        .filter_map(|i| {
            let (a, b) = (sub(ring[i], p), sub(ring[(i + 1) % n], p));
            let (sa, sb) = (cross(d, a), cross(d, b));
            ((sa > 0.0) != (sb > 0.0)).then(|| (dot(d, lerp(a, b, sa / (sa - sb))), i))
        })
        .collect();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    at
}

/// The ring moved inwards by `by` metres (mitred); `None` when little or nothing is left.
pub fn inset(ring: &[Xy], by: f64) -> Option<Vec<Xy>> {
    let n = ring.len();
    let out: Vec<Xy> = (0..n)
        .map(|i| {
            let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
            let (u, v) = (left(unit(sub(b, a))), left(unit(sub(c, b))));
            let m = add(u, v);
            let k = dot(m, m);
            if k < 0.3 { add(b, scale(u, by)) } else { add(b, scale(m, 2.0 * by / k)) }
        })
        .collect();
    let whole = area(ring);
    let rest = area(&out);
    let kept = out.iter().all(|&p| inside(ring, p));
    let forward = (0..n).all(|i| {
        let j = (i + 1) % n;
        dot(sub(out[j], out[i]), sub(ring[j], ring[i])) > 0.0
    });
    if kept && forward && rest > 60.0 && rest < whole { Some(out) } else { inset_dropping(ring, by) }
}

/// For rings with edges too short to survive: half-plane clipping, exact for convex rings.
fn inset_dropping(ring: &[Xy], by: f64) -> Option<Vec<Xy>> {
    let n = ring.len();
    let mut poly = ring.to_vec();
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        let normal = left(unit(sub(b, a)));
        poly = clip(&poly, add(a, scale(normal, by)), normal);
        if poly.len() < 3 {
            return None;
        }
    }
    (area(&poly) > 60.0).then_some(poly)
}

/// The part of a convex ring on the side of `p` to which `normal` points.
pub fn clip(ring: &[Xy], p: Xy, normal: Xy) -> Vec<Xy> {
    let n = ring.len();
    let mut out = Vec::with_capacity(n + 1);
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        let (sa, sb) = (dot(normal, sub(a, p)), dot(normal, sub(b, p)));
        if sa >= 0.0 {
            out.push(a);
        }
        if (sa >= 0.0) != (sb >= 0.0) {
            out.push(lerp(a, b, sa / (sa - sb)));
        }
    }
    out
}

/// Whether two convex rings overlap (separating axes).
pub fn overlap(a: &[Xy], b: &[Xy]) -> bool {
    let apart = |p: &[Xy], q: &[Xy]| {
        (0..p.len()).any(|i| {
            let n = left(sub(p[(i + 1) % p.len()], p[i]));
            q.iter().all(|&c| dot(n, sub(c, p[i])) <= 0.0)
        })
    };
    !apart(a, b) && !apart(b, a)
}

/// A rectangle around `middle`, anticlockwise, `along` its long direction.
pub fn rectangle(middle: Xy, along: Xy, long: f64, deep: f64) -> [Xy; 4] {
    let (u, v) = (scale(along, long / 2.0), scale(left(along), deep / 2.0));
    [sub(sub(middle, u), v), sub(add(middle, u), v), add(add(middle, u), v), add(sub(middle, u), v)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: f64) -> Vec<Xy> {
        vec![xy(0.0, 0.0), xy(side, 0.0), xy(side, side), xy(0.0, side)]
    }

    #[test]
    fn an_inset_square_loses_a_strip_on_each_side() {
        let ring = inset(&square(100.0), 10.0).expect("room");
        assert!((area(&ring) - 6400.0).abs() < 1e-6);
        assert!(inset(&square(100.0), 49.0).is_none());
    }

    #[test]
    fn rectangles_side_by_side_do_not_overlap() {
        let a = rectangle(xy(0.0, 0.0), xy(1.0, 0.0), 10.0, 10.0);
        assert!(!overlap(&a, &rectangle(xy(10.5, 0.0), xy(1.0, 0.0), 10.0, 10.0)));
        assert!(overlap(&a, &rectangle(xy(9.5, 0.0), heading(0.4), 10.0, 10.0)));
    }
}
