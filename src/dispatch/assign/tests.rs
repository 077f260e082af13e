//! Whose a case is, on a hand-drawn town.

use super::*;
use crate::atlas::testing::{feature, snapshot, square};
use crate::atlas::{Catalogue, Feature};
use crate::dispatch::testing::at;
use serde_json::{Value, json};

/// ```text
///   2 +----+----+
///     | c2      |     c2 has no grids
///   1 +----+----+     z (0.5–1.5): an exclusive grid over both grids, of its own people;
///     | g1 | g2 |     e: another with nobody, in g2's east
///   0 +----+----+     s: a street's section along y = 0.2, from x = 0 to 2
///     0    1    2     the town t1 reaches to x = 3, the district d1 to 4
/// ```
/// A thousandth of a degree is 97 m west to east.
fn town() -> Snapshot {
    let boxed = |x0: f64, y0: f64, x1: f64, y1: f64| {
        geo::Rect::new((116.0 + x0 / 1000.0, 29.0 + y0 / 1000.0), (116.0 + x1 / 1000.0, 29.0 + y1 / 1000.0))
            .to_polygon()
    };
    let area = |id: i64, code: &str, shape: geo::Polygon, people: &[(&str, &str)]| {
        let people: Vec<Value> = people.iter().map(|(name, role)| json!({"name": name, "role": role})).collect();
        feature(id, shape, json!({"code": code, "name": code, "workers": people, "kind": "exclusive_grid"}))
    };
    let street = geo::LineString::from(vec![(116.0, 29.0002), (116.002, 29.0002)]);
    let chief = json!([{"name": "sun", "role": "street_chief"}, {"name": "sweep", "role": "cleaner"}]);
    let street: Feature = feature(1, street, json!({"code": "s", "name": "s", "workers": chief}));
    snapshot(vec![
        ("district", vec![area(1, "d1", square(0.0, 0.0, 4.0), &[])]),
        ("town", vec![area(1, "t1", square(0.0, 0.0, 3.0), &[])]),
        (
            "community",
            vec![area(1, "c1", boxed(0.0, 0.0, 2.0, 1.0), &[]), area(2, "c2", boxed(0.0, 1.0, 2.0, 2.0), &[])],
        ),
        (
            "grid",
            vec![
                area(1, "g1", square(0.0, 0.0, 1.0), &[("part", "part_time_worker"), ("ann", "grid_worker")]),
                area(2, "g2", square(1.0, 0.0, 1.0), &[("bob", "grid_worker"), ("ben", "grid_worker")]),
            ],
        ),
        (
            "zone",
            vec![
                area(1, "z", boxed(0.5, 0.5, 1.5, 0.9), &[("zoe", "patrol")]),
                area(2, "e", boxed(1.6, 0.5, 1.9, 0.9), &[]),
            ],
        ),
        ("street_duty", vec![street]),
    ])
}

struct Test {
    map: Snapshot,
    categories: Categories,
    routing: Routing,
    staff: Staff,
}

impl Test {
    fn new() -> Self {
        let categories = Categories::built_in().expect("built in");
        let catalogue = Catalogue::built_in().expect("built in");
        let routing = Routing::built_in(&categories, &catalogue).expect("built in");
        Self { map: town(), categories, routing, staff: Staff::default() }
    }

    fn find(&self, category: &str, (x, y): (f64, f64), accuracy: Option<f64>) -> Assignment {
        let Self { map, categories, routing, staff } = self;
        let office = Office { map, categories, routing, staff };
        let place = LonLat::new(116.0 + x / 1000.0, 29.0 + y / 1000.0).expect("in range");
        let category = self.categories.get(category).expect("a category");
        let accuracy = accuracy.map(Metres);
        assign(&office, &Wanted { place, accuracy, category, at: at("2026-11-18T10:00") })
    }

    /// `code/worker`, or the code of a desk.
    fn owner(&self, category: &str, place: (f64, f64)) -> String {
        name(&self.find(category, place, None).owner)
    }
}

fn name(owner: &Owner) -> String {
    let code = owner.unit.as_ref().map_or("nobody", |unit| unit.code.0.as_str());
    owner.worker.as_ref().map_or(code.to_owned(), |worker| format!("{code}/{worker}"))
}

fn absent(who: &str, stand_in: Option<&str>) -> Absence {
    let (from, to) = (at("2026-11-18T00:00"), at("2026-11-19T00:00"));
    Absence { who: WorkerName(who.into()), from, to, stand_in: stand_in.map(|n| WorkerName(n.into())) }
}

#[test]
fn the_grid_that_holds_the_place_has_it_and_its_worker_by_role() {
    let found = Test::new().find("clutter", (0.3, 0.4), None);
    assert_eq!((name(&found.owner), found.owner.level, found.triage), ("g1/ann".into(), Level::Grid, false));
    let codes: Vec<&str> = found.areas.values().map(|unit| unit.code.0.as_str()).collect();
    assert_eq!(codes, ["g1", "c1", "t1", "d1"]);
    assert!(matches!(&found.because[..], [Because::Place { unit }] if unit.code.0 == "g1"));
    assert_eq!(found.ladder.values().map(name).collect::<Vec<_>>(), ["g1/ann", "c1", "t1", "d1"]);
}

#[test]
fn of_several_workers_the_one_with_the_fewest_open_cases_has_it() {
    let mut test = Test::new();
    assert_eq!(test.owner("clutter", (1.2, 0.4)), "g2/ben", "equals by name");
    test.staff.open.insert(WorkerName("ben".into()), 3);
    assert_eq!(test.owner("clutter", (1.2, 0.4)), "g2/bob");
    test.staff.open.insert(WorkerName("ann".into()), 30);
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "g1/ann", "role comes before load");
}

#[test]
fn people_with_accounts_come_before_names_on_the_map() {
    let mut test = Test::new();
    let member = Member { name: WorkerName("ann@town".into()), role: "grid_worker".into() };
    test.staff.members.insert(AreaCode("g1".into()), vec![member]);
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "g1/ann@town");
}

#[test]
fn somebody_absent_is_stood_in_for_or_passed_over() {
    let mut test = Test::new();
    test.staff.absences = vec![absent("ann", None)];
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "g1/part");
    test.staff.absences = vec![absent("ann", Some("bob")), absent("bob", Some("ben"))];
    let found = test.find("clutter", (0.3, 0.4), None);
    assert_eq!(name(&found.owner), "g1/ben");
    assert!(found.because.iter().any(|why| matches!(why, Because::StandIn { absent, .. } if absent.0 == "ann")));
    test.staff.absences = vec![absent("ann", Some("bob")), absent("bob", Some("ann"))];
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "g1/part", "a ring of stand-ins is nobody");
    test.staff.absences = vec![Absence { to: at("2026-11-18T10:00"), ..absent("ann", None) }];
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "g1/ann", "back at that very moment");
}

#[test]
fn where_nobody_is_there_it_goes_to_the_community_and_then_to_the_town() {
    let mut test = Test::new();
    test.staff.absences = vec![absent("ann", None), absent("part", None)];
    let found = test.find("clutter", (0.3, 0.4), None);
    assert_eq!((name(&found.owner), found.triage, found.lacks_people()), ("t1".into(), false, true));
    let nobody = found.because.iter().filter(|why| matches!(why, Because::Nobody { .. })).count();
    assert_eq!(nobody, 3, "grid, community, town: the town's desk has it at last");
    test.staff.desks.insert(AreaCode("c1".into()));
    assert_eq!(test.owner("clutter", (0.3, 0.4)), "c1");
}

#[test]
fn outside_every_grid_the_town_s_triage_decides() {
    let test = Test::new();
    for (place, desk) in [((0.5, 1.5), "t1"), ((2.5, 2.5), "t1"), ((3.5, 3.5), "d1"), ((9.0, 9.0), "nobody")] {
        let found = test.find("clutter", place, None);
        assert_eq!((name(&found.owner), found.triage), (desk.into(), true), "{place:?}");
        assert!(found.because.contains(&Because::Outside));
    }
    // What begins with the community has one here.
    assert_eq!(test.owner("old_estate", (0.5, 1.5)), "t1", "nobody is named for the community");
    assert!(!test.find("old_estate", (0.5, 1.5), None).triage);
}

#[test]
fn a_place_uncertain_beyond_the_border_names_the_other_grid_as_well() {
    let test = Test::new();
    let near = |accuracy| test.find("clutter", (0.9, 0.4), accuracy).co_owner.map(|owner| name(&owner));
    assert_eq!((near(None), near(Some(9.0)), near(Some(10.0))), (None, None, Some("g2/ben".into())), "9.7 m away");
    assert_eq!(near(Some(5000.0)), Some("g2/ben".into()));
    let far = test.find("clutter", (0.01, 0.4), Some(5000.0));
    assert_eq!(far.co_owner.map(|o| name(&o)), Some("g2/ben".into()), "96 m are within the 100 that count");
    // Just outside all grids the triage is told which grid is near.
    let outside = test.find("clutter", (0.4, 1.05), Some(30.0));
    assert_eq!((name(&outside.owner), outside.co_owner.map(|o| name(&o))), ("t1".into(), Some("g1/ann".into())));
}

#[test]
fn the_first_rule_that_matches_wins_and_is_named() {
    let test = Test::new();
    let rule = |found: &Assignment| match &found.because[0] {
        Because::Rule { rule, .. } => rule.to_string(),
        other => panic!("{other:?}"),
    };
    let exclusive = test.find("waterlogging", (0.7, 0.6), None);
    assert_eq!((name(&exclusive.owner), rule(&exclusive)), ("z/zoe".into(), "exclusive_grid".into()));
    assert_eq!(exclusive.areas[&Level::Grid].code.0, "g1", "it is still counted where it lies");
    let street = test.find("waterlogging", (0.3, 0.25), None);
    assert_eq!((name(&street.owner), rule(&street)), ("s/sun".into(), "street_duty".into()));
    assert_eq!(test.owner("roof_danger", (0.3, 0.25)), "g1/ann", "a roof is not the street's");
    assert_eq!(test.owner("waterlogging", (0.3, 0.36)), "g1/ann", "17 m from the street");
    let sensitive = test.find("dispute", (0.7, 0.6), None);
    assert_eq!((rule(&sensitive), sensitive.owner.level), ("sensitive_by_the_community".into(), Level::Town));
    assert!(sensitive.lacks_people(), "nobody of the community is named");
}

#[test]
fn a_zone_without_people_is_looked_after_by_the_grid_below_it() {
    let found = Test::new().find("clutter", (1.7, 0.7), None);
    assert_eq!(name(&found.owner), "g2/ben");
    assert!(matches!(&found.because[..], [Because::Rule { .. }, Because::Nobody { unit }] if unit.code.0 == "e"));
}

#[test]
fn rules_that_name_what_is_not_there_are_refused() {
    let test = Test::new();
    let catalogue = Catalogue::built_in().expect("built in");
    let read = |rule: &str| {
        let title = r#""id": "r", "title": {"zh": "x", "en": "x"}"#;
        let json = format!(r#"{{"roles": ["w"], "co_owner_within_m": 9, "rules": [{{{title}, {rule}}}]}}"#);
        Routing::read(&json, &test.categories, &catalogue).map(|_| ()).map_err(|e| e.to_string())
    };
    assert_eq!(read(r#""over": {"layer": "zone"}"#), Ok(()));
    for (rule, told) in [
        (r#""over": {"layer": "moon"}"#, "no layer moon"),
        (r#""over": {"layer": "zone", "where": {"colour": ["red"]}}"#, "no property colour"),
        (r#""categories": ["x"], "level": "town""#, "no category x"),
        (r#""categories": []"#, "either what the place is on"),
        (r#""level": "town", "over": {"layer": "zone"}"#, "either what the place is on"),
        (r#""level": "moon""#, "moon"),
        (r#""over": {"layer": "zone"}, "within_m": -1"#, "within_m"),
    ] {
        let error = read(rule).expect_err("a fault");
        assert!(error.contains(told), "{rule}: {error}");
    }
}
