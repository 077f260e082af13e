//! Who walks: speed and what stops them. Data in `geodata/profiles.json`.

use serde::{Deserialize, Serialize};

/// From the origin to everywhere, or from everywhere to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    #[default]
    From,
    To,
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
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// Off-network limit, metres: no position farther from the network is reached.
pub const OFF_NETWORK_LIMIT_M: f64 = 100.0;

impl Profile {
    /// Speed off the network, metres a second.
    pub fn off_network_speed(&self) -> f64 {
        self.speed_m_s / 2.0
    }

    /// The profiles that come with the program, `adult` first.
    pub fn built_in() -> &'static [Profile] {
        static ALL: std::sync::LazyLock<Vec<Profile>> = std::sync::LazyLock::new(|| {
            serde_json::from_str(include_str!("../../geodata/profiles.json"))
                .unwrap_or_else(|e| unreachable!("geodata/profiles.json: {e}"))
        });
        &ALL
    }

    pub fn by_id(id: &str) -> Option<&'static Profile> {
        Self::built_in().iter().find(|p| p.id == id)
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
}
