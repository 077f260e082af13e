//! `GET /api/planning/parking`: spaces against households, and bays by road.

use super::ask::{Call, Format, level};
use super::body::AreaBody;
use crate::accounts::Where;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::sheet::sheet;
use crate::planning::Scope;
use crate::planning::parking::{RoadBays, Supply, bays_by_road, supply};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// Parking against households
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningParking)]
pub struct ParkingBody {
    /// Lowest code first.
    rows: Vec<ParkingRow>,
    /// What lies outside every area; told to those who plan everywhere.
    outside: Option<SupplyBody>,
    /// Most bays first.
    roads: Vec<RoadBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningParkingRow)]
pub struct ParkingRow {
    #[serde(flatten)]
    area: AreaBody,
    #[serde(flatten)]
    supply: SupplyBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningParkingSupply)]
pub struct SupplyBody {
    households: u64,
    lots: u64,
    /// Off the street.
    lot_spaces: u64,
    /// On the street.
    bays: u64,
    /// Lots and rows of bays of which nobody said how many cars they take.
    unknown: u64,
    /// Spaces and bays; `null` where nobody lives.
    per_household: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningRoadBays)]
pub struct RoadBody {
    /// `null`: rows whose road nobody named.
    road: Option<String>,
    bays: u64,
    rows: u64,
}

impl From<Supply> for SupplyBody {
    fn from(supply: Supply) -> Self {
        let Supply { lots, lot_spaces, bays, unknown, homes } = supply;
        let per_household = supply.per_household().map(|n| (n * 1000.0).round() / 1000.0);
        Self { households: homes.households, lots, lot_spaces, bays, unknown, per_household }
    }
}

impl From<RoadBays> for RoadBody {
    fn from(RoadBays { road, bays, rows }: RoadBays) -> Self {
        Self { road, bays, rows }
    }
}

/// Parking against households
///
/// Spaces are what the data say there are, not what is free at the moment.
#[utoipa::path(get, path = "/api/planning/parking", operation_id = "planning_parking", tag = "planning",
    params(
        ("by" = Option<String>, Query, description = "A level of the area tree; the finest when left out"),
        ("format" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses((status = 200, content((ParkingBody = "application/json"), (String = "text/csv")))))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let by = level(&mut call.params, &call.seen);
    let Some((by, format)) = by.zip(Format::table(&mut call.params)) else { return Err(call.params.refused()) };
    let desk = call.desk(None).await?;
    compute(move || {
        let scope = desk.scope();
        let all = scope == Scope::All;
        let found = supply(&desk.map, &desk.groups(by.as_ref()), &scope);
        let told = found.areas.into_iter().filter(|(_, supply)| scope.tells(supply.homes));
        let row =
            |(area, supply)| ParkingRow { area: AreaBody::new(&desk.map, &area), supply: SupplyBody::from(supply) };
        let region = desk.rights.on(&desk.map);
        let roads = bays_by_road(&desk.map, |at| region.holds(Where::At(at)));
        let body = ParkingBody {
            rows: told.map(row).collect(),
            outside: all.then(|| found.outside.into()),
            roads: roads.into_iter().map(RoadBody::from).collect(),
        };
        format.tell(body, table)
    })
    .await?
}

fn table(body: &ParkingBody) -> Result<Response, Problem> {
    let headings = ["编码", "名称", "户数", "停车场", "场内车位", "路侧泊位", "车位数不详", "每户车位"];
    let cells = |label: [String; 2], supply: &SupplyBody| -> Vec<String> {
        let SupplyBody { households, lots, lot_spaces, bays, unknown, per_household } = supply;
        let counts = [households, lots, lot_spaces, bays, unknown].map(|n| n.to_string());
        let each = per_household.map(|n| format!("{n:.3}")).unwrap_or_default();
        label.into_iter().chain(counts).chain([each]).collect()
    };
    let rows = body.rows.iter().map(|row| cells(row.area.cells(), &row.supply));
    let outside = body.outside.iter().map(|supply| cells([String::new(), "无归属".to_owned()], supply));
    sheet("parking", headings, rows.chain(outside))
}
