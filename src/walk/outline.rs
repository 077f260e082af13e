//! The field's contours as polygons, by marching squares on the lattice. One lattice serves all
//! levels and every rule is monotone in the level, so contours nest.

use super::approach::OFF_NETWORK_COST;
use super::raster::{Raster, SPACING_M};
use super::reach::Reach;
use crate::geometry::{Plane, Seconds, Xy};
use geo::{BoundingRect, Contains, LineString, MultiPolygon, Point, Polygon};

/// Holes and islands smaller than this are left out, in square metres.
pub const LEAST_RING_M2: f64 = 400.0;

/// A contour.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// WGS 84, rounded to 7 decimals.
    pub shape: MultiPolygon,
    /// Square metres.
    pub area_m2: f64,
}

impl Reach<'_> {
    /// The area reached within each of the given times, in the order given. Times beyond the
    /// budget of the search show the budget's area.
    pub fn outlines(&self, levels: &[Seconds]) -> Vec<Outline> {
        let raster = self.raster();
        let plane = &self.network.graph.plane;
        let k = plane.east_scale(self.origin.y);
        levels
            .iter()
            .map(|level| outline(&raster, (level.0 * self.profile.speed_m_s).min(self.budget_m), plane, k))
            .collect()
    }
}

fn outline(raster: &Raster, level: f64, plane: &Plane, k: f64) -> Outline {
    let mut rings: Vec<(f64, Vec<Xy>)> = rings(raster, level)
        .into_iter()
        .map(|ring| (signed_area(&ring) * k, ring))
        .filter(|(area, _)| area.abs() >= LEAST_RING_M2)
        .collect();
    rings.sort_by(|a, b| b.0.total_cmp(&a.0));
    let area_m2 = rings.iter().map(|(area, _)| area).sum();
    let closed =
        |ring: &[Xy]| LineString::from(ring.iter().chain(ring.first()).map(|p| degrees(plane, *p)).collect::<Vec<_>>());
    let split = rings.partition_point(|(area, _)| *area > 0.0);
    let mut polygons: Vec<Polygon> = rings[..split].iter().map(|(_, r)| Polygon::new(closed(r), vec![])).collect();
    for (_, hole) in &rings[split..] {
        let ring = closed(hole);
        let inside = ring.0.first().map(|c| Point::from(*c));
        // Outer rings are sorted by size: the smallest that holds the hole is its own.
        let home = inside.and_then(|p| polygons.iter().rposition(|outer| holds(outer, p)));
        if let Some(home) = home {
            polygons[home].interiors_push(ring);
        }
    }
    Outline { shape: MultiPolygon(polygons), area_m2 }
}

fn holds(outer: &Polygon, p: Point) -> bool {
    outer.exterior().bounding_rect().is_some_and(|b| b.contains(&p))
        && Polygon::new(outer.exterior().clone(), vec![]).contains(&p)
}

fn degrees(plane: &Plane, p: Xy) -> geo::Coord {
    let (lon, lat) = plane.to_degrees(p);
    let round = |v: f64| (v * 1e7).round() / 1e7;
    geo::Coord { x: round(lon), y: round(lat) }
}

/// Twice-signed shoelace halved: positive for rings that keep the inside on their left.
fn signed_area(ring: &[Xy]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter()
        .zip(next)
        .map(|(a, b)| ((a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)) / 2.0)
        .sum()
}

/// A crossing lies on the lattice line from point `from` to its east or north neighbour.
type Crossing = u32;
const NONE: Crossing = Crossing::MAX;

/// Closed rings with the inside on the left, in plane metres.
fn rings(raster: &Raster, level: f64) -> Vec<Vec<Xy>> {
    let mut next: Vec<Crossing> = vec![NONE; raster.values.len() * 2];
    for row in 0..raster.rows.saturating_sub(1) {
        for column in 0..raster.columns.saturating_sub(1) {
            march(raster, level, (column, row), |a, b| {
                next[a as usize] = b;
            });
        }
    }
    let mut rings = Vec::new();
    for start in 0..next.len() {
        let mut ring = Vec::new();
        let mut at = start as Crossing;
        while next[at as usize] != NONE {
            ring.push(crossing_position(raster, level, at));
            at = std::mem::replace(&mut next[at as usize], NONE);
        }
        if ring.len() > 2 {
            rings.push(ring);
        }
    }
    rings
}

/// Emits the directed pieces of one square; corners counted from the south-west against the clock.
fn march(raster: &Raster, level: f64, (c, r): (usize, usize), mut piece: impl FnMut(Crossing, Crossing)) {
    let values = [raster.value(c, r), raster.value(c + 1, r), raster.value(c + 1, r + 1), raster.value(c, r + 1)];
    let code = values.iter().enumerate().fold(0, |code, (i, v)| code | (usize::from(*v <= level) << i));
    if code == 0 || code == 15 {
        return;
    }
    let id = |c: usize, r: usize, north: bool| ((r * raster.columns + c) * 2 + usize::from(north)) as Crossing;
    let (south, north) = (id(c, r, false), id(c, r + 1, false));
    let (west, east) = (id(c, r, true), id(c + 1, r, true));
    // Opposite corners inside: joined when the middle is, too.
    let joined = values.iter().sum::<f64>() / 4.0 <= level;
    match code {
        1 => piece(south, west),
        2 => piece(east, south),
        3 => piece(east, west),
        4 => piece(north, east),
        6 => piece(north, south),
        7 => piece(north, west),
        8 => piece(west, north),
        9 => piece(south, north),
        11 => piece(east, north),
        12 => piece(west, east),
        13 => piece(south, east),
        14 => piece(west, south),
        5 if joined => [(south, east), (north, west)].into_iter().for_each(|(a, b)| piece(a, b)),
        5 => [(south, west), (north, east)].into_iter().for_each(|(a, b)| piece(a, b)),
        _ if joined => [(west, south), (east, north)].into_iter().for_each(|(a, b)| piece(a, b)),
        _ => [(east, south), (west, north)].into_iter().for_each(|(a, b)| piece(a, b)),
    }
}

/// Where the level lies between two lattice points, one inside and one outside.
fn crossing_position(raster: &Raster, level: f64, crossing: Crossing) -> Xy {
    let from = crossing as usize / 2;
    let (column, row, north) = (from % raster.columns, from / raster.columns, crossing % 2 == 1);
    let here = raster.value(column, row);
    let there = if north { raster.value(column, row + 1) } else { raster.value(column + 1, row) };
    // Beyond a barrier or the off-network limit there is no value: go on at off-network speed.
    let steepest = SPACING_M * OFF_NETWORK_COST;
    let share = |inside: f64, outside: f64| {
        let rise = if outside.is_finite() { outside - inside } else { steepest };
        // Kept off the lattice points, so that rings never touch each other.
        ((level - inside) / rise.max(1e-9)).clamp(0.02, 0.98)
    };
    let t = if here <= level { share(here, there) } else { 1.0 - share(there, here) };
    let (dc, dr) = if north { (0.0, t) } else { (t, 0.0) };
    raster.position(column as f64 + dc, row as f64 + dr)
}
