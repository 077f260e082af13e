//! `/api/openapi.json` and `/api/docs`: what can be asked. The page is made from the document,
//! so the two cannot disagree.

use super::document::document;
use super::error::Kind;
use super::extract::BaseUrl;
use super::link::OPENAPI;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// This interface, for programs
#[utoipa::path(get, path = "/api/openapi.json", tag = "service", responses((status = 200, content_type = OPENAPI)))]
pub async fn openapi(BaseUrl(base): BaseUrl) -> impl IntoResponse {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(document()).unwrap_or_default());
    let mut document = DOCUMENT.clone();
    document["servers"] = json!([{ "url": base }]);
    ([(header::CONTENT_TYPE, OPENAPI)], document.to_string())
}

/// This interface, for people
#[utoipa::path(get, path = "/api/docs", tag = "service", responses((status = 200, content_type = "text/html")))]
pub async fn docs() -> Html<&'static str> {
    static PAGE: LazyLock<String> = LazyLock::new(|| {
        let document = serde_json::to_value(document()).unwrap_or_default();
        page("wangge API", &format!("{}<h2>Problems</h2>{}", operations(&document), problems()))
    });
    Html(&PAGE)
}

fn operations(document: &Value) -> String {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter(|(_, operation)| operation.is_object()).map(move |(method, o)| operation(path, method, o))
    });
    all.collect()
}

fn operation(path: &str, method: &str, operation: &Value) -> String {
    let text = |v: &Value| escape(v.as_str().unwrap_or_default());
    let parameter = |p: &Value| {
        let must = if p["required"] == true { ", required" } else { "" };
        format!(
            "<dt><code>{}</code> ({}{must})</dt><dd>{}</dd>",
            text(&p["name"]),
            text(&p["in"]),
            text(&p["description"])
        )
    };
    let parameters: String = operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let (method, path) = (escape(&method.to_uppercase()), escape(path));
    format!("<h3><code>{method} {path}</code></h3><p>{}</p><dl>{parameters}</dl>", text(&operation["summary"]))
}

fn problems() -> String {
    let row = |k: Kind| {
        format!("<dt id=\"{0}\"><code>{0}</code> ({1})</dt><dd>{2}</dd>", k.slug(), k.status().as_u16(), k.title())
    };
    format!("<dl>{}</dl>", Kind::ALL.into_iter().map(row).collect::<String>())
}

/// A page of plain HTML around `body`, which is HTML already.
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><h1>{title}</h1>{body}</html>"
    )
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
