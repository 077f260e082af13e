//! TileJSON 3.0.0: where the tiles of some layers are and what they carry.

use super::{SOURCE_MAX_ZOOM, carried, layers as named};
use crate::atlas::layer::PropertyType;
use crate::atlas::{CatalogueEntry, Ident, Snapshot};
use crate::geometry::BBox;
use rstar::Envelope;
use serde_json::{Map, Value, json};

/// Describes the tiles of these layers. `base_url` is the server's address without a slash at
/// the end.
pub fn tilejson(snapshot: &Snapshot, layers: &[Ident], base_url: &str) -> Value {
    let entries: Vec<&CatalogueEntry> = named(snapshot, layers).collect();
    let ids: Vec<&str> = entries.iter().map(|e| e.layer.id.as_str()).collect();
    let [minzoom, maxzoom] = zooms(&entries);
    let mut document = json!({
        "tilejson": "3.0.0",
        "tiles": [tiles_url(base_url, &ids)],
        "vector_layers": entries.iter().map(|e| vector_layer(e)).collect::<Vec<_>>(),
        "minzoom": minzoom,
        "maxzoom": maxzoom,
        "scheme": "xyz",
    });
    if let Some(bounds) = bounds(snapshot, &entries) {
        let (x, y) = bounds.centre();
        document["bounds"] = json!(bounds.array());
        document["center"] = json!([x, y, maxzoom.min(14).max(minzoom)]);
    }
    if let Some(attribution) = &snapshot.place.attribution {
        document["attribution"] = json!(attribution);
    }
    document
}

pub(super) fn tiles_url(base_url: &str, ids: &[&str]) -> String {
    format!("{base_url}/api/tiles/{}/{{z}}/{{x}}/{{y}}", ids.join(","))
}

/// Zooms at which tiles are asked for; deep enough that every layer appears in them.
pub(super) fn zooms(entries: &[&CatalogueEntry]) -> [u8; 2] {
    let first = |e: &&CatalogueEntry| e.layer.zoom[0];
    let lowest = entries.iter().map(first).min().unwrap_or(0);
    let highest = entries.iter().map(first).max().unwrap_or(0);
    [lowest, highest.max(SOURCE_MAX_ZOOM)]
}

/// The box of all features of the layers.
pub(super) fn bounds(snapshot: &Snapshot, entries: &[&CatalogueEntry]) -> Option<BBox> {
    let trees = entries.iter().filter_map(|e| snapshot.layers.get(&e.layer.id)).filter(|d| d.index.size() > 0);
    let all = trees.map(|d| d.index.root().envelope()).reduce(|a, b| a.merged(&b))?;
    let ([west, south], [east, north]) = (all.lower(), all.upper());
    Some(BBox { west, south, east, north })
}

fn vector_layer(entry: &CatalogueEntry) -> Value {
    let fields: Map<String, Value> = carried(entry)
        .map(|p| {
            let kind = match p.kind {
                PropertyType::Integer | PropertyType::Number => "Number",
                PropertyType::Boolean => "Boolean",
                PropertyType::String | PropertyType::Array | PropertyType::Object => "String",
            };
            (p.name.to_string(), json!(kind))
        })
        .chain([(super::encode::SYNTHETIC.to_owned(), json!("Boolean"))])
        .collect();
    json!({
        "id": entry.layer.id,
        "description": format!("{} {}", entry.layer.title.zh, entry.layer.title.en),
        "minzoom": entry.layer.zoom[0],
        "maxzoom": entry.layer.zoom[1],
        "fields": fields,
    })
}
