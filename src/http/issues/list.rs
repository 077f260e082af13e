//! `GET /api/issues`: cases of the own area, page by page.

use super::desk::Desk;
use super::filter::{self, FilterParams};
use super::row::RowBody;
use crate::http::error::Problem;
use crate::http::params::Params;
use crate::store::issues::Sort;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Issues {
    issues: Vec<RowBody>,
    /// How many there are on all pages.
    total: u64,
}

/// Cases of the own area
///
/// Without `state`, those that are not over.
#[utoipa::path(get, path = "/api/issues", operation_id = "issues", tag = "issues",
    params(FilterParams,
        ("sort" = Option<String>, Query, description = "`urgency` (what ends next or ended first; the default), `newest` or `updated`",
            pattern = "^(urgency|newest|updated)$"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 by default", minimum = 1, maximum = 200),
        ("offset" = Option<u32>, Query, description = "How many to pass over", maximum = 1000000)),
    responses((status = 200, body = Issues)))]
pub async fn get(desk: Desk, mut params: Params) -> Result<Json<Issues>, Problem> {
    let filter = filter::read(&mut params, &desk);
    let sorts = [("urgency", Sort::Urgency), ("newest", Sort::Newest), ("updated", Sort::Updated)];
    let sort = params.choice("sort", Sort::Urgency, &sorts);
    let (limit, offset) = (params.whole("limit", 50, 1..=200), params.whole("offset", 0, 0..=1_000_000));
    let (Some(filter), Some(sort), Some(limit), Some(offset)) = (filter, sort, limit, offset) else {
        return Err(params.refused());
    };
    params.finish()?;
    let page = (limit, offset);
    let (rows, total) =
        tokio::join!(desk.app.store.issue_rows(&filter, sort, page), desk.app.store.issue_count(&filter));
    let rows = rows.map_err(Problem::store)?;
    let issues = rows.iter().map(|row| RowBody::of(&desk.office, row)).collect();
    Ok(Json(Issues { issues, total: total.map_err(Problem::store)? }))
}
