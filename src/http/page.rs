//! The map page, from inside the binary. Knows nothing of what the page does.

use super::error::{Kind, Problem};
use super::front::whence::Whence;
use super::{docs, etag};
use axum::Extension;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Page;

const INDEX: &str = "index.html";
const NOT_BUILT: &str = "web page not built: run make build\n网页尚未构建：请运行 make build\n";

/// Everything that is not the API: a file of the page, or the page itself, whose own addresses
/// all lead to `index.html`.
pub async fn page(
    Extension(whence): Extension<Arc<Whence>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Err(Problem::not_found(format!("{} is not an address of the service", uri.path())));
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::new(Kind::MethodNotAllowed, "The map page is only read."));
    }
    let file = Page::get(path).filter(|_| !path.is_empty() && path != INDEX);
    if let Some(EmbeddedFile { data, metadata, .. }) = file {
        return Ok(answer(path, metadata.mimetype(), data.into_owned(), &headers));
    }
    // A file that is missing must not turn into a page: browsers would run HTML as a script.
    if path.starts_with("assets/") {
        return Err(Problem::not_found("the page has no such file"));
    }
    match Page::get(INDEX) {
        Some(file) => {
            let text = based(&String::from_utf8_lossy(&file.data), whence.path());
            Ok(answer(INDEX, file.metadata.mimetype(), text.into_bytes(), &headers))
        }
        None => Ok((StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response()),
    }
}

/// The page with its relative addresses (`"./…"`) made right for the path that the service is
/// under, as the page may be asked for at any address below it. A `<base>` would do it too, and
/// break the page's own links into itself (`#panel`).
fn based(page: &str, path: &str) -> String {
    page.replace("=\"./", &format!("=\"{}/", docs::escape(path)))
}

fn answer(path: &str, kind: &str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = etag::of(&bytes);
    // Names under assets/ carry a hash of their content.
    let hashed = path.starts_with("assets/");
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if etag::matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_str(kind);
        let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
        ([(header::CONTENT_TYPE, kind)], bytes).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response.headers_mut().insert(header::ETAG, tag);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_files_are_named_from_the_path_that_the_service_is_under() {
        let page = r#"<meta name="base" content="./"><script src="./assets/a.js"></script><a href="/x">"#;
        let there = based(page, "/map");
        assert!(there.contains(r#"content="/map/""#) && there.contains(r#"src="/map/assets/a.js""#), "{there}");
        assert!(there.contains(r#"href="/x""#) && based(page, "").contains(r#"src="/assets/a.js""#));
    }
}
