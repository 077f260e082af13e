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

/// The page with the address that its relative links begin with: the service may be under a
/// sub-path, and the page at any address below it.
fn based(page: &str, path: &str) -> String {
    page.replacen("<head>", &format!("<head>\n    <base href=\"{}/\" />", docs::escape(path)), 1)
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
    fn the_page_says_where_its_relative_links_begin() {
        assert!(based("<html><head><title>", "/map").contains("<head>\n    <base href=\"/map/\" /><title>"));
        assert!(based("<head></head>", "").contains("<base href=\"/\" />"));
    }
}
