//! Fresh databases: always a GeoPackage in a directory of its own; and, when
//! `WANGGE_TEST_POSTGRES` names an administrator's `postgres://` address (`tests/postgres.sh`
//! sets it), a PostgreSQL database copied from `template1`, which has PostGIS. Both are gone
//! when the value is dropped.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::str::FromStr;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use wangge::store::{DatabaseUrl, Store};

const ADMIN: &str = "WANGGE_TEST_POSTGRES";

/// A fresh, empty database.
pub struct Database {
    pub url: DatabaseUrl,
    held: Held,
}

enum Held {
    Directory(TempDir),
    Server { admin: String, name: String },
}

/// One fresh database of each kind that can be had here.
pub async fn databases() -> Vec<Database> {
    let mut all = vec![Database::geopackage()];
    match std::env::var(ADMIN) {
        Ok(admin) => all.push(Database::postgis(admin).await),
        Err(_) => {
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                eprintln!("\n!!! PostGIS is SKIPPED: {ADMIN} is not set (run `tests/postgres.sh cargo test`)\n")
            });
        }
    }
    all
}

impl Database {
    pub fn geopackage() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = DatabaseUrl::Geopackage(directory.path().join("town.gpkg"));
        Self { url, held: Held::Directory(directory) }
    }

    /// A fresh database of the server with that administrator's address.
    pub async fn postgis(admin: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("wangge_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&admin, format!("CREATE DATABASE {name} TEMPLATE template1")).await;
        let (server, _) = admin.rsplit_once('/').expect("postgres://…/database");
        let url = format!("{server}/{name}").parse().expect("a database's address");
        Self { url, held: Held::Server { admin, name } }
    }

    /// The path of a GeoPackage; `None` for PostgreSQL.
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.url {
            DatabaseUrl::Geopackage(path) => Some(path),
            DatabaseUrl::Postgis(_) => None,
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the database opens")
    }

    /// Runs SQL as another program would, on a connection of its own.
    pub async fn outside(&self, sql: &str) {
        self.try_outside(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// The same, where the database may refuse it.
    pub async fn try_outside(&self, sql: &str) -> Result<(), sqlx::Error> {
        match &self.url {
            DatabaseUrl::Geopackage(path) => {
                let url = format!("sqlite://{}", path.display());
                let mut db = sqlx::SqliteConnection::connect(&url).await.expect("a connection");
                db.execute(AssertSqlSafe(sql)).await.map(drop)
            }
            DatabaseUrl::Postgis(url) => {
                let mut db = PgConnection::connect(url).await.expect("a connection");
                db.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop)
            }
        }
    }
}

async fn run(admin: &str, sql: String) {
    let options = PgConnectOptions::from_str(admin).expect("the administrator's address");
    let mut db = PgConnection::connect_with(&options).await.expect("the server answers");
    db.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.expect("the statement runs");
}

impl Drop for Database {
    fn drop(&mut self) {
        let Held::Server { admin, name } = &self.held else { return };
        let (admin, sql) = (admin.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // A test's own runtime cannot wait inside a destructor.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&admin, sql));
        });
        if dropped.join().is_err() {
            eprintln!("{name} was not dropped");
        }
    }
}

impl Held {
    #[expect(dead_code, reason = "the directory is held for its destructor")]
    fn directory(&self) -> Option<&TempDir> {
        if let Self::Directory(d) = self { Some(d) } else { None }
    }
}
