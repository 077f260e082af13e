//! Coverage by the hour. Most hours have the same places open: each different set is searched once.

use super::{Coverage, CoverageQuery, Opening, kind, over};
use crate::atlas::Snapshot;
use crate::planning::error::{WalkError, network};
use chrono::{DateTime, Utc};
use rayon::prelude::*;
use std::sync::Arc;

/// One moment.
#[derive(Debug, Clone)]
pub struct Hour {
    pub at: DateTime<Utc>,
    /// Shared by the moments at which the same places are open.
    pub coverage: Arc<Coverage>,
}

/// Coverage at each of the moments, in their order. `unknown`: places of unknown hours are open.
pub fn by_hour(
    snapshot: &Snapshot,
    query: &CoverageQuery<'_>,
    moments: &[DateTime<Utc>],
    unknown: bool,
) -> Result<Vec<Hour>, WalkError> {
    let network = network(snapshot)?;
    let kind = kind(snapshot, &query.wanted);
    let all = kind.all();
    let open = |at: &DateTime<Utc>| -> Vec<usize> {
        let opening = Opening { at: *at, unknown };
        all.iter().copied().filter(|i| opening.admits(kind.facility(*i))).collect()
    };
    let sets: Vec<Vec<usize>> = moments.iter().map(open).collect();
    let mut different: Vec<&Vec<usize>> = sets.iter().collect();
    different.sort_unstable();
    different.dedup();
    let search = |set: &&Vec<usize>| Arc::new(over(snapshot, network, query, &kind, (*set).clone()));
    let searched: Vec<Arc<Coverage>> = different.par_iter().map(search).collect();
    let of = |set: &Vec<usize>| different.binary_search(&set).map(|i| Arc::clone(&searched[i]));
    let hours = moments.iter().zip(&sets).filter_map(|(at, set)| Some(Hour { at: *at, coverage: of(set).ok()? }));
    Ok(hours.collect())
}
