//! Links of the OGC API documents.

use super::params::encode;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Link {
    pub href: String,
    pub rel: &'static str,
    pub r#type: &'static str,
    pub title: String,
}

pub const JSON: &str = "application/json";
pub const GEOJSON: &str = "application/geo+json";
pub const HTML: &str = "text/html";
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.1";

impl Link {
    pub fn new(href: String, rel: &'static str, kind: &'static str, title: impl Into<String>) -> Self {
        Self { href, rel, r#type: kind, title: title.into() }
    }
}

/// `path?a=1&b=2`, encoded; just the path when there are no parameters.
pub fn with_query(path: &str, pairs: &[(String, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}
