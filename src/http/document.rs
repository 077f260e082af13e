//! The document of every address (OpenAPI). A handler names the problems that are its own by their
//! status; what they look like, and the problems that anything in front of a handler may answer
//! instead of it, are added here from the authorization table.

use super::authorization::{self, Does, Rule, Who};
use super::error::{Kind, ProblemBody};
use axum::http::Method;
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, Content, OpenApi, PathItem, Ref, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

const PROBLEM: &str = "application/problem+json";

pub fn document() -> &'static OpenApi {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| {
        let mut document = super::api().into_openapi();
        document.info.title = "wangge 网格地图服务".into();
        document.info.description = Some("Errors are application/problem+json (RFC 9457).".into());
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                describe(operation);
                authorization::find(&method, path).into_iter().for_each(|rule| refusals(rule, operation));
            }
        }
        components(document.components.get_or_insert_default());
        document
    });
    &DOCUMENT
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn problem(response: &mut Response) {
    let content = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
    response.content.insert(PROBLEM.into(), content.into());
}

/// Whatever a handler says of a status that is an error is a problem, if it does not say what it is.
fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            problem(response);
        }
    }
}

/// Statuses whose problems stand once in the document.
const SHARED: [u16; 8] = [400, 401, 403, 408, 413, 415, 429, 503];

fn name(status: u16) -> String {
    format!("problem-{status}")
}

fn components(components: &mut Components) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for status in SHARED {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.status().as_u16() == status);
        let titles: Vec<&str> = kinds.map(Kind::title).collect();
        let mut response = Response::new(titles.join("; "));
        problem(&mut response);
        components.responses.insert(name(status), response.into());
    }
}

/// The problems that may be answered instead of the handler's answer.
fn refusals(rule: &Rule, operation: &mut Operation) {
    if !rule.path.starts_with("/api") {
        return;
    }
    let body = operation.request_body.is_some();
    let may = |status: &u16| match status {
        401 => rule.who != Who::Unasked,
        403 => rule.does == Does::Write || !matches!(rule.who, Who::Unasked | Who::Everyone),
        408 | 413 | 415 => body,
        _ => true,
    };
    for status in SHARED.into_iter().filter(may) {
        let shared = || RefOr::Ref(Ref::from_response_name(name(status)));
        operation.responses.responses.entry(status.to_string()).or_insert_with(shared);
    }
}
