//! Many writers at once, constraints, and how fast it is.

use super::make::*;
use crate::harness::databases;
use geo::Point;
use serde_json::json;
use std::time::Instant;
use wangge::atlas::{FeatureId, NewFeature};
use wangge::store::{Op, Store, WriteError};

/// Counts one up as a careful client does: read, write with the version seen, again when lost.
async fn count_up(store: Store, times: u32) -> u32 {
    let entry = entry(&store, "grid").await;
    let mut lost = 0;
    for _ in 0..times {
        loop {
            let mut grid = store.load_features(&entry, &[FeatureId(1)]).await.expect("loads").features.remove(0);
            let n = grid.properties["households"].as_i64().expect("a number");
            grid.properties["households"] = json!(n + 1);
            let op = update("grid", grid.id, Some(grid.version), new(grid.geometry, grid.properties));
            match store.write(batch(vec![op])).await {
                Ok(_) => break,
                Err(WriteError::LostUpdate { .. }) => lost += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_lose_nothing() {
    for db in databases().await {
        let store = db.open().await;
        let start = new(square(116.0, 29.4), object(json!({"code": "1", "name": "一", "households": 0})));
        store.write(batch(vec![insert("grid", vec![start])])).await.expect("written");
        // Two processes, as far as the database can see, with three writers each.
        let other = db.open().await;
        let writers: Vec<_> = (0..6)
            .map(|i| tokio::spawn(count_up(if i % 2 == 0 { store.clone() } else { other.clone() }, 15)))
            .collect();
        let mut lost = 0;
        for writer in writers {
            lost += writer.await.expect("no writer fails");
        }
        let grid = all(&store, "grid").await.remove(0);
        assert_eq!((grid.properties["households"].as_i64(), grid.version), (Some(90), 91));
        assert_eq!(log(&store, 0).await.len(), 91);
        eprintln!("{}: {lost} writes were tried again", db.url);
        store.close().await;
        other.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_tails_the_log_sees_every_change_once_and_in_order() {
    for db in databases().await {
        let store = db.open().await;
        let other = db.open().await;
        let mut writers = Vec::new();
        for i in 0..4u32 {
            let store = if i % 2 == 0 { store.clone() } else { other.clone() };
            writers.push(tokio::spawn(async move {
                for n in 0..20 {
                    let some = (0..=n % 3).map(|k| station(&format!("{i}-{n}-{k}"), json!({}))).collect();
                    store.write(batch(vec![insert("station", some)])).await.expect("written");
                }
            }));
        }
        let (mut seen, mut last) = (Vec::new(), 0);
        loop {
            let done = writers.iter().all(|w| w.is_finished());
            let news = store.changes_since(last, 7).await.expect("the log");
            if news.is_empty() && done {
                break;
            }
            last = news.last().map_or(last, |c| c.seq);
            seen.extend(news);
        }
        assert!(seen.windows(2).all(|w| w[0].seq < w[1].seq));
        let mut ids: Vec<_> = seen.iter().map(|c| c.id).collect();
        ids.sort();
        let stored: Vec<_> = all(&store, "station").await.iter().map(|f| f.id).collect();
        // 20 batches of 1, 2, 3, 1, 2, 3 … by four writers.
        assert_eq!((ids, stored.len()), (stored.clone(), 4 * 39), "a change was missed");
        store.close().await;
        other.close().await;
    }
}

#[tokio::test]
async fn a_constraint_that_the_owner_added_names_its_field_and_undoes_the_batch() {
    for db in databases().await {
        let store = db.open().await;
        db.outside("CREATE UNIQUE INDEX code ON station (code)").await;
        let ops = vec![
            insert("grid", vec![new(square(1., 2.), object(json!({"code": "1", "name": "一"})))]),
            insert("station", vec![station("a", json!({})), station("a", json!({}))]),
        ];
        match store.write(batch(ops)).await {
            Err(WriteError::Conflict { layer, field, .. }) => {
                assert_eq!((layer.as_str(), field.as_str()), ("station", "code"));
            }
            other => panic!("{other:?}"),
        }
        assert!(all(&store, "grid").await.is_empty() && log(&store, 0).await.is_empty());
        store.close().await;
    }
}

fn many(n: usize, tag: &str) -> Vec<NewFeature> {
    let one = |i: usize| {
        let (x, y) = (116.0 + (i % 300) as f64 * 1e-4, 29.4 + (i / 300) as f64 * 1e-4);
        let properties = json!({"name": format!("{tag} {i}"), "households": i % 40, "levels": i % 30, "extra": tag});
        let mut building = new(square(x, y), object(properties));
        building.reference = Some(format!("way/{i}"));
        building
    };
    (0..n).map(one).collect()
}

#[tokio::test]
async fn fifty_thousand_features_are_written_loaded_and_replaced_in_seconds() {
    for db in databases().await {
        let store = db.open().await;
        let mut told = Vec::new();
        let mut timed = |what: &str, since: Instant| told.push(format!("{what} {} ms", since.elapsed().as_millis()));
        let (first, second) = (many(50_000, "first"), many(50_000, "second"));
        let t = Instant::now();
        let ids = store.write(batch(vec![insert("building", first)])).await.expect("written").inserted;
        timed("insert", t);
        let t = Instant::now();
        assert_eq!(all(&store, "building").await.len(), 50_000);
        timed("load", t);
        let t = Instant::now();
        let ops = ids.iter().zip(many(10_000, "third")).map(|(id, f)| update("building", *id, Some(1), f)).collect();
        assert_eq!(store.write(batch(ops)).await.expect("written").updated, 10_000);
        timed("update of 10,000", t);
        let t = Instant::now();
        let clear = Op::Clear { layer: ident("building"), source: Some("import".into()) };
        let written = store.write(batch(vec![clear, insert("building", second)])).await.expect("replaced");
        assert_eq!((written.deleted, written.inserted.len()), (50_000, 50_000));
        timed("replace", t);
        assert_eq!(written.inserted[0], FeatureId(50_001));
        eprintln!("{}: 50,000 buildings: {}", db.url, told.join(", "));
        store.close().await;
    }
}

#[tokio::test]
async fn a_single_edit_is_acknowledged_in_milliseconds() {
    for db in databases().await {
        let store = db.open().await;
        store.write(batch(vec![insert("station", vec![station("a", json!({}))])])).await.expect("written");
        let t = Instant::now();
        for n in 0..50 {
            let mut moved = station("a", json!({}));
            moved.geometry = Point::new(116.0 + f64::from(n) * 1e-3, 29.4).into();
            store.write(batch(vec![update("station", FeatureId(1), None, moved)])).await.expect("written");
        }
        let each = t.elapsed() / 50;
        eprintln!("{}: a single edit takes {each:?}", db.url);
        assert!(each.as_millis() < 200);
        store.close().await;
    }
}
