//! Opening a GeoPackage: whose file it is, migrations, tables of the layers.

use super::Db;
use super::presence::Presence;
use crate::atlas::Catalogue;
use crate::store::{DatabaseUrl, StoreError};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row as _, SqlitePool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/geopackage");

/// How long a writer waits for another program's transaction, e.g. an import beside the server.
const PATIENCE: Duration = Duration::from_secs(60);
/// Connections that read.
const READERS: u32 = 4;

impl Db {
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        check_place(path)?;
        // Two programs that make or migrate the same file stand in each other's way for a
        // moment; whoever comes second finds the work done.
        for _ in 0..30 {
            match Self::try_open(path).await {
                Err(StoreError::Busy) => tokio::time::sleep(Duration::from_millis(100)).await,
                done => return done,
            }
        }
        Self::try_open(path).await
    }

    async fn try_open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives a power cut, not only a crash.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", "-32000")
            .disable_statement_logging();
        let presence = Arc::new(Presence::new(path.to_owned()));
        let held = Arc::clone(&presence);
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
        let pool = pool.before_acquire(move |_, connection| {
            let holds = held.holds(connection.age);
            Box::pin(async move { Ok(holds) })
        });
        let write = pool.clone().max_connections(1).connect_with(options.clone().create_if_missing(true)).await;
        let write = write.map_err(|e| refused(path, e))?;
        // A file that went away is not to be made anew, empty.
        write.set_connect_options(options.clone());
        check_owner(path, &write).await?;
        MIGRATIONS.run(&write).await.map_err(|e| not_migrated(path, e))?;
        let read = pool.max_connections(READERS).connect_with(options.pragma("query_only", "true")).await;
        let read = read.map_err(|e| refused(path, e))?;
        let db = Self { read, write, presence, built_in: Arc::new(Catalogue::built_in()?) };
        db.ensure_layers().await?;
        // GDAL looks for the GeoPackage's mark in the file, not in the write-ahead log. A reader
        // elsewhere may hold this up; then the mark is there from an earlier time.
        let _busy = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&db.write).await;
        Ok(db)
    }
}

fn file_error(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::File { path: path.to_owned(), reason: reason.into() }
}

/// What SQLite would say less clearly. The file itself is left to SQLite: closing it here would
/// take away the locks that another connection of this process holds on it (POSIX).
fn check_place(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(file_error(path, format!("the directory {} does not exist", parent.display())));
    }
    if path.is_dir() { Err(file_error(path, "it is a directory")) } else { Ok(()) }
}

/// A file that somebody else made must not be written into.
async fn check_owner(path: &Path, pool: &SqlitePool) -> Result<(), StoreError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let rows = sqlx::query(sql).fetch_all(pool).await.map_err(|e| refused(path, e))?;
    let names: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    // Ours, or new, or stopped while it was being made.
    if (has("change") && has("_sqlx_migrations")) || names.iter().all(|n| n == "_sqlx_migrations") {
        return Ok(());
    }
    if has("gpkg_contents") {
        let hint = "it is a GeoPackage of another program; take its layers over with `wangge import layer`";
        return Err(file_error(path, hint));
    }
    Err(file_error(path, "it is an SQLite database but not a GeoPackage of wangge"))
}

fn refused(path: &Path, error: sqlx::Error) -> StoreError {
    let error = StoreError::from(error);
    let error = match error {
        StoreError::Database(error) => error,
        StoreError::ReadOnly => return file_error(path, "no permission to write it"),
        other => return other,
    };
    let text = error.as_database_error().map_or_else(|| error.to_string(), |e| e.message().to_owned());
    let reason = match text.as_str() {
        "unable to open database file" => "no permission to write it or its directory".to_owned(),
        "file is not a database" => "it is not a GeoPackage".to_owned(),
        _ => text,
    };
    file_error(path, reason)
}

fn not_migrated(path: &Path, error: MigrateError) -> StoreError {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    match error {
        MigrateError::VersionMissing(found) => {
            StoreError::Newer { database: DatabaseUrl::Geopackage(path.to_owned()), found, known }
        }
        // Another program ran the same migration first.
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _)
            if e.as_database_error().is_some_and(|e| e.message().ends_with(" already exists")) =>
        {
            StoreError::Busy
        }
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => refused(path, e),
        other => file_error(path, other.to_string()),
    }
}
