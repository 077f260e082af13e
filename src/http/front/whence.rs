//! Where a request comes from and what its links begin with. A reverse proxy tells both in
//! `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`; they are believed only when the connection
//! comes from a proxy that the operator trusts, and only as far back as trusted proxies stand.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header, request::Parts, uri::Authority};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The other end of the connection, put on every request by the server.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// What is known of a request's way here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whence {
    /// The caller's address, not the proxy's.
    pub address: IpAddr,
    /// `https://host/prefix` without a slash at the end.
    pub base: String,
    /// The caller's side is TLS.
    pub secure: bool,
    /// Names the request in the log.
    pub id: String,
}

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest prefix and request id that are taken over.
const LONGEST: usize = 128;

impl Whence {
    /// Reads it off the request. `fresh_id` is for a request that has no id of a trusted proxy.
    pub fn of(parts: &Parts, trusted: &[IpNet], public_url: Option<&str>, fresh_id: String) -> Self {
        let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |p| p.0.to_canonical());
        let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        let proxy = is_trusted(&peer);
        let (address, hops) = if proxy { caller(peer, &parts.headers, is_trusted) } else { (peer, 0) };
        let told = |name: &HeaderName| if proxy { nth(&parts.headers, name, hops) } else { None };
        let direct = || authority(parts.headers.get(header::HOST)?.to_str().ok()?);
        let host = told(&HOST).and_then(authority).or_else(direct);
        let host = host.or_else(|| parts.uri.authority().map(ToString::to_string));
        let https = told(&PROTO).is_some_and(|p| p.eq_ignore_ascii_case("https"));
        let prefix = told(&PREFIX).and_then(prefix).unwrap_or_default();
        let base = match (public_url, host) {
            (Some(url), _) => url.to_owned(),
            (None, Some(host)) => format!("{}://{host}{prefix}", if https { "https" } else { "http" }),
            (None, None) => prefix,
        };
        let id = told(&REQUEST_ID).filter(|id| is_id(id)).map_or(fresh_id, str::to_owned);
        Self { address, secure: https || base.starts_with("https://"), base, id }
    }

    /// The path that the service is under, without a slash at the end: empty, or `/map`.
    pub fn path(&self) -> &str {
        let rest = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

/// The nearest address that is no trusted proxy, and how many proxies stand between.
fn caller(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(&IpAddr) -> bool) -> (IpAddr, usize) {
    let mut found = (peer, 0);
    for text in list(headers, &FOR).into_iter().rev() {
        // What cannot be read was not written by a proxy of ours.
        let Some(address) = address(text) else { break };
        found = (address, found.1 + 1);
        if !is_trusted(&address) {
            break;
        }
    }
    found
}

/// All values of a header that may be repeated or hold a list.
fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let texts = headers.get_all(name).into_iter().filter_map(|v| v.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// What the outermost of `hops` proxies said: proxies add at the end, or replace the whole. What
/// stands further left is the caller's own word.
fn nth<'h>(headers: &'h HeaderMap, name: &HeaderName, hops: usize) -> Option<&'h str> {
    let all = list(headers, name);
    all.get(all.len().saturating_sub(hops.max(1))).copied()
}

/// `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port).or_else(bracketed).map(|a| a.to_canonical())
}

/// Host and port, and nothing else.
fn authority(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    (!authority.as_str().contains('@')).then(|| authority.to_string())
}

/// A plain absolute path; it goes into pages and headers.
fn prefix(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let path = text.starts_with('/') && !text.contains("//") && !text.split('/').any(|s| s == ".." || s == ".");
    (path && text.len() <= LONGEST && text.bytes().all(plain)).then(|| text.to_owned())
}

fn is_id(text: &str) -> bool {
    text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:/+=".contains(&b))
}

/// An id that no other request of this process or of one started at another moment has.
fn fresh_id(app: &App) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut id = String::with_capacity(24);
    // Writing into a String cannot fail.
    let _written = write!(id, "{:x}-{:x}", app.started_at.timestamp_micros(), NEXT.fetch_add(1, Ordering::Relaxed));
    id
}

/// Finds it out once, for all that come after.
pub async fn note(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let settings = &app.settings;
    let whence = Whence::of(&parts, &settings.trusted_proxies, settings.public_url.as_deref(), fresh_id(&app));
    let id = whence.id.parse();
    parts.extensions.insert(Arc::new(whence));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whence(peer: &str, headers: &[(&str, &str)]) -> Whence {
        let mut request = Request::builder().uri("/api").header("host", "inner:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(Peer(peer.parse().expect("an address")));
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("a network")];
        Whence::of(&parts, &trusted, None, "new".into())
    }

    const TOLD: [(&str, &str); 5] = [
        ("x-forwarded-for", "9.9.9.9, 203.0.113.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "map.example.cn"),
        ("x-forwarded-prefix", "/grid/"),
        ("x-request-id", "abc-1"),
    ];

    #[test]
    fn a_trusted_proxy_is_believed_and_what_the_caller_wrote_before_it_is_not() {
        let found = whence("10.1.2.3", &TOLD);
        assert_eq!(found.address, "203.0.113.7".parse::<IpAddr>().expect("an address"));
        assert_eq!((found.base.as_str(), found.secure), ("https://map.example.cn/grid", true));
        assert_eq!((found.path(), found.id.as_str()), ("/grid", "abc-1"));
    }

    #[test]
    fn anybody_else_is_not_believed() {
        let found = whence("198.51.100.1", &TOLD);
        assert_eq!(found.address, "198.51.100.1".parse::<IpAddr>().expect("an address"));
        assert_eq!((found.base.as_str(), found.secure, found.id.as_str()), ("http://inner:8080", false, "new"));
        assert_eq!(found.path(), "");
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed_to_the_first_stranger() {
        let chain = [
            ("x-forwarded-for", "6.6.6.6, 203.0.113.7, 10.0.0.9"),
            ("x-forwarded-proto", "http, https, http"),
            ("x-forwarded-host", "evil.example, map.example.cn, inner"),
        ];
        let found = whence("::1", &chain);
        assert_eq!(found.address, "203.0.113.7".parse::<IpAddr>().expect("an address"));
        assert_eq!(found.base, "https://map.example.cn");
        let mapped = whence("::ffff:10.0.0.1", &[("x-forwarded-for", "[2001:db8::1]:443")]);
        assert_eq!(mapped.address, "2001:db8::1".parse::<IpAddr>().expect("an address"));
    }

    #[test]
    fn nonsense_in_the_headers_is_not_repeated() {
        for bad in ["grid", "/a b", "/a\"b", "//evil.example", "/../x", "/<script>"] {
            assert_eq!(whence("10.0.0.1", &[("x-forwarded-prefix", bad)]).path(), "", "{bad}");
        }
        for bad in ["a b", "x@y", "<script>", "a/b"] {
            assert_eq!(whence("10.0.0.1", &[("x-forwarded-host", bad)]).base, "http://inner:8080", "{bad}");
        }
        assert_eq!(whence("10.0.0.1", &[("x-request-id", "a b{}")]).id, "new");
        let unknown = whence("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, unknown")]);
        assert_eq!(unknown.address, "10.0.0.1".parse::<IpAddr>().expect("an address"));
    }
}
