//! Cases of dispatch: made, changed, asked for. Load, decide, save is one call that is given the rule:
//! one transaction, so however many act at once, each decides on what the one before has left. Who
//! reported a case is kept apart from it.

mod act;
mod also;
mod clock;
mod columns;
mod counts;
mod filter;
mod list;
mod make;
mod period;
mod photos;
mod points;
mod reporters;
mod staff;

pub use act::Decided;
pub use also::Codes;
pub use clock::Ticked;
pub use counts::{BoardCounts, Workload};
pub use filter::{Areas, IssueFilter, IssueScope, Overdue};
pub use list::{IssueRow, Sort, is_seen};
pub use period::PeriodQuery;
pub use photos::PhotoRow;
pub use points::{Cell, Points};
pub use reporters::Contact;
pub use staff::{AbsenceRow, NewAbsence};

use super::error::garbled;
use crate::accounts::SecretHash;
use crate::atlas::Ident;
use crate::dispatch::{Case, Event};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Number of a case's row: the change log speaks of cases by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssueId(pub i64);

/// What was told of a case beside what its workflow needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    #[serde(skip)]
    pub description: String,
    #[serde(skip)]
    pub address: Option<String>,
    pub quantity: Option<f64>,
    pub unit: Option<Ident>,
    /// Radius in which the place really is, metres.
    pub accuracy_m: Option<f64>,
}

/// How a case is to be found: what follows from it, the calendar and the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    /// The group of its category.
    pub group: Ident,
    /// When the clock has something to do.
    pub next_due: Option<DateTime<Utc>>,
    /// What ends next, or ended first.
    pub urgent_at: DateTime<Utc>,
    pub promised_at: Option<DateTime<Utc>>,
    pub warned: bool,
    pub missed: bool,
    /// The areas that the owner's unit lies in, where they are not the place's.
    pub also: Codes,
}

/// A case as it is to be written, with the events that brought it there.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub case: Case,
    pub events: Vec<Event>,
    pub filing: Filing,
}

/// A report as it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIssue {
    /// The day at the place, which begins the number.
    pub day: chrono::NaiveDate,
    pub about: About,
    pub contact: Contact,
    pub secret: SecretHash,
    /// As JPEG.
    pub photos: Vec<Vec<u8>>,
}

/// A case as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: IssueId,
    pub case: Case,
    pub about: About,
}

fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// A moment that must not be named too early.
fn millis_up(at: DateTime<Utc>) -> i64 {
    let whole = at.timestamp_millis();
    if at.timestamp_subsec_nanos().is_multiple_of(1_000_000) { whole } else { whole + 1 }
}

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn e7(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

fn degrees(e7: i64) -> f64 {
    e7 as f64 / 1e7
}
