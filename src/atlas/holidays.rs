//! Days off and make-up days of a country: which days are not as the week says. China's are those of
//! the State Council's yearly notice (`geodata/calendars/cn.json`); for a year that has no notice
//! yet, the statutory days that the `opening-hours` crate knows, and no make-up days.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use opening_hours::localization::Country;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

const CHINA: &str = include_str!("../../geodata/calendars/cn.json");

/// Days off and days worked against the week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    off: BTreeSet<NaiveDate>,
    work: BTreeSet<NaiveDate>,
    years: BTreeSet<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "source")]
    _source: String,
    years: BTreeMap<i32, Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    /// First and last day of each stretch.
    off: Vec<[NaiveDate; 2]>,
    work: Vec<NaiveDate>,
}

/// Why a file of holidays is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidaysError {
    #[error("not a file of holidays: {0}")]
    Json(String),
    #[error("{0} to {1} is not a stretch of days off")]
    Stretch(NaiveDate, NaiveDate),
    #[error("{0} is both a day off and a make-up day")]
    Both(NaiveDate),
}

/// Longer stretches are a slip of the pen.
const LONGEST_DAYS: i64 = 31;

impl Holidays {
    /// Reads a file like `geodata/calendars/cn.json`.
    pub fn read(json: &str) -> Result<Self, HolidaysError> {
        let file: File = serde_json::from_str(json).map_err(|e| HolidaysError::Json(e.to_string()))?;
        let mut read = Self { years: file.years.keys().copied().collect(), ..Self::default() };
        for year in file.years.values() {
            for [first, last] in &year.off {
                if !(0..LONGEST_DAYS).contains(&(*last - *first).num_days()) {
                    return Err(HolidaysError::Stretch(*first, *last));
                }
                read.off.extend(first.iter_days().take_while(|day| day <= last));
            }
            read.work.extend(&year.work);
        }
        match read.off.intersection(&read.work).next() {
            Some(day) => Err(HolidaysError::Both(*day)),
            None => Ok(read),
        }
    }

    /// China's, of the file that comes with the program.
    pub fn china() -> &'static Arc<Self> {
        static BUILT_IN: LazyLock<Arc<Holidays>> = LazyLock::new(|| {
            let file = Holidays::read(CHINA).unwrap_or_else(|e| unreachable!("geodata/calendars/cn.json: {e}"));
            Arc::new(file.with_statutory_days())
        });
        &BUILT_IN
    }

    /// China's in its own time zones, none elsewhere: a wrong country's holidays would be worse than none.
    pub fn of_zone(zone: Tz) -> Arc<Self> {
        let chinese = matches!(zone, Tz::Asia__Shanghai | Tz::Asia__Chongqing | Tz::Asia__Harbin | Tz::Asia__Urumqi);
        if chinese || zone == Tz::PRC { Arc::clone(Self::china()) } else { Arc::default() }
    }

    /// With China's statutory days in the years that have no notice.
    pub fn with_statutory_days(mut self) -> Self {
        let statutory = Country::CN.holidays();
        let unlisted = statutory.get_public().iter().filter(|day| !self.years.contains(&day.year()));
        let unlisted: Vec<NaiveDate> = unlisted.collect();
        self.off.extend(unlisted);
        self
    }

    pub fn is_off(&self, day: NaiveDate) -> bool {
        self.off.contains(&day)
    }

    /// A day worked although the week says it is free.
    pub fn is_make_up(&self, day: NaiveDate) -> bool {
        self.work.contains(&day)
    }

    /// Whether the year's notice is known.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    pub fn days_off(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.off.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn china_s_days_off_and_make_up_days_are_those_of_the_notices() {
        let china = Holidays::china();
        for off in ["2024-02-17", "2025-10-08", "2026-02-23", "2026-04-06"] {
            assert!(china.is_off(day(off)) && !china.is_make_up(day(off)), "{off}");
        }
        for work in ["2024-02-18", "2025-01-26", "2026-01-04", "2026-10-10"] {
            assert!(china.is_make_up(day(work)) && !china.is_off(day(work)), "{work}");
        }
        assert!(china.covers(2026) && !china.covers(2027));
        assert!(china.is_off(day("2027-10-01")), "statutory where no notice is known");
    }

    #[test]
    fn each_make_up_day_of_the_file_is_a_saturday_or_sunday() {
        let weekend = |d: &&NaiveDate| d.weekday().number_from_monday() < 6;
        assert_eq!(Holidays::china().work.iter().find(weekend), None);
        assert!(Holidays::china().work.len() > 15);
    }

    #[test]
    fn a_file_that_contradicts_itself_is_refused() {
        let read = |years: &str| Holidays::read(&format!(r#"{{"source": "x", "years": {{"2030": {years}}}}}"#));
        assert!(read(r#"{"off": [["2030-01-01", "2030-01-03"]], "work": ["2030-01-05"]}"#).is_ok());
        let backwards = read(r#"{"off": [["2030-01-03", "2030-01-01"]], "work": []}"#);
        assert!(matches!(backwards, Err(HolidaysError::Stretch(..))), "{backwards:?}");
        let both = read(r#"{"off": [["2030-01-01", "2030-01-03"]], "work": ["2030-01-02"]}"#);
        assert_eq!(both, Err(HolidaysError::Both(day("2030-01-02"))));
        assert!(matches!(read(r#"{"off": [["2030-02-30", "2030-03-01"]], "work": []}"#), Err(HolidaysError::Json(_))));
    }

    #[test]
    fn other_countries_have_no_holidays_here() {
        assert_eq!(*Holidays::of_zone(Tz::America__New_York), Holidays::default());
        assert!(Holidays::of_zone(Tz::PRC).covers(2026));
    }
}
