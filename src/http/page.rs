//! The map page, from inside the binary. Knows nothing of what the page does.

use super::error::{Kind, Problem};
use super::etag;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Page;

const NOT_BUILT: &str = "web page not built: run make build\n网页尚未构建：请运行 make build\n";

/// Everything that is not the API: a file of the page, or the page itself, whose own addresses
/// all lead to `index.html`.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Err(Problem::not_found(format!("{} is not an address of the service", uri.path())));
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::new(Kind::MethodNotAllowed, "The map page is only read."));
    }
    if let Some(file) = Page::get(path).filter(|_| !path.is_empty()) {
        return Ok(answer(path, file, &headers));
    }
    // A file that is missing must not turn into a page: browsers would run HTML as a script.
    if path.starts_with("assets/") {
        return Err(Problem::not_found("the page has no such file"));
    }
    match Page::get("index.html") {
        Some(file) => Ok(answer("index.html", file, &headers)),
        None => Ok((StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response()),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = etag::of(&file.metadata.sha256_hash());
    // Names under assets/ carry a hash of their content.
    let hashed = path.starts_with("assets/");
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if etag::matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_str(file.metadata.mimetype());
        let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
        ([(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response.headers_mut().insert(header::ETAG, tag);
    response
}
