//! What siting found, as it is told.

use super::read::GoalName;
use crate::app::Sited;
use crate::atlas::{FeatureId, Ident};
use crate::http::planning::body::{BandBody, FacilityBody, share};
use crate::http::wire;
use crate::planning::siting::{Goal, Pick, Site};
use serde::Serialize;
use utoipa::ToSchema;

/// Sites with a proven bound
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningSiting)]
pub struct SitingBody {
    goal: GoalName,
    band: Option<BandBody>,
    /// Of `weight` … `adds`: `households`, `buildings`, `household_seconds` or `building_seconds`.
    unit: &'static str,
    /// All there is: households or buildings that count.
    weight: f64,
    /// Without any pick: covered already; for `shortest_walk` the walking that could be saved.
    before: f64,
    /// What the picks add together.
    value: f64,
    /// No choice of as many sites adds more; for `cover_all` it takes so many sites at least.
    bound: f64,
    /// How far below the best the value can be at the most: 0.004 is 0.4 %. For `cover_all`, of the number
    /// of sites.
    gap: f64,
    /// What no site brings into reach (`cover_all`).
    out_of_reach: f64,
    candidates: usize,
    buildings: usize,
    existing: Vec<FacilityBody>,
    /// The one that adds most first.
    picks: Vec<PickBody>,
    /// Covered before, and after each pick; for `shortest_walk` what is left to be walked.
    reached_after: Vec<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningPick)]
pub struct PickBody {
    /// From 1.
    n: usize,
    lon: f64,
    lat: f64,
    /// The feature that it stands for.
    of: Option<OfBody>,
    /// A place that exists and may stay.
    existing: bool,
    /// To those before it.
    adds: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningPickOf)]
pub struct OfBody {
    layer: Ident,
    #[schema(value_type = i64)]
    id: FeatureId,
    name: Option<String>,
}

/// What a place at each site would add
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningMarginal)]
pub struct SitesBody {
    picks: usize,
    unit: &'static str,
    sites: Vec<SiteBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningMarginalSite)]
pub struct SiteBody {
    lon: f64,
    lat: f64,
    adds: f64,
}

/// Walks are counted in milliseconds, all else in whole numbers.
fn figure(sited: &Sited, value: u64) -> f64 {
    match sited.goal {
        Goal::ShortestWalk { .. } => value as f64 / 1000.0,
        Goal::Cover { .. } | Goal::CoverAll { .. } => value as f64,
    }
}

fn unit(sited: &Sited) -> &'static str {
    match (sited.goal, sited.by_households) {
        (Goal::ShortestWalk { .. }, true) => "household_seconds",
        (Goal::ShortestWalk { .. }, false) => "building_seconds",
        (_, true) => "households",
        (_, false) => "buildings",
    }
}

/// The answer of a run.
pub fn sites(sited: &Sited) -> SitingBody {
    let Sited { siting, candidates, .. } = sited;
    let figure = |value| figure(sited, value);
    let (goal, band, gap) = match sited.goal {
        Goal::Cover { within, .. } => (GoalName::Cover, Some(within.into()), siting.gap()),
        Goal::CoverAll { within } => {
            let sites = siting.picks.len().max(1) as f64;
            (GoalName::CoverAll, Some(within.into()), (sites - siting.bound as f64).max(0.0) / sites)
        }
        Goal::ShortestWalk { .. } => (GoalName::ShortestWalk, None, siting.gap()),
    };
    let saves = goal == GoalName::ShortestWalk;
    let mut reached = siting.before;
    let mut reached_after = vec![figure(reached)];
    for pick in &siting.picks {
        reached = if saves { reached.saturating_sub(pick.adds) } else { reached + pick.adds };
        reached_after.push(figure(reached));
    }
    SitingBody {
        goal,
        band,
        unit: unit(sited),
        weight: siting.weight as f64,
        before: figure(siting.before),
        value: figure(siting.value),
        bound: if goal == GoalName::CoverAll { siting.bound as f64 } else { figure(siting.bound) },
        gap: share(gap),
        out_of_reach: figure(siting.out_of_reach),
        candidates: candidates.len(),
        buildings: sited.buildings,
        existing: siting.existing.iter().map(|site| (&**site).into()).collect(),
        picks: siting.picks.iter().enumerate().map(|(i, pick)| pick_body(sited, i + 1, pick)).collect(),
        reached_after,
    }
}

fn pick_body(sited: &Sited, n: usize, pick: &Pick) -> PickBody {
    let of = match pick.site {
        Site::Candidate(i) => sited.candidates[i].of.clone(),
        Site::Existing(i) => Some((sited.siting.existing[i].layer.clone(), sited.siting.existing[i].id)),
    };
    let name = |layer: &Ident, id| {
        let (entry, _) = sited.map.layer(layer.as_str())?;
        sited.map.feature(layer.as_str(), id)?.name(&entry.layer).map(str::to_owned)
    };
    PickBody {
        n,
        lon: wire::degrees(pick.at.lon()),
        lat: wire::degrees(pick.at.lat()),
        of: of.map(|(layer, id)| OfBody { name: name(&layer, id), layer, id }),
        existing: matches!(pick.site, Site::Existing(_)),
        adds: figure(sited, pick.adds),
    }
}

/// What each site would add after the first picks.
pub fn marginal(sited: &Sited, picks: usize) -> SitesBody {
    let picks = picks.min(sited.siting.picks.len());
    let adds = sited.siting.marginal(picks);
    let site = |(site, adds): (&Site, u64)| {
        let at = match site {
            Site::Candidate(i) => sited.candidates[*i].at,
            Site::Existing(i) => sited.siting.existing[*i].anchor,
        };
        SiteBody { lon: wire::degrees(at.lon()), lat: wire::degrees(at.lat()), adds: figure(sited, adds) }
    };
    SitesBody { picks, unit: unit(sited), sites: sited.siting.sites.iter().zip(adds).map(site).collect() }
}
