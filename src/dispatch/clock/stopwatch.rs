//! One running limit of a case: when it began, when it stood still and why, when it warns and when
//! it is over. Time that has counted is never taken back.

use super::calendar::WorkCalendar;
use super::limit::Limit;
use crate::dispatch::words::{Stage, words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Why a clock stands still.
    PauseLabel {
        Suspended "suspended" "挂账" "Suspended",
        Checking "checking" "核查中" "Being checked",
    }
}

/// A stretch in which a clock stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pause {
    pub label: PauseLabel,
    pub from: DateTime<Utc>,
    /// `None`: it still stands.
    pub to: Option<DateTime<Utc>>,
}

/// A limit that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopwatch {
    pub stage: Stage,
    pub limit: Limit,
    pub started_at: DateTime<Utc>,
    /// Granted beyond the limit, seconds of the limit's kind of time.
    #[serde(default)]
    pub extended_s: i64,
    /// In order; only the last one may be open.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// The warning was given.
    #[serde(default)]
    pub warned: bool,
    /// The end has passed, and it was noted.
    #[serde(default)]
    pub missed: bool,
}

impl Stopwatch {
    pub fn start(stage: Stage, limit: Limit, at: DateTime<Utc>) -> Self {
        let (extended_s, pauses, warned, missed) = (0, Vec::new(), false, false);
        Self { stage, limit, started_at: at, extended_s, pauses, warned, missed }
    }

    /// Since when it runs; `None` while it stands still.
    pub fn running_since(&self) -> Option<DateTime<Utc>> {
        match self.pauses.last() {
            None => Some(self.started_at),
            Some(pause) => pause.to,
        }
    }

    pub fn pause(&mut self, label: PauseLabel, at: DateTime<Utc>) {
        if let Some(since) = self.running_since() {
            self.pauses.push(Pause { label, from: at.max(since), to: None });
        }
    }

    pub fn resume(&mut self, at: DateTime<Utc>) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at.max(pause.from));
        }
    }

    /// Seconds granted altogether.
    pub fn total(&self, calendar: &WorkCalendar) -> i64 {
        calendar.seconds(self.limit) + self.extended_s
    }

    /// Seconds that have counted until `at`.
    pub fn spent(&self, calendar: &WorkCalendar, at: DateTime<Utc>) -> i64 {
        let counting = self.limit.unit.counts();
        let starts = std::iter::once(self.started_at).chain(self.pauses.iter().filter_map(|pause| pause.to));
        let ends = self.pauses.iter().map(|pause| pause.from).chain([at]);
        starts.zip(ends).map(|(from, to)| calendar.counted(counting, from, to.min(at))).sum()
    }

    /// When it is over if it runs on; `None` while it stands still.
    pub fn due_at(&self, calendar: &WorkCalendar) -> Option<DateTime<Utc>> {
        self.reaches(calendar, self.total(calendar))
    }

    /// When `percent` of it will have passed.
    pub fn warns_at(&self, calendar: &WorkCalendar, percent: u8) -> Option<DateTime<Utc>> {
        self.reaches(calendar, self.total(calendar) * i64::from(percent) / 100)
    }

    fn reaches(&self, calendar: &WorkCalendar, seconds: i64) -> Option<DateTime<Utc>> {
        let since = self.running_since()?;
        let left = seconds - self.spent(calendar, since);
        Some(calendar.after(self.limit.unit.counts(), since, left))
    }

    /// More time, at the most until `until`; warns anew. Seconds that were granted: 0 when `until`
    /// is not later than the end as it is, or the clock stands still.
    pub fn extend(&mut self, calendar: &WorkCalendar, until: DateTime<Utc>) -> i64 {
        let Some(due) = self.due_at(calendar) else { return 0 };
        let more = calendar.counted(self.limit.unit.counts(), due, until);
        if more > 0 {
            self.extended_s += more;
            (self.warned, self.missed) = (false, false);
        }
        more
    }
}
