//! The authorization table: every address of the service with who may use it, and the one place
//! that enforces it. What is not in the table is refused. Where a right ends at an area's border,
//! the handler asks its [`Rights`], because only it knows what the request is about.

use super::credentials::{self, Asks, Known};
use super::error::{Kind, Problem};
use super::extract::whence;
use super::front::rate::Budget;
use super::same_origin;
use crate::accounts::Role::{self, Admin, Dispatcher, Planner, Worker};
use crate::accounts::{Caller, Extent, Region, Where};
use crate::app::App;
use crate::atlas::Snapshot;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Who may use an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, and the answer is the same for all: nobody looks who asks.
    Unasked,
    /// Everybody; who sees more is told more.
    Everyone,
    /// Who logged in on the page. A token does not do: it must not make others.
    Session,
    /// Who has one of the roles.
    Roles(&'static [Role]),
}

/// What a request does, as far as a token's scopes and other sites' pages are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Read,
    Write,
}

/// Where the right must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// It is enough to have it at all.
    Anywhere,
    /// Where that lies which the request is about.
    Inside,
    /// Everywhere: what the request is about lies in no one area.
    Everywhere,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub method: &'static str,
    /// As the router and the document write it.
    pub path: &'static str,
    pub who: Who,
    pub does: Does,
    pub holds: Holds,
    pub asks: Asks,
    /// Everybody may, when the operator has made planning's answers public.
    pub publishable: bool,
}

const fn rule(method: &'static str, path: &'static str, who: Who, does: Does, holds: Holds) -> Rule {
    Rule { method, path, who, does, holds, asks: Asks::Somebody, publishable: false }
}

/// The same for all.
const fn open(path: &'static str) -> Rule {
    rule("GET", path, Who::Unasked, Does::Read, Holds::Anywhere)
}

/// A question that everybody may ask.
const fn ask(method: &'static str, path: &'static str) -> Rule {
    rule(method, path, Who::Everyone, Does::Read, Holds::Anywhere)
}

/// The same, which an open page asks by itself now and then.
const fn open_page(rule: Rule) -> Rule {
    Rule { asks: Asks::OpenPage, ..rule }
}

/// One's own account.
const fn own(method: &'static str, path: &'static str, does: Does) -> Rule {
    rule(method, path, Who::Session, does, Holds::Anywhere)
}

/// For some roles.
const fn role(method: &'static str, path: &'static str, roles: &'static [Role], does: Does, holds: Holds) -> Rule {
    rule(method, path, Who::Roles(roles), does, holds)
}

/// A question of planners.
const fn plan(method: &'static str, path: &'static str) -> Rule {
    role(method, path, &[Planner, Admin], Does::Read, Holds::Anywhere)
}

pub const TABLE: &[Rule] = &[
    open("/healthz"),
    open("/readyz"),
    open("/metrics"),
    open("/api"),
    open("/api/conformance"),
    open("/api/openapi.json"),
    open("/api/docs"),
    open("/api/categories"),
    open("/api/profiles"),
    ask("GET", "/api/place"),
    ask("GET", "/api/collections"),
    ask("GET", "/api/collections/{layer}"),
    ask("GET", "/api/collections/{layer}/items"),
    ask("GET", "/api/collections/{layer}/items/{id}"),
    role("POST", "/api/collections", &[Admin], Does::Write, Holds::Everywhere),
    role("POST", "/api/collections/{layer}/items", &[Planner, Admin], Does::Write, Holds::Inside),
    role("PUT", "/api/collections/{layer}/items/{id}", &[Planner, Admin], Does::Write, Holds::Inside),
    role("PATCH", "/api/collections/{layer}/items/{id}", &[Planner, Admin], Does::Write, Holds::Inside),
    role("DELETE", "/api/collections/{layer}/items/{id}", &[Planner, Admin], Does::Write, Holds::Inside),
    ask("GET", "/api/tiles/{layers}"),
    ask("GET", "/api/tiles/{layers}/{z}/{x}/{y}"),
    ask("GET", "/api/style"),
    ask("GET", "/api/locate"),
    ask("POST", "/api/locate"),
    ask("GET", "/api/nearest"),
    ask("GET", "/api/life-circle"),
    ask("POST", "/api/life-circle"),
    ask("GET", "/api/life-circle/explain"),
    ask("GET", "/api/walk"),
    ask("POST", "/api/walk/matrix"),
    ask("GET", "/api/search"),
    open_page(ask("GET", "/api/changes")),
    open_page(ask("GET", "/api/session")),
    Rule { does: Does::Write, ..ask("POST", "/api/session") },
    Rule { does: Does::Write, ..ask("DELETE", "/api/session") },
    own("PUT", "/api/account/password", Does::Write),
    own("GET", "/api/account/sessions", Does::Read),
    own("DELETE", "/api/account/sessions/{id}", Does::Write),
    own("GET", "/api/account/tokens", Does::Read),
    own("POST", "/api/account/tokens", Does::Write),
    own("DELETE", "/api/account/tokens/{id}", Does::Write),
    // The list shows who has a grant inside; the others are not there.
    role("GET", "/api/users", &[Admin], Does::Read, Holds::Anywhere),
    role("POST", "/api/users", &[Admin], Does::Write, Holds::Inside),
    role("PATCH", "/api/users/{name}", &[Admin], Does::Write, Holds::Inside),
    role("POST", "/api/users/{name}/grants", &[Admin], Does::Write, Holds::Inside),
    role("DELETE", "/api/users/{name}/grants/{id}", &[Admin], Does::Write, Holds::Inside),
    role("GET", "/api/audit", &[Admin], Does::Read, Holds::Everywhere),
    ask("GET", "/api/issues/categories"),
    ask("GET", "/api/issues/duplicates"),
    // Reporting needs no account, following a case its private link. Who has a role there may do more.
    Rule { does: Does::Write, ..ask("POST", "/api/issues") },
    ask("GET", "/api/issues/{number}"),
    ask("GET", "/api/issues/{number}/photos/{id}"),
    Rule { does: Does::Write, ..ask("POST", "/api/issues/{number}/events") },
    // The lists show what lies inside; the rest is not there.
    role("GET", "/api/issues", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("GET", "/api/issues/board", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("GET", "/api/issues/map", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("GET", "/api/issues/stream", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("GET", "/api/issues/tasks", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("POST", "/api/issues/events", &[Worker, Dispatcher], Does::Write, Holds::Anywhere),
    role("GET", "/api/issues/absences", &[Worker, Dispatcher], Does::Read, Holds::Anywhere),
    role("POST", "/api/issues/absences", &[Dispatcher], Does::Write, Holds::Inside),
    role("DELETE", "/api/issues/absences/{id}", &[Dispatcher], Does::Write, Holds::Inside),
    // What lies inside is counted; the rest is not there.
    role("GET", "/api/statistics", &[Dispatcher], Does::Read, Holds::Anywhere),
    // What lies inside counts; the walks lead everywhere.
    Rule { publishable: true, ..plan("GET", "/api/planning/coverage") },
    plan("GET", "/api/planning/coverage/tiles/{z}/{x}/{y}"),
    plan("GET", "/api/planning/coverage/buildings"),
    plan("GET", "/api/planning/coverage/hours"),
    plan("GET", "/api/planning/coverage/dependents"),
    plan("GET", "/api/planning/grid-size"),
    plan("GET", "/api/planning/parking"),
    plan("GET", "/api/planning/score"),
    // Runs are their makers'.
    plan("POST", "/api/planning/siting"),
    plan("POST", "/api/planning/missing-links"),
    plan("GET", "/api/planning/runs/{id}"),
    plan("DELETE", "/api/planning/runs/{id}"),
    plan("GET", "/api/planning/runs/{id}/marginal"),
    // Who knows the id may read and use it; whose it is may change it.
    plan("GET", "/api/planning/scenarios"),
    plan("GET", "/api/planning/scenarios/{id}"),
    plan("GET", "/api/planning/scenarios/{id}/comparison"),
    role("POST", "/api/planning/scenarios", &[Planner, Admin], Does::Write, Holds::Anywhere),
    role("PUT", "/api/planning/scenarios/{id}", &[Planner, Admin], Does::Write, Holds::Anywhere),
    role("DELETE", "/api/planning/scenarios/{id}", &[Planner, Admin], Does::Write, Holds::Anywhere),
    role("POST", "/api/planning/scenarios/{id}/adopt", &[Planner, Admin], Does::Write, Holds::Inside),
    ask("GET", "/open311/v2/{document}"),
    ask("GET", "/open311/v2/services/{document}"),
    ask("GET", "/open311/v2/requests/{document}"),
    ask("GET", "/open311/v2/tokens/{document}"),
    // The API key, a token of ours, may stand in the body: the handler looks for it.
    Rule { does: Does::Write, ..ask("POST", "/open311/v2/{document}") },
];

impl Rule {
    /// Whether the caller may use the address, as far as the area does not matter.
    pub fn admits(&self, caller: &Caller) -> Result<(), Problem> {
        let Who::Roles(roles) = self.who else {
            return match (self.who, caller.session()) {
                (Who::Session, None) if caller.user().is_some() => {
                    Err(forbidden("An account is managed by who logged in, not with a token."))
                }
                (Who::Session, None) => Err(not_logged_in()),
                _ => Ok(()),
            };
        };
        if caller.user().is_none() {
            return Err(not_logged_in());
        }
        let scopes = caller.scopes();
        if !(if self.does == Does::Write { scopes.write } else { scopes.read }) {
            return Err(forbidden("The token's scopes do not cover this."));
        }
        match (caller.extent(roles), self.holds) {
            (Extent::Nothing, _) => Err(forbidden("None of your roles allows this.")),
            (Extent::Areas(_), Holds::Everywhere) => Err(outside("Your role would have to hold everywhere.")),
            _ => Ok(()),
        }
    }

    fn extent(&self, caller: &Caller) -> Extent {
        match self.who {
            Who::Roles(roles) => caller.extent(roles),
            _ => Extent::Nothing,
        }
    }
}

fn not_logged_in() -> Problem {
    Problem::new(Kind::NotLoggedIn, "Log in, or send a token.")
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(Kind::Forbidden, detail)
}

fn outside(detail: &str) -> Problem {
    Problem::new(Kind::OutsideArea, detail)
}

/// Where the caller may do what the address does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights(pub Extent);

impl Rights {
    pub fn on<'m>(&self, map: &'m Snapshot) -> Region<'m> {
        self.0.on(map)
    }

    /// Refuses what lies outside.
    pub fn require(region: &Region<'_>, place: Where<'_>) -> Result<(), Problem> {
        if region.holds(place) { Ok(()) } else { Err(Self::refused()) }
    }

    pub fn refused() -> Problem {
        outside("It lies outside the areas where you may do this.")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Rights {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let rights = parts.extensions.get::<Self>().cloned();
        rights.ok_or_else(|| Problem::internal("a request came past the authorization"))
    }
}

/// Enforces the table and tells the handlers who calls.
pub async fn enforce(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        // No address of the service: the page, or nothing.
        return next.run(request).await;
    };
    let Some(rule) = find(request.method(), path.as_str()) else { return not_in_table(path.as_str()) };
    if rule.who == Who::Unasked {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    if let Err(problem) = admit(&app, rule, &mut parts).await {
        return problem.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn admit(app: &Arc<App>, rule: &'static Rule, parts: &mut Parts) -> Result<(), Problem> {
    let known = credentials::find(app, &parts.headers, rule.asks).await?;
    let Known { caller, .. } = &known;
    same_origin::check(&parts.method, &parts.headers, &whence(parts)?.base, caller, rule.does == Does::Write)?;
    let public = rule.publishable && app.settings.planning.public_coverage;
    if !public {
        rule.admits(caller)?;
    }
    if let (Some(user), Some(budget)) = (caller.user(), parts.extensions.get::<Budget>()) {
        let theirs = budget.of_account(&user.name);
        parts.extensions.insert(theirs);
    }
    parts.extensions.insert(Rights(if public { Extent::Everywhere } else { rule.extent(caller) }));
    parts.extensions.insert(caller.clone());
    parts.extensions.insert(known);
    Ok(())
}

/// The row of an address; methods are written as the table writes them.
pub fn find(method: &Method, path: &str) -> Option<&'static Rule> {
    // What may be read may be asked about.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    TABLE.iter().find(|rule| rule.method == method && rule.path == path)
}

/// The router may know the method; the table decides.
fn not_in_table(path: &str) -> Response {
    let mut methods: Vec<&str> = TABLE.iter().filter(|rule| rule.path == path).map(|rule| rule.method).collect();
    if methods.is_empty() {
        return forbidden("Nobody may use this address.").into_response();
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let mut response = Problem::new(Kind::MethodNotAllowed, "See the Allow header.").into_response();
    if let Ok(allow) = HeaderValue::from_str(&methods.join(",")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_stands_twice() {
        for (i, rule) in TABLE.iter().enumerate() {
            let same = |other: &&Rule| other.method == rule.method && other.path == rule.path;
            assert_eq!(TABLE.iter().find(same), Some(&TABLE[i]), "{rule:?}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        assert_eq!(not_in_table("/api/secret").status(), 403);
        let answer = not_in_table("/api/place");
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &HeaderValue::from_static("GET,HEAD"))
        );
        assert!(find(&Method::HEAD, "/api/place").is_some() && find(&Method::PUT, "/api/place").is_none());
    }
}
