//! `GET /api/planning/coverage`: who has the place within reach, by area.

use super::ask::{Call, Desk, Format, Question, QuestionParams, level};
use super::body::{AreaBody, BandBody, TallyBody, collection, percent};
use crate::atlas::Ident;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::sheet::sheet;
use crate::http::walking::WalkerParams;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Households and buildings that have a place within reach
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningCoverage)]
pub struct CoverageBody {
    bands: Vec<BandBody>,
    /// Level of the rows; `null` for the whole.
    by: Option<Ident>,
    /// Number of the last change that the map has.
    seq: i64,
    /// Places that count.
    facilities: usize,
    whole: TallyBody,
    /// Buildings outside every area.
    outside: TallyBody,
    /// Lowest code first.
    rows: Vec<RowBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningCoverageRow)]
pub struct RowBody {
    #[serde(flatten)]
    area: AreaBody,
    #[serde(flatten)]
    tally: TallyBody,
}

/// Who has a place of a kind within reach
///
/// By grid, community, …: households and buildings from which the walk to the nearest place is no longer
/// than each band. Only buildings of the caller's own areas count.
#[utoipa::path(get, path = "/api/planning/coverage", operation_id = "planning_coverage", tag = "planning",
    params(
        QuestionParams, WalkerParams,
        ("by" = Option<String>, Query, description = "A level of the area tree (the finest when left out), or whole"),
        ("format" = Option<String>, Query, description = "json (default), csv or geojson", pattern = "^(json|csv|geojson)$"),
    ),
    responses(
        (status = 200, description = "As JSON, as CSV, or the areas as GeoJSON",
            content((CoverageBody = "application/json"), (String = "text/csv"), (Object = "application/geo+json"))),
        (status = 422),
    ))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let (question, chosen) = call.question().await?;
    let (by, format) = (level(&mut call.params, &call.seen), Format::any(&mut call.params));
    let Some(((question, by), format)) = question.zip(by).zip(format) else { return Err(call.params.refused()) };
    let desk = call.desk(chosen).await?;
    compute(move || {
        let body = answer(&desk, &question, by)?;
        match format {
            Format::GeoJson => Ok(features(&desk, &body)),
            _ => format.tell(body, table),
        }
    })
    .await?
}

fn answer(desk: &Desk, question: &Question, by: Option<Ident>) -> Result<CoverageBody, Problem> {
    let found = desk.coverage(&question.walks)?;
    let scope = desk.scope();
    let tallies = found.tally_by(&desk.groups(by.as_ref()), &question.extents, &scope);
    let rows = tallies.areas.iter().filter(|row| scope.tells(row.tally.all));
    let row = |row: &crate::planning::coverage::AreaTally| RowBody {
        area: AreaBody::new(&desk.map, &row.area),
        tally: (&row.tally).into(),
    };
    Ok(CoverageBody {
        bands: question.extents.iter().map(|extent| (*extent).into()).collect(),
        by,
        seq: desk.map.seq,
        facilities: found.sites.len(),
        whole: (&tallies.whole).into(),
        outside: (&tallies.outside).into(),
        rows: rows.map(row).collect(),
    })
}

fn table(body: &CoverageBody) -> Result<Response, Problem> {
    let bands = body.bands.iter().flat_map(|band| {
        let band = band.heading();
        [format!("{band}内户数"), format!("{band}内楼栋"), format!("{band}覆盖率（%）")]
    });
    let headings = ["编码", "名称", "户数", "楼栋"].map(str::to_owned).into_iter().chain(bands);
    let cells = |label: [String; 2], tally: &TallyBody| -> Vec<String> {
        let own = [tally.households, tally.buildings].map(|n| n.to_string());
        let covered = tally.covered.iter().flat_map(|covered| {
            [covered.households.to_string(), covered.buildings.to_string(), percent(covered.share)]
        });
        label.into_iter().chain(own).chain(covered).collect()
    };
    let named = |name: &str| [String::new(), name.to_owned()];
    let rows = body.rows.iter().map(|row| cells(row.area.cells(), &row.tally));
    let rows = rows.chain([cells(named("无归属"), &body.outside), cells(named("合计"), &body.whole)]);
    sheet("coverage", headings, rows)
}

fn features(desk: &Desk, body: &CoverageBody) -> Response {
    let properties = |row: &RowBody| {
        let mut properties = json!({"households": row.tally.households, "buildings": row.tally.buildings});
        for (band, covered) in body.bands.iter().zip(&row.tally.covered) {
            properties[format!("covered_{}", band.short())] = json!(covered.households);
            properties[format!("share_{}", band.short())] = json!(covered.share);
        }
        properties
    };
    collection(&desk.map, body.rows.iter().map(|row| (&row.area, properties(row))))
}
