//! Where the next places of a kind should go: so that most people have one within reach (maximal
//! covering, Church and ReVelle 1974), that all have with as few as possible (set covering, Toregas
//! 1971), or that the mean walk is shortest (p-median, Hakimi 1964). Walks are those of the coverage,
//! so what is promised here is what the coverage says after building.

mod candidates;
pub mod solve;
#[cfg(test)]
mod tests;
mod walks;

pub use candidates::{Candidate, from_layer, from_network};
pub use solve::{Choice, CoverAll, Gains};

use super::coverage::{Coverage, CoverageQuery, coverage};
use super::error::{WalkError, network};
use super::extent::Extent;
use super::run::{Cancelled, Run};
use crate::atlas::facility::Facility;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{LonLat, Seconds};
use crate::walk::{ClosestQuery, Direction, Doorstep, Network, Profile};
use std::sync::Arc;
use walks::{Walk, milliseconds, walks};

/// What the new places are for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// So many places, for the most people with one in reach.
    Cover { places: usize, within: Extent },
    /// As few as it takes for all who can have one in reach.
    CoverAll { within: Extent },
    /// So many places, for the shortest mean walk. A longer walk than `longest` counts as that.
    ShortestWalk { places: usize, longest: Seconds },
}

/// What becomes of the places that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They stay, and new ones come besides.
    Kept,
    /// They may move: as many more as there are are chosen anew, from their sites and the candidates.
    Movable,
    /// As if there were none.
    Ignored,
}

/// What to ask.
#[derive(Debug, Clone)]
pub struct SitingQuery<'q> {
    pub category: Ident,
    pub profile: &'q Profile,
    /// [`Direction::To`]: people walk to the places.
    pub direction: Direction,
    pub goal: Goal,
    pub existing: Existing,
    pub candidates: &'q [Candidate],
    /// By building; `None` counts households.
    pub weights: Option<&'q [u32]>,
}

/// A site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Number in [`SitingQuery::candidates`].
    Candidate(usize),
    /// Number in [`Siting::existing`].
    Existing(usize),
}

/// A place to build or, where existing ones may move, to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    pub site: Site,
    pub at: LonLat,
    /// What it adds to those before it: weight covered, or weight times milliseconds saved.
    pub adds: u64,
}

/// The answer. Values are weight covered, or weight times milliseconds of walking saved.
#[derive(Debug, Clone)]
pub struct Siting {
    pub existing: Vec<Arc<Facility>>,
    /// The one that adds most first.
    pub picks: Vec<Pick>,
    /// All weight.
    pub weight: u64,
    /// What is had without any pick: weight covered already. For walks, weight times milliseconds
    /// of walking that is left to be saved.
    pub before: u64,
    /// What the picks add.
    pub value: u64,
    /// No choice of as many sites adds more; for [`Goal::CoverAll`] it takes so many sites at least.
    pub bound: u64,
    /// Weight that no site brings into reach; told for [`Goal::CoverAll`].
    pub out_of_reach: u64,
    pub sites: Vec<Site>,
    gains: Gains,
    chosen: Vec<usize>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SitingError {
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{given} weights for {buildings} buildings")]
    Weights { given: usize, buildings: usize },
}

/// Chooses sites.
pub fn siting(snapshot: &Snapshot, query: &SitingQuery<'_>, run: &Run) -> Result<Siting, SitingError> {
    let network = network(snapshot)?;
    let weights = weights(snapshot, query)?;
    let now = coverage(snapshot, &CoverageQuery { direction: query.direction, ..query.now() })?;
    let stock = Stock::new(snapshot, network, query, &now, run)?;
    let (gains, before) = query.gains(&weights, &stock);
    let mut answer = Siting {
        weight: weights.iter().sum(),
        before,
        value: 0,
        bound: 0,
        out_of_reach: 0,
        picks: Vec::new(),
        sites: stock.sites,
        gains,
        chosen: Vec::new(),
        existing: now.sites,
    };
    let kept = if query.existing == Existing::Movable { answer.existing.len() } else { 0 };
    let adds = match query.goal {
        Goal::Cover { places, .. } | Goal::ShortestWalk { places, .. } => {
            let choice = solve::choose(&answer.gains, places + kept, run)?;
            (answer.value, answer.bound, answer.chosen) = (choice.value, choice.bound, choice.chosen);
            choice.adds
        }
        Goal::CoverAll { .. } => {
            let found = solve::cover_all(&answer.gains, run)?;
            answer.value = answer.gains.value(&found.chosen);
            (answer.bound, answer.chosen) = (found.bound as u64, found.chosen);
            answer.out_of_reach = answer.weight - answer.before - answer.value;
            (0..answer.chosen.len()).map(|i| answer.marginal(i)[answer.chosen[i]]).collect()
        }
    };
    let pick = |(chosen, adds): (&usize, u64)| {
        let site = answer.sites[*chosen];
        let at = match site {
            Site::Candidate(i) => query.candidates[i].at,
            Site::Existing(i) => answer.existing[i].anchor,
        };
        Pick { site, at, adds }
    };
    answer.picks = answer.chosen.iter().zip(adds).map(pick).collect();
    Ok(answer)
}

fn weights(snapshot: &Snapshot, query: &SitingQuery<'_>) -> Result<Vec<u64>, SitingError> {
    let buildings = snapshot.homes.len();
    match query.weights {
        None => Ok(snapshot.homes.iter().map(|home| u64::from(home.households)).collect()),
        Some(given) if given.len() == buildings => Ok(given.iter().map(|w| u64::from(*w)).collect()),
        Some(given) => Err(SitingError::Weights { given: given.len(), buildings }),
    }
}

impl Siting {
    /// What each of [`Siting::sites`] would add after the first so many picks.
    pub fn marginal(&self, picks: usize) -> Vec<u64> {
        solve::marginal(&self.gains, &self.chosen[..picks.min(self.chosen.len())])
    }

    /// How far below the best the value can be at the most: 0.004 is 0.4 %.
    pub fn gap(&self) -> f64 {
        if self.bound == 0 { 0.0 } else { self.bound.saturating_sub(self.value) as f64 / self.bound as f64 }
    }
}

/// The sites to choose from, with their walks, and what people have without any of them.
struct Stock {
    sites: Vec<Site>,
    walks: Vec<Vec<Walk>>,
    have: Vec<Option<Seconds>>,
}

impl Stock {
    fn new(
        snapshot: &Snapshot,
        network: &Network,
        query: &SitingQuery<'_>,
        now: &Coverage,
        run: &Run,
    ) -> Result<Self, Cancelled> {
        let kind = snapshot.doors.category(&query.category);
        let new: Vec<[Doorstep; 1]> = query.candidates.iter().map(|c| [Doorstep::new(c.at)]).collect();
        let mut sites: Vec<Site> = (0..new.len()).map(Site::Candidate).collect();
        let mut doors: Vec<&[Doorstep]> = new.iter().map(<[Doorstep; 1]>::as_slice).collect();
        if query.existing == Existing::Movable {
            sites.extend((0..now.sites.len()).map(Site::Existing));
            doors.extend(kind.all().into_iter().map(|i| kind.entrances(i)));
        }
        let search = ClosestQuery { profile: query.profile, direction: query.direction, limit: query.limit() };
        let walks = walks(snapshot, network, &search, &doors, run)?;
        let kept = query.existing == Existing::Kept;
        let have = (0..now.homes.len()).map(|home| now.walk(home).filter(|_| kept)).collect();
        Ok(Self { sites, walks, have })
    }
}

impl SitingQuery<'_> {
    fn now(&self) -> CoverageQuery<'_> {
        CoverageQuery::of(self.category.clone(), self.profile)
    }

    /// Longer walks gain nothing.
    fn limit(&self) -> Seconds {
        match self.goal {
            Goal::Cover { within, .. } | Goal::CoverAll { within } => within.budget(self.profile),
            Goal::ShortestWalk { longest, .. } => longest,
        }
    }

    /// The matrix of gains, and what is had before.
    fn gains(&self, weights: &[u64], stock: &Stock) -> (Gains, u64) {
        let longest = milliseconds(self.limit());
        match self.goal {
            Goal::Cover { within, .. } | Goal::CoverAll { within } => {
                let covered = |home: usize| stock.have[home].is_some_and(|walk| within.admits(walk, self.profile));
                let open: Vec<u64> = (0..weights.len()).map(|i| if covered(i) { 0 } else { weights[i] }).collect();
                let of = |walks: &Vec<Walk>| {
                    let in_reach = walks.iter().filter(|(_, walk)| within.admits(*walk, self.profile));
                    in_reach.map(|(home, _)| (*home, open[*home as usize])).collect()
                };
                let before = weights.iter().sum::<u64>() - open.iter().sum::<u64>();
                (Gains::new(weights.len(), stock.walks.iter().map(of).collect::<Vec<_>>()), before)
            }
            Goal::ShortestWalk { .. } => {
                let walk = |have: &Option<Seconds>| have.map_or(longest, |walk| milliseconds(walk).min(longest));
                let have: Vec<u64> = stock.have.iter().map(walk).collect();
                let gain = |(home, walk): &Walk| {
                    let number = *home as usize;
                    (*home, have[number].saturating_sub(milliseconds(*walk)) * weights[number])
                };
                let of = |walks: &Vec<Walk>| walks.iter().map(gain).collect();
                let before = have.iter().zip(weights).map(|(walk, weight)| walk * weight).sum();
                (Gains::new(weights.len(), stock.walks.iter().map(of).collect::<Vec<_>>()), before)
            }
        }
    }
}
