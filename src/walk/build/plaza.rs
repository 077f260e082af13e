//! A plaza is crossed inside, not along its rim: straight lines between the places where other
//! ways meet the rim, and round the rim's inner corners where one does not see the other (a
//! reduced visibility graph in a polygon with holes).

use super::super::foot::Passage;
use super::super::footing::Footing;
use super::super::line::inside;
use super::super::streets::Streets;
use crate::geometry::Xy;
use rstar::primitives::GeomWithData;
use rstar::primitives::Rectangle;
use rstar::{AABB, RTree};
use std::collections::{BTreeSet, HashMap};

/// With more places than this on a rim, each is joined with its nearest ones only.
const ALL_PAIRS: usize = 60;
const NEAREST: usize = 30;

/// Metres; what lies nearer to a line lies on it.
const ON_LINE_M: f64 = 1e-3;

/// A straight line over a plaza.
pub(super) struct Chord {
    /// Points of the rim.
    pub ends: [u32; 2],
    /// The way whose tags are the plaza's.
    pub rim: u32,
    pub footing: Footing,
}

type Walls = RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>;

/// The lines over all plazas that are walked.
pub(super) fn chords(
    streets: &Streets,
    walked: &[Option<Footing>],
    positions: &[Xy],
    barriers: &[[Xy; 2]],
) -> Vec<Chord> {
    if streets.plazas.is_empty() {
        return Vec::new();
    }
    let walls = Walls::bulk_load(
        (0..)
            .zip(barriers)
            .map(|(i, [a, b])| GeomWithData::new(Rectangle::from_corners([a.x, a.y], [b.x, b.y]), i))
            .collect(),
    );
    let meetings = Meetings::new(streets, walked);
    let mut all = Vec::new();
    for (number, rims) in (0..).zip(&streets.plazas) {
        let Some(rim) = rims.first().copied() else { continue };
        let Some(footing) = walked.get(rim as usize).copied().flatten() else { continue };
        let Some(plaza) = Plaza::new(streets, rims, positions) else { continue };
        let clear = |[a, b]: [Xy; 2]| {
            let envelope = AABB::from_corners([a.x, a.y], [b.x, b.y]);
            let mut near = walls.locate_in_envelope_intersecting(&envelope);
            !near.any(|w| crosses([a, b], barriers[w.data as usize]))
        };
        let footing = Footing { forward: true, backward: true, ..footing };
        let pairs = plaza.pairs(|p| meetings.enter(p, number), |p| !meetings.shut.contains(&p));
        let seen =
            pairs.into_iter().filter(|&(a, b)| plaza.sees(a, b) && clear([plaza.corners[a].at, plaza.corners[b].at]));
        all.extend(seen.map(|(a, b)| Chord { ends: [plaza.corners[a].point, plaza.corners[b].point], rim, footing }));
    }
    all
}

/// Which points lie on which rims, and which are met by other ways.
struct Meetings {
    /// The plaza on whose rim a point lies; `u32::MAX` for several.
    rims: HashMap<u32, u32>,
    met: BTreeSet<u32>,
    shut: BTreeSet<u32>,
}

impl Meetings {
    fn new(streets: &Streets, walked: &[Option<Footing>]) -> Self {
        let mut rims: HashMap<u32, u32> = HashMap::new();
        let mut is_rim = vec![false; streets.ways.len()];
        for (number, ways) in (0..).zip(&streets.plazas) {
            for way in ways.iter().filter(|w| walked.get(**w as usize).is_some_and(Option::is_some)) {
                is_rim[*way as usize] = true;
                for &p in &streets.ways[*way as usize].points {
                    rims.entry(p)
                        .and_modify(|known| *known = if *known == number { number } else { u32::MAX })
                        .or_insert(number);
                }
            }
        }
        let others = streets.ways.iter().zip(walked).zip(is_rim).filter(|((_, f), rim)| f.is_some() && !rim);
        let met = others.flat_map(|((w, _), _)| &w.points).copied().filter(|p| rims.contains_key(p)).collect();
        let shut = |p: &&u32| {
            streets.point_tags.get(p).is_some_and(|t| super::super::foot::passage(t, false) == Passage::Shut)
        };
        let shut = rims.keys().filter(shut).copied().collect();
        Self { rims, met, shut }
    }

    /// Whether people enter the plaza at this point of its rim.
    fn enter(&self, point: u32, plaza: u32) -> bool {
        let shared = self.rims.get(&point).is_some_and(|p| *p != plaza);
        self.met.contains(&point) || shared
    }
}

/// A point of a rim, with the points before and after it.
struct Corner {
    point: u32,
    at: Xy,
    before: usize,
    after: usize,
}

struct Plaza {
    corners: Vec<Corner>,
}

impl Plaza {
    /// `None` when a rim does not close.
    fn new(streets: &Streets, rims: &[u32], positions: &[Xy]) -> Option<Self> {
        let mut corners: Vec<Corner> = Vec::new();
        for rim in rims {
            let points = &streets.ways.get(*rim as usize)?.points;
            let (last, ring) = points.split_last()?;
            if ring.len() < 3 || ring.first() != Some(last) {
                return None;
            }
            let start = corners.len();
            for (i, &point) in ring.iter().enumerate() {
                let at = *positions.get(point as usize)?;
                let before = start + (i + ring.len() - 1) % ring.len();
                corners.push(Corner { point, at, before, after: start + (i + 1) % ring.len() });
            }
        }
        Some(Self { corners })
    }

    /// The pairs of corners that a line may join: where people enter, and inner corners.
    fn pairs(&self, enter: impl Fn(u32) -> bool, open: impl Fn(u32) -> bool) -> BTreeSet<(usize, usize)> {
        let mut seen = BTreeSet::new();
        let entries: Vec<bool> = self.corners.iter().map(|c| enter(c.point)).collect();
        let wanted = |i: usize| open(self.corners[i].point) && (entries[i] || self.turns_in(i));
        let chosen = (0..self.corners.len()).filter(|&i| wanted(i) && seen.insert(self.corners[i].point));
        let chosen: Vec<usize> = chosen.collect();
        if chosen.iter().filter(|&&i| entries[i]).count() < 2 {
            return BTreeSet::new();
        }
        let mut pairs = BTreeSet::new();
        for &a in &chosen {
            let mut others: Vec<usize> = chosen.iter().copied().filter(|&b| b != a).collect();
            if chosen.len() > ALL_PAIRS {
                let distance = |b: usize| {
                    (self.corners[b].at.x - self.corners[a].at.x).hypot(self.corners[b].at.y - self.corners[a].at.y)
                };
                others.sort_by(|x, y| distance(*x).total_cmp(&distance(*y)));
                others.truncate(NEAREST);
            }
            pairs.extend(others.into_iter().map(|b| (a.min(b), a.max(b))));
        }
        // Nobody walks to an inner corner but to pass it.
        pairs.retain(|&(a, b)| (entries[a] || self.passes(b, a)) && (entries[b] || self.passes(a, b)));
        pairs
    }

    /// Whether the plaza lies round this corner: one must walk past it.
    fn turns_in(&self, i: usize) -> bool {
        let [before, at, after] = [self.corners[i].before, i, self.corners[i].after].map(|c| self.corners[c].at);
        let toward = |to: Xy| {
            let length = (to.x - at.x).hypot(to.y - at.y).max(1e-9);
            (0.05 * (to.x - at.x) / length, 0.05 * (to.y - at.y) / length)
        };
        let (b, a) = (toward(before), toward(after));
        // Straight on, within half a degree, is no corner.
        if (b.0 * a.1 - b.1 * a.0).abs() < 0.05 * 0.05 * 0.01 {
            return false;
        }
        !self.contains(Xy { x: at.x + (b.0 + a.0) / 2.0, y: at.y + (b.1 + a.1) / 2.0 })
    }

    /// Whether a line from corner `from` to corner `i` may go on past it.
    fn passes(&self, from: usize, i: usize) -> bool {
        let (from, at) = (self.corners[from].at, self.corners[i].at);
        let side = |c: usize| turn(from, at, self.corners[c].at);
        side(self.corners[i].before) * side(self.corners[i].after) >= 0.0
    }

    fn sides(&self) -> impl Iterator<Item = [&Corner; 2]> {
        self.corners.iter().map(|c| [c, &self.corners[c.after]])
    }

    fn contains(&self, p: Xy) -> bool {
        inside(self.sides().map(|side| side.map(|corner| corner.at)), p)
    }

    /// Whether the straight line between two corners lies inside and touches nothing on its way.
    fn sees(&self, a: usize, b: usize) -> bool {
        let (from, to) = (&self.corners[a], &self.corners[b]);
        if from.point == to.point || [from.before, from.after].iter().any(|&n| self.corners[n].point == to.point) {
            return false;
        }
        let line = [from.at, to.at];
        let free = |c: &Corner| c.point == from.point || c.point == to.point || !lies_on(line, c.at);
        self.corners.iter().all(free)
            && !self.sides().any(|[c, d]| crosses(line, [c.at, d.at]))
            && self.contains(Xy { x: (from.at.x + to.at.x) / 2.0, y: (from.at.y + to.at.y) / 2.0 })
    }
}

/// Twice the area of the triangle; positive to the left.
fn turn(a: Xy, b: Xy, c: Xy) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

fn crosses([a, b]: [Xy; 2], [c, d]: [Xy; 2]) -> bool {
    turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0
}

/// Whether a position lies on the line, its ends aside.
fn lies_on([a, b]: [Xy; 2], p: Xy) -> bool {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx.hypot(dy);
    let along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length.max(1e-9);
    turn(a, b, p).abs() < ON_LINE_M * length && along > 0.0 && along < length
}
