//! Opening again, newer databases, servers that are not there.

use super::make::*;
use crate::harness::{Database, databases};
use serde_json::json;
use std::time::Instant;
use wangge::store::{DatabaseUrl, Store, StoreError};

#[tokio::test]
async fn a_database_is_as_it_was_when_it_is_opened_again() {
    for db in databases().await {
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("a", json!({"x": [1.5]}))])])).await.expect("written");
        let (stations, seq) = (all(&store, "station").await, store.last_seq().await.expect("the log"));
        store.close().await;
        for _ in 0..2 {
            let store = db.open().await;
            assert_eq!(
                (all(&store, "station").await, store.last_seq().await.expect("the log")),
                (stations.clone(), seq)
            );
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_table_that_lost_a_column_or_a_trigger_is_mended_and_nothing_is_dropped() {
    for db in databases().await {
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("a", json!({}))])])).await.expect("written");
        store.close().await;
        let trigger = if db.file().is_some() { "\"log:station:delete\"" } else { "log_delete ON station" };
        db.outside(&format!("DROP TRIGGER {trigger}")).await;
        db.outside("ALTER TABLE station ADD COLUMN theirs TEXT").await;
        db.outside("UPDATE station SET theirs = 'kept'").await;
        let column = entry(&db.open().await, "station").await.properties.pop().expect("a property").name;
        db.outside(&format!("ALTER TABLE station DROP COLUMN \"{column}\"")).await;

        let store = db.open().await;
        assert_eq!(all(&store, "station").await[0].properties["code"], "a");
        let seq = store.last_seq().await.expect("the log");
        db.outside("DELETE FROM station WHERE theirs = 'kept'").await;
        assert_eq!(log(&store, seq).await.len(), 1);
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    for db in databases().await {
        db.open().await.close().await;
        let (truth, sum) = if db.file().is_some() { ("1", "x'00'") } else { ("true", "'\\x00'") };
        db.outside(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'from the future', {truth}, {sum}, 0)"
        ))
        .await;
        match Store::open(&db.url).await {
            Err(StoreError::Newer { found: 9999, known, .. }) => assert!(known < 9999),
            other => panic!("{other:?}"),
        }
    }
}

/// What the first released program made: only the first migration has run.
async fn made_by_the_first_program(db: &Database) {
    let kind = if db.file().is_some() { "geopackage" } else { "postgis" };
    let all = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
    let first = tempfile::tempdir().expect("a folder");
    let name = "0001_log_layers_settings.sql";
    std::fs::copy(all.join(name), first.path().join(name)).expect("copied");
    let migrations = sqlx::migrate::Migrator::new(first.path()).await.expect("a migration");
    match &db.url {
        DatabaseUrl::Geopackage(path) => {
            let url = format!("sqlite://{}?mode=rwc", path.display());
            let pool = sqlx::SqlitePool::connect(&url).await.expect("a file");
            migrations.run(&pool).await.expect("it runs");
            pool.close().await;
        }
        DatabaseUrl::Postgis(url) => {
            let pool = sqlx::PgPool::connect(url).await.expect("a database");
            migrations.run(&pool).await.expect("it runs");
            pool.close().await;
        }
    }
    let value = if db.file().is_some() { "'7'" } else { "'7'::jsonb" };
    db.outside(&format!("INSERT INTO meta (key, value) VALUES ('old', {value})")).await;
}

#[tokio::test]
async fn a_database_of_the_first_program_is_brought_up_to_date_and_keeps_what_it_holds() {
    for db in databases().await {
        made_by_the_first_program(&db).await;
        let store = db.open().await;
        assert_eq!(store.meta("old").await.expect("read"), Some(json!(7)));
        store.write(batch(vec![insert("station", vec![station("a", json!({}))])])).await.expect("written");
        assert_eq!(all(&store, "station").await.len(), 1);
        store.close().await;
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_named_in_one_line_without_its_password() {
    let refusal = async |url: &str| {
        let since = Instant::now();
        let url: DatabaseUrl = url.parse().expect("an address");
        let error = Store::open(&url).await.expect_err("refused");
        assert!(since.elapsed().as_secs() < 11);
        let text = error.to_string();
        assert!(
            text.starts_with("cannot open postgres://") && !text.contains('\n') && !text.contains("s3cret"),
            "{text}"
        );
        text
    };
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    assert!(refusal(&format!("postgres://ann:s3cret@127.0.0.1:{port}/town")).await.contains("does not answer"));
    for db in databases().await {
        let DatabaseUrl::Postgis(url) = &db.url else { continue };
        let (server, _) = url.rsplit_once('/').expect("a database");
        assert!(refusal(&format!("{server}/no_such_town")).await.contains("no_such_town"));
    }
}

#[tokio::test]
async fn two_servers_that_start_at_once_make_one_database() {
    for db in databases().await {
        let (a, b) = tokio::join!(Store::open(&db.url), Store::open(&db.url));
        for store in [a, b] {
            let store = store.expect("both open");
            assert!(all(&store, "station").await.is_empty());
            store.close().await;
        }
    }
}
