//! `/api/planning/scenarios`: what planners try out before anybody builds it. Who knows the id of one
//! may read and use it; only its owner, or an administrator of everything, may change it.

pub mod adopt;
mod body;
pub mod comparison;
pub mod list;
pub mod one;

use crate::accounts::{Caller, Extent, Role};
use crate::app::App;
use crate::atlas::Snapshot;
use crate::http::compute;
use crate::http::edit::{faulty, precondition};
use crate::http::error::{FieldError, Kind, Problem};
use crate::planning::scenario::{Measure, ScenarioError, ScenarioId, apply};
use crate::store::{ScenarioRow, ScenarioUnchanged};
use std::sync::Arc;

/// Measures of one scenario.
const MOST: usize = 200;

/// A scenario as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub row: ScenarioRow,
    pub measures: Vec<Measure>,
}

impl Kept {
    pub async fn find(app: &App, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = ScenarioId::read(id) else { return Ok(None) };
        let found = app.store.scenario(&id).await.map_err(Problem::store)?;
        Ok(found.map(|(row, measures)| Self { row, measures }))
    }

    /// The one that an address names.
    pub async fn at(app: &App, id: &str) -> Result<Self, Problem> {
        Self::find(app, id).await?.ok_or_else(no_scenario)
    }

    /// The same, for somebody who wants to change it.
    pub async fn own_at(app: &App, id: &str, caller: &Caller) -> Result<Self, Problem> {
        let kept = Self::at(app, id).await?;
        let own = caller.user().is_some_and(|user| user.id == kept.row.owner);
        if own || sees_all(caller) {
            return Ok(kept);
        }
        Err(Problem::new(Kind::Forbidden, "Only its owner may change the scenario; make one of your own from it."))
    }

    pub fn is_adopted(&self) -> bool {
        self.row.adopted_at.is_some()
    }

    /// The map with the measures taken. May take a while.
    pub fn taken(&self, app: &App, map: &Arc<Snapshot>) -> Result<Arc<Snapshot>, Problem> {
        if self.is_adopted() {
            return Err(adopted());
        }
        self.tried(app, map).map_err(|error| unfit(&error))
    }

    /// The same, or the measure that cannot be taken any more.
    fn tried(&self, app: &App, map: &Arc<Snapshot>) -> Result<Arc<Snapshot>, ScenarioError> {
        app.plans().applied(map, (self.row.id.clone(), self.row.version), &self.measures)
    }
}

/// An administrator of everything.
fn sees_all(caller: &Caller) -> bool {
    caller.extent(&[Role::Admin]) == Extent::Everywhere
}

fn no_scenario() -> Problem {
    Problem::not_found("there is no such scenario")
}

fn adopted() -> Problem {
    Problem::new(Kind::Conflict, "The scenario has been adopted: its measures are on the map.")
}

fn unchanged(why: ScenarioUnchanged) -> Problem {
    match why {
        ScenarioUnchanged::NoScenario => no_scenario(),
        ScenarioUnchanged::Adopted => adopted(),
        ScenarioUnchanged::TooMany => Problem::new(Kind::Conflict, format!("{why}; take one away first.")),
        ScenarioUnchanged::LostUpdate { actual } => precondition::lost(actual),
        ScenarioUnchanged::Store(error) => Problem::store(error),
    }
}

/// What stands before the fields of a measure.
fn place(number: usize) -> String {
    format!("measures[{number}].")
}

fn unfit(ScenarioError { number, why }: &ScenarioError) -> Problem {
    faulty(vec![FieldError { field: place(*number) + why.member(), detail: why.to_string() }])
}

/// Refuses measures that cannot be taken on the map, all of them in their order.
async fn must_fit(map: &Arc<Snapshot>, measures: &[Measure]) -> Result<(), Problem> {
    let (map, measures) = (Arc::clone(map), measures.to_vec());
    compute(move || apply(&map, &measures).map(drop).map_err(|error| unfit(&error))).await?
}
