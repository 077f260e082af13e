//! `/api/issues/absences`: when workers are away, and who stands in.

use super::desk::Desk;
use super::wish::{moment, unfit};
use crate::accounts::{Grant, Role, UserName, Where};
use crate::dispatch::WorkerName;
use crate::dispatch::assign::{Absence, places_of};
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
    /// Name of the account; of somebody without one, as the map names them.
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

/// Somebody who can be given cases.
enum Worker {
    Account(UserRow),
    /// Without one, as the map names them.
    Named(WorkerName),
}

impl Worker {
    /// Of the account of that name, if there is one. `None`: nobody is called so.
    fn known(desk: &Desk, account: Option<UserRow>, name: &str) -> Option<Self> {
        let named = || {
            let name = WorkerName(name.to_owned());
            (!places_of(&desk.office.map, &name).is_empty()).then_some(Self::Named(name))
        };
        account.map(Self::Account).or_else(named)
    }

    async fn find(desk: &Desk, name: &str) -> Result<Option<Self>, Problem> {
        let account = match UserName::new(name) {
            Ok(account) => desk.app.store.user(&account).await.map_err(Problem::store)?,
            Err(_) => None,
        };
        Ok(Self::known(desk, account, name))
    }

    /// The worker whom a field names.
    async fn of(desk: &Desk, field: &str, name: &str) -> Result<Self, Problem> {
        Self::find(desk, name).await?.ok_or_else(|| unfit(field, "nobody has this name"))
    }

    fn has_cases(&self) -> bool {
        match self {
            Self::Account(row) => row.user.grants.iter().any(gets_cases),
            Self::Named(_) => true,
        }
    }

    /// Whether the caller may say when they are away. Of people without an account nothing but the
    /// name is known: all who have it must be the caller's.
    fn is_inside(&self, desk: &Desk, rights: &Rights) -> bool {
        let region = rights.on(&desk.office.map);
        match self {
            Self::Account(row) => {
                let mut works = row.user.grants.iter().filter(|grant| gets_cases(grant));
                works.any(|grant| region.holds_area(grant.area.as_ref()))
            }
            Self::Named(name) => {
                let places = places_of(&desk.office.map, name);
                !places.is_empty() && places.iter().all(|(entry, feature)| region.holds(Where::of(entry, feature)))
            }
        }
    }
}

fn gets_cases(grant: &Grant) -> bool {
    [Role::Worker, Role::Dispatcher].contains(&grant.role)
}

/// Absences in the own area
#[utoipa::path(get, path = "/api/issues/absences", operation_id = "absences", tag = "issues",
    responses((status = 200, body = Absences)))]
pub async fn get(desk: Desk, rights: Rights, _: NoParams) -> Result<Json<Absences>, Problem> {
    let (all, users) = tokio::join!(desk.app.store.absences(desk.now), desk.app.store.users());
    let (all, users) = (all.map_err(Problem::store)?, users.map_err(Problem::store)?);
    let mine = |who: &WorkerName| {
        let account = || users.iter().find(|row| row.user.name == who.0).cloned();
        let inside = || Worker::known(&desk, account(), &who.0).is_some_and(|worker| worker.is_inside(&desk, &rights));
        desk.scope.me.as_ref() == Some(who) || inside()
    };
    let absences = all.into_iter().filter(|row| mine(&row.absence.who)).map(|row| body(&desk, row)).collect();
    Ok(Json(Absences { absences }))
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
    if !Worker::of(&desk, "worker", &who).await?.is_inside(&desk, &rights) {
        return Err(Rights::refused());
    }
    if let Some(name) = &stand_in {
        if *name == who {
            return Err(unfit("stand_in", "is the one who is away"));
        }
        if !Worker::of(&desk, "stand_in", name).await?.has_cases() {
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
    let worker = Worker::find(&desk, &row.absence.who.0).await?;
    if worker.is_none_or(|worker| !worker.is_inside(&desk, &rights)) {
        return Err(Rights::refused());
    }
    if desk.app.store.end_absence(id, &stamp).await.map_err(Problem::store)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(gone())
    }
}
