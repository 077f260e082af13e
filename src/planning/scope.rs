//! Which buildings count in an answer: all of them, or those that somebody plans for. Walks are the
//! same for all: they lead across every border.

use super::coverage::Count;
use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use rayon::prelude::*;
use std::sync::Arc;

/// Buildings by their number in a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    All,
    /// These, in order.
    Only(Arc<[usize]>),
}

impl Scope {
    /// The buildings that lie where `inside` says.
    pub fn inside(snapshot: &Snapshot, inside: impl Fn(LonLat) -> bool + Sync) -> Self {
        let numbers = (0..snapshot.homes.len()).into_par_iter();
        Self::Only(numbers.filter(|home| inside(snapshot.homes[*home].at)).collect::<Vec<_>>().into())
    }

    /// Those of so many buildings that count, in order.
    pub fn of(&self, buildings: usize) -> impl Iterator<Item = usize> + '_ {
        let (all, only): (_, &[usize]) = match self {
            Self::All => (0..buildings, &[]),
            Self::Only(numbers) => (0..0, numbers),
        };
        all.chain(only.iter().copied())
    }

    /// Whether an area or a place is told of: of somebody who plans for a part, only if it concerns
    /// anybody there.
    pub fn tells(&self, concerned: Count) -> bool {
        *self == Self::All || concerned.buildings > 0
    }

    /// Whether a building counts.
    pub fn holds(&self, home: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(numbers) => numbers.binary_search(&home).is_ok(),
        }
    }
}
