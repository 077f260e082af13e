//! Statements that both databases understand alike: tables of the service whose columns are whole
//! numbers, texts, truth values and bytes. The transaction is the databases' own (`plain.rs` in
//! both folders); the statements stand once, beside the types of their rows.

use super::{StoreError, geopackage, postgis};
use sqlx::AssertSqlSafe;

/// A value to be bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Int(i64),
    MaybeInt(Option<i64>),
    Bool(bool),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::MaybeInt(value)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Arg {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

/// A row of either database.
pub enum PlainRow {
    Geopackage(sqlx::sqlite::SqliteRow),
    Postgis(sqlx::postgres::PgRow),
}

macro_rules! read {
    ($name:ident, $kind:ty) => {
        pub fn $name(&self, column: usize) -> Result<$kind, StoreError> {
            use sqlx::Row as _;
            Ok(match self {
                Self::Geopackage(row) => row.try_get(column)?,
                Self::Postgis(row) => row.try_get(column)?,
            })
        }
    };
}

impl PlainRow {
    read!(int, i64);
    read!(maybe_int, Option<i64>);
    read!(bool, bool);
    read!(bytes, Vec<u8>);
    read!(text, String);
    read!(maybe, Option<String>);
}

/// A transaction over the service's own tables. Dropped without a commit, it was never.
pub enum PlainTx {
    Geopackage(geopackage::plain::Tx),
    Postgis(postgis::plain::Tx),
}

impl PlainTx {
    /// Runs one statement; how many rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        match self {
            Self::Geopackage(tx) => geopackage::plain::run(tx, sql, args).await,
            Self::Postgis(tx) => postgis::plain::run(tx, sql, args).await,
        }
    }

    pub async fn rows(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<PlainRow>, StoreError> {
        match self {
            Self::Geopackage(tx) => geopackage::plain::rows(tx, sql, args).await,
            Self::Postgis(tx) => postgis::plain::rows(tx, sql, args).await,
        }
    }

    /// The same for a statement that was put together here, of constant parts: values are bound.
    pub async fn composed(&mut self, sql: String, args: Vec<Arg>) -> Result<Vec<PlainRow>, StoreError> {
        match self {
            Self::Geopackage(tx) => geopackage::plain::rows(tx, AssertSqlSafe(sql), args).await,
            Self::Postgis(tx) => postgis::plain::rows(tx, AssertSqlSafe(sql), args).await,
        }
    }

    /// The first row.
    pub async fn row(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<PlainRow>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        let done = match self {
            Self::Geopackage(tx) => tx.commit().await,
            Self::Postgis(tx) => tx.commit().await,
        };
        done.map_err(StoreError::from)
    }
}
