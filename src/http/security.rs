//! Headers every answer carries, so that a browser trusts it with as little as possible.

use super::credentials::COOKIE;
use super::front::whence::Whence;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Scripts, styles and connections from here only. Images may be made by the page itself
/// (`data:`, `blob:`), which MapLibre's icons and canvas copies are.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Who has been here over TLS comes back over TLS only, for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

pub async fn headers(request: Request, next: Next) -> Response {
    let secure = request.extensions().get::<Arc<Whence>>().is_some_and(|w| w.secure);
    let private = is_private(request.headers());
    let api = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
    }
    if api {
        cache(headers, private);
    }
    response
}

/// Whether the answer may be meant for one person only.
fn is_private(headers: &HeaderMap) -> bool {
    let session = |v: &HeaderValue| v.to_str().is_ok_and(|t| t.contains(COOKIE));
    headers.contains_key(header::AUTHORIZATION) || headers.get_all(header::COOKIE).iter().any(session)
}

/// What is answered to one person is kept by nobody, or only by his own browser when it asks
/// each time whether it still holds; and nobody's answer is given to another.
fn cache(headers: &mut HeaderMap, private: bool) {
    let rule = match (private, headers.contains_key(header::ETAG)) {
        (true, true) => HeaderValue::from_static("private, no-cache"),
        (true, false) => HeaderValue::from_static("no-store"),
        (false, _) => headers.get(header::CACHE_CONTROL).cloned().unwrap_or(HeaderValue::from_static("no-cache")),
    };
    headers.insert(header::CACHE_CONTROL, rule);
    headers.append(header::VARY, HeaderValue::from_static("cookie, authorization"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(before: &[(HeaderName, &'static str)], private: bool) -> String {
        let mut headers: HeaderMap = before.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v))).collect();
        cache(&mut headers, private);
        headers[header::CACHE_CONTROL].to_str().expect("text").to_owned()
    }

    #[test]
    fn what_is_answered_to_one_person_is_not_kept() {
        let tagged = [(header::ETAG, "\"1\""), (header::CACHE_CONTROL, "no-cache")];
        assert_eq!(rule(&[], true), "no-store");
        assert_eq!(rule(&tagged, true), "private, no-cache");
        assert_eq!(rule(&[(header::CACHE_CONTROL, "public, max-age=60")], true), "no-store");
        assert_eq!((rule(&tagged, false), rule(&[], false)), ("no-cache".into(), "no-cache".into()));
        assert_eq!(rule(&[(header::CACHE_CONTROL, "no-store")], false), "no-store");
    }

    #[test]
    fn a_session_or_a_token_makes_an_answer_private() {
        let with = |name: HeaderName, value: &'static str| {
            is_private(&HeaderMap::from_iter([(name, HeaderValue::from_static(value))]))
        };
        assert!(with(header::AUTHORIZATION, "Bearer x") && with(header::COOKIE, "a=b; wangge_session=x"));
        assert!(!with(header::COOKIE, "theme=dark"));
    }
}
