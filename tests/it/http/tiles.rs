//! Tiles over the wire: what an independent reader finds in them, and conditional requests.

use super::town;
use serde_json::json;
use wangge::geometry::{LonLat, TileCoord};

/// Address of the tile with the town's middle.
fn middle(z: u8) -> String {
    let at = LonLat::new(116.0005, 29.4).expect("a position");
    let world = TileCoord::new(0, 0, 0).expect("a tile");
    let (x, y) = world.unit(at.lon(), at.lat());
    let n = f64::from(1u32 << z);
    format!("{z}/{}/{}", (x * n) as u32, (y * n) as u32)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_holds_the_layers_asked_for_with_their_ids() {
    let (server, _database) = town().await;
    let answer = server.get(&format!("/api/tiles/grid,station/{}", middle(14))).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/vnd.mapbox-vector-tile");
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    let reader = mvt_reader::Reader::new(answer.bytes().await.expect("a body").to_vec()).expect("a tile");
    assert_eq!(reader.get_layer_names().expect("names"), ["grid", "station"]);
    let ids: Vec<_> = reader.get_features(0).expect("features").iter().map(|f| f.id).collect();
    assert_eq!(ids, [Some(1), Some(2)]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_tile_has_no_body_and_a_known_one_is_not_sent_again() {
    let (server, _database) = town().await;
    let empty = server.get("/api/tiles/grid/14/0/0").await;
    assert_eq!(empty.status(), 204);
    assert!(empty.bytes().await.expect("a body").is_empty());
    let url = format!("{}/api/tiles/grid/{}", server.base, middle(14));
    let tag = server.client.get(&url).send().await.expect("an answer").headers()["etag"].clone();
    let again = server.client.get(&url).header("if-none-match", tag).send().await.expect("an answer");
    assert_eq!(again.status(), 304);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_are_compressed_when_the_caller_can_read_that() {
    let (server, _database) = town().await;
    let url = format!("{}/api/tiles/grid,building,poi,station,town/{}", server.base, middle(14));
    let packed = server.client.get(&url).header("accept-encoding", "gzip").send().await.expect("an answer");
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_feature_changes_the_tile_and_its_tag() {
    let (server, database) = town().await;
    let path = format!("/api/tiles/grid/{}", middle(14));
    let before = server.get(&path).await.headers()["etag"].clone();
    database.outside("UPDATE grid SET name = '新名' WHERE id = 1").await;
    server.until(async |s| s.get(&path).await.headers()["etag"] != before).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_style_and_the_tilejson_point_back_here() {
    let (server, _database) = town().await;
    let style = server.json("/api/style?lang=en").await;
    assert_eq!(style["version"], 8);
    let here = |url: &serde_json::Value| url.as_str().is_some_and(|u| u.starts_with(&server.base));
    assert!(style["sources"].as_object().expect("sources").values().all(|s| here(&s["tiles"][0])), "{style}");
    let described = server.json("/api/tiles/grid,station").await;
    assert_eq!((&described["tilejson"], &described["vector_layers"][0]["id"]), (&json!("3.0.0"), &json!("grid")));
    assert!(here(&described["tiles"][0]));
    server.stop().await;
}
