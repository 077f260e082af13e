//! A case: where it is, whose it is, how it stands, and what has happened. Changed only by
//! `workflow`; a change always comes with its event. Holds no text of the reporter and nothing
//! about the person.

use super::assign::Because;
use super::clock::Stopwatch;
use super::words::{Action, Level, Outcome, Source, Stage, State, words};
use crate::accounts::AreaCode;
use crate::atlas::Ident;
use crate::geometry::LonLat;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
name!(
    /// By which everybody speaks of a case.
    CaseNumber
);
name!(
    /// Who works on it: the name of the account; of somebody without one, as it stands on the map.
    WorkerName
);

/// An area of the tree, a zone over it, or a section of a street with people of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    #[schema(value_type = String)]
    pub layer: Ident,
    #[schema(value_type = String)]
    pub code: AreaCode,
    pub name: Option<String>,
}

/// Whose a case is: always exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = IssueOwner)]
pub struct Owner {
    pub level: Level,
    /// `None`: no area of any level holds the place; it is the desk's that answers for everything.
    pub unit: Option<Unit>,
    /// `None`: the unit's desk, until somebody of it takes the case.
    #[schema(value_type = Option<String>)]
    pub worker: Option<WorkerName>,
}

impl Owner {
    pub fn desk(&self) -> Self {
        Self { worker: None, ..self.clone() }
    }
}

/// For each level that there is at a place, who owns a case there.
pub type Ladder = BTreeMap<Level, Owner>;

words! {
    /// What the town's triage (兜底分流) has to do with a case.
    Triage {
        No "no" "无" "None",
        /// Nobody's: the town decides whose it is.
        Waiting "waiting" "待分流" "Waiting",
        /// The town has decided; it cannot be returned any more.
        Decided "decided" "已分流" "Decided",
    }
}

words! {
    /// As what somebody acts.
    #[schema(as = IssueActor)]
    Who {
        /// Whoever reported it, by the private link.
        Reporter "reporter" "上报人" "Reporter",
        /// Whose it is now; where that is a desk, anybody of the desk.
        Holder "holder" "承办人" "Holder",
        /// A worker of the unit that has it.
        Worker "worker" "网格员" "Worker",
        /// A dispatcher of the unit that has it, or of an area around it.
        Dispatcher "dispatcher" "派遣员" "Dispatcher",
        /// The clock, and what is done without anybody's look.
        Service "service" "系统" "Service",
    }
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub number: CaseNumber,
    pub category: Ident,
    pub source: Source,
    pub place: LonLat,
    /// Never public. Once it is, it stays so.
    pub restricted: bool,
    pub state: State,
    /// Put off (挂账) until then.
    pub suspended_until: Option<DateTime<Utc>>,
    /// Where it lies, by level.
    pub areas: BTreeMap<Level, Unit>,
    pub owner: Owner,
    /// Whose it may be as well, the place being as uncertain as it is.
    pub co_owner: Option<Owner>,
    pub triage: Triage,
    /// The level on which it began.
    pub began: Level,
    /// Limits that have begun and matter yet.
    pub watches: Vec<Stopwatch>,
    /// Number of its events; the next one has the number after it.
    pub events: u32,
    pub reported_at: DateTime<Utc>,
    /// When the last event was.
    pub updated_at: DateTime<Utc>,
    pub tally: Tally,
}

/// What happened to a case, as statistics ask for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// When it was accepted or rejected.
    pub decided_at: Option<DateTime<Utc>>,
    pub accepted: bool,
    /// The limit for that was missed.
    pub decided_late: bool,
    /// End of the limit for solving it as it stands; `None` while none runs, also while put off.
    pub due_at: Option<DateTime<Utc>>,
    /// When a limit for solving it was first missed, and whose it was.
    pub missed_at: Option<DateTime<Utc>>,
    pub missed_by: Option<Owner>,
    pub finished_at: Option<DateTime<Utc>>,
    pub finished_by: Option<WorkerName>,
    /// The work that was last finished has passed its check.
    pub checked: bool,
    pub checks: Vec<Check>,
    pub returns: u32,
    /// When the reporter first had an answer.
    pub answered_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub outcome: Option<Outcome>,
    /// The case that this one was found to repeat.
    pub joined_to: Option<CaseNumber>,
    pub reopened: u32,
    pub reopened_by_reporter: bool,
    /// 1 to 5, by the reporter.
    pub rating: Option<u8>,
}

/// A check by another person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub at: DateTime<Utc>,
    pub passed: bool,
}

impl Case {
    pub fn is_suspended(&self) -> bool {
        self.suspended_until.is_some()
    }

    pub fn watch(&self, stage: Stage) -> Option<&Stopwatch> {
        self.watches.iter().find(|watch| watch.stage == stage)
    }
}

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IssueEventKind)]
pub enum What {
    Reported,
    Did(Action),
    /// A limit is nearly over.
    Warned(Stage),
    /// A limit is over.
    Missed(Stage),
}

/// One thing that happened to a case. Events of a case are numbered from 1 without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = IssueEvent)]
pub struct Event {
    pub number: u32,
    pub at: DateTime<Utc>,
    pub what: What,
    pub who: Who,
    /// Name of the account; a reporter has none.
    #[schema(value_type = Option<String>)]
    pub name: Option<WorkerName>,
    /// `None`: the first.
    pub from: Option<State>,
    pub to: State,
    pub suspended: bool,
    /// Whose it is after it.
    pub owner: Owner,
    /// Until when it is to be solved after it.
    pub due_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
    /// The moment that the step named: put off or extended until.
    pub until: Option<DateTime<Utc>>,
    #[schema(value_type = Option<String>)]
    pub joined_to: Option<CaseNumber>,
    pub rating: Option<u8>,
    /// The note is meant for the reporter.
    pub answer: bool,
    /// Why it is its owner's, where that was found out anew.
    pub because: Vec<Because>,
}
