//! Web Mercator tile arithmetic (OGC WebMercatorQuad, EPSG:3857).

use super::units::BBox;

/// A tile address that exists: `x` and `y` lie inside the zoom level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

/// Deepest zoom served; the map over-zooms beyond.
pub const MAX_ZOOM: u8 = 22;

impl TileCoord {
    /// `None` when the level is deeper than [`MAX_ZOOM`] or the tile lies outside it.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= MAX_ZOOM && x < 1 << z && y < 1 << z).then_some(Self { z, x, y })
    }

    pub const fn z(self) -> u8 {
        self.z
    }

    pub const fn x(self) -> u32 {
        self.x
    }

    pub const fn y(self) -> u32 {
        self.y
    }

    /// The tile's box in degrees, grown on every side by `buffer` (a share of the tile's width).
    pub fn bbox(self, buffer: f64) -> BBox {
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let (west, north) = self.degrees(x - buffer, y - buffer);
        let (east, south) = self.degrees(x + 1.0 + buffer, y + 1.0 + buffer);
        BBox { west, south, east, north }
    }

    /// Position of a point in this tile, (0,0) the north-west and (1,1) the south-east corner.
    pub fn unit(self, lon: f64, lat: f64) -> (f64, f64) {
        let n = f64::from(1u32 << self.z);
        let lat = lat.clamp(-85.051_128_78, 85.051_128_78).to_radians();
        let x = (lon + 180.0) / 360.0 * n;
        let y = (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n;
        (x - f64::from(self.x), y - f64::from(self.y))
    }

    fn degrees(self, x: f64, y: f64) -> (f64, f64) {
        let n = f64::from(1u32 << self.z);
        let lat = (std::f64::consts::PI * (1.0 - 2.0 * y / n)).sinh().atan().to_degrees();
        (x / n * 360.0 - 180.0, lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_outside_its_level_does_not_exist() {
        assert!(TileCoord::new(1, 2, 0).is_none());
        assert!(TileCoord::new(23, 0, 0).is_none());
        assert!(TileCoord::new(0, 0, 0).is_some());
    }

    #[test]
    fn corners_of_the_box_are_corners_of_the_unit_square() {
        let t = TileCoord::new(14, 13474, 6773).expect("inside");
        let b = t.bbox(0.0);
        let (x, y) = t.unit(b.west, b.north);
        assert!(x.abs() < 1e-6 && y.abs() < 1e-6);
        let (x, y) = t.unit(b.east, b.south);
        assert!((x - 1.0).abs() < 1e-6 && (y - 1.0).abs() < 1e-6);
    }
}
