//! Datums of Chinese maps. GCJ-02 (高德, 腾讯) and BD-09 (百度) shift WGS 84 by some hundred metres;
//! CGCS2000 equals WGS 84 at the scale of a town. Turning GCJ-02 or BD-09 into WGS 84 is the
//! operator's choice: it happens only when the datum is declared.

use geo::{Coord, Geometry, MapCoords};
use std::str::FromStr;

/// What the longitudes and latitudes of a file refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Datum {
    /// WGS 84, and CGCS2000.
    #[default]
    Wgs84,
    Gcj02,
    Bd09,
}

/// A name that is none of the three.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a known datum: wgs84, gcj02 or bd09")]
pub struct DatumError(pub String);

impl FromStr for Datum {
    type Err = DatumError;

    fn from_str(text: &str) -> Result<Self, DatumError> {
        match text.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
            "wgs84" | "cgcs2000" => Ok(Self::Wgs84),
            "gcj02" => Ok(Self::Gcj02),
            "bd09" | "bd09ll" => Ok(Self::Bd09),
            _ => Err(DatumError(text.into())),
        }
    }
}

impl Datum {
    /// The WGS 84 position of one in this datum, to about 1e-5 m. Positions outside mainland
    /// China have no GCJ-02 shift and stay as they are.
    pub fn to_wgs84(self, c: Coord) -> Coord {
        let (x, y) = match self {
            Self::Wgs84 => return c,
            Self::Gcj02 => coordtransform::gcj02_to_wgs84(c.x, c.y),
            Self::Bd09 => coordtransform::bd09_to_wgs84(c.x, c.y),
        };
        Coord { x, y }
    }

    /// [`Datum::to_wgs84`] of every position; those out of range stay, for the check to find.
    pub fn geometry_to_wgs84(self, geometry: Geometry) -> Geometry {
        match self {
            Self::Wgs84 => geometry,
            _ => geometry.map_coords(|c| if c.x.abs() <= 180.0 && c.y.abs() <= 90.0 { self.to_wgs84(c) } else { c }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WGS84: Coord = Coord { x: 116.404, y: 39.915 };

    fn near(a: Coord, b: Coord, degrees: f64) {
        assert!((a.x - b.x).abs() < degrees && (a.y - b.y).abs() < degrees, "{a:?} {b:?}");
    }

    #[test]
    fn published_gcj02_and_bd09_positions_come_back_to_wgs84() {
        // 1e-9 degrees are a tenth of a millimetre.
        let gcj = Coord { x: 116.410_244_499_169_38, y: 39.916_404_281_501_64 };
        near(Datum::Gcj02.to_wgs84(gcj), WGS84, 1e-9);
        let gcj = Coord { x: 116.404, y: 39.915 };
        let bd = Coord { x: 116.410_369_493_710_29, y: 39.921_336_993_510_21 };
        near(Datum::Bd09.to_wgs84(bd), Datum::Gcj02.to_wgs84(gcj), 1e-9);
    }

    #[test]
    fn wgs84_and_places_abroad_stay() {
        assert_eq!(Datum::Wgs84.to_wgs84(WGS84), WGS84);
        let monaco = Coord { x: 7.42, y: 43.73 };
        assert_eq!(Datum::Gcj02.to_wgs84(monaco), monaco);
    }

    #[test]
    fn datums_are_read_in_any_spelling() {
        for (text, datum) in [("WGS84", Datum::Wgs84), ("GCJ-02", Datum::Gcj02), ("bd09", Datum::Bd09)] {
            assert_eq!(text.parse(), Ok(datum));
        }
        assert!("beijing54".parse::<Datum>().is_err());
    }
}
