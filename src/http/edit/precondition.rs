//! `If-Match`: an edit says which version it was made on; on another one it would undo somebody
//! else's edit that the editor has not seen.

use crate::http::error::{Kind, Problem};
use axum::http::{HeaderMap, header};

/// The versions that the request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions(Vec<i64>);

impl Versions {
    /// A tag begins with the version; what follows tells how much of the feature the caller was told.
    pub fn named(headers: &HeaderMap) -> Result<Self, Problem> {
        let lists: Vec<&str> = headers.get_all(header::IF_MATCH).iter().filter_map(|v| v.to_str().ok()).collect();
        if lists.is_empty() || lists.iter().any(|list| list.trim() == "*") {
            let detail = "Send If-Match with the ETag of what was edited; * would not tell.";
            return Err(Problem::new(Kind::NoPrecondition, detail));
        }
        Ok(Self(lists.iter().flat_map(|list| list.split(',')).filter_map(version).collect()))
    }

    pub fn require(&self, actual: i64) -> Result<(), Problem> {
        if self.0.contains(&actual) { Ok(()) } else { Err(lost(actual)) }
    }
}

/// Weak tags never match (RFC 9110, 13.1.1).
fn version(tag: &str) -> Option<i64> {
    let inner = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let digits = inner.trim_end_matches(|c: char| c.is_ascii_lowercase());
    digits.parse().ok().filter(|version| *version >= 0)
}

/// Somebody else was quicker.
pub fn lost(actual: i64) -> Problem {
    let detail = format!("Somebody else has changed it meanwhile: it has version {actual} now. Read it and try again.");
    Problem::new(Kind::LostUpdate, detail).with("version", actual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_a_version_and_a_weak_one_or_a_star_does_not() {
        let named = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, text.parse().expect("header"));
            Versions::named(&headers)
        };
        assert_eq!(named("\"7\""), Ok(Versions(vec![7])));
        assert_eq!(named("\"7mr\", \"8\""), Ok(Versions(vec![7, 8])));
        for nothing in ["W/\"7\"", "7", "\"x\"", "\"\"", "\"-7\"", ""] {
            assert_eq!(named(nothing), Ok(Versions(vec![])), "{nothing}");
        }
        for refused in [named("*"), Versions::named(&HeaderMap::new())] {
            assert!(refused.is_err_and(|p| p.kind == Kind::NoPrecondition));
        }
        assert!(Versions(vec![7]).require(7).is_ok());
        assert!(Versions(vec![7]).require(8).is_err_and(|p| p.kind == Kind::LostUpdate));
    }
}
