//! `GET /api/planning/grid-size`: whether the grids are of the right size.

use super::ask::{Call, Desk, Format, level};
use super::body::{AreaBody, CountBody};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::params::Params;
use crate::http::sheet::sheet;
use crate::planning::grid_size::{Fit, GridSize, SizeRule, grid_sizes};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

const MOST: u32 = 100_000;

/// Households by grid against the rule of size
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningGridSizes)]
pub struct GridSizesBody {
    target: u32,
    least: u32,
    most: u32,
    under: usize,
    right: usize,
    over: usize,
    /// Buildings outside every grid.
    outside: CountBody,
    /// Lowest code first.
    rows: Vec<GridSizeBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningGridSize)]
pub struct GridSizeBody {
    #[serde(flatten)]
    area: AreaBody,
    households: u64,
    buildings: u64,
    fit: FitBody,
    /// Into how many it could be split, each about the target; 1 when it is not too large.
    parts: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanningGridFit)]
#[serde(rename_all = "lowercase")]
pub enum FitBody {
    Under,
    Right,
    Over,
}

impl From<Fit> for FitBody {
    fn from(fit: Fit) -> Self {
        match fit {
            Fit::Under => Self::Under,
            Fit::Right => Self::Right,
            Fit::Over => Self::Over,
        }
    }
}

/// Whether the grids are of the right size
///
/// One grid for about every 300 households is the rule of Jiangyin; households are those of the buildings
/// inside.
#[utoipa::path(get, path = "/api/planning/grid-size", operation_id = "planning_grid_size", tag = "planning",
    params(
        ("by" = Option<String>, Query, description = "A level of the area tree; the finest when left out"),
        ("target" = Option<u32>, Query, description = "Households a grid should have; 300 when left out", minimum = 1, maximum = 100_000),
        ("least" = Option<u32>, Query, description = "With fewer it is too small; half the target when left out", maximum = 100_000),
        ("most" = Option<u32>, Query, description = "With more it is too large; one and a half of the target when left out", minimum = 1, maximum = 100_000),
        ("format" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses((status = 200, content((GridSizesBody = "application/json"), (String = "text/csv")))))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let by = level(&mut call.params, &call.seen);
    let rule = rule(&mut call.params);
    let Some(((by, rule), format)) = by.zip(rule).zip(Format::table(&mut call.params)) else {
        return Err(call.params.refused());
    };
    let desk = call.desk(None).await?;
    compute(move || {
        let scope = desk.scope();
        let groups = desk.groups(by.as_ref());
        let found = grid_sizes(&desk.map, &groups, rule, &scope);
        let of = |fit: Fit| found.grids.iter().filter(|grid| grid.fit == fit && scope.tells(grid.count)).count();
        let body = GridSizesBody {
            target: rule.target,
            least: rule.least,
            most: rule.most,
            under: of(Fit::Under),
            right: of(Fit::Right),
            over: of(Fit::Over),
            outside: found.outside.into(),
            rows: found.grids.iter().filter(|grid| scope.tells(grid.count)).map(|grid| row(&desk, grid)).collect(),
        };
        format.tell(body, table)
    })
    .await?
}

fn rule(params: &mut Params) -> Option<SizeRule> {
    let target = params.whole("target", SizeRule::ABOUT_300.target, 1..=MOST);
    let usual = target.unwrap_or(SizeRule::ABOUT_300.target);
    let least = params.whole("least", usual / 2, 0..=MOST);
    let most = params.whole("most", usual.saturating_add(usual / 2), 1..=MOST);
    let rule = SizeRule { target: target?, least: least?, most: most? };
    if !(rule.least..=rule.most).contains(&rule.target) {
        params.fault("target", format!("does not lie between least ({}) and most ({})", rule.least, rule.most));
        return None;
    }
    Some(rule)
}

fn row(desk: &Desk, grid: &GridSize) -> GridSizeBody {
    GridSizeBody {
        area: AreaBody::new(&desk.map, &grid.area),
        households: grid.count.households,
        buildings: grid.count.buildings,
        fit: grid.fit.into(),
        parts: grid.parts,
    }
}

fn table(body: &GridSizesBody) -> Result<Response, Problem> {
    let row = |row: &GridSizeBody| {
        let fit = match row.fit {
            FitBody::Under => "偏小",
            FitBody::Right => "合适",
            FitBody::Over => "偏大",
        };
        let cells = [row.households.to_string(), row.buildings.to_string(), fit.to_owned(), row.parts.to_string()];
        row.area.cells().into_iter().chain(cells).collect()
    };
    sheet("grid-size", ["编码", "名称", "户数", "楼栋", "规模", "可拆分为"], body.rows.iter().map(row))
}
