//! The nearest places of a kind, by walking time or by straight line.

use super::error::{WalkError, network};
use crate::atlas::facility::Facility;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{LonLat, Metres, Seconds, ground_distance};
use crate::walk::{Direction, Profile, ReachQuery};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
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
    let places = candidates(snapshot, query);
    let mut found = match query.by {
        By::Line => places.into_iter().map(|f| near(query, f, None)).collect(),
        By::Walk => by_walk(snapshot, query, places)?,
    };
    found.sort_by(|a, b| order(a, b, query.by));
    found.truncate(query.limit);
    Ok(found)
}

fn candidates(snapshot: &Snapshot, query: &NearestQuery<'_>) -> Vec<Arc<Facility>> {
    let of_kind: Vec<Arc<Facility>> = match &query.wanted {
        Wanted::Category(id) => snapshot.facilities.iter().filter(|f| f.categories.contains(id)).cloned().collect(),
        Wanted::Layer(id) => snapshot.facilities_of(id.as_str()).unwrap_or_default(),
    };
    let serves = |f: &Facility| query.service.as_ref().is_none_or(|s| f.services.contains(s));
    let open = |f: &Facility| query.open_only_at.is_none_or(|at| open_at(f, at) == Some(true));
    of_kind.into_iter().filter(|f| serves(f) && open(f)).collect()
}

fn open_at(facility: &Facility, at: DateTime<Utc>) -> Option<bool> {
    facility.hours.as_ref()?.open_at(&at)
}

fn near(query: &NearestQuery<'_>, facility: Arc<Facility>, walk: Option<(Seconds, Metres)>) -> Near {
    let line = facility.entrances.iter().map(|e| ground_distance(query.origin, *e).0).fold(f64::INFINITY, f64::min);
    let open = open_at(&facility, query.open_only_at.unwrap_or(query.now));
    Near { facility, walk, line: Metres(line), open }
}

fn by_walk(snapshot: &Snapshot, query: &NearestQuery<'_>, places: Vec<Arc<Facility>>) -> Result<Vec<Near>, WalkError> {
    let search =
        ReachQuery { origin: query.origin, profile: query.profile, direction: Direction::From, budget: query.max };
    let reach = network(snapshot)?.reach(&search)?;
    let limit = query.max.0 * query.profile.speed_m_s;
    let mut timed: Vec<(Seconds, LonLat, Arc<Facility>)> = Vec::new();
    for facility in places {
        let doors = facility.entrances.iter().filter(|e| ground_distance(query.origin, **e).0 <= limit);
        let best = doors.filter_map(|e| reach.time_at(*e).map(|t| (t, *e))).min_by(|a, b| a.0.0.total_cmp(&b.0.0));
        if let Some((walk, door)) = best {
            timed.push((walk, door, facility));
        }
    }
    timed.sort_by(|a, b| (a.0.whole(), &a.2.layer, a.2.id).cmp(&(b.0.whole(), &b.2.layer, b.2.id)));
    timed.truncate(query.limit);
    let near_by_walk = |(walk, door, facility)| {
        let length = reach.route(door).map_or(Metres(f64::NAN), |r| r.distance);
        near(query, facility, Some((walk, length)))
    };
    Ok(timed.into_iter().map(near_by_walk).collect())
}

fn order(a: &Near, b: &Near, by: By) -> std::cmp::Ordering {
    let distance = match (by, a.walk, b.walk) {
        (By::Walk, Some((x, _)), Some((y, _))) => x.whole().cmp(&y.whole()),
        _ => a.line.0.total_cmp(&b.line.0),
    };
    distance.then_with(|| (&a.facility.layer, a.facility.id).cmp(&(&b.facility.layer, b.facility.id)))
}
