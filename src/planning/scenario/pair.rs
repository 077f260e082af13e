//! A position as a pair, `[lon, lat]`, the way GeoJSON writes one.

use crate::geometry::LonLat;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub fn serialize<S: Serializer>(at: &LonLat, to: S) -> Result<S::Ok, S::Error> {
    [at.lon(), at.lat()].serialize(to)
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<LonLat, D::Error> {
    let [lon, lat] = Deserialize::deserialize(from)?;
    LonLat::new(lon, lat).map_err(D::Error::custom)
}
