//! `GET /api/issues/categories`: what can be reported.

use super::desk::Desk;
use crate::dispatch::Categories;
use crate::http::error::Problem;
use crate::http::extract::NoParams;
use axum::Json;

/// What can be reported
///
/// On two levels, with the limits, the units of amounts, and which of it is restricted.
#[utoipa::path(get, path = "/api/issues/categories", operation_id = "issue_categories", tag = "issues",
    responses((status = 200, body = Categories)))]
pub async fn get(desk: Desk, _: NoParams) -> Result<Json<Categories>, Problem> {
    Ok(Json(Categories::clone(&desk.office.categories)))
}
