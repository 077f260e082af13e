//! Opening hours in OSM syntax: is this place open at a moment? Text that cannot be read
//! answers "not known", never an error: a resident must not suffer from a typing mistake.
//! Public holidays (`PH`) are the days off of [`Holidays`].

use super::holidays::Holidays;
use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use compact_calendar::CompactCalendar;
use opening_hours::localization::TzLocation;
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use std::sync::{Arc, LazyLock};

/// Where no time zone is said.
pub const DEFAULT_ZONE: Tz = chrono_tz::Asia::Shanghai;

/// Opening hours of one facility: the text as written, and its meaning when it has one.
#[derive(Debug, Clone)]
pub struct Hours {
    text: Arc<str>,
    zone: Tz,
    meaning: Option<OpeningHours<TzLocation<Tz>>>,
}

impl PartialEq for Hours {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.zone == other.zone
    }
}

impl Hours {
    /// Reads `text` as local time of `zone`.
    pub fn read(text: &str, zone: Tz) -> Self {
        let context = Context::default().with_holidays(holidays(zone)).with_locale(TzLocation::new(zone));
        let meaning = text.parse::<OpeningHours>().ok().map(|hours| hours.with_context(context));
        Self { text: text.into(), zone, meaning }
    }

    /// As written in the data.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is open at that moment; `None` when the text does not say or cannot be read.
    pub fn open_at<Z: TimeZone>(&self, at: &DateTime<Z>) -> Option<bool> {
        match self.meaning.as_ref()?.state(at.with_timezone(&self.zone)).0 {
            RuleKind::Open => Some(true),
            RuleKind::Closed => Some(false),
            RuleKind::Unknown => None,
        }
    }
}

/// The time zone of that IANA name, else [`DEFAULT_ZONE`].
pub fn zone(name: Option<&str>) -> Tz {
    name.and_then(|n| n.parse().ok()).unwrap_or(DEFAULT_ZONE)
}

/// The days off as the `opening-hours` crate takes them.
fn holidays(zone: Tz) -> ContextHolidays {
    static CHINA: LazyLock<ContextHolidays> = LazyLock::new(|| context(Holidays::china()));
    let here = Holidays::of_zone(zone);
    if Arc::ptr_eq(&here, Holidays::china()) { CHINA.clone() } else { context(&here) }
}

fn context(holidays: &Holidays) -> ContextHolidays {
    let days: CompactCalendar = holidays.days_off().collect();
    ContextHolidays::new(Arc::new(days), Arc::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str, at: &str) -> Option<bool> {
        let at = DateTime::parse_from_rfc3339(at).expect("a time");
        Hours::read(text, DEFAULT_ZONE).open_at(&at)
    }

    #[test]
    fn a_time_of_another_zone_is_read_as_local_time() {
        let hours = "Mo-Fr 08:30-17:30";
        assert_eq!(open(hours, "2026-11-20T00:30:00Z"), Some(true));
        assert_eq!(open(hours, "2026-11-20T09:29:59Z"), Some(true));
        assert_eq!(open(hours, "2026-11-20T09:30:00Z"), Some(false));
        assert_eq!(open(hours, "2026-11-22T11:00:00+08:00"), Some(false));
    }

    #[test]
    fn hours_past_midnight_and_all_day_are_understood() {
        assert_eq!(open("Mo-Su 18:00-02:00", "2026-11-21T01:00:00+08:00"), Some(true));
        assert_eq!(open("24/7", "2026-11-21T01:00:00+08:00"), Some(true));
        assert_eq!(open("08:00-12:00,14:00-17:30", "2026-11-21T13:00:00+08:00"), Some(false));
    }

    #[test]
    fn public_holidays_are_those_of_the_state_council() {
        let hours = "Mo-Su 09:00-17:00; PH off";
        for day in ["2024-02-17", "2025-10-08", "2026-02-23", "2026-04-06", "2026-09-25", "2027-10-01"] {
            assert_eq!(open(hours, &format!("{day}T10:00:00+08:00")), Some(false), "{day}");
        }
        for day in ["2024-02-18", "2025-10-09", "2026-02-14", "2026-05-09", "2026-11-22"] {
            assert_eq!(open(hours, &format!("{day}T10:00:00+08:00")), Some(true), "{day}");
        }
    }

    #[test]
    fn hours_that_cannot_be_read_are_not_known() {
        assert_eq!(open("上午八点到下午五点", "2026-11-20T09:00:00+08:00"), None);
        assert_eq!(open("", "2026-11-20T09:00:00+08:00"), None);
        assert_eq!(Hours::read("何时", DEFAULT_ZONE).text(), "何时");
    }

    #[test]
    fn an_unknown_zone_is_shanghai() {
        assert_eq!(zone(Some("Mars/Base")), DEFAULT_ZONE);
        assert_eq!(zone(Some("Europe/Paris")), chrono_tz::Europe::Paris);
    }
}
