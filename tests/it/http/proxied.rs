//! Behind a reverse proxy and under a sub-path every address that the service writes is one that
//! the caller can use; and who is no trusted proxy is not believed.

use super::town::fill;
use crate::harness::{Database, Server, proxy};
use serde_json::Value;
use wangge::config::Settings;

const OUTSIDE: &str = "https://map.example.cn/grid";

async fn town(trusted: &str) -> (Server, Database) {
    let database = Database::geopackage();
    let store = database.open().await;
    fill(&store).await;
    let trusted = trusted.split(',').filter(|t| !t.is_empty()).map(|t| t.parse().expect("a network")).collect();
    (Server::start_with(store, Settings { trusted_proxies: trusted, ..Settings::default() }).await, database)
}

/// Every text below a value that looks like an address of the service.
fn addresses(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("://") || text.starts_with("/api") => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|v| addresses(v, found)),
        Value::Object(map) => map.values().for_each(|v| addresses(v, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_through_the_proxy_and_its_sub_path() {
    let (server, _database) = town("127.0.0.0/8").await;
    let proxy = proxy::Proxy::start(server.base.clone(), "/grid").await;
    let get = async |path: &str| server.client.get(format!("{}{path}", proxy.base)).send().await.expect("an answer");
    for path in ["/api", "/api/collections", "/api/collections/station", "/api/collections/station/items", "/api/style"]
    {
        let document: Value = get(path).await.json().await.expect("JSON");
        let mut all = Vec::new();
        addresses(&document, &mut all);
        let foreign = ["http://www.opengis.net", "https://json-schema.org", "https://www.openstreetmap.org"];
        all.retain(|a| !foreign.iter().any(|f| a.starts_with(f)));
        assert!(!all.is_empty(), "{path}");
        for address in all {
            assert!(address.starts_with(OUTSIDE), "{path}: {address}");
            // It leads somewhere, when asked where the caller is.
            let below = address.strip_prefix(OUTSIDE).expect("below").replace("{z}/{x}/{y}", "0/0/0");
            assert!(get(&below).await.status().is_success(), "{address}");
        }
    }
    let tiles: Value = get("/api/tiles/station").await.json().await.expect("JSON");
    assert_eq!(tiles["tiles"][0], format!("{OUTSIDE}/api/tiles/station/{{z}}/{{x}}/{{y}}"));
    let api: Value = get("/api/openapi.json").await.json().await.expect("JSON");
    assert_eq!(api["servers"][0]["url"], OUTSIDE);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_files_are_found_under_the_sub_path() {
    let (server, _database) = town("127.0.0.0/8").await;
    let proxy = proxy::Proxy::start(server.base.clone(), "/grid").await;
    for path in ["/", "/any/where"] {
        let answer = server.client.get(format!("{}{path}", proxy.base)).send().await.expect("an answer");
        let page = answer.text().await.expect("text");
        if page.contains("not built") {
            return server.stop().await;
        }
        assert!(page.contains("name=\"base\" content=\"/grid/\"") && !page.contains("=\"./"), "{page}");
        let files = page.split('"').filter_map(|t| t.strip_prefix("/grid/")).filter(|t| !t.is_empty());
        for file in files {
            let file = format!("{}/{file}", proxy.base);
            assert_eq!(server.client.get(&file).send().await.expect("an answer").status(), 200, "{file}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_trusted_proxy_is_not_believed() {
    let (server, _database) = town("10.0.0.0/8").await;
    let proxy = proxy::Proxy::start(server.base.clone(), "/grid").await;
    let landing: Value =
        server.client.get(format!("{}/api", proxy.base)).send().await.expect("an answer").json().await.expect("JSON");
    let link = landing["links"][0]["href"].as_str().expect("a link");
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    server.stop().await;
}
