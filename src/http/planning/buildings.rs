//! `GET /api/planning/coverage/buildings`: the buildings that lack the place, worst first.

use super::ask::{Call, Desk, Format, Question, QuestionParams, feature};
use super::body::{AreaBody, BandBody, CountBody};
use crate::atlas::{AreaRef, FeatureId, Ident};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::sheet::sheet;
use crate::http::walking::WalkerParams;
use crate::http::wire;
use crate::planning::coverage::Count;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// Most of one answer.
const MOST: u32 = 1000;

/// Buildings with households that lack the place
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningBuildings)]
pub struct BuildingsBody {
    band: BandBody,
    /// All of them, however many are told.
    total: CountBody,
    offset: usize,
    /// Those that no walk leads from first, then by walking time, longest first.
    buildings: Vec<BuildingBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningBuilding)]
pub struct BuildingBody {
    #[schema(value_type = i64)]
    id: FeatureId,
    code: Option<String>,
    name: Option<String>,
    lon: f64,
    lat: f64,
    households: u32,
    /// To the nearest place; `null` when no walk leads there.
    walk_s: Option<u32>,
    /// Of the finest level.
    grid: Option<AreaRef>,
}

struct Page {
    offset: usize,
    limit: usize,
    within: Option<(Ident, i64)>,
}

/// Which buildings lack the place
///
/// With households in them, by the largest of the bands. As CSV all of them are told.
#[utoipa::path(get, path = "/api/planning/coverage/buildings", operation_id = "planning_buildings", tag = "planning",
    params(
        QuestionParams, WalkerParams,
        ("in" = Option<String>, Query, description = "LAYER/ID of a polygon: only buildings in it"),
        ("limit" = Option<u32>, Query, description = "Most of the answer, 100 when left out", minimum = 1, maximum = 1000),
        ("offset" = Option<u32>, Query, description = "So many are passed over"),
        ("format" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses(
        (status = 200, content((BuildingsBody = "application/json"), (String = "text/csv"))),
        (status = 422),
    ))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let (question, chosen) = call.question().await?;
    let within = feature(&mut call.params, "in", &call.seen);
    let limit = call.params.whole("limit", 100, 1..=MOST);
    let offset = call.params.whole("offset", 0, 0..=u32::MAX);
    let format = Format::table(&mut call.params);
    let Some((question, ((limit, offset), format))) = question.zip(limit.zip(offset).zip(format)) else {
        return Err(call.params.refused());
    };
    let desk = call.desk(chosen).await?;
    compute(move || {
        let page = match format {
            Format::Csv => Page { offset: 0, limit: usize::MAX, within },
            _ => Page { offset: offset as usize, limit: limit as usize, within },
        };
        format.tell(answer(&desk, &question, &page)?, table)
    })
    .await?
}

fn answer(desk: &Desk, question: &Question, page: &Page) -> Result<BuildingsBody, Problem> {
    let found = desk.coverage(&question.walks)?;
    let mut lacking = found.uncovered(question.widest(), &desk.scope());
    let shape = page.within.as_ref().and_then(|(layer, id)| desk.map.feature(layer.as_str(), FeatureId(*id)));
    if let Some(shape) = shape {
        lacking.retain(|home| shape.covers(found.homes[*home].at));
    }
    let mut total = Count::default();
    lacking.iter().for_each(|home| {
        total += Count { households: u64::from(found.homes[*home].households), buildings: 1 };
    });
    let levels = desk.map.levels();
    let groups = desk.groups(levels.last().map(|(_, entry)| &entry.layer.id));
    let building = |number: usize| {
        let home = &found.homes[number];
        let feature = desk.map.feature(home.layer.as_str(), home.id);
        let layer = desk.map.layer(home.layer.as_str()).map(|(entry, _)| &entry.layer);
        let named = feature.zip(layer);
        BuildingBody {
            id: home.id,
            code: named.and_then(|(feature, layer)| feature.code(layer)).map(str::to_owned),
            name: named.and_then(|(feature, layer)| feature.name(layer)).map(str::to_owned),
            lon: wire::degrees(home.at.lon()),
            lat: wire::degrees(home.at.lat()),
            households: home.households,
            walk_s: found.walk(number).map(crate::geometry::Seconds::whole),
            grid: groups.of(number).map(|area| groups.areas[area].clone()),
        }
    };
    Ok(BuildingsBody {
        band: question.widest().into(),
        total: total.into(),
        offset: page.offset,
        buildings: lacking.into_iter().skip(page.offset).take(page.limit).map(building).collect(),
    })
}

fn table(body: &BuildingsBody) -> Result<Response, Problem> {
    let headings = ["楼栋", "编码", "名称", "户数", "步行（秒）", "网格编码", "网格", "lon", "lat"];
    let row = |building: &BuildingBody| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let [grid, grid_name] = match &building.grid {
            Some(area) => AreaBody { area: area.clone(), bbox: None }.cells(),
            None => Default::default(),
        };
        vec![
            building.id.0.to_string(),
            text(&building.code),
            text(&building.name),
            building.households.to_string(),
            building.walk_s.map(|s| s.to_string()).unwrap_or_default(),
            grid,
            grid_name,
            building.lon.to_string(),
            building.lat.to_string(),
        ]
    };
    sheet("uncovered-buildings", headings, body.buildings.iter().map(row))
}
