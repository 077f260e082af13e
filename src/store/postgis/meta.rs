//! Settings: JSON values by key.

use super::Db;
use crate::store::StoreError;
use serde_json::Value;
use sqlx::{PgConnection, Row as _};

impl Db {
    pub async fn meta(&self, key: &str) -> Result<Option<Value>, StoreError> {
        let row =
            sqlx::query("SELECT value::text FROM meta WHERE key = $1").bind(key).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0)?;
        Ok(Some(serde_json::from_str(&text).map_err(|e| sqlx::Error::Decode(e.into()))?))
    }
}

pub(super) async fn put(db: &mut PgConnection, key: &str, value: &Value) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO meta (key, value) VALUES ($1, $2::json) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    sqlx::query(sql).bind(key).bind(value.to_string()).execute(db).await?;
    Ok(())
}
