//! What a step off the network may not cross, as plain segments. A wall around something that
//! nobody could enter has a gate that nobody mapped: it stops no one.

use super::super::footing::Footing;
use super::super::streets::{Barrier, BarrierKind, Streets};
use crate::geometry::{Plane, Xy};
use geo::{Coord, CoordsIter, Intersects, Line, LinesIter};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree, RTreeObject};
use std::collections::HashSet;

/// Barrier lines and the shores of water areas, each with what it is.
pub(super) fn segments(streets: &Streets, walked: &[Option<Footing>], plane: &Plane) -> Vec<([Xy; 2], BarrierKind)> {
    let mut all = Vec::new();
    let sealed = sealed_rings(streets, walked);
    for (_, barrier) in streets.barriers.iter().enumerate().filter(|(i, _)| !sealed.contains(i)) {
        let closed_area = barrier.kind == BarrierKind::Water;
        let mut add = |l: Line| all.push(([l.start, l.end].map(|c| plane.degrees_to_xy(c.x, c.y)), barrier.kind));
        match &barrier.geometry {
            geo::Geometry::Polygon(p) if closed_area => p.lines_iter().for_each(&mut add),
            geo::Geometry::Polygon(p) => p.exterior().lines().for_each(&mut add),
            geo::Geometry::MultiPolygon(p) => p.lines_iter().for_each(&mut add),
            geo::Geometry::LineString(l) => l.lines().for_each(&mut add),
            geo::Geometry::MultiLineString(l) => l.lines_iter().for_each(&mut add),
            other => debug_assert!(other.coords_count() == 0, "a barrier is a line or an area"),
        }
    }
    all
}

/// Closed walls on which no gate lies and which no walked way on the ground meets, by number.
fn sealed_rings(streets: &Streets, walked: &[Option<Footing>]) -> HashSet<usize> {
    let bits = |c: Coord| (c.x.to_bits(), c.y.to_bits());
    let gates: HashSet<(u64, u64)> = streets.gates.iter().map(|g| bits(g.coord())).collect();
    let ring = |b: &Barrier| match &b.geometry {
        geo::Geometry::LineString(l) if b.kind == BarrierKind::Wall && l.is_closed() && l.0.len() >= 4 => {
            Some(l.clone())
        }
        _ => None,
    };
    let rings = streets.barriers.iter().enumerate().filter_map(|(i, b)| Some((i, ring(b)?)));
    let rings: Vec<_> = rings.filter(|(_, l)| !l.0.iter().any(|c| gates.contains(&bits(*c)))).collect();
    let lines = rings.iter().flat_map(|(i, ring)| ring.lines().map(|l| GeomWithData::new(Segment(l), *i)));
    let tree = RTree::bulk_load(lines.collect());
    let mut sealed: HashSet<usize> = rings.iter().map(|(i, _)| *i).collect();
    for (way, footing) in streets.ways.iter().zip(walked) {
        if footing.is_none_or(|f| f.apart) {
            continue;
        }
        for pair in way.points.windows(2) {
            let [Some(a), Some(b)] = [pair[0], pair[1]].map(|p| streets.points.get(p as usize)) else { continue };
            let step = Line::new(a.coord(), b.coord());
            let met = tree.locate_in_envelope_intersecting(&Segment(step).envelope());
            for wall in met.filter(|wall| wall.geom().0.intersects(&step)) {
                sealed.remove(&wall.data);
            }
        }
    }
    sealed
}

/// A line in the index of places.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Segment(Line);

impl RTreeObject for Segment {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners([self.0.start.x, self.0.start.y], [self.0.end.x, self.0.end.y])
    }
}
