//! `GET /api/planning/coverage/hours`: who has an open place within reach, hour by hour.

use super::ask::{Call, Desk, Question, QuestionParams};
use super::body::{BandBody, CoveredBody};
use crate::atlas::hours::zone;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::walking::WalkerParams;
use crate::planning::coverage::by_hour;
use axum::Json;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

/// Coverage through a day
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningHours)]
pub struct HoursBody {
    date: NaiveDate,
    band: BandBody,
    households: u64,
    /// Each full hour of the local day; 23 or 25 where the clock is changed.
    hours: Vec<HourBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningHour)]
pub struct HourBody {
    at: String,
    /// Places that are open.
    open: usize,
    covered: CoveredBody,
}

/// Who has an open place within reach, hour by hour
///
/// At each full hour of a day, by the largest of the bands; opening hours follow the holidays of the place.
#[utoipa::path(get, path = "/api/planning/coverage/hours", operation_id = "planning_hours", tag = "planning",
    params(
        QuestionParams, WalkerParams,
        ("date" = Option<NaiveDate>, Query, description = "YYYY-MM-DD; today when left out", format = Date),
    ),
    responses((status = 200, body = HoursBody), (status = 422)))]
pub async fn get(mut call: Call) -> Result<Json<HoursBody>, Problem> {
    let now = (call.app.clock)();
    let zone = zone(call.seen.place.timezone.as_deref());
    if call.params.has("open_at") {
        call.params.fault("open_at", "has no meaning here: every hour of the day is told");
    }
    let (question, chosen) = call.question().await?;
    let date = call.params.day("date", now.with_timezone(&zone).date_naive());
    let Some((question, date)) = question.zip(date) else { return Err(call.params.refused()) };
    let desk = call.desk(chosen).await?;
    compute(move || answer(&desk, &question, date, zone)).await?.map(Json)
}

/// The full hours of a local day, each once however the clock is changed.
fn hours(date: NaiveDate, zone: Tz) -> Vec<DateTime<Utc>> {
    let start = (0..24).find_map(|hour| zone.from_local_datetime(&date.and_hms_opt(hour, 0, 0)?).earliest());
    let all = start.into_iter().flat_map(|start| (0..26).map(move |hour| start + chrono::TimeDelta::hours(hour)));
    all.filter(|at| at.date_naive() == date).map(|at| at.to_utc()).collect()
}

fn answer(desk: &Desk, question: &Question, date: NaiveDate, zone: Tz) -> Result<HoursBody, Problem> {
    let scope = desk.scope();
    let found = by_hour(&desk.map, &question.walks.query(), &hours(date, zone), question.unknown_hours)?;
    let mut households = 0;
    let hours = found.iter().map(|hour| {
        let tally = hour.coverage.tally(&[question.widest()], &scope);
        households = tally.all.households;
        HourBody {
            at: hour.at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            open: hour.coverage.sites.len(),
            covered: CoveredBody::new(tally.covered[0], tally.all),
        }
    });
    let hours = hours.collect();
    Ok(HoursBody { date, band: question.widest().into(), households, hours })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_hours_that_its_clock_has() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let count = |text, zone: Tz| hours(day(text), zone).len();
        assert_eq!(count("2026-11-22", chrono_tz::Asia::Shanghai), 24);
        assert_eq!(count("2026-03-29", chrono_tz::Europe::Malta), 23);
        assert_eq!(count("2026-10-25", chrono_tz::Europe::Malta), 25);
        let first = hours(day("2026-11-22"), chrono_tz::Asia::Shanghai)[0];
        assert_eq!(first.to_rfc3339(), "2026-11-21T16:00:00+00:00");
    }
}
