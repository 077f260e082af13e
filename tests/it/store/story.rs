//! The same story on both databases.

use super::make::*;
use crate::harness::databases;
use geo::{Geometry, LineString, MultiPoint, Point};
use serde_json::json;
use wangge::atlas::Operation::{Delete, Insert, Update};
use wangge::atlas::{Catalogue, FeatureId};
use wangge::store::{Batch, NetworkArtefact, Op, StoreError, WriteError};

#[tokio::test]
async fn a_new_database_holds_every_built_in_layer_and_nothing_in_it() {
    for db in databases().await {
        let store = db.open().await;
        let catalogue = store.catalogue().await.expect("the catalogue");
        assert_eq!(catalogue, Catalogue::built_in().expect("built-in"));
        for entry in catalogue.iter() {
            let loaded = store.load_layer(entry).await.expect("every layer loads");
            assert!(loaded.features.is_empty() && loaded.set_aside.is_empty());
        }
        assert_eq!(store.last_seq().await.expect("the log"), 0);
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    for db in databases().await {
        let store = db.open().await;
        let properties =
            json!({"code": "S1", "name": "驿站'一\"", "colour": "不在表里", "deep": {"a": [1, null, "x"]}});
        let mut one = new(Point::new(116.05, 29.45).into(), object(properties));
        one.reference = Some("node/17".into());
        let workers = json!([{"name": "王", "role": "grid_worker"}]);
        let properties = json!({"code": "360483100001001", "name": "一", "households": 312, "workers": workers});
        let grid = new(square(116.0, 29.4), object(properties));
        let ops = vec![insert("station", vec![one.clone()]), insert("grid", vec![grid.clone()])];
        let written = store.write(batch(ops)).await.expect("written");
        assert_eq!(written.inserted, [FeatureId(1), FeatureId(1)]);
        assert_eq!(written.seq, store.last_seq().await.expect("the log"));

        let station = all(&store, "station").await.remove(0);
        assert_eq!((station.id, station.version, station.source.as_str()), (FeatureId(1), 1, "import"));
        assert_eq!(station.properties, one.properties);
        assert_eq!(station.reference.as_deref(), Some("node/17"));
        assert_eq!(station.geometry, one.geometry);
        assert!(chrono::DateTime::parse_from_rfc3339(&station.updated_at).is_ok(), "{}", station.updated_at);
        let stored = all(&store, "grid").await.remove(0);
        assert_eq!((stored.properties, stored.geometry), (grid.properties, grid.geometry));
        assert_eq!(stored.bbox.array(), [116.0, 29.4, 116.01, 29.41]);
        store.close().await;
    }
}

#[tokio::test]
async fn features_are_updated_deleted_and_cleared_and_the_log_tells_it_in_order() {
    for db in databases().await {
        let store = db.open().await;
        let three = ["a", "b", "c"].map(|c| station(c, json!({}))).to_vec();
        let ids = store.write(batch(vec![insert("station", three)])).await.expect("written").inserted;
        assert_eq!(ids, [1, 2, 3].map(FeatureId));
        let mut moved = station("b2", json!({"more": 1}));
        moved.geometry = Point::new(116.1, 29.5).into();
        let ops = vec![update("station", ids[1], Some(1), moved.clone()), delete("station", ids[0], None)];
        let written = store.write(batch(ops)).await.expect("written");
        assert_eq!((written.updated, written.deleted, written.inserted.len()), (1, 1, 0));

        let left = all(&store, "station").await;
        assert_eq!(left.iter().map(|f| (f.id.0, f.version)).collect::<Vec<_>>(), [(2, 2), (3, 1)]);
        assert_eq!((&left[0].properties, &left[0].geometry), (&moved.properties, &moved.geometry));
        let some = store.load_features(&entry(&store, "station").await, &[ids[2], ids[0]]).await.expect("loads");
        assert_eq!(some.features.iter().map(|f| f.id).collect::<Vec<_>>(), [ids[2]]);

        let mut drawn = station("d", json!({}));
        drawn.source = "edit".into();
        store.write(batch(vec![insert("station", vec![drawn])])).await.expect("written");
        let clear = Op::Clear { layer: ident("station"), source: Some("import".into()) };
        assert_eq!(store.write(batch(vec![clear])).await.expect("cleared").deleted, 2);
        let clear = Op::Clear { layer: ident("station"), source: None };
        assert_eq!(store.write(batch(vec![clear])).await.expect("cleared").deleted, 1);
        assert_eq!(all(&store, "station").await, []);

        let told = [
            (1, Insert),
            (2, Insert),
            (3, Insert),
            (2, Update),
            (1, Delete),
            (4, Insert),
            (2, Delete),
            (3, Delete),
            (4, Delete),
        ];
        assert_eq!(log(&store, 0).await, told.map(|(id, op)| ("station".to_owned(), id, op)));
        assert_eq!(log(&store, 7).await.len(), 2);
        // A number is never given twice.
        let again = store.write(batch(vec![insert("station", vec![station("e", json!({}))])])).await.expect("written");
        assert_eq!(again.inserted, [FeatureId(5)]);
        store.close().await;
    }
}

#[tokio::test]
async fn a_lost_update_is_refused_and_names_both_versions() {
    for db in databases().await {
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("a", json!({}))])])).await.expect("written");
        let id = FeatureId(1);
        store.write(batch(vec![update("station", id, Some(1), station("b", json!({})))])).await.expect("written");
        for op in [update("station", id, Some(1), station("c", json!({}))), delete("station", id, Some(1))] {
            match store.write(batch(vec![op])).await {
                Err(WriteError::LostUpdate { layer, id: FeatureId(1), expected: 1, actual: 2 }) => {
                    assert_eq!(layer.as_str(), "station");
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(all(&store, "station").await[0].properties["code"], "b");
        store.close().await;
    }
}

#[tokio::test]
async fn a_batch_with_one_wrong_operation_writes_nothing() {
    for db in databases().await {
        let store = db.open().await;
        let good = || insert("station", vec![station("a", json!({})), station("b", json!({}))]);
        let wrong = [
            update("station", FeatureId(99), None, station("x", json!({}))),
            update("station", FeatureId(99), Some(1), station("x", json!({}))),
            delete("station", FeatureId(99), None),
            insert("castle", vec![]),
            insert("station", vec![station("c", json!({"name": 7}))]),
            insert("station", vec![station("c", json!({"name": "nul\0"}))]),
            insert("station", vec![station("c", json!({"other": {"k": "nul\0"}}))]),
            insert("grid", vec![new(Point::new(1., 2.).into(), object(json!({})))]),
            insert(
                "grid",
                vec![new(Geometry::Polygon(geo::Polygon::new(LineString(vec![]), vec![])), object(json!({})))],
            ),
            insert("station", vec![new(Point::new(f64::NAN, 2.).into(), object(json!({})))]),
            insert("station", vec![new(Point::new(29.4, 116.).into(), object(json!({})))]),
            insert("station", vec![new(MultiPoint::from(vec![(1., 2.), (3., 4.)]).into(), object(json!({})))]),
        ];
        for op in wrong {
            let meta = vec![("place".to_owned(), json!(1))];
            let ops = vec![good(), op.clone()];
            let error = store.write(Batch { ops, meta, ..Batch::default() }).await.expect_err("refused");
            match (&op, &error) {
                (Op::Insert { layer, .. }, WriteError::UnknownLayer(name)) => assert_eq!(name, layer),
                (Op::Insert { .. }, WriteError::Invalid { index: 2, field, .. }) => {
                    assert!(["geometry", "name", "properties"].contains(&field.as_str()), "{error}");
                }
                (_, WriteError::NotFound { id: FeatureId(99), .. }) => {}
                _ => panic!("{op:?}: {error}"),
            }
        }
        assert_eq!((all(&store, "station").await, log(&store, 0).await), (vec![], vec![]));
        assert_eq!(store.meta("place").await.expect("readable"), None);
        store.close().await;
    }
}

#[tokio::test]
async fn the_network_and_settings_are_kept_and_logged() {
    for db in databases().await {
        let store = db.open().await;
        assert_eq!(store.network().await.expect("readable"), None);
        let artefact = |n: u8| NetworkArtefact {
            bytes: (0..100_000u32).map(|i| (i % 251) as u8 ^ n).collect(),
            source: format!("demo:{n}"),
            built_at: "2026-11-22T08:00:00+08:00".into(),
        };
        for n in [1, 2] {
            let meta = vec![("place".to_owned(), json!({"key": "nankang", "n": n}))];
            store.write(Batch { network: Some(artefact(n)), meta, ..Batch::default() }).await.expect("written");
        }
        assert_eq!(store.network().await.expect("readable"), Some(artefact(2)));
        assert_eq!(store.meta("place").await.expect("readable"), Some(json!({"key": "nankang", "n": 2})));
        assert_eq!(store.meta("other").await.expect("readable"), None);
        let told: Vec<_> = log(&store, 0).await.into_iter().map(|(layer, _, op)| (layer, op)).collect();
        let expected = [("network", Insert), ("meta", Insert), ("network", Update), ("meta", Update)];
        assert_eq!(told, expected.map(|(l, o)| (l.to_owned(), o)));
        store.close().await;
    }
}

#[tokio::test]
async fn a_layer_is_added_at_run_time_and_grows_a_column() {
    for db in databases().await {
        let store = db.open().await;
        let text = json!({"type": "string"});
        let layer = bench_layer(json!({"material": text}));
        store.put_layer(&layer).await.expect("added");
        store.put_layer(&layer).await.expect("the same again");
        let bench = |p| new(Point::new(116., 29.).into(), object(p));
        let old = bench(json!({"material": "wood", "seats": 3}));
        store.write(batch(vec![insert("bench", vec![old.clone()])])).await.expect("written");

        let wider = bench_layer(json!({"material": text, "seats": {"type": "integer"}}));
        store.put_layer(&wider).await.expect("extended");
        let new = bench(json!({"material": "steel", "seats": 4}));
        store.write(batch(vec![insert("bench", vec![new.clone()])])).await.expect("written");
        let both = all(&store, "bench").await;
        assert_eq!([&both[0].properties, &both[1].properties], [&old.properties, &new.properties]);

        let turned = bench_layer(json!({"material": text, "seats": text}));
        match store.put_layer(&turned).await {
            Err(StoreError::Column { layer, column, .. }) => {
                assert_eq!((layer.as_str(), column.as_str()), ("bench", "seats"))
            }
            other => panic!("{other:?}"),
        }
        let told: Vec<_> = log(&store, 0).await.into_iter().map(|(layer, _, op)| (layer, op)).collect();
        let expected = [("layer", Insert), ("bench", Insert), ("layer", Update), ("bench", Insert)];
        assert_eq!(told, expected.map(|(l, o)| (l.to_owned(), o)));
        store.close().await;

        let store = db.open().await;
        assert_eq!(entry(&store, "bench").await.layer, wider);
        assert_eq!(all(&store, "bench").await, both);
        store.close().await;
    }
}

#[tokio::test]
async fn a_layer_cannot_take_a_name_of_the_database() {
    for db in databases().await {
        let store = db.open().await;
        for name in
            ["change", "meta", "network", "issue", "spatial_ref_sys", "gpkg_contents", "sqlite_master", "pg_class"]
        {
            let mut layer = bench_layer(json!({}));
            layer.id = ident(name);
            assert!(matches!(store.put_layer(&layer).await, Err(StoreError::ReservedLayer(_))), "{name}");
        }
        // SQL's own words are only words.
        for name in ["select", "table", "order", "group", "index"] {
            let mut layer = bench_layer(json!({"where": {"type": "string"}, "from": {"type": "array"}}));
            layer.id = ident(name);
            store.put_layer(&layer).await.expect(name);
            let one = new(Point::new(1., 2.).into(), object(json!({"where": "here", "from": [1]})));
            store.write(batch(vec![insert(name, vec![one.clone()])])).await.expect(name);
            store.write(batch(vec![update(name, FeatureId(1), Some(1), one.clone())])).await.expect(name);
            assert_eq!(all(&store, name).await[0].properties, one.properties);
        }
        store.close().await;
    }
}
