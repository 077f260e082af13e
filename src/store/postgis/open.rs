//! Opening a PostGIS database: the server, migrations, tables of the layers.

use super::Db;
use crate::atlas::Catalogue;
use crate::store::{DatabaseUrl, StoreError};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgis");

/// How long to wait for the server at the start.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for it, or for a free connection, later: somebody waits for an answer.
const TURN: Duration = Duration::from_secs(5);
const CONNECTIONS: u32 = 8;

impl Db {
    /// `url` is a checked `postgres://` address.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let database = DatabaseUrl::Postgis(url.to_owned());
        let options = PgConnectOptions::from_str(url).map_err(|e| refused(&database, &e))?;
        let options = options.application_name("wangge").disable_statement_logging();
        // Not through the pool: it would go on trying where one clear refusal is wanted.
        let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        let mut connection =
            connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|e| refused(&database, &e))?;
        MIGRATIONS.run(&mut connection).await.map_err(|e| not_migrated(&database, e))?;
        connection.close().await.map_err(|e| refused(&database, &e))?;
        let pool = PgPoolOptions::new().acquire_timeout(TURN).max_connections(CONNECTIONS);
        let pool = pool.connect_with(options).await.map_err(|e| refused(&database, &e))?;
        let db = Self { pool, built_in: Arc::new(Catalogue::built_in()?) };
        db.ensure_layers().await?;
        Ok(db)
    }
}

fn refused(database: &DatabaseUrl, error: &sqlx::Error) -> StoreError {
    let reason = match error {
        sqlx::Error::Io(e) => format!("the server does not answer ({e})"),
        sqlx::Error::PoolTimedOut => "the server does not answer".to_owned(),
        sqlx::Error::Database(e) => e.message().to_owned(),
        other => other.to_string().replace('\n', " "),
    };
    StoreError::Server { database: database.clone(), reason }
}

fn not_migrated(database: &DatabaseUrl, error: MigrateError) -> StoreError {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    match error {
        MigrateError::VersionMissing(found) => StoreError::Newer { database: database.clone(), found, known },
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => refused(database, &e),
        other => StoreError::Server { database: database.clone(), reason: other.to_string() },
    }
}
