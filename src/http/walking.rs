//! What the questions about walking have in common: the profile, the position on the map, and
//! why there is no answer.

use super::error::{Kind, Problem};
use super::params::{Params, quoted};
use super::place::data_extent;
use super::wire;
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::planning::extent::largest_first;
use crate::planning::{Extent, WalkError, Wanted};
use crate::walk::profile::{FASTEST_M_S, LONGEST_WAIT_S, SLOWEST_M_S};
use crate::walk::{Direction, Profile};
use chrono::{DateTime, Utc};
use std::ops::RangeInclusive;

impl From<WalkError> for Problem {
    fn from(error: WalkError) -> Self {
        let detail = error.to_string();
        match error {
            WalkError::NoNetwork => Self::new(Kind::NoNetwork, detail),
            WalkError::NoWay => Self::new(Kind::NoRoute, detail),
            WalkError::Outside(outside) => {
                let problem = Self::new(Kind::OutsideNetwork, detail);
                match outside.distance() {
                    Some(distance) => problem.with("distance_m", wire::metres(distance.0)),
                    None => problem,
                }
            }
        }
    }
}

/// `lon` and `lat`.
pub fn position(params: &mut Params, map: &Snapshot) -> Option<LonLat> {
    params.position(data_extent(map))
}

/// A required `lon,lat` in one parameter.
pub fn end(params: &mut Params, name: &str, map: &Snapshot) -> Option<LonLat> {
    let text = params.required(name)?;
    params.pair(name, &text, data_extent(map))
}

pub fn profile(params: &mut Params) -> Option<&'static Profile> {
    let all = Profile::all();
    let choices: Vec<(&str, &Profile)> = all.iter().map(|p| (p.id.as_str(), p)).collect();
    let adult = Profile::by_id("adult").or(all.first())?;
    params.choice("profile", adult, &choices)
}

/// What [`walker`] reads, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; params reads it strictly")]
pub struct WalkerParams {
    /// Who walks, see /api/profiles; adult by default
    #[param(pattern = "^(adult|senior|wheelchair|stroller)$")]
    profile: Option<String>,
    /// Speed along the network instead of the profile's
    #[param(minimum = 0.2, maximum = 3.0)]
    speed_m_s: Option<f64>,
    /// Seconds of waiting at each crossing with signals; 0 by default
    #[param(minimum = 0, maximum = 300)]
    signal_wait_s: Option<f64>,
}

/// `profile`, at the speed that `speed_m_s` names.
pub fn walker(params: &mut Params) -> Option<Profile> {
    let profile = profile(params);
    let usual = profile.map_or(SLOWEST_M_S, |p| p.speed_m_s);
    let speed = params.decimal("speed_m_s", usual, SLOWEST_M_S..=FASTEST_M_S);
    let wait = params.decimal("signal_wait_s", 0.0, 0.0..=LONGEST_WAIT_S);
    Some(profile?.with_speed(speed?).with_signal_wait(wait?))
}

/// `direction`, `usual` when it is left out.
pub fn direction(params: &mut Params, usual: Direction) -> Option<Direction> {
    params.choice("direction", usual, &[("from", Direction::From), ("to", Direction::To)])
}

/// How far a question may go.
const MINUTES: RangeInclusive<u32> = 1..=60;
const METRES: RangeInclusive<u32> = 50..=5000;
/// Most bands of one answer.
const MAX_BANDS: usize = 6;

/// `minutes` or `metres`, `usual` when neither is given.
pub fn extents(params: &mut Params, usual: &[Extent]) -> Option<Vec<Extent>> {
    let given = (params.optional("minutes"), params.optional("metres"));
    if params.has("minutes") && params.has("metres") {
        params.fault("metres", "and minutes cannot both be given");
        return None;
    }
    match given {
        (Some(text), _) => list(params, "minutes", &text, MINUTES, Extent::Minutes),
        (_, Some(text)) => list(params, "metres", &text, METRES, Extent::Metres),
        _ if params.has("minutes") || params.has("metres") => None,
        _ => Some(usual.to_vec()),
    }
}

fn list(
    params: &mut Params,
    name: &str,
    text: &str,
    range: RangeInclusive<u32>,
    kind: fn(u32) -> Extent,
) -> Option<Vec<Extent>> {
    let mut all = Vec::new();
    for part in text.split(',') {
        match part.trim().parse().ok().filter(|n| range.contains(n)) {
            Some(number) => all.push(kind(number)),
            None => {
                let detail =
                    format!("{} is not a whole number from {} to {}", quoted(part), range.start(), range.end());
                params.fault(name, detail);
                return None;
            }
        }
    }
    let all = largest_first(&all);
    if all.len() > MAX_BANDS {
        params.fault(name, format!("has {} values; at most {MAX_BANDS} are answered", all.len()));
        return None;
    }
    Some(all)
}

/// When places must be open.
#[derive(Debug, Clone, Copy)]
pub enum OpenAt {
    Now,
    Moment(DateTime<Utc>),
}

impl OpenAt {
    pub fn moment(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Now => now,
            Self::Moment(moment) => moment,
        }
    }
}

/// `category` or `layer`.
pub fn wanted(params: &mut Params, map: &Snapshot) -> Option<Wanted> {
    match (params.optional("category"), params.optional("layer")) {
        (Some(_), Some(_)) => {
            params.fault("category", "and layer cannot both be asked for");
            None
        }
        (Some(id), None) => {
            let known = map.catalogue.category(&id).map(|c| Wanted::Category(c.id.clone()));
            if known.is_none() {
                params.fault("category", format!("{} is not in /api/categories", quoted(&id)));
            }
            known
        }
        (None, Some(id)) => {
            let known = map.layer(&id).map(|(entry, _)| Wanted::Layer(entry.layer.id.clone()));
            if known.is_none() {
                params.fault("layer", format!("{} is not in /api/collections", quoted(&id)));
            }
            known
        }
        (None, None) => {
            if !params.has("category") && !params.has("layer") {
                params.fault("category", "or layer is missing");
            }
            None
        }
    }
}

/// `open_at`; `None` also when it is left out.
pub fn open_at(params: &mut Params) -> Option<OpenAt> {
    let text = params.optional("open_at")?;
    if text == "now" {
        return Some(OpenAt::Now);
    }
    // A plus sign that was not encoded arrives as a space.
    let moment = DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_rfc3339(&text.replace(' ', "+")));
    if moment.is_err() {
        params.fault("open_at", format!("{} is neither now nor a time like 2026-11-22T09:30:00+08:00", quoted(&text)));
    }
    moment.ok().map(|m| OpenAt::Moment(m.to_utc()))
}
