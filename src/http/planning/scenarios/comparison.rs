//! `GET /api/planning/scenarios/{id}/comparison`: who gains and who loses, beside the map of today.

use super::Kept;
use crate::atlas::Ident;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::http::planning::ask::{Call, Desk, Format, Question, QuestionParams, level};
use crate::http::planning::body::{AreaBody, BandBody, CountBody, CoveredBody, collection, percent};
use crate::http::sheet::sheet;
use crate::http::walking::WalkerParams;
use crate::planning::coverage::{AreaTally, Tally};
use crate::planning::scenario::{AreaChange, Change, compare};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a scenario changes for some buildings
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioChange)]
pub struct ChangeBody {
    /// Covered then and not now
    gained: CountBody,
    /// Covered now and not then
    lost: CountBody,
    before: CoveredBody,
    after: CoveredBody,
}

impl ChangeBody {
    fn new(change: Change, before: &Tally, after: &Tally) -> Self {
        let covered = |tally: &Tally| CoveredBody::new(tally.covered[0], tally.all);
        let (gained, lost) = (change.gained.into(), change.lost.into());
        Self { gained, lost, before: covered(before), after: covered(after) }
    }

    fn cells(&self) -> [String; 8] {
        let Self { gained, lost, before, after } = self;
        [
            gained.households.to_string(),
            gained.buildings.to_string(),
            lost.households.to_string(),
            lost.buildings.to_string(),
            before.households.to_string(),
            percent(before.share),
            after.households.to_string(),
            percent(after.share),
        ]
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioChangeRow)]
pub struct RowBody {
    #[serde(flatten)]
    area: AreaBody,
    #[serde(flatten)]
    change: ChangeBody,
}

/// A scenario beside the map of today
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioComparison)]
pub struct ComparisonBody {
    band: BandBody,
    /// Level of the rows; `null` for the whole.
    by: Option<Ident>,
    whole: ChangeBody,
    /// Households times seconds of walking saved; walks longer than the band count as that long.
    saved_s: i64,
    /// Buildings whose walk to the nearest place is another, covered or not.
    buildings_changed: usize,
    /// Buildings outside every area.
    outside: ChangeBody,
    /// Lowest code first.
    rows: Vec<RowBody>,
}

/// What a scenario changes
///
/// Households and buildings that gain and lose a place within reach, by the largest of the bands, by
/// area. Only buildings of the caller's own areas count.
#[utoipa::path(get, path = "/api/planning/scenarios/{id}/comparison", operation_id = "compare_scenario", tag = "planning",
    params(
        ("id" = String, Path, description = "Id of the scenario"),
        QuestionParams, WalkerParams,
        ("by" = Option<String>, Query, description = "A level of the area tree (the finest when left out), or whole"),
        ("format" = Option<String>, Query, description = "json (default), csv or geojson", pattern = "^(json|csv|geojson)$"),
    ),
    responses(
        (status = 200, description = "As JSON, as CSV, or the areas as GeoJSON",
            content((ComparisonBody = "application/json"), (String = "text/csv"), (Object = "application/geo+json"))),
        (status = 404),
        (status = 409, description = "It has been adopted"),
        (status = 422, description = "A measure cannot be taken any more, or nothing can be walked"),
    ))]
pub async fn get(PathOf(id): PathOf<String>, mut call: Call) -> Result<Response, Problem> {
    let question = Question::read(&mut call.params, &call.seen, (call.app.clock)());
    if call.params.optional("scenario").is_some() {
        call.params.fault("scenario", "has no meaning here: the address names one");
    }
    let (by, format) = (level(&mut call.params, &call.seen), Format::any(&mut call.params));
    let Some(((question, by), format)) = question.zip(by).zip(format) else { return Err(call.params.refused()) };
    let kept = Kept::at(&call.app, &id).await?;
    let desk = call.desk(Some(kept)).await?;
    compute(move || {
        let body = answer(&desk, &question, by)?;
        match format {
            Format::GeoJson => Ok(features(&desk, &body)),
            _ => format.tell(body, table),
        }
    })
    .await?
}

fn answer(desk: &Desk, question: &Question, by: Option<Ident>) -> Result<ComparisonBody, Problem> {
    let (before, after) = (desk.coverage_now(&question.walks)?, desk.coverage(&question.walks)?);
    // Both maps have the same buildings and areas.
    let (groups, scope, band) = (desk.groups(by.as_ref()), desk.scope(), question.widest());
    let found = compare(&before, &after, &groups, band, &scope);
    let [was, is] = [before, after].map(|coverage| coverage.tally_by(&groups, &[band], &scope));
    let rows = found.areas.iter().zip(was.areas.iter().zip(&is.areas));
    let row = |(found, (was, is)): (&AreaChange, (&AreaTally, &AreaTally))| {
        let change = ChangeBody::new(found.change, &was.tally, &is.tally);
        scope.tells(was.tally.all).then(|| RowBody { area: AreaBody::new(&desk.map, &found.area), change })
    };
    Ok(ComparisonBody {
        band: band.into(),
        by,
        whole: ChangeBody::new(found.whole, &was.whole, &is.whole),
        saved_s: found.saved_s.round() as i64,
        buildings_changed: found.homes.len(),
        outside: ChangeBody::new(found.outside, &was.outside, &is.outside),
        rows: rows.filter_map(row).collect(),
    })
}

fn table(body: &ComparisonBody) -> Result<Response, Problem> {
    let headings = [
        "编码",
        "名称",
        "新增户数",
        "新增楼栋",
        "失去户数",
        "失去楼栋",
        "现状户数",
        "现状覆盖率（%）",
        "方案户数",
        "方案覆盖率（%）",
    ];
    let cells = |label: [String; 2], change: &ChangeBody| label.into_iter().chain(change.cells()).collect();
    let named = |name: &str| [String::new(), name.to_owned()];
    let rows = body.rows.iter().map(|row| cells(row.area.cells(), &row.change));
    let rows = rows.chain([cells(named("无归属"), &body.outside), cells(named("合计"), &body.whole)]);
    sheet("scenario", headings, rows)
}

fn features(desk: &Desk, body: &ComparisonBody) -> Response {
    let properties = |ChangeBody { gained, lost, before, after }: &ChangeBody| {
        json!({"gained": gained.households, "lost": lost.households,
            "covered_before": before.households, "share_before": before.share,
            "covered_after": after.households, "share_after": after.share})
    };
    collection(&desk.map, body.rows.iter().map(|row| (&row.area, properties(&row.change))))
}
