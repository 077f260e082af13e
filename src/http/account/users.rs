//! `/api/users`: who has an account. An administrator of an area sees the users who have a grant
//! in it, and changes those who have all of theirs in it.

use super::super::authorization::Rights;
use super::super::credentials::Acting;
use super::super::error::Problem;
use super::super::extract::{PathOf, map_of};
use super::super::fields::Fields;
use super::super::params::{Params, quoted};
use super::body::UserBody;
use super::grants::{self, GrantAsk};
use super::{password, problem};
use crate::accounts::{AreaCode, Region, Role, UserName, folded};
use crate::app::App;
use crate::atlas::Snapshot;
use crate::store::accounts::{NewUser, UserChange, UserRow};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest name for people.
const DISPLAY: usize = 100;

pub fn user_name(text: &str) -> Result<UserName, Problem> {
    UserName::new(text).map_err(|_| Problem::not_found(format!("there is no user {}", quoted(text))))
}

/// Whether the administrator has to do with the user at all.
pub fn has_some_inside(row: &UserRow, region: &Region<'_>) -> bool {
    region.is_everywhere() || row.user.grants.iter().any(|g| region.holds_area(g.area.as_ref()))
}

/// Whether the user is the administrator's alone.
fn is_inside(row: &UserRow, region: &Region<'_>) -> bool {
    has_some_inside(row, region) && row.user.grants.iter().all(|g| region.holds_area(g.area.as_ref()))
}

/// Whether a name of the user has the folded text in it.
fn is_called(row: &UserRow, text: &str) -> bool {
    let display = row.user.display_name.as_deref().map(folded);
    row.user.name.contains(text) || display.is_some_and(|name| name.contains(text))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Users {
    /// By name.
    users: Vec<UserBody>,
    /// How many there are on all pages.
    total: usize,
}

/// Users
#[utoipa::path(get, path = "/api/users", operation_id = "users", tag = "users",
    params(("q" = Option<String>, Query, description = "Part of a name or of what people call them, up to 100 characters",
            min_length = 1, max_length = 100),
        ("limit" = Option<u32>, Query, description = "1 to 1000, 100 by default", minimum = 1, maximum = 1000),
        ("offset" = Option<u32>, Query, description = "How many to pass over")),
    responses((status = 200, body = Users),
    ))]
pub async fn get(State(app): State<Arc<App>>, rights: Rights, mut params: Params) -> Result<Json<Users>, Problem> {
    let (limit, offset) = (params.whole("limit", 100, 1..=1000), params.whole("offset", 0, 0..=u32::MAX));
    let wanted = params.optional("q");
    if wanted.as_ref().is_some_and(|q| q.chars().count() > DISPLAY) {
        params.fault("q", format!("is longer than {DISPLAY} characters"));
    }
    let (Some(limit), Some(offset)) = (limit, offset) else { return Err(params.refused()) };
    params.finish()?;
    // Rights are told by the whole map, not by what its asker sees of it.
    let map = map_of(&app)?;
    let all = app.store.users().await.map_err(Problem::store)?;
    let region = rights.on(&map);
    let wanted = wanted.map(|q| folded(q.trim()));
    let meant = |row: &UserRow| wanted.as_ref().is_none_or(|q| is_called(row, q));
    let theirs: Vec<_> = all.iter().filter(|row| meant(row) && has_some_inside(row, &region)).collect();
    let page = theirs.iter().skip(offset as usize).take(limit as usize);
    Ok(Json(Users { users: page.map(|row| UserBody::of(row, Some(&map))).collect(), total: theirs.len() }))
}

/// A new user
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct UserAsk {
    /// Letters and digits of any script, and . _ - @ between them.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    #[schema(min_length = 1, max_length = 100)]
    display_name: Option<String>,
    /// At least 10 characters, not the name.
    #[schema(min_length = 10, max_length = 200)]
    password: String,
    grants: Option<Vec<GrantAsk>>,
}

struct Read {
    name: UserName,
    display_name: Option<String>,
    password: crate::accounts::Password,
    grants: Vec<(Role, Option<AreaCode>)>,
}

fn read(fields: &mut Fields, map: &Snapshot) -> Option<Read> {
    let name = fields.text("name").and_then(|text| {
        let name = UserName::new(&text);
        name.map_err(|fault| fields.fault("name", fault)).ok()
    });
    let display_name = fields.label("display_name", DISPLAY).flatten();
    let text = fields.text("password");
    let password = text.zip(name.clone()).and_then(|(text, name)| password::read(fields, "password", text, &name));
    let mut grants = Vec::new();
    for (i, value) in fields.list("grants").into_iter().enumerate() {
        let field = format!("grants[{i}]");
        match value {
            Value::Object(members) => {
                let mut part = Fields::of(members);
                grants.extend(grants::read(&mut part, map));
                fields.adopt(&field, part);
            }
            _ => fields.fault(&field, "is not an object"),
        }
    }
    Some(Read { name: name?, display_name, password: password?, grants })
}

/// Add a user
#[utoipa::path(post, path = "/api/users", operation_id = "add_user", tag = "users", request_body = UserAsk,
    responses((status = 201, body = UserBody),
        (status = 409),
    ))]
pub async fn post(
    State(app): State<Arc<App>>,
    rights: Rights,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<(StatusCode, Json<UserBody>), Problem> {
    let map = map_of(&app)?;
    let Some(new) = read(&mut fields, &map) else { return Err(fields.refused()) };
    fields.finish()?;
    let region = rights.on(&map);
    // Who has no grant at all belongs to no area.
    let inside = !new.grants.is_empty() && new.grants.iter().all(|(_, area)| region.holds_area(area.as_ref()));
    if !region.is_everywhere() && !inside {
        return Err(Rights::refused());
    }
    let Read { name, display_name, password, grants } = new;
    let password = password::hash(password).await?;
    let row = app.store.add_user(&NewUser { name, display_name, password, grants }, &stamp).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(UserBody::of(&row, Some(&map)))))
}

/// What is to be changed; what is left out stays
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct UserPatch {
    /// `null` takes it away.
    #[schema(min_length = 1, max_length = 100)]
    display_name: Option<String>,
    /// A disabled user cannot log in; all sessions end and tokens are refused.
    disabled: Option<bool>,
    /// A new password; all sessions end.
    #[schema(min_length = 10, max_length = 200)]
    password: Option<String>,
}

/// Change a user
#[utoipa::path(patch, path = "/api/users/{name}", operation_id = "change_user", tag = "users",
    params(("name" = String, Path, description = "Name of the user")), request_body = UserPatch,
    responses((status = 200, body = UserBody),
        (status = 404),
        (status = 409),
    ))]
pub async fn patch(
    State(app): State<Arc<App>>,
    rights: Rights,
    PathOf(name): PathOf<String>,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<Json<UserBody>, Problem> {
    let map = map_of(&app)?;
    let name = user_name(&name)?;
    let display_name = fields.label("display_name", DISPLAY);
    let disabled = fields.flag("disabled");
    let password = match fields.value("password") {
        None => None,
        Some(Value::String(text)) => password::read(&mut fields, "password", text, &name),
        Some(_) => {
            fields.fault("password", "is not a text");
            None
        }
    };
    fields.finish()?;
    let region = rights.on(&map);
    let may = |row: &UserRow| is_inside(row, &region);
    // Before a costly hash; asked again where it is written.
    let row = app.store.user(&name).await.map_err(Problem::store)?;
    match row {
        None => return Err(Problem::not_found(format!("there is no user {name}"))),
        Some(row) if !may(&row) => return Err(Rights::refused()),
        Some(_) => {}
    }
    let password = match password {
        Some(password) => Some(password::hash(password).await?),
        None => None,
    };
    let change = UserChange { display_name, disabled, password, keep: None };
    let row = app.store.change_user(&name, &change, may, &stamp).await.map_err(problem)?;
    Ok(Json(UserBody::of(&row, Some(&map))))
}
