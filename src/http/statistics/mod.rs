//! `/api/statistics`: a day, week or month of dispatch, counted, broken down, and beside the one before.
//! Only cases of the caller's own area count; as JSON, or as CSV for a spreadsheet.

mod table;

use super::authorization::Rights;
use super::compute;
use super::error::{Kind, Problem};
use super::params::Params;
use crate::app::App;
use crate::app::office::Office;
use crate::atlas::layer::Title;
use crate::dispatch::statistics::{self, Comparison, Figures, Grouping, Key, Period, PeriodKind, Rate, compare};
use crate::dispatch::{Case, Source};
use crate::store::issues::PeriodQuery;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A period's report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    period: StatisticsPeriod,
    by: Grouping,
    total: StatisticsTotal,
    /// What counts nothing is left out; what belongs to no key comes last.
    rows: Vec<StatisticsRow>,
    before: StatisticsBefore,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsPeriod {
    kind: PeriodKind,
    first: NaiveDate,
    /// The day after its last one.
    end: NaiveDate,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsTotal {
    figures: Figures,
    rates: Vec<Rate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsRow {
    /// `null`: cases that belong to no such thing, e.g. outside every grid.
    key: Option<StatisticsKey>,
    figures: Figures,
    rates: Vec<Rate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsKey {
    /// Code of the area, id of the category or source, name of the worker.
    id: String,
    /// Name of the area.
    name: Option<String>,
    /// Of what has a name in both languages.
    title: Option<Title>,
}

/// The period before, as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsBefore {
    period: StatisticsPeriod,
    total: StatisticsTotal,
    comparison: Vec<Comparison>,
}

/// What is asked for.
struct Ask {
    period: Period,
    before: Period,
    by: Grouping,
    csv: bool,
    restricted: bool,
}

impl Ask {
    fn read(params: &mut Params, app: &App, office: &Office) -> Option<Self> {
        let kinds: Vec<_> = PeriodKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
        let ways: Vec<_> = Grouping::ALL.iter().map(|by| (by.as_str(), *by)).collect();
        let kind = params.choice("period", PeriodKind::Month, &kinds);
        let by = params.choice("by", Grouping::Grid, &ways);
        let csv = params.choice("f", false, &[("json", false), ("csv", true)]);
        let restricted = params.choice("restricted", true, &[("true", true), ("false", false)]);
        let zone = office.calendar.zone();
        let day = params.day("date", (app.clock)().with_timezone(&zone).date_naive());
        let whole = Period::holding(kind?, day?, zone)?;
        let (period, before) = (whole.so_far((app.clock)()), whole.before(zone)?);
        Some(Self { period, before, by: by?, csv: csv?, restricted: restricted? })
    }
}

/// A day, week or month of dispatch
#[utoipa::path(get, path = "/api/statistics", operation_id = "statistics", tag = "issues",
    params(
        ("period" = Option<PeriodKind>, Query, description = "day, week (from Monday) or month (default)"),
        ("date" = Option<NaiveDate>, Query, description = "A day in it, YYYY-MM-DD; today when left out", format = Date),
        ("by" = Option<Grouping>, Query, description = "What the rows are of; grid when left out"),
        ("restricted" = Option<bool>, Query, description = "false leaves restricted cases out, for a report that is shown around"),
        ("f" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses((status = 200, description = "As JSON, or as CSV in UTF-8 with a byte order mark",
            content((Statistics = "application/json"), (String = "text/csv")))))]
pub async fn get(State(app): State<Arc<App>>, rights: Rights, mut params: Params) -> Result<Response, Problem> {
    let office = app.office().ok_or_else(|| Problem::new(Kind::Loading, "Try again in a moment."))?;
    let Some(ask) = Ask::read(&mut params, &app, &office) else { return Err(params.refused()) };
    params.finish()?;
    let areas = office.areas(&rights.0);
    let query = PeriodQuery { from: ask.before.from, to: ask.period.to, areas, restricted: ask.restricted };
    let cases = app.store.issues_of_period(&query).await.map_err(Problem::store)?;
    compute(move || answer(&ask, &office, &cases)).await?
}

fn answer(ask: &Ask, office: &Office, cases: &[Case]) -> Result<Response, Problem> {
    let report = report(ask, office, cases);
    let no_store = (header::CACHE_CONTROL, "no-store");
    if !ask.csv {
        return Ok(([no_store], Json(report)).into_response());
    }
    table::write(&format!("statistics-{}-{}", ask.period.kind, ask.period.first), &report)
}

fn report(ask: &Ask, office: &Office, cases: &[Case]) -> Statistics {
    let total = |period: &Period| statistics::total(cases, period).figures;
    let (now, before) = (total(&ask.period), total(&ask.before));
    let rows = statistics::rows(cases, &ask.period, ask.by, &office.categories);
    let row = |row: statistics::Row| StatisticsRow {
        key: row.key.map(|key| named(key, ask.by, office)),
        figures: row.figures,
        rates: row.rates,
    };
    Statistics {
        period: told(&ask.period),
        by: ask.by,
        total: whole(now),
        rows: rows.into_iter().map(row).collect(),
        before: StatisticsBefore {
            period: told(&ask.before),
            total: whole(before),
            comparison: compare(&now, &before),
        },
    }
}

fn told(period: &Period) -> StatisticsPeriod {
    StatisticsPeriod { kind: period.kind, first: period.first, end: period.end }
}

fn whole(figures: Figures) -> StatisticsTotal {
    StatisticsTotal { rates: statistics::rates(&figures), figures }
}

fn named(key: Key, by: Grouping, office: &Office) -> StatisticsKey {
    let title = match by {
        Grouping::Category => office.categories.get(&key.id).map(|category| category.title.clone()),
        Grouping::Group => {
            let group = office.categories.groups.iter().find(|group| group.id.as_str() == key.id);
            group.map(|group| group.title.clone())
        }
        Grouping::Source => Source::read(&key.id).map(Source::title),
        Grouping::Grid | Grouping::Community | Grouping::Town | Grouping::Worker => None,
    };
    StatisticsKey { id: key.id, name: key.name, title }
}
