//! What only a GeoPackage promises: GDAL accepts it, and may edit it.

use super::make::*;
use crate::harness::Database;
use geo::{LineString, Point};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use wangge::atlas::Operation::{Insert, Update};
use wangge::store::{DatabaseUrl, NetworkArtefact, Store, StoreError};

/// Output of a GDAL program; `None`, loudly, where it is not installed.
fn gdal(program: &str, args: &[&str]) -> Option<String> {
    let Ok(done) = Command::new(program).args(args).output() else {
        eprintln!("\n!!! SKIPPED: {program} is not there\n");
        return None;
    };
    let text = [done.stdout, done.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
    if text.contains("No module named") {
        eprintln!("\n!!! SKIPPED: {program} has no GDAL\n");
        return None;
    }
    assert!(done.status.success(), "{program} {args:?}: {text}");
    Some(text)
}

/// One feature of every geometry kind, and a network.
async fn filled(store: &Store) {
    let line = LineString::from(vec![(116.0, 29.4), (116.1, 29.5)]);
    let mut work = batch(vec![
        insert("station", vec![station("a", json!({"other": 1}))]),
        insert("grid", vec![new(square(116.0, 29.4), object(json!({"code": "1", "name": "一", "households": 3})))]),
        insert("road", vec![new(line.clone().into(), object(json!({})))]),
        insert("project", vec![new(line.into(), object(json!({}))), new(Point::new(1., 2.).into(), object(json!({})))]),
    ]);
    work.network = Some(NetworkArtefact { bytes: vec![1], source: "x".into(), built_at: "now".into() });
    work.meta = vec![("place".into(), json!({}))];
    store.write(work).await.expect("written");
}

#[tokio::test]
async fn gdals_validator_accepts_the_file() {
    let db = Database::geopackage();
    let store = db.open().await;
    store.put_layer(&bench_layer(json!({"seats": {"type": "integer"}}))).await.expect("added");
    filled(&store).await;
    store.close().await;
    let file = db.file().expect("a file");
    let left: Vec<_> = std::fs::read_dir(file.parent().expect("a directory")).expect("readable").collect();
    assert_eq!(left.len(), 1, "closing leaves one file: {left:?}");
    let file = file.to_str().expect("text");
    if let Some(text) = gdal("/usr/bin/python3", &["-m", "osgeo_utils.samples.validate_gpkg", "-k", file]) {
        assert!(!text.to_lowercase().contains("warning") && !text.contains("Req"), "{text}");
    }
    if let Some(text) = gdal("ogrinfo", &["-ro", "-so", "-al", file]) {
        for wanted in
            ["Layer name: grid", "Geometry: Multi Polygon", "Layer name: station", "Geometry: Point", "Extent"]
        {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        assert!(!text.contains("Warning"), "{text}");
    }
}

#[tokio::test]
async fn edits_by_gdal_are_logged_while_the_service_runs() {
    let db = Database::geopackage();
    let store = db.open().await;
    filled(&store).await;
    let seq = store.last_seq().await.expect("the log");
    let file = db.file().expect("a file").to_str().expect("text").to_owned();
    let sql = "UPDATE station SET name = '改' WHERE id = 1";
    let Some(text) = gdal("ogrinfo", &[&file, "-sql", sql]) else { return };
    assert!(!text.contains("Warning"), "{text}");
    let more = Path::new(&file).with_file_name("more.geojson");
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"g","name":"G"},
        "geometry":{"type":"Point","coordinates":[116.2,29.5]}}]}"#;
    std::fs::write(&more, text).expect("written");
    gdal("ogr2ogr", &["-append", "-nln", "station", &file, more.to_str().expect("text")]);
    let told = [(1, Update), (2, Insert)].map(|(id, op)| ("station".to_owned(), id, op));
    assert_eq!(log(&store, seq).await, told);
    let stations = all(&store, "station").await;
    assert_eq!((stations[0].version, &stations[0].properties["name"]), (2, &json!("改")));
    assert_eq!((stations[1].source.as_str(), &stations[1].properties["code"]), ("edit", &json!("g")));
    store.close().await;
}

async fn refusal(path: &Path) -> String {
    let error = Store::open(&DatabaseUrl::Geopackage(path.to_owned())).await.expect_err("refused");
    assert!(matches!(error, StoreError::File { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("cannot open ") && !text.contains('\n'), "{text}");
    text
}

#[tokio::test]
async fn what_is_not_ours_is_refused_in_one_line_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    assert!(refusal(&at("no/such.gpkg")).await.contains("does not exist"));
    std::fs::create_dir(at("dir.gpkg")).expect("made");
    assert!(refusal(&at("dir.gpkg")).await.contains("directory"));
    std::fs::write(at("page.gpkg"), "<html>").expect("written");
    assert!(refusal(&at("page.gpkg")).await.contains("not a GeoPackage"));
    std::fs::write(at("torn.gpkg"), [&b"SQLite format 3\0"[..], &[7; 5000]].concat()).expect("written");
    refusal(&at("torn.gpkg")).await;

    use sqlx::{Connection, Executor};
    for (name, sql, said) in [
        ("sqlite.gpkg", "CREATE TABLE a (b)", "SQLite"),
        ("other.gpkg", "CREATE TABLE gpkg_contents (b)", "another program"),
    ] {
        let url = format!("sqlite://{}?mode=rwc", at(name).display());
        let mut db = sqlx::SqliteConnection::connect(&url).await.expect("made");
        db.execute(sql).await.expect("made");
        db.close().await.expect("closed");
        assert!(refusal(&at(name)).await.contains(said));
        let mut db = sqlx::SqliteConnection::connect(&url).await.expect("opens");
        let tables: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut db).await.expect("counts");
        assert_eq!(tables, 1);
    }
}

#[tokio::test]
async fn a_spatial_index_made_by_gdal_does_not_stop_the_service_from_writing() {
    let db = Database::geopackage();
    let store = db.open().await;
    filled(&store).await;
    let file = db.file().expect("a file").to_str().expect("text").to_owned();
    for _ in 0..2 {
        if gdal("ogrinfo", &[&file, "-sql", "SELECT CreateSpatialIndex('station', 'geom')"]).is_none() {
            return;
        }
        store.write(batch(vec![insert("station", vec![station("b", json!({}))])])).await.expect("written");
    }
    assert_eq!(all(&store, "station").await.len(), 3);
    store.close().await;
    if let Some(text) = gdal("/usr/bin/python3", &["-m", "osgeo_utils.samples.validate_gpkg", "-k", &file]) {
        assert!(!text.contains("Req"), "{text}");
    }
}
