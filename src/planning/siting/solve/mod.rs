//! Choosing sites, as numbers only: each candidate gives some demands a gain, a demand has the best
//! gain of the sites that are chosen, and the sum of them is to be large. Covering (a demand gains
//! its weight or nothing) and shortest walks (it gains the time saved) are both of this kind.
//!
//! The answer comes with an upper bound that is computed in whole numbers and so is never wrong.

mod bound;
mod cover_all;
mod gains;
mod greedy;
mod interchange;
#[cfg(test)]
mod tests;

pub use cover_all::{CoverAll, cover_all};
pub use gains::Gains;

use crate::planning::run::{Cancelled, Run};
use bound::Relaxation;

/// Sites chosen for the largest sum of gains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Candidates by number; the one that adds most first, then the one that adds most to it, ….
    pub chosen: Vec<usize>,
    /// What each of them adds, in that order.
    pub adds: Vec<u64>,
    /// What all of them give together.
    pub value: u64,
    /// No choice of so many candidates gives more.
    pub bound: u64,
}

impl Choice {
    /// How far below the best the value can be, at the most: 0.004 is 0.4 %.
    pub fn gap(&self) -> f64 {
        if self.bound == 0 { 0.0 } else { (self.bound - self.value) as f64 / self.bound as f64 }
    }
}

/// At most `sites` of the candidates, chosen for the largest sum of gains.
pub fn choose(gains: &Gains, sites: usize, run: &Run) -> Result<Choice, Cancelled> {
    let sites = sites.min(gains.candidates());
    let mut best = greedy::greedy(gains, sites);
    interchange::interchange(gains, &mut best, run)?;
    let mut value = gains.value(&best);
    let mut relaxation = Relaxation::new(gains, sites, &best);
    while !relaxation.is_done(value) {
        run.check()?;
        let guess = relaxation.step(value);
        // The relaxation's own sites are a good start for another local search, now and then.
        let promising = relaxation.is_time_for_a_search();
        let mut other = guess;
        if promising {
            interchange::interchange(gains, &mut other, run)?;
        }
        let its = gains.value(&other);
        if its > value {
            interchange::interchange(gains, &mut other, run)?;
            (value, best) = (gains.value(&other), other);
        }
    }
    if relaxation.bound() > value {
        value = shake(gains, &mut best, run)?;
    }
    let (chosen, adds) = greedy::in_order(gains, best);
    Ok(Choice { chosen, adds, value, bound: relaxation.bound().max(value) })
}

/// Rounds of shaking.
const SHAKES: usize = 40;

/// Moves a few sites anywhere and searches again from there, several times; the best value.
fn shake(gains: &Gains, best: &mut Vec<usize>, run: &Run) -> Result<u64, Cancelled> {
    let mut value = gains.value(best);
    // Always the same moves: who asks twice is told the same.
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut any = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n.max(1)
    };
    for round in 0..SHAKES.min(best.len() * gains.candidates()) {
        let mut other = best.clone();
        for _ in 0..2 + round % 3 {
            let candidate = any(gains.candidates());
            if !other.contains(&candidate) {
                let place = any(other.len());
                other[place] = candidate;
            }
        }
        interchange::interchange(gains, &mut other, run)?;
        let its = gains.value(&other);
        if its > value {
            (value, *best) = (its, other);
        }
    }
    Ok(value)
}

/// What each candidate would add to the sites chosen already; 0 for those.
pub fn marginal(gains: &Gains, chosen: &[usize]) -> Vec<u64> {
    let have = gains.best_of(chosen);
    (0..gains.candidates()).map(|candidate| gains.adds(candidate, &have)).collect()
}
