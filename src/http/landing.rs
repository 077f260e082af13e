//! `/api`: where everything is, for programs (OGC API) and for people.

use super::error::{Kind, Problem};
use super::extract::{BaseUrl, accepted};
use super::link::{HTML, JSON, Link, OPENAPI};
use axum::Json;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Landing {
    title: &'static str,
    description: &'static str,
    links: Vec<Link>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Conformance {
    #[serde(rename = "conformsTo")]
    conforms_to: [&'static str; 4],
}

fn links(base: &str) -> Vec<Link> {
    let at = |path: &str| format!("{base}/api{path}");
    vec![
        Link::new(at(""), "self", JSON, "This document"),
        Link::new(at(""), "alternate", HTML, "This document as a page"),
        Link::new(at("/openapi.json"), "service-desc", OPENAPI, "What can be asked, for programs"),
        Link::new(at("/docs"), "service-doc", HTML, "What can be asked, for people"),
        Link::new(at("/conformance"), "conformance", JSON, "Which standards hold"),
        Link::new(at("/collections"), "data", JSON, "The layers"),
        Link::new(at("/style"), "style", JSON, "How the map is drawn (MapLibre)"),
        Link::new(at("/place"), "about", JSON, "The place that is served"),
        Link::new(format!("{base}/"), "related", HTML, "The map"),
    ]
}

/// Landing page
#[utoipa::path(get, path = "/api", tag = "features", responses((status = 200, body = Landing)))]
pub async fn landing(BaseUrl(base): BaseUrl, headers: HeaderMap) -> Result<Response, Problem> {
    let links = links(&base);
    match accepted(&headers, &[JSON, HTML]) {
        Some(HTML) => Ok(Html(page(&links)).into_response()),
        Some(_) => Ok(Json(Landing {
            title: "网格地图服务 wangge",
            description: "Areas, service points, walking times and life circles of a neighbourhood.",
            links,
        })
        .into_response()),
        None => Err(Problem::new(Kind::NotAcceptable, "There is JSON and HTML.")),
    }
}

fn page(links: &[Link]) -> String {
    let item = |l: &Link| {
        let href = super::docs::escape(&l.href);
        format!("<li><a href=\"{href}\">{href}</a> {}</li>", super::docs::escape(&l.title))
    };
    let list: String = links.iter().map(item).collect();
    super::docs::page("网格地图服务 wangge", &format!("<ul>{list}</ul>"))
}

/// Standards that hold
#[utoipa::path(get, path = "/api/conformance", tag = "features", responses((status = 200, body = Conformance)))]
pub async fn conformance() -> Json<Conformance> {
    Json(Conformance {
        conforms_to: [
            "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        ],
    })
}
