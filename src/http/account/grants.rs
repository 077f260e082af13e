//! `/api/users/{name}/grants`: roles of users, given and taken by an administrator of the area.

use super::super::authorization::Rights;
use super::super::credentials::Acting;
use super::super::error::Problem;
use super::super::extract::{NoParams, PathOf, map_of};
use super::super::fields::Fields;
use super::body::GrantBody;
use super::problem;
use super::users::{has_some_inside, user_name};
use crate::accounts::{AreaCode, Grant, GrantId, Role, area_of};
use crate::app::App;
use crate::atlas::Snapshot;
use crate::store::accounts::UserRow;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use utoipa::ToSchema;

/// A role in an area
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct GrantAsk {
    role: Role,
    /// Code of a district, town, community or grid; left out or null: everywhere.
    #[schema(max_length = 1000)]
    area: Option<String>,
}

/// Reads a role and the code of an area that the map has.
pub fn read(fields: &mut Fields, map: &Snapshot) -> Option<(Role, Option<AreaCode>)> {
    let role = fields.text("role").and_then(|text| {
        let role = Role::read(&text);
        if role.is_none() {
            fields.fault("role", format!("is not one of {}", Role::ALL.map(Role::as_str).join(", ")));
        }
        role
    });
    let area = fields.optional_text("area").flatten().map(AreaCode);
    if area.as_ref().is_some_and(|code| area_of(map, code).is_none()) {
        fields.fault("area", "is not the code of an area of the map");
    }
    Some((role?, area))
}

/// Give a role
#[utoipa::path(post, path = "/api/users/{name}/grants", operation_id = "add_grant", tag = "users",
    params(("name" = String, Path, description = "Name of the user")), request_body = GrantAsk,
    responses((status = 201, body = GrantBody),
        (status = 404),
        (status = 409),
    ))]
pub async fn post(
    State(app): State<Arc<App>>,
    rights: Rights,
    PathOf(name): PathOf<String>,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<(StatusCode, Json<GrantBody>), Problem> {
    let map = map_of(&app)?;
    let Some((role, area)) = read(&mut fields, &map) else { return Err(fields.refused()) };
    fields.finish()?;
    let region = rights.on(&map);
    if !region.holds_area(area.as_ref()) {
        return Err(Rights::refused());
    }
    let may = |user: &UserRow| has_some_inside(user, &region);
    let grant = app.store.add_grant(&user_name(&name)?, (role, area.as_ref()), may, &stamp).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(GrantBody::of(&grant, Some(&map)))))
}

/// Take a role away
#[utoipa::path(delete, path = "/api/users/{name}/grants/{id}", operation_id = "remove_grant", tag = "users",
    params(("name" = String, Path, description = "Name of the user"),
        ("id" = i64, Path, description = "Number of the grant")),
    responses((status = 204, description = "Taken away"),
        (status = 404),
        (status = 409),
    ))]
pub async fn delete(
    State(app): State<Arc<App>>,
    rights: Rights,
    PathOf((name, id)): PathOf<(String, i64)>,
    Acting(stamp): Acting,
    _: NoParams,
) -> Result<StatusCode, Problem> {
    let map = map_of(&app)?;
    let region = rights.on(&map);
    let may = |_: &UserRow, grant: &Grant| region.holds_area(grant.area.as_ref());
    app.store.remove_grant(&user_name(&name)?, GrantId(id), may, &stamp).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
