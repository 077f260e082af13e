//! How a position sees one straight segment of the network: the perpendicular foot, which parts
//! of the segment it can walk to in a straight line, and the cheapest way between the two.
//!
//! Cost is counted in metres of network walking. Off the network walking is half as fast, so a
//! straight line of length `d` costs `2 d`. Along a segment the cost of reaching a position at
//! foot `s*` and height `h` from a start that lies far to the left is
//! `a + s + 2·√((s−s*)² + h²)`, least at `s = s* − h/√3` (Snell's law at half speed).

use crate::geometry::Xy;

/// Off the network a metre costs this many metres of the network.
pub(super) const OFF_NETWORK_COST: f64 = 2.0;
/// tan of the angle at which leaving the network is cheapest: sin = 1/[`OFF_NETWORK_COST`].
pub(super) const LEAVE: f64 = 0.577_350_269_189_625_8;

/// A position seen from a segment that runs from 0 to `length` along its own axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Approach {
    /// Perpendicular foot along the segment's axis; may lie outside 0..length.
    pub foot: f64,
    /// Distance from the segment's line.
    pub height: f64,
    pub length: f64,
}

/// A closed part of a segment.
pub(super) type Interval = (f64, f64);

impl Approach {
    /// Position `p` and segment `ab`, in plane metres; `k` is the plane's east scale there.
    pub fn new(p: Xy, [a, b]: [Xy; 2], k: f64) -> Self {
        let (ux, uy) = ((b.x - a.x) * k, b.y - a.y);
        let (px, py) = ((p.x - a.x) * k, p.y - a.y);
        let length = (ux * ux + uy * uy).sqrt();
        if length < 1e-9 {
            return Self { foot: 0.0, height: px.hypot(py), length: 0.0 };
        }
        Self { foot: (px * ux + py * uy) / length, height: (px * uy - py * ux).abs() / length, length }
    }

    /// The part of the segment within `limit` metres.
    pub fn within(&self, limit: f64) -> Option<Interval> {
        let half = (limit * limit - self.height * self.height).max(-1.0);
        if half < 0.0 {
            return None;
        }
        let half = half.sqrt();
        let (lo, hi) = ((self.foot - half).max(0.0), (self.foot + half).min(self.length));
        (lo <= hi).then_some((lo, hi))
    }

    /// Straight distance to the place `s` along the segment.
    pub fn distance(&self, s: f64) -> f64 {
        ((s - self.foot) * (s - self.foot) + self.height * self.height).sqrt()
    }

    /// Nearest distance to an interval.
    pub fn nearest(&self, (lo, hi): Interval) -> f64 {
        self.distance(self.foot.clamp(lo, hi))
    }

    /// Where to leave when coming from the left (`s` growing), within an interval.
    pub fn leave_rightward(&self, (lo, hi): Interval) -> f64 {
        (self.foot - self.height * LEAVE).clamp(lo, hi)
    }

    /// Where to leave when coming from the right, within an interval.
    pub fn leave_leftward(&self, (lo, hi): Interval) -> f64 {
        (self.foot + self.height * LEAVE).clamp(lo, hi)
    }
}

/// Cost of the places of a segment when walking starts at another position near the same
/// segment: the least of going straight there and of entering earlier and walking along.
/// Convex, so the meeting with a second position is found at one of a few places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    pub approach: Approach,
    /// The part of the segment the start can walk to straight.
    pub visible: Interval,
    pub forward: bool,
    pub backward: bool,
}

impl Entry {
    /// Where someone who walks on to the right (`s` growing) enters, and the mirror image.
    fn enter_rightward(&self) -> f64 {
        self.approach.leave_leftward(self.visible)
    }

    fn enter_leftward(&self) -> f64 {
        self.approach.leave_rightward(self.visible)
    }

    /// Cost at the place `s`; infinite where one-way rules or sight forbid it.
    pub fn cost(&self, s: f64) -> f64 {
        self.enter_for(s).0
    }

    /// Cost at the place `s`, and where the start enters the segment on its way there.
    pub fn enter_for(&self, s: f64) -> (f64, f64) {
        let over = |e: f64| (OFF_NETWORK_COST * self.approach.distance(e) + (s - e).abs(), e);
        let mut best = (f64::INFINITY, s);
        let mut take = |way: (f64, f64)| {
            if way.0 < best.0 {
                best = way;
            }
        };
        if s >= self.visible.0 && s <= self.visible.1 {
            take(over(s));
        }
        let right = self.enter_rightward().min(s);
        if self.forward && right >= self.visible.0 {
            take(over(right));
        }
        let left = self.enter_leftward().max(s);
        if self.backward && left <= self.visible.1 {
            take(over(left));
        }
        best
    }

    /// Cheapest cost to a second position over the part `(lo, hi)` that it sees, and the place
    /// where the network is left.
    pub fn meet(&self, other: &Approach, (lo, hi): Interval) -> (f64, f64) {
        // Straight there over one place of the line: where the lines' reflection crosses it.
        let sum = self.approach.height + other.height;
        let mirror = if sum < 1e-12 {
            other.foot
        } else {
            self.approach.foot + (other.foot - self.approach.foot) * self.approach.height / sum
        };
        let clamp = |s: f64| s.clamp(lo, hi);
        let both = (lo.max(self.visible.0), hi.min(self.visible.1));
        let candidates = [
            clamp(other.leave_rightward((lo, hi))),
            clamp(other.leave_leftward((lo, hi))),
            if both.0 <= both.1 { mirror.clamp(both.0, both.1) } else { clamp(mirror) },
            clamp(self.enter_rightward()),
            clamp(self.enter_leftward()),
            clamp(self.visible.0),
            clamp(self.visible.1),
        ];
        let cost = |s: f64| self.cost(s) + OFF_NETWORK_COST * other.distance(s);
        candidates.into_iter().map(|s| (cost(s), s)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, lo))
    }
}

/// Nearer than this a barrier touches; its shadow is wider by as much, so that the corner of a
/// wall lets nobody through.
const TOUCH_M: f64 = 1e-6;

/// The parts of `within` that no barrier hides from `p`. A segment that only touches a barrier
/// is not hidden by it: a path on the shore is reached from both sides.
pub(super) fn visible_parts(p: Xy, line: [Xy; 2], k: f64, within: Interval, barriers: &[[Xy; 2]]) -> Vec<Interval> {
    visible(p, line, k, within, |hides| barriers.iter().all(hides))
}

/// The same of barriers that are told one by one, as long as the answer is yes.
pub(super) fn visible(
    p: Xy,
    [a, b]: [Xy; 2],
    k: f64,
    within: Interval,
    barriers: impl FnOnce(&mut dyn FnMut(&[Xy; 2]) -> bool) -> bool,
) -> Vec<Interval> {
    let seen = Frame::new(p, [a, b], k);
    // Nothing outside the box of the position and the segment can stand between them.
    let (west, east) = (p.x.min(a.x).min(b.x) - TOUCH_M, p.x.max(a.x).max(b.x) + TOUCH_M);
    let (south, north) = (p.y.min(a.y).min(b.y) - TOUCH_M, p.y.max(a.y).max(b.y) + TOUCH_M);
    let between = |[c, d]: &[Xy; 2]| {
        (c.x <= east || d.x <= east)
            && (c.x >= west || d.x >= west)
            && (c.y <= north || d.y <= north)
            && (c.y >= south || d.y >= south)
    };
    let mut hidden: Vec<Interval> = Vec::new();
    let mut leaves_some = |line: &[Xy; 2]| {
        match between(line).then(|| seen.shadow(*line)).flatten() {
            Some((lo, hi)) if lo < within.0 && hi > within.1 => return false,
            Some((lo, hi)) if lo <= within.1 && hi >= within.0 => hidden.push((lo, hi)),
            _ => {}
        }
        true
    };
    if !barriers(&mut leaves_some) {
        return Vec::new();
    }
    hidden.sort_unstable_by(|x, y| x.0.total_cmp(&y.0));
    let mut parts = Vec::new();
    let mut from = within.0;
    for (lo, hi) in hidden {
        if lo >= from && from <= within.1 {
            parts.push((from, lo.min(within.1)));
        }
        from = from.max(hi);
    }
    if from <= within.1 {
        parts.push((from, within.1));
    }
    parts
}

/// Coordinates along the segment (`u`) and away from it towards `p` (`w`, `p` at `w = height`).
struct Frame {
    a: Xy,
    k: f64,
    unit: (f64, f64),
    side: f64,
    foot: f64,
    height: f64,
}

impl Frame {
    fn new(p: Xy, [a, b]: [Xy; 2], k: f64) -> Self {
        let (ux, uy) = ((b.x - a.x) * k, b.y - a.y);
        let length = ux.hypot(uy).max(1e-12);
        let mut frame = Self { a, k, unit: (ux / length, uy / length), side: 1.0, foot: 0.0, height: 0.0 };
        let (foot, w) = frame.of(p);
        frame.side = if w < 0.0 { -1.0 } else { 1.0 };
        frame.foot = foot;
        // A position on the line itself still has a front and a back.
        frame.height = w.abs().max(1e-7);
        frame
    }

    fn of(&self, q: Xy) -> (f64, f64) {
        let (dx, dy) = ((q.x - self.a.x) * self.k, q.y - self.a.y);
        (dx * self.unit.0 + dy * self.unit.1, self.side * (dy * self.unit.0 - dx * self.unit.1))
    }

    /// The open part of the segment's line that a barrier hides.
    fn shadow(&self, [c, d]: [Xy; 2]) -> Option<Interval> {
        let ((mut u0, mut w0), (mut u1, mut w1)) = (self.of(c), self.of(d));
        let top = self.height * (1.0 - 1e-9);
        if w0 > w1 {
            (u0, w0, u1, w1) = (u1, w1, u0, w0);
        }
        if w1 <= TOUCH_M || w0 >= top {
            return None;
        }
        let at = |w: f64| u0 + (u1 - u0) * (w - w0) / (w1 - w0);
        let (low, high) =
            ((if w0 < 0.0 { at(0.0) } else { u0 }, w0.max(0.0)), (if w1 > top { at(top) } else { u1 }, w1.min(top)));
        let project = |(u, w): (f64, f64)| self.foot + (u - self.foot) * self.height / (self.height - w);
        let (x, y) = (project(low), project(high));
        Some((x.min(y) - TOUCH_M, x.max(y) + TOUCH_M))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn xy(x: f64, y: f64) -> Xy {
        Xy { x, y }
    }

    fn crosses(p: Xy, q: Xy, [c, d]: [Xy; 2]) -> bool {
        let side = |a: Xy, b: Xy, r: Xy| (b.x - a.x) * (r.y - a.y) - (b.y - a.y) * (r.x - a.x);
        side(p, q, c) * side(p, q, d) < 0.0 && side(c, d, p) * side(c, d, q) < 0.0
    }

    #[test]
    fn a_wall_hides_what_lies_behind_it() {
        let parts = visible_parts(
            xy(50.0, 20.0),
            [xy(0.0, 0.0), xy(100.0, 0.0)],
            1.0,
            (0.0, 100.0),
            &[[xy(45.0, 10.0), xy(55.0, 10.0)]],
        );
        let expected = [(0.0, 40.0), (60.0, 100.0)];
        assert!(
            parts.iter().zip(expected).all(|(p, e)| (p.0 - e.0).abs() < 1e-5 && (p.1 - e.1).abs() < 1e-5),
            "{parts:?}"
        );
    }

    #[test]
    fn the_corner_of_a_wall_lets_nobody_through() {
        let corner = xy(50.0, 10.0);
        let walls = [[xy(-500.0, 10.3), corner], [corner, xy(600.0, 9.1)]];
        let parts = visible_parts(xy(50.0, 20.0), [xy(0.0, 0.0), xy(100.0, 0.0)], 1.0, (0.0, 100.0), &walls);
        assert!(parts.is_empty(), "{parts:?}");
    }

    proptest! {
        #[test]
        fn sight_agrees_with_crossing_tests(
            p in (-40.0..140.0, 1.0..90.0f64), lines in prop::collection::vec((-50.0..150.0, -20.0..100.0, -50.0..150.0, -20.0..100.0), 1..6), s in 0.0..100.0f64,
        ) {
            let segment = [xy(0.0, 0.0), xy(100.0, 0.0)];
            let barriers: Vec<_> = lines.iter().map(|l| [xy(l.0, l.1), xy(l.2, l.3)]).collect();
            let p = xy(p.0, p.1);
            let parts = visible_parts(p, segment, 1.0, (0.0, 100.0), &barriers);
            let seen = parts.iter().any(|i| i.0 <= s && s <= i.1);
            let clear = !barriers.iter().any(|b| crosses(p, xy(s, 0.0), *b));
            let near_edge = parts.iter().any(|i| (i.0 - s).abs() < 1e-5 || (i.1 - s).abs() < 1e-5);
            prop_assert!(seen == clear || near_edge);
        }

        #[test]
        fn the_meeting_of_two_positions_is_the_least_over_all_places(
            p in (-80.0..180.0f64, 0.0..90.0f64), q in (-80.0..180.0f64, 0.0..90.0f64), cut in (0.0..100.0f64, 0.0..100.0f64), forward: bool, backward: bool,
        ) {
            let segment = [xy(0.0, 0.0), xy(100.0, 0.0)];
            let start = Approach::new(xy(p.0, p.1), segment, 1.0);
            let end = Approach::new(xy(q.0, -q.1), segment, 1.0);
            let entry = Entry { approach: start, visible: (cut.0.min(cut.1), cut.0.max(cut.1)), forward, backward };
            let (cost, _) = entry.meet(&end, (0.0, 100.0));
            let grid: Vec<f64> = (0..=400).map(|i| f64::from(i) / 4.0).chain([entry.visible.0, entry.visible.1]).collect();
            let mut brute = f64::INFINITY;
            for &e in grid.iter().filter(|&&e| e >= entry.visible.0 && e <= entry.visible.1) {
                for &l in &grid {
                    if (l > e && !forward) || (l < e && !backward) { continue; }
                    brute = brute.min(2.0 * start.distance(e) + (l - e).abs() + 2.0 * end.distance(l));
                }
            }
            prop_assert!(cost <= brute + 1e-9, "{cost} > {brute}");
            prop_assert!(cost >= brute - 0.6, "{cost} << {brute}");
        }
    }
}
