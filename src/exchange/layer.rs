//! A file's rows as writes to one layer: mapped, put into WGS 84, checked, matched by key with
//! what is there. Pure: the caller reads the layer before and writes the batch after.

use super::mapping::{MapPair, Mapping};
use super::record::{Record, SYNTHETIC};
use super::report::{LayerReport, RowFault};
use crate::atlas::feature::source;
use crate::atlas::validate::validate;
use crate::atlas::{CatalogueEntry, Feature, Ident, NewFeature};
use crate::geometry::datum::Datum;
use crate::geometry::{BBox, LonLat, validity};
use crate::store::Op;
use geo::Geometry;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

/// What happens to features that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They stay; a row with the key of one of them is a fault.
    #[default]
    Append,
    /// A row with the key of one of them changes it: columns of the file replace its
    /// properties, others stay, and so does the geometry when the file has none.
    Upsert,
    /// They are all deleted.
    Replace,
}

/// How to read a file into a layer.
#[derive(Debug, Clone, Default)]
pub struct LayerOptions {
    pub pairs: Vec<MapPair>,
    /// Field that tells features apart; default the layer's code.
    pub key: Option<Ident>,
    pub mode: Mode,
    pub datum: Datum,
    /// Where the database's place is, to notice swapped coordinates that are both in range.
    pub near: Option<LonLat>,
}

/// The writes, and the story of each row. Rows with faults have no write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    pub ops: Vec<Op>,
    pub report: LayerReport,
}

/// Plans the import of `records` into a layer that holds `existing`. An `Err` is a fault of the
/// command or of the file as a whole.
pub fn plan(
    entry: &CatalogueEntry,
    records: &[Record],
    existing: &[Feature],
    options: &LayerOptions,
) -> Result<Plan, String> {
    let mapping = Mapping::new(entry, &columns(records), &options.pairs)?;
    let key = key(entry, options)?;
    let here = if options.mode == Mode::Replace { &[] } else { existing };
    let mut planner = Planner {
        entry,
        mapping: &mapping,
        options,
        key: key.as_ref(),
        stored: by_key(here, key.as_ref()),
        seen: HashMap::new(),
        report: LayerReport { rows: records.len(), ..LayerReport::default() },
        inserts: Vec::new(),
        updates: Vec::new(),
    };
    for record in records {
        let mut faults = Vec::new();
        if let Some(op) = planner.row(record, &mut faults) {
            planner.take(op);
        }
        planner.report.blame(faults);
    }
    let Planner { mut report, inserts, updates, .. } = planner;
    (report.added, report.updated) = (inserts.len(), updates.len());
    (report.extra, report.dropped) = (mapping.extra, mapping.dropped);
    let layer = entry.layer.id.clone();
    let mut ops = Vec::new();
    if options.mode == Mode::Replace {
        report.deleted = existing.len();
        ops.push(Op::Clear { layer: layer.clone(), source: None });
    }
    ops.extend(updates);
    if !inserts.is_empty() {
        ops.push(Op::Insert { layer, features: inserts });
    }
    Ok(Plan { ops, report })
}

fn columns(records: &[Record]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = records.iter().flat_map(|r| r.properties.keys());
    names.filter(|name| seen.insert(name.as_str())).cloned().collect()
}

fn key(entry: &CatalogueEntry, options: &LayerOptions) -> Result<Option<Ident>, String> {
    let key = options.key.clone().or_else(|| entry.layer.roles.code.clone());
    match &key {
        Some(key) if !entry.properties.iter().any(|p| p.name == *key) => {
            Err(format!("layer {} has no field {key} to be the key", entry.layer.id))
        }
        None if options.mode == Mode::Upsert => Err(format!(
            "layer {} has no code; name the field that tells its features apart with --key",
            entry.layer.id
        )),
        _ => Ok(key),
    }
}

/// Stored features by key; more than one where the key is not unique.
fn by_key<'a>(features: &'a [Feature], key: Option<&Ident>) -> HashMap<String, Vec<&'a Feature>> {
    let mut map: HashMap<String, Vec<&Feature>> = HashMap::new();
    for feature in features {
        if let Some(value) = key_value(&feature.properties, key) {
            map.entry(value).or_default().push(feature);
        }
    }
    map
}

fn key_value(properties: &Map<String, Value>, key: Option<&Ident>) -> Option<String> {
    match properties.get(key?.as_str())? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Latitude before longitude is the commonest mistake. In China it leaves the range of
/// latitudes; elsewhere it shows as a row far from the place that would be near when swapped.
fn swapped(geometry: &Geometry, near: LonLat) -> Option<String> {
    let (x, y) = BBox::of(geometry)?.centre();
    let close = |x: f64, y: f64| (x - near.lon()).hypot(y - near.lat()) < 2.0;
    (!close(x, y) && close(y, x))
        .then(|| format!("longitude and latitude look swapped: {x:.5} {y:.5} is far from here, {y:.5} {x:.5} is near"))
}

struct Planner<'a> {
    entry: &'a CatalogueEntry,
    mapping: &'a Mapping,
    options: &'a LayerOptions,
    key: Option<&'a Ident>,
    stored: HashMap<String, Vec<&'a Feature>>,
    /// Row of each key in the file.
    seen: HashMap<String, usize>,
    report: LayerReport,
    inserts: Vec<NewFeature>,
    updates: Vec<Op>,
}

enum Row {
    New(NewFeature),
    Changed(Op),
}

impl<'a> Planner<'a> {
    fn take(&mut self, row: Row) {
        match row {
            Row::New(feature) => self.inserts.push(feature),
            Row::Changed(op) => self.updates.push(op),
        }
    }

    /// The write of one row; `None` when there are faults.
    fn row(&mut self, record: &Record, faults: &mut Vec<RowFault>) -> Option<Row> {
        let row = record.row;
        let mut blame = |field: &str, detail: String| faults.push(RowFault { row, field: field.into(), detail });
        if let Some(fault) = &record.fault {
            blame("row", fault.clone());
            return None;
        }
        let mut properties = self.mapping.apply(&record.properties);
        self.entrances_to_wgs84(&mut properties);
        let key = key_value(&properties, self.key);
        let before = match self.matched(key.as_deref(), row) {
            Ok(before) => before,
            Err(detail) => {
                blame(self.key.map_or("key", Ident::as_str), detail);
                return None;
            }
        };
        let geometry = match (&record.geometry, before) {
            (Some(Ok(geometry)), _) => self.options.datum.geometry_to_wgs84(geometry.clone()),
            (Some(Err(detail)), _) => {
                blame("geometry", detail.clone());
                return None;
            }
            (None, Some(before)) => before.geometry.clone(),
            (None, None) => {
                blame("geometry", "is missing: the file has neither positions nor WKT".into());
                return None;
            }
        };
        if let Some(detail) = self.options.near.and_then(|near| swapped(&geometry, near)) {
            blame("geometry", detail);
            return None;
        }
        if let Some(before) = before {
            let kept = before.properties.iter().filter(|(k, _)| !properties.contains_key(*k));
            let kept: Vec<_> = kept.map(|(k, v)| (k.clone(), v.clone())).collect();
            properties.extend(kept);
        }
        let feature = NewFeature {
            geometry: validity::tidy(geometry),
            properties,
            source: if is_synthetic(record) { source::DEMO } else { source::IMPORT }.into(),
            reference: reference(record).or_else(|| before?.reference.clone()),
        };
        match validate(self.entry, feature) {
            Ok(feature) => {
                self.seen.extend(key.map(|k| (k, row)));
                Some(match before {
                    None => Row::New(feature),
                    Some(Feature { id, version, .. }) => Row::Changed(Op::Update {
                        layer: self.entry.layer.id.clone(),
                        id: *id,
                        expected: Some(*version),
                        feature,
                    }),
                })
            }
            Err(all) => {
                all.into_iter().for_each(|f| blame(&f.field, f.detail));
                None
            }
        }
    }

    /// The stored feature the row changes, or why its key cannot be used.
    fn matched(&self, key: Option<&str>, row: usize) -> Result<Option<&'a Feature>, String> {
        let upsert = self.options.mode == Mode::Upsert;
        let Some(key) = key else {
            // An explicit key must be there; a layer's code may be optional.
            let needed = upsert || self.options.key.is_some();
            return if needed { Err("is missing, and it is the key".into()) } else { Ok(None) };
        };
        if let Some(first) = self.seen.get(key) {
            return Err(format!("{key:?} is in rows {first} and {row}"));
        }
        match self.stored.get(key).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([one]) if upsert => Ok(Some(*one)),
            Some([one, ..]) if !upsert => {
                Err(format!("{key:?} of row {row} is the key of feature {} in the database", one.id.0))
            }
            Some([one, other, ..]) => Err(format!("{key:?} is the key of features {} and {}", one.id.0, other.id.0)),
            Some(_) => Ok(None),
        }
    }

    /// Doors are positions too.
    fn entrances_to_wgs84(&self, properties: &mut Map<String, Value>) {
        let role = self.entry.layer.roles.entrances.as_ref();
        if self.options.datum == Datum::Wgs84 {
            return;
        }
        let Some(value) = role.and_then(|r| properties.get_mut(r.as_str())) else { return };
        if let Value::String(text) = &*value
            && let Ok(list) = serde_json::from_str(text)
        {
            *value = list;
        }
        for door in value.as_array_mut().into_iter().flatten() {
            if let (Some(x), Some(y)) = (door.get(0).and_then(Value::as_f64), door.get(1).and_then(Value::as_f64)) {
                let c = self.options.datum.to_wgs84(geo::Coord { x, y });
                *door = json!([c.x, c.y]);
            }
        }
    }
}

fn is_synthetic(record: &Record) -> bool {
    let value = record.properties.get(SYNTHETIC);
    value.is_some_and(|v| v == &Value::Bool(true) || v.as_str().is_some_and(|t| t.eq_ignore_ascii_case("true")))
}

/// The source's own key: `ref` of an export, else the number another program gave the feature.
fn reference(record: &Record) -> Option<String> {
    match record.properties.get("ref") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ if record.properties.contains_key("source") => None,
        _ => record.id.clone(),
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
