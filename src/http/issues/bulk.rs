//! `POST /api/issues/events`: the same for several cases, each by itself.

use super::desk::Desk;
use super::{act, wish};
use crate::http::error::{Problem, ProblemBody};
use crate::http::fields::Fields;
use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Cases that one call acts on.
const MOST: usize = 200;

/// Something to be done with several cases
#[derive(ToSchema)]
#[schema(as = IssuesAct)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct BulkAsk {
    /// At most 200.
    numbers: Vec<String>,
    action: crate::dispatch::Action,
    #[schema(max_length = 1000)]
    note: Option<String>,
    /// RFC 3339.
    until: Option<String>,
    to: Option<wish::ToAsk>,
    joined_to: Option<String>,
    /// The comment answers the reporters.
    answer: Option<bool>,
}

/// What became of one of them
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueResult)]
pub struct ResultBody {
    number: String,
    ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct IssueResults {
    /// In the order of the numbers.
    results: Vec<ResultBody>,
}

/// Do the same with several cases
///
/// Each in a transaction of its own: what cannot be done with one does not hinder the others.
#[utoipa::path(post, path = "/api/issues/events", operation_id = "act_on_issues", tag = "issues",
    request_body = BulkAsk, responses((status = 200, body = IssueResults)))]
pub async fn post(desk: Desk, mut fields: Fields) -> Result<Json<IssueResults>, Problem> {
    let numbers = numbers(&mut fields);
    let wish = wish::read(&mut fields, &desk);
    let (Some(numbers), Some(wish)) = (numbers, wish) else { return Err(fields.refused()) };
    fields.finish()?;
    let mut results = Vec::with_capacity(numbers.len());
    for number in numbers {
        let done = match desk.find(&number, None).await {
            Ok(found) => act::act(&desk, &found, &wish, &[]).await.and_then(|done| done.map_err(wish::refused)),
            Err(problem) => Err(problem),
        };
        let problem = done.err().map(Problem::body);
        results.push(ResultBody { number, ok: problem.is_none(), problem });
    }
    Ok(Json(IssueResults { results }))
}

fn numbers(fields: &mut Fields) -> Option<Vec<String>> {
    let list = fields.list("numbers");
    let texts: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if texts.len() < list.len() || texts.is_empty() || texts.len() > MOST {
        fields.fault("numbers", format!("is not a list of 1 to {MOST} numbers of cases"));
        return None;
    }
    let mut once: Vec<String> = Vec::with_capacity(texts.len());
    texts.into_iter().for_each(|text| {
        if !once.contains(&text) {
            once.push(text);
        }
    });
    Some(once)
}
