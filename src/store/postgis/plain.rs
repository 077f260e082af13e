//! The service's own tables in PostgreSQL: transactions and statements. They do not take the
//! writers' lock of the change log: a long import must not hold up a login.

use super::Db;
use crate::store::StoreError;
use crate::store::plain::{Arg, PlainRow};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres, SqlSafeStr, Transaction};

pub type Tx = Transaction<'static, Postgres>;

impl Db {
    /// A transaction that reads.
    pub async fn plain_read(&self) -> Result<Tx, StoreError> {
        Ok(self.pool.begin().await?)
    }

    /// A transaction that writes; there is one at a time, so that a rule over several rows (the
    /// last administrator) cannot be broken by two at once.
    pub async fn plain_write(&self) -> Result<Tx, StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock(7764512943611247)";
        sqlx::raw_sql(sql).execute(&mut *tx).await?;
        Ok(tx)
    }
}

impl Db {
    /// A transaction that writes what the change log tells of: it holds the log's lock from its start,
    /// so that nobody waits for it while holding rows.
    pub async fn plain_logged(&self) -> Result<Tx, StoreError> {
        self.begin().await
    }
}

fn bound(sql: impl SqlSafeStr, args: Vec<Arg>) -> Query<'static, Postgres, PgArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::MaybeInt(value) => query.bind(value),
        Arg::Bool(value) => query.bind(value),
        Arg::Text(value) => query.bind(value),
        Arg::Bytes(value) => query.bind(value),
    })
}

pub async fn run(db: &mut PgConnection, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
    Ok(bound(sql, args).execute(db).await?.rows_affected())
}

pub async fn rows(db: &mut PgConnection, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Vec<PlainRow>, StoreError> {
    Ok(bound(sql, args).fetch_all(db).await?.into_iter().map(PlainRow::Postgis).collect())
}
