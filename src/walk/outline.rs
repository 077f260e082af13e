//! The field's contours as polygons, by marching squares on the lattice. One raster serves all
//! levels and every rule is monotone in the level, so contours nest.

use super::approach::OFF_NETWORK_COST;
use super::lattice::{SPACING_M, STEPS_A_METRE, Steps};
use super::line::{Bounds, inside};
use super::raster::Raster;
use super::reach::Reach;
use crate::geometry::{Plane, Seconds, Xy};
use geo::{LineString, MultiPolygon, Polygon};
use rayon::prelude::*;
use std::ops::Range;

/// Holes and islands smaller than this are left out, in square metres.
pub const LEAST_RING_M2: f64 = 400.0;

/// Streets end between the points of the lattice, where the contour would cut them off: it is drawn
/// this much wider, metres of network walking, so that as many places are drawn wrongly inside as
/// outside (`tests/it/oracle` measures both).
const BIAS_M: f32 = 2.0;

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
        let level = |t: &Seconds| (t.0 * self.profile.speed_m_s).min(self.budget_m) as f32 + BIAS_M;
        let levels: Vec<f32> = levels.iter().map(level).collect();
        let raster = self.raster(&levels);
        let plane = &self.network.graph.plane;
        let k = plane.east_scale(self.origin.y);
        let parts = march(&raster, &levels);
        let outline = |(i, level): (usize, &f32)| {
            let mut next = self.network.pool.crossings(raster.len() * 2);
            let pieces = parts.iter().flat_map(|part| &part[i]);
            let outline = outline(&raster, (*level, pieces), plane, k, &mut next);
            self.network.pool.keep_crossings(next);
            outline
        };
        levels.par_iter().enumerate().map(outline).collect()
    }
}

fn outline<'p>(
    raster: &Raster,
    (level, pieces): (f32, impl Iterator<Item = &'p Piece> + Clone),
    plane: &Plane,
    k: f64,
    next: &mut [Crossing],
) -> Outline {
    let mut rings: Vec<(f64, Vec<Xy>)> = rings(raster, level, pieces, next)
        .into_iter()
        .map(|ring| (signed_area(&ring) * k, ring))
        .filter(|(area, _)| area.abs() >= LEAST_RING_M2)
        .collect();
    rings.sort_by(|a, b| b.0.total_cmp(&a.0));
    let area_m2 = rings.iter().map(|(area, _)| area).sum();
    let split = rings.partition_point(|(area, _)| *area > 0.0);
    let (outers, holes) = rings.split_at(split);
    let closed =
        |ring: &[Xy]| LineString::from(ring.iter().chain(ring.first()).map(|p| degrees(plane, *p)).collect::<Vec<_>>());
    let mut polygons: Vec<Polygon> = outers.iter().map(|(_, r)| Polygon::new(closed(r), vec![])).collect();
    let boxes: Vec<Bounds> = outers.iter().map(|(_, ring)| Bounds::around(ring)).collect();
    for (_, hole) in holes {
        let Some(&p) = hole.first() else { continue };
        let around = |i: &usize| boxes[*i].holds(p) && inside(sides(&outers[*i].1), p);
        // Outer rings are sorted by size: the smallest that holds the hole is its own.
        if let Some(home) = (0..outers.len()).rev().find(around) {
            polygons[home].interiors_push(closed(hole));
        }
    }
    Outline { shape: MultiPolygon(polygons), area_m2 }
}

fn sides(ring: &[Xy]) -> impl Iterator<Item = [Xy; 2]> {
    ring.iter().zip(ring.iter().skip(1).chain(ring.first())).map(|(a, b)| [*a, *b])
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
pub(super) type Crossing = u32;
pub(super) const NONE: Crossing = Crossing::MAX;

/// A piece of a contour, from one crossing to the next.
type Piece = (Crossing, Crossing);

/// Closed rings with the inside on the left, in plane metres. `next` is all [`NONE`], before and
/// after.
fn rings<'p>(
    raster: &Raster,
    level: f32,
    pieces: impl Iterator<Item = &'p Piece> + Clone,
    next: &mut [Crossing],
) -> Vec<Vec<Xy>> {
    pieces.clone().for_each(|(a, b)| next[*a as usize] = *b);
    let mut rings = Vec::new();
    for (start, _) in pieces {
        let mut ring = Vec::new();
        let mut at = *start;
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

/// The directed pieces of each level's contour, some rows of squares at a time.
fn march(raster: &Raster, levels: &[f32]) -> Vec<Vec<Vec<Piece>>> {
    let levels: Vec<Steps> = levels.iter().map(|level| Steps((level * STEPS_A_METRE) as u16)).collect();
    let squares = raster.rows - 1;
    let rows: Vec<_> = (0..squares).step_by(ROWS).map(|first| first..(first + ROWS).min(squares)).collect();
    rows.into_par_iter().map(|rows| march_rows(raster, &levels, rows)).collect()
}

/// So many rows are marched through in one go.
const ROWS: usize = 32;

fn march_rows(raster: &Raster, levels: &[Steps], rows: Range<usize>) -> Vec<Vec<Piece>> {
    let mut pieces = vec![Vec::new(); levels.len()];
    // How many levels do not hold each point of a row: where this changes a contour passes. No level
    // holds the last point, nor what is counted beyond it.
    let width = raster.columns.next_multiple_of(RUN) + 1;
    let (mut south, mut north) = (vec![levels.len() as u8; width], vec![levels.len() as u8; width]);
    let count = |row: usize, counts: &mut [u8]| {
        let counts = &mut counts[..raster.columns];
        counts.fill(0);
        for level in levels {
            counts.iter_mut().zip(raster.row(row)).for_each(|(count, value)| *count += u8::from(value.0 > level.0));
        }
    };
    count(rows.start, &mut north);
    for row in rows {
        std::mem::swap(&mut south, &mut north);
        count(row + 1, &mut north);
        for first in (0..raster.columns - 1).step_by(RUN) {
            // The corners of squares that lie side by side.
            let run = |counts: &'_ [u8], first: usize| counts[first..].first_chunk::<RUN>().copied();
            let corners = (run(&south, first), run(&south, first + 1), run(&north, first), run(&north, first + 1));
            let (Some(sw), Some(se), Some(nw), Some(ne)) = corners else { continue };
            if sw == se && sw == nw && sw == ne {
                continue;
            }
            let change = |i: usize| sw[i] != se[i] || sw[i] != nw[i] || sw[i] != ne[i];
            for c in (0..RUN).filter(|i| change(*i)).map(|i| first + i) {
                let values = raster.square(c, row);
                let low = values.into_iter().fold(Steps::MAX, Steps::least);
                for (level, pieces) in levels.iter().zip(&mut pieces).filter(|(level, _)| low <= **level) {
                    cross(raster.columns, values, *level, (c, row), |a, b| pieces.push((a, b)));
                }
            }
        }
    }
    pieces
}

/// So many squares are looked at together.
const RUN: usize = 16;

/// Emits the directed pieces of one square; corners counted from the south-west against the clock.
fn cross(
    columns: usize,
    values: [Steps; 4],
    level: Steps,
    (c, r): (usize, usize),
    mut piece: impl FnMut(Crossing, Crossing),
) {
    let code = values.iter().enumerate().fold(0, |code, (i, v)| code | (usize::from(*v <= level) << i));
    let id = |c: usize, r: usize, north: bool| ((r * columns + c) * 2 + usize::from(north)) as Crossing;
    let (south, north) = (id(c, r, false), id(c, r + 1, false));
    let (west, east) = (id(c, r, true), id(c + 1, r, true));
    // Opposite corners inside: joined when the middle is, too.
    let joined = values.iter().map(|v| u32::from(v.0)).sum::<u32>() <= 4 * u32::from(level.0);
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
        10 if joined => [(west, south), (east, north)].into_iter().for_each(|(a, b)| piece(a, b)),
        10 => [(east, south), (west, north)].into_iter().for_each(|(a, b)| piece(a, b)),
        _ => {}
    }
}

/// Where the level lies between two lattice points, one inside and one outside.
fn crossing_position(raster: &Raster, level: f32, crossing: Crossing) -> Xy {
    let from = crossing as usize / 2;
    let (column, row, north) = (from % raster.columns, from / raster.columns, crossing % 2 == 1);
    let here = raster.value(column, row);
    let there = if north { raster.value(column, row + 1) } else { raster.value(column + 1, row) };
    // A field without a step in it rises no faster. Where it does, at a barrier or the off-network limit, the
    // inside goes on at off-network speed.
    let steepest = (SPACING_M * OFF_NETWORK_COST) as f32;
    let share = |inside: f32, outside: f32| {
        let rise = (outside - inside).min(steepest);
        // Kept off the lattice points, so that rings never touch each other.
        f64::from((level - inside) / rise.max(1e-6)).clamp(0.02, 0.98)
    };
    let t = if here <= level { share(here, there) } else { 1.0 - share(there, here) };
    let (dc, dr) = if north { (0.0, t) } else { (t, 0.0) };
    raster.position(column as f64 + dc, row as f64 + dr)
}
