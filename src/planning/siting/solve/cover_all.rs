//! The fewest candidates that serve everybody who can be served at all (set covering). What follows
//! from other rows and columns is left out, then branch and bound with a Lagrangian bound; after
//! too many branches the answer is the best found, with the bound of the root.

use super::gains::Gains;
use super::{greedy, interchange};
use crate::planning::run::{Cancelled, Run};
use rows::Rows;

mod rows;

/// Branches at the most.
const BRANCHES: usize = 3000;

/// The fewest sites found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverAll {
    /// Candidates by number, those that serve most first.
    pub chosen: Vec<usize>,
    /// It cannot be done with fewer.
    pub bound: usize,
    /// Demands that no candidate serves.
    pub out_of_reach: Vec<usize>,
}

/// Serves every demand that a candidate gives any gain.
pub fn cover_all(gains: &Gains, run: &Run) -> Result<CoverAll, Cancelled> {
    let (all, out_of_reach) = Rows::of(gains);
    let mut forced = Vec::new();
    let rows = all.reduced(&mut forced);
    let mut best = forced.clone();
    best.extend(heuristic(&rows, run)?);
    let bound = forced.len() + rows.bound();
    let mut search = Search { best, branches: 0, run };
    let proven = search.branch(rows, &mut forced)?;
    let mut chosen = search.best;
    chosen.sort_unstable();
    let bound = if proven { chosen.len() } else { bound };
    let ones = Gains::new(gains.demands(), (0..gains.candidates()).map(|c| ones(gains.of(c))));
    let (chosen, _) = greedy::in_order(&ones, chosen);
    Ok(CoverAll { chosen, bound, out_of_reach })
}

fn ones(of: &[(u32, u64)]) -> Vec<(u32, u64)> {
    of.iter().map(|(demand, _)| (*demand, 1)).collect()
}

/// A cover by greed, and then again and again by one site fewer as long as local search succeeds.
fn heuristic(rows: &Rows, run: &Run) -> Result<Vec<usize>, Cancelled> {
    let gains = rows.gains();
    let mut best = greedy::greedy(&gains, gains.candidates());
    while best.len() > 1 {
        let mut fewer = greedy::greedy(&gains, best.len() - 1);
        interchange::interchange(&gains, &mut fewer, run)?;
        if gains.value(&fewer) < rows.len() as u64 {
            break;
        }
        best = fewer;
    }
    Ok(best)
}

struct Search<'r> {
    best: Vec<usize>,
    branches: usize,
    run: &'r Run,
}

impl Search<'_> {
    /// Tries all that may be better than the best; false when it gave up.
    fn branch(&mut self, rows: Rows, chosen: &mut Vec<usize>) -> Result<bool, Cancelled> {
        self.run.check()?;
        let before = chosen.len();
        let mut rows = rows.reduced(chosen);
        let proven = if rows.is_empty() {
            if chosen.len() < self.best.len() {
                self.best.clone_from(chosen);
            }
            true
        } else if chosen.len() + rows.bound() >= self.best.len() {
            true
        } else if self.branches >= BRANCHES {
            false
        } else {
            self.branches += 1;
            let mut proven = true;
            // One of those that serve the demand with the fewest choices is in every cover.
            for candidate in rows.shortest() {
                chosen.push(candidate);
                proven &= self.branch(rows.without_served(candidate), chosen)?;
                chosen.pop();
                rows = rows.without(candidate);
            }
            proven
        };
        chosen.truncate(before);
        Ok(proven)
    }
}
