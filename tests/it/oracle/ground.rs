//! Plazas, water and walled rings for the brute-force field, from the rules of
//! `docs/walking-network.md` and geo's predicates; shares no code with `walk`.

use super::brute::{get, rules, shut};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, BoundingRect, Contains, Coord, Intersects, Line, LineString, Point, Polygon};
use std::collections::{BTreeSet, HashMap, HashSet};
use wangge::geometry::LonLat;
use wangge::walk::{Barrier, BarrierKind, Streets};

fn is_apart(tags: &wangge::walk::Tags) -> bool {
    ["bridge", "tunnel"].iter().any(|k| !["", "no"].contains(&get(tags, k)))
}

/// Pairs of points that follow one another on ways that people walk.
fn walked_pairs(streets: &Streets) -> impl Iterator<Item = (bool, [u32; 2])> + '_ {
    let ways = streets.ways.iter().filter(|w| rules(&w.tags).is_some());
    ways.flat_map(|w| w.points.windows(2).map(|p| (is_apart(&w.tags), [p[0], p[1]])))
}

/// Lakes and, when it is to be believed, the sea.
pub struct Wet(Vec<(geo::Rect, geo::Geometry)>);

impl Wet {
    pub fn new(streets: &Streets) -> Self {
        let areas = streets.barriers.iter().filter(|b| b.kind == BarrierKind::Water).map(|b| b.geometry.clone());
        let areas = areas.filter(|g| matches!(g, geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_)));
        let boxed = |g: geo::Geometry| Some((g.bounding_rect()?, g));
        let mut wet: Vec<_> = areas.filter_map(boxed).collect();
        if let Some(sea) = streets.sea.clone().and_then(|s| boxed(s.into())) {
            let sea = Self(vec![sea]);
            let (in_sea, all) = walked_pairs(streets)
                .fold((0, 0), |(wet, all), (_, pair)| (wet + usize::from(sea.at(streets, pair)), all + 1));
            if in_sea * 10 <= all {
                wet.extend(sea.0);
            }
        }
        Self(wet)
    }

    /// Whether the middle between two points is wet.
    pub fn at(&self, streets: &Streets, pair: [u32; 2]) -> bool {
        let [a, b] = pair.map(|p| streets.points[p as usize].coord());
        let middle = Coord { x: a.x / 2.0 + b.x / 2.0, y: a.y / 2.0 + b.y / 2.0 };
        // Half a metre from the shore is on the shore.
        let deep = |water: &geo::Geometry| {
            let beside = [(0., 0.), (5e-6, 0.), (-5e-6, 0.), (0., 5e-6), (0., -5e-6)];
            beside.iter().all(|(x, y)| water.contains(&Point::new(middle.x + x, middle.y + y)))
        };
        self.0.iter().any(|(rect, water)| rect.intersects(&middle) && deep(water))
    }
}

/// The barriers that stop people: all but rings of walls with no gate that no way enters.
pub fn standing(streets: &Streets) -> Vec<&Barrier> {
    let ways: Vec<Line> = walked_pairs(streets)
        .filter(|(apart, _)| !apart)
        .map(|(_, [a, b])| Line::new(streets.points[a as usize].coord(), streets.points[b as usize].coord()))
        .collect();
    let sealed = |b: &&Barrier| {
        let geo::Geometry::LineString(ring) = &b.geometry else { return false };
        let Some(rect) = ring.bounding_rect() else { return false };
        b.kind == BarrierKind::Wall
            && ring.0.len() > 3
            && ring.0.first() == ring.0.last()
            && !streets.gates.iter().any(|g| ring.0.contains(&g.coord()))
            && !ways.iter().any(|w| rect.intersects(w) && ring.intersects(w))
    };
    streets.barriers.iter().filter(|b| !sealed(b)).collect()
}

/// Straight lines over plazas, by their ends, with whether the plaza is a bridge.
pub fn plaza_lines(streets: &Streets, standing: &[&Barrier]) -> Vec<([u32; 2], bool)> {
    let mut users: HashMap<u32, BTreeSet<usize>> = HashMap::new();
    let plaza_of: HashMap<u32, usize> =
        streets.plazas.iter().enumerate().flat_map(|(i, rims)| rims.iter().map(move |w| (*w, i))).collect();
    for (i, way) in streets.ways.iter().enumerate().filter(|(_, w)| rules(&w.tags).is_some()) {
        // Rims count once a plaza, other ways each.
        let user = plaza_of.get(&(i as u32)).copied().unwrap_or(streets.plazas.len() + i);
        way.points.iter().for_each(|p| users.entry(*p).or_default().extend([user]));
    }
    let closed: HashSet<u32> = streets.point_tags.iter().filter(|(_, t)| shut(t)).map(|(p, _)| *p).collect();
    let walls: Vec<Line> = standing.iter().flat_map(|b| super::brute::lines(&b.geometry)).collect();
    let mut all = Vec::new();
    for rims in &streets.plazas {
        let Some(first) = rims.first().map(|w| &streets.ways[*w as usize]) else { continue };
        if rules(&first.tags).is_none() {
            continue;
        }
        let rings: Vec<&[u32]> = rims.iter().map(|w| streets.ways[*w as usize].points.as_slice()).collect();
        if rings.iter().any(|r| r.len() < 4 || r.first() != r.last()) {
            continue;
        }
        let enters = |p: u32| if closed.contains(&p) { None } else { Some(users[&p].len() > 1) };
        let square = Square::new(&rings, &streets.points, &walls);
        all.extend(square.lines(enters).into_iter().map(|ends| (ends, is_apart(&first.tags))));
    }
    all
}

/// A point of a rim that a line may end in.
struct Place {
    point: u32,
    at: Coord,
    enter: bool,
    /// Its neighbours on the rim.
    beside: [(u32, Coord); 2],
}

/// A plaza in metres around its first point.
struct Square {
    rings: Vec<Vec<(u32, Coord)>>,
    polygons: Vec<Polygon>,
    walls: Vec<Line>,
}

impl Square {
    fn new(rings: &[&[u32]], points: &[LonLat], walls: &[Line]) -> Self {
        let o = points[rings[0][0] as usize].coord();
        let scale = (111_320.0 * o.y.to_radians().cos(), 110_900.0);
        let metres = |c: Coord| Coord { x: (c.x - o.x) * scale.0, y: (c.y - o.y) * scale.1 };
        let ring = |r: &&[u32]| r[1..].iter().map(|p| (*p, metres(points[*p as usize].coord()))).collect();
        let rings: Vec<Vec<(u32, Coord)>> = rings.iter().map(ring).collect();
        let polygon = |r: &Vec<(u32, Coord)>| Polygon::new(r.iter().map(|c| c.1).collect(), vec![]);
        let polygons: Vec<Polygon> = rings.iter().map(polygon).collect();
        let around = polygons.iter().filter_map(BoundingRect::bounding_rect).reduce(|a, b| {
            let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
            let high = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
            geo::Rect::new(low, high)
        });
        let walls = walls.iter().map(|w| Line::new(metres(w.start), metres(w.end)));
        let walls = walls.filter(|w| around.is_some_and(|r| r.intersects(w))).collect();
        Self { rings, polygons, walls }
    }

    fn holds(&self, c: Coord) -> bool {
        self.polygons.iter().filter(|p| p.contains(&Point::from(c))).count() % 2 == 1
    }

    /// `enters` is `None` where nobody passes.
    fn lines(&self, enters: impl Fn(u32) -> Option<bool>) -> Vec<[u32; 2]> {
        // Each point once: its place, whether people enter, and its neighbours on the rim.
        let mut places: Vec<Place> = Vec::new();
        for ring in &self.rings {
            for (i, &(p, at)) in ring.iter().enumerate() {
                let (before, after) = (ring[(i + ring.len() - 1) % ring.len()], ring[(i + 1) % ring.len()]);
                let Some(enter) = enters(p) else { continue };
                if places.iter().all(|q| q.point != p) && (enter || self.inner(before.1, at, after.1)) {
                    places.push(Place { point: p, at, enter, beside: [before, after] });
                }
            }
        }
        if places.iter().filter(|p| p.enter).count() < 2 {
            return vec![];
        }
        let near = |i: usize, j: usize| {
            let distance = |k: usize| (places[k].at.x - places[i].at.x).hypot(places[k].at.y - places[i].at.y);
            places.len() <= 60 || (0..places.len()).filter(|&k| k != i && distance(k) < distance(j)).count() < 30
        };
        let beyond = |from: &Place, p: &Place| {
            let (from, at) = (from.at, p.at);
            let side = |c: Coord| (at.x - from.x) * (c.y - from.y) - (at.y - from.y) * (c.x - from.x);
            side(p.beside[0].1) * side(p.beside[1].1) >= 0.0
        };
        let mut lines = Vec::new();
        for (i, a) in places.iter().enumerate() {
            for (j, b) in places.iter().enumerate().skip(i + 1) {
                let useful = (a.enter || beyond(b, a)) && (b.enter || beyond(a, b));
                let apart = a.beside.iter().all(|n| n.0 != b.point);
                if useful && apart && (near(i, j) || near(j, i)) && self.clear(a.at, b.at) {
                    lines.push([a.point, b.point]);
                }
            }
        }
        lines
    }

    /// Whether the rim turns into the square here.
    fn inner(&self, before: Coord, at: Coord, after: Coord) -> bool {
        let toward = |c: Coord| (c - at) * (0.05 / (c - at).x.hypot((c - at).y));
        let (b, a) = (toward(before), toward(after));
        let triangle = Polygon::new(LineString::new(vec![at, at + b, at + a, at]), vec![]);
        triangle.unsigned_area() * 2.0 >= 0.05 * 0.05 * 0.01 && !self.holds(at + (a + b) * 0.5)
    }

    fn clear(&self, a: Coord, b: Coord) -> bool {
        let line = Line::new(a, b);
        let length = (b - a).x.hypot((b - a).y);
        let proper = |other: Line| {
            matches!(line_intersection(line, other), Some(LineIntersection::SinglePoint { is_proper: true, .. }))
        };
        let touches = |c: Coord| {
            let along = ((c - a).x * (b - a).x + (c - a).y * (b - a).y) / length;
            let off = ((b - a).x * (c - a).y - (b - a).y * (c - a).x).abs() / length;
            c != a && c != b && off < 1e-3 && along > 0.0 && along < length
        };
        self.holds((a + b) * 0.5)
            && !self.rings.iter().flatten().any(|c| touches(c.1))
            && !self.polygons.iter().any(|p| p.exterior().lines().any(proper))
            && !self.walls.iter().copied().any(proper)
    }
}
