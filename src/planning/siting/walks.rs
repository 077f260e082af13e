//! The walks between candidates and buildings: a bounded search a candidate, side by side.

use crate::atlas::Snapshot;
use crate::geometry::{Metres, Seconds};
use crate::planning::run::{Cancelled, Run};
use crate::walk::{ClosestQuery, Doorstep, Network};
use rayon::prelude::*;

/// A building's number and its walk.
pub type Walk = (u32, Seconds);

/// Walks to every building within the limit, for each of the sites: a list of doorsteps each.
pub fn walks(
    snapshot: &Snapshot,
    network: &Network,
    query: &ClosestQuery<'_>,
    sites: &[&[Doorstep]],
    run: &Run,
) -> Result<Vec<Vec<Walk>>, Cancelled> {
    run.expect(sites.len());
    let radius = Metres(query.limit.0 * query.profile.speed_m_s + 1.0);
    let of_site = |doors: &&[Doorstep]| {
        run.done(1)?;
        let near = doors.iter().flat_map(|door| snapshot.doors.homes_near(door.at(), radius));
        let mut near: Vec<usize> = near.collect();
        near.sort_unstable();
        near.dedup();
        // The same search and the same look-up as coverage has, so that the two agree.
        let closest = network.closest::<1>(query, &[*doors]);
        let walk = |home: usize| {
            let (_, walk) = closest.of(snapshot.doors.home(home)).into_iter().next()?;
            Some((home as u32, walk))
        };
        Ok(near.into_iter().filter_map(walk).collect())
    };
    sites.par_iter().map(of_site).collect()
}

/// In these gains are counted: whole numbers, so that no sum depends on its order.
pub fn milliseconds(walk: Seconds) -> u64 {
    (walk.0 * 1000.0).round().max(0.0) as u64
}
