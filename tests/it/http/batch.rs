//! Many points at once.

use super::town;
use crate::harness::Server;
use serde_json::{Value, json};

async fn post(server: &Server, kind: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let request = server.client.post(format!("{}/api/locate", server.base)).header("content-type", kind).body(body);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_rows_keep_their_columns_and_a_bad_row_does_not_stop_the_others() {
    let (server, _database) = town().await;
    let body = "\u{feff}name,lon,lat,note\n甲,115.995,29.4,\"a, b\"\n乙,116.005,NaN,\n丙,29.4,116.005,\n丁,116.005,29.4,x,y\n戊,116.005\n己,116.005,29.4,\"two\nlines\"\n";
    let (status, text) = post(&server, "text/csv; charset=utf-8", body).await;
    assert_eq!(status, 200, "{text}");
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> = rows.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(names[..4], ["name", "lon", "lat", "note"]);
    let column = |name: &str| names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name}"));
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), 6);
    assert_eq!((&rows[0][0], &rows[0][3], &rows[0][column("grid_name")]), ("甲", "a, b", "第一网格"));
    assert_eq!((&rows[0][column("town_code")], &rows[0][column("workers")]), ("360483100", "张三"));
    assert!(rows[1][column("error")].contains("lat"), "{:?}", rows[1]);
    assert!(rows[2][column("error")].contains("swapped"), "{:?}", rows[2]);
    assert!(rows[3].iter().next_back().is_some_and(|e| e.contains("5 fields")), "{:?}", rows[3]);
    assert!(rows[4][column("error")].contains("lat"), "{:?}", rows[4]);
    assert_eq!((&rows[5][3], &rows[5][column("grid_name")], &rows[5][column("error")]), ("two\nlines", "第二网格", ""));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_rows_carry_the_answer_or_the_fault() {
    let (server, _database) = town().await;
    let body = "{\"lon\":115.995,\"lat\":29.4,\"n\":1}\n\nnonsense\n[1]\n{\"lon\":\"116.005\",\"lat\":\"29.4\"}\n{\"lat\":1}\n{\"lon\":116,\"lat\":95}";
    let (status, text) = post(&server, "application/x-ndjson", body).await;
    assert_eq!(status, 200, "{text}");
    let rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!((&rows[0]["n"], &rows[0]["areas"][1]["name"]), (&json!(1), &json!("第一网格")));
    assert_eq!(rows[3]["areas"][1]["name"], "第二网格");
    for bad in [1, 2, 4, 5] {
        assert!(rows[bad]["error"].is_string(), "{}", rows[bad]);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_positions_is_refused_by_column() {
    let (server, _database) = town().await;
    let (status, text) = post(&server, "text/csv", "name,x\n甲,1\n").await;
    assert_eq!(status, 400, "{text}");
    let problem: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&problem["errors"][0]["field"], &problem["errors"][1]["field"]), (&json!("lon"), &json!("lat")));
    assert_eq!(post(&server, "text/csv", "").await.0, 400);
    assert_eq!(post(&server, "application/json", "[]").await.0, 415);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_stream_through() {
    let (server, _database) = town().await;
    let rows = (0..100_000).map(|i| format!("{i},{},29.4\n", 115.99 + f64::from(i) * 2e-7));
    let body: String = std::iter::once("id,lon,lat\n".to_owned()).chain(rows).collect();
    let (status, text) = post(&server, "text/csv", body).await;
    assert_eq!((status, text.lines().count()), (200, 100_001));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_that_is_never_closed_ends_the_answer_with_its_reason() {
    let (server, _database) = town().await;
    let body = format!("lon,lat\n115.995,29.4\n\"{}", "x".repeat(4 << 20));
    let request =
        server.client.post(format!("{}/api/locate", server.base)).header("content-type", "text/csv").body(body);
    let mut answer = request.send().await.expect("an answer");
    let mut text = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        text.extend_from_slice(&piece);
    }
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("第一网格") && text.contains("longer than"), "{text}");
    server.stop().await;
}
