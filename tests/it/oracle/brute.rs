//! The walking field by brute force: the streets as beads one metre apart, Dijkstra over the
//! beads, and for a position every bead within 100 m that it sees. Shares no code with `walk`
//! but its input; slow, and right by being simple.

use geo::{Distance, Geodesic, Point};
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, HashSet};
use wangge::geometry::LonLat;
use wangge::walk::{Streets, Tags};

const SPEED: f64 = 1.25;
const SPACING: f64 = 1.0;
const LIMIT: f64 = 100.0;
const DECK: f64 = 15.0;

pub struct Brute {
    beads: Vec<Bead>,
    links: Vec<Vec<(u32, f64)>>,
    beads_by_cell: HashMap<(i64, i64), Vec<u32>>,
    walls_by_cell: HashMap<(i64, i64), Vec<Wall>>,
    pub plaza_lines: usize,
}

type Wall = [(f64, f64); 2];

struct Bead {
    at: (f64, f64),
    limit: f64,
}

/// A bead that a position sees, and the seconds to it.
pub type Sight = Vec<(u32, f64)>;

#[derive(PartialEq)]
struct Key(f64);
impl Eq for Key {}
impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

pub fn get<'a>(tags: &'a Tags, key: &str) -> &'a str {
    tags.iter().find(|t| t.0 == key).map_or("", |t| t.1.as_str())
}

/// On foot at all, along, against; written from the tagging documentation, not from `walk`.
pub fn rules(tags: &Tags) -> Option<(bool, bool)> {
    let (highway, foot) = (get(tags, "highway"), get(tags, "foot"));
    let welcome = ["yes", "designated", "permissive"].contains(&foot);
    let car_only = ["motorway", "motorway_link", "busway", "bus_guideway"].contains(&highway);
    let big = ["trunk", "primary", "secondary"].contains(&highway.trim_end_matches("_link"));
    let small = "tertiary tertiary_link unclassified residential living_street service road track pedestrian footway \
                 path steps cycleway bridleway corridor platform elevator ladder crossing byway unsurfaced";
    let known = car_only || big || small.split_whitespace().any(|kind| kind == highway);
    let for_cars = car_only || get(tags, "motorroad") == "yes";
    let no_highway = highway.is_empty()
        && (get(tags, "railway") == "platform"
            || get(tags, "public_transport") == "platform"
            || get(tags, "man_made") == "pier");
    if get(tags, "route") == "ferry" || !((known && (!for_cars || welcome)) || no_highway) || barred(tags) {
        return None;
    }
    // A big road with its pavements drawn beside it.
    let sides: Vec<&str> = match (get(tags, "sidewalk:both"), get(tags, "sidewalk")) {
        ("", "") => vec![get(tags, "sidewalk:left"), get(tags, "sidewalk:right")],
        ("", both) | (both, _) => vec![both],
    };
    let beside = sides.contains(&"separate") && sides.iter().all(|s| ["separate", "no", "none"].contains(s));
    if big && beside && foot.is_empty() {
        return None;
    }
    let way = ["oneway:foot", "conveying"].into_iter().find(|k| !get(tags, k).is_empty());
    let way = way.or((highway == "steps").then_some("oneway")).unwrap_or("");
    Some(match get(tags, way) {
        "yes" if way == "conveying" => (get(tags, "foot:forward") != "no", get(tags, "foot:backward") != "no"),
        "yes" | "1" | "forward" => (true, false),
        "-1" | "reverse" | "backward" => (false, true),
        _ => (get(tags, "foot:forward") != "no", get(tags, "foot:backward") != "no"),
    })
}

fn barred(tags: &Tags) -> bool {
    let word = if get(tags, "foot").is_empty() { get(tags, "access") } else { get(tags, "foot") };
    "no private restricted military emergency permit".split(' ').any(|w| w == word)
        || get(tags, "foot") == "use_sidepath"
}

pub fn shut(tags: &Tags) -> bool {
    let thing = !get(tags, "barrier").is_empty() || get(tags, "highway") == "elevator";
    thing && (barred(tags) || (get(tags, "foot").is_empty() && get(tags, "locked") == "yes"))
}

/// About 60 m cells in degrees.
fn cell(p: (f64, f64)) -> (i64, i64) {
    ((p.0 * 1500.0).floor() as i64, (p.1 * 1500.0).floor() as i64)
}

fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    Geodesic.distance(Point::new(a.0, a.1), Point::new(b.0, b.1))
}

/// Whether a wall runs through a place, to the centimetre; with the metres of a degree there.
fn touches(p: (f64, f64), [a, b]: Wall, (east, north): (f64, f64)) -> bool {
    let at = |q: (f64, f64)| ((q.0 - p.0) * east, (q.1 - p.1) * north);
    let ((ax, ay), (bx, by)) = (at(a), at(b));
    let (dx, dy) = (bx - ax, by - ay);
    let t = (-(ax * dx + ay * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
    (ax + t * dx).hypot(ay + t * dy) < 0.01
}

impl Brute {
    /// Places on the streets, a twentieth of the beads.
    pub fn on_streets(&self) -> Vec<LonLat> {
        self.beads.iter().step_by(20).filter_map(|bead| LonLat::new(bead.at.0, bead.at.1).ok()).collect()
    }

    pub fn new(streets: &Streets) -> Self {
        let mut brute = Self {
            beads: vec![],
            links: vec![],
            beads_by_cell: HashMap::new(),
            walls_by_cell: HashMap::new(),
            plaza_lines: 0,
        };
        let shut: HashSet<u32> = streets.point_tags.iter().filter(|(_, t)| shut(t)).map(|(p, _)| *p).collect();
        let mut shared: HashMap<u32, u32> = HashMap::new();
        let wet = super::ground::Wet::new(streets);
        for way in &streets.ways {
            let Some(open) = rules(&way.tags) else { continue };
            let bridge = ["bridge", "tunnel"].iter().any(|k| !["", "no"].contains(&get(&way.tags, k)));
            for pair in way.points.windows(2) {
                let limit = if bridge || wet.at(streets, [pair[0], pair[1]]) { DECK } else { LIMIT };
                let ends = [pair[0], pair[1]].map(|p| {
                    let at = (streets.points[p as usize].lon(), streets.points[p as usize].lat());
                    if shut.contains(&p) {
                        return brute.bead(at, limit);
                    }
                    let bead = *shared.entry(p).or_insert_with(|| brute.bead(at, 0.0));
                    let known = &mut brute.beads[bead as usize].limit;
                    *known = known.max(limit);
                    bead
                });
                brute.string(ends, limit, open);
            }
        }
        let standing = super::ground::standing(streets);
        let over_plazas = super::ground::plaza_lines(streets, &standing);
        brute.plaza_lines = over_plazas.len();
        for (ends, bridge) in over_plazas {
            let limit = if bridge || wet.at(streets, ends) { DECK } else { LIMIT };
            let ends = ends.map(|p| shared[&p]);
            ends.iter().for_each(|b| brute.beads[*b as usize].limit = brute.beads[*b as usize].limit.max(limit));
            brute.string(ends, limit, (true, true));
        }
        for barrier in standing {
            brute.wall(&barrier.geometry);
        }
        for (i, bead) in brute.beads.iter().enumerate() {
            brute.beads_by_cell.entry(cell(bead.at)).or_default().push(i as u32);
        }
        brute
    }

    /// The same streets walked the other way.
    pub fn reversed(mut self) -> Self {
        let mut back = vec![vec![]; self.links.len()];
        for (from, links) in (0u32..).zip(&self.links) {
            links.iter().for_each(|(to, seconds)| back[*to as usize].push((from, *seconds)));
        }
        self.links = back;
        self
    }

    fn bead(&mut self, at: (f64, f64), limit: f64) -> u32 {
        self.beads.push(Bead { at, limit });
        self.links.push(vec![]);
        self.beads.len() as u32 - 1
    }

    fn string(&mut self, [from, to]: [u32; 2], limit: f64, (along, against): (bool, bool)) {
        let (a, b) = (self.beads[from as usize].at, self.beads[to as usize].at);
        let length = metres(a, b);
        let pieces = (length / SPACING).ceil().max(1.0) as u32;
        let seconds = length / f64::from(pieces) / SPEED;
        let mut last = from;
        for i in 1..=pieces {
            let t = f64::from(i) / f64::from(pieces);
            let next = if i == pieces { to } else { self.bead((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t), limit) };
            if along {
                self.links[last as usize].push((next, seconds));
            }
            if against {
                self.links[next as usize].push((last, seconds));
            }
            last = next;
        }
    }

    fn wall(&mut self, geometry: &geo::Geometry) {
        for l in lines(geometry) {
            let (a, b) = ((l.start.x, l.start.y), (l.end.x, l.end.y));
            let (low, high) = (cell((a.0.min(b.0), a.1.min(b.1))), cell((a.0.max(b.0), a.1.max(b.1))));
            for x in low.0..=high.0 {
                for y in low.1..=high.1 {
                    self.walls_by_cell.entry((x, y)).or_default().push([a, b]);
                }
            }
        }
    }

    /// Every bead that `p` sees within the limit.
    pub fn sight(&self, p: LonLat) -> Sight {
        let p = (p.lon(), p.lat());
        let (x, y) = cell(p);
        let around =
            |reach: i64| (x - reach..=x + reach).flat_map(move |x| (y - reach..=y + reach).map(move |y| (x, y)));
        let walls: Vec<_> = around(3).filter_map(|c| self.walls_by_cell.get(&c)).flatten().collect();
        let (east, north) = (metres(p, (p.0 + 1e-3, p.1)) * 1e3, metres(p, (p.0, p.1 + 1e-3)) * 1e3);
        let mut seen = Vec::new();
        for &bead in around(3).filter_map(|c| self.beads_by_cell.get(&c)).flatten() {
            let b = &self.beads[bead as usize];
            let distance = ((b.at.0 - p.0) * east).hypot((b.at.1 - p.1) * north);
            if distance <= b.limit && !walls.iter().any(|w| crosses(p, b.at, **w)) {
                seen.push((bead, distance / (SPEED / 2.0)));
            }
        }
        // The end of a way on a wall, seen over the wall and nothing beside it, is of no width.
        let all: HashSet<u32> = seen.iter().map(|(bead, _)| *bead).collect();
        let beside = |bead: u32| self.links[bead as usize].iter().any(|(next, _)| all.contains(next));
        let on_wall = |bead: u32| walls.iter().any(|w| touches(self.beads[bead as usize].at, **w, (east, north)));
        seen.retain(|(bead, _)| beside(*bead) || !on_wall(*bead));
        seen
    }

    /// Like [`Brute::sight`], with so many places between two beads besides: each is told as the bead
    /// that one comes to from there (`setting_out`) or comes from to there.
    pub fn closer_sight(&self, p: LonLat, between: u32, setting_out: bool) -> Sight {
        let mut seen = self.sight(p);
        let p = (p.lon(), p.lat());
        let (x, y) = cell(p);
        let around = || (x - 3..=x + 3).flat_map(|x| (y - 3..=y + 3).map(move |y| (x, y)));
        let walls: Vec<_> = around().filter_map(|c| self.walls_by_cell.get(&c)).flatten().collect();
        let (east, north) = (metres(p, (p.0 + 1e-3, p.1)) * 1e3, metres(p, (p.0, p.1 + 1e-3)) * 1e3);
        for &from in around().filter_map(|c| self.beads_by_cell.get(&c)).flatten() {
            let a = &self.beads[from as usize];
            if ((a.at.0 - p.0) * east).hypot((a.at.1 - p.1) * north) > a.limit + 2.0 * SPACING {
                continue;
            }
            for &(to, seconds) in &self.links[from as usize] {
                let b = &self.beads[to as usize];
                for share in (1..=between).map(|i| f64::from(i) / f64::from(between + 1)) {
                    let at = (a.at.0 + (b.at.0 - a.at.0) * share, a.at.1 + (b.at.1 - a.at.1) * share);
                    let distance = ((at.0 - p.0) * east).hypot((at.1 - p.1) * north);
                    if distance <= a.limit.min(b.limit) && !walls.iter().any(|w| crosses(p, at, **w)) {
                        let off = distance / (SPEED / 2.0);
                        let along = if setting_out { (to, seconds * (1.0 - share)) } else { (from, seconds * share) };
                        seen.push((along.0, off + along.1));
                    }
                }
            }
        }
        seen
    }

    /// Seconds to every bead within the budget.
    pub fn times(&self, origin: &Sight, budget: f64) -> Vec<f64> {
        let mut times = vec![f64::INFINITY; self.beads.len()];
        let mut queue = BinaryHeap::new();
        for &(bead, t) in origin {
            times[bead as usize] = times[bead as usize].min(t);
            queue.push(Reverse((Key(t), bead)));
        }
        while let Some(Reverse((Key(t), bead))) = queue.pop() {
            if t > times[bead as usize] || t > budget {
                continue;
            }
            for &(next, dt) in &self.links[bead as usize] {
                if t + dt < times[next as usize] {
                    times[next as usize] = t + dt;
                    queue.push(Reverse((Key(t + dt), next)));
                }
            }
        }
        times
    }
}

pub fn lines(geometry: &geo::Geometry) -> Vec<geo::Line> {
    use geo::LinesIter;
    match geometry {
        geo::Geometry::LineString(l) => l.lines().collect(),
        geo::Geometry::MultiLineString(l) => l.lines_iter().collect(),
        geo::Geometry::Polygon(p) => p.lines_iter().collect(),
        geo::Geometry::MultiPolygon(p) => p.lines_iter().collect(),
        _ => vec![],
    }
}

/// The field at a position.
pub fn field(times: &[f64], sight: &Sight) -> f64 {
    sight.iter().map(|(bead, t)| times[*bead as usize] + t).fold(f64::INFINITY, f64::min)
}

/// Whether the way from `p` to the bead `q` crosses a wall. A wall that only touches the bead does
/// not count, hence the way ends a hair before it.
fn crosses(p: (f64, f64), q: (f64, f64), [c, d]: Wall) -> bool {
    let q = (q.0 + (p.0 - q.0) * 1e-6, q.1 + (p.1 - q.1) * 1e-6);
    let side = |a: (f64, f64), b: (f64, f64), r: (f64, f64)| (b.0 - a.0) * (r.1 - a.1) - (b.1 - a.1) * (r.0 - a.0);
    side(p, q, c) * side(p, q, d) < 0.0 && side(c, d, p) * side(c, d, q) < 0.0
}
