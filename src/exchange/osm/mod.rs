//! OpenStreetMap extracts (`.osm.pbf`) of any city: streets for the walking network, and
//! features for the layers. Which tags mean what is decided here and nowhere else; which of the
//! streets people may walk is decided in [`crate::walk`].
//!
//! [`load`] reads the file ([`pbf`]) into [`data`], [`areas`] makes polygons of it ([`rings`]),
//! and one file a subject turns tags into features.

pub mod admin;
pub mod areas;
pub mod barriers;
pub mod data;
pub mod features;
pub mod ground;
#[cfg(test)]
mod hand;
pub mod load;
pub mod pbf;
pub mod place;
pub mod pois;
pub mod report;
pub mod rings;
pub mod sea;
pub mod streets;

use super::{ExchangeError, Progress, error};
use crate::atlas::snapshot::Place;
use crate::atlas::{Catalogue, Ident, NewFeature};
use crate::walk::Streets;
use admin::AdminLevels;
use features::Features;
use report::OsmReport;
use std::collections::BTreeMap;
use std::path::Path;

/// All that an extract gives.
#[derive(Debug, Clone)]
pub struct OsmImport {
    /// By layer.
    pub features: BTreeMap<Ident, Vec<NewFeature>>,
    pub streets: Streets,
    /// What the extract shows: name, first view, attribution.
    pub place: Place,
    pub report: OsmReport,
}

/// Reads an extract. Missing references and unsorted files are fine; what had to be left out is
/// in the report.
pub fn read(
    path: &Path,
    catalogue: &Catalogue,
    progress: &mut dyn FnMut(Progress),
) -> Result<OsmImport, ExchangeError> {
    read_with(path, catalogue, &AdminLevels::default(), progress)
}

/// Like [`read`], for a country whose admin levels are others.
pub fn read_with(
    path: &Path,
    catalogue: &Catalogue,
    levels: &AdminLevels,
    progress: &mut dyn FnMut(Progress),
) -> Result<OsmImport, ExchangeError> {
    let mut report = OsmReport::default();
    let data = load::load(path, &mut report, progress)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if data.ways.is_empty() || data.positions.none_known() {
        let detail = "it holds no way whose positions are there (cut off?)".to_owned();
        return Err(ExchangeError::Format { file: error::shown(path), expected: "a usable extract", detail });
    }
    let mut step = |share| progress(Progress { phase: "making features", share });
    step(0.0);
    let areas = areas::areas(&data, &mut report);
    step(0.4);
    let streets = streets::streets(&data, &areas, &name);
    let mut features = Features::default();
    ground::lines(&data, &mut features);
    ground::grounds(&areas, &mut features);
    ground::places(&data, &mut features);
    step(0.6);
    pois::Pois { data: &data, streets: &streets, categories: &catalogue.categories }.collect(&areas, &mut features);
    admin::boundaries(&areas, levels, &mut features);
    step(0.9);
    let mut streets = streets.finish();
    if let Some(bounds) = streets.bounds {
        match sea::sea(&data, bounds) {
            Ok(water) => {
                streets.sea = Some(water.clone()).filter(|w| !w.0.is_empty());
                ground::sea(water, &mut features);
            }
            Err(reason) => report.skip(reason, || "the sea is not drawn".into()),
        }
    }
    streets.barriers = barriers::barriers(&data, &areas);
    streets.gates = barriers::gates(&data);
    let place = place::place(&data, streets.bounds, &name);
    step(1.0);
    Ok(OsmImport { features: features.into_layers(catalogue, &mut report), streets, place, report })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire;
