//! `GET /api/planning/coverage/dependents`: who depends on one place.

use super::ask::{Call, Desk, Format, Question, QuestionParams};
use super::body::{BandBody, CountBody, FacilityBody};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::sheet::sheet;
use crate::http::walking::WalkerParams;
use crate::planning::coverage::{Count, coverage_by_two, dependents};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// Who depends on one place
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningDependents)]
pub struct DependentsBody {
    band: BandBody,
    whole: DependentCounts,
    /// The one that most households depend on first.
    facilities: Vec<DependentBody>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PlanningDependentCounts)]
pub struct DependentCounts {
    /// Those for whom it is the nearest.
    served: CountBody,
    /// Those for whom no other is in reach.
    alone: CountBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningDependent)]
pub struct DependentBody {
    #[serde(flatten)]
    facility: FacilityBody,
    #[serde(flatten)]
    counts: DependentCounts,
}

/// Who depends on one place
///
/// Households that would lack the place if it closed, by the largest of the bands.
#[utoipa::path(get, path = "/api/planning/coverage/dependents", operation_id = "planning_dependents", tag = "planning",
    params(
        QuestionParams, WalkerParams,
        ("format" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses(
        (status = 200, content((DependentsBody = "application/json"), (String = "text/csv"))),
        (status = 422),
    ))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let (question, chosen) = call.question().await?;
    let Some((question, format)) = question.zip(Format::table(&mut call.params)) else {
        return Err(call.params.refused());
    };
    let desk = call.desk(chosen).await?;
    compute(move || {
        let body = answer(&desk, &question)?;
        format.tell(body, table)
    })
    .await?
}

fn answer(desk: &Desk, question: &Question) -> Result<DependentsBody, Problem> {
    let found = coverage_by_two(&desk.map, &question.walks.query())?;
    let scope = desk.scope();
    let all = dependents(&found, question.widest(), &scope);
    let (mut served, mut alone) = (Count::default(), Count::default());
    for dependent in &all {
        served += dependent.served;
        alone += dependent.alone;
    }
    let told = all.iter().filter(|dependent| scope.tells(dependent.served));
    let one = |dependent: &crate::planning::coverage::Dependent| DependentBody {
        facility: (&*found.sites[dependent.site]).into(),
        counts: DependentCounts { served: dependent.served.into(), alone: dependent.alone.into() },
    };
    Ok(DependentsBody {
        band: question.widest().into(),
        whole: DependentCounts { served: served.into(), alone: alone.into() },
        facilities: told.map(one).collect(),
    })
}

fn table(body: &DependentsBody) -> Result<Response, Problem> {
    let headings = ["图层", "编号", "名称", "服务户数", "服务楼栋", "唯一依赖户数", "唯一依赖楼栋", "lon", "lat"];
    let row = |one: &DependentBody| {
        let FacilityBody { layer, id, name, lon, lat } = &one.facility;
        let DependentCounts { served, alone } = one.counts;
        let counts = [served.households, served.buildings, alone.households, alone.buildings].map(|n| n.to_string());
        let label = [layer.to_string(), id.0.to_string(), name.clone().unwrap_or_default()];
        label.into_iter().chain(counts).chain([lon.to_string(), lat.to_string()]).collect()
    };
    sheet("dependents", headings, body.facilities.iter().map(row))
}
