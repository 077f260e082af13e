//! OGC API Features: pages, filters, conditions, and what nobody may see.

use super::town;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn layers_are_described_for_a_legend_and_without_private_properties() {
    let (server, _database) = town().await;
    let all = server.json("/api/collections").await;
    let grid = all["collections"].as_array().expect("layers").iter().find(|c| c["id"] == "grid").expect("grid");
    assert_eq!(
        (&grid["title"], &grid["titles"]["en"], &grid["itemType"]),
        (&json!("网格"), &json!("Grid"), &json!("feature"))
    );
    assert_eq!((&grid["count"], &grid["group"]), (&json!(2), &json!("area")));
    assert!(grid["legend"].as_array().is_some_and(|l| !l.is_empty()));
    assert_eq!(grid["extent"]["spatial"]["bbox"], json!([[115.99, 29.395, 116.01, 29.405]]));
    assert!(grid["schema"]["properties"]["code"].is_object() && grid["schema"]["properties"]["contact"].is_null());
    assert_eq!(&server.json("/api/collections/grid").await, grid);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_by_their_links() {
    let (server, _database) = town().await;
    let first = server.json("/api/collections/grid/items?limit=1").await;
    assert_eq!((&first["numberMatched"], &first["numberReturned"]), (&json!(2), &json!(1)));
    assert!(first["timeStamp"].is_string());
    let link = |page: &Value, rel: &str| {
        let links = page["links"].as_array().expect("links");
        links.iter().find(|l| l["rel"] == rel).and_then(|l| l["href"].as_str()).map(str::to_owned)
    };
    assert!(link(&first, "prev").is_none());
    let next = link(&first, "next").expect("a next page");
    let second: Value = server.client.get(next).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((&first["features"][0]["id"], &second["features"][0]["id"]), (&json!(1), &json!(2)));
    assert!(link(&second, "next").is_none() && link(&second, "prev").is_some());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn features_are_filtered_by_box_and_by_equal_properties() {
    let (server, _database) = town().await;
    for (query, names) in [
        ("bbox=116.001,29.3,116.002,29.5", vec!["第二网格"]),
        ("bbox=0,0,1,1", vec![]),
        ("name=第一网格", vec!["第一网格"]),
        ("households=12", vec!["第二网格"]),
        ("code=360483100001001&name=第二网格", vec![]),
        ("limit=1&offset=5", vec![]),
    ] {
        let found = server.json(&format!("/api/collections/grid/items?{query}")).await;
        let found: Vec<&Value> =
            found["features"].as_array().expect("features").iter().map(|f| &f["properties"]["name"]).collect();
        assert_eq!(found, names, "{query}");
    }
    let serving = server.json("/api/collections/station/items?services=代办").await;
    assert_eq!(serving["numberMatched"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_shows_its_source_and_no_private_property() {
    let (server, _database) = town().await;
    let answer = server.get("/api/collections/grid/items/1").await;
    assert_eq!(answer.headers()["content-type"], "application/geo+json");
    let item: Value = answer.json().await.expect("JSON");
    assert_eq!((&item["type"], &item["id"]), (&json!("Feature"), &json!(1)));
    assert_eq!((&item["properties"]["source"], &item["properties"]["synthetic"]), (&json!("demo"), &json!(true)));
    assert!(!item.to_string().contains("13800000000"), "{item}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_feature_is_not_sent_again() {
    let (server, _database) = town().await;
    let url = format!("{}/api/collections/grid/items/1", server.base);
    let answer = server.client.get(&url).send().await.expect("an answer");
    let tag = answer.headers()["etag"].clone();
    for sent in [
        tag.clone(),
        format!("W/{}", tag.to_str().expect("text")).parse().expect("a header"),
        "*".parse().expect("a header"),
    ] {
        let again = server.client.get(&url).header("if-none-match", sent).send().await.expect("an answer");
        assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag));
        assert!(again.bytes().await.expect("a body").is_empty());
    }
    let other = server.client.get(&url).header("if-none-match", "\"0\"").send().await.expect("an answer");
    assert_eq!(other.status(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_not_public_does_not_exist_for_strangers() {
    let database = crate::harness::Database::geopackage();
    let store = database.open().await;
    let mut layer = store.catalogue().await.expect("layers").get("venue").expect("venue").layer.clone();
    layer.id = super::town::ident("secret_place");
    layer.access = wangge::atlas::layer::Access::Members;
    store.put_layer(&layer).await.expect("a layer");
    let server = crate::harness::Server::start(store).await;
    for path in [
        "/api/collections/secret_place",
        "/api/collections/secret_place/items",
        "/api/collections/secret_place/items/1",
    ] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
    for path in
        ["/api/tiles/secret_place", "/api/tiles/secret_place/1/0/0", "/api/nearest?lon=1&lat=1&layer=secret_place"]
    {
        assert_eq!(server.get(path).await.status(), 400, "{path}");
    }
    for path in ["/api/collections", "/api/style", "/api/place", "/api/search?q=secret"] {
        assert!(!server.json(path).await.to_string().contains("secret_place"), "{path}");
    }
    server.stop().await;
}
