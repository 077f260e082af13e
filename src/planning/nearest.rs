//! The nearest places of a kind, by walking time or by straight line.

use super::error::{WalkError, network};
use crate::atlas::facility::Facility;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{LonLat, Metres, Seconds, ground_distance};
use crate::walk::{Direction, Doorstep, Profile, Reach, ReachQuery};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
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
        By::Line => places.into_iter().map(|place| near(query, place, None)).collect(),
        By::Walk => by_walk(snapshot, query, places)?,
    };
    found.sort_by(|a, b| order(a, b, query.by));
    found.truncate(query.limit);
    Ok(found)
}

/// A place that may be an answer.
struct Candidate<'s> {
    facility: Arc<Facility>,
    doors: Cow<'s, [Doorstep]>,
    /// Straight distance to the nearest entrance.
    line: Metres,
}

fn candidates<'s>(snapshot: &'s Snapshot, query: &NearestQuery<'_>) -> Vec<Candidate<'s>> {
    let serves = |f: &Facility| query.service.as_ref().is_none_or(|s| f.services.contains(s));
    let open = |f: &Facility| query.open_only_at.is_none_or(|at| open_at(f, at) == Some(true));
    let candidate = |facility: Arc<Facility>, doors: Cow<'s, [Doorstep]>| {
        let to = |e: &LonLat| ground_distance(query.origin, *e).0;
        let line = Metres(facility.entrances.iter().map(to).fold(f64::INFINITY, f64::min));
        Candidate { facility, doors, line }
    };
    match &query.wanted {
        Wanted::Category(id) => {
            let of_kind = |f: &Facility| f.categories.contains(id) && serves(f) && open(f);
            let places = snapshot.facilities.iter().enumerate().filter(|(_, f)| of_kind(f));
            places.map(|(i, f)| candidate(Arc::clone(f), Cow::Borrowed(snapshot.doors.facility(i)))).collect()
        }
        Wanted::Layer(id) => {
            let places = snapshot.facilities_of(id.as_str()).unwrap_or_default();
            let doors = |f: &Arc<Facility>| match snapshot.doors.of(f) {
                Some(doors) => Cow::Borrowed(doors),
                None => f.entrances.iter().map(|e| Doorstep::new(*e)).collect(),
            };
            let wanted = places.into_iter().filter(|f| serves(f) && open(f));
            wanted.map(|f| (doors(&f), f)).map(|(doors, f)| candidate(f, doors)).collect()
        }
    }
}

fn open_at(facility: &Facility, at: DateTime<Utc>) -> Option<bool> {
    facility.hours.as_ref()?.open_at(&at)
}

fn near(query: &NearestQuery<'_>, place: Candidate<'_>, walk: Option<(Seconds, Metres)>) -> Near {
    let open = open_at(&place.facility, query.open_only_at.unwrap_or(query.now));
    Near { facility: place.facility, walk, line: place.line, open }
}

/// Searches wider and wider: whatever lies beyond a budget is farther than all that lies within.
fn by_walk(
    snapshot: &Snapshot,
    query: &NearestQuery<'_>,
    mut places: Vec<Candidate<'_>>,
) -> Result<Vec<Near>, WalkError> {
    let network = network(snapshot)?;
    places.sort_by(|a, b| a.line.0.total_cmp(&b.line.0));
    let likely = places.get(query.limit.max(1) - 1).map_or(query.max.0, |last| last.line.0 / query.profile.speed_m_s);
    // Whole seconds: what lies beyond then reads as later than all that lies within.
    let mut budget = Seconds((likely * DETOUR).ceil().min(query.max.0));
    loop {
        let search = ReachQuery { origin: query.origin, profile: query.profile, direction: Direction::From, budget };
        let reach = network.reach(&search)?;
        let within = places.partition_point(|place| place.line.0 <= budget.0 * query.profile.speed_m_s + 1.0);
        let mut timed: Vec<(Seconds, usize)> = Vec::new();
        for (i, place) in places[..within].iter().enumerate() {
            timed.extend(reach.time_to_any(&place.doors).map(|walk| (walk, i)));
        }
        if timed.len() < query.limit && budget.0 < query.max.0 {
            budget = Seconds((budget.0 * 2.0 + 60.0).min(query.max.0));
            continue;
        }
        timed.sort_by(|(a, i), (b, j)| {
            let place = |i: &usize| (&places[*i].facility.layer, places[*i].facility.id);
            a.whole().cmp(&b.whole()).then_with(|| place(i).cmp(&place(j)))
        });
        timed.truncate(query.limit);
        return Ok(walked(query, &reach, places, &timed));
    }
}

/// The detour that most walks stay below, as a first guess of how far to search.
const DETOUR: f64 = 1.5;

/// The places with time and length of the walk.
fn walked(
    query: &NearestQuery<'_>,
    reach: &Reach<'_>,
    places: Vec<Candidate<'_>>,
    timed: &[(Seconds, usize)],
) -> Vec<Near> {
    let mut places: Vec<Option<Candidate<'_>>> = places.into_iter().map(Some).collect();
    let one = |(walk, i): &(Seconds, usize)| {
        let place = places[*i].take()?;
        let length = reach.route_to_any(&place.doors).map_or(Metres(f64::NAN), |route| route.distance);
        Some(near(query, place, Some((*walk, length))))
    };
    timed.iter().filter_map(one).collect()
}

fn order(a: &Near, b: &Near, by: By) -> std::cmp::Ordering {
    let distance = match (by, a.walk, b.walk) {
        (By::Walk, Some((x, _)), Some((y, _))) => x.whole().cmp(&y.whole()),
        _ => a.line.0.total_cmp(&b.line.0),
    };
    distance.then_with(|| (&a.facility.layer, a.facility.id).cmp(&(&b.facility.layer, b.facility.id)))
}
