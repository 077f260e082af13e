//! Who walks: speed and what stops them. Data in `geodata/profiles.json`.

use super::footing::{Access, Footing, Kerb, Smoothness, Surface};
use serde::{Deserialize, Serialize};

/// From the origin to everywhere, or from everywhere to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    #[default]
    From,
    To,
}

impl Direction {
    pub fn opposite(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

/// A kind of walker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: String,
    pub title: Title,
    /// Speed along the network, metres a second. Off the network it is half.
    pub speed_m_s: f64,
    /// May climb steps.
    pub steps: bool,
    /// Takes along wheels that the tags may name; absent for those on foot.
    #[serde(default)]
    pub wheels: Option<Wheels>,
    /// Narrower ways are refused.
    #[serde(default)]
    pub min_width_m: Option<f64>,
    /// Steeper ways are refused, up or down.
    #[serde(default)]
    pub max_incline_percent: Option<f64>,
    /// Surfaces refused.
    #[serde(default)]
    pub surfaces: Vec<Surface>,
    /// The worst smoothness accepted.
    #[serde(default)]
    pub smoothness: Option<Smoothness>,
    /// Kerbs refused.
    #[serde(default)]
    pub kerbs: Vec<Kerb>,
    /// Wait at a crossing with signals, seconds; a setting, not a habit of the walker.
    #[serde(default)]
    pub signal_wait_s: f64,
    /// Its bit in a mask of profiles: the position in [`Profile::all`].
    #[serde(skip)]
    bit: u8,
}

/// What rolls: the tags `wheelchair` and `stroller` speak of it outright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wheels {
    Wheelchair,
    Stroller,
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// Off-network limit, metres: no position farther from the network is reached.
pub const OFF_NETWORK_LIMIT_M: f64 = 100.0;

/// Speeds a person may state, metres a second.
pub const SLOWEST_M_S: f64 = 0.2;
pub const FASTEST_M_S: f64 = 3.0;
/// Longest wait at a signal, seconds.
pub const LONGEST_WAIT_S: f64 = 300.0;

impl Profile {
    /// Speed off the network, metres a second.
    pub fn off_network_speed(&self) -> f64 {
        self.speed_m_s / 2.0
    }

    /// The same walker at another speed, kept between [`SLOWEST_M_S`] and [`FASTEST_M_S`].
    pub fn with_speed(&self, speed_m_s: f64) -> Self {
        let speed_m_s = if speed_m_s.is_nan() { self.speed_m_s } else { speed_m_s.clamp(SLOWEST_M_S, FASTEST_M_S) };
        Self { speed_m_s, ..self.clone() }
    }

    /// The same walker who waits so long at a crossing with signals, up to [`LONGEST_WAIT_S`].
    pub fn with_signal_wait(&self, seconds: f64) -> Self {
        let signal_wait_s = if seconds.is_nan() { self.signal_wait_s } else { seconds.clamp(0.0, LONGEST_WAIT_S) };
        Self { signal_wait_s, ..self.clone() }
    }

    /// Half a wait at a signal, as millimetres of network walking.
    pub(super) fn half_wait_mm(&self) -> u32 {
        (self.signal_wait_s / 2.0 * self.speed_m_s * 1000.0).round() as u32
    }

    /// Whether this walker may use an edge of such footing. What is not known about the edge
    /// never closes it; what the tags say outright about the walker's wheels decides.
    pub fn admits(&self, footing: &Footing) -> bool {
        match self.outright(footing) {
            Access::Yes => return true,
            Access::No => return false,
            Access::Limited | Access::Unknown => {}
        }
        let wide = || footing.width_cm.zip(self.min_width_m).is_none_or(|(cm, least)| f64::from(cm) / 100.0 >= least);
        self.climbs(footing)
            && wide()
            && self.rises(footing)
            && !self.surfaces.contains(&footing.surface)
            && footing.smoothness.zip(self.smoothness).is_none_or(|(is, worst)| is <= worst)
            && !self.kerbs.contains(&footing.kerb)
    }

    /// Where a wheelchair passes a stroller does too.
    fn outright(&self, footing: &Footing) -> Access {
        match self.wheels {
            None => Access::Unknown,
            Some(Wheels::Wheelchair) => footing.wheelchair,
            Some(Wheels::Stroller) if footing.stroller != Access::Unknown => footing.stroller,
            Some(Wheels::Stroller) if footing.wheelchair == Access::Yes => Access::Yes,
            Some(Wheels::Stroller) => Access::Unknown,
        }
    }

    fn climbs(&self, footing: &Footing) -> bool {
        let ramp = match self.wheels {
            Some(Wheels::Wheelchair) => footing.wheelchair_ramp,
            Some(Wheels::Stroller) => footing.ramp || footing.wheelchair_ramp,
            None => false,
        };
        self.steps || !footing.steps || ramp
    }

    /// The slope of stairs is that of the stairs, not of their ramp.
    fn rises(&self, footing: &Footing) -> bool {
        let steep = footing.incline_permille.filter(|_| !footing.steps).zip(self.max_incline_percent);
        steep.is_none_or(|(permille, most)| f64::from(permille).abs() / 10.0 <= most)
    }

    /// The bits of all profiles that may use an edge of such footing.
    pub(super) fn mask(footing: &Footing) -> u8 {
        Self::all().iter().filter(|p| p.admits(footing)).map(Self::mask_bit).sum()
    }

    /// This profile's bit in a mask.
    pub(super) fn mask_bit(&self) -> u8 {
        1 << self.bit
    }

    /// The profiles that come with the program, `adult` first; at most eight, a bit each.
    pub fn all() -> &'static [Profile] {
        static ALL: std::sync::LazyLock<Vec<Profile>> = std::sync::LazyLock::new(|| {
            let mut all: Vec<Profile> = serde_json::from_str(include_str!("../../geodata/profiles.json"))
                .unwrap_or_else(|e| unreachable!("geodata/profiles.json: {e}"));
            all.truncate(8);
            (0..).zip(&mut all).for_each(|(bit, profile)| profile.bit = bit);
            all
        });
        &ALL
    }

    pub fn by_id(id: &str) -> Option<&'static Profile> {
        Self::all().iter().find(|p| p.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_profiles_have_the_contracts_speeds() {
        let speed = |id: &str| Profile::by_id(id).map(|p| (p.speed_m_s, p.steps));
        assert_eq!(speed("adult"), Some((1.25, true)));
        assert_eq!(speed("senior"), Some((0.9, true)));
        assert_eq!(speed("stroller"), Some((1.0, false)));
        assert_eq!(speed("wheelchair"), Some((0.8, false)));
    }

    #[test]
    fn what_is_not_known_closes_nothing() {
        assert!(Profile::all().iter().all(|p| p.admits(&Footing::OPEN)));
    }

    #[rstest::rstest]
    #[case(Footing { steps: true, ..Footing::OPEN }, "adult senior")]
    #[case(Footing { steps: true, ramp: true, ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { steps: true, wheelchair_ramp: true, incline_permille: Some(300), ..Footing::OPEN }, "adult senior stroller wheelchair")]
    #[case(Footing { kerb: Kerb::Raised, ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { kerb: Kerb::Raised, wheelchair: Access::Yes, ..Footing::OPEN }, "adult senior stroller wheelchair")]
    #[case(Footing { wheelchair: Access::No, ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { wheelchair: Access::Limited, ..Footing::OPEN }, "adult senior stroller wheelchair")]
    #[case(Footing { stroller: Access::No, wheelchair: Access::Yes, ..Footing::OPEN }, "adult senior wheelchair")]
    #[case(Footing { surface: Surface::Loose, ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { smoothness: Some(Smoothness::Bad), ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { smoothness: Some(Smoothness::VeryBad), ..Footing::OPEN }, "adult senior")]
    #[case(Footing { incline_permille: Some(-83), ..Footing::OPEN }, "adult senior stroller wheelchair")]
    #[case(Footing { incline_permille: Some(-100), ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { width_cm: Some(70), ..Footing::OPEN }, "adult senior stroller")]
    #[case(Footing { width_cm: Some(50), ..Footing::OPEN }, "adult senior")]
    fn a_profile_refuses_what_its_rules_name(#[case] footing: Footing, #[case] open_to: &str) {
        let open: Vec<&str> = Profile::all().iter().filter(|p| p.admits(&footing)).map(|p| p.id.as_str()).collect();
        assert_eq!(open.join(" "), open_to);
    }

    #[test]
    fn every_profile_has_a_bit_of_its_own_and_keeps_it_at_another_speed() {
        let bits: Vec<u8> = Profile::all().iter().map(Profile::mask_bit).collect();
        assert_eq!(bits, [1, 2, 4, 8]);
        let slow = Profile::all()[3].with_speed(0.0);
        assert_eq!((slow.mask_bit(), slow.speed_m_s), (8, SLOWEST_M_S));
    }
}
