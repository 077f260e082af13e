//! Features out of the file. Another program may have written anything into any cell: SQLite
//! does not hold columns to their types.

use super::Db;
use crate::atlas::layer::PropertyType;
use crate::atlas::{CatalogueEntry, FeatureId};
use crate::store::row::{Cell, Loaded, Stored, whole};
use crate::store::schema::{SYSTEM, select};
use crate::store::{StoreError, wkb};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Decode, Row as _, Sqlite, TypeInfo, ValueRef};

impl Db {
    pub async fn load(&self, entry: &CatalogueEntry, ids: Option<&[FeatureId]>) -> Result<Loaded, StoreError> {
        let sql = select(entry, "geom", "updated_at");
        let query = match ids {
            None => sqlx::query(AssertSqlSafe(sql + " ORDER BY id")),
            Some(ids) => {
                let list = serde_json::to_string(ids).map_err(|e| sqlx::Error::Encode(e.into()))?;
                let sql = sql + " WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id";
                sqlx::query(AssertSqlSafe(sql)).bind(list)
            }
        };
        let mut loaded = Loaded::default();
        let mut rows = query.fetch(&self.read);
        while let Some(row) = rows.try_next().await? {
            let id = FeatureId(row.try_get(0)?);
            loaded.push(entry, id, stored(entry, id, &row));
        }
        Ok(loaded)
    }
}

fn stored(entry: &CatalogueEntry, id: FeatureId, row: &SqliteRow) -> Result<Stored, String> {
    let geometry = match raw(row, 1)? {
        Raw::Blob(bytes) => wkb::decode_gpkg(bytes),
        Raw::Null => return Err("geom is empty".to_owned()),
        _ => return Err("geom is not a geometry".to_owned()),
    };
    let text = |i: usize, name: &str| match raw(row, i)? {
        Raw::Null => Ok(None),
        Raw::Text(t) => Ok(Some(t.to_owned())),
        _ => Err(format!("{name} is not a text")),
    };
    let version = match raw(row, 4)? {
        Raw::Null => None,
        Raw::Integer(n) => Some(n),
        _ => return Err("version is not a whole number".to_owned()),
    };
    let extra = match raw(row, 6)? {
        Raw::Null => None,
        Raw::Text(t) => Some(serde_json::from_str(t).map_err(|e| format!("extra is not JSON: {e}"))?),
        _ => return Err("extra is not a JSON text".to_owned()),
    };
    let cells =
        entry.properties.iter().enumerate().map(|(i, p)| {
            cell(p.kind, raw(row, SYSTEM.len() + i)?).map_err(|found| format!("{} is not {found}", p.name))
        });
    Ok(Stored {
        id,
        geometry,
        source: text(2, "source")?,
        reference: text(3, "ref")?,
        version,
        updated_at: text(5, "updated_at")?,
        extra,
        cells: cells.collect::<Result<_, String>>()?,
    })
}

/// A value as SQLite keeps it.
enum Raw<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r str),
    Blob(&'r [u8]),
}

fn raw(row: &SqliteRow, i: usize) -> Result<Raw<'_>, String> {
    let value = row.try_get_raw(i).map_err(|e| e.to_string())?;
    if value.is_null() {
        return Ok(Raw::Null);
    }
    let kind = value.type_info().into_owned();
    let decoded = match kind.name() {
        "INTEGER" => <i64 as Decode<Sqlite>>::decode(value).map(Raw::Integer),
        "REAL" => <f64 as Decode<Sqlite>>::decode(value).map(Raw::Real),
        "TEXT" => <&str as Decode<Sqlite>>::decode(value).map(Raw::Text),
        "BLOB" => <&[u8] as Decode<Sqlite>>::decode(value).map(Raw::Blob),
        other => return Err(format!("a value of type {other}")),
    };
    decoded.map_err(|e| e.to_string())
}

/// The cell of a property, or what it is not.
fn cell(kind: PropertyType, raw: Raw) -> Result<Cell, &'static str> {
    Ok(match (kind, raw) {
        (_, Raw::Null) => Cell::Null,
        (PropertyType::String, Raw::Text(t)) => Cell::Text(t.to_owned()),
        (PropertyType::String, _) => return Err("a text"),
        (PropertyType::Integer, Raw::Integer(n)) => Cell::Integer(n),
        (PropertyType::Integer, Raw::Real(n)) => Cell::Integer(whole(n).ok_or("a whole number")?),
        (PropertyType::Integer, _) => return Err("a whole number"),
        (PropertyType::Number, Raw::Integer(n)) => Cell::Number(n as f64),
        (PropertyType::Number, Raw::Real(n)) if n.is_finite() => Cell::Number(n),
        (PropertyType::Number, _) => return Err("a number"),
        (PropertyType::Boolean, Raw::Integer(n @ (0 | 1))) => Cell::Boolean(n == 1),
        (PropertyType::Boolean, _) => return Err("true or false"),
        (PropertyType::Array, Raw::Text(t)) => match serde_json::from_str(t) {
            Ok(v @ Value::Array(_)) => Cell::Json(v),
            _ => return Err("a JSON list"),
        },
        (PropertyType::Object, Raw::Text(t)) => match serde_json::from_str(t) {
            Ok(v @ Value::Object(_)) => Cell::Json(v),
            _ => return Err("a JSON object"),
        },
        (PropertyType::Array | PropertyType::Object, _) => return Err("a JSON text"),
    })
}
