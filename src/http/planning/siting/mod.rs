//! `POST /api/planning/siting`: where the next places of a kind should go.

mod body;
mod read;

pub use body::{SitesBody, SitingBody, marginal, sites};

use super::ask::{Desk, scenario};
use super::runs::{Beginning, RunBody};
use crate::app::{Found, Sited};
use crate::atlas::Snapshot;
use crate::http::compute;
use crate::http::error::Problem;
use crate::planning::{Scope, SitingQuery, siting};
use axum::response::Response;
use read::{QuestionBody, candidates, read};
use std::sync::Arc;

/// Where the next places should go
///
/// Begins a run. Walks are those of the coverage, so what is promised is what the coverage says after building; the
/// answer carries a bound that no choice of as many sites can exceed.
#[utoipa::path(post, path = "/api/planning/siting", operation_id = "planning_siting", tag = "planning",
    request_body(content = QuestionBody, content_type = "application/json"),
    responses(
        (status = 202, description = "It goes on; see Location", body = RunBody),
        (status = 409, description = "Two of the caller's runs are going on"),
        (status = 422),
    ))]
pub async fn post(mut call: Beginning) -> Result<Response, Problem> {
    let chosen = scenario(&mut call.members.params, &call.app).await?;
    let question = read(&mut call.members, &call.seen);
    let Some(question) = question else { return Err(call.members.refused()) };
    std::mem::take(&mut call.members).finish()?;
    let desk = Desk::new(Arc::clone(&call.app), &call.seen, call.rights.clone(), chosen).await?;
    let (question, candidates, desk) = compute(move || {
        let candidates = candidates(&question, &desk)?;
        Ok::<_, Problem>((question, candidates, desk))
    })
    .await??;
    call.start(
        "siting",
        Box::new(move |run| {
            let scope = desk.scope();
            let weights = weights(&desk.map, &scope, question.by_households);
            let query = SitingQuery {
                category: question.category,
                profile: &question.profile,
                direction: question.direction,
                goal: question.goal,
                existing: question.existing,
                candidates: &candidates,
                weights: Some(&weights),
            };
            let siting = siting(&desk.map, &query, run)?;
            let (goal, by_households) = (question.goal, question.by_households);
            let buildings = weights.iter().filter(|weight| **weight > 0).count();
            let map = Arc::clone(&desk.map);
            Ok(Found::Siting(Box::new(Sited { map, goal, by_households, candidates, buildings, siting })))
        }),
    )
}

/// What each building counts for; nothing outside the planner's own areas.
fn weights(map: &Snapshot, scope: &Scope, by_households: bool) -> Vec<u32> {
    let mut weights = vec![0; map.homes.len()];
    for home in scope.of(map.homes.len()) {
        let households = map.homes[home].households;
        weights[home] = if by_households { households } else { households.min(1) };
    }
    weights
}
