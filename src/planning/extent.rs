//! How far a question about walking goes: in minutes, or in metres of way.

use crate::geometry::Seconds;
use crate::walk::Profile;

/// A limit of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    Minutes(u32),
    /// Metres of network walking, whatever the walker's speed; a metre off the network counts
    /// two. The service radius of GB 50180-2018: 300, 500 and 800 to 1,000 m.
    Metres(u32),
}

impl Extent {
    /// The walking time it allows.
    pub fn budget(self, profile: &Profile) -> Seconds {
        match self {
            Self::Minutes(minutes) => Seconds::from_minutes(f64::from(minutes)),
            Self::Metres(metres) => Seconds(f64::from(metres) / profile.speed_m_s),
        }
    }

    /// Whether a walk stays within it, up to the resolution of the network's costs.
    pub fn admits(self, walk: Seconds, profile: &Profile) -> bool {
        walk.0 <= self.budget(profile).0 + 1e-4
    }
}

/// Largest first, each once.
pub fn largest_first(extents: &[Extent]) -> Vec<Extent> {
    let mut all = extents.to_vec();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_do_not_depend_on_speed_and_minutes_do() {
        let adult = Profile::by_id("adult").expect("built in");
        let slow = adult.with_speed(0.5);
        assert_eq!(Extent::Metres(500).budget(adult).0 * adult.speed_m_s, 500.0);
        assert_eq!(Extent::Metres(500).budget(&slow).0 * slow.speed_m_s, 500.0);
        assert_eq!(Extent::Minutes(5).budget(adult), Extent::Minutes(5).budget(&slow));
    }

    #[test]
    fn a_time_that_reads_900_is_within_15_minutes() {
        let adult = Profile::by_id("adult").expect("built in");
        assert!(Extent::Minutes(15).admits(Seconds(900.000_01), adult));
        assert!(!Extent::Minutes(15).admits(Seconds(900.001), adult));
    }

    #[test]
    fn extents_come_largest_first_and_once() {
        let given = [Extent::Metres(300), Extent::Metres(1000), Extent::Metres(300)];
        assert_eq!(largest_first(&given), [Extent::Metres(1000), Extent::Metres(300)]);
    }
}
