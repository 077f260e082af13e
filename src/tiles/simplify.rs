//! Leaves out points that nobody can see (Douglas and Peucker). Without recursion: a hostile
//! outline must not exhaust the stack.

use geo::Coord;

/// Largest distance, in tile units, of a left-out point from the line that stays; an eighth of
/// a pixel.
pub const TOLERANCE: f64 = 1.0;

/// The line with fewer points; first and last stay. A closed line keeps at least its start and
/// the point farthest from it.
pub fn simplify(line: &[Coord], tolerance: f64) -> Vec<Coord> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[line.len() - 1] = true;
    let mut open = vec![(0, line.len() - 1)];
    while let Some((first, last)) = open.pop() {
        let (mut far, mut most) = (first, tolerance * tolerance);
        for i in first + 1..last {
            let d = square_distance(line[i], line[first], line[last]);
            if d > most {
                (far, most) = (i, d);
            }
        }
        if far != first {
            keep[far] = true;
            open.push((first, far));
            open.push((far, last));
        }
    }
    line.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(c, _)| *c).collect()
}

fn square_distance(p: Coord, a: Coord, b: Coord) -> f64 {
    let (d, v) = (b - a, p - a);
    let length2 = d.x * d.x + d.y * d.y;
    let t = if length2 > 0.0 { ((v.x * d.x + v.y * d.y) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (v.x - t * d.x).powi(2) + (v.y - t * d.y).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_point_that_is_left_out_is_farther_than_the_tolerance(
            points in prop::collection::vec((0.0..50.0f64, 0.0..50.0f64), 2..60)
        ) {
            let line: Vec<Coord> = points.into_iter().map(Coord::from).collect();
            let simple = simplify(&line, TOLERANCE);
            prop_assert_eq!(simple.first(), line.first());
            prop_assert_eq!(simple.last(), line.last());
            for p in &line {
                let nearest = simple.windows(2).map(|w| square_distance(*p, w[0], w[1])).fold(f64::INFINITY, f64::min);
                prop_assert!(nearest.sqrt() <= TOLERANCE + 1e-9);
            }
        }
    }
}
