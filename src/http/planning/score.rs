//! `GET /api/planning/score`: what of the five services and the other categories a point or an area has.

use super::ask::{Call, Desk, Format, feature, scenario};
use super::body::{AreaBody, CountBody, CoveredBody, percent, share};
use crate::accounts::Where;
use crate::app::Walks;
use crate::atlas::{AreaRef, Feature, Ident, Snapshot};
use crate::geometry::{LonLat, Seconds};
use crate::http::authorization::Rights;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::params::{Params, quoted};
use crate::http::sheet::sheet;
use crate::http::{walking, wire};
use crate::planning::nearest::Wanted;
use crate::planning::score::{AreaScore, Board, CIRCLES, CategoryScore, Ground, PointScore, RADII, score_point};
use crate::walk::{Direction, Profile};
use axum::response::Response;
use rayon::prelude::*;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a point has
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningPointScore)]
pub struct PointScoreBody {
    lon: f64,
    lat: f64,
    profiles: Vec<PointProfileBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningPointProfile)]
pub struct PointProfileBody {
    profile: String,
    /// Of the five services, how many are within 5, 10 and 15 minutes.
    basic_within: [usize; 3],
    categories: Vec<ReachableBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningReachable)]
pub struct ReachableBody {
    category: Ident,
    /// One of the five.
    basic: bool,
    /// To the nearest; `null` when it is farther than 15 minutes.
    walk_s: Option<u32>,
    /// Straight, up to 1,000 m; `null` when it is farther.
    line_m: Option<f64>,
}

/// What an area has
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningAreaScore)]
pub struct AreaScoreBody {
    #[serde(flatten)]
    area: AreaBody,
    households: u64,
    buildings: u64,
    minutes: [u32; 3],
    /// The standard's service radii (GB 50180-2018), straight.
    radii_m: [f64; 3],
    profiles: Vec<AreaProfileBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningAreaProfile)]
pub struct AreaProfileBody {
    profile: String,
    /// Those who have all five, by minutes.
    all_five: [CountBody; 3],
    /// How many of the five a household has on average, by minutes; `null` where nobody lives.
    mean_of_five: [Option<f64>; 3],
    categories: Vec<CategoryBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningCategoryScore)]
pub struct CategoryBody {
    category: Ident,
    /// One of the five.
    basic: bool,
    /// Places inside the area.
    facilities: usize,
    /// By minutes.
    covered: Vec<CoveredBody>,
    /// Share of the ground from which one is in reach, by minutes, 0 to 1.
    ground: [f64; 3],
    /// Those within each radius in a straight line.
    line: [CoveredBody; 3],
}

enum About {
    Point(LonLat),
    Area(Ident, Arc<Feature>),
}

/// The life-circle score
///
/// Of a point (`lon`, `lat`) or an area (`area`): which of the five services (1+5+X) and the other categories
/// are within 5, 10 and 15 minutes on foot, for each kind of walker.
#[utoipa::path(get, path = "/api/planning/score", operation_id = "planning_score", tag = "planning",
    params(
        ("lon" = Option<f64>, Query, description = "Degrees east, with lat", minimum = -180, maximum = 180),
        ("lat" = Option<f64>, Query, description = "Degrees north", minimum = -90, maximum = 90),
        ("area" = Option<String>, Query, description = "LAYER/ID of a polygon instead of a point"),
        ("profiles" = Option<String>, Query, description = "Ids from /api/profiles, joined by commas; adult,senior,wheelchair when left out"),
        ("scenario" = Option<String>, Query, description = "Id of a scenario: on the map with its measures taken"),
        ("format" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses(
        (status = 200, content((ScoreBody = "application/json"), (String = "text/csv"))),
        (status = 422),
    ))]
pub async fn get(mut call: Call) -> Result<Response, Problem> {
    let chosen = scenario(&mut call.params, &call.app).await?;
    let about = about(&mut call);
    let profiles = profiles(&mut call.params);
    let format = Format::table(&mut call.params);
    let Some(((about, profiles), format)) = about.zip(profiles).zip(format) else { return Err(call.params.refused()) };
    if let About::Area(layer, feature) = &about
        && let Some((entry, _)) = call.seen.layer(layer.as_str())
    {
        Rights::require(&call.rights.on(&call.seen), Where::of(entry, feature))?;
    }
    let desk = call.desk(chosen).await?;
    compute(move || match about {
        About::Point(at) => format.tell(ScoreBody::Point(point(&desk, at, &profiles)?), table),
        About::Area(layer, feature) => format.tell(ScoreBody::Area(area(&desk, layer, &feature, &profiles)?), table),
    })
    .await?
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningScore)]
#[serde(untagged)]
pub enum ScoreBody {
    Point(PointScoreBody),
    Area(AreaScoreBody),
}

fn about(call: &mut Call) -> Option<About> {
    if !call.params.has("area") {
        return walking::position(&mut call.params, &call.seen).map(About::Point);
    }
    for name in ["lon", "lat"] {
        if call.params.has(name) {
            call.params.optional(name);
            call.params.fault(name, "and area cannot both be given");
        }
    }
    let (layer, id) = feature(&mut call.params, "area", &call.seen)?;
    let found = call.seen.feature(layer.as_str(), crate::atlas::FeatureId(id))?;
    if !matches!(found.geometry, geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_)) {
        call.params.fault("area", "is not a polygon");
        return None;
    }
    Some(About::Area(layer, Arc::clone(found)))
}

fn profiles(params: &mut Params) -> Option<Vec<&'static Profile>> {
    let text = match params.optional("profiles") {
        Some(text) => text,
        None if params.has("profiles") => return None,
        None => "adult,senior,wheelchair".to_owned(),
    };
    let mut all: Vec<&Profile> = Vec::new();
    for id in text.split(',') {
        match Profile::by_id(id) {
            Some(profile) if all.iter().any(|p| p.id == profile.id) => {
                params.fault("profiles", format!("{id} is named twice"));
                return None;
            }
            Some(profile) => all.push(profile),
            None => {
                params.fault("profiles", format!("{} is not in /api/profiles", quoted(id)));
                return None;
            }
        }
    }
    Some(all)
}

fn point(desk: &Desk, at: LonLat, profiles: &[&'static Profile]) -> Result<PointScoreBody, Problem> {
    let one = |(score, profile): (PointScore, &&Profile)| PointProfileBody {
        basic_within: CIRCLES.map(|circle| score.basic_within(circle, profile)),
        profile: score.profile,
        categories: score
            .categories
            .into_iter()
            .map(|reachable| ReachableBody {
                category: reachable.category,
                basic: reachable.basic,
                walk_s: reachable.walk.map(Seconds::whole),
                line_m: reachable.line.map(|line| wire::metres(line.0)),
            })
            .collect(),
    };
    let scores = score_point(&desk.map, at, profiles)?;
    Ok(PointScoreBody {
        lon: wire::degrees(at.lon()),
        lat: wire::degrees(at.lat()),
        profiles: scores.into_iter().zip(profiles).map(one).collect(),
    })
}

fn area(desk: &Desk, layer: Ident, feature: &Feature, profiles: &[&'static Profile]) -> Result<AreaScoreBody, Problem> {
    let ground = Ground::new(&desk.map, &feature.geometry);
    let scores: Result<Vec<AreaScore>, Problem> = profiles
        .iter()
        .map(|profile| {
            let board = board(desk, profile)?;
            board.score(&desk.map, &ground).map_err(Problem::from)
        })
        .collect();
    let count = ground.count(&desk.map);
    Ok(AreaScoreBody {
        area: AreaBody::new(&desk.map, &area_ref(&desk.map, layer, feature)),
        households: count.households,
        buildings: count.buildings,
        minutes: [5, 10, 15],
        radii_m: RADII.map(|radius| radius.0),
        profiles: scores?.into_iter().map(profile_body).collect(),
    })
}

/// From the coverages that are kept.
fn board(desk: &Desk, profile: &Profile) -> Result<Board, Problem> {
    let coverage = |category: &crate::atlas::Category| {
        let wanted = Wanted::Category(category.id.clone());
        desk.coverage(&Walks { wanted, profile: profile.clone(), direction: Direction::To, opening: None })
    };
    let coverages: Result<Vec<_>, Problem> = desk.map.catalogue.categories.par_iter().map(coverage).collect();
    Ok(Board::of(profile, coverages?))
}

fn area_ref(map: &Snapshot, layer: Ident, feature: &Feature) -> AreaRef {
    let descriptor = map.layer(layer.as_str()).map(|(entry, _)| &entry.layer);
    AreaRef {
        id: feature.id,
        code: descriptor.and_then(|layer| feature.code(layer)).map(str::to_owned),
        name: descriptor.and_then(|layer| feature.name(layer)).map(str::to_owned),
        layer,
    }
}

fn profile_body(score: AreaScore) -> AreaProfileBody {
    let category = |category: CategoryScore| CategoryBody {
        covered: category.tally.covered.iter().map(|n| CoveredBody::new(*n, category.tally.all)).collect(),
        line: category.line.map(|n| CoveredBody::new(n, category.tally.all)),
        ground: category.ground.map(share),
        category: category.category,
        basic: category.basic,
        facilities: category.facilities,
    };
    AreaProfileBody {
        profile: score.profile,
        all_five: score.all_five.map(CountBody::from),
        mean_of_five: score.mean_of_five.map(|mean| mean.map(|n| (n * 100.0).round() / 100.0)),
        categories: score.categories.into_iter().map(category).collect(),
    }
}

fn table(body: &ScoreBody) -> Result<Response, Problem> {
    match body {
        ScoreBody::Point(body) => {
            let rows = body.profiles.iter().flat_map(|of| {
                of.categories.iter().map(|reachable| {
                    let walk = reachable.walk_s.map(|s| s.to_string()).unwrap_or_default();
                    let line = reachable.line_m.map(|m| m.to_string()).unwrap_or_default();
                    vec![of.profile.clone(), reachable.category.to_string(), yes(reachable.basic), walk, line]
                })
            });
            sheet("score", ["人群", "类别", "五项基本服务", "步行（秒）", "直线（米）"], rows)
        }
        ScoreBody::Area(body) => {
            let minutes = body.minutes.iter().flat_map(|n| {
                [format!("{n}分钟覆盖户数"), format!("{n}分钟覆盖率（%）"), format!("{n}分钟覆盖用地（%）")]
            });
            let radii = body.radii_m.iter().flat_map(|m| [format!("{m}米半径户数"), format!("{m}米半径（%）")]);
            let head = ["人群", "类别", "五项基本服务", "区内设施", "户数"].map(str::to_owned);
            let rows = body.profiles.iter().flat_map(|of| {
                of.categories.iter().map(|category| {
                    let label = [of.profile.clone(), category.category.to_string(), yes(category.basic)];
                    let counts = [category.facilities.to_string(), body.households.to_string()];
                    let covered = category.covered.iter().zip(category.ground).flat_map(|(covered, ground)| {
                        [covered.households.to_string(), percent(covered.share), percent(Some(ground))]
                    });
                    let line = category.line.iter().flat_map(|n| [n.households.to_string(), percent(n.share)]);
                    label.into_iter().chain(counts).chain(covered).chain(line).collect()
                })
            });
            sheet("score", head.into_iter().chain(minutes).chain(radii), rows)
        }
    }
}

fn yes(basic: bool) -> String {
    if basic { "是".to_owned() } else { String::new() }
}
