//! Layers as tables: SQL from the descriptors. Only ever adds: tables, columns, indexes,
//! triggers; never drops data.

use super::{Db, NOW, plain};
use crate::accounts::audit::Entry;
use crate::atlas::layer::{GeometryKind, PropertyType};
use crate::atlas::{Catalogue, CatalogueEntry, Ident, Layer};
use crate::store::layers::{merge, text_literal};
use crate::store::schema::{SYSTEM, check_change, check_name, code_index, quote};
use crate::store::{StoreError, audit};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl Db {
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        catalogue(&self.built_in, &mut *self.read.acquire().await?).await
    }

    pub async fn put_layer(&self, layer: &Layer) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let all = catalogue(&self.built_in, &mut tx).await?;
        put(&mut tx, all, layer).await?;
        Ok(tx.commit().await?)
    }

    pub async fn add_layer(&self, layer: &Layer, entry: &Entry) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let all = catalogue(&self.built_in, &mut tx).await?;
        if all.get(layer.id.as_str()).is_some() {
            return Ok(false);
        }
        put(&mut tx, all, layer).await?;
        plain::run(&mut tx, audit::INSERT, audit::values(entry, &[])).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Makes or extends the tables of all layers. Writes nothing when nothing is missing.
    pub(super) async fn ensure_layers(&self) -> Result<(), StoreError> {
        if statements(&self.built_in, &mut *self.write.acquire().await?).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let statements = statements(&self.built_in, &mut tx).await?;
        run(&mut tx, statements).await?;
        Ok(tx.commit().await?)
    }
}

async fn put(tx: &mut SqliteConnection, mut all: Catalogue, layer: &Layer) -> Result<(), StoreError> {
    check_name(&layer.id)?;
    let before = all.get(layer.id.as_str()).cloned();
    all.add(layer.clone())?;
    let Some(entry) = all.get(layer.id.as_str()) else { return Ok(()) };
    if let Some(before) = &before {
        check_change(before, entry)?;
    }
    if before.as_ref() != Some(entry) {
        let sql = "INSERT INTO layer (id, descriptor) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET descriptor = excluded.descriptor";
        let text = serde_json::to_string(layer).map_err(|e| sqlx::Error::Encode(e.into()))?;
        sqlx::query(sql).bind(layer.id.as_str()).bind(text).execute(&mut *tx).await?;
    }
    let statements = missing(&Present::read(&mut *tx).await?, entry)?;
    run(tx, statements).await
}

/// The built-in layers and those in the database, as this connection sees them.
pub(super) async fn catalogue(built_in: &Catalogue, db: &mut SqliteConnection) -> Result<Catalogue, StoreError> {
    let mut all = built_in.clone();
    for row in sqlx::query("SELECT id, descriptor FROM layer ORDER BY number").fetch_all(db).await? {
        merge(&mut all, row.try_get(0)?, row.try_get(1).ok());
    }
    Ok(all)
}

async fn statements(built_in: &Catalogue, db: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let all = catalogue(built_in, db).await?;
    let present = Present::read(db).await?;
    let mut out = Vec::new();
    for entry in all.iter() {
        out.extend(missing(&present, entry)?);
    }
    Ok(out)
}

async fn run(db: &mut SqliteConnection, statements: Vec<String>) -> Result<(), StoreError> {
    for sql in statements {
        sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *db).await?;
    }
    Ok(())
}

/// Removes the spatial indexes (not data) that QGIS or GDAL made on a layer. Their triggers
/// call functions that only those programs have, so that nothing else could write the layer.
pub(super) async fn clear_the_way(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'rtree\\_%\\_geom\\_%' ESCAPE '\\'";
    let triggers: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *db).await?;
    let mut indexes = BTreeSet::new();
    for name in triggers {
        let Some((index, _)) = name.rsplit_once("_geom_") else { continue };
        // Only where the names are those of a layer: they come from the file.
        let Some(layer) = index.strip_prefix("rtree_").and_then(|l| Ident::new(l).ok()) else { continue };
        if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            run(db, vec![format!("DROP TRIGGER \"{name}\"")]).await?;
            indexes.insert(layer);
        }
    }
    for layer in indexes {
        tracing::warn!(%layer, "a spatial index that only its maker can keep up is removed");
        run(db, vec![format!("DROP TABLE IF EXISTS \"rtree_{layer}_geom\"")]).await?;
        let sql = "DELETE FROM gpkg_extensions WHERE table_name = ? AND extension_name = 'gpkg_rtree_index'";
        sqlx::query(sql).bind(layer.as_str()).execute(&mut *db).await?;
    }
    Ok(())
}

/// What the file holds.
struct Present {
    /// Columns with their types, by table.
    columns: HashMap<String, BTreeMap<String, String>>,
    /// SQL of indexes and triggers, by name.
    others: HashMap<String, String>,
}

impl Present {
    async fn read(db: &mut SqliteConnection) -> Result<Self, StoreError> {
        let mut present = Self { columns: HashMap::new(), others: HashMap::new() };
        let sql =
            "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'";
        for row in sqlx::query(sql).fetch_all(&mut *db).await? {
            present.columns.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?, row.try_get(2)?);
        }
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL";
        for row in sqlx::query(sql).fetch_all(db).await? {
            present.others.insert(row.try_get(0)?, row.try_get(1)?);
        }
        Ok(present)
    }
}

/// The statements that bring the layer's table to what the descriptor says.
fn missing(present: &Present, entry: &CatalogueEntry) -> Result<Vec<String>, StoreError> {
    let table = quote(&entry.layer.id);
    let mut out = Vec::new();
    match present.columns.get(entry.layer.id.as_str()) {
        None => out.extend(create(entry)),
        Some(columns) => {
            let refuse = |column: &str, found: &str, wanted: &str| StoreError::Column {
                layer: entry.layer.id.clone(),
                column: column.to_owned(),
                found: found.to_owned(),
                wanted: wanted.to_owned(),
            };
            for name in SYSTEM {
                let found = columns.get(name).ok_or_else(|| refuse(name, "missing", "needed"))?;
                let wanted = geometry_type(entry.layer.geometry);
                if name == "geom" && found != wanted {
                    return Err(refuse(name, found, wanted));
                }
            }
            for property in &entry.properties {
                let wanted = column_type(property.kind);
                match columns.get(property.name.as_str()) {
                    None => out.push(format!("ALTER TABLE {table} ADD COLUMN {} {wanted}", quote(&property.name))),
                    Some(found) if found == wanted => {}
                    Some(found) => return Err(refuse(property.name.as_str(), found, wanted)),
                }
            }
        }
    }
    if let Some((name, code)) = code_index(entry)
        && !present.others.contains_key(&name)
    {
        out.push(format!("CREATE INDEX \"{name}\" ON {table} ({})", quote(code)));
    }
    for (name, sql) in triggers(entry) {
        match present.others.get(&name) {
            Some(found) if *found == sql => continue,
            Some(_) => out.push(format!("DROP TRIGGER \"{name}\"")),
            None => {}
        }
        out.push(sql);
    }
    Ok(out)
}

fn column_type(kind: PropertyType) -> &'static str {
    match kind {
        PropertyType::String | PropertyType::Array | PropertyType::Object => "TEXT",
        PropertyType::Integer => "INTEGER",
        PropertyType::Number => "DOUBLE",
        PropertyType::Boolean => "BOOLEAN",
    }
}

/// Lines and polygons are kept as multi geometries, which is what QGIS can edit as one layer.
pub(super) fn geometry_type(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Point => "POINT",
        GeometryKind::Line => "MULTILINESTRING",
        GeometryKind::Polygon => "MULTIPOLYGON",
        GeometryKind::Any => "GEOMETRY",
    }
}

fn create(entry: &CatalogueEntry) -> [String; 3] {
    let (id, table) = (&entry.layer.id, quote(&entry.layer.id));
    let geometry = geometry_type(entry.layer.geometry);
    let own: String =
        entry.properties.iter().map(|p| format!(", {} {}", quote(&p.name), column_type(p.kind))).collect();
    let title = text_literal(&entry.layer.title);
    [
        format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {geometry}{own}, \
             source TEXT DEFAULT 'edit', ref TEXT, version INTEGER DEFAULT 1, \
             updated_at DATETIME DEFAULT ({NOW}), extra TEXT)"
        ),
        format!(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) \
             VALUES ('{id}', 'features', '{id}', {title}, 4326)"
        ),
        format!("INSERT INTO gpkg_geometry_columns VALUES ('{id}', 'geom', '{geometry}', 4326, 0, 0)"),
    ]
}

/// The triggers of a layer's table. `stamp:` does for other programs what they do not know of:
/// it counts `version` up, sets `updated_at` and fills in `source`. An update that raises the
/// version is logged; one that does not is stamped, which raises the version: so every update
/// is logged once, and no trigger calls itself even where recursive triggers are on.
fn triggers(entry: &CatalogueEntry) -> Vec<(String, String)> {
    let (id, table) = (&entry.layer.id, quote(&entry.layer.id));
    let log = |row: &str, op: &str| format!("INSERT INTO change (layer, id, op) VALUES ('{id}', {row}.id, '{op}');");
    let number = |row: &str| format!("CASE typeof({row}.version) WHEN 'integer' THEN {row}.version ELSE 0 END");
    let (old, new) = (number("OLD"), number("NEW"));
    let make = |name: String, when: String, body: String| {
        let sql = format!("CREATE TRIGGER \"{name}\" AFTER {when} BEGIN {body} END");
        (name, sql)
    };
    vec![
        make(format!("log:{id}:insert"), format!("INSERT ON {table}"), log("NEW", "insert")),
        make(format!("log:{id}:update"), format!("UPDATE ON {table} WHEN {new} > {old}"), log("NEW", "update")),
        make(format!("log:{id}:delete"), format!("DELETE ON {table}"), log("OLD", "delete")),
        make(
            format!("log:{id}:renumber"),
            format!("UPDATE OF id ON {table} WHEN NEW.id IS NOT OLD.id"),
            log("OLD", "delete"),
        ),
        make(
            format!("stamp:{id}:insert"),
            format!("INSERT ON {table} WHEN NEW.source IS NULL OR NEW.version IS NULL OR NEW.updated_at IS NULL"),
            format!("UPDATE {table} SET source = coalesce(NEW.source, 'edit') WHERE id = NEW.id;"),
        ),
        make(
            format!("stamp:{id}:update"),
            format!("UPDATE ON {table} WHEN {new} <= {old}"),
            format!(
                "UPDATE {table} SET version = {old} + 1, updated_at = {NOW}, source = coalesce(NEW.source, 'edit') \
                 WHERE id = NEW.id;"
            ),
        ),
    ]
}
