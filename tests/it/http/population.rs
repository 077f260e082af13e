//! `wangge import population`, as an operator runs it: a small table, and real cells over a real city.

use super::commands::{out, wangge};
use super::town::{self, feature, insert, rectangle};
use crate::harness::Database;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use wangge::atlas::Feature;
use wangge::store::{Batch, Store};

async fn buildings(store: &Store) -> Vec<Feature> {
    let catalogue = store.catalogue().await.expect("read");
    store.load_layer(catalogue.get("building").expect("a layer")).await.expect("read").features
}

fn households(all: &[Feature]) -> Vec<(Value, bool)> {
    let one = |f: &Feature| {
        let estimated = f.properties.get("households_estimated") == Some(&json!(true));
        (f.properties.get("households").cloned().unwrap_or_default(), estimated)
    };
    all.iter().map(one).collect()
}

/// The town with two houses more that nobody counted, one of them with three floors, beside the one
/// of 12 households.
async fn database() -> (Database, PathBuf) {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    let house =
        |west: f64, floors: u32| feature(rectangle(west, 29.4002, west + 0.0001, 29.4003), json!({"floors": floors}));
    let op = insert("building", vec![house(116.0011, 1), house(116.0013, 3)]);
    store.write(Batch { ops: vec![op], ..Batch::default() }).await.expect("written");
    store.close().await;
    let file = database.file().expect("a file").with_file_name("cells.csv");
    (database, file)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_cells_become_households_of_uncounted_buildings() {
    let (database, file) = database().await;
    let run = |more: &[&str]| out(&wangge(&database, &[&["import", "population", text(&file)], more].concat(), None));
    // 12 counted households of 2 people; 80 others in houses with 1 : 3 of the floor space.
    std::fs::write(&file, "lng,lat,POP_2015\n116.0011,29.4003,104\n").expect("written");
    let dry = run(&["--people-per-household", "2", "--dry-run"]);
    assert!(dry.contains("40 households estimated in 2 buildings, 2 of them would be changed"), "{dry}");
    let store = database.open().await;
    let counted = (json!(12), false);
    assert_eq!(households(&buildings(&store).await), [counted.clone(), (Value::Null, false), (Value::Null, false)]);
    let said = run(&["--people-per-household", "2"]);
    assert!(said.contains("people: 80 spread, 24 in buildings that were counted, 0 in cells without"), "{said}");
    assert_eq!(households(&buildings(&store).await), [counted.clone(), (json!(10), true), (json!(30), true)]);
    assert!(run(&["--people-per-household", "2"]).contains("0 of them changed"), "the same again is no edit");
    // Estimates give way to the next ones, also under other names; the count stays.
    std::fs::write(&file, "e;n;inhabitants\n116.0011;29.4003;34\n").expect("written");
    run(&["--people-per-household", "2.5", "--lon", "e", "--lat", "n", "--people", "inhabitants"]);
    assert_eq!(households(&buildings(&store).await), [counted, (json!(1), true), (json!(1), true)]);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_table_changes_nothing_and_says_why() {
    let (database, file) = database().await;
    for (table, arguments, says) in [
        (
            "lon,lat,pop\n116.0011,29.4003,9\n116.0021,29.4003,x\n",
            &[][..],
            "row 3, people: \"x\" is not a number of people",
        ),
        ("lon,lat,pop\n29.4003,116.0011,9\n", &[], "row 2, position: "),
        ("lon,lat,pop\n116.0011,29.4003,9\n", &["--people", "n"], "it has no column \"n\""),
        ("lon,lat,n\n116.0011,29.4003,9\n", &[], "--people"),
        ("lon,lat,pop\n117.5,29.4003,9\n", &[], "no building of the map lies in any of the cells"),
        ("lon,lat,pop\n", &[], "it has no rows"),
        ("", &[], "is empty"),
        ("lon,lat,pop\n116.0011,29.4003,9\n", &["--side", "0"], "not a number from 10 to 5000"),
        ("lon,lat,pop\n116.0011,29.4003,9\n", &["--people-per-household", "nan"], "not a number from 1 to 20"),
    ] {
        std::fs::write(&file, table).expect("written");
        let output = wangge(&database, &[&["import", "population", text(&file)], arguments].concat(), None);
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(!output.status.success() && said.contains(says), "{table} {arguments:?}: {said}");
    }
    let store = database.open().await;
    assert!(households(&buildings(&store).await).iter().all(|(_, estimated)| !estimated));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_cells_become_as_many_households_as_they_have_people_for() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let (city, cells) = (data.join("osm/xuzhou.osm.pbf"), data.join("pop/xuzhou.csv"));
    if !city.exists() || !cells.exists() {
        eprintln!("\n!!! the cells of a real city are SKIPPED: ../shared/data is not there\n");
        return;
    }
    let database = Database::geopackage();
    out(&wangge(&database, &["import", "osm", text(&city)], None));
    let run = || out(&wangge(&database, &["import", "population", text(&cells)], None));
    let said = run();
    eprintln!("{said}");
    let number = |after: &str| -> f64 {
        let rest = said.split_once(after).expect("told").1;
        rest.split_whitespace().next().and_then(|n| n.parse().ok()).expect("a number")
    };
    let (households, spread, counted) = (number("cells; "), number("people: "), number("spread, "));
    let (homeless, total) = (number("counted, "), people(&cells));
    assert!((spread + counted + homeless - total).abs() <= 2.0, "{total}");
    assert!(spread > 1000.0 && (households - spread / 2.62).abs() <= 1.0, "{households}");
    assert!(run().contains(", 0 of them changed"));
    let store = database.open().await;
    let kept: u64 = households_of(&buildings(&store).await);
    assert_eq!(kept as f64, households);
    store.close().await;
}

/// Everybody in the file's second column.
fn people(cells: &Path) -> f64 {
    let mut table = csv::Reader::from_path(cells).expect("a table");
    table.records().map(|row| row.expect("a row")[1].parse::<f64>().expect("people")).sum()
}

fn households_of(all: &[Feature]) -> u64 {
    let estimated = all.iter().filter(|f| f.properties.get("households_estimated") == Some(&json!(true)));
    estimated.filter_map(|f| f.properties.get("households")?.as_u64()).sum()
}
