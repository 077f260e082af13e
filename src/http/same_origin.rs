//! A browser sends the cookie along with whatever a page of another site has it ask. So a request
//! that is no mere look must say that it comes from our own pages: browsers do, in
//! `Sec-Fetch-Site` (W3C Fetch Metadata) or, older ones, in `Origin`.

use super::error::{Kind, Problem};
use crate::accounts::Caller;
use axum::http::{HeaderMap, HeaderName, Method, Uri, header};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request tells of the page it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Here,
    Elsewhere,
    /// No browser, or a very old one.
    Silent,
}

fn from(headers: &HeaderMap, base: &str) -> From {
    let text = |name: &HeaderName| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    match (text(&SITE), text(&header::ORIGIN)) {
        // "none": the person themself, by the address bar.
        (Some("same-origin" | "none"), _) => From::Here,
        (Some(_), _) => From::Elsewhere,
        (None, Some(origin)) if is_ours(origin, headers, base) => From::Here,
        (None, Some(_)) => From::Elsewhere,
        (None, None) => From::Silent,
    }
}

/// Whether the origin is the address that was asked, or the one the operator named.
fn is_ours(origin: &str, headers: &HeaderMap, base: &str) -> bool {
    let authority = |text: &str| text.parse::<Uri>().ok()?.authority().map(ToString::to_string);
    let Some(theirs) = authority(origin) else { return false };
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let scheme = |text: &str| text.split("://").next().map(str::to_owned);
    (authority(base).as_deref() == Some(&theirs) && scheme(base) == scheme(origin)) || host == Some(&theirs)
}

/// Refuses what another site's page sent in the caller's name. `writes` is what the address does;
/// every unsafe method of a session must show where it comes from.
pub fn check(method: &Method, headers: &HeaderMap, base: &str, caller: &Caller, writes: bool) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let refused = match (from(headers, base), caller) {
        (From::Here, _) => false,
        (From::Elsewhere, Caller::Anonymous) => writes,
        (From::Silent, Caller::Anonymous) => false,
        (_, caller) => caller.session().is_some(),
    };
    if refused {
        let detail = "A request with a session's cookie must come from the service's own pages; programs use tokens.";
        return Err(Problem::new(Kind::CrossSite, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Scopes, SessionId, TokenId, User, UserId, Via};

    fn known(via: Via) -> Caller {
        let user = User { id: UserId(1), name: "ann".into(), display_name: None, grants: vec![] };
        Caller::Known { user, via }
    }

    fn passes(caller: &Caller, method: Method, given: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::from_iter([(header::HOST, "inner:8080".parse().expect("a value"))]);
        for (name, value) in given {
            headers.insert(*name, value.parse().expect("a value"));
        }
        check(&method, &headers, "https://map.example/town", caller, true).is_ok()
    }

    #[test]
    fn a_session_must_show_that_the_request_is_our_own_page_s() {
        let session = known(Via::Session(SessionId(1)));
        let post = |given| passes(&session, Method::POST, given);
        assert!(post(&[("sec-fetch-site", "same-origin")]) && post(&[("sec-fetch-site", "none")]));
        assert!(post(&[("origin", "https://map.example")]) && post(&[("origin", "http://inner:8080")]));
        for given in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://map.example")],
            &[("origin", "null")],
            &[("origin", "https://map.example.evil")],
            &[("origin", "https://map.example:444")],
            &[("origin", "http://map.example")],
            &[("origin", "https://x@map.example")],
            &[("referer", "https://map.example/")],
        ] {
            assert!(!post(given), "{given:?}");
            assert!(passes(&session, Method::GET, given), "a look is no act");
        }
    }

    #[test]
    fn programs_need_not_and_other_sites_cannot_log_somebody_in() {
        let token = known(Via::Token(TokenId(1), Scopes { read: true, write: true }));
        assert!(
            passes(&token, Method::DELETE, &[]) && passes(&token, Method::DELETE, &[("sec-fetch-site", "cross-site")])
        );
        assert!(passes(&Caller::Anonymous, Method::POST, &[]));
        assert!(!passes(&Caller::Anonymous, Method::POST, &[("origin", "https://evil.example")]));
    }
}
