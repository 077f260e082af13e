//! `/api/issues/absences`: when workers are away, and who stands in.

use super::desk::Desk;
use super::wish::{moment, unfit};
use crate::accounts::{Role, UserName};
use crate::dispatch::WorkerName;
use crate::dispatch::assign::Absence;
use crate::http::authorization::Rights;
use crate::http::credentials::Acting;
use crate::http::error::Problem;
use crate::http::extract::{NoParams, PathOf};
use crate::http::fields::Fields;
use crate::store::accounts::UserRow;
use crate::store::issues::{AbsenceRow, NewAbsence};
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A time in which somebody is not there
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Absence)]
pub struct AbsenceBody {
    id: i64,
    /// Name of the account.
    worker: String,
    from: String,
    /// The first moment of being there again.
    to: String,
    stand_in: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Absences {
    /// Those that are not over, by their beginning.
    absences: Vec<AbsenceBody>,
}

/// An absence to be noted
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct AbsenceAsk {
    worker: String,
    /// RFC 3339.
    from: String,
    to: String,
    stand_in: Option<String>,
}

fn body(desk: &Desk, row: AbsenceRow) -> AbsenceBody {
    let AbsenceRow { id, absence: Absence { who, from, to, stand_in } } = row;
    let (from, to) = (desk.local(from), desk.local(to));
    AbsenceBody { id, worker: who.0, from, to, stand_in: stand_in.map(|name| name.0) }
}

/// Whether somebody works in the caller's area.
fn is_inside(desk: &Desk, rights: &Rights, row: &UserRow) -> bool {
    let region = rights.on(&desk.office.map);
    let works = row.user.grants.iter().filter(|grant| [Role::Worker, Role::Dispatcher].contains(&grant.role));
    works.into_iter().any(|grant| region.holds_area(grant.area.as_ref()))
}

/// Absences in the own area
#[utoipa::path(get, path = "/api/issues/absences", operation_id = "absences", tag = "issues",
    responses((status = 200, body = Absences)))]
pub async fn get(desk: Desk, rights: Rights, _: NoParams) -> Result<Json<Absences>, Problem> {
    let (all, users) = tokio::join!(desk.app.store.absences(desk.now), desk.app.store.users());
    let (all, users) = (all.map_err(Problem::store)?, users.map_err(Problem::store)?);
    let mine = |absence: &Absence| {
        let user = users.iter().find(|row| row.user.name == absence.who.0);
        desk.scope.me.as_ref() == Some(&absence.who) || user.is_some_and(|row| is_inside(&desk, &rights, row))
    };
    let absences = all.into_iter().filter(|row| mine(&row.absence)).map(|row| body(&desk, row)).collect();
    Ok(Json(Absences { absences }))
}

/// The worker with that name, when there is one.
async fn worker(desk: &Desk, field: &str, name: &str) -> Result<UserRow, Problem> {
    let unknown = || unfit(field, "nobody has this name");
    let name = UserName::new(name).map_err(|_| unknown())?;
    desk.app.store.user(&name).await.map_err(Problem::store)?.ok_or_else(unknown)
}

/// Note an absence
///
/// Cases that come in meanwhile go to the stand-in, or to whoever else is there.
#[utoipa::path(post, path = "/api/issues/absences", operation_id = "add_absence", tag = "issues",
    request_body = AbsenceAsk, responses((status = 201, body = AbsenceBody), (status = 422)))]
pub async fn post(
    desk: Desk,
    rights: Rights,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<(StatusCode, Json<AbsenceBody>), Problem> {
    let who = fields.text("worker");
    let from = fields.text("from").and_then(|text| moment(&mut fields, "from", &text));
    let to = fields.text("to").and_then(|text| moment(&mut fields, "to", &text));
    let stand_in = fields.text_if_there("stand_in");
    let (Some(who), Some(from), Some(to)) = (who, from, to) else { return Err(fields.refused()) };
    fields.finish()?;
    if to <= from {
        return Err(unfit("to", "is not after from"));
    }
    let row = worker(&desk, "worker", &who).await?;
    if !is_inside(&desk, &rights, &row) {
        return Err(Rights::refused());
    }
    if let Some(name) = &stand_in {
        if *name == who {
            return Err(unfit("stand_in", "is the one who is away"));
        }
        let other = worker(&desk, "stand_in", name).await?;
        if !other.user.grants.iter().any(|grant| [Role::Worker, Role::Dispatcher].contains(&grant.role)) {
            return Err(unfit("stand_in", "is neither worker nor dispatcher"));
        }
    }
    let absence = Absence { who: WorkerName(who), from, to, stand_in: stand_in.map(WorkerName) };
    let id = desk.app.store.add_absence(&NewAbsence(absence.clone()), &stamp).await.map_err(Problem::store)?;
    Ok((StatusCode::CREATED, Json(body(&desk, AbsenceRow { id, absence }))))
}

/// Take an absence away
#[utoipa::path(delete, path = "/api/issues/absences/{id}", operation_id = "delete_absence", tag = "issues",
    params(("id" = i64, Path, description = "Number of the absence")),
    responses((status = 204), (status = 404)))]
pub async fn delete(
    desk: Desk,
    rights: Rights,
    Acting(stamp): Acting,
    PathOf(id): PathOf<i64>,
    _: NoParams,
) -> Result<StatusCode, Problem> {
    let gone = || Problem::not_found("there is no such absence");
    let row = desk.app.store.absence(id).await.map_err(Problem::store)?.ok_or_else(gone)?;
    let name = UserName::new(&row.absence.who.0).map_err(|_| gone())?;
    let user = desk.app.store.user(&name).await.map_err(Problem::store)?;
    if user.is_none_or(|user| !is_inside(&desk, &rights, &user)) {
        return Err(Rights::refused());
    }
    if desk.app.store.end_absence(id, &stamp).await.map_err(Problem::store)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(gone())
    }
}
