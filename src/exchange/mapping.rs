//! Columns of a file to fields of a layer: as told by `--map`, else by equal names or titles.

use super::record::PROVENANCE;
use crate::atlas::layer::RESERVED;
use crate::atlas::{CatalogueEntry, Ident};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::str::FromStr;

/// One `field=column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapPair {
    pub field: Ident,
    pub column: String,
}

impl FromStr for MapPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, column) = text.split_once('=').ok_or_else(|| format!("{text:?} is not field=column"))?;
        let field = Ident::new(field.trim()).map_err(|e| e.to_string())?;
        Ok(Self { field, column: column.trim().to_owned() })
    }
}

/// Where each column goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Field or extra name, by column.
    to: BTreeMap<String, String>,
    /// Columns the layer does not name; kept beside its fields.
    pub extra: Vec<String>,
    /// Columns that the service keeps for itself, dropped.
    pub dropped: Vec<String>,
}

impl Mapping {
    /// Sorts the columns of a file. Fails on a pair that names no field or no column, and on a
    /// field that two columns claim.
    pub fn new(entry: &CatalogueEntry, columns: &[String], pairs: &[MapPair]) -> Result<Self, String> {
        let mut mapping = Self::default();
        let mut claimed: BTreeMap<&str, &str> = BTreeMap::new();
        for pair in pairs {
            if !entry.properties.iter().any(|p| p.name == pair.field) {
                let fields: Vec<_> = entry.properties.iter().map(|p| p.name.as_str()).collect();
                return Err(format!(
                    "layer {} has no field {}; it has {}",
                    entry.layer.id,
                    pair.field,
                    fields.join(", ")
                ));
            }
            if !columns.contains(&pair.column) {
                return Err(format!("the file has no column {:?}; it has {}", pair.column, columns.join(", ")));
            }
            if let Some(other) = claimed.insert(pair.field.as_str(), &pair.column) {
                return Err(format!("columns {other:?} and {:?} both go to {}", pair.column, pair.field));
            }
            mapping.to.insert(pair.column.clone(), pair.field.to_string());
        }
        for column in columns.iter().filter(|c| !pairs.iter().any(|p| p.column == **c)) {
            let field = field_of(entry, column).filter(|f| !claimed.contains_key(f));
            if let Some(field) = field {
                claimed.insert(field, column);
                mapping.to.insert(column.clone(), field.to_owned());
            } else if !RESERVED.contains(&column.as_str()) && !PROVENANCE.contains(&column.as_str()) {
                mapping.to.insert(column.clone(), column.clone());
                mapping.extra.push(column.clone());
            } else if !PROVENANCE.contains(&column.as_str()) {
                mapping.dropped.push(column.clone());
            }
        }
        Ok(mapping)
    }

    /// The properties under the layer's names.
    pub fn apply(&self, properties: &Map<String, Value>) -> Map<String, Value> {
        let named = properties.iter().filter_map(|(column, value)| Some((self.to.get(column)?.clone(), value.clone())));
        named.collect()
    }
}

/// The field a column means by itself: of the same name or title.
fn field_of<'a>(entry: &'a CatalogueEntry, column: &str) -> Option<&'a str> {
    let lower = column.trim().to_lowercase();
    let named = entry.properties.iter().find(|p| p.name.as_str() == lower);
    let titled = || entry.properties.iter().find(|p| p.title.zh == column.trim() || p.title.en.to_lowercase() == lower);
    named.or_else(titled).map(|p| p.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::Catalogue;

    fn mapping(columns: &[&str], pairs: &[&str]) -> Result<Mapping, String> {
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let pairs: Vec<MapPair> = pairs.iter().map(|p| p.parse().expect("pair")).collect();
        Mapping::new(catalogue.get("station").expect("station"), &columns, &pairs)
    }

    #[test]
    fn columns_go_where_they_are_told_or_where_their_name_or_title_says() {
        let m =
            mapping(&["站名", "编码", "Opening hours", "KIND", "颜色", "fid", "source"], &["name=站名"]).expect("maps");
        let to = |column: &str| m.to.get(column).map(String::as_str);
        assert_eq!(to("站名"), Some("name"));
        assert_eq!(to("编码"), Some("code"));
        assert_eq!(to("Opening hours"), Some("opening_hours"));
        assert_eq!(to("KIND"), Some("kind"));
        assert_eq!(m.extra, ["颜色"]);
        assert_eq!(m.dropped, ["fid"]);
        assert_eq!(to("source"), None);
    }

    #[test]
    fn a_pair_that_names_nothing_is_refused() {
        assert!(mapping(&["a"], &["nonsense=a"]).expect_err("field").contains("no field nonsense; it has code, name"));
        assert!(mapping(&["a"], &["name=b"]).expect_err("column").contains("no column \"b\"; it has a"));
        assert!(mapping(&["a", "b"], &["name=a", "name=b"]).expect_err("twice").contains("both go to name"));
        assert!("name".parse::<MapPair>().is_err());
    }
}
