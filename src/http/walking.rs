//! What the questions about walking have in common: the profile, the position on the map, and
//! why there is no answer.

use super::error::{Kind, Problem};
use super::params::Params;
use super::place::data_extent;
use super::wire;
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::planning::WalkError;
use crate::walk::profile::{FASTEST_M_S, LONGEST_WAIT_S, SLOWEST_M_S};
use crate::walk::{Direction, Profile};

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

pub fn direction(params: &mut Params) -> Option<Direction> {
    params.choice("direction", Direction::From, &[("from", Direction::From), ("to", Direction::To)])
}
