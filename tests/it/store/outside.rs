//! Other programs write too: psql, QGIS, GDAL. Their edits are logged, their mistakes set aside.

use super::make::*;
use crate::harness::{Database, databases};
use serde_json::json;
use wangge::atlas::Operation::{Delete, Insert, Update};
use wangge::store::Op;

/// A point as SQL of that database.
fn point(db: &Database) -> String {
    match db.file() {
        None => "ST_SetSRID(ST_MakePoint(116.05, 29.45), 4326)".to_owned(),
        Some(_) => {
            let numbers = [116.05f64, 29.45].map(|v| v.to_le_bytes().map(|b| format!("{b:02X}")).concat());
            format!("x'47500001E61000000101000000{}'", numbers.concat())
        }
    }
}

#[tokio::test]
async fn edits_by_raw_sql_are_logged_once_and_counted() {
    for db in databases().await {
        let store = db.open().await;
        let at = point(&db);
        db.outside(&format!("INSERT INTO station (geom, code, name) VALUES ({at}, 'X', '外')")).await;
        db.outside(&format!("INSERT INTO station (geom, code) VALUES ({at}, 'Y'), ({at}, 'Z')")).await;
        db.outside("UPDATE station SET name = 'new' WHERE code = 'X'").await;
        db.outside("UPDATE station SET version = 1, updated_at = NULL, source = NULL WHERE code = 'X'").await;
        db.outside("DELETE FROM station WHERE code = 'Y'").await;
        let station = all(&store, "station").await.remove(0);
        assert_eq!((station.version, station.source.as_str()), (3, "edit"));
        assert!(chrono::DateTime::parse_from_rfc3339(&station.updated_at).is_ok(), "{}", station.updated_at);
        let told = [(1, Insert), (2, Insert), (3, Insert), (1, Update), (1, Update), (2, Delete)];
        assert_eq!(log(&store, 0).await, told.map(|(id, op)| ("station".to_owned(), id, op)));
        // The writer that saw version 1 has lost.
        let late = update("station", station.id, Some(1), self::station("late", json!({})));
        assert!(store.write(batch(vec![late])).await.is_err());

        let seq = store.last_seq().await.expect("the log");
        db.outside("UPDATE station SET id = 77 WHERE id = 3").await;
        let mut told = log(&store, seq).await;
        told.sort_by_key(|(_, id, _)| *id);
        assert_eq!(told, [(3, Delete), (77, Update)].map(|(id, op)| ("station".to_owned(), id, op)));
        // A number that an outside tool chose is not given again.
        let next = store.write(batch(vec![insert("station", vec![self::station("n", json!({}))])])).await;
        assert_eq!(next.expect("written").inserted[0].0, 78);
        store.close().await;
    }
}

#[tokio::test]
async fn a_row_without_system_values_is_still_a_feature() {
    for db in databases().await {
        let store = db.open().await;
        let at = point(&db);
        let sql = format!("INSERT INTO station (geom, source, version, updated_at) VALUES ({at}, NULL, NULL, NULL)");
        db.outside(&sql).await;
        let station = all(&store, "station").await.remove(0);
        assert_eq!((station.version, station.source.as_str()), (1, "edit"));
        let again = update("station", station.id, Some(1), self::station("a", json!({})));
        store.write(batch(vec![again])).await.expect("the version fits");
        let clear = Op::Clear { layer: ident("station"), source: Some("import".into()) };
        assert_eq!(store.write(batch(vec![clear])).await.expect("cleared").deleted, 1);
        store.close().await;
    }
}

#[tokio::test]
async fn bad_rows_are_set_aside_with_a_reason_and_the_good_ones_stay() {
    for db in databases().await {
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("good", json!({}))])])).await.expect("written");
        let bad: &[(&str, &str)] = match db.file() {
            Some(_) => &[
                ("geom = NULL", "geom is empty"),
                ("geom = 'POINT(1 2)'", "geom is not a geometry"),
                ("geom = x'00'", "GeoPackage geometry header"),
                ("geom = x'47500001E6100000010200000001000000'", "ends too early"),
                ("geom = x'47500001000000000101000000000000000000F03F0000000000000040'", "EPSG:4326"),
                ("extra = '['", "extra is not JSON"),
                ("extra = '[]'", "extra is not a JSON object"),
                ("name = x'ff'", "name is not a text"),
                ("services = 'barber'", "services is not a JSON list"),
                ("code = cast(x'ff' as text)", "utf-8"),
            ],
            None => &[
                ("geom = NULL", "geom is empty"),
                ("geom = ST_GeomFromText('POINT EMPTY', 4326)", "empty"),
                ("geom = ST_GeomFromText('LINESTRING(1 2, 3 4)', 4326)", "in a layer of points"),
                ("geom = ST_GeomFromText('CIRCULARSTRING(0 0, 1 1, 2 0)', 4326)", "geometry type"),
                ("geom = ST_SetSRID(ST_MakePoint(29, 116), 4326)", "longitude and latitude"),
                ("extra = '[]'", "extra is not a JSON object"),
                ("services = '{}'", "services is not a JSON list"),
            ],
        };
        for (i, (set, _)) in bad.iter().enumerate() {
            let id = 100 + i;
            db.outside(&format!("INSERT INTO station (id, geom) VALUES ({id}, {})", point(&db))).await;
            db.outside(&format!("UPDATE station SET {set} WHERE id = {id}")).await;
        }
        let loaded = store.load_layer(&entry(&store, "station").await).await.expect("the layer loads");
        assert_eq!(loaded.features.len(), 1);
        assert_eq!(loaded.set_aside.len(), bad.len(), "{:?}", loaded.set_aside);
        for (aside, (set, reason)) in loaded.set_aside.iter().zip(bad) {
            assert!(aside.reason.contains(reason), "{set}: {}", aside.reason);
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_broken_layer_descriptor_is_left_out() {
    for db in databases().await {
        let store = db.open().await;
        db.outside("INSERT INTO layer (id, descriptor) VALUES ('bad', '{}'), ('meta', '[1]')").await;
        let catalogue = store.catalogue().await.expect("the catalogue");
        assert!(catalogue.get("bad").is_none() && catalogue.get("grid").is_some());
        assert_eq!(log(&store, 0).await.len(), 2);
        store.close().await;
        db.open().await.close().await;
    }
}
