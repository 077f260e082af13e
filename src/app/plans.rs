//! What planners have asked of a map, kept as long as it is the map: coverages, the areas that
//! buildings lie in, maps with the measures of a scenario taken. A map is told from another by where
//! it lies in memory, and whatever is kept here keeps its map: the map of a scenario, which has the
//! number of the change that its base has, is never taken for that.

use crate::accounts::{Extent, Where};
use crate::atlas::{Ident, Snapshot};
use crate::planning::coverage::{Groups, Opening};
use crate::planning::error::LONGEST_WALK;
use crate::planning::nearest::Wanted;
use crate::planning::scenario::{Measure, ScenarioError, ScenarioId, apply};
use crate::planning::{Coverage, CoverageQuery, Scope, WalkError, coverage};
use crate::walk::{Direction, Profile};
use moka::sync::Cache;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of coverages that are kept, and how many other things.
const BYTES: u64 = 256 << 20;
const MOST: u64 = 64;
/// What is kept pins its map: it is let go when nobody asks any more.
const IDLE: Duration = Duration::from_secs(300);

/// A map, the same only as itself.
#[derive(Debug, Clone)]
struct Map(Arc<Snapshot>);

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Map {}

impl Hash for Map {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// Whose walks to what.
#[derive(Debug, Clone)]
pub struct Walks {
    pub wanted: Wanted,
    pub profile: Profile,
    pub direction: Direction,
    pub opening: Option<Opening>,
}

/// All of [`Walks`] that makes a difference: of a profile its settings, the rest is its id.
#[derive(Debug, PartialEq, Eq, Hash)]
struct WalksKey {
    map: Map,
    wanted: Wanted,
    profile: (String, u64, u64),
    direction: Direction,
    opening: Option<Opening>,
}

/// A scenario as it was saved: id and version.
type Saved = (ScenarioId, i64);

#[derive(Debug)]
pub struct Plans {
    coverages: Cache<WalksKey, Arc<Coverage>>,
    groups: Cache<(Map, String), Arc<Groups>>,
    scopes: Cache<(Map, Extent), Scope>,
    scenarios: Cache<(Map, Saved), Arc<Snapshot>>,
}

impl Default for Plans {
    fn default() -> Self {
        let bytes = |_: &WalksKey, coverage: &Arc<Coverage>| {
            u32::try_from(coverage.nearest.len() * 64 + 4096).unwrap_or(u32::MAX)
        };
        Self {
            coverages: Cache::builder().max_capacity(BYTES).weigher(bytes).time_to_idle(IDLE).build(),
            groups: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(),
            scopes: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(),
            scenarios: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(),
        }
    }
}

impl Plans {
    /// The walks from all buildings; found once however many ask at the same time. May take a while, as
    /// may everything here.
    pub fn coverage(&self, map: &Arc<Snapshot>, walks: &Walks) -> Result<Arc<Coverage>, WalkError> {
        let Walks { wanted, profile, direction, opening } = walks;
        let key = WalksKey {
            map: Map(Arc::clone(map)),
            wanted: wanted.clone(),
            profile: (profile.id.clone(), profile.speed_m_s.to_bits(), profile.signal_wait_s.to_bits()),
            direction: *direction,
            opening: *opening,
        };
        let found = self.coverages.try_get_with(key, || coverage(map, &walks.query()).map(Arc::new));
        found.map_err(|error| WalkError::clone(&error))
    }

    /// The areas of a level that buildings lie in.
    pub fn groups(&self, map: &Arc<Snapshot>, level: &str) -> Arc<Groups> {
        let key = (Map(Arc::clone(map)), level.to_owned());
        self.groups.get_with(key, || Arc::new(Groups::new(map, level)))
    }

    /// The buildings inside an extent.
    pub fn scope(&self, map: &Arc<Snapshot>, extent: &Extent) -> Scope {
        if *extent == Extent::Everywhere {
            return Scope::All;
        }
        let inside = || {
            let region = extent.on(map);
            Scope::inside(map, |at| region.holds(Where::At(at)))
        };
        self.scopes.get_with((Map(Arc::clone(map)), extent.clone()), inside)
    }

    /// The map with a saved scenario's measures taken.
    pub fn applied(
        &self,
        map: &Arc<Snapshot>,
        saved: Saved,
        measures: &[Measure],
    ) -> Result<Arc<Snapshot>, ScenarioError> {
        let taken = || apply(map, measures).map(|applied| applied.snapshot);
        let found = self.scenarios.try_get_with((Map(Arc::clone(map)), saved), taken);
        found.map_err(|error| ScenarioError::clone(&error))
    }

    /// The map is another one now.
    pub fn forget(&self) {
        self.coverages.invalidate_all();
        self.groups.invalidate_all();
        self.scopes.invalidate_all();
        self.scenarios.invalidate_all();
    }
}

impl Walks {
    pub fn query(&self) -> CoverageQuery<'_> {
        let Self { ref wanted, ref profile, direction, opening } = *self;
        CoverageQuery { wanted: wanted.clone(), profile, direction, opening, longest: LONGEST_WALK }
    }

    /// The category, when one is asked for.
    pub fn category(&self) -> Option<&Ident> {
        match &self.wanted {
            Wanted::Category(id) => Some(id),
            Wanted::Layer(_) => None,
        }
    }
}
