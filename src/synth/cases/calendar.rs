//! When things are reported: the half-year before now, more in their season, on working days, after
//! rain, and a little more lately, so that the board has something on it.

use super::super::rng::Rng;
use super::Setting;
use super::data::Season;
use crate::dispatch::clock::moment;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Half a year.
pub const DAYS: u64 = 182;

/// Days that count as "lately".
const LATELY: usize = 6;

pub struct Days {
    days: Vec<NaiveDate>,
    /// How much there was to report on each day.
    mood: Vec<f64>,
    rain: Vec<f64>,
    sums: BTreeMap<Season, Vec<f64>>,
    zone: Tz,
    now: DateTime<Utc>,
}

impl Days {
    pub fn before(setting: &Setting<'_>, rng: &Rng) -> Self {
        let (zone, now) = (setting.calendar.zone(), setting.now);
        let today = now.with_timezone(&zone).date_naive();
        let mut days: Vec<NaiveDate> = today.iter_days().rev().take(DAYS as usize + 1).collect();
        days.reverse();
        let mut rng = rng.fork(1);
        let mood = days.iter().map(|_| rng.range(0.7, 1.3)).collect();
        // Most days are dry; a few bring most of the water.
        let rain = days.iter().map(|_| 0.2 + 6.0 * rng.unit().powi(4)).collect();
        Self { days, mood, rain, sums: BTreeMap::new(), zone, now }
    }

    /// A moment before now at which something of the season is reported.
    pub fn moment(&mut self, season: Season, rng: &mut Rng) -> DateTime<Utc> {
        loop {
            let day = self.day(season, rng);
            let hour = match rng.unit() {
                u if u < 0.45 => rng.range(7.0, 11.5),
                u if u < 0.80 => rng.range(14.0, 18.0),
                _ => rng.range(18.0, 22.0),
            };
            let second = Duration::seconds((hour * 3600.0) as i64);
            let at = moment(self.zone, day.and_time(NaiveTime::MIN) + second);
            if at < self.now {
                return at;
            }
        }
    }

    fn day(&mut self, season: Season, rng: &mut Rng) -> NaiveDate {
        let sums = self.sums.entry(season).or_insert_with(|| {
            let weight = |i: usize| {
                let wet = if season == Season::Rain { self.rain[i] } else { 1.0 };
                let late = if i + LATELY >= self.days.len() { 1.7 } else { 1.0 };
                self.mood[i] * wet * late * month(season, self.days[i].month()) * week(self.days[i].weekday())
            };
            (0..self.days.len())
                .scan(0.0, |sum, i| {
                    *sum += weight(i);
                    Some(*sum)
                })
                .collect()
        });
        let whole = sums.last().copied().unwrap_or(0.0);
        let at = rng.range(0.0, whole);
        self.days[sums.partition_point(|sum| *sum <= at).min(self.days.len() - 1)]
    }
}

fn month(season: Season, month: u32) -> f64 {
    let high = match season {
        Season::Flat => false,
        Season::Rain => (4..=8).contains(&month),
        Season::Summer => (6..=9).contains(&month),
        Season::Winter => !(3..=10).contains(&month),
        Season::Spring => month <= 4,
        Season::Dry => (3..=5).contains(&month) || (9..=11).contains(&month),
    };
    if high { 3.0 } else { 1.0 }
}

fn week(day: Weekday) -> f64 {
    match day {
        Weekday::Sat => 0.9,
        Weekday::Sun => 0.75,
        _ => 1.15,
    }
}
