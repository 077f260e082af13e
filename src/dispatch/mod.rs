//! Dispatch: a report at a point becomes a case that belongs to one owner, climbs level by level
//! when it must, and is answered in time. Pure rules: values in, values out; the clock, the map and
//! who is at work are arguments. Stores nothing, sends nothing.

pub mod category;
pub mod clock;
pub mod words;

pub use category::{Categories, Category, CategoryError};
pub use clock::{Limit, LimitUnit, WorkCalendar, WorkingHours};
pub use words::{Action, Level, Outcome, Source, Stage, State};
