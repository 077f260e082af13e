//! The parameters that every question about a life circle shares.

use crate::atlas::Snapshot;
use crate::geometry::LonLat;
use crate::http::extract::Ask;
use crate::http::params::{Params, quoted};
use crate::http::walking;
use crate::planning::extent::largest_first;
use crate::planning::{Extent, LifeCircleQuery};
use crate::walk::{Direction, Profile};
use std::ops::RangeInclusive;

/// Longest walk of a life circle.
const MINUTES: RangeInclusive<u32> = 1..=60;
const METRES: RangeInclusive<u32> = 50..=5000;
/// Most circles of one answer.
const MAX_CIRCLES: usize = 6;

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
        let extents = extents(params, [15, 10, 5].map(Extent::Minutes).as_slice());
        let profile = walking::walker(params);
        let direction = walking::direction(params);
        Some(Self { origin: origin?, extents: extents?, profile: profile?, direction: direction? })
    }
}

/// `minutes` or `metres`, `usual` when neither is given.
pub fn extents(params: &mut Params, usual: &[Extent]) -> Option<Vec<Extent>> {
    let given = (params.optional("minutes"), params.optional("metres"));
    if params.has("minutes") && params.has("metres") {
        params.fault("metres", "and minutes cannot both be given");
        return None;
    }
    match given {
        (Some(text), _) => list(params, "minutes", &text, MINUTES, Extent::Minutes),
        (_, Some(text)) => list(params, "metres", &text, METRES, Extent::Metres),
        _ if params.has("minutes") || params.has("metres") => None,
        _ => Some(usual.to_vec()),
    }
}

fn list(
    params: &mut Params,
    name: &str,
    text: &str,
    range: RangeInclusive<u32>,
    kind: fn(u32) -> Extent,
) -> Option<Vec<Extent>> {
    let mut all = Vec::new();
    for part in text.split(',') {
        match part.trim().parse().ok().filter(|n| range.contains(n)) {
            Some(number) => all.push(kind(number)),
            None => {
                let detail =
                    format!("{} is not a whole number from {} to {}", quoted(part), range.start(), range.end());
                params.fault(name, detail);
                return None;
            }
        }
    }
    let all = largest_first(&all);
    if all.len() > MAX_CIRCLES {
        params.fault(name, format!("has {} values; at most {MAX_CIRCLES} are answered", all.len()));
        return None;
    }
    Some(all)
}
