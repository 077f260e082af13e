//! The half-year of every town, made from the towns as they are.

use super::super::{Town, town};
use super::*;
use crate::atlas::snapshot::SnapshotParts;
use crate::atlas::{Catalogue, Feature, FeatureId};
use crate::dispatch::assign::Because;
use crate::dispatch::clock::WorkingHours;
use crate::dispatch::{Outcome, State, Triage, What};
use crate::geometry::BBox;
use std::collections::{BTreeMap, BTreeSet};

struct Desk {
    map: Snapshot,
    categories: Categories,
    routing: Routing,
    calendar: WorkCalendar,
    staff: Staff,
}

fn desk(key: PlaceKey) -> Desk {
    let Town { features, .. } = town(key);
    let layers = ["district", "town", "community", "grid", "zone", "street_duty", "building"];
    let known = |(id, all): (Ident, Vec<crate::atlas::NewFeature>)| {
        let feature = |(n, new): (usize, crate::atlas::NewFeature)| Feature {
            id: FeatureId(n as i64 + 1),
            version: 1,
            bbox: BBox::of(&new.geometry).expect("a box"),
            geometry: new.geometry,
            properties: new.properties,
            source: new.source,
            reference: None,
            updated_at: "2026-11-22T09:00:00+08:00".into(),
        };
        layers.contains(&id.as_str()).then(|| (id, all.into_iter().enumerate().map(feature).collect()))
    };
    let layers: BTreeMap<Ident, Vec<Feature>> = features.into_iter().filter_map(known).collect();
    let catalogue = Catalogue::built_in().expect("built in");
    let categories = Categories::built_in().expect("built in");
    let routing = Routing::built_in(&categories, &catalogue).expect("built in");
    let zone = chrono_tz::Asia::Shanghai;
    let hours = WorkingHours::built_in().expect("built in");
    let calendar = WorkCalendar::new(zone, hours, crate::atlas::Holidays::of_zone(zone));
    let map = Snapshot::build(SnapshotParts { seq: 1, catalogue, layers, ..SnapshotParts::default() });
    Desk { map, categories, routing, calendar, staff: Staff::default() }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T10:30:00+08:00".parse().expect("a time")
}

impl Desk {
    fn made(&self, key: PlaceKey) -> Vec<Made> {
        let mut n = 0;
        let setting = Setting {
            key,
            map: &self.map,
            categories: &self.categories,
            routing: &self.routing,
            calendar: &self.calendar,
            staff: &self.staff,
            home: (None, None),
            now: now(),
        };
        cases(&setting, |_| {
            n += 1;
            CaseNumber(n.to_string())
        })
    }
}

fn count(made: &[Made], category: &str) -> usize {
    made.iter().filter(|m| m.case.category.as_str() == category).count()
}

#[test]
fn a_half_year_of_nankang_has_the_reports_figures_and_something_of_everything() {
    let desk = desk(PlaceKey::Nankang);
    let made = desk.made(PlaceKey::Nankang);
    assert_eq!((count(&made, "dispute"), count(&made, "petition"), count(&made, "dead_corner")), (128, 5, 125));
    let tons: f64 =
        made.iter().filter_map(|m| m.quantity.as_ref()).filter(|q| q.1.as_str() == "ton").map(|q| q.0).sum();
    assert!((tons - 265.0).abs() < 1e-6, "{tons}");
    let states: BTreeMap<State, usize> = made.iter().fold(BTreeMap::new(), |mut all, m| {
        *all.entry(m.case.state).or_default() += 1;
        all
    });
    for state in [State::Dispatched, State::InProgress, State::Done, State::Closed, State::Rejected, State::Void] {
        assert!(states.contains_key(&state), "{state}");
    }
    let open: Vec<&Made> = made.iter().filter(|m| !m.case.state.is_over()).collect();
    assert!((40..200).contains(&open.len()), "{} open", open.len());
    assert!(open.iter().filter(|m| m.case.tally.missed_at.is_some()).count() >= 5);
    assert!(open.iter().filter(|m| m.case.watches.iter().any(|w| w.warned && !w.missed)).count() >= 3);
    let some = |has: &dyn Fn(&Case) -> bool| assert!(made.iter().any(|m| has(&m.case)));
    some(&|c| c.tally.joined_to.is_some());
    some(&|c| c.tally.rating.is_some());
    some(&|c| c.tally.reopened > 0);
    some(&|c| c.is_suspended());
    some(&|c| c.tally.returns > 0);
    some(&|c| c.triage == Triage::Decided);
    some(&|c| c.tally.checks.iter().any(|check| !check.passed));
    some(&|c| c.co_owner.is_some());
    for outcome in [Outcome::Solved, Outcome::PassedUp, Outcome::Explained] {
        some(&|c| c.tally.outcome == Some(outcome));
    }
}

#[test]
fn histories_are_whole_and_nothing_is_of_the_future() {
    let desk = desk(PlaceKey::Nankang);
    let made = desk.made(PlaceKey::Nankang);
    let numbers: BTreeSet<&CaseNumber> = made.iter().map(|m| &m.case.number).collect();
    assert_eq!(numbers.len(), made.len());
    for Made { case, events, description, address, .. } in &made {
        assert_eq!(events.len(), case.events as usize);
        assert!(events.iter().enumerate().all(|(i, e)| e.number as usize == i + 1));
        assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(events.iter().all(|e| e.at <= now()) && case.reported_at >= now() - chrono::Duration::days(184));
        assert_eq!(events[0].what, What::Reported);
        let ground = crate::dispatch::Ground {
            categories: &desk.categories,
            calendar: &desk.calendar,
            ladder: &Default::default(),
        };
        let next = crate::dispatch::workflow::next_due(case, &ground);
        assert!(next.is_none_or(|due| due.at > now()), "{case:?}");
        assert!(!address.is_empty() && !description.contains('{'), "{description}");
        if let Some(to) = &case.tally.joined_to {
            let twin = made.iter().find(|m| m.case.number == *to).expect("there");
            assert_eq!(twin.case.category, case.category);
            assert!(twin.case.reported_at <= case.reported_at);
        }
    }
    assert!(made.windows(2).all(|pair| pair[0].case.reported_at <= pair[1].case.reported_at));
    assert_eq!(desk.made(PlaceKey::Nankang), made, "the same again");
}

#[test]
fn the_other_towns_have_their_own_mix() {
    for (key, category, wanted) in [
        (PlaceKey::Wanli, "ebike_parking", 65),
        (PlaceKey::Jiangyin, "floating_population", 412),
        (PlaceKey::Wancheng, "overhead_wires", 270),
    ] {
        let made = desk(key).made(key);
        assert_eq!(count(&made, category), wanted, "{key}");
        assert!(made.len() <= 2500);
        let public = made.iter().filter(|m| !m.case.restricted).count();
        if key == PlaceKey::Jiangyin {
            assert_eq!((public, made.len() - public), (293, 686), "half of 585 and 1,372");
        }
        let exclusive = |why: &Because| matches!(why, Because::Rule { rule, .. } if rule.as_str() == "exclusive_grid");
        let ruled = made.iter().any(|m| m.events[0].because.iter().any(exclusive));
        assert_eq!(ruled, key == PlaceKey::Wancheng, "{key}: exclusive grids");
    }
}
