//! Every wrong parameter is refused by name.

use super::town;
use serde_json::Value;

/// Address, status, and the fields that must be named.
const WRONG: &[(&str, u16, &[&str])] = &[
    // A position.
    ("/api/locate", 400, &["lon", "lat"]),
    ("/api/locate?lon=116", 400, &["lat"]),
    ("/api/locate?lon=&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=abc&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=NaN&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=inf&lat=-inf", 400, &["lon", "lat"]),
    ("/api/locate?lon=1e400&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=181&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=29.4&lat=116", 400, &["lat"]),
    ("/api/locate?lon=116&lat=-91", 400, &["lat"]),
    ("/api/locate?lon=116&lon=116&lat=29.4", 400, &["lon"]),
    ("/api/locate?lon=116&lat=29.4&colour=red", 400, &["colour"]),
    ("/api/locate?lon=%00&lat=%ff", 400, &["lon", "lat"]),
    // Life circle.
    ("/api/life-circle?lat=29.4", 400, &["lon"]),
    ("/api/life-circle?lon=29.4&lat=116", 400, &["lat"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=0", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=61", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=5,,10", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=5.5", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=-5", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=NaN", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=1,2,3,4,5,6,7", 400, &["minutes"]),
    ("/api/life-circle?lon=116&lat=29.4&profile=cyclist", 400, &["profile"]),
    ("/api/life-circle?lon=116&lat=29.4&direction=up", 400, &["direction"]),
    ("/api/life-circle?lon=116&lat=29.4&minute=5", 400, &["minute"]),
    ("/api/life-circle?lon=116&lat=29.4&minutes=5&metres=300", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&metres=49", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&metres=5001", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&metres=300,", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&metres=300.5", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&metres=50,60,70,80,90,100,110", 400, &["metres"]),
    ("/api/life-circle?lon=116&lat=29.4&speed_m_s=0.1", 400, &["speed_m_s"]),
    ("/api/life-circle?lon=116&lat=29.4&speed_m_s=3.01", 400, &["speed_m_s"]),
    ("/api/life-circle?lon=116&lat=29.4&speed_m_s=NaN", 400, &["speed_m_s"]),
    ("/api/life-circle?lon=116&lat=29.4&format=points", 400, &["format"]),
    ("/api/life-circle?lon=116&lat=29.4&format=", 400, &["format"]),
    ("/api/life-circle?lon=116.1&lat=29.4", 422, &[]),
    ("/api/life-circle?lon=116.1&lat=29.4&format=edges", 422, &[]),
    // Why inside or outside.
    ("/api/life-circle/explain?lon=116&lat=29.4", 400, &["to"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116", 400, &["to"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=29.4,116", 400, &["to"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.4&minutes=5,10", 400, &["minutes"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.4&metres=300,500", 400, &["metres"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.4&metres=300&minutes=5", 400, &["metres"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.4&speed_m_s=9", 400, &["speed_m_s"]),
    ("/api/life-circle/explain?lon=116&lat=29.4&to=116,29.4&x=1", 400, &["x"]),
    // Nearest.
    ("/api/nearest?lon=116&lat=29.4", 400, &["category"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&layer=station", 400, &["category"]),
    ("/api/nearest?lon=116&lat=29.4&category=", 400, &["category"]),
    ("/api/nearest?lon=116&lat=29.4&category=casino", 400, &["category"]),
    ("/api/nearest?lon=116&lat=29.4&layer=casino", 400, &["layer"]),
    ("/api/nearest?lon=116&lat=29.4&layer=x%22%3B--", 400, &["layer"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&limit=0", 400, &["limit"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&limit=101", 400, &["limit"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&limit=99999999999999", 400, &["limit"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&limit=two", 400, &["limit"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&by=car", 400, &["by"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&max_minutes=0", 400, &["max_minutes"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&max_minutes=121", 400, &["max_minutes"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&by=line&max_minutes=5", 400, &["max_minutes"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&open_at=later", 400, &["open_at"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&open_at=2026-11-22", 400, &["open_at"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&service=", 400, &["service"]),
    ("/api/nearest?lon=116&lat=29.4&category=station&profile=", 400, &["profile"]),
    (
        "/api/nearest?lon=x&lat=y&category=z&limit=0&by=b&profile=p",
        400,
        &["lon", "lat", "category", "limit", "by", "profile"],
    ),
    ("/api/nearest?lon=116.1&lat=29.4&category=station", 422, &[]),
    // Walk.
    ("/api/walk", 400, &["from", "to"]),
    ("/api/walk?from=116,29.4&to=116", 400, &["to"]),
    ("/api/walk?from=116,29.4&to=a,b", 400, &["to"]),
    ("/api/walk?from=29.4,116&to=116,29.4", 400, &["from"]),
    ("/api/walk?from=116,29.4,1&to=116,29.4", 400, &["from"]),
    ("/api/walk?from=116,29.4&to=116.001,29.4&profile=cyclist", 400, &["profile"]),
    ("/api/walk?from=116,29.4&to=116.001,29.4&lang=fr", 400, &["lang"]),
    ("/api/walk?from=116,29.4&to=116.001,29.4&speed_m_s=0", 400, &["speed_m_s"]),
    ("/api/walk?from=116,29.4&to=116.1,29.4", 422, &[]),
    // Search.
    ("/api/search", 400, &["q"]),
    ("/api/search?q=", 400, &["q"]),
    ("/api/search?q=%20%20", 400, &["q"]),
    ("/api/search?q=a&limit=0", 400, &["limit"]),
    ("/api/search?q=a&limit=-1", 400, &["limit"]),
    ("/api/search?q=a&near=116", 400, &["near"]),
    ("/api/search?q=a&near=NaN,29.4", 400, &["near"]),
    ("/api/search?q=a%00b", 400, &["q"]),
    // Features.
    ("/api/collections/casino", 404, &[]),
    ("/api/collections/casino/items", 404, &[]),
    ("/api/collections/grid?x=1", 400, &["x"]),
    ("/api/collections/grid/items?limit=0", 400, &["limit"]),
    ("/api/collections/grid/items?limit=10001", 400, &["limit"]),
    ("/api/collections/grid/items?offset=-1", 400, &["offset"]),
    ("/api/collections/grid/items?bbox=1,2,3", 400, &["bbox"]),
    ("/api/collections/grid/items?bbox=116,30,117,29", 400, &["bbox"]),
    ("/api/collections/grid/items?bbox=nan,1,2,3", 400, &["bbox"]),
    ("/api/collections/grid/items?bbox=", 400, &["bbox"]),
    ("/api/collections/grid/items?crs=EPSG:3857", 400, &["crs"]),
    ("/api/collections/grid/items?datetime=2026-01-01T00:00:00Z", 400, &["datetime"]),
    ("/api/collections/grid/items?filter=code%3D1", 400, &["filter"]),
    ("/api/collections/grid/items?households=many", 400, &["households"]),
    ("/api/collections/grid/items?contact=13800000000", 400, &["contact"]),
    ("/api/collections/grid/items/0", 404, &[]),
    ("/api/collections/grid/items/-1", 404, &[]),
    ("/api/collections/grid/items/one", 404, &[]),
    ("/api/collections/grid/items/99999999999999999999", 404, &[]),
    ("/api/collections/grid/items/%ff", 404, &[]),
    // Tiles.
    ("/api/tiles/casino", 400, &["layers"]),
    ("/api/tiles/grid,", 400, &["layers"]),
    ("/api/tiles/grid,grid/14/1/1", 400, &["layers"]),
    ("/api/tiles/grid/23/0/0", 400, &["z"]),
    ("/api/tiles/grid/-1/0/0", 400, &["z"]),
    ("/api/tiles/grid/1/2/2", 400, &["x", "y"]),
    ("/api/tiles/grid/a/b/c", 400, &["z", "x", "y"]),
    ("/api/tiles/grid/1/0/0?x=1", 400, &["x"]),
    ("/api/tiles/grid/1/0", 404, &[]),
    ("/api/style?lang=fr", 400, &["lang"]),
    // Elsewhere.
    ("/api/place?x=1", 400, &["x"]),
    ("/api/categories?x=1", 400, &["x"]),
    ("/api/profiles?x=1", 400, &["x"]),
    ("/api/collections?x=1", 400, &["x"]),
    ("/api/changes?x=1", 400, &["x"]),
    ("/api/nothing", 404, &[]),
    ("/api/", 404, &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_parameter_is_refused_by_name() {
    let (server, _database) = town().await;
    for (path, status, fields) in WRONG {
        let answer = server.get(path).await;
        assert_eq!(answer.status(), *status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["status"], *status, "{path}");
        assert!(problem["type"].is_string() && problem["title"].is_string(), "{path}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|d| !d.is_empty()), "{path}: {problem}");
        let named: Vec<&str> =
            problem["errors"].as_array().into_iter().flatten().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!(&named, fields, "{path}: {problem}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_coordinates_are_called_swapped() {
    let (server, _database) = town().await;
    for path in ["/api/locate?lon=29.4&lat=116", "/api/walk?from=29.4,116&to=116,29.4"] {
        let problem: Value = server.get(path).await.json().await.expect("JSON");
        assert!(problem["detail"].as_str().is_some_and(|d| d.contains("swapped")), "{problem}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_off_the_network_is_told_how_far_it_is() {
    let (server, _database) = town().await;
    let answer = server.get("/api/life-circle?lon=116&lat=29.402").await;
    assert_eq!(answer.status(), 422);
    let problem: Value = answer.json().await.expect("JSON");
    assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("outside-network")), "{problem}");
    let distance = problem["distance_m"].as_f64().expect("a distance");
    assert!((distance - 221.7).abs() < 1.0, "{distance}");
    server.stop().await;
}
