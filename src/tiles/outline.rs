//! Geometry in whole tile units: projected, cut at the buffer, simplified, rounded, and for
//! areas made valid again on the integer grid (rounding can make an outline touch itself).

use super::clip::{self, Window};
use super::simplify::{TOLERANCE, simplify};
use super::{BUFFER, EXTENT};
use crate::geometry::TileCoord;
use fast_mvt::MvtCoord;
use geo::{Coord, Geometry, LineString, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

/// What a tile shows of one feature, in tile units; never empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Outline {
    Points(Vec<MvtCoord>),
    Lines(Vec<Vec<MvtCoord>>),
    /// Outer ring and holes of each polygon; rings are not closed.
    Areas(Vec<Vec<Vec<MvtCoord>>>),
}

/// The tile with its buffer.
const WINDOW: Window = Window { low: -BUFFER as f64, high: (EXTENT + BUFFER) as f64 };

/// Areas below this many square units are left out: a quarter of a pixel.
const LEAST_AREA: i64 = 16;

/// What the tile shows of the geometry; `None` when that is nothing.
pub fn outline(geometry: &Geometry, tile: TileCoord) -> Option<Outline> {
    let outline = match geometry {
        Geometry::Point(p) => points([p.0], tile),
        Geometry::MultiPoint(all) => points(all.iter().map(|p| p.0), tile),
        Geometry::LineString(line) => lines([line], tile),
        Geometry::MultiLineString(all) => lines(&all.0, tile),
        Geometry::Polygon(polygon) => areas([polygon], tile),
        Geometry::MultiPolygon(all) => areas(&all.0, tile),
        _ => return None,
    };
    let empty = match &outline {
        Outline::Points(all) => all.is_empty(),
        Outline::Lines(all) => all.is_empty(),
        Outline::Areas(all) => all.is_empty(),
    };
    (!empty).then_some(outline)
}

fn project(c: Coord, tile: TileCoord) -> Coord {
    let (x, y) = tile.unit(c.x, c.y);
    Coord { x, y } * f64::from(EXTENT)
}

fn round(c: Coord) -> MvtCoord {
    MvtCoord { x: c.x.round() as i32, y: c.y.round() as i32 }
}

fn points(coords: impl IntoIterator<Item = Coord>, tile: TileCoord) -> Outline {
    let here = coords.into_iter().map(|c| project(c, tile)).filter(|c| WINDOW.contains(*c));
    Outline::Points(here.map(round).collect())
}

fn lines<'a>(all: impl IntoIterator<Item = &'a LineString>, tile: TileCoord) -> Outline {
    let mut pieces = Vec::new();
    for line in all {
        let projected: Vec<Coord> = line.coords().map(|c| project(*c, tile)).collect();
        for piece in clip::line(&projected, WINDOW) {
            let mut piece: Vec<MvtCoord> = simplify(&piece, TOLERANCE).into_iter().map(round).collect();
            piece.dedup();
            if piece.len() > 1 {
                pieces.push(piece);
            }
        }
    }
    Outline::Lines(pieces)
}

fn areas<'a>(all: impl IntoIterator<Item = &'a Polygon>, tile: TileCoord) -> Outline {
    let mut rings: Vec<Vec<IntPoint>> = Vec::new();
    for polygon in all {
        let exterior = ring(polygon.exterior(), tile);
        if !exterior.is_empty() {
            rings.push(exterior);
            rings.extend(polygon.interiors().iter().map(|hole| ring(hole, tile)).filter(|r| !r.is_empty()));
        }
    }
    let shapes = match rings.as_slice() {
        [] => Vec::new(),
        [one] if is_plain(one) => vec![rings],
        _ => clean(&rings),
    };
    let large = |ring: &Vec<IntPoint>| double_area(ring).abs() >= 2 * LEAST_AREA;
    let shapes = shapes.into_iter().filter(|shape| shape.first().is_some_and(large));
    let unit = |p: IntPoint| MvtCoord { x: p.x, y: p.y };
    let shapes =
        shapes.map(|shape| shape.into_iter().filter(large).map(|ring| ring.into_iter().map(unit).collect()).collect());
    Outline::Areas(shapes.collect())
}

fn ring(line: &LineString, tile: TileCoord) -> Vec<IntPoint> {
    let projected: Vec<Coord> = line.coords().map(|c| project(*c, tile)).collect();
    let mut cut = clip::ring(&projected, WINDOW);
    let Some(&first) = cut.first() else { return Vec::new() };
    cut.push(first);
    let whole = |c: Coord| IntPoint::new(c.x.round() as i32, c.y.round() as i32);
    let mut ring: Vec<IntPoint> = simplify(&cut, TOLERANCE).into_iter().map(whole).collect();
    ring.dedup();
    ring.pop();
    if ring.len() < 3 { Vec::new() } else { ring }
}

/// The rings' area as valid polygons. Every crossing lies between corners that lie in the window,
/// and the window's sides are whole numbers, so no rounded crossing can leave it.
fn clean(rings: &[Vec<IntPoint>]) -> Vec<Vec<Vec<IntPoint>>> {
    let points = rings.iter().map(Vec::len).sum::<usize>();
    let mut overlay = Overlay::new_custom(points, IntOverlayOptions::ogc(), Default::default());
    rings.iter().for_each(|ring| overlay.add_contour(ring, ShapeType::Subject));
    overlay.overlay(OverlayRule::Subject, FillRule::EvenOdd)
}

/// Most buildings: few corners, not touching itself. Needs no [`clean`].
fn is_plain(ring: &[IntPoint]) -> bool {
    let n = ring.len();
    if n > 10 {
        return false;
    }
    let segment = |i: usize| (ring[i], ring[(i + 1) % n]);
    // Segments that share a corner must not run back on each other; others must not meet.
    let turns = (0..n).all(|i| turn(ring[i], ring[(i + 1) % n], ring[(i + 2) % n]) != 0);
    turns && (0..n).all(|i| (i + 2..n).filter(|j| (j + 1) % n != i).all(|j| !meet(segment(i), segment(j))))
}

fn turn(a: IntPoint, b: IntPoint, c: IntPoint) -> i64 {
    let d = |p: IntPoint, q: IntPoint| (i64::from(q.x) - i64::from(p.x), i64::from(q.y) - i64::from(p.y));
    let ((ux, uy), (vx, vy)) = (d(a, b), d(b, c));
    (ux * vy - uy * vx).signum()
}

fn meet((a, b): (IntPoint, IntPoint), (c, d): (IntPoint, IntPoint)) -> bool {
    let overlap = |p: i32, q: i32, r: i32, s: i32| p.min(q) <= r.max(s) && r.min(s) <= p.max(q);
    overlap(a.x, b.x, c.x, d.x)
        && overlap(a.y, b.y, c.y, d.y)
        && turn(a, b, c) * turn(a, b, d) <= 0
        && turn(c, d, a) * turn(c, d, b) <= 0
}

fn double_area(ring: &[IntPoint]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a.x) * i64::from(b.y) - i64::from(b.x) * i64::from(a.y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation};
    use proptest::prelude::*;

    /// A tile over (116, 29).
    fn tile() -> TileCoord {
        TileCoord::new(14, 13471, 6811).expect("a tile")
    }

    /// Degrees of a position given in tile units.
    fn degrees(x: f64, y: f64) -> Coord {
        let b = tile().bbox(0.0);
        let share = |v: f64| v / f64::from(EXTENT);
        Coord { x: b.west + (b.east - b.west) * share(x), y: b.north + (b.south - b.north) * share(y) }
    }

    fn star(x: f64, y: f64, radii: &[f64]) -> LineString {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(i, r): (usize, &f64)| degrees(x + r * (step * i as f64).cos(), y + r * (step * i as f64).sin());
        radii.iter().enumerate().map(corner).collect()
    }

    fn polygons(outline: Option<Outline>) -> Vec<Polygon> {
        let line = |r: &Vec<MvtCoord>| -> LineString { r.iter().map(|c| (f64::from(c.x), f64::from(c.y))).collect() };
        let Some(Outline::Areas(areas)) = outline else { return Vec::new() };
        areas.iter().map(|rings| Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn areas_of_any_shape_are_valid_and_inside_the_buffer(
            x in -2000.0..6000.0f64, y in -2000.0..6000.0f64,
            radii in prop::collection::vec(1.0..3000.0f64, 3..40), hole in 0.05..0.9f64,
        ) {
            let inner: Vec<f64> = radii.iter().map(|r| r * hole).collect();
            let polygon = Polygon::new(star(x, y, &radii), vec![star(x, y, &inner)]);
            for p in polygons(outline(&polygon.into(), tile())) {
                prop_assert!(p.is_valid(), "{:?}", p.validation_errors());
                prop_assert!(p.unsigned_area() > 0.0);
                let (low, high) = (f64::from(-BUFFER), f64::from(EXTENT + BUFFER));
                prop_assert!(p.exterior().coords().all(|c| (low..=high).contains(&c.x) && (low..=high).contains(&c.y)));
            }
        }

        #[test]
        fn neighbours_that_share_a_border_leave_no_visible_gap(
            wiggle in prop::collection::vec(-60.0..60.0f64, 30)
        ) {
            let border: Vec<Coord> = wiggle.iter().enumerate()
                .map(|(i, w)| degrees(2000.0 + w, 100.0 + 130.0 * i as f64)).collect();
            let side = |x: f64| {
                let mut ring = border.clone();
                ring.extend([degrees(x, 100.0 + 130.0 * 29.0), degrees(x, 100.0)]);
                polygons(outline(&Polygon::new(ring.into(), vec![]).into(), tile()))
            };
            let sum: f64 = side(100.0).iter().chain(&side(4000.0)).map(Area::unsigned_area).sum();
            let length = 30.0 * 200.0;
            prop_assert!((sum - 3900.0 * 3770.0).abs() < 2.0 * TOLERANCE * length, "{sum}");
        }
    }

    #[test]
    fn nothing_is_left_of_what_is_smaller_than_a_quarter_pixel_or_elsewhere() {
        let small = Polygon::new(star(500.0, 500.0, &[1.5; 8]), vec![]);
        assert_eq!(outline(&small.into(), tile()), None);
        let elsewhere = Polygon::new(star(9000.0, 500.0, &[90.0; 8]), vec![]);
        assert_eq!(outline(&elsewhere.into(), tile()), None);
        assert_eq!(outline(&geo::Point(degrees(-70.0, 0.0)).into(), tile()), None);
        assert!(outline(&geo::Point(degrees(-60.0, 0.0)).into(), tile()).is_some());
    }

    #[test]
    fn an_area_around_the_whole_tile_fills_it_at_the_deepest_zoom() {
        let world = geo::Rect::new((73.0, 3.0), (136.0, 54.0)).to_polygon();
        let deep = TileCoord::new(22, 13471 << 8, 6811 << 8).expect("a tile");
        let filled = polygons(outline(&world.into(), deep));
        let side = f64::from(EXTENT + 2 * BUFFER);
        assert_eq!(filled.iter().map(Area::unsigned_area).sum::<f64>(), side * side);
    }

    #[test]
    fn a_concave_area_that_leaves_the_tile_comes_back_in_pieces() {
        let comb: Vec<Coord> = [
            (5000.0, 0.0),
            (100.0, 0.0),
            (100.0, 1000.0),
            (4800.0, 1000.0),
            (4800.0, 2000.0),
            (100.0, 2000.0),
            (100.0, 3000.0),
            (5000.0, 3000.0),
        ]
        .map(|(x, y)| degrees(x, y))
        .to_vec();
        let pieces = polygons(outline(&Polygon::new(comb.into(), vec![]).into(), tile()));
        assert_eq!(pieces.len(), 2, "{pieces:?}");
    }
}
