//! The import and export commands, run as an operator runs them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wangge::store::{DatabaseUrl, Store};

/// Runs the program on a database of its own.
struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("dir") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).expect("written");
        self.path(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.current_dir(self.dir.path()).args(["--database", "a.gpkg"]).args(args);
        command.output().expect("runs")
    }

    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Exit status 1 and what was said.
    fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8(output.stderr).expect("text")
    }

    fn exported(&self, layer: &str) -> Vec<Value> {
        self.done(&["export", layer, "out.geojson"]);
        let text = std::fs::read_to_string(self.path("out.geojson")).expect("read");
        let value: Value = serde_json::from_str(&text).expect("json");
        value["features"].as_array().expect("features").clone()
    }
}

fn extract(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/osm").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return None;
    }
    Some(path)
}

#[tokio::test]
async fn a_city_is_imported_replaced_and_safe_from_bad_files() {
    let Some(monaco) = extract("monaco.osm.pbf") else { return };
    let desk = Desk::new();
    let monaco = monaco.to_str().expect("path");
    let first = desk.done(&["import", "osm", monaco, "--timezone", "Europe/Monaco"]);
    assert!(first.contains("network") && !first.contains("were replaced"), "{first}");
    let pois = desk.exported("poi");
    assert!(pois.len() > 300, "{}", pois.len());
    desk.done(&[
        "import",
        "layer",
        "station",
        desk.file("s.csv", "name,lon,lat\n站,7.42,43.73\n").to_str().expect("path"),
    ]);

    let again = desk.done(&["import", "osm", monaco]);
    assert!(again.contains("were replaced"), "{again}");
    assert_eq!(desk.exported("poi").len(), pois.len());
    assert_eq!(desk.exported("station").len(), 1, "own features stay");

    for (name, text) in [("a.osm.pbf", "<!DOCTYPE html>"), ("b.osm.pbf", ""), ("c.osm.pbf", "no pbf at all")] {
        let said = desk.refused(&["import", "osm", desk.file(name, text).to_str().expect("path")]);
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let bytes = std::fs::read(monaco).expect("read");
    std::fs::write(desk.path("cut.osm.pbf"), &bytes[..bytes.len() / 2]).expect("written");
    assert!(desk.refused(&["import", "osm", "cut.osm.pbf"]).contains("cut off?"));
    assert_eq!(desk.exported("poi").len(), pois.len(), "a bad file leaves the database as it was");

    let url: DatabaseUrl = desk.path("a.gpkg").to_str().expect("path").parse().expect("url");
    let store = Store::open(&url).await.expect("opens");
    let network = store.network().await.expect("reads").expect("network");
    let network = wangge::walk::Network::decode(&network.bytes).expect("decodes");
    assert!(network.node_count() > 2_000 && network.source() == "monaco.osm.pbf");
    let place = store.meta("place").await.expect("reads").expect("place");
    assert_eq!(place["name"]["en"], "Monaco");
    store.close().await;
}

#[test]
fn a_bad_file_makes_no_database() {
    let desk = Desk::new();
    desk.refused(&["import", "osm", desk.file("a.osm.pbf", "<html>").to_str().expect("path")]);
    desk.refused(&["import", "layer", "grid", desk.file("a.csv", "lon\n1\n").to_str().expect("path")]);
    desk.refused(&["export", "grid", "out.csv"]);
    assert!(!desk.path("a.gpkg").exists() && !desk.path("out.csv").exists());
}

#[test]
fn a_planners_file_is_all_or_nothing_unless_told_otherwise() {
    let desk = Desk::new();
    let rows = "编码,名称,经度,纬度\nS1,东站,116.0,29.4\nS2,,116.0,29.4\nS3,西站,29.4,116.0\n";
    desk.file("s.csv", rows);
    let said = desk.refused(&["import", "layer", "station", "s.csv"]);
    assert!(said.contains("row 3, name: is missing"), "{said}");
    assert!(said.contains("row 4, geometry: ") && said.contains("swapped"), "{said}");
    assert!(said.contains("2 of 3 rows cannot be imported"), "{said}");
    assert!(desk.exported("station").is_empty());
    desk.done(&["import", "layer", "station", "s.csv", "--skip-bad", "--dry-run"]);
    assert!(desk.exported("station").is_empty());
    desk.done(&["import", "layer", "station", "s.csv", "--skip-bad"]);
    let stations = desk.exported("station");
    assert_eq!(stations.len(), 1);
    let id = stations[0]["id"].clone();

    desk.file("new.csv", "code,head\nS1,王\n");
    desk.done(&["import", "layer", "station", "new.csv", "--mode", "upsert"]);
    let stations = desk.exported("station");
    assert_eq!((&stations[0]["id"], &stations[0]["properties"]["head"]), (&id, &"王".into()));
    assert_eq!(stations[0]["properties"]["name"], "东站");

    let gcj = "code,name,lon,lat\nG,门,116.41024449916938,39.91640428150164\n";
    desk.file("gcj.csv", gcj);
    let told = desk.done(&["import", "layer", "station", "gcj.csv", "--mode", "replace", "--datum", "gcj02"]);
    assert!(told.contains("1 deleted"), "{told}");
    let stations = desk.exported("station");
    assert_eq!(stations[0]["geometry"]["coordinates"], serde_json::json!([116.404, 39.915]));
}

#[test]
fn wrong_usage_is_exit_status_two() {
    let desk = Desk::new();
    for args in [
        &["import", "layer", "grid", "a.csv", "--crs", "EPSG:3857"][..],
        &["import", "layer", "grid", "a.csv", "--map", "nonsense"],
        &["import", "layer", "grid", "a.csv", "--datum", "beijing54"],
        &["import", "osm", "a.osm.pbf", "--timezone", "Mars/Olympus"],
        &["export", "grid"],
    ] {
        assert_eq!(desk.run(args).status.code(), Some(2), "{args:?}");
    }
}
