//! Layers as tables: SQL from the descriptors. Only ever adds: tables, columns, indexes,
//! triggers; never drops data.

use super::{Db, plain};
use crate::accounts::audit::Entry;
use crate::atlas::layer::PropertyType;
use crate::atlas::{Catalogue, CatalogueEntry, Layer};
use crate::store::layers::{merge, text_literal};
use crate::store::schema::{SYSTEM, check_change, check_name, code_index, quote};
use crate::store::{StoreError, audit};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use std::collections::{HashMap, HashSet};

impl Db {
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        catalogue(&self.built_in, &mut *self.pool.acquire().await?).await
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
        if statements(&self.built_in, &mut *self.pool.acquire().await?).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let statements = statements(&self.built_in, &mut tx).await?;
        run(&mut tx, statements).await?;
        Ok(tx.commit().await?)
    }
}

async fn put(tx: &mut PgConnection, mut all: Catalogue, layer: &Layer) -> Result<(), StoreError> {
    check_name(&layer.id)?;
    let before = all.get(layer.id.as_str()).cloned();
    all.add(layer.clone())?;
    let Some(entry) = all.get(layer.id.as_str()) else { return Ok(()) };
    if let Some(before) = &before {
        check_change(before, entry)?;
    }
    if before.as_ref() != Some(entry) {
        let sql = "INSERT INTO layer (id, descriptor) VALUES ($1, $2::json) \
                   ON CONFLICT (id) DO UPDATE SET descriptor = excluded.descriptor";
        let text = serde_json::to_string(layer).map_err(|e| sqlx::Error::Encode(e.into()))?;
        sqlx::query(sql).bind(layer.id.as_str()).bind(text).execute(&mut *tx).await?;
    }
    let statements = missing(&Present::read(&mut *tx).await?, entry)?;
    run(tx, statements).await
}

/// The built-in layers and those in the database, as this connection sees them.
pub(super) async fn catalogue(built_in: &Catalogue, db: &mut PgConnection) -> Result<Catalogue, StoreError> {
    let mut all = built_in.clone();
    for row in sqlx::query("SELECT id, descriptor::text FROM layer ORDER BY number").fetch_all(db).await? {
        merge(&mut all, row.try_get(0)?, row.try_get(1).ok());
    }
    Ok(all)
}

async fn statements(built_in: &Catalogue, db: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    let all = catalogue(built_in, db).await?;
    let present = Present::read(db).await?;
    let mut out = Vec::new();
    for entry in all.iter() {
        out.extend(missing(&present, entry)?);
    }
    Ok(out)
}

async fn run(db: &mut PgConnection, statements: Vec<String>) -> Result<(), StoreError> {
    if statements.is_empty() {
        return Ok(());
    }
    sqlx::raw_sql(AssertSqlSafe(statements.join(";\n"))).execute(db).await?;
    Ok(())
}

/// What the schema holds.
struct Present {
    /// Columns with their types, by table.
    columns: HashMap<String, HashMap<String, String>>,
    indexes: HashSet<String>,
    /// By table and name.
    triggers: HashSet<(String, String)>,
}

impl Present {
    async fn read(db: &mut PgConnection) -> Result<Self, StoreError> {
        let mut present = Self { columns: HashMap::new(), indexes: HashSet::new(), triggers: HashSet::new() };
        let sql = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) \
                   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
                   AND a.attnum > 0 AND NOT a.attisdropped";
        for row in sqlx::query(sql).fetch_all(&mut *db).await? {
            present.columns.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?, row.try_get(2)?);
        }
        let sql =
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'i'";
        present.indexes.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut *db).await?);
        let sql = "SELECT c.relname::text, t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
                   WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal";
        present.triggers.extend(sqlx::query_as::<_, (String, String)>(sql).fetch_all(db).await?);
        Ok(present)
    }
}

/// The statements that bring the layer's table to what the descriptor says.
fn missing(present: &Present, entry: &CatalogueEntry) -> Result<Vec<String>, StoreError> {
    let (id, table) = (&entry.layer.id, quote(&entry.layer.id));
    let mut out = Vec::new();
    match present.columns.get(id.as_str()) {
        None => out.extend(create(entry)),
        Some(columns) => {
            let refuse = |column: &str, found: &str, wanted: &str| StoreError::Column {
                layer: id.clone(),
                column: column.to_owned(),
                found: found.to_owned(),
                wanted: wanted.to_owned(),
            };
            for name in SYSTEM {
                let found = columns.get(name).ok_or_else(|| refuse(name, "missing", "needed"))?;
                if name == "geom" && !found.starts_with("geometry") {
                    return Err(refuse(name, found, "geometry"));
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
    let geom = format!("idx:{id}:geom");
    if !present.indexes.contains(&geom) {
        out.push(format!("CREATE INDEX \"{geom}\" ON {table} USING gist (geom)"));
    }
    if let Some((name, code)) = code_index(entry)
        && !present.indexes.contains(&name)
    {
        out.push(format!("CREATE INDEX \"{name}\" ON {table} ({})", quote(code)));
    }
    for (name, when, function) in TRIGGERS {
        if !present.triggers.contains(&(id.to_string(), name.to_owned())) {
            let when = when.replace("{table}", &table);
            out.push(format!("CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"));
        }
    }
    Ok(out)
}

/// The triggers of a layer's table: name, when, and the function of the migrations.
const TRIGGERS: [(&str, &str, &str); 6] = [
    ("writer", "BEFORE INSERT OR UPDATE OR DELETE ON {table}", "wangge_writer"),
    ("stamp", "BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW", "wangge_stamp"),
    ("log_insert", "AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows", "wangge_log_insert"),
    (
        "log_update",
        "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "wangge_log_update",
    ),
    ("log_delete", "AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows", "wangge_log_delete"),
    ("log_truncate", "BEFORE TRUNCATE ON {table}", "wangge_log_truncate"),
];

pub(super) fn column_type(kind: PropertyType) -> &'static str {
    match kind {
        PropertyType::String => "text",
        PropertyType::Integer => "bigint",
        PropertyType::Number => "double precision",
        PropertyType::Boolean => "boolean",
        PropertyType::Array | PropertyType::Object => "jsonb",
    }
}

fn create(entry: &CatalogueEntry) -> [String; 2] {
    let table = quote(&entry.layer.id);
    let own: String =
        entry.properties.iter().map(|p| format!(", {} {}", quote(&p.name), column_type(p.kind))).collect();
    [
        format!(
            "CREATE TABLE {table} (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
             geom geometry(Geometry, 4326){own}, source text DEFAULT 'edit', ref text, version bigint DEFAULT 1, \
             updated_at timestamptz DEFAULT now(), extra jsonb)"
        ),
        format!("COMMENT ON TABLE {table} IS {}", text_literal(&entry.layer.title)),
    ]
}
