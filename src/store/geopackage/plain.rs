//! The service's own tables in a GeoPackage: transactions and statements.

use super::Db;
use crate::store::StoreError;
use crate::store::plain::{Arg, PlainRow};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{SqlSafeStr, Sqlite, SqliteConnection, Transaction};

pub type Tx = Transaction<'static, Sqlite>;

impl Db {
    /// A transaction that reads.
    pub async fn plain_read(&self) -> Result<Tx, StoreError> {
        Ok(self.read.begin().await?)
    }

    /// A transaction that writes; there is one at a time.
    pub async fn plain_write(&self) -> Result<Tx, StoreError> {
        self.begin().await
    }
}

impl Db {
    /// A transaction that writes what the change log tells of.
    pub async fn plain_logged(&self) -> Result<Tx, StoreError> {
        self.begin().await
    }
}

fn bound(sql: impl SqlSafeStr, args: Vec<Arg>) -> Query<'static, Sqlite, SqliteArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::MaybeInt(value) => query.bind(value),
        Arg::Bool(value) => query.bind(value),
        Arg::Text(value) => query.bind(value),
        Arg::Bytes(value) => query.bind(value),
    })
}

pub async fn run(db: &mut SqliteConnection, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
    Ok(bound(sql, args).execute(db).await?.rows_affected())
}

pub async fn rows(
    db: &mut SqliteConnection,
    sql: impl SqlSafeStr,
    args: Vec<Arg>,
) -> Result<Vec<PlainRow>, StoreError> {
    Ok(bound(sql, args).fetch_all(db).await?.into_iter().map(PlainRow::Geopackage).collect())
}
