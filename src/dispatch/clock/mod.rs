//! Limits and how time counts against them: working hours, working days, natural time. Pure: the
//! present moment is an argument.

mod calendar;
mod limit;
#[cfg(test)]
mod random_tests;
mod stopwatch;
#[cfg(test)]
mod tests;

pub use calendar::{WorkCalendar, WorkingHours, WorkingHoursError, moment};
pub use limit::{Counting, Limit, LimitUnit};
pub use stopwatch::{Pause, PauseLabel, Stopwatch};

/// The calendar of the built-in files in China. Compiled for tests only.
#[cfg(test)]
pub fn china() -> WorkCalendar {
    let zone = chrono_tz::Asia::Shanghai;
    WorkCalendar::new(zone, WorkingHours::built_in().expect("built in"), crate::atlas::Holidays::of_zone(zone))
}
