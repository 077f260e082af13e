//! The rows of a covering problem, a set of candidates each, and what can be left out of them.

use super::Gains;
use std::collections::HashSet;

/// Steps towards better prices of a bound.
const STEPS: usize = 60;
/// A site is this many parts, in which prices are counted: whole numbers, so the bound is exact.
const PARTS: i64 = 1 << 20;

/// A set of candidates.
type Set = Box<[u64]>;

#[derive(Debug, Clone)]
pub struct Rows {
    rows: Vec<Set>,
    candidates: usize,
}

fn members(set: &[u64]) -> impl Iterator<Item = usize> {
    let of_word = |(word, bits): (usize, &u64)| {
        let bits = *bits;
        (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit)
    };
    set.iter().enumerate().flat_map(of_word)
}

fn size(set: &[u64]) -> u32 {
    set.iter().map(|bits| bits.count_ones()).sum()
}

fn holds(set: &[u64], member: usize) -> bool {
    set[member / 64] >> (member % 64) & 1 == 1
}

fn within(small: &[u64], large: &[u64]) -> bool {
    small.iter().zip(large).all(|(s, l)| s & !l == 0)
}

impl Rows {
    /// The different rows, and the demands that nothing serves.
    pub fn of(gains: &Gains) -> (Self, Vec<usize>) {
        let candidates = gains.candidates();
        let mut sets: Vec<Set> = vec![vec![0; candidates.div_ceil(64)].into(); gains.demands()];
        for candidate in 0..candidates {
            for (demand, _) in gains.of(candidate) {
                sets[*demand as usize][candidate / 64] |= 1 << (candidate % 64);
            }
        }
        let out_of_reach = (0..sets.len()).filter(|i| size(&sets[*i]) == 0).collect();
        let mut seen = HashSet::new();
        sets.retain(|set| size(set) > 0 && seen.insert(set.clone()));
        (Self { rows: sets, candidates }, out_of_reach)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The candidates of the shortest row, those first that are in most rows.
    pub fn shortest(&self) -> Vec<usize> {
        let row = self.rows.iter().min_by_key(|row| size(row));
        let mut all: Vec<usize> = row.into_iter().flat_map(|row| members(row)).collect();
        let serves = |candidate: usize| self.rows.iter().filter(|row| holds(row, candidate)).count();
        all.sort_by_cached_key(|candidate| std::cmp::Reverse(serves(*candidate)));
        all
    }

    /// What is left to do when the candidate is chosen.
    pub fn without_served(&self, candidate: usize) -> Self {
        let rows = self.rows.iter().filter(|row| !holds(row, candidate)).cloned().collect();
        Self { rows, candidates: self.candidates }
    }

    /// Without the candidate. A row may lose its last one: then nothing can serve it.
    pub fn without(mut self, candidate: usize) -> Self {
        self.rows.iter_mut().for_each(|row| row[candidate / 64] &= !(1 << (candidate % 64)));
        self
    }

    /// Leaves out rows that are served whenever another is, candidates that serve no row more than
    /// another one does, and candidates without which a row is not served: those are `chosen`.
    pub fn reduced(mut self, chosen: &mut Vec<usize>) -> Self {
        loop {
            self.rows.sort_by_key(|row| size(row));
            if self.rows.first().is_some_and(|row| size(row) == 0) {
                return self;
            }
            let mut kept: Vec<Set> = Vec::with_capacity(self.rows.len());
            for row in std::mem::take(&mut self.rows) {
                if !kept.iter().any(|other| within(other, &row)) {
                    kept.push(row);
                }
            }
            self.rows = kept;
            let single = self.rows.first().filter(|row| size(row) == 1).and_then(|row| members(row).next());
            if let Some(candidate) = single {
                chosen.push(candidate);
                self = self.without_served(candidate);
            } else if !self.drop_dominated() {
                return self;
            }
        }
    }

    /// For each candidate the set of rows it serves.
    fn columns(&self) -> Vec<(usize, Set)> {
        let mut columns: Vec<Set> = vec![vec![0; self.rows.len().div_ceil(64)].into(); self.candidates];
        for (i, row) in self.rows.iter().enumerate() {
            members(row).for_each(|candidate| columns[candidate][i / 64] |= 1 << (i % 64));
        }
        columns.into_iter().enumerate().filter(|(_, rows)| size(rows) > 0).collect()
    }

    fn drop_dominated(&mut self) -> bool {
        let mut columns = self.columns();
        columns.sort_by_key(|(candidate, rows)| (std::cmp::Reverse(size(rows)), *candidate));
        let mut kept: Vec<Set> = Vec::new();
        let mut dropped = vec![0u64; self.candidates.div_ceil(64)];
        for (candidate, rows) in columns {
            if kept.iter().any(|other| within(&rows, other)) {
                dropped[candidate / 64] |= 1 << (candidate % 64);
            } else {
                kept.push(rows);
            }
        }
        for row in &mut self.rows {
            row.iter_mut().zip(&dropped).for_each(|(row, dropped)| *row &= !dropped);
        }
        size(&dropped) > 0
    }

    /// As gains: a row gains 1 when it is served.
    pub fn gains(&self) -> Gains {
        let mut lists = vec![Vec::new(); self.candidates];
        for (i, row) in (0u32..).zip(&self.rows) {
            members(row).for_each(|candidate| lists[candidate].push((i, 1)));
        }
        Gains::new(self.rows.len(), lists)
    }

    /// So many candidates it takes at least: for all prices `u ≥ 0` of the rows
    /// `Σ u + Σ min(0, 1 - the prices a candidate serves)` (Lagrangian relaxation), rounded up.
    pub fn bound(&self) -> usize {
        if self.rows.first().is_some_and(|row| size(row) == 0) {
            return usize::MAX / 2;
        }
        let columns: Vec<Vec<usize>> = self.columns().iter().map(|(_, rows)| members(rows).collect()).collect();
        let mut prices = self.first_prices(&columns);
        let (mut best, mut length) = (0, 1.0);
        for _ in 0..STEPS {
            let mut bound: i64 = prices.iter().sum();
            let mut slope = vec![1i64; self.rows.len()];
            for column in &columns {
                let left = PARTS - column.iter().map(|row| prices[*row]).sum::<i64>();
                if left < 0 {
                    bound += left;
                    column.iter().for_each(|row| slope[*row] -= 1);
                }
            }
            if bound > best {
                best = bound;
            } else {
                length *= 0.93;
            }
            let square: i64 = slope.iter().map(|s| s * s).sum();
            if square == 0 {
                break;
            }
            // One more than the best bound is about where the optimum is.
            let aim = best as f64 * 1.02 + PARTS as f64 * 0.5;
            let scale = length * (aim - bound as f64) / square as f64;
            for (price, slope) in prices.iter_mut().zip(&slope) {
                *price = ((*price as f64 + scale * *slope as f64) as i64).max(0);
            }
        }
        usize::try_from((best + PARTS - 1) / PARTS).unwrap_or(0)
    }

    /// Each row pays its share of the candidate that serves most.
    fn first_prices(&self, columns: &[Vec<usize>]) -> Vec<i64> {
        let mut largest = vec![1; self.rows.len()];
        for column in columns {
            column.iter().for_each(|row| largest[*row] = column.len().max(largest[*row]));
        }
        largest.into_iter().map(|rows| PARTS / rows as i64).collect()
    }
}
