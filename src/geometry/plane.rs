//! A local plane in metres: x east, y north of a reference point. True to about 1e-6 over
//! tens of kilometres because the east scale is taken at the latitude of use ([`Plane::east_scale`]).

use super::units::{LonLat, Metres};
use serde::{Deserialize, Serialize};

/// A position on a [`Plane`], in metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Xy {
    pub x: f64,
    pub y: f64,
}

/// Equirectangular plane on the WGS 84 ellipsoid around a reference point.
///
/// Metres a degree follow from the ellipsoid's radii of curvature (Snyder, *Map Projections*,
/// USGS 1395, eq. 4-18 to 4-20): meridian `M = a(1-e²)/(1-e²sin²φ)^1.5`, prime vertical
/// `N = a/(1-e²sin²φ)^0.5`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    lon0: f64,
    lat0: f64,
    east_m: f64,
    north_m: f64,
}

const A: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_316;

fn metres_per_degree(lat: f64) -> (f64, f64) {
    let s = lat.to_radians().sin();
    let w2 = 1.0 - E2 * s * s;
    let m = A * (1.0 - E2) / w2.powf(1.5);
    let n = A / w2.sqrt();
    (n * lat.to_radians().cos().max(1e-9) * std::f64::consts::PI / 180.0, m * std::f64::consts::PI / 180.0)
}

impl Plane {
    /// The plane around `reference`.
    pub fn around(reference: LonLat) -> Self {
        let (east_m, north_m) = metres_per_degree(reference.lat());
        Self { lon0: reference.lon(), lat0: reference.lat(), east_m, north_m }
    }

    pub fn to_xy(&self, p: LonLat) -> Xy {
        self.degrees_to_xy(p.lon(), p.lat())
    }

    /// Like [`Plane::to_xy`] for coordinates that are known to be degrees.
    pub fn degrees_to_xy(&self, lon: f64, lat: f64) -> Xy {
        Xy { x: (lon - self.lon0) * self.east_m, y: (lat - self.lat0) * self.north_m }
    }

    /// Longitude and latitude in degrees of a position on the plane.
    pub fn to_degrees(&self, p: Xy) -> (f64, f64) {
        (self.lon0 + p.x / self.east_m, self.lat0 + p.y / self.north_m)
    }

    /// How many true metres one metre of x is at height `y`: 1 at the reference latitude, less
    /// towards the pole.
    pub fn east_scale(&self, y: f64) -> f64 {
        let (sin, cos) = (self.lat0 + y / self.north_m).to_radians().sin_cos();
        A / (1.0 - E2 * sin * sin).sqrt() * cos.max(1e-9) * (std::f64::consts::PI / 180.0) / self.east_m
    }

    /// True distance of two positions not farther apart than some hundred metres.
    pub fn distance(&self, a: Xy, b: Xy) -> Metres {
        let k = self.east_scale((a.y + b.y) / 2.0);
        Metres(((a.x - b.x) * k).hypot(a.y - b.y))
    }
}

/// Distance on the ground of two positions a few kilometres apart at the most.
pub fn ground_distance(a: LonLat, b: LonLat) -> Metres {
    let (e, n) = metres_per_degree((a.lat() + b.lat()) / 2.0);
    Metres(((a.lon() - b.lon()) * e).hypot((a.lat() - b.lat()) * n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Geodesic, Point};

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("in range")
    }

    #[test]
    fn distances_agree_with_the_geodesic_far_from_the_reference() {
        let plane = Plane::around(at(116.0, 29.4));
        for (lon, lat) in [(116.0, 29.4), (116.3, 29.7), (115.7, 29.1)] {
            let (a, b) = (at(lon, lat), at(lon + 0.0007, lat + 0.0005));
            let truth = Geodesic.distance(Point::from(a.coord()), Point::from(b.coord()));
            let ours = plane.distance(plane.to_xy(a), plane.to_xy(b)).0;
            assert!((ours - truth).abs() / truth < 2e-5, "{ours} {truth}");
            assert!((ground_distance(a, b).0 - truth).abs() / truth < 1e-6);
        }
    }

    #[test]
    fn the_plane_goes_there_and_back() {
        let plane = Plane::around(at(7.4, 43.7));
        let (lon, lat) = plane.to_degrees(plane.to_xy(at(7.42, 43.73)));
        assert!((lon - 7.42).abs() < 1e-12 && (lat - 43.73).abs() < 1e-12);
    }
}
