//! Who is there to be given a case: the people of a unit by role, load and absence.

use crate::accounts::AreaCode;
use crate::atlas::{CatalogueEntry, Feature, Snapshot};
use crate::dispatch::case::{Unit, WorkerName};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Somebody of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: WorkerName,
    pub role: String,
}

/// A time in which somebody is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    pub who: WorkerName,
    pub from: DateTime<Utc>,
    /// The first moment of being there again.
    pub to: DateTime<Utc>,
    pub stand_in: Option<WorkerName>,
}

/// Everybody who can be given a case, as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// People with an account, by the area of their grant. An area that is not here has the people
    /// that its feature names.
    pub members: BTreeMap<AreaCode, Vec<Member>>,
    /// Areas for which a dispatcher is named.
    pub desks: BTreeSet<AreaCode>,
    /// Cases that somebody has open.
    pub open: BTreeMap<WorkerName, u32>,
    pub absences: Vec<Absence>,
}

/// Who was found, and for whom, if for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub name: WorkerName,
    pub instead_of: Option<WorkerName>,
}

impl Staff {
    /// Whoever of the unit is the first choice at that moment: by role, then by open cases, then by
    /// name. Somebody who is absent is stood in for by whom they named, else passed over.
    pub fn first(&self, map: &Snapshot, unit: &Unit, roles: &[String], at: DateTime<Utc>) -> Option<Found> {
        let rank = |member: &Member| roles.iter().position(|role| *role == member.role);
        let load = |name: &WorkerName| self.open.get(name).copied().unwrap_or(0);
        let people = self.people(map, unit);
        let mut able: Vec<_> = people.into_iter().filter_map(|m| Some((rank(&m)?, load(&m.name), m.name))).collect();
        able.sort();
        able.into_iter().find_map(|(.., name)| self.there(name, at))
    }

    pub fn has_desk(&self, unit: &Unit) -> bool {
        self.desks.contains(&unit.code)
    }

    /// The people of a unit, whether or not they are there.
    pub fn people(&self, map: &Snapshot, unit: &Unit) -> Vec<Member> {
        match self.members.get(&unit.code) {
            Some(members) => members.clone(),
            None => named_on(map, unit),
        }
    }

    fn there(&self, name: WorkerName, at: DateTime<Utc>) -> Option<Found> {
        let mut asked = HashSet::new();
        let mut who = name.clone();
        // A stand-in may be away as well and have one; a ring of them is nobody.
        while asked.insert(who.clone()) {
            let Some(absence) = self.absences.iter().find(|a| a.who == who && a.from <= at && at < a.to) else {
                let instead_of = (who != name).then_some(name);
                return Some(Found { name: who, instead_of });
            };
            who = absence.stand_in.clone()?;
        }
        None
    }
}

/// The people whom the unit's feature names.
fn named_on(map: &Snapshot, unit: &Unit) -> Vec<Member> {
    let entry = map.layer(unit.layer.as_str()).map(|(entry, _)| entry);
    let feature = super::feature_of(map, unit);
    entry.zip(feature).map(|(entry, feature)| named(entry, feature)).unwrap_or_default()
}

/// Everything on the map that names somebody as one of its people.
pub fn places_of<'m>(map: &'m Snapshot, who: &WorkerName) -> Vec<(&'m CatalogueEntry, &'m Feature)> {
    let layers = map.shown().filter(|(entry, _)| entry.layer.roles.workers.is_some());
    let all = layers.flat_map(|(entry, data)| data.features.values().map(move |feature| (entry, &**feature)));
    all.filter(|(entry, feature)| named(entry, feature).iter().any(|member| member.name == *who)).collect()
}

fn named(entry: &CatalogueEntry, feature: &Feature) -> Vec<Member> {
    let property = entry.layer.roles.workers.as_ref();
    let people = property.and_then(|property| feature.properties.get(property.as_str())?.as_array());
    let text = |worker: &Value, key: &str| worker.get(key).and_then(Value::as_str).map(str::to_owned);
    let member = |worker| Some(Member { name: WorkerName(text(worker, "name")?), role: text(worker, "role")? });
    people.into_iter().flatten().filter_map(member).filter(|m| !m.name.0.is_empty()).collect()
}
