//! The nearest places of a kind, by walking time or by straight line.

use super::error::{WalkError, network};
use crate::atlas::doors::Kind;
use crate::atlas::facility::Facility;
use crate::atlas::{FeatureId, Ident, Snapshot};
use crate::geometry::{LonLat, Metres, Seconds, ground_distance};
use crate::walk::{Direction, Profile, ReachQuery};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    Category(Ident),
    Layer(Ident),
}

/// What "near" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Walk,
    Line,
}

/// What to ask.
#[derive(Debug, Clone)]
pub struct NearestQuery<'q> {
    pub origin: LonLat,
    pub wanted: Wanted,
    pub limit: usize,
    pub by: By,
    /// Walks longer than this are left out.
    pub max: Seconds,
    /// Only places open at this moment; places without stated hours are left out.
    pub open_only_at: Option<DateTime<Utc>>,
    /// Moment for which `open` is answered.
    pub now: DateTime<Utc>,
    /// Only places with this service.
    pub service: Option<String>,
    pub profile: &'q Profile,
}

/// One place.
#[derive(Debug, Clone)]
pub struct Near {
    pub facility: Arc<Facility>,
    /// Walking time and length; `None` when asked by line.
    pub walk: Option<(Seconds, Metres)>,
    /// Straight distance to the nearest entrance.
    pub line: Metres,
    /// `None` when the hours are not known.
    pub open: Option<bool>,
}

/// The nearest places, nearest first; ties by layer and id.
pub fn nearest(snapshot: &Snapshot, query: &NearestQuery<'_>) -> Result<Vec<Near>, WalkError> {
    let kind = match &query.wanted {
        Wanted::Category(id) => snapshot.doors.category(id),
        Wanted::Layer(id) => snapshot.doors.kind(snapshot.facilities_of(id.as_str()).unwrap_or_default()),
    };
    match query.by {
        By::Line => Ok(by_line(query, &kind)),
        By::Walk => by_walk(snapshot, query, &kind),
    }
}

/// Whether a place is one of those that are looked for.
fn admits(query: &NearestQuery<'_>, facility: &Facility) -> bool {
    query.service.as_ref().is_none_or(|s| facility.services.contains(s))
        && query.open_only_at.is_none_or(|at| open_at(facility, at) == Some(true))
}

fn open_at(facility: &Facility, at: DateTime<Utc>) -> Option<bool> {
    facility.hours.as_ref()?.open_at(&at)
}

/// Straight distance to the nearest entrance.
fn line(query: &NearestQuery<'_>, facility: &Facility) -> Metres {
    let to = |e: &LonLat| ground_distance(query.origin, *e).0;
    Metres(facility.entrances.iter().map(to).fold(f64::INFINITY, f64::min))
}

fn near(query: &NearestQuery<'_>, facility: &Arc<Facility>, walk: Option<(Seconds, Metres)>) -> Near {
    let open = open_at(facility, query.open_only_at.unwrap_or(query.now));
    Near { facility: Arc::clone(facility), walk, line: line(query, facility), open }
}

fn id(facility: &Facility) -> (&Ident, FeatureId) {
    (&facility.layer, facility.id)
}

fn by_line(query: &NearestQuery<'_>, kind: &Kind<'_>) -> Vec<Near> {
    let wanted = kind.all().into_iter().map(|i| kind.facility(i)).filter(|f| admits(query, f));
    let mut found: Vec<Near> = wanted.map(|facility| near(query, facility, None)).collect();
    found.sort_by(|a, b| a.line.0.total_cmp(&b.line.0).then_with(|| id(&a.facility).cmp(&id(&b.facility))));
    found.truncate(query.limit);
    found
}

/// Searches wider and wider: whatever lies beyond a budget is farther than all that lies within.
fn by_walk(snapshot: &Snapshot, query: &NearestQuery<'_>, kind: &Kind<'_>) -> Result<Vec<Near>, WalkError> {
    let network = network(snapshot)?;
    let speed = query.profile.speed_m_s;
    let likely = likely_distance(query, kind).map_or(query.max.0, |line| line.0 * DETOUR / speed + AT_DOORS_S);
    // Whole seconds: what lies beyond then reads as later than all that lies within.
    let mut budget = Seconds(likely.ceil().min(query.max.0));
    loop {
        let search = ReachQuery { origin: query.origin, profile: query.profile, direction: Direction::From, budget };
        let reach = network.reach(&search)?;
        let within = kind.near(query.origin, Metres(budget.0 * speed + 1.0));
        let timed = within.into_iter().filter_map(|i| Some((reach.time_to_any(kind.entrances(i))?, i)));
        let mut timed: Vec<(Seconds, usize)> = timed.filter(|(_, i)| admits(query, kind.facility(*i))).collect();
        if timed.len() < query.limit && budget.0 < query.max.0 {
            budget = Seconds((budget.0 * WIDER + 60.0).ceil().min(query.max.0));
            continue;
        }
        timed.sort_by(|(a, i), (b, j)| {
            a.whole().cmp(&b.whole()).then_with(|| id(kind.facility(*i)).cmp(&id(kind.facility(*j))))
        });
        timed.truncate(query.limit);
        let length = |i: usize| reach.length_to_any(kind.entrances(i)).unwrap_or(Metres(f64::NAN));
        return Ok(timed.into_iter().map(|(walk, i)| near(query, kind.facility(i), Some((walk, length(i))))).collect());
    }
}

/// The detour that most walks stay below, as a first guess of how far to search.
const DETOUR: f64 = 1.4;

/// What doors add to a walk, as a first guess: seconds.
const AT_DOORS_S: f64 = 30.0;

/// How much farther to search when the first guess was too short.
const WIDER: f64 = 1.6;

/// Straight distance to about as many places as are looked for; `None` when there are fewer.
fn likely_distance(query: &NearestQuery<'_>, kind: &Kind<'_>) -> Option<Metres> {
    let mut seen = Vec::with_capacity(query.limit);
    for i in kind.roughly_by_distance(query.origin) {
        if !seen.contains(&i) && admits(query, kind.facility(i)) {
            seen.push(i);
            if seen.len() == query.limit {
                let lines = seen.iter().map(|i| line(query, kind.facility(*i)).0);
                return Some(Metres(lines.fold(0.0, f64::max)));
            }
        }
    }
    None
}
