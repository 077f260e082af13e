//! `POST /api/planning/missing-links`: where one gate, bridge or path would help most.

use super::ask::{Desk, Question, scenario};
use super::body::CountBody;
use super::runs::{Beginning, RunBody};
use crate::app::Found;
use crate::geometry::{LonLat, Metres, Seconds};
use crate::http::error::Problem;
use crate::http::wire;
use crate::planning::missing_links::{MissingLink, MissingQuery, missing_links};
use crate::walk::{BarrierKind, LinkKind};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanningMissingQuestion)]
#[expect(dead_code, reason = "only described; it is read strictly by json_body")]
pub struct QuestionBody {
    /// Id from /api/categories; this or layer.
    category: Option<String>,
    /// Id from /api/collections; this or category.
    layer: Option<String>,
    /// Minutes of walking that count as in reach; 15 when left out.
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
    /// now or an RFC 3339 time: only what is open then.
    open_at: Option<String>,
    /// What counts of places whose hours nobody wrote down: open or closed (default).
    unknown_hours: Option<String>,
    /// Id of a scenario: on the map with its measures taken.
    scenario: Option<String>,
    /// No link is longer; 150 when left out.
    #[schema(minimum = 20, maximum = 500)]
    longest_m: Option<f64>,
    /// The way round must take so much longer than the link; 180 when left out.
    #[schema(minimum = 30, maximum = 3600)]
    detour_s: Option<f64>,
    /// So many links; 20 when left out.
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// Links that do not exist
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningMissingLinks)]
pub struct MissingLinksBody {
    /// Most households first, each counted as if it were the only one.
    links: Vec<LinkBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanningMissingLink)]
pub struct LinkBody {
    /// From 1.
    n: usize,
    /// On the side of the places, `[lon, lat]`.
    from: [f64; 2],
    /// On the side of the households.
    to: [f64; 2],
    length_m: f64,
    /// The way round as it is; `null` when there is none.
    round_s: Option<u32>,
    /// What it would bring into coverage.
    gained: CountBody,
    /// What it crosses, from `from` on, each kind once.
    #[schema(value_type = Vec<String>)]
    crosses: Vec<BarrierKind>,
    /// A bridge over water, rails and motorways; a gate through walls; else a path.
    #[schema(value_type = String)]
    kind: LinkKind,
}

/// Where one gate, bridge or path would help most
///
/// Begins a run: pairs of places that lie close together and far apart on foot.
#[utoipa::path(post, path = "/api/planning/missing-links", operation_id = "planning_missing_links", tag = "planning",
    request_body(content = QuestionBody, content_type = "application/json"),
    responses(
        (status = 202, description = "It goes on; see Location", body = RunBody),
        (status = 409, description = "Two of the caller's runs are going on"),
        (status = 422),
    ))]
pub async fn post(mut call: Beginning) -> Result<Response, Problem> {
    let chosen = scenario(&mut call.members.params, &call.app).await?;
    let params = &mut call.members.params;
    let question = Question::read(params, &call.seen, (call.app.clock)());
    let longest = params.decimal("longest_m", 150.0, 20.0..=500.0);
    let detour = params.decimal("detour_s", 180.0, 30.0..=3600.0);
    let limit = params.whole("limit", 20, 1..=50);
    let all = question.zip(longest).zip(detour.zip(limit));
    let Some(((question, longest), (detour, limit))) = all else { return Err(call.members.refused()) };
    std::mem::take(&mut call.members).finish()?;
    let desk = Desk::new(Arc::clone(&call.app), &call.seen, call.rights.clone(), chosen).await?;
    call.start(
        "missing-links",
        Box::new(move |run| {
            let query = MissingQuery {
                longest: Metres(longest),
                detour: Seconds(detour),
                limit: limit as usize,
                scope: desk.scope(),
                ..MissingQuery::new(question.walks.query(), question.widest())
            };
            Ok(Found::Missing(missing_links(&desk.map, &query, run)?))
        }),
    )
}

/// The answer of a run.
pub fn links(found: &[MissingLink]) -> MissingLinksBody {
    let pair = |at: LonLat| [wire::degrees(at.lon()), wire::degrees(at.lat())];
    let link = |(i, link): (usize, &MissingLink)| LinkBody {
        n: i + 1,
        from: pair(link.from),
        to: pair(link.to),
        length_m: wire::metres(link.length.0),
        round_s: link.round.map(Seconds::whole),
        gained: link.gained.into(),
        crosses: link.crosses.clone(),
        kind: link.kind,
    };
    MissingLinksBody { links: found.iter().enumerate().map(link).collect() }
}
