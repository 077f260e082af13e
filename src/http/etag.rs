//! Conditional requests: strong tags from bytes or version numbers, compared as RFC 9110 says.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// A tag that is the same only for the same bytes.
pub fn of(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    quoted(&hex)
}

/// The tag `"text"`; `text` is of letters, digits and `.-`.
pub fn quoted(text: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether If-None-Match names `tag` (weak comparison) or anything (`*`).
pub fn matches(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let ours = tag.to_str().unwrap_or_default();
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_matches_itself_weak_or_in_a_list_and_the_star() {
        let tag = quoted("7");
        for (sent, expected) in
            [("\"7\"", true), ("W/\"7\"", true), ("\"6\", \"7\"", true), ("*", true), ("\"8\"", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, sent.parse().expect("header"));
            assert_eq!(matches(&headers, &tag), expected, "{sent}");
        }
    }
}
