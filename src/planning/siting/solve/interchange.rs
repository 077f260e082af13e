//! Local search: as long as swapping one chosen site for another candidate gives more, the best
//! such swap is made (Teitz and Bart 1968). All swaps with one candidate are valued in one pass
//! over its gains, from the best and second best of each demand (Whitaker 1983; Resende and
//! Werneck 2007).

use super::gains::Gains;
use crate::planning::run::{Cancelled, Run};
use rayon::prelude::*;
use std::cmp::Reverse;

/// What a demand has: its best and second best gain, and the place in the list of the best.
#[derive(Debug, Clone, Copy)]
struct Has {
    best: u64,
    second: u64,
    by: u32,
}

/// A swap of the chosen site at a place of the list for a candidate.
type Swap = (i128, Reverse<usize>, Reverse<usize>);

/// Swaps until no swap betters the choice.
pub fn interchange(gains: &Gains, chosen: &mut [usize], run: &Run) -> Result<(), Cancelled> {
    if chosen.is_empty() {
        return Ok(());
    }
    loop {
        run.check()?;
        let has = has(gains, chosen);
        let mut loss = vec![0u64; chosen.len()];
        has.iter().filter(|h| h.best > 0).for_each(|h| loss[h.by as usize] += h.best - h.second);
        let mut is_chosen = vec![false; gains.candidates()];
        chosen.iter().for_each(|c| is_chosen[*c] = true);
        let others = (0..gains.candidates()).into_par_iter().filter(|c| !is_chosen[*c]);
        let best = others.map(|candidate| best_swap(gains.of(candidate), candidate, &has, &loss)).max();
        match best {
            Some((profit, Reverse(candidate), Reverse(place))) if profit > 0 => chosen[place] = candidate,
            _ => return Ok(()),
        }
    }
}

fn has(gains: &Gains, chosen: &[usize]) -> Vec<Has> {
    let mut has = vec![Has { best: 0, second: 0, by: 0 }; gains.demands()];
    for (by, &candidate) in (0u32..).zip(chosen) {
        for &(demand, gain) in gains.of(candidate) {
            let h = &mut has[demand as usize];
            if gain > h.best {
                *h = Has { best: gain, second: h.best, by };
            } else if gain > h.second {
                h.second = gain;
            }
        }
    }
    has
}

/// The best swap that brings this candidate in.
fn best_swap(of: &[(u32, u64)], candidate: usize, has: &[Has], loss: &[u64]) -> Swap {
    let mut adds = 0;
    // By place: what its loss is less than it would be without the candidate.
    let mut saved = vec![0u64; loss.len()];
    for &(demand, gain) in of {
        let h = has[demand as usize];
        adds += gain.saturating_sub(h.best);
        if h.best > 0 {
            saved[h.by as usize] += gain.min(h.best).saturating_sub(h.second);
        }
    }
    let out = (0..loss.len()).map(|place| (i128::from(saved[place]) - i128::from(loss[place]), Reverse(place))).max();
    let (change, place) = out.unwrap_or((0, Reverse(0)));
    (i128::from(adds) + change, Reverse(candidate), place)
}
