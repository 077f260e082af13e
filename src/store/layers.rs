//! Stored layer descriptors on their way into the catalogue, the same for both databases. Pure.

use super::schema::check_name;
use crate::atlas::layer::Title;
use crate::atlas::{Catalogue, Layer};

/// Adds a stored descriptor to the catalogue. One that another program broke is left out with
/// a warning.
pub fn merge(all: &mut Catalogue, id: String, descriptor: Option<String>) {
    let read = || -> Result<Layer, String> {
        let layer: Layer = serde_json::from_str(&descriptor.ok_or("it is not a text")?).map_err(|e| e.to_string())?;
        check_name(&layer.id).map_err(|e| e.to_string())?;
        if layer.id.as_str() == id { Ok(layer) } else { Err(format!("it describes {}", layer.id)) }
    };
    if let Err(reason) = read().and_then(|layer| all.add(layer).map_err(|e| e.to_string())) {
        tracing::warn!(layer = id, reason, "a stored layer descriptor is left out");
    }
}

/// Both titles as an SQL text, for what other programs show.
pub fn text_literal(title: &Title) -> String {
    let text = format!("{} · {}", title.zh, title.en);
    // Standard strings: a quote is doubled, a backslash is itself.
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}
