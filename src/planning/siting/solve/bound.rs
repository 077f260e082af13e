//! The upper bound: a Lagrangian relaxation. Each demand is given a price `u ≥ 0`; whoever serves it
//! is paid `gain - u`. Then candidates can be valued one by one, and
//!
//! `L(u) = Σ u + the sum of the p largest of Σ max(0, gain - u)`
//!
//! is at least the value of every choice of p candidates, whatever the prices. Good prices are found
//! by subgradient steps (Held, Wolfe and Crowder 1974); at the best ones the bound is that of the
//! linear relaxation. Prices and sums are whole numbers of a fraction of the unit of gain, so no
//! rounding can make the bound too small.

use super::gains::Gains;
use rayon::prelude::*;

/// Steps at the most.
const STEPS: usize = 600;
/// So many steps without progress halve the step.
const PATIENCE: usize = 12;
/// Shorter steps lead nowhere.
const SHORTEST: f64 = 1e-3;
/// A gap of this share is closed enough.
const CLOSED: f64 = 5e-5;
/// The first local search from the relaxation's sites comes after so many steps, the next after a
/// quarter more, and so on: the better the prices, the less there is to find.
const FIRST_SEARCH: usize = 8;

pub struct Relaxation<'g> {
    gains: &'g Gains,
    sites: usize,
    /// Parts that the unit of gain is cut into, a power of two.
    parts: u64,
    /// By demand, in parts.
    prices: Vec<u64>,
    /// Where prices were best, and the bound there in parts.
    best: (Vec<u64>, u128),
    /// Direction of the last step: a new one keeps some of it, which dampens zigzag.
    heading: Vec<f64>,
    length: f64,
    steps: usize,
    next_search: usize,
    stuck: usize,
    /// Which candidates are still worth looking at, given the bound.
    open: Vec<bool>,
}

impl<'g> Relaxation<'g> {
    /// Prices start where the demands stand with a good choice.
    pub fn new(gains: &'g Gains, sites: usize, chosen: &[usize]) -> Self {
        let have = gains.best_of(chosen);
        let most: u64 = gains.best_of(&(0..gains.candidates()).collect::<Vec<_>>()).iter().sum();
        let parts = 1u64 << (46u32.saturating_sub(u64::BITS - most.leading_zeros())).min(16);
        let prices: Vec<u64> = have.iter().map(|gain| gain * parts).collect();
        let mut relaxation = Self {
            gains,
            sites,
            parts,
            best: (prices.clone(), u128::MAX),
            prices,
            heading: vec![0.0; gains.demands()],
            length: 1.0,
            steps: 0,
            next_search: FIRST_SEARCH,
            stuck: 0,
            open: vec![true; gains.candidates()],
        };
        let worth = relaxation.worth();
        let (_, bound) = relaxation.look(&worth);
        relaxation.best.1 = bound;
        relaxation
    }

    /// No choice gives more.
    pub fn bound(&self) -> u64 {
        (self.best.1 / u128::from(self.parts)) as u64
    }

    pub fn is_done(&self, value: u64) -> bool {
        let closed = (self.bound().saturating_sub(value)) as f64 <= CLOSED * value as f64;
        closed || self.bound() <= value || self.steps >= STEPS || self.length < SHORTEST
    }

    pub fn is_time_for_a_search(&mut self) -> bool {
        let now = self.steps >= self.next_search;
        if now {
            self.next_search = self.steps + self.steps / 4;
        }
        now
    }

    /// What each candidate is worth at these prices, in parts.
    fn worth(&self) -> Vec<u64> {
        let (gains, prices, parts) = (self.gains, &self.prices, self.parts);
        let worth = |candidate: usize| -> u64 {
            if !self.open[candidate] {
                return 0;
            }
            gains
                .of(candidate)
                .iter()
                .map(|(demand, gain)| (gain * parts).saturating_sub(prices[*demand as usize]))
                .sum()
        };
        (0..gains.candidates()).into_par_iter().with_min_len(16).map(worth).collect()
    }

    /// The sites that are worth most, and the bound that follows.
    fn look(&self, worth: &[u64]) -> (Vec<usize>, u128) {
        let mut order: Vec<usize> = (0..worth.len()).collect();
        order.sort_unstable_by_key(|candidate| (std::cmp::Reverse(worth[*candidate]), *candidate));
        order.truncate(self.sites);
        let prices: u128 = self.prices.iter().map(|price| u128::from(*price)).sum();
        let bound = prices + order.iter().map(|candidate| u128::from(worth[*candidate])).sum::<u128>();
        (order, bound)
    }

    /// One step towards better prices; the sites that are worth most before it.
    pub fn step(&mut self, value: u64) -> Vec<usize> {
        self.steps += 1;
        let worth = self.worth();
        let (order, bound) = self.look(&worth);
        if bound < self.best.1 {
            let better = self.best.1 - bound > self.best.1 / 1_000_000;
            self.best.1 = bound;
            self.best.0.copy_from_slice(&self.prices);
            self.stuck = if better { 0 } else { self.stuck + 1 };
        } else {
            self.stuck += 1;
        }
        if self.stuck >= PATIENCE {
            self.stuck = 0;
            self.length *= 0.6;
            self.prices.copy_from_slice(&self.best.0);
            self.heading.fill(0.0);
        }
        self.close(&worth, &order, bound, value);
        self.go(&order, (bound as f64 - value as f64 * self.parts as f64).max(1.0));
        order
    }

    /// Candidates that no choice better than the known one contains need not be looked at again: at
    /// these prices even the bound with one of them is too low.
    fn close(&mut self, worth: &[u64], order: &[usize], bound: u128, value: u64) {
        let Some(last) = order.last().map(|candidate| u128::from(worth[*candidate])) else { return };
        let wanted = (u128::from(value) + 1) * u128::from(self.parts);
        for (candidate, open) in self.open.iter_mut().enumerate() {
            let its = u128::from(worth[candidate]);
            if its < last && bound - last + its < wanted {
                *open = false;
            }
        }
    }

    /// Prices rise where several of the sites want to serve, and fall where none does.
    fn go(&mut self, order: &[usize], gap: f64) {
        let mut slope = vec![1.0f64; self.prices.len()];
        for &(demand, gain) in order.iter().flat_map(|candidate| self.gains.of(*candidate)) {
            if gain * self.parts > self.prices[demand as usize] {
                slope[demand as usize] -= 1.0;
            }
        }
        // Where a price is nothing already it cannot fall.
        let pinned = |(slope, price): (&mut f64, &u64)| {
            if *price == 0 && *slope > 0.0 {
                *slope = 0.0;
            }
        };
        slope.iter_mut().zip(&self.prices).for_each(pinned);
        self.heading.iter_mut().zip(&slope).for_each(|(heading, slope)| *heading = 0.4 * *heading + slope);
        let square: f64 = self.heading.iter().map(|h| h * h).sum();
        if square == 0.0 {
            self.length = 0.0;
            return;
        }
        let scale = self.length * gap / square;
        for (price, heading) in self.prices.iter_mut().zip(&self.heading) {
            *price = (*price as f64 - scale * heading).max(0.0) as u64;
        }
    }
}
