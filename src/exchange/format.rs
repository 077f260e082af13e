//! File formats of layers, by the ending of the file's name. A format that joins gets its
//! variant's reader and writer here and nothing else changes.

use super::error::{ExchangeError, shown};
use super::{Record, csv, geojson};
use crate::atlas::{CatalogueEntry, Feature};
use std::path::Path;

/// What a file's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A collection, a feature, or one feature a line.
    GeoJson,
    Csv,
    GeoPackage,
    Shapefile,
    FlatGeobuf,
    Pmtiles,
}

const ENDINGS: [(&str, Format); 14] = [
    (".geojson", Format::GeoJson),
    (".json", Format::GeoJson),
    (".geojsonl", Format::GeoJson),
    (".geojsons", Format::GeoJson),
    (".ndjson", Format::GeoJson),
    (".csv", Format::Csv),
    (".tsv", Format::Csv),
    (".txt", Format::Csv),
    (".gpkg", Format::GeoPackage),
    (".shp", Format::Shapefile),
    (".shp.zip", Format::Shapefile),
    (".zip", Format::Shapefile),
    (".fgb", Format::FlatGeobuf),
    (".pmtiles", Format::Pmtiles),
];

impl Format {
    pub fn of(path: &Path) -> Result<Self, ExchangeError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let known = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        known.map(|(_, format)| *format).ok_or_else(|| ExchangeError::Unknown { file: shown(path) })
    }

    /// The rows of a file, good and bad. `encoding` overrides what a text file seems to be in.
    pub fn read(self, path: &Path, encoding: Option<&str>) -> Result<Vec<Record>, ExchangeError> {
        match self {
            Self::GeoJson => geojson::read(path),
            Self::Csv => csv::read(path, encoding),
            _ => Err(ExchangeError::NotYet { file: shown(path), what: "read" }),
        }
    }

    /// Writes the features; the file appears when it is whole.
    pub fn write(self, path: &Path, entry: &CatalogueEntry, features: &[Feature]) -> Result<(), ExchangeError> {
        match self {
            Self::GeoJson => super::file::replace(path, |out| geojson::write(out, entry, features)),
            Self::Csv => super::file::replace(path, |out| csv::write(out, entry, features)),
            _ => Err(ExchangeError::NotYet { file: shown(path), what: "written" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_names_the_format() {
        let of = |name: &str| Format::of(Path::new(name)).ok();
        assert_eq!(of("a/网格.GeoJSON"), Some(Format::GeoJson));
        assert_eq!(of("grids.shp.zip"), Some(Format::Shapefile));
        assert_eq!(of("grids.xlsx"), None);
        assert_eq!(of("csv"), None);
    }

    #[test]
    fn a_format_that_is_not_built_in_says_so() {
        let error = Format::FlatGeobuf.read(Path::new("a.fgb"), None).expect_err("not yet");
        assert_eq!(error.to_string(), "a.fgb: this format cannot be read yet; use .geojson or .csv");
    }
}
