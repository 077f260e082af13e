//! Features out of the database.

use super::Db;
use crate::atlas::layer::PropertyType;
use crate::atlas::{CatalogueEntry, FeatureId};
use crate::store::row::{Cell, Loaded, Stored};
use crate::store::schema::{SYSTEM, select};
use crate::store::{StoreError, wkb};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Decode, Postgres, Row as _, Type};

/// RFC 3339 of the column.
const UPDATED_AT: &str = r#"to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#;

impl Db {
    pub async fn load(&self, entry: &CatalogueEntry, ids: Option<&[FeatureId]>) -> Result<Loaded, StoreError> {
        let sql = select(entry, "ST_AsEWKB(geom)", UPDATED_AT);
        let query = match ids {
            None => sqlx::query(AssertSqlSafe(sql + " ORDER BY id")),
            Some(ids) => {
                let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
                sqlx::query(AssertSqlSafe(sql + " WHERE id = ANY($1) ORDER BY id")).bind(ids)
            }
        };
        let mut loaded = Loaded::default();
        let mut rows = query.fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            let id = FeatureId(row.try_get(0)?);
            loaded.push(entry, id, stored(entry, id, &row));
        }
        Ok(loaded)
    }
}

fn stored(entry: &CatalogueEntry, id: FeatureId, row: &PgRow) -> Result<Stored, String> {
    let geom: Option<&[u8]> = get(row, 1, "geom")?;
    let cells = entry.properties.iter().enumerate().map(|(i, p)| cell(p.kind, row, SYSTEM.len() + i, p.name.as_str()));
    Ok(Stored {
        id,
        geometry: wkb::decode(geom.ok_or("geom is empty")?),
        source: get(row, 2, "source")?,
        reference: get(row, 3, "ref")?,
        version: get(row, 4, "version")?,
        updated_at: get(row, 5, "updated_at")?,
        extra: get(row, 6, "extra")?,
        cells: cells.collect::<Result<_, String>>()?,
    })
}

fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
    row: &'r PgRow,
    i: usize,
    name: &str,
) -> Result<Option<T>, String> {
    row.try_get(i).map_err(|e| format!("{name}: {e}"))
}

fn cell(kind: PropertyType, row: &PgRow, i: usize, name: &str) -> Result<Cell, String> {
    let cell = match kind {
        PropertyType::String => get(row, i, name)?.map(Cell::Text),
        PropertyType::Integer => get(row, i, name)?.map(Cell::Integer),
        PropertyType::Number => get(row, i, name)?.map(Cell::Number),
        PropertyType::Boolean => get(row, i, name)?.map(Cell::Boolean),
        PropertyType::Array | PropertyType::Object => get(row, i, name)?.map(Cell::Json),
    };
    match (kind, cell) {
        (_, None) => Ok(Cell::Null),
        (_, Some(Cell::Number(n))) if !n.is_finite() => Err(format!("{name} is not a number")),
        (PropertyType::Array, Some(Cell::Json(v))) if !v.is_array() => Err(format!("{name} is not a JSON list")),
        (PropertyType::Object, Some(Cell::Json(Value::Object(v)))) => Ok(Cell::Json(Value::Object(v))),
        (PropertyType::Object, Some(_)) => Err(format!("{name} is not a JSON object")),
        (_, Some(cell)) => Ok(cell),
    }
}
