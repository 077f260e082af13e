//! `GET /api/issues/duplicates`: was it reported already?

use super::desk::Desk;
use crate::atlas::Ident;
use crate::dispatch::duplicates::{Duplicate, New, RECENT, duplicates, search_box};
use crate::dispatch::{Case, State};
use crate::geometry::LonLat;
use crate::http::error::Problem;
use crate::http::params::{Params, quoted};
use crate::http::place::data_extent;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A case that may be the same
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuplicateBody {
    pub number: String,
    distance_m: f64,
    state: State,
    reported_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicates {
    /// The nearest first.
    duplicates: Vec<DuplicateBody>,
}

/// Reports of the same thing
///
/// Open cases of the same category within 50 m, not older than seven days; restricted ones only for who
/// may see them.
#[utoipa::path(get, path = "/api/issues/duplicates", operation_id = "issue_duplicates", tag = "issues",
    params(("lon" = f64, Query, description = "Degrees", minimum = -180, maximum = 180),
        ("lat" = f64, Query, description = "Degrees", minimum = -90, maximum = 90),
        ("category" = String, Query, description = "Id of a category, see /api/issues/categories")),
    responses((status = 200, body = Duplicates)))]
pub async fn get(desk: Desk, mut params: Params) -> Result<Json<Duplicates>, Problem> {
    let at = params.position(data_extent(&desk.office.map));
    let category = category(&desk, &mut params);
    let (Some(at), Some(category)) = (at, category) else { return Err(params.refused()) };
    params.finish()?;
    let found = find(&desk, (&category, at), None).await?;
    Ok(Json(Duplicates { duplicates: found }))
}

fn category(desk: &Desk, params: &mut Params) -> Option<Ident> {
    let text = params.required("category")?;
    let known = desk.office.categories.get(&text).map(|category| category.id.clone());
    if known.is_none() {
        params.fault("category", format!("{} is no category of /api/issues/categories", quoted(&text)));
    }
    known
}

/// Cases that a report there would repeat, as far as the asker may know of them; a case does not repeat
/// itself.
pub async fn find(
    desk: &Desk,
    (category, place): (&Ident, LonLat),
    itself: Option<&Case>,
) -> Result<Vec<DuplicateBody>, Problem> {
    let at = itself.map_or(desk.now, |case| case.reported_at);
    let stored = desk.app.store.issues_near(category, search_box(place), at - RECENT).await.map_err(Problem::store)?;
    let known = stored.iter().map(|s| &s.case).filter(|case| !case.restricted || desk.sees(case));
    let others = known.filter(|case| itself.is_none_or(|itself| itself.number != case.number));
    // For whoever looks after one of them the later ones are duplicates, too.
    let at = if itself.is_some() { desk.now } else { at };
    let new = New { category, place, at, sees_restricted: true };
    Ok(duplicates(&new, others).into_iter().map(|duplicate| body(desk, duplicate)).collect())
}

fn body(desk: &Desk, duplicate: Duplicate) -> DuplicateBody {
    let Duplicate { number, distance_m, state, reported_at } = duplicate;
    DuplicateBody { number: number.0, distance_m, state, reported_at: desk.local(reported_at) }
}
