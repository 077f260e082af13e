//! The sea, which OSM maps by its coastline only: land lies on the left of the line, water on
//! the right. Coastlines are cut at the extract's box, and the box's edge closes the water. A
//! coastline that ends shortly before the edge, because the extract was cut along a border, is
//! led straight to it. What stops walkers are
//! the coastlines themselves; the sea tells the picture, and which piers lie in water.

use super::data::{NodeIndex, OsmData};
use super::rings::nest;
use crate::geometry::{BBox, LonLat, simple, validity};
use geo::{Coord, LineString, MultiPolygon};
use std::collections::{HashMap, HashSet};

/// The sea inside the box; empty where there is no coast. Fails when the coastline has a gap.
pub fn sea(data: &OsmData, bounds: BBox) -> Result<MultiPolygon, &'static str> {
    let (mut islands, mut pieces) = (Vec::new(), Vec::new());
    for chain in chains(data) {
        match cut(&led_out(chain, bounds), bounds)? {
            Cut::Island(ring) => islands.push(LineString::new(ring)),
            Cut::Pieces(more) => pieces.extend(more),
        }
    }
    if islands.is_empty() && pieces.is_empty() {
        return Ok(MultiPolygon::new(Vec::new()));
    }
    let mut rings = if pieces.is_empty() { vec![whole(bounds)] } else { close(&pieces, bounds)? };
    rings.extend(islands);
    let water = nest(rings);
    if simple::area_fault(&water).is_none() {
        return Ok(water);
    }
    validity::repaired(&water).ok_or("the coastline crosses itself")
}

/// Coastline ways joined in their direction.
fn chains(data: &OsmData) -> Vec<Vec<Coord>> {
    let coast = data.ways.iter().filter(|w| w.tags.is("natural", &["coastline"]));
    let runs: Vec<Vec<NodeIndex>> = coast.flat_map(|w| data.runs(&w.nodes)).collect();
    let by_start: HashMap<NodeIndex, usize> = runs.iter().enumerate().map(|(i, r)| (r[0], i)).collect();
    let ends: HashSet<NodeIndex> = runs.iter().filter_map(|r| r.last().copied()).collect();
    // Open chains first, from where they begin; what is left then are rings.
    let (rings, open): (Vec<usize>, Vec<usize>) = (0..runs.len()).partition(|&i| ends.contains(&runs[i][0]));
    let mut used = vec![false; runs.len()];
    let mut chains = Vec::new();
    for start in open.into_iter().chain(rings) {
        let (mut chain, mut next) = (Vec::new(), Some(start));
        while let Some(i) = next.filter(|&i| !used[i]) {
            used[i] = true;
            chain.extend_from_slice(&runs[i]);
            next = runs[i].last().and_then(|end| by_start.get(end)).copied();
        }
        chain.dedup();
        let line: Vec<Coord> = chain.iter().filter_map(|&n| data.positions.get(n)).map(LonLat::coord).collect();
        if line.len() >= 2 {
            chains.push(line);
        }
    }
    chains
}

/// An open chain whose ends lie beyond the box: an end that lies near the edge is led out, or
/// cut off where the coast soon leaves the box by itself.
fn led_out(mut chain: Vec<Coord>, bounds: BBox) -> Vec<Coord> {
    if chain.first() == chain.last() {
        return chain;
    }
    for _ in 0..2 {
        let short = (bounds.east - bounds.west).max(bounds.north - bounds.south) / 20.0;
        let inside = |c: &Coord| LonLat::try_from(*c).is_ok_and(|p| bounds.contains(p));
        let leaves = chain.iter().position(|c| !inside(c)).unwrap_or(0);
        let length: f64 = chain[..=leaves].windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum();
        if length < short {
            chain.drain(..leaves);
        }
        chain.reverse();
    }
    if let (Some(&first), Some(&last)) = (chain.first(), chain.last()) {
        if let Some(beyond) = beyond(first, bounds) {
            chain.insert(0, beyond);
        }
        chain.extend(beyond(last, bounds));
    }
    chain
}

/// The nearest point just outside the box, when it is within a quarter of the box's size.
fn beyond(c: Coord, b: BBox) -> Option<Coord> {
    const OUT: f64 = 1e-6;
    let (width, height) = (b.east - b.west, b.north - b.south);
    let sides = [
        ((c.x - b.west) / width, Coord { x: b.west - OUT, y: c.y }),
        ((b.east - c.x) / width, Coord { x: b.east + OUT, y: c.y }),
        ((c.y - b.south) / height, Coord { x: c.x, y: b.south - OUT }),
        ((b.north - c.y) / height, Coord { x: c.x, y: b.north + OUT }),
    ];
    let within = sides.iter().all(|(share, _)| *share >= 0.0);
    let nearest = sides.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(share, _)| within && *share <= 0.25).map(|(_, point)| point)
}

enum Cut {
    /// A ring wholly inside the box.
    Island(Vec<Coord>),
    /// Lines that enter and leave the box.
    Pieces(Vec<Vec<Coord>>),
}

fn cut(chain: &[Coord], bounds: BBox) -> Result<Cut, &'static str> {
    let closed = chain.first() == chain.last();
    let mut pieces: Vec<Vec<Coord>> = Vec::new();
    let (mut piece, mut first_dangles): (Vec<Coord>, bool) = (Vec::new(), false);
    for (i, w) in chain.windows(2).enumerate() {
        let Some((from, to)) = inside(w[0], w[1], bounds) else { continue };
        if piece.is_empty() {
            first_dangles |= i == 0 && from == 0.0;
            piece.push(along(w[0], w[1], from));
        }
        piece.push(along(w[0], w[1], to));
        if to < 1.0 {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    match (piece.is_empty(), closed) {
        (true, _) if !first_dangles => Ok(Cut::Pieces(pieces)),
        (false, true) if pieces.is_empty() => Ok(Cut::Island(piece)),
        (false, true) => {
            // The ring began inside: its last piece runs on into its first.
            piece.extend(pieces.remove(0).into_iter().skip(1));
            pieces.push(piece);
            Ok(Cut::Pieces(pieces))
        }
        _ => Err("the coastline ends inside the extract"),
    }
}

/// The part of a segment inside the box, as shares of its length (Liang and Barsky).
fn inside(a: Coord, b: Coord, bounds: BBox) -> Option<(f64, f64)> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let sides =
        [(-dx, a.x - bounds.west), (dx, bounds.east - a.x), (-dy, a.y - bounds.south), (dy, bounds.north - a.y)];
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (p, q) in sides {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    (from < to).then_some((from, to))
}

fn along(a: Coord, b: Coord, share: f64) -> Coord {
    if share >= 1.0 { b } else { a + (b - a) * share }
}

/// Rings of water: along a coast, then clockwise along the box to the next coast.
fn close(pieces: &[Vec<Coord>], bounds: BBox) -> Result<Vec<LineString>, &'static str> {
    const BROKEN: &str = "the coastline runs in two directions";
    let end = |p: &[Coord], last: bool| if last { p.last() } else { p.first() }.map_or(0.0, |c| around(*c, bounds));
    let mut entries: Vec<(f64, usize)> = pieces.iter().enumerate().map(|(i, p)| (end(p, false), i)).collect();
    entries.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut used = vec![false; pieces.len()];
    let mut rings = Vec::new();
    for start in 0..pieces.len() {
        if used[start] {
            continue;
        }
        let (mut ring, mut at) = (Vec::new(), start);
        loop {
            if std::mem::replace(&mut used[at], true) {
                return Err(BROKEN);
            }
            ring.extend_from_slice(&pieces[at]);
            let exit = end(&pieces[at], true);
            let next = entries.iter().find(|(entry, _)| *entry >= exit).or(entries.first()).copied();
            let (entry, next) = next.ok_or(BROKEN)?;
            corners(exit, entry, bounds, &mut ring);
            if next == start {
                break;
            }
            at = next;
        }
        ring.extend(ring.first().copied());
        rings.push(LineString::new(ring));
    }
    Ok(rings)
}

/// Position on the box's edge, clockwise from the north-west corner: 0 to 4, a side each.
fn around(c: Coord, b: BBox) -> f64 {
    let (x, y) = ((c.x - b.west) / (b.east - b.west), (b.north - c.y) / (b.north - b.south));
    let sides = [(y, x), (1.0 - x, 1.0 + y), (1.0 - y, 3.0 - x), (x, 4.0 - y)];
    let nearest = sides.into_iter().min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    nearest.map_or(0.0, |(_, position)| position)
}

/// The box's corners passed on the way, clockwise.
fn corners(from: f64, to: f64, b: BBox, ring: &mut Vec<Coord>) {
    let to = if to < from { to + 4.0 } else { to };
    let corner = [(b.east, b.north), (b.east, b.south), (b.west, b.south), (b.west, b.north)];
    for side in 1..8_u8 {
        let position = f64::from(side);
        if from < position && position < to {
            ring.push(corner[usize::from(side - 1) % 4].into());
        }
    }
}

fn whole(b: BBox) -> LineString {
    LineString::from(vec![
        (b.west, b.north),
        (b.east, b.north),
        (b.east, b.south),
        (b.west, b.south),
        (b.west, b.north),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::hand::{HandTags, hand_made};
    use super::*;
    use geo::{Area, Contains, Point};

    const BOX: BBox = BBox { west: 0., south: 0., east: 10., north: 10. };
    const COAST: HandTags<'static> = &[("natural", "coastline")];

    fn water(nodes: &[(i64, f64, f64)], ways: &[&[i64]]) -> Result<MultiPolygon, &'static str> {
        let nodes: Vec<_> = nodes.iter().map(|&(id, x, y)| (id, x, y, &[] as HandTags<'_>)).collect();
        let ways: Vec<_> = (1..).zip(ways).map(|(id, w)| (id, *w, COAST)).collect();
        sea(&hand_made(&nodes, &ways, &[]), BOX)
    }

    fn wet(m: &MultiPolygon, x: f64, y: f64) -> bool {
        m.contains(&Point::new(x, y))
    }

    #[test]
    fn water_lies_on_the_right_of_the_coast() {
        //   land on the left of a line going east, sea in the south
        let south = water(&[(1, -1., 4.), (2, 5., 6.), (3, 11., 4.)], &[&[2, 3], &[1, 2]]).expect("sea");
        assert!(wet(&south, 5., 1.) && !wet(&south, 5., 9.));
        let north = water(&[(1, -1., 4.), (2, 5., 6.), (3, 11., 4.)], &[&[3, 2, 1]]).expect("sea");
        assert!(!wet(&north, 5., 1.) && wet(&north, 5., 9.));
        assert!((south.unsigned_area() + north.unsigned_area() - 100.).abs() < 1e-9);
    }

    #[test]
    fn islands_are_holes_and_an_extract_of_islands_is_sea_around_them() {
        let island = [(1, 2., 2.), (2, 4., 2.), (3, 4., 4.), (4, 2., 4.)];
        let m = water(&island, &[&[1, 2, 3], &[3, 4, 1]]).expect("sea");
        assert!((m.unsigned_area() - 96.).abs() < 1e-9);
        assert!(!wet(&m, 3., 3.) && wet(&m, 9., 9.));
    }

    #[test]
    fn two_coasts_leave_a_strait_and_a_bay_closes_on_itself() {
        // Land in the west and in the east; the strait between is water.
        let coasts = [(1, 3., -1.), (2, 3., 11.), (3, 7., 11.), (4, 7., -1.)];
        let strait = water(&coasts, &[&[1, 2], &[3, 4]]).expect("sea");
        assert!((strait.unsigned_area() - 40.).abs() < 1e-9);
        assert!(wet(&strait, 5., 5.) && !wet(&strait, 1., 5.) && !wet(&strait, 9., 5.));
        let bay = water(&[(1, 11., 6.), (2, 6., 6.), (3, 6., 3.), (4, 11., 3.)], &[&[4, 3, 2, 1]]).expect("sea");
        assert!((bay.unsigned_area() - 12.).abs() < 1e-9, "{bay:?}");
    }

    #[test]
    fn an_island_that_the_box_cuts_is_land_in_both_halves() {
        let island = [(1, 8., 4.), (2, 12., 4.), (3, 12., 6.), (4, 8., 6.)];
        let m = water(&island, &[&[1, 2, 3, 4, 1]]).expect("sea");
        assert!((m.unsigned_area() - 96.).abs() < 1e-9, "{m:?}");
    }

    #[test]
    fn a_coast_that_ends_shortly_before_the_edge_is_led_to_it() {
        let m = water(&[(1, 1., 4.), (2, 5., 4.), (3, 9., 4.)], &[&[1, 2, 3]]).expect("sea");
        assert!((m.unsigned_area() - 40.).abs() < 1e-4, "{m:?}");
        // Its first point turns back over the edge at once.
        let hook = [(9, 0.1, 4.), (8, 0.1, 4.1), (7, -0.1, 4.1), (6, -0.1, 4.), (2, 5., 4.), (3, 9., 4.)];
        let m = water(&hook, &[&[9, 8, 7, 6, 2, 3]]).expect("sea");
        assert!((m.unsigned_area() - 40.).abs() < 0.1, "{m:?}");
    }

    #[test]
    fn no_coast_is_no_sea_and_a_gap_is_told() {
        assert_eq!(water(&[], &[]).map(|m| m.0.len()), Ok(0));
        assert!(water(&[(1, -1., 4.), (2, 5., 5.)], &[&[1, 2]]).is_err());
    }
}
