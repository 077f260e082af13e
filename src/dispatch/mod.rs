//! Dispatch: a report at a point becomes a case that belongs to one owner, climbs level by level
//! when it must, and is answered in time. Pure rules: values in, values out; the clock, the map and
//! who is at work are arguments. Stores nothing, sends nothing.

mod actor;
pub mod assign;
mod case;
pub mod category;
pub mod clock;
pub mod duplicates;
pub mod photo;
#[cfg(test)]
mod photo_tests;
pub mod statistics;
#[cfg(test)]
mod testing;
pub mod words;
pub mod workflow;

pub use actor::{Actor, may_give};
pub use assign::{Assignment, assign};
pub use case::{Case, CaseNumber, Event, Ladder, Owner, Tally, Triage, Unit, What, Who, WorkerName};
pub use category::{Categories, Category, CategoryError};
pub use clock::{Limit, LimitUnit, WorkCalendar, WorkingHours};
pub use duplicates::{Duplicate, duplicates};
pub use photo::{Photo, PhotoError, photo};
pub use words::{Action, Level, Outcome, Source, Stage, State};
pub use workflow::{Ground, Refusal, Report, Reroute, Step};
