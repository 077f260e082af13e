//! Logging in and out, tokens, users and the audit, as the page and programs use them.

use super::people::{PASSWORD, Pass, user};
use super::town;
use crate::harness::{Database, Server};
use chrono::{TimeDelta, Utc};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use wangge::accounts::Role;
use wangge::store::{AuditQuery, Store};

const OWN: &str = "360483100001001";

async fn started() -> (Server, Store, Database) {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    (Server::start(store.clone()).await, store, database)
}

async fn login(server: &Server, name: &str, password: &str) -> Response {
    let body = json!({"name": name, "password": password});
    Pass::Nobody.request(server, Method::POST, "/api/session").json(&body).send().await.expect("an answer")
}

/// The cookie that an answer sets, and its attributes.
fn cookie(answer: &Response) -> (String, String) {
    let line = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    let (value, attributes) = line.split_once("; ").expect("attributes");
    (value.to_owned(), attributes.to_owned())
}

async fn send(server: &Server, pass: &Pass, method: Method, path: &str, body: Value) -> (u16, Value) {
    let mut request = pass.request(server, method, path);
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn actions(store: &Store) -> Vec<(String, Option<String>, Option<String>)> {
    let rows = store.audit_rows(&AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("the audit");
    rows.into_iter().rev().map(|r| (r.action, r.actor, r.target)).filter(|(a, ..)| a != "user.add").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_logs_in_is_known_and_logs_out() {
    let (server, store, _database) = started().await;
    user(&store, "ann", &[(Role::Worker, Some(OWN)), (Role::Planner, None)]).await;
    let answer = login(&server, " ANN ", PASSWORD).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let (value, attributes) = cookie(&answer);
    assert_eq!(attributes, "Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(body["user"]["name"], "ann");
    assert_eq!(body["user"]["grants"][0]["area"], json!({"code": OWN, "name": "第一网格", "layer": "grid"}));
    assert_eq!(body["user"]["grants"][1]["area"], Value::Null);
    let ann = Pass::Session(value.clone());
    let (_, who) = send(&server, &ann, Method::GET, "/api/session", Value::Null).await;
    assert_eq!(who["user"], body["user"]);

    // Logging in again takes the place of the first session.
    let again = ann.request(&server, Method::POST, "/api/session").json(&json!({"name": "ann", "password": PASSWORD}));
    let (second, _) = cookie(&again.send().await.expect("an answer"));
    assert_ne!(second, value);
    assert_eq!(send(&server, &ann, Method::GET, "/api/session", Value::Null).await.1["user"], Value::Null);
    let ann = Pass::Session(second);
    let gone = ann.request(&server, Method::DELETE, "/api/session").send().await.expect("an answer");
    assert_eq!((gone.status().as_u16(), cookie(&gone).0), (204, "wangge_session=".into()));
    let (status, who) = send(&server, &ann, Method::GET, "/api/session", Value::Null).await;
    assert_eq!((status, who), (200, json!({"user": null, "expires_at": null})));
    let told: Vec<_> = actions(&store).await.into_iter().map(|(action, actor, _)| (action, actor)).collect();
    let by_ann = |action: &str| (action.to_owned(), Some("ann".to_owned()));
    assert_eq!(told, [by_ann("session.begin"), by_ann("session.begin"), by_ann("session.end")]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let (server, store, _database) = started().await;
    user(&store, "ann", &[]).await;
    let disabled = user(&store, "bob", &[]).await;
    let change = wangge::store::accounts::UserChange { disabled: Some(true), ..Default::default() };
    let bob = wangge::accounts::UserName::new("bob").expect("a name");
    store.change_user(&bob, &change, |_| true, &super::people::stamp()).await.expect("changed");
    let mut bodies = Vec::new();
    for (name, password) in [("ann", "wrong wrong"), ("nobody", PASSWORD), ("not a name!", PASSWORD), ("bob", PASSWORD)]
    {
        let answer = login(&server, name, password).await;
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("set-cookie")), (401, false), "{name}");
        bodies.push(answer.text().await.expect("text"));
    }
    assert!(bodies[0].contains("wrong-credentials") && bodies.iter().all(|b| *b == bodies[0]), "{bodies:?}");
    // A name is kept only when it is a user's: people type passwords into the wrong field.
    let refused: Vec<_> = actions(&store).await.into_iter().filter(|(a, ..)| a == "session.refused").collect();
    let targets: Vec<_> = refused.iter().map(|(_, actor, target)| (actor.clone(), target.as_deref())).collect();
    assert_eq!(targets, [(None, Some("ann")), (None, None), (None, None), (None, Some(disabled.user.name.as_str()))]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_slowed_down_and_do_not_lock_the_user_out() {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    user(&store, "ann", &[]).await;
    let trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    let settings = wangge::config::Settings { trusted_proxies: trusted, ..Default::default() };
    let server = Server::start_with(store.clone(), settings).await;
    let from = async |address: &str, password: &str| {
        let body = json!({"name": "ann", "password": password});
        let request = Pass::Nobody.request(&server, Method::POST, "/api/session").json(&body);
        request.header("x-forwarded-for", address).send().await.expect("an answer")
    };
    let mut slowed = None;
    for _ in 0..20 {
        let answer = from("203.0.113.9", "wrong wrong").await;
        if answer.status() == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("slowed down within twenty guesses");
    assert!(slowed.headers()["retry-after"].to_str().is_ok_and(|s| s.parse::<u32>().is_ok_and(|s| s >= 1)));
    assert_eq!(from("203.0.113.9", PASSWORD).await.status(), 429, "not even judged");
    assert_eq!(from("203.0.113.1", PASSWORD).await.status(), 200, "ann herself, elsewhere");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_with_tls_the_cookie_is_for_tls_and_the_sub_path_only() {
    let database = Database::geopackage();
    let store = database.open().await;
    user(&store, "ann", &[]).await;
    let trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    let settings = wangge::config::Settings { trusted_proxies: trusted, ..Default::default() };
    let server = Server::start_with(store, settings).await;
    let body = json!({"name": "ann", "password": PASSWORD});
    let request = Pass::Nobody.request(&server, Method::POST, "/api/session").json(&body);
    let request = request.header("x-forwarded-proto", "https").header("x-forwarded-for", "203.0.113.1");
    let request = request.header("x-forwarded-host", "map.example").header("x-forwarded-prefix", "/town");
    let (_, attributes) = cookie(&request.send().await.expect("an answer"));
    assert_eq!(attributes, "Path=/town; Max-Age=604800; HttpOnly; SameSite=Lax; Secure");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_knows_nobody_and_says_so() {
    let (server, store, _database) = started().await;
    let ann = user(&store, "ann", &[(Role::Admin, None)]).await.user.id;
    let ann = Pass::session(&store, ann).await;
    server.app.close().await;
    for (pass, path, status) in
        [(&ann, "/api/place", 503), (&ann, "/api/users", 503), (&Pass::Nobody, "/api/place", 200)]
    {
        let (found, problem) = send(&server, pass, Method::GET, path, Value::Null).await;
        assert_eq!(found, status, "{path}: {problem}");
    }
    let answer = login(&server, "ann", PASSWORD).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &"1".parse().expect("ok")));
    assert!(answer.text().await.is_ok_and(|t| t.contains("no-database")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_can_do_nothing_with_the_cookie() {
    let (server, store, _database) = started().await;
    let ann = user(&store, "ann", &[(Role::Admin, None)]).await;
    let Pass::Session(cookie) = Pass::session(&store, ann.user.id).await else { panic!("a session") };
    let send = async |headers: &[(&str, &str)]| {
        let url = format!("{}/api/users/ann/grants", server.base);
        let mut request = server.client.post(url).header("cookie", &cookie).json(&json!({"role": "worker"}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON")["type"].as_str().unwrap_or_default().to_owned())
    };
    let cross = (403, "/api/docs#cross-site".to_owned());
    assert_eq!(send(&[]).await, cross);
    assert_eq!(send(&[("sec-fetch-site", "cross-site")]).await, cross);
    assert_eq!(send(&[("origin", "https://evil.example")]).await, cross);
    assert_eq!(send(&[("origin", &server.base)]).await.0, 201);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_alone_does_not_keep_a_session_alive() {
    let (server, store, _database) = started().await;
    let ann = user(&store, "ann", &[(Role::Worker, Some(OWN))]).await.user.id;
    let pass = Pass::session_of(&store, ann, TimeDelta::hours(2)).await;
    let idle = async || {
        let now = Utc::now();
        now - store.sessions(ann, now).await.expect("sessions")[0].last_seen_at > TimeDelta::hours(1)
    };
    assert_eq!(send(&server, &pass, Method::GET, "/api/session", Value::Null).await.1["user"]["name"], "ann");
    drop(pass.request(&server, Method::GET, "/api/changes").send().await.expect("a stream"));
    // The use is noted while the answer is on its way: this one is noted after the others would be.
    assert_eq!(send(&server, &pass, Method::GET, "/api/session", Value::Null).await.0, 200);
    assert!(idle().await);
    assert_eq!(send(&server, &pass, Method::GET, "/api/account/sessions", Value::Null).await.0, 200);
    server.until(async |_| !idle().await).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions() {
    let (server, store, _database) = started().await;
    let ann = user(&store, "ann", &[]).await.user.id;
    let (here, there) = (Pass::session(&store, ann).await, Pass::session(&store, ann).await);
    let (_, listed) = send(&server, &here, Method::GET, "/api/account/sessions", Value::Null).await;
    let sessions = listed["sessions"].as_array().expect("a list");
    assert_eq!((sessions.len(), sessions.iter().filter(|s| s["current"] == true).count()), (2, 1));
    let put = async |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        send(&server, &here, Method::PUT, "/api/account/password", body).await
    };
    assert_eq!(put("wrong wrong", "another password").await.0, 401);
    for weak in ["short", "ann"] {
        let (status, problem) = put(PASSWORD, weak).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("new")));
    }
    assert_eq!(put(PASSWORD, "another password").await.0, 204);
    let user =
        async |pass: &Pass| send(&server, pass, Method::GET, "/api/session", Value::Null).await.1["user"].clone();
    assert_eq!((user(&there).await, user(&here).await["name"].clone()), (Value::Null, json!("ann")));
    assert_eq!(login(&server, "ann", PASSWORD).await.status(), 401);
    assert_eq!(login(&server, "ann", "another password").await.status(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_works_until_it_is_taken_away() {
    let (server, store, _database) = started().await;
    let ann = user(&store, "ann", &[(Role::Admin, None)]).await.user.id;
    let session = Pass::session(&store, ann).await;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(30)).to_rfc3339();
    for (body, field) in [
        (json!({"name": "x", "scopes": [], "expires_at": until}), "scopes"),
        (json!({"name": "x", "scopes": ["all"], "expires_at": until}), "scopes"),
        (json!({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
        (json!({"name": "x", "scopes": ["read"]}), "expires_at"),
        (json!({"name": " ", "scopes": ["read"], "expires_at": until}), "name"),
        (json!({"name": "x", "scopes": ["read"], "expires_at": until, "user": "bob"}), "user"),
    ] {
        let (status, problem) = send(&server, &session, Method::POST, "/api/account/tokens", body).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!(field)), "{problem}");
    }
    let ask = json!({"name": "export", "scopes": ["read"], "expires_at": until});
    let (status, made) = send(&server, &session, Method::POST, "/api/account/tokens", ask).await;
    assert_eq!(status, 201);
    let text = made["token"].as_str().expect("a token").to_owned();
    assert!(text.starts_with("wgt_"));
    let token = Pass::Token(text.clone());
    let (status, listed) = send(&server, &token, Method::GET, "/api/users", Value::Null).await;
    assert_eq!((status, &listed["total"]), (200, &json!(1)));
    let (_, tokens) = send(&server, &session, Method::GET, "/api/account/tokens", Value::Null).await;
    assert!(tokens["tokens"][0]["name"] == "export" && !tokens.to_string().contains(&text[4..]), "{tokens}");
    let path = format!("/api/account/tokens/{}", made["id"]);
    assert_eq!(send(&server, &session, Method::DELETE, &path, Value::Null).await.0, 204);
    assert_eq!(send(&server, &session, Method::DELETE, &path, Value::Null).await.0, 404);
    let answer = token.request(&server, Method::GET, "/api/place").send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
        (401, &"Bearer".parse().expect("ok"))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_of_an_area_has_the_users_of_that_area_only() {
    let (server, store, _database) = started().await;
    let chief = user(&store, "chief", &[(Role::Admin, Some(OWN))]).await.user.id;
    let both = [(Role::Worker, Some(OWN)), (Role::Worker, Some("360483100001002"))];
    user(&store, "both", &both).await;
    user(&store, "far", &[(Role::Worker, Some("360483100001002"))]).await;
    user(&store, "root", &[(Role::Admin, None)]).await;
    let chief = Pass::session(&store, chief).await;
    let (_, listed) = send(&server, &chief, Method::GET, "/api/users", Value::Null).await;
    let names: Vec<_> = listed["users"].as_array().expect("a list").iter().map(|u| u["name"].clone()).collect();
    assert_eq!((names, &listed["total"]), (vec![json!("both"), json!("chief")], &json!(2)));
    for (q, total) in [("ot", 1), ("ＣＨＩＥＦ", 1), ("o", 1), ("far", 0), ("nobody", 0)] {
        let (_, found) = send(&server, &chief, Method::GET, &format!("/api/users?q={q}"), Value::Null).await;
        assert_eq!(found["total"], json!(total), "{q}");
    }
    let long = format!("/api/users?q={}", "x".repeat(101));
    assert_eq!(send(&server, &chief, Method::GET, &long, Value::Null).await.0, 400);
    let add = async |name: &str, grants: Value| {
        let body = json!({"name": name, "password": "0123456789abc", "grants": grants});
        send(&server, &chief, Method::POST, "/api/users", body).await.0
    };
    assert_eq!(add("one", json!([{"role": "worker", "area": OWN}])).await, 201);
    for outside in [json!([]), json!([{"role": "worker"}]), json!([{"role": "worker", "area": "360483100"}])] {
        assert_eq!(add("two", outside.clone()).await, 403, "{outside}");
    }
    assert_eq!(add("two", json!([{"role": "king", "area": "9"}])).await, 400);
    for name in ["both", "far", "root"] {
        let path = format!("/api/users/{name}");
        let body = json!({"password": "0123456789abc"});
        assert_eq!(send(&server, &chief, Method::PATCH, &path, body).await.0, 403, "{name}");
    }
    assert_eq!(send(&server, &chief, Method::PATCH, "/api/users/ghost", json!({})).await.0, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_tells_what_was_done_and_that_it_was_exported() {
    let (server, store, _database) = started().await;
    let root = user(&store, "root", &[(Role::Admin, None)]).await.user.id;
    let root = Pass::session(&store, root).await;
    let body = json!({"name": "ann", "password": "0123456789abc", "display_name": "=1+1"});
    assert_eq!(send(&server, &root, Method::POST, "/api/users", body).await.0, 201);
    let (_, audit) = send(&server, &root, Method::GET, "/api/audit?user=root&action=user.add", Value::Null).await;
    let entry = &audit["entries"][0];
    assert_eq!((&entry["target"]["id"], &entry["via"]), (&json!("ann"), &json!("session")));
    assert_eq!((&entry["address"], &entry["after"]["display_name"]), (&json!("127.0.0.1"), &json!("=1+1")));
    assert!(!audit.to_string().contains("0123456789abc") && !audit.to_string().contains("argon2"));
    let (_, first) = send(&server, &root, Method::GET, "/api/audit?limit=1", Value::Null).await;
    let (_, rest) =
        send(&server, &root, Method::GET, &format!("/api/audit?before={}", first["next"]), Value::Null).await;
    assert_eq!((first["entries"].as_array().map(Vec::len), &rest["next"]), (Some(1), &Value::Null));
    let csv = root.request(&server, Method::GET, "/api/audit?f=csv").send().await.expect("an answer");
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.expect("text");
    assert!(text.starts_with("id,at,actor,via,address,action,layer,target,before,after\n"), "{text}");
    assert_eq!(actions(&store).await.last().map(|(action, ..)| action.clone()), Some("audit.export".into()));
    for bad in ["from=yesterday", "before=-1", "limit=0", "f=xml", "who=me"] {
        let (status, problem) = send(&server, &root, Method::GET, &format!("/api/audit?{bad}"), Value::Null).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!(bad.split('=').next())), "{bad}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_read_strictly_and_never_repeated() {
    let (server, _store, _database) = started().await;
    for body in [
        json!({"name": "ann"}),
        json!({"name": 5, "password": "s3cret-s3cret"}),
        json!({"name": "a", "password": "s3cret-s3cret", "x": 1}),
    ] {
        let (status, problem) = send(&server, &Pass::Nobody, Method::POST, "/api/session", body).await;
        assert_eq!(status, 400);
        assert!(!problem.to_string().contains("s3cret"), "{problem}");
    }
    for (kind, body, status) in
        [("text/plain", "{}", 415), ("application/json", "{", 400), ("application/json", "[]", 400)]
    {
        let request =
            server.client.post(format!("{}/api/session", server.base)).header("content-type", kind).body(body);
        assert_eq!(request.send().await.expect("an answer").status(), status, "{kind} {body}");
    }
    let long = json!({"name": "a", "password": "x".repeat(100_000)});
    assert_eq!(send(&server, &Pass::Nobody, Method::POST, "/api/session", long).await.0, 413);
    server.stop().await;
}
