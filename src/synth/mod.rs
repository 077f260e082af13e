//! Synthetic towns for the demo, tests and scale benches: the four places of the reports with
//! their figures, real community names and codes, and invented ground. [`town`] is pure: the same
//! place is the same to the last bit on every run. Never reads a file or the clock.
//!
//! In reading order: `figures` (the data), `rng`, `flat`, `mesh` (faces cut by streets), `carve`
//! (towns, communities, grids, blocks), `strips` (rivers and railways), `land` (uses), `warp`
//! (curves, the globe), `net` (walkable ways), `houses`, `estate`, `site` (all of it together); then
//! the writers `regions`, `base`, ….

mod areas;
mod base;
mod carve;
pub mod cases;
mod desks;
mod duty;
mod estate;
mod estates;
pub mod figures;
mod flat;
mod houses;
mod lake;
mod land;
mod mesh;
mod names;
mod net;
mod parking;
mod poi;
mod regions;
mod rng;
mod service;
mod sheet;
mod site;
mod spots;
mod strips;
mod vanguard;
mod warp;

#[cfg(test)]
mod tests;

pub use figures::{PlaceFigures, PlaceKey, UnknownPlace};

use crate::atlas::snapshot::Place;
use crate::atlas::{Ident, NewFeature};
use crate::walk::Streets;
use std::collections::BTreeMap;

/// Shown with every map and export of a demo town.
pub const ATTRIBUTION: &str = "合成演示数据 Synthetic demo data";

/// A whole town.
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    pub features: BTreeMap<Ident, Vec<NewFeature>>,
    pub streets: Streets,
    pub place: Place,
}

/// Makes the town of a place. Pure and deterministic; takes a fraction of a second for the
/// smallest and some seconds for the largest.
pub fn town(key: PlaceKey) -> Town {
    let mut site = site::Site::build(key);
    let mut sheet = sheet::Sheet::default();
    regions::write(&site, &mut sheet);
    base::write(&mut site, &mut sheet);
    estates::write(&site, &mut sheet);
    service::write(&mut site, &mut sheet);
    poi::write(&mut site, &mut sheet);
    parking::write(&site, &mut sheet);
    duty::write(&site, &mut sheet);
    let place = Place {
        key: key.as_str().to_string(),
        name: Some(site.figures.name.clone()),
        centre: Some(site.figures.centre),
        zoom: Some(site.figures.zoom),
        synthetic: true,
        attribution: Some(ATTRIBUTION.to_string()),
        timezone: Some("Asia/Shanghai".to_string()),
    };
    let streets = site.net.streets(&site.warp, format!("demo:{key}"));
    Town { features: sheet.features, streets, place }
}
