//! What holds for every address: methods, headers, the document, and behaviour without a map.

use super::town;
use crate::harness::{Database, Server};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn before_the_map_is_loaded_the_service_lives_but_is_not_ready() {
    let database = Database::geopackage();
    let server = Server::start_unloaded(database.open().await).await;
    assert_eq!(server.get("/healthz").await.status(), 200);
    for path in ["/readyz", "/api/locate?lon=1&lat=1", "/api/collections", "/api/tiles/grid/0/0/0", "/api/changes"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert_eq!(answer.headers()["retry-after"], "1", "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_served() {
    let database = Database::geopackage();
    let server = Server::start(database.open().await).await;
    assert_eq!(server.json("/api/place").await["network"], Value::Null);
    assert_eq!(server.json("/api/locate?lon=116&lat=29").await["areas"], serde_json::json!([]));
    let answer = server.get("/api/life-circle?lon=116&lat=29").await;
    assert_eq!(answer.status(), 422);
    let problem: Value = answer.json().await.expect("JSON");
    assert!(problem["type"].as_str().is_some_and(|t| t.ends_with("no-network")), "{problem}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_service_have_the_same_addresses() {
    let (server, _database) = town().await;
    let document = server.json("/api/openapi.json").await;
    assert!(!document.to_string().contains("\"$ref\":\"http"), "no remote references");
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let url = format!(
            "{}{}",
            server.base,
            path.replace("{layer}", "grid")
                .replace("{layers}", "grid")
                .replace("{id}", "1")
                .replace("{z}/{x}/{y}", "0/0/0")
        );
        // An unknown method makes the router tell which ones there are.
        let answer = server.client.request(Method::TRACE, &url).send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let allowed = answer.headers()["allow"].to_str().expect("text").to_lowercase();
        let allowed: BTreeSet<&str> = allowed.split(',').filter(|m| *m != "head").collect();
        let methods: BTreeSet<&str> = item.as_object().expect("methods").keys().map(String::as_str).collect();
        assert_eq!(allowed, methods, "{path}");
        described.insert(path.clone());
    }
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api",
        "/api/conformance",
        "/api/openapi.json",
        "/api/docs",
        "/api/collections",
        "/api/collections/{layer}",
        "/api/collections/{layer}/items",
        "/api/collections/{layer}/items/{id}",
        "/api/tiles/{layers}",
        "/api/tiles/{layers}/{z}/{x}/{y}",
        "/api/style",
        "/api/locate",
        "/api/nearest",
        "/api/life-circle",
        "/api/life-circle/explain",
        "/api/walk",
        "/api/walk/matrix",
        "/api/search",
        "/api/categories",
        "/api/profiles",
        "/api/changes",
        "/api/place",
        "/api/session",
        "/api/account/password",
        "/api/account/sessions",
        "/api/account/sessions/{id}",
        "/api/account/tokens",
        "/api/account/tokens/{id}",
        "/api/users",
        "/api/users/{name}",
        "/api/users/{name}/grants",
        "/api/users/{name}/grants/{id}",
        "/api/audit",
        "/api/issues",
        "/api/issues/categories",
        "/api/issues/duplicates",
        "/api/issues/board",
        "/api/issues/map",
        "/api/issues/tasks",
        "/api/issues/stream",
        "/api/issues/events",
        "/api/issues/absences",
        "/api/issues/absences/{id}",
        "/api/issues/{number}",
        "/api/issues/{number}/events",
        "/api/issues/{number}/photos/{id}",
        "/api/statistics",
        "/api/planning/coverage",
        "/api/planning/coverage/buildings",
        "/api/planning/coverage/hours",
        "/api/planning/coverage/dependents",
        "/api/planning/coverage/tiles/{z}/{x}/{y}",
        "/api/planning/grid-size",
        "/api/planning/parking",
        "/api/planning/score",
        "/api/planning/siting",
        "/api/planning/missing-links",
        "/api/planning/runs/{id}",
        "/api/planning/runs/{id}/marginal",
        "/api/planning/scenarios",
        "/api/planning/scenarios/{id}",
        "/api/planning/scenarios/{id}/adopt",
        "/api/planning/scenarios/{id}/comparison",
        "/open311/v2/{document}",
        "/open311/v2/services/{document}",
        "/open311/v2/requests/{document}",
        "/open311/v2/tokens/{document}",
    ] {
        assert!(described.remove(path), "{path} is not described");
    }
    assert!(described.is_empty(), "not in the contract: {described:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    let (server, _database) = town().await;
    for path in ["/", "/api", "/api/nothing", "/healthz", "/api/style"] {
        let answer = server.get(path).await;
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(answer.headers().contains_key("referrer-policy"), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_methods_and_forms_are_problems_too() {
    let (server, _database) = town().await;
    for (method, path, accept, status) in [
        (Method::DELETE, "/api/place", "*/*", 405),
        (Method::PUT, "/api/collections/grid/items", "*/*", 405),
        (Method::POST, "/", "*/*", 405),
        (Method::GET, "/api", "image/png", 406),
        (Method::GET, "/api/collections/grid/items", "text/csv", 406),
        (Method::GET, "/api/tiles/grid/0/0/0", "image/png", 406),
        (Method::POST, "/api/locate", "*/*", 415),
        (Method::GET, "/assets/nothing.js", "*/*", 404),
    ] {
        let request = server.client.request(method.clone(), format!("{}{path}", server.base)).header("accept", accept);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_landing_page_is_html_for_people_and_links_what_gis_programs_need() {
    let (server, _database) = town().await;
    let landing = server.json("/api").await;
    for rel in ["self", "service-desc", "service-doc", "conformance", "data"] {
        let links = landing["links"].as_array().expect("links");
        let href =
            links.iter().find(|l| l["rel"] == rel).and_then(|l| l["href"].as_str()).unwrap_or_else(|| panic!("{rel}"));
        assert_eq!(server.client.get(href).send().await.expect("an answer").status(), 200, "{rel}");
    }
    let page = server.client.get(format!("{}/api", server.base)).header("accept", "text/html").send().await;
    assert_eq!(page.expect("an answer").headers()["content-type"], "text/html; charset=utf-8");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_still_answers_from_memory() {
    let (server, _database) = town().await;
    server.app.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(server.json("/api/locate?lon=116&lat=29.4").await["areas"].as_array().map(Vec::len), Some(2));
    assert_eq!(server.get("/readyz").await.status(), 200);
    server.stop().await;
}
