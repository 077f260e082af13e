//! A day of a real city's reports, in its real districts, taken in as an operator would. The data are
//! not part of the project: without them the test says so and does nothing.

use super::commands::{out, wangge};
use crate::harness::Database;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use wangge::dispatch::{CaseNumber, Level};
use wangge::store::Batch;

/// Where the sample lies beside the project.
fn sample(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    path.exists().then_some(path)
}

/// `04 QUEENS` is district 404; `0 Unspecified` is none.
fn district(board: &str) -> Option<String> {
    let (number, borough) = board.split_once(' ')?;
    let boroughs = ["MANHATTAN", "BRONX", "BROOKLYN", "QUEENS", "STATEN ISLAND"];
    let borough = boroughs.iter().position(|name| *name == borough)? + 1;
    Some(format!("{borough}{:02}", number.parse::<u32>().ok()?))
}

/// The districts under their codes. Parks and airports have code 0 and their number in the name.
fn coded(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).expect("the districts");
    let mut all: Value = serde_json::from_str(&text).expect("JSON");
    for feature in all["features"].as_array_mut().expect("features") {
        let (own, name) = (&feature["properties"], feature["properties"]["GEONAME"].as_str().expect("a name"));
        let number = || name.rsplit_once("(CD").and_then(|(_, rest)| rest.strip_suffix(')')).expect("a number");
        let borough = own["BOROUGH"].as_str().expect("a borough").to_uppercase();
        let code = match own["GEOCODE"].as_u64().expect("a code") {
            0 => district(&format!("{} {borough}", number())).expect("a district"),
            code => code.to_string(),
        };
        feature["properties"] = json!({"code": code, "name": name});
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn real_reports_land_in_their_real_districts() {
    let (Some(areas), Some(reports)) =
        (sample("areas/nyc-community-districts.geojson"), sample("issues/nyc311_2023-12-08_1000.csv"))
    else {
        eprintln!("\n!!! the sample of a real city is SKIPPED: ../shared/data is not there\n");
        return;
    };
    let database = Database::geopackage();
    let store = database.open().await;
    let place = json!({"key": "nyc", "timezone": "America/New_York", "centre": [-73.97, 40.7], "zoom": 10.0});
    store.write(Batch { meta: vec![("place".into(), place)], ..Batch::default() }).await.expect("written");
    store.close().await;
    let text = |path: &Path| path.to_str().expect("text").to_owned();
    let named = database.file().expect("a file").with_file_name("areas.geojson");
    std::fs::write(&named, coded(&areas).to_string()).expect("written");
    let (areas, reports) = (text(&named), text(&reports));
    out(&wangge(&database, &["import", "layer", "grid", &areas], None));
    let words = database.file().expect("a file").with_file_name("words.csv");
    std::fs::write(&words, "HEAT/HOT WATER,pipe_burst\nIllegal Parking,blocked_way\nDirty Condition,dirty_road\n")
        .expect("written");
    let import = [
        "import",
        "issues",
        &reports,
        "--map",
        "number=unique_key",
        "--map",
        "category=complaint_type",
        "--map",
        "description=descriptor",
        "--map",
        "address=incident_address",
        "--map",
        "reported_at=created_date",
        "--categories",
        words.to_str().expect("text"),
        "--category",
        "noise",
    ];
    let refused = wangge(&database, &import, None);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("13 of 1000 rows cannot be imported"), "{said}");
    let told =
        out(&wangge(&database, &[&import[..], &["--map", "closed_at=closed_date", "--skip-bad"]].concat(), None));
    assert!(told.starts_with("issues: 1000 rows; 987 added ("), "{told}");

    let store = database.open().await;
    let mut rows = csv::Reader::from_path(&reports).expect("a table");
    let head = rows.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|h| h == name).expect("a column");
    let (number, board) = (column("unique_key"), column("community_board"));
    let (mut right, mut wrong) = (0, Vec::new());
    for row in rows.records().map(|row| row.expect("a row")) {
        let Some(wanted) = district(&row[board]) else { continue };
        let Some(stored) = store.issue(&CaseNumber(row[number].to_owned())).await.expect("read") else { continue };
        let found = stored.case.areas.get(&Level::Grid).map(|unit| unit.code.0.clone());
        if found.as_deref() == Some(wanted.as_str()) {
            right += 1
        } else {
            wrong.push((row[number].to_owned(), wanted, found))
        }
    }
    let all = right + wrong.len();
    let share = 100.0 * right as f64 / all as f64;
    eprintln!("{right} of {all} reports lie in their district: {share:.2} %; the others: {wrong:?}");
    assert!(all > 950 && share >= 98.5, "{share} %");
    // Nobody else's: the case is the district's.
    let mine = wangge(&database, &import, None);
    assert!(String::from_utf8_lossy(&mine.stderr).contains("is there already"));
    store.close().await;
}
