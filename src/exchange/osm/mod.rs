//! OpenStreetMap extracts (`.osm.pbf`) of any city: streets for the walking network, and
//! features for the layers. Which tags mean what is decided here and nowhere else; which of the
//! streets people may walk is decided in [`crate::walk`].
//!
//! [`load`] reads the file ([`pbf`]) into [`data`], [`areas`] makes polygons of it ([`rings`]),
//! and one file a subject turns tags into features.

pub mod areas;
pub mod barriers;
pub mod data;
#[cfg(test)]
mod hand;
pub mod load;
pub mod pbf;
pub mod report;
pub mod rings;
pub mod streets;

use super::{ExchangeError, Progress};
use crate::atlas::{Catalogue, Ident, NewFeature};
use crate::walk::Streets;
use report::OsmReport;
use std::collections::BTreeMap;
use std::path::Path;

/// All that an extract gives.
#[derive(Debug, Clone)]
pub struct OsmImport {
    /// By layer.
    pub features: BTreeMap<Ident, Vec<NewFeature>>,
    pub streets: Streets,
    pub report: OsmReport,
}

/// Reads an extract. Missing references and unsorted files are fine; what had to be left out is
/// in the report.
pub fn read(
    path: &Path,
    _catalogue: &Catalogue,
    progress: &mut dyn FnMut(Progress),
) -> Result<OsmImport, ExchangeError> {
    let mut report = OsmReport::default();
    let data = load::load(path, &mut report, progress)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let areas = areas::areas(&data, &mut report);
    let mut streets = streets::streets(&data, &areas, &name).finish();
    streets.barriers = barriers::barriers(&data, &areas);
    Ok(OsmImport { features: BTreeMap::new(), streets, report })
}

#[cfg(test)]
mod tests;
