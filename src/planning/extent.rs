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
    /// The walking time it allows. Walks are measured in whole millimetres of way: at an odd speed
    /// the last part of one does not count.
    pub fn budget(self, profile: &Profile) -> Seconds {
        match self {
            Self::Minutes(minutes) => {
                let time = Seconds::from_minutes(f64::from(minutes));
                let mm = time.0 * profile.speed_m_s * 1000.0;
                let whole = (mm - mm.round()).abs() < 1e-3;
                if whole { time } else { Seconds(mm.floor() / 1000.0 / profile.speed_m_s) }
            }
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
    fn at_an_odd_speed_the_budget_is_still_a_whole_way() {
        let odd = Profile::by_id("adult").expect("built in").with_speed(0.333_377);
        let budget = Extent::Minutes(1).budget(&odd).0;
        assert!(budget <= 60.0 && budget > 59.99);
        assert!((budget * odd.speed_m_s - 20.002).abs() < 1e-9, "{budget}");
    }

    #[test]
    fn extents_come_largest_first_and_once() {
        let given = [Extent::Metres(300), Extent::Metres(1000), Extent::Metres(300)];
        assert_eq!(largest_first(&given), [Extent::Metres(1000), Extent::Metres(300)]);
    }
}
