//! `POST /api/issues/{number}/events`: something is done with a case.

use super::desk::{Desk, Found};
use super::view::{self, IssueBody};
use super::{photos, wish};
use crate::app::office::{Refused, Scene, Wish};
use crate::dispatch::Case;
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::http::fields::Fields;
use crate::http::params::Params;
use axum::Json;
use axum::body::Body;
use axum::http::HeaderMap;
use std::sync::Arc;

/// Do something with a case
///
/// Who may do what, and when, says the workflow (docs/dispatch-workflow.md). The answer is the case as
/// it is then, with what the caller may do next.
#[utoipa::path(post, path = "/api/issues/{number}/events", operation_id = "act_on_issue", tag = "issues",
    params(("number" = String, Path, description = "Number of the case"),
        ("key" = Option<String>, Query, description = "Key of the private link, for the reporter")),
    request_body = wish::ActAsk,
    responses((status = 200, body = IssueBody), (status = 404), (status = 409), (status = 422)))]
pub async fn post(
    desk: Desk,
    PathOf(number): PathOf<String>,
    mut params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<IssueBody>, Problem> {
    let key = params.optional("key");
    params.finish()?;
    let mut fields = Fields::read(&headers, body).await?;
    // Nobody has to send a right body to be told that there is no such case.
    let found = desk.find(&number, key.as_deref()).await?;
    let (photos, wish) = (photos::read(&mut fields), wish::read(&mut fields, &desk));
    let (Some(photos), Some(wish)) = (photos, wish) else { return Err(fields.refused()) };
    fields.finish()?;
    let photos = photos::encoded(photos).await?;
    let case = act(&desk, &found, &wish, &photos).await?.map_err(wish::refused)?;
    // It may have left the caller's sight by what was done: it is told once more all the same.
    let staff = found.staff && desk.sees(&case);
    let stored = desk.app.store.issue(&case.number).await.map_err(Problem::store)?;
    let stored = stored.ok_or_else(super::desk::no_case)?;
    view::told(&desk, Found { stored, staff, ..found }).await.map(Json)
}

/// Does it, in one transaction.
pub async fn act(
    desk: &Desk,
    found: &Found,
    wish: &Wish,
    photos: &[Vec<u8>],
) -> Result<Result<Case, Refused>, Problem> {
    let (office, caller, now) = (Arc::clone(&desk.office), desk.caller.clone(), desk.now);
    let (by_link, count, owned) = (found.by_link, photos.len(), wish.clone());
    let rule = move |was: &_, other: Option<&_>, staff: &_| {
        let scene = Scene { staff, caller: &caller, by_link, at: now };
        office.act((was, other), &scene, (&owned, count))
    };
    let numbers = (&found.stored.case.number, wish.joined_to.as_ref());
    let done = desk.app.store.change_issue(numbers, now, photos, rule).await.map_err(Problem::store)?;
    desk.app.nudge();
    done.ok_or_else(super::desk::no_case)
}
