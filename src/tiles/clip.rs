//! Cuts lines and rings at the tile's edge. What comes out lies inside the box, to the last bit.

use geo::Coord;

/// A square from `low` to `high` on both axes, in tile units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub low: f64,
    pub high: f64,
}

impl Window {
    pub fn contains(self, c: Coord) -> bool {
        (self.low..=self.high).contains(&c.x) && (self.low..=self.high).contains(&c.y)
    }

    fn clamp(self, c: Coord) -> Coord {
        Coord { x: c.x.clamp(self.low, self.high), y: c.y.clamp(self.low, self.high) }
    }
}

/// The pieces of a line inside the window (Liang and Barsky, segment by segment).
pub fn line(points: &[Coord], window: Window) -> Vec<Vec<Coord>> {
    let mut pieces: Vec<Vec<Coord>> = Vec::new();
    // The last piece goes on when it ended at a point of the line, not at the window's edge.
    let mut open = false;
    for pair in points.windows(2) {
        let Some((enter, leave)) = inside(pair[0], pair[1], window) else {
            open = false;
            continue;
        };
        let at = |t: f64| window.clamp(pair[0] + (pair[1] - pair[0]) * t);
        match pieces.last_mut().filter(|_| open && enter == 0.0) {
            Some(piece) => piece.push(at(leave)),
            None => pieces.push(vec![at(enter), at(leave)]),
        }
        open = leave == 1.0;
    }
    pieces
}

/// Shares of the segment at which it enters and leaves the window.
fn inside(a: Coord, b: Coord, window: Window) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (from, step) in [(a.x, b.x - a.x), (a.y, b.y - a.y)] {
        if step == 0.0 {
            if !(window.low..=window.high).contains(&from) {
                return None;
            }
            continue;
        }
        let (t, u) = ((window.low - from) / step, (window.high - from) / step);
        enter = enter.max(t.min(u));
        leave = leave.min(t.max(u));
    }
    (enter <= leave).then_some((enter, leave))
}

/// A ring cut at the window (Sutherland and Hodgman), without its closing point. Pieces of a
/// concave ring stay joined along the window's edge: the caller parts them.
pub fn ring(points: &[Coord], window: Window) -> Vec<Coord> {
    let mut ring: Vec<Coord> = points.to_vec();
    if ring.first() == ring.last() {
        ring.pop();
    }
    type Depth = fn(Coord, Window) -> f64;
    let sides: [Depth; 4] = [|c, w| c.x - w.low, |c, w| w.high - c.x, |c, w| c.y - w.low, |c, w| w.high - c.y];
    for depth in sides {
        let Some(&last) = ring.last() else { break };
        let mut cut = Vec::with_capacity(ring.len() + 4);
        let (mut before, mut before_depth) = (last, depth(last, window));
        for &c in &ring {
            let d = depth(c, window);
            if (d >= 0.0) != (before_depth >= 0.0) {
                cut.push(before + (c - before) * (before_depth / (before_depth - d)));
            }
            if d >= 0.0 {
                cut.push(c);
            }
            (before, before_depth) = (c, d);
        }
        ring = cut;
    }
    ring.into_iter().map(|c| window.clamp(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, BooleanOps, Euclidean, Length, LineString, MultiLineString, Polygon, Rect};
    use proptest::prelude::*;

    const W: Window = Window { low: 0.0, high: 100.0 };

    fn coords(points: &[(f64, f64)]) -> Vec<Coord> {
        points.iter().copied().map(Coord::from).collect()
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_pieces() {
        let pieces = line(&coords(&[(10.0, 50.0), (150.0, 50.0), (150.0, 80.0), (20.0, 80.0)]), W);
        assert_eq!(pieces, vec![coords(&[(10.0, 50.0), (100.0, 50.0)]), coords(&[(100.0, 80.0), (20.0, 80.0)])]);
    }

    proptest! {
        #[test]
        fn clipped_lines_are_as_long_as_another_clipper_says(
            points in prop::collection::vec((-100.0..200.0f64, -100.0..200.0f64), 2..12)
        ) {
            let points = coords(&points);
            let pieces = line(&points, W);
            prop_assert!(pieces.iter().flatten().all(|c| W.contains(*c)));
            let ours: f64 = pieces.iter().map(|p| Euclidean.length(&LineString::new(p.clone()))).sum();
            let square: Polygon = Rect::new((0.0, 0.0), (100.0, 100.0)).to_polygon();
            let theirs = Euclidean.length(&square.clip(&MultiLineString::new(vec![LineString::new(points)]), false));
            prop_assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }

        #[test]
        fn a_clipped_ring_has_the_area_inside_the_window(
            radii in prop::collection::vec(5.0..150.0f64, 5..20), x in -50.0..150.0f64, y in -50.0..150.0f64
        ) {
            let step = std::f64::consts::TAU / radii.len() as f64;
            let star: Vec<Coord> = radii.iter().enumerate()
                .map(|(i, r)| Coord { x: x + r * (step * i as f64).cos(), y: y + r * (step * i as f64).sin() })
                .collect();
            let ours = ring(&star, W);
            prop_assert!(ours.iter().all(|c| W.contains(*c)));
            let ours = Polygon::new(LineString::new(ours), vec![]).unsigned_area();
            let square: Polygon = Rect::new((0.0, 0.0), (100.0, 100.0)).to_polygon();
            let theirs = square.intersection(&Polygon::new(LineString::new(star), vec![])).unsigned_area();
            prop_assert!((ours - theirs).abs() < 1e-2, "{ours} {theirs}");
        }
    }
}
