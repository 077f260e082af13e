//! What a caller may see, as a value: it filters every answer and keys every cache. Two callers
//! with the same rights have the same sight.

use super::region::Region;
use super::role::{AreaCode, Grant};
use super::whereabouts::Where;
use crate::atlas::layer::Access;
use crate::atlas::{CatalogueEntry, Feature, Snapshot};
use std::collections::BTreeSet;

/// Where a right holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Extent {
    #[default]
    Nothing,
    /// Inside these areas; never empty.
    Areas(BTreeSet<AreaCode>),
    Everywhere,
}

impl Extent {
    /// Everywhere the grants hold.
    pub fn of<'a>(grants: impl Iterator<Item = &'a Grant>) -> Self {
        let mut areas = BTreeSet::new();
        let mut any = false;
        for grant in grants {
            any = true;
            match &grant.area {
                None => return Self::Everywhere,
                Some(code) => drop(areas.insert(code.clone())),
            }
        }
        if any { Self::Areas(areas) } else { Self::Nothing }
    }

    /// The extent on the map at one moment.
    pub fn on<'m>(&self, map: &'m Snapshot) -> Region<'m> {
        Region::new(self, map)
    }
}

/// What a caller may see. As a cache key it needs the versions of the area layers beside it:
/// what lies inside an area changes with the area.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Sight {
    /// Has an account.
    pub(super) member: bool,
    /// Where the caller has any role.
    pub(super) area: Extent,
    /// Where the caller is dispatcher or admin.
    pub(super) restricted: Extent,
}

impl Sight {
    /// Sees everything: the service itself, and those who hold the database anyway.
    pub fn everything() -> Self {
        Self { member: true, area: Extent::Everywhere, restricted: Extent::Everywhere }
    }

    /// Where things of this access are seen, without a look at the map.
    pub fn extent(&self, access: Access) -> &Extent {
        match access {
            Access::Public => &Extent::Everywhere,
            Access::Members if self.member => &Extent::Everywhere,
            Access::Members => &Extent::Nothing,
            Access::Area => &self.area,
            Access::Restricted => &self.restricted,
        }
    }

    /// The sight with only what matters for these kinds of access, so that callers whose rights
    /// make no difference to an answer share it in a cache.
    pub fn only(&self, used: impl IntoIterator<Item = Access>) -> Self {
        let mut sight = Self::default();
        for access in used {
            match access {
                Access::Public => {}
                Access::Members => sight.member = self.member,
                Access::Area => sight.area = self.area.clone(),
                Access::Restricted => sight.restricted = self.restricted.clone(),
            }
        }
        sight
    }

    /// The sight on the map at one moment.
    pub fn on<'m>(&self, map: &'m Snapshot) -> View<'m> {
        View { member: self.member, area: self.area.on(map), restricted: self.restricted.on(map) }
    }
}

/// A sight with its areas found on a snapshot.
#[derive(Debug, Clone)]
pub struct View<'m> {
    member: bool,
    area: Region<'m>,
    restricted: Region<'m>,
}

impl View<'_> {
    /// Whether what has this access and lies there is seen.
    pub fn sees(&self, access: Access, place: Where<'_>) -> bool {
        match access {
            Access::Public => true,
            Access::Members => self.member,
            Access::Area => self.area.holds(place),
            Access::Restricted => self.restricted.holds(place),
        }
    }

    /// The kinds of access beyond the public one by which properties of the feature are seen.
    pub fn kinds(&self, entry: &CatalogueEntry, feature: &Feature) -> BTreeSet<Access> {
        let kinds: BTreeSet<Access> = entry.properties.iter().map(|p| p.access).collect();
        let seen = |a: &Access| *a != Access::Public && self.sees(*a, Where::of(entry, feature));
        kinds.into_iter().filter(seen).collect()
    }

    /// Whether anything at all of this access can be seen.
    pub fn sees_any(&self, access: Access) -> bool {
        match access {
            Access::Public => true,
            Access::Members => self.member,
            Access::Area => !self.area.is_nothing(),
            Access::Restricted => !self.restricted.is_nothing(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::region::tests::{at, town};
    use super::*;

    fn areas(codes: &[&str]) -> Extent {
        Extent::Areas(codes.iter().map(|c| AreaCode((*c).to_owned())).collect())
    }

    #[test]
    fn each_access_asks_for_its_own_right() {
        let map = town();
        let worker = Sight { member: true, area: areas(&["11"]), restricted: Extent::Nothing };
        let dispatcher = Sight { member: true, area: areas(&["11"]), restricted: areas(&["11"]) };
        let (inside, outside) = (Where::At(at(0.5, 0.5)), Where::At(at(1.5, 0.5)));
        let seen = |sight: &Sight, place| {
            [Access::Public, Access::Members, Access::Area, Access::Restricted].map(|a| sight.on(&map).sees(a, place))
        };
        assert_eq!(seen(&Sight::default(), inside), [true, false, false, false]);
        assert_eq!(seen(&worker, inside), [true, true, true, false]);
        assert_eq!(seen(&worker, outside), [true, true, false, false]);
        assert_eq!(seen(&dispatcher, inside), [true; 4]);
        assert_eq!(seen(&dispatcher, outside), [true, true, false, false]);
        assert_eq!(seen(&Sight::everything(), Where::Everywhere), [true; 4]);
        assert_eq!(seen(&dispatcher, Where::Everywhere), [true, true, false, false]);
    }

    #[test]
    fn what_makes_no_difference_is_left_out_of_the_key() {
        let worker = Sight { member: true, area: areas(&["11"]), restricted: Extent::Nothing };
        assert_eq!(worker.only([Access::Public]), Sight::default());
        assert_eq!(worker.only([Access::Area, Access::Members]), worker);
        assert_eq!(worker.only([Access::Members]).extent(Access::Area), &Extent::Nothing);
    }
}
