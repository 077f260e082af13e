//! The matrix of gains, by candidate; what is not in it is no gain.

/// What each candidate gives to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gains {
    demands: usize,
    /// Row starts: the gains of candidate `c` are `entries[first[c]..first[c + 1]]`.
    first: Vec<usize>,
    /// A demand and what it gains, more than 0; each demand once a candidate.
    entries: Vec<(u32, u64)>,
}

impl Gains {
    /// From a list a candidate. Entries without gain are left out; of several for one demand the
    /// largest counts.
    pub fn new(demands: usize, candidates: impl IntoIterator<Item = Vec<(u32, u64)>>) -> Self {
        let (mut first, mut entries) = (vec![0], Vec::new());
        for mut list in candidates {
            list.retain(|(demand, gain)| *gain > 0 && (*demand as usize) < demands);
            list.sort_unstable_by_key(|(demand, gain)| (*demand, std::cmp::Reverse(*gain)));
            list.dedup_by_key(|(demand, _)| *demand);
            entries.append(&mut list);
            first.push(entries.len());
        }
        Self { demands, first, entries }
    }

    pub fn candidates(&self) -> usize {
        self.first.len() - 1
    }

    pub fn demands(&self) -> usize {
        self.demands
    }

    /// What a candidate gives: demands in order, each with its gain.
    pub fn of(&self, candidate: usize) -> &[(u32, u64)] {
        &self.entries[self.first[candidate]..self.first[candidate + 1]]
    }

    /// The best gain of each demand.
    pub fn best_of(&self, chosen: &[usize]) -> Vec<u64> {
        let mut best = vec![0; self.demands];
        for &(demand, gain) in chosen.iter().flat_map(|c| self.of(*c)) {
            let known = &mut best[demand as usize];
            *known = gain.max(*known);
        }
        best
    }

    /// The sum of the best gains.
    pub fn value(&self, chosen: &[usize]) -> u64 {
        self.best_of(chosen).iter().sum()
    }

    /// What a candidate adds to what the demands have.
    pub fn adds(&self, candidate: usize, have: &[u64]) -> u64 {
        self.of(candidate).iter().map(|(demand, gain)| gain.saturating_sub(have[*demand as usize])).sum()
    }
}
