//! What a layer's table looks like, from its descriptor; the two databases turn it into SQL.
//! Pure.

use super::error::StoreError;
use crate::atlas::layer::{GeometryKind, PropertyType};
use crate::atlas::{CatalogueEntry, Ident};

/// Tables of the service, now and in later migrations, and those of PostGIS. Other reserved
/// names start with one of [`RESERVED_PREFIXES`].
const RESERVED: [&str; 23] = [
    "account",
    "change",
    "event",
    "geography_columns",
    "geometry_columns",
    "history",
    "issue",
    "issue_event",
    "job",
    "layer",
    "meta",
    "network",
    "photo",
    "raster_columns",
    "raster_overviews",
    "role",
    "scenario",
    "session",
    "setting",
    "spatial_ref_sys",
    "token",
    "topology",
    "user",
];
const RESERVED_PREFIXES: [&str; 6] = ["gpkg_", "sqlite_", "rtree_", "pg_", "wangge_", "ogr_"];

/// Columns every layer's table has, in the order in which rows are read, before its own.
pub const SYSTEM: [&str; 7] = ["id", "geom", "source", "ref", "version", "updated_at", "extra"];

/// An identifier as SQL.
pub fn quote(name: &Ident) -> String {
    format!("\"{name}\"")
}

/// The names of the layer's own columns as SQL, each after a comma.
pub fn own_columns(entry: &CatalogueEntry) -> String {
    entry.properties.iter().map(|p| format!(", {}", quote(&p.name))).collect()
}

/// `SELECT` of all rows in the order of [`SYSTEM`] and the properties; `geom` is the expression
/// that gives the geometry's bytes, `updated_at` the one that gives RFC 3339.
pub fn select(entry: &CatalogueEntry, geom: &str, updated_at: &str) -> String {
    let (own, table) = (own_columns(entry), quote(&entry.layer.id));
    format!("SELECT id, {geom}, source, ref, version, {updated_at}, extra{own} FROM {table}")
}

/// Name of the index on the layer's code. Colons cannot occur in a layer's id, so it is
/// nobody's table.
pub fn code_index(entry: &CatalogueEntry) -> Option<(String, &Ident)> {
    let code = entry.layer.roles.code.as_ref()?;
    let mut name = format!("idx:{}:{code}", entry.layer.id);
    // PostgreSQL's limit.
    name.truncate(63);
    Some((name, code))
}

/// Refuses a layer that would take a name of the database.
pub fn check_name(id: &Ident) -> Result<(), StoreError> {
    let name = id.as_str();
    let taken = RESERVED.contains(&name) || RESERVED_PREFIXES.iter().any(|p| name.starts_with(p));
    if taken { Err(StoreError::ReservedLayer(id.clone())) } else { Ok(()) }
}

/// Refuses a new descriptor whose columns mean something else than those of the old one.
pub fn check_change(old: &CatalogueEntry, new: &CatalogueEntry) -> Result<(), StoreError> {
    let refuse = |column: &str, found: String, wanted: String| {
        Err(StoreError::Column { layer: new.layer.id.clone(), column: column.to_owned(), found, wanted })
    };
    if old.layer.geometry != new.layer.geometry {
        return refuse("geom", kind_name(old.layer.geometry), kind_name(new.layer.geometry));
    }
    for property in &new.properties {
        let before = old.properties.iter().find(|p| p.name == property.name);
        if let Some(before) = before.filter(|b| b.kind != property.kind) {
            return refuse(property.name.as_str(), type_name(before.kind), type_name(property.kind));
        }
    }
    Ok(())
}

fn kind_name(kind: GeometryKind) -> String {
    format!("{kind:?}").to_lowercase()
}

fn type_name(kind: PropertyType) -> String {
    format!("{kind:?}").to_lowercase()
}
