//! `GET /api/issues/{number}`: one case.

use super::desk::Desk;
use super::view::{self, IssueBody};
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::http::params::Params;
use axum::Json;

/// One case
///
/// For who has the key of its private link, and for workers and dispatchers of the area, who are told
/// more in `staff`. Nobody else is told whether it exists.
#[utoipa::path(get, path = "/api/issues/{number}", operation_id = "issue", tag = "issues",
    params(("number" = String, Path, description = "Number of the case"),
        ("key" = Option<String>, Query, description = "Key of the private link")),
    responses((status = 200, body = IssueBody), (status = 404)))]
pub async fn get(desk: Desk, PathOf(number): PathOf<String>, mut params: Params) -> Result<Json<IssueBody>, Problem> {
    let key = params.optional("key");
    params.finish()?;
    let found = desk.find(&number, key.as_deref()).await?;
    view::told(&desk, found).await.map(Json)
}
