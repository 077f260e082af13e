//! What every question of planning shares: whose walks to what, by which bands, on which map, and the
//! buildings that count.

use super::scenarios::Kept;
use crate::accounts::Seen;
use crate::app::{App, Walks};
use crate::atlas::{Ident, Snapshot};
use crate::http::authorization::Rights;
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::params::{Params, quoted};
use crate::http::walking;
use crate::planning::coverage::{Groups, Opening};
use crate::planning::{Coverage, Extent, Scope};
use crate::walk::Direction;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::Serialize;
use std::sync::Arc;

const USUAL: [Extent; 3] = [Extent::Minutes(15), Extent::Minutes(10), Extent::Minutes(5)];

/// What every address of planning that walks takes, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; params reads it strictly")]
pub struct QuestionParams {
    /// Id from /api/categories; this or layer
    category: Option<String>,
    /// Id from /api/collections; this or category
    layer: Option<String>,
    /// Minutes of walking, joined by commas; 5,10,15 when neither this nor metres is given
    minutes: Option<String>,
    /// Metres of way instead of minutes, joined by commas
    metres: Option<String>,
    /// to (default): people walk to the places; from: the other way
    #[param(pattern = "^(to|from)$")]
    direction: Option<String>,
    /// now or an RFC 3339 time: only what is open then
    open_at: Option<String>,
    /// What counts of places whose hours nobody wrote down: open or closed (default)
    #[param(pattern = "^(open|closed)$")]
    unknown_hours: Option<String>,
    /// Id of a scenario: the answer is of the map with its measures taken
    scenario: Option<String>,
}

/// A planner's call: on what map, with which rights, and what is asked.
pub struct Call {
    pub app: Arc<App>,
    pub seen: Seen,
    pub rights: Rights,
    pub params: Params,
    pub headers: HeaderMap,
}

impl FromRequestParts<Arc<App>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let seen = Seen::from_request_parts(parts, app).await?;
        let rights = Rights::from_request_parts(parts, app).await?;
        let (params, headers) = (Params::of(&parts.uri), parts.headers.clone());
        Ok(Self { app: Arc::clone(app), seen, rights, params, headers })
    }
}

impl Call {
    /// The question that is asked, and the scenario on whose map; the former is `None` after noting a
    /// fault.
    pub async fn question(&mut self) -> Result<(Option<Question>, Option<Kept>), Problem> {
        let question = Question::read(&mut self.params, &self.seen, (self.app.clock)());
        Ok((question, scenario(&mut self.params, &self.app).await?))
    }

    /// Ends the reading.
    pub async fn desk(self, chosen: Option<Kept>) -> Result<Desk, Problem> {
        self.params.finish()?;
        Desk::new(self.app, &self.seen, self.rights, chosen).await
    }
}

/// Whose walks to what, by which bands.
#[derive(Debug, Clone)]
pub struct Question {
    pub walks: Walks,
    /// Smallest first, all of one kind; never empty.
    pub extents: Vec<Extent>,
    /// Places whose hours nobody wrote down count as open.
    pub unknown_hours: bool,
}

impl Question {
    pub fn read(params: &mut Params, map: &Snapshot, now: DateTime<Utc>) -> Option<Self> {
        let wanted = walking::wanted(params, map);
        let extents = walking::extents(params, &USUAL);
        let profile = walking::walker(params);
        let direction = walking::direction(params, Direction::To);
        let unknown = params.choice("unknown_hours", false, &[("closed", false), ("open", true)]);
        let at = walking::open_at(params).map(|at| at.moment(now));
        // To the minute, which is what opening hours are told in: whoever asks in the same one asks the same.
        let at = at.map(|at| at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at));
        let opening = at.zip(unknown).map(|(at, unknown)| Opening { at, unknown });
        let mut extents = extents?;
        extents.reverse();
        let walks = Walks { wanted: wanted?, profile: profile?, direction: direction?, opening };
        Some(Self { walks, extents, unknown_hours: unknown? })
    }

    /// The largest band.
    pub fn widest(&self) -> Extent {
        self.extents[self.extents.len() - 1]
    }
}

/// `by`: a level of the area tree; `whole` is none.
pub fn level(params: &mut Params, map: &Snapshot) -> Option<Option<Ident>> {
    let levels = map.levels();
    let choices: Vec<(&str, Option<&Ident>)> =
        levels.iter().map(|(_, entry)| (entry.layer.id.as_str(), Some(&entry.layer.id))).collect();
    let choices: Vec<_> = choices.into_iter().chain([("whole", None)]).collect();
    let finest = levels.last().map(|(_, entry)| &entry.layer.id);
    params.choice("by", finest, &choices).map(|level| level.cloned())
}

/// `LAYER/ID` of a feature that can be seen.
pub fn feature(params: &mut Params, name: &str, map: &Snapshot) -> Option<(Ident, i64)> {
    let text = params.optional(name)?;
    let read = text.split_once('/').and_then(|(layer, id)| Some((layer, id.parse::<i64>().ok()?)));
    let found = read.and_then(|(layer, id)| {
        map.feature(layer, crate::atlas::FeatureId(id))?;
        Some((map.layer(layer)?.0.layer.id.clone(), id))
    });
    if found.is_none() {
        params.fault(name, format!("{} is not LAYER/ID of a feature", quoted(&text)));
    }
    found
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
    GeoJson,
}

impl Format {
    pub fn table(params: &mut Params) -> Option<Self> {
        params.choice("format", Self::Json, &[("json", Self::Json), ("csv", Self::Csv)])
    }

    pub fn any(params: &mut Params) -> Option<Self> {
        let all = [("json", Self::Json), ("csv", Self::Csv), ("geojson", Self::GeoJson)];
        params.choice("format", Self::Json, &all)
    }

    /// The answer in this format, where there are two.
    pub fn tell<T: Serialize>(
        self,
        body: T,
        table: impl FnOnce(&T) -> Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        if self == Self::Csv {
            return table(&body);
        }
        Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
    }
}

/// `scenario`; `None` when it is left out, or after noting a fault.
pub async fn scenario(params: &mut Params, app: &App) -> Result<Option<Kept>, Problem> {
    let Some(text) = params.optional("scenario") else { return Ok(None) };
    let found = Kept::find(app, &text).await?;
    match &found {
        None => params.fault("scenario", format!("{} is not in /api/planning/scenarios", quoted(&text))),
        Some(kept) if kept.is_adopted() => params.fault("scenario", "has been adopted: its measures are on the map"),
        Some(_) => {}
    }
    Ok(found)
}

/// A planner's map, and the buildings that count for them. Its methods may take a while.
#[derive(Clone)]
pub struct Desk {
    pub app: Arc<App>,
    /// The map of the scenario, when one was chosen.
    pub map: Arc<Snapshot>,
    /// As things are.
    pub now: Arc<Snapshot>,
    pub rights: Rights,
}

impl Desk {
    pub async fn new(app: Arc<App>, seen: &Seen, rights: Rights, chosen: Option<Kept>) -> Result<Self, Problem> {
        let now = Arc::clone(seen.snapshot());
        let desk = Self { app, map: Arc::clone(&now), now, rights };
        let Some(kept) = chosen else { return Ok(desk) };
        compute(move || Ok(Self { map: kept.taken(&desk.app, &desk.now)?, ..desk })).await?
    }

    pub fn coverage(&self, walks: &Walks) -> Result<Arc<Coverage>, Problem> {
        self.app.plans().coverage(&self.map, walks).map_err(Problem::from)
    }

    /// As things are.
    pub fn coverage_now(&self, walks: &Walks) -> Result<Arc<Coverage>, Problem> {
        self.app.plans().coverage(&self.now, walks).map_err(Problem::from)
    }

    /// The areas of a level; all buildings lie outside where there is none.
    pub fn groups(&self, level: Option<&Ident>) -> Arc<Groups> {
        self.app.plans().groups(&self.map, level.map(Ident::as_str).unwrap_or_default())
    }

    pub fn scope(&self) -> Scope {
        self.app.plans().scope(&self.map, &self.rights.0)
    }
}
