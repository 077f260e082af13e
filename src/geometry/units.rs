//! Units that cross a room: positions, lengths, times. Nothing here knows a map.

use serde::{Deserialize, Serialize};

/// A position in WGS 84 degrees, longitude first. [`LonLat::new`] is the door: inside, both
/// numbers are finite and in range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Why two numbers are not a position.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PositionError {
    #[error("longitude {0} is not between -180 and 180")]
    Longitude(f64),
    #[error("latitude {0} is not between -90 and 90")]
    Latitude(f64),
}

impl LonLat {
    /// A position from degrees; NaN and out-of-range values are refused.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude(lat));
        }
        Ok(Self { lon, lat })
    }

    pub const fn lon(self) -> f64 {
        self.lon
    }

    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// The position as geo's coordinate, x the longitude.
    pub const fn coord(self) -> geo::Coord {
        geo::Coord { x: self.lon, y: self.lat }
    }
}

impl TryFrom<geo::Coord> for LonLat {
    type Error = PositionError;

    fn try_from(c: geo::Coord) -> Result<Self, PositionError> {
        Self::new(c.x, c.y)
    }
}

/// A length on the ground, in metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(pub f64);

/// A walking time, in seconds. Infinity means "not reached".
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    pub const NEVER: Self = Self(f64::INFINITY);

    pub const fn from_minutes(minutes: f64) -> Self {
        Self(minutes * 60.0)
    }

    /// Whole seconds for the wire: rounded up, so that a time within a budget never reads as
    /// less than it is and a budget of 900 s admits exactly the times that read 900 or less.
    pub fn whole(self) -> u32 {
        // A ten-thousandth of a second is the resolution of the network's costs.
        (self.0 - 1e-4).ceil().max(0.0) as u32
    }
}

/// A box in degrees: west ≤ east, south ≤ north (no antimeridian).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BBox {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl BBox {
    /// The smallest box around the geometry; `None` when it is empty.
    pub fn of(geometry: &geo::Geometry) -> Option<Self> {
        use geo::BoundingRect;
        geometry.bounding_rect().map(Self::from)
    }

    pub fn array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    pub fn intersects(self, other: Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    pub fn contains(self, p: LonLat) -> bool {
        self.west <= p.lon() && p.lon() <= self.east && self.south <= p.lat() && p.lat() <= self.north
    }

    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    pub fn centre(self) -> (f64, f64) {
        ((self.west + self.east) / 2.0, (self.south + self.north) / 2.0)
    }
}

impl From<geo::Rect> for BBox {
    fn from(r: geo::Rect) -> Self {
        Self { west: r.min().x, south: r.min().y, east: r.max().x, north: r.max().y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_out_of_range_or_not_a_number_is_refused() {
        assert_eq!(LonLat::new(181.0, 0.0), Err(PositionError::Longitude(181.0)));
        assert!(LonLat::new(f64::NAN, 0.0).is_err());
        assert_eq!(LonLat::new(29.4, 116.0), Err(PositionError::Latitude(116.0)));
    }

    #[test]
    fn whole_seconds_round_up_but_not_for_noise() {
        assert_eq!(Seconds(900.000_000_1).whole(), 900);
        assert_eq!(Seconds(899.2).whole(), 900);
        assert_eq!(Seconds(0.0).whole(), 0);
    }
}
