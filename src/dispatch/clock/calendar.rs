//! Working time: which moments count towards a limit in working hours or days. Offices' hours are
//! data (`geodata/calendars/working_hours.json`), days off and make-up days are [`Holidays`].
//!
//! A working day is as long as a day's working hours, all the year round: seasons move the hours,
//! they do not change their sum. So every limit is a number of seconds of one of two kinds of time.

use super::limit::{Counting, Limit, LimitUnit};
use crate::atlas::Holidays;
use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;

const WORKING_HOURS: &str = include_str!("../../../geodata/calendars/working_hours.json");

/// From and to, seconds of the day.
type Shift = (u32, u32);

/// When offices work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    days: Vec<Weekday>,
    ordinary: Vec<Shift>,
    seasons: Vec<Season>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Season {
    /// Month and day, the last one included; from after to goes over the new year.
    from: (u32, u32),
    to: (u32, u32),
    shifts: Vec<Shift>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "source")]
    _source: String,
    days: Vec<String>,
    hours: Vec<[String; 2]>,
    seasons: Vec<SeasonFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeasonFile {
    /// `05-01`.
    from: String,
    to: String,
    hours: Vec<[String; 2]>,
}

/// Why a file of working hours is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkingHoursError {
    #[error("not a file of working hours: {0}")]
    Json(String),
    #[error("{0:?} is not a day of the week (Mo, Tu, …), a time (08:30) or a day of the year (05-01)")]
    Text(String),
    #[error("no day of the week is worked")]
    NoDays,
    #[error("hours must be in order, not overlap, and not be empty: {0}")]
    Hours(String),
    #[error("a season has {0} minutes of work a day, the rest of the year {1}: they must be the same")]
    Sum(u32, u32),
}

impl WorkingHours {
    /// Reads a file like `geodata/calendars/working_hours.json`.
    pub fn read(json: &str) -> Result<Self, WorkingHoursError> {
        let file: File = serde_json::from_str(json).map_err(|e| WorkingHoursError::Json(e.to_string()))?;
        let days: Vec<Weekday> = file.days.iter().map(weekday).collect::<Result<_, _>>()?;
        if days.is_empty() {
            return Err(WorkingHoursError::NoDays);
        }
        let ordinary = shifts(&file.hours)?;
        let seasons: Vec<Season> = file.seasons.iter().map(season).collect::<Result<_, _>>()?;
        let odd = seasons.iter().map(|s| sum(&s.shifts)).find(|s| *s != sum(&ordinary));
        match odd {
            Some(odd) => Err(WorkingHoursError::Sum(odd / 60, sum(&ordinary) / 60)),
            None => Ok(Self { days, ordinary, seasons }),
        }
    }

    /// Those that come with the program.
    pub fn built_in() -> Result<Self, WorkingHoursError> {
        Self::read(WORKING_HOURS)
    }

    fn shifts(&self, day: NaiveDate) -> &[Shift] {
        let date = (day.month(), day.day());
        let holds = |s: &&Season| match s.from <= s.to {
            true => (s.from..=s.to).contains(&date),
            false => date >= s.from || date <= s.to,
        };
        self.seasons.iter().find(holds).map_or(&self.ordinary, |s| &s.shifts)
    }
}

fn weekday(text: &String) -> Result<Weekday, WorkingHoursError> {
    let day = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].iter().position(|day| day == text);
    day.and_then(|day| Weekday::try_from(day as u8).ok()).ok_or_else(|| WorkingHoursError::Text(text.clone()))
}

fn season(file: &SeasonFile) -> Result<Season, WorkingHoursError> {
    let date = |text: &String| {
        // A leap year knows every day there is.
        let day = NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d");
        day.map(|d| (d.month(), d.day())).map_err(|_| WorkingHoursError::Text(text.clone()))
    };
    Ok(Season { from: date(&file.from)?, to: date(&file.to)?, shifts: shifts(&file.hours)? })
}

fn shifts(hours: &[[String; 2]]) -> Result<Vec<Shift>, WorkingHoursError> {
    let time = |text: &String| match text.as_str() {
        "24:00" => Ok(86_400),
        _ => NaiveTime::parse_from_str(text, "%H:%M")
            .map(|t| t.signed_duration_since(NaiveTime::MIN).num_seconds() as u32)
            .map_err(|_| WorkingHoursError::Text(text.clone())),
    };
    let all = hours.iter().map(|[from, to]| Ok((time(from)?, time(to)?))).collect::<Result<Vec<Shift>, _>>()?;
    let right = !all.is_empty() && all.iter().all(|(a, b)| a < b) && all.windows(2).all(|w| w[0].1 <= w[1].0);
    if right { Ok(all) } else { Err(WorkingHoursError::Hours(format!("{hours:?}"))) }
}

fn sum(shifts: &[Shift]) -> u32 {
    shifts.iter().map(|(from, to)| to - from).sum()
}

/// Working time in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    zone: Tz,
    hours: WorkingHours,
    holidays: Arc<Holidays>,
}

impl WorkCalendar {
    pub fn new(zone: Tz, hours: WorkingHours, holidays: Arc<Holidays>) -> Self {
        Self { zone, hours, holidays }
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether the year's days off are known; a deadline in another year may still move.
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.holidays.covers(at.with_timezone(&self.zone).year())
    }

    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let week = self.hours.days.contains(&day.weekday());
        !self.holidays.is_off(day) && (week || self.holidays.is_make_up(day))
    }

    /// Seconds that the limit grants, of its own kind of time.
    pub fn seconds(&self, limit: Limit) -> i64 {
        let unit = match limit.unit {
            LimitUnit::WorkingHours | LimitUnit::Hours => 3600,
            LimitUnit::WorkingDays => i64::from(sum(&self.hours.ordinary)),
            LimitUnit::Days => 86_400,
        };
        i64::from(limit.value) * unit
    }

    /// Seconds of this kind of time between two moments; 0 when `to` is not after `from`.
    pub fn counted(&self, counting: Counting, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        match counting {
            Counting::Natural => (to - from).num_seconds().max(0),
            Counting::Working => {
                let until = self.date(to);
                let days = self.date(from).iter_days().take_while(|day| *day <= until);
                let overlap = |(a, b): (DateTime<Utc>, DateTime<Utc>)| (b.min(to) - a.max(from)).num_seconds().max(0);
                days.flat_map(|day| self.spans(day)).map(overlap).sum()
            }
        }
    }

    /// The earliest moment by which so many seconds of this kind of time have passed since `from`;
    /// `from` itself when none are asked for.
    pub fn after(&self, counting: Counting, from: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
        if seconds <= 0 {
            return from;
        }
        if counting == Counting::Natural {
            return from.checked_add_signed(Duration::seconds(seconds)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        }
        let mut left = seconds;
        for (start, end) in self.date(from).iter_days().flat_map(|day| self.spans(day)) {
            let start = start.max(from);
            let here = (end - start).num_seconds().max(0);
            if here >= left {
                return start + Duration::seconds(left);
            }
            left -= here;
        }
        DateTime::<Utc>::MAX_UTC
    }

    /// When a limit that starts at `from` and never stands still is over.
    pub fn deadline(&self, limit: Limit, from: DateTime<Utc>) -> DateTime<Utc> {
        self.after(limit.unit.counts(), from, self.seconds(limit))
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The day's working time.
    fn spans(&self, day: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let shifts: &[Shift] = if self.is_working_day(day) { self.hours.shifts(day) } else { &[] };
        let midnight = day.and_time(NaiveTime::MIN);
        let at = move |second: u32| moment(self.zone, midnight + Duration::seconds(second.into()));
        shifts.iter().map(move |(from, to)| (at(*from), at(*to)))
    }
}

/// The moment at which clocks of the zone show so. Where they are put back it is the first of the
/// two; where they are put forward over it, the moment they are.
pub fn moment(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            let before = zone.from_local_datetime(&(local - Duration::hours(3))).earliest();
            before.map_or_else(|| local.and_utc(), |at| at.to_utc() + Duration::hours(3))
        }
    }
}
