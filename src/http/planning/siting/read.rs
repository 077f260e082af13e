//! What is asked of siting, and where its candidates come from.

use crate::accounts::{Seen, Where};
use crate::atlas::{FeatureId, Ident};
use crate::geometry::{LonLat, Metres};
use crate::http::error::Problem;
use crate::http::json_body::Members;
use crate::http::params::Params;
use crate::http::place::data_extent;
use crate::http::planning::ask::{Desk, feature};
use crate::http::walking;
use crate::planning::nearest::Wanted;
use crate::planning::siting::{Candidate, Existing, Goal, from_layer, from_network};
use crate::planning::{Extent, WalkError};
use crate::walk::{Direction, Profile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Sites that are weighed against each other.
const MOST_CANDIDATES: usize = 2000;
const MOST_PLACES: u32 = 50;

/// What is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanningSitingQuestion)]
#[expect(dead_code, reason = "only described; it is read strictly by json_body")]
pub struct QuestionBody {
    /// Id from /api/categories.
    category: String,
    goal: GoalName,
    /// So many new places; not for `cover_all`, which takes as few as it needs.
    #[schema(minimum = 1, maximum = 50)]
    places: Option<u32>,
    /// Minutes of walking that count as in reach (15 when left out); for `shortest_walk` longer walks count as
    /// that.
    #[schema(minimum = 1, maximum = 60)]
    minutes: Option<u32>,
    /// Metres of way instead of minutes.
    #[schema(minimum = 50, maximum = 5000)]
    metres: Option<u32>,
    /// Who walks, see /api/profiles; adult by default.
    profile: Option<String>,
    /// Speed along the network instead of the profile's.
    #[schema(minimum = 0.2, maximum = 3.0)]
    speed_m_s: Option<f64>,
    /// Seconds of waiting at each crossing with signals; 0 by default.
    #[schema(minimum = 0, maximum = 300)]
    signal_wait_s: Option<f64>,
    /// to (default): people walk to the places; from: the other way.
    direction: Option<String>,
    /// What becomes of the places that exist; `keep` by default.
    existing: Option<ExistingName>,
    candidates: CandidatesBody,
    /// What is counted; `households` by default.
    weights: Option<WeightsName>,
    /// Id of a scenario: on the map with its measures taken.
    scenario: Option<String>,
}

/// What the places are for: most within reach; all within reach with as few as possible; the shortest mean walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PlanningGoal)]
#[serde(rename_all = "snake_case")]
pub enum GoalName {
    Cover,
    CoverAll,
    ShortestWalk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = PlanningExisting)]
#[serde(rename_all = "lowercase")]
pub enum ExistingName {
    Keep,
    Move,
    Ignore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = PlanningWeights)]
#[serde(rename_all = "lowercase")]
pub enum WeightsName {
    Households,
    Buildings,
}

/// Where a place could go; one of `layer`, `spacing_m` and `points`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanningCandidates)]
#[expect(dead_code, reason = "only described; it is read strictly by json_body")]
pub struct CandidatesBody {
    /// At each feature of a layer.
    layer: Option<String>,
    /// At corners of streets, no two nearer than this.
    #[schema(minimum = 20, maximum = 1000)]
    spacing_m: Option<f64>,
    /// `[lon, lat]`, where somebody drew them.
    points: Option<Vec<Vec<f64>>>,
    /// LAYER/ID of a polygon: only in there.
    r#in: Option<String>,
}

/// What is asked, read.
pub struct Question {
    pub category: Ident,
    pub goal: Goal,
    pub existing: Existing,
    pub profile: Profile,
    pub direction: Direction,
    pub by_households: bool,
    source: Source,
    within: Option<(Ident, i64)>,
}

/// Where candidates come from.
enum Source {
    Layer(Ident),
    Network(Metres),
    Points(Vec<LonLat>),
}

pub fn read(members: &mut Members, map: &Seen) -> Option<Question> {
    let wanted = walking::wanted(&mut members.params, map);
    let extents = walking::extents(&mut members.params, &[Extent::Minutes(15)]);
    let profile = walking::walker(&mut members.params);
    let direction = walking::direction(&mut members.params, Direction::To);
    let params = &mut members.params;
    let existing = params.choice(
        "existing",
        Existing::Kept,
        &[("keep", Existing::Kept), ("move", Existing::Movable), ("ignore", Existing::Ignored)],
    );
    let by_households = params.choice("weights", true, &[("households", true), ("buildings", false)]);
    let goal = goal(params, extents, profile.as_ref());
    let category = match wanted {
        Some(Wanted::Category(id)) => Some(id),
        Some(Wanted::Layer(_)) => {
            params.fault("layer", "cannot be sited; name a category");
            None
        }
        None => None,
    };
    let source = source(members, map);
    let (source, within) = source?;
    Some(Question {
        category: category?,
        goal: goal?,
        existing: existing?,
        profile: profile?,
        direction: direction?,
        by_households: by_households?,
        source,
        within,
    })
}

fn goal(params: &mut Params, extents: Option<Vec<Extent>>, profile: Option<&Profile>) -> Option<Goal> {
    let names =
        [("cover", GoalName::Cover), ("cover_all", GoalName::CoverAll), ("shortest_walk", GoalName::ShortestWalk)];
    let name = match params.required("goal") {
        Some(_) => params.choice("goal", GoalName::Cover, &names),
        None => None,
    };
    if name == Some(GoalName::CoverAll) && params.has("places") {
        params.fault("places", "has no meaning with cover_all, which takes as few as it needs");
    }
    let places = params.whole("places", 1, 1..=MOST_PLACES);
    let within = match extents?.as_slice() {
        [one] => *one,
        _ => {
            params.fault(if params.has("metres") { "metres" } else { "minutes" }, "must be one value");
            return None;
        }
    };
    let places = places? as usize;
    Some(match name? {
        GoalName::Cover => Goal::Cover { places, within },
        GoalName::CoverAll => Goal::CoverAll { within },
        GoalName::ShortestWalk => Goal::ShortestWalk { places, longest: within.budget(profile?) },
    })
}

fn source(members: &mut Members, map: &Seen) -> Option<(Source, Option<(Ident, i64)>)> {
    let Some(mut part) = members.part("candidates") else {
        if !members.params.is_faulty("candidates") {
            members.params.fault("candidates", "is missing");
        }
        return None;
    };
    let within = feature(&mut part.params, "in", map);
    let layer = part.params.optional("layer");
    let spacing = part.params.has("spacing_m").then(|| part.params.decimal("spacing_m", 100.0, 20.0..=1000.0));
    let points = part.has_list("points").then(|| part.points("points", MOST_CANDIDATES, data_extent(map)));
    let source = match (layer, spacing, points) {
        (Some(id), None, None) => match map.layer(&id) {
            Some((entry, _)) => Some(Source::Layer(entry.layer.id.clone())),
            None => {
                part.params.fault("layer", "is not in /api/collections");
                None
            }
        },
        (None, Some(spacing), None) => spacing.map(|metres| Source::Network(Metres(metres))),
        (None, None, Some(points)) => points.and_then(|(points, bad)| {
            part.refuse("points", &bad);
            points.into_iter().collect::<Option<Vec<_>>>().map(Source::Points)
        }),
        _ => {
            part.params.fault("layer", "or spacing_m or points: one of them must be given");
            None
        }
    };
    members.adopt("candidates", part);
    Some((source?, within))
}

/// The candidates inside the planner's own areas, and there where they are to be.
pub fn candidates(question: &Question, desk: &Desk) -> Result<Vec<Candidate>, Problem> {
    let map = &desk.map;
    let shape = question.within.as_ref().and_then(|(layer, id)| map.feature(layer.as_str(), FeatureId(*id)));
    let region = desk.rights.on(map);
    let inside = |at: LonLat| region.holds(Where::At(at)) && shape.is_none_or(|f| f.covers(at));
    let found: Vec<Candidate> = match &question.source {
        Source::Layer(id) => {
            let all = from_layer(map, id.as_str()).unwrap_or_default();
            all.into_iter().filter(|candidate| inside(candidate.at)).collect()
        }
        Source::Network(spacing) => match map.network.as_deref() {
            Some(network) => from_network(network, *spacing, inside),
            None => return Err(WalkError::NoNetwork.into()),
        },
        Source::Points(points) => points.iter().copied().filter(|at| inside(*at)).map(Candidate::from).collect(),
    };
    let fault = |detail: String| Err(Problem::parameter("candidates", detail));
    match found.len() {
        0 => fault("there are none inside the area".into()),
        n if n > MOST_CANDIDATES => {
            fault(format!("are {n}; at most {MOST_CANDIDATES} are weighed: ask for less or set them wider"))
        }
        _ => Ok(found),
    }
}
