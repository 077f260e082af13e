//! Straight lines on the plane: where two meet, places along one, inside a ring of them, and boxes.

use crate::geometry::Xy;

/// A box on the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub low: Xy,
    pub high: Xy,
}

impl Bounds {
    /// Holds nothing.
    pub const NONE: Self = Self {
        low: Xy { x: f64::INFINITY, y: f64::INFINITY },
        high: Xy { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    pub fn around<'p>(points: impl IntoIterator<Item = &'p Xy>) -> Self {
        points.into_iter().fold(Self::NONE, |all, p| all.with(Self { low: *p, high: *p }))
    }

    pub fn with(self, other: Self) -> Self {
        Self {
            low: Xy { x: self.low.x.min(other.low.x), y: self.low.y.min(other.low.y) },
            high: Xy { x: self.high.x.max(other.high.x), y: self.high.y.max(other.high.y) },
        }
    }

    pub fn grown(self, by: f64) -> Self {
        Self {
            low: Xy { x: self.low.x - by, y: self.low.y - by },
            high: Xy { x: self.high.x + by, y: self.high.y + by },
        }
    }

    pub fn holds(&self, p: Xy) -> bool {
        p.x >= self.low.x && p.x <= self.high.x && p.y >= self.low.y && p.y <= self.high.y
    }
}

/// Where two lines meet, as shares of each; parallel lines do not.
pub(super) fn meeting([p, q]: [Xy; 2], [c, d]: [Xy; 2]) -> Option<(f64, f64)> {
    let cross = |u: Xy, v: Xy| u.x * v.y - u.y * v.x;
    let minus = |u: Xy, v: Xy| Xy { x: u.x - v.x, y: u.y - v.y };
    let (along, across, gap) = (minus(q, p), minus(d, c), minus(c, p));
    let turn = cross(along, across);
    if turn == 0.0 {
        return None;
    }
    let (t, s) = (cross(gap, across) / turn, cross(gap, along) / turn);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&s)).then_some((t, s))
}

/// The place at a share of a line.
pub(super) fn between([a, b]: [Xy; 2], t: f64) -> Xy {
    Xy { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}

/// Whether a position lies inside rings with these sides, by how many of them lie west of it.
pub(super) fn inside(sides: impl Iterator<Item = [Xy; 2]>, p: Xy) -> bool {
    let west = |[a, b]: &[Xy; 2]| (a.y > p.y) != (b.y > p.y) && a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) < p.x;
    !sides.filter(west).count().is_multiple_of(2)
}
