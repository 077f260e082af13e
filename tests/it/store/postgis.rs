//! What only PostgreSQL has: sessions that stay open, TRUNCATE, editors with few rights.

use super::make::*;
use crate::harness::databases;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;
use wangge::atlas::Operation::{Delete, Insert};
use wangge::store::DatabaseUrl;

#[tokio::test]
async fn an_open_session_holds_later_writers_back_so_that_the_log_is_seen_in_order() {
    for db in databases().await {
        let DatabaseUrl::Postgis(url) = &db.url else { continue };
        let store = db.open().await;
        let mut psql = PgConnection::connect(url).await.expect("a session");
        let sql = "BEGIN; INSERT INTO station (geom) VALUES (ST_SetSRID(ST_MakePoint(116, 29), 4326))";
        psql.execute(sqlx::raw_sql(sql)).await.expect("written, not committed");
        let late = tokio::spawn({
            let store = store.clone();
            async move { store.write(batch(vec![insert("station", vec![station("late", json!({}))])])).await }
        });
        // A reader does not wait, and sees nothing yet.
        assert_eq!(all(&store, "station").await, []);
        let waiting = tokio::time::timeout(Duration::from_millis(300), async {
            while !late.is_finished() {
                tokio::task::yield_now().await;
            }
        });
        assert!(waiting.await.is_err(), "the writer did not wait");
        psql.execute("COMMIT").await.expect("committed");
        let written = late.await.expect("no panic").expect("written");
        let told = log(&store, 0).await;
        assert_eq!(told, [(1, Insert), (2, Insert)].map(|(id, op)| ("station".to_owned(), id, op)));
        assert_eq!(written.inserted[0].0, 2);
        store.close().await;
    }
}

#[tokio::test]
async fn truncate_is_logged_and_an_editor_needs_no_right_on_the_log() {
    for db in databases().await {
        if db.file().is_some() {
            continue;
        }
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("a", json!({}))])])).await.expect("written");
        let role = format!("editor_{}", std::process::id());
        db.outside(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON station TO {role}"))
            .await;
        let point = "ST_SetSRID(ST_MakePoint(116, 29), 4326)";
        db.outside(&format!(
            "SET ROLE {role}; INSERT INTO station (geom) VALUES ({point}); DELETE FROM station WHERE id = 1"
        ))
        .await;
        db.outside(&format!("SET ROLE {role}; TRUNCATE station")).await;
        let told = [(1, Insert), (2, Insert), (1, Delete), (2, Delete)];
        assert_eq!(log(&store, 0).await, told.map(|(id, op)| ("station".to_owned(), id, op)));
        db.outside(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
        store.close().await;
    }
}
