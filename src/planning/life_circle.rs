//! The life circle (生活圈): what lies within some minutes on foot of a point. Circles, counts and
//! the list of facilities are read off one walking field, so they agree by construction.

use super::error::{WalkError, network};
use super::extent::{Extent, largest_first};
use crate::atlas::facility::Facility;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{BBox, LonLat, Metres, Seconds};
use crate::walk::{Direction, Profile, Reach, ReachQuery};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub struct LifeCircleQuery<'q> {
    pub origin: LonLat,
    /// At least one, all of one kind.
    pub extents: &'q [Extent],
    pub profile: &'q Profile,
    pub direction: Direction,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct LifeCircle {
    /// Largest first.
    pub bands: Vec<Band>,
    /// By walking time, then layer and id.
    pub facilities: Vec<ReachedFacility>,
    /// Categories of which nothing lies inside the largest circle.
    pub missing: Vec<Ident>,
    /// Distance from the origin to the network.
    pub snap: Metres,
    /// The largest circle comes to where the data end: more may be reachable.
    pub edge_of_data: bool,
}

/// One circle.
#[derive(Debug, Clone)]
pub struct Band {
    pub extent: Extent,
    /// WGS 84.
    pub shape: geo::MultiPolygon,
    pub area_m2: f64,
    /// Households in buildings reached in time.
    pub households: u64,
    /// Buildings reached in time.
    pub buildings: u64,
    /// Facilities reached in time, for every category.
    pub counts: BTreeMap<Ident, usize>,
}

/// A facility inside the largest circle.
#[derive(Debug, Clone)]
pub struct ReachedFacility {
    pub facility: Arc<Facility>,
    pub walk: Seconds,
}

/// Answers the query on the snapshot.
pub fn life_circle(snapshot: &Snapshot, query: &LifeCircleQuery<'_>) -> Result<LifeCircle, WalkError> {
    let extents = largest_first(query.extents);
    let levels: Vec<Seconds> = extents.iter().map(|e| e.budget(query.profile)).collect();
    let budget = levels.first().copied().unwrap_or(Seconds(0.0));
    let search = ReachQuery { origin: query.origin, profile: query.profile, direction: query.direction, budget };
    let network = network(snapshot)?;
    let reach = network.reach(&search)?;
    let places = || (facilities(snapshot, &reach, query.origin), homes(snapshot, &reach, query.origin));
    let ((facilities, homes), outlines) = rayon::join(places, || reach.outlines(&levels));
    let bands: Vec<Band> = extents
        .iter()
        .zip(outlines)
        .map(|(&extent, outline)| {
            let inside = |walk: Seconds| extent.admits(walk, query.profile);
            Band {
                extent,
                shape: outline.shape,
                area_m2: outline.area_m2,
                households: homes.iter().filter(|(walk, _)| inside(*walk)).map(|(_, h)| u64::from(*h)).sum(),
                buildings: homes.iter().filter(|(walk, _)| inside(*walk)).count() as u64,
                counts: counts(snapshot, facilities.iter().filter(|f| inside(f.walk))),
            }
        })
        .collect();
    let largest = bands.first();
    let missing = largest.into_iter().flat_map(|b| b.counts.iter().filter(|(_, n)| **n == 0).map(|(c, _)| c.clone()));
    Ok(LifeCircle {
        missing: missing.collect(),
        edge_of_data: largest.is_some_and(|b| touches_edge(&b.shape, network.bounds())),
        facilities,
        bands,
        snap: reach.snap(),
    })
}

/// Nothing farther than this in a straight line can be inside; a metre for rounding.
fn farthest(reach: &Reach<'_>) -> Metres {
    Metres(reach.budget().0 * reach.speed_m_s() + 1.0)
}

fn facilities(snapshot: &Snapshot, reach: &Reach<'_>, origin: LonLat) -> Vec<ReachedFacility> {
    let near = snapshot.doors.facilities_near(origin, farthest(reach)).into_iter();
    let mut all: Vec<ReachedFacility> = near
        .filter_map(|i| {
            let walk = reach.time_to_any(snapshot.doors.facility(i))?;
            Some(ReachedFacility { facility: Arc::clone(&snapshot.facilities[i]), walk })
        })
        .collect();
    let seconds = |f: &ReachedFacility| f.walk.whole();
    all.sort_by(|a, b| {
        (seconds(a), &a.facility.layer, a.facility.id).cmp(&(seconds(b), &b.facility.layer, b.facility.id))
    });
    all
}

/// Walking time and households of each building inside.
fn homes(snapshot: &Snapshot, reach: &Reach<'_>, origin: LonLat) -> Vec<(Seconds, u32)> {
    let near = snapshot.doors.homes_near(origin, farthest(reach));
    near.filter_map(|i| reach.time_to(snapshot.doors.home(i)).map(|walk| (walk, snapshot.homes[i].households)))
        .collect()
}

fn counts<'f>(snapshot: &Snapshot, inside: impl Iterator<Item = &'f ReachedFacility>) -> BTreeMap<Ident, usize> {
    let mut counts: BTreeMap<Ident, usize> = snapshot.catalogue.categories.iter().map(|c| (c.id.clone(), 0)).collect();
    for category in inside.flat_map(|f| &f.facility.categories) {
        if let Some(count) = counts.get_mut(category) {
            *count += 1;
        }
    }
    counts
}

fn touches_edge(shape: &geo::MultiPolygon, bounds: Option<BBox>) -> bool {
    let (Some(bounds), Some(b)) = (bounds, BBox::of(&shape.clone().into())) else { return false };
    b.west <= bounds.west || b.south <= bounds.south || b.east >= bounds.east || b.north >= bounds.north
}
