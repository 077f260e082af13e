//! The streets that are reached, part by part, with the walking time at both ends of each. Time
//! is that along the network: a street that is only reached over a lawn is not walked.

use super::field::place;
use super::network::Edge;
use super::reach::Reach;
use crate::geometry::{Seconds, Xy};
use geo::LineString;

/// A part of a street.
#[derive(Debug, Clone, PartialEq)]
pub struct StreetPart<'n> {
    /// WGS 84, from the nearer end to the farther.
    pub line: LineString,
    /// Walking time at the nearer end, and at the farther; in between it only grows.
    pub near: Seconds,
    pub far: Seconds,
    /// Number of the smallest of the asked levels that holds the part.
    pub level: usize,
    pub name: Option<&'n str>,
    pub steps: bool,
}

/// Near the origin the cost is not straight along a segment: it is looked at every so many metres.
const FINE_M: f64 = 1.0;
/// Costs at vertices are whole millimetres: smaller steps are noise.
const NOISE_M: f64 = 2e-3;
/// Shorter parts are left out.
const LEAST_M: f64 = 0.005;

/// Cost in metres at a place `s` along a segment.
type Costed = (f64, f64);

/// A part that is being drawn along an edge.
struct Draft {
    points: Vec<Xy>,
    segment: usize,
    from: f64,
    to: f64,
    level: usize,
}

impl<'n> Reach<'n> {
    /// Every part of a street reached within the largest of the levels, cut where a level ends and
    /// where walkers from both sides meet.
    pub fn streets(&self, levels: &[Seconds]) -> Vec<StreetPart<'n>> {
        let mut numbered: Vec<(usize, f64)> =
            levels.iter().map(|l| (l.0 * self.speed_m_s()).min(self.budget_m)).enumerate().collect();
        numbered.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut parts = Vec::new();
        for &number in &self.spread().edges {
            let graph = &self.network.graph;
            let edge = &graph.edges[number as usize];
            let name = edge.name.map(|n| graph.names[n as usize].as_str());
            let drafts = self.drafts(number, edge, &numbered);
            parts.extend(drafts.into_iter().filter_map(|draft| self.finish(draft, name, edge.footing.steps)));
        }
        parts
    }

    fn drafts(&self, number: u32, edge: &Edge, levels: &[(usize, f64)]) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = Vec::new();
        let range = edge.vertices();
        for segment in range.start..range.end - 1 {
            let ends = self.network.segment(segment as u32);
            let length = self.length_m(segment);
            for run in self.costs(number, segment, length).windows(2) {
                for ([a, b], level) in bands([run[0], run[1]], levels) {
                    let at = |s: f64| place(ends, s, length);
                    extend(&mut drafts, segment, [(at(a.0), a.1), (at(b.0), b.1)], level);
                }
            }
        }
        drafts
    }

    fn length_m(&self, segment: usize) -> f64 {
        let offsets = &self.network.graph.offsets;
        f64::from(offsets[segment + 1] - offsets[segment]) / 1000.0
    }

    /// Cost at places along a segment, straight from each to the next.
    fn costs(&self, edge: u32, segment: usize, length: f64) -> Vec<Costed> {
        let (along, against) = self.allowed(edge);
        let first = self.vertex_cost(segment).filter(|_| along).unwrap_or(f64::INFINITY);
        let second = self.vertex_cost(segment + 1).filter(|_| against).unwrap_or(f64::INFINITY);
        let over_ends = |s: f64| (first + s).min(second + length - s);
        let meet = ((second + length - first) / 2.0).clamp(0.0, length);
        let from = self.start.contacts.partition_point(|c| (c.segment as usize) < segment);
        let touching = || self.start.contacts[from..].iter().take_while(|c| c.segment as usize == segment);
        let mut places = vec![0.0, length];
        if meet.is_finite() {
            places.push(meet);
        }
        if touching().next().is_some() {
            places.extend((1..(length / FINE_M) as u32).map(|i| f64::from(i) * FINE_M));
        }
        for c in touching() {
            let (lo, hi) = c.visible;
            places.extend([lo, hi, c.approach.foot.clamp(lo, hi)]);
            places.extend([c.approach.leave_leftward(c.visible), c.approach.leave_rightward(c.visible)]);
        }
        places.sort_by(f64::total_cmp);
        places.dedup_by(|later, earlier| *later - *earlier < NOISE_M);
        // The end of the segment stays, so that its parts join those of the next.
        if let Some(last) = places.last_mut() {
            *last = if length - *last < NOISE_M { length } else { *last };
        }
        let cost = |s: f64| touching().map(|c| self.entry(c).cost(s)).fold(over_ends(s), f64::min);
        places.into_iter().map(|s| (s, cost(s))).collect()
    }

    fn finish(&self, draft: Draft, name: Option<&'n str>, steps: bool) -> Option<StreetPart<'n>> {
        let Draft { mut points, mut from, mut to, level, .. } = draft;
        if to < from {
            points.reverse();
            std::mem::swap(&mut from, &mut to);
        }
        let plane = &self.network.graph.plane;
        let length: f64 = points.windows(2).map(|w| plane.distance(w[0], w[1]).0).sum();
        let degrees = |p: &Xy| {
            let (x, y) = plane.to_degrees(*p);
            geo::Coord { x, y }
        };
        let line = points.iter().map(degrees).collect();
        let (near, far) = (Seconds(from / self.speed_m_s()), Seconds(to / self.speed_m_s()));
        (length >= LEAST_M).then_some(StreetPart { line, near, far, level, name, steps })
    }
}

/// A straight run of cost, cut at the levels (rising, each with its number); what lies above all
/// of them falls away.
fn bands([a, b]: [Costed; 2], levels: &[(usize, f64)]) -> Vec<([Costed; 2], usize)> {
    if !(a.1.is_finite() && b.1.is_finite()) {
        return Vec::new();
    }
    let at = |t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
    let mut cuts: Vec<f64> = levels.iter().map(|(_, level)| (level - a.1) / (b.1 - a.1)).collect();
    cuts.retain(|t| *t > 0.0 && *t < 1.0);
    cuts.extend([0.0, 1.0]);
    cuts.sort_by(f64::total_cmp);
    let pieces = cuts.windows(2).filter(|w| w[0] < w[1]);
    pieces
        .filter_map(|w| {
            let middle = at((w[0] + w[1]) / 2.0).1;
            let (number, _) = levels.iter().find(|(_, level)| middle <= *level)?;
            Some(([at(w[0]), at(w[1])], *number))
        })
        .collect()
}

/// Adds a piece to the part before it where that goes on the same way, else begins a new one.
fn extend(drafts: &mut Vec<Draft>, segment: usize, [a, b]: [(Xy, f64); 2], level: usize) {
    let joins = |d: &&mut Draft| {
        let touches = d.points.last().is_some_and(|p| (p.x - a.0.x).hypot(p.y - a.0.y) < NOISE_M);
        let level_ground = (b.1 - a.1).abs() < NOISE_M || (d.to - d.from).abs() < NOISE_M;
        let same_way = level_ground || (d.to > d.from) == (b.1 > a.1);
        d.level == level && same_way && (d.to - a.1).abs() < NOISE_M && touches
    };
    match drafts.last_mut().filter(joins) {
        Some(draft) => {
            if draft.segment == segment && draft.points.len() > 1 {
                draft.points.pop();
            }
            draft.points.push(b.0);
            draft.segment = segment;
            draft.to = b.1;
        }
        None => drafts.push(Draft { points: vec![a.0, b.0], segment, from: a.1, to: b.1, level }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{at, sketch, streets};
    use super::super::{Direction, Network, Profile, ReachQuery, Street};
    use super::*;
    use crate::geometry::{LonLat, ground_distance};

    const CELL: f64 = 50.0;

    fn reach<'n>(network: &'n Network, origin: LonLat, profile: &str, minutes: f64) -> Reach<'n> {
        let profile = Profile::by_id(profile).expect("built in");
        let budget = Seconds::from_minutes(minutes);
        network.reach(&ReachQuery { origin, profile, direction: Direction::From, budget }).expect("near")
    }

    fn length(line: &LineString) -> f64 {
        let at = |c: geo::Coord| LonLat::try_from(c).expect("a position");
        line.lines().map(|l| ground_distance(at(l.start), at(l.end)).0).sum()
    }

    #[test]
    fn a_street_is_cut_at_the_budget_and_at_each_band_to_the_metre() {
        let network = sketch("a---------b", CELL);
        let reach = reach(&network, at(1.0, 0.0, CELL), "adult", 5.0);
        let mut parts = reach.streets(&[Seconds(300.0), Seconds(120.0)]);
        parts.sort_by(|a, b| (a.near.0, a.far.0).partial_cmp(&(b.near.0, b.far.0)).expect("numbers"));
        let told: Vec<(usize, f64, f64, f64)> =
            parts.iter().map(|p| (p.level, p.near.0.round(), p.far.0.round(), length(&p.line).round())).collect();
        // West 50 m to the street's end; east 150 m in two minutes, 375 m in five.
        assert_eq!(told, [(1, 0.0, 40.0, 50.0), (1, 0.0, 120.0, 150.0), (0, 120.0, 300.0, 225.0)]);
        let end = parts[2].line.0.last().copied().expect("an end");
        let far = ground_distance(at(1.0, 0.0, CELL), LonLat::try_from(end).expect("a position")).0;
        assert!((far - 375.0).abs() < 0.01, "{far}");
    }

    #[test]
    fn stairs_are_told_and_left_out_for_a_wheelchair() {
        let mut s = streets("a--b--c", CELL);
        let tags = |kind: &str| vec![("highway".into(), kind.into()), ("name".into(), kind.into())];
        s.ways = vec![
            Street { points: vec![0, 1], tags: tags("footway") },
            Street { points: vec![1, 2], tags: tags("steps") },
        ];
        let network = Network::build(&s);
        let names = |profile: &str| -> Vec<(bool, String)> {
            let parts = reach(&network, at(0.0, 0.0, CELL), profile, 10.0).streets(&[Seconds(600.0)]);
            parts.into_iter().map(|p| (p.steps, p.name.unwrap_or_default().to_owned())).collect()
        };
        assert_eq!(names("adult"), [(false, "footway".to_owned()), (true, "steps".to_owned())]);
        assert_eq!(names("wheelchair"), [(false, "footway".to_owned())]);
    }

    #[test]
    fn a_one_way_street_is_reached_from_its_beginning() {
        let mut s = streets("a---------b", CELL);
        s.ways[0].tags.push(("oneway:foot".into(), "yes".into()));
        let network = Network::build(&s);
        let profile = Profile::by_id("adult").expect("built in");
        let ends: Vec<f64> = [Direction::From, Direction::To]
            .into_iter()
            .flat_map(|direction| {
                let query = ReachQuery { origin: at(5.0, 0.0, CELL), profile, direction, budget: Seconds(240.0) };
                let parts = network.reach(&query).expect("near").streets(&[Seconds(240.0)]);
                let far = parts.into_iter().max_by(|a, b| length(&a.line).total_cmp(&length(&b.line))).expect("a part");
                far.line.0.last().map(|c| ((c.x - 116.0) * 97_061.0).round())
            })
            .collect();
        assert_eq!(ends, [500.0, 0.0]);
    }

    /// Blocks too wide to be crossed off the streets: the field on a street is the street's time.
    #[test]
    fn the_parts_are_where_the_field_says_and_tell_its_times() {
        let network = sketch("a----b----c\n|    |    |\n|    |    |\n|    |    |\n|    |    |\nd----e----f", CELL);
        for (column, row, minutes) in [(3.3, 0.0, 4.0), (5.0, 2.2, 6.0), (1.0, 5.1, 3.0), (9.8, 4.6, 1.5)] {
            let reach = reach(&network, at(column, row, CELL), "adult", minutes);
            let parts = reach.streets(&[reach.budget()]);
            let mut told = 0.0;
            for part in &parts {
                told += length(&part.line);
                let (first, last) = (part.line.0[0], part.line.0[part.line.0.len() - 1]);
                for (end, expected) in [(first, part.near), (last, part.far)] {
                    let field = reach.time_at(LonLat::try_from(end).expect("a position")).expect("reached").0;
                    assert!((field - expected.0).abs() < 0.02, "{field} {expected:?}");
                }
            }
            let step = 0.02;
            let runs = [
                (0.0, 0.0, 10.0, 0.0),
                (0.0, 5.0, 10.0, 5.0),
                (0.0, 0.0, 0.0, 5.0),
                (5.0, 0.0, 5.0, 5.0),
                (10.0, 0.0, 10.0, 5.0),
            ];
            let mut reached = 0.0;
            for (c0, r0, c1, r1) in runs {
                let count = (((c1 - c0) + (r1 - r0)) / step) as u32;
                for i in 0..count {
                    let t = (f64::from(i) + 0.5) / f64::from(count);
                    let p = at(c0 + t * (c1 - c0), r0 + t * (r1 - r0), CELL);
                    reached += if reach.time_at(p).is_some() { step * CELL } else { 0.0 };
                }
            }
            assert!((told - reached).abs() < 6.0, "{told} m of parts, {reached} m by the field");
        }
    }
}
