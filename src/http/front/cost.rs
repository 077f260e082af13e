//! What a request costs, in tokens, and how long its body may be. Work that depends on what is
//! asked (places of a matrix, rows of a batch) is charged by its handler, with the prices here.

use crate::config::Limits;

/// Tokens by method and address. What is not here costs [`ANYTHING`].
const COSTS: &[(&str, &str, u32)] = &[
    ("GET", "/healthz", 0),
    ("GET", "/readyz", 0),
    ("GET", "/metrics", 0),
    ("GET", "/api/tiles/{layers}/{z}/{x}/{y}", 1),
    ("GET", "/api/nearest", 3),
    ("GET", "/api/walk", 3),
    ("GET", "/api/life-circle", 10),
    ("POST", "/api/life-circle", 10),
    ("GET", "/api/life-circle/explain", 20),
    ("POST", "/api/issues", 5),
    ("POST", "/api/issues/events", 50),
    ("GET", "/api/issues/tasks", 3),
    ("GET", "/api/planning/coverage", 5),
    ("GET", "/api/planning/coverage/buildings", 5),
    ("GET", "/api/planning/coverage/dependents", 5),
    ("GET", "/api/planning/coverage/hours", 20),
    ("GET", "/api/planning/score", 30),
    ("POST", "/api/planning/siting", 50),
    ("POST", "/api/planning/missing-links", 50),
];
const ANYTHING: u32 = 1;

/// One token more for so many points, matrix cells or rows.
const POINTS: usize = 1_000;
const CELLS: usize = 1_000;
pub const ROWS: usize = 100;

/// Of an address of the service; the page's files are free.
pub fn of(method: &str, route: Option<&str>) -> u32 {
    let Some(route) = route else { return 0 };
    let method = if method == "HEAD" { "GET" } else { method };
    COSTS.iter().find(|(m, r, _)| (*m, *r) == (method, route)).map_or(ANYTHING, |(_, _, tokens)| *tokens)
}

/// Of points whose walking times are asked.
pub fn points(n: usize) -> u32 {
    u32::try_from(n / POINTS).unwrap_or(u32::MAX)
}

/// Of a matrix: a search a place of the shorter side, and its cells.
pub fn matrix(from: usize, to: usize) -> u32 {
    u32::try_from(from.min(to).saturating_add(from.saturating_mul(to) / CELLS)).unwrap_or(u32::MAX)
}

/// How a body is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyRule {
    pub most_bytes: u64,
    /// It is answered while it comes, so it may take as long as it keeps the pace.
    pub streamed: bool,
}

impl BodyRule {
    pub fn of(method: &str, route: Option<&str>, limits: &Limits) -> Self {
        let route = route.unwrap_or_default();
        let small = ["/api/session", "/api/account", "/api/users"];
        let is_small = small.iter().any(|s| route.strip_prefix(s).is_some_and(|r| r.is_empty() || r.starts_with('/')));
        let streamed = (method, route) == ("POST", "/api/locate");
        let most_bytes = match (is_small, streamed) {
            (true, _) => limits.small_body_bytes,
            (_, true) => limits.stream_bytes,
            _ => limits.body_bytes,
        };
        Self { most_bytes, streamed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_in_proportion() {
        assert_eq!(of("GET", Some("/api/life-circle")), 10);
        assert_eq!(of("HEAD", Some("/healthz")), 0);
        assert_eq!((of("GET", Some("/api/place")), of("GET", None)), (1, 0));
        assert_eq!((matrix(1000, 1000), matrix(1, 1000), matrix(2, 2)), (2000, 2, 2));
        assert_eq!((points(100_000), points(10)), (100, 0));
    }

    #[test]
    fn every_priced_address_exists() {
        let document = serde_json::to_value(crate::http::document::document()).expect("JSON");
        for (method, route, _) in COSTS {
            assert!(document["paths"][route][method.to_lowercase()].is_object(), "{method} {route}");
        }
    }

    #[test]
    fn accounts_have_small_bodies_and_batches_long_ones() {
        let limits = Limits::default();
        let most = |method: &str, route: &str| BodyRule::of(method, Some(route), &limits).most_bytes;
        assert_eq!(most("POST", "/api/session"), limits.small_body_bytes);
        assert_eq!(most("PATCH", "/api/users/{name}"), limits.small_body_bytes);
        assert_eq!(most("POST", "/api/locate"), limits.stream_bytes);
        assert_eq!(most("POST", "/api/walk/matrix"), limits.body_bytes);
    }
}
