//! The parameters that every question about a life circle shares.

use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::http::extract::Ask;
use crate::http::params::Params;
use crate::http::walking;
use crate::planning::{Extent, LifeCircleQuery};
use crate::walk::{Direction, Profile};

/// What a circle is asked about.
pub struct LifeCircleAsk {
    pub origin: LonLat,
    /// Largest first, all of one kind.
    pub extents: Vec<Extent>,
    pub profile: Profile,
    pub direction: Direction,
}

impl LifeCircleAsk {
    pub fn query(&self) -> LifeCircleQuery<'_> {
        let Self { origin, ref extents, ref profile, direction } = *self;
        LifeCircleQuery { origin, extents, profile, direction }
    }

    pub fn by_metres(&self) -> bool {
        matches!(self.extents.first(), Some(Extent::Metres(_)))
    }
}

impl Ask for LifeCircleAsk {
    fn read(params: &mut Params, map: &Snapshot) -> Option<Self> {
        let origin = walking::position(params, map);
        let extents = walking::extents(params, [15, 10, 5].map(Extent::Minutes).as_slice());
        let profile = walking::walker(params);
        let direction = walking::direction(params, Direction::From);
        Some(Self { origin: origin?, extents: extents?, profile: profile?, direction: direction? })
    }
}
