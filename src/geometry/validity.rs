//! Whether a geometry is one (OGC Simple Features), and the two repairs that lose nothing:
//! closing rings with repeated points dropped ([`tidy`]), and splitting rings that cross
//! themselves ([`repaired`]). Says what is wrong; never decides whether to accept it.

use geo::{BooleanOps, Coord, Geometry, LineString, MultiPolygon, Polygon, RemoveRepeatedPoints, Validation};

/// The geometry with rings closed and repeated points dropped. Only spelling changes, never
/// shape.
pub fn tidy(geometry: Geometry) -> Geometry {
    match geometry {
        Geometry::LineString(l) => Geometry::LineString(l.remove_repeated_points()),
        Geometry::MultiLineString(m) => Geometry::MultiLineString(m.remove_repeated_points()),
        // geo closes the rings of a polygon when it is made.
        Geometry::Polygon(p) => Geometry::Polygon(p.remove_repeated_points()),
        Geometry::MultiPolygon(m) => Geometry::MultiPolygon(m.remove_repeated_points()),
        Geometry::MultiPoint(m) => Geometry::MultiPoint(m.remove_repeated_points()),
        other => other,
    }
}

/// Above this many points `geo`'s checks, which compare all pairs of segments, are too slow.
const MANY_POINTS: usize = 500;

/// Everything that is wrong with a WGS 84 geometry, in words; empty when it is right.
pub fn faults(geometry: &Geometry) -> Vec<String> {
    use geo::{CoordsIter, HasDimensions};
    if geometry.is_empty() {
        return vec!["the geometry is empty".into()];
    }
    let outside = geometry.coords_iter().find(|c| !in_range(*c));
    if let Some(c) = outside {
        return vec![format!("{} {} is not a longitude and latitude", c.x, c.y)];
    }
    if geometry.coords_count() > MANY_POINTS {
        let area = match geometry {
            Geometry::Polygon(p) => Some(super::simple::area_fault(&MultiPolygon::from(p.clone()))),
            Geometry::MultiPolygon(all) => Some(super::simple::area_fault(all)),
            _ => None,
        };
        if let Some(fault) = area {
            return fault.into_iter().collect();
        }
    }
    let mut all = Vec::new();
    // The order of checks in `geo` may name one fault twice.
    for fault in geometry.validation_errors() {
        let text = fault.to_string();
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

fn in_range(c: Coord) -> bool {
    (-180.0..=180.0).contains(&c.x) && (-90.0..=90.0).contains(&c.y)
}

/// The same area with rings that do not cross themselves or each other: what an odd number of
/// rings enclose is inside. `None` when no area is left or it still is not valid.
pub fn repaired(area: &MultiPolygon) -> Option<MultiPolygon> {
    let nothing = MultiPolygon::<f64>::new(Vec::new());
    let mut fixed = area.union(&nothing).remove_repeated_points();
    // Splitting leaves slivers of zero width where a ring ran over itself.
    fixed.0.retain(|p| p.exterior().0.len() >= 4 && faults(&p.clone().into()).is_empty());
    (!fixed.0.is_empty() && faults(&fixed.clone().into()).is_empty()).then_some(fixed)
}

/// A polygon from a ring that may not repeat its first point at the end.
pub fn polygon_of(ring: Vec<Coord>) -> Polygon {
    Polygon::new(LineString::new(ring), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, wkt};

    #[test]
    fn an_unclosed_ring_is_closed_and_doubled_points_are_dropped() {
        let ring = [(0., 0.), (1., 0.), (1., 0.), (1., 1.)].map(Coord::from);
        let tidied = tidy(Geometry::Polygon(polygon_of(ring.to_vec())));
        assert_eq!(tidied, Geometry::Polygon(wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 0.)))));
        assert!(faults(&tidied).is_empty());
    }

    #[test]
    fn a_bow_tie_is_reported_and_splits_into_its_two_triangles() {
        let bow_tie = wkt!(POLYGON((0. 0.,2. 2.,2. 0.,0. 2.,0. 0.)));
        assert_eq!(faults(&bow_tie.clone().into()), ["exterior ring has a self-intersection"]);
        let fixed = repaired(&MultiPolygon::from(bow_tie)).expect("repairable");
        assert_eq!(fixed.0.len(), 2);
        assert!((fixed.unsigned_area() - 2.0).abs() < 1e-6);
    }

    #[test]
    fn a_position_off_the_earth_and_an_empty_geometry_are_reported() {
        assert_eq!(faults(&wkt!(POINT(39.9 116.4)).into()), ["39.9 116.4 is not a longitude and latitude"]);
        assert_eq!(faults(&wkt!(LINESTRING EMPTY).into()), ["the geometry is empty"]);
        assert_eq!(faults(&Geometry::Point(geo::Point::new(f64::NAN, 1.0))).len(), 1);
    }

    #[test]
    fn an_area_of_no_width_cannot_be_repaired() {
        let flat = wkt!(POLYGON((0. 0.,1. 0.,2. 0.,0. 0.)));
        assert!(repaired(&MultiPolygon::from(flat)).is_none());
    }
}
