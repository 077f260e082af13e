//! Who may write what of a feature, and what stays as it is.

use super::edit::{Draft, Editor, Refusal};
use super::region::tests::{at, town};
use super::role::AreaCode;
use super::seen::Seen;
use super::sight::{Extent, Sight};
use crate::atlas::testing::{feature, ident, square};
use crate::atlas::{Feature, LayerChange, Snapshot};
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn extent(code: &str) -> Extent {
    Extent::Areas([AreaCode(code.to_owned())].into())
}

/// What a planner of an area sees.
fn planner(map: &Arc<Snapshot>, code: &str) -> Seen {
    let sight = Sight { member: true, area: extent(code), restricted: Extent::Nothing };
    Seen::new(map, &sight, None)
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("an object") };
    map
}

fn draft(geometry: impl Into<geo::Geometry>, properties: Value) -> Draft {
    Draft { geometry: geometry.into(), properties: object(properties) }
}

fn station(x: f64) -> Feature {
    let properties = json!({"code": "s1", "name": "驿站", "contact": "13800000000", "made_by": "somebody"});
    feature(1, geo::Point(at(x, 0.5).coord()), properties)
}

fn map() -> Arc<Snapshot> {
    let change =
        LayerChange { seq: 2, layer: ident("station"), id: crate::atlas::FeatureId(1), feature: Some(station(0.5)) };
    Arc::new(town().apply(&[change]).0)
}

fn point(x: f64) -> geo::Point {
    geo::Point(at(x, 0.5).coord())
}

fn fields(refusal: Refusal) -> Vec<String> {
    let Refusal::Faults(faults) = refusal else { panic!("outside") };
    faults.into_iter().map(|f| f.field).collect()
}

#[test]
fn what_the_editor_is_not_told_stays_as_it_is() {
    let map = map();
    let seen = planner(&map, "1");
    let editor = Editor::new(&seen, &extent("1"), "station").expect("stations");
    let told = editor.told(&station(0.5));
    assert_eq!(told.keys().collect::<Vec<_>>(), ["code", "name"]);
    let sent = json!({"code": "s1", "name": "新驿站", "source": "edit", "synthetic": true});
    let new = editor.replace(&station(0.5), draft(point(0.6), sent)).expect("may be written");
    let kept = json!({"code": "s1", "name": "新驿站", "contact": "13800000000", "made_by": "somebody"});
    assert_eq!((Value::Object(new.properties), new.source.as_str()), (kept, "edit"));
    let blind = draft(point(0.5), json!({"code": "s1", "name": "a", "contact": "139", "colour": "red"}));
    let mut named = fields(editor.replace(&station(0.5), blind).expect_err("not theirs"));
    named.sort();
    assert_eq!(named, ["colour", "contact"]);
}

#[test]
fn a_feature_must_lie_inside_before_and_after() {
    let map = map();
    for (code, from, to, allowed) in [
        ("11", 0.5, 0.6, true),
        ("11", 0.5, 1.5, false),
        ("11", 1.5, 0.5, false),
        ("12", 1.5, 1.4, true),
        ("1", 0.5, 1.5, true),
        ("0", 0.5, 0.6, false),
    ] {
        let seen = planner(&map, code);
        let editor = Editor::new(&seen, &extent(code), "station").expect("stations");
        let new = draft(point(to), json!({"code": "s1", "name": "a"}));
        let done = editor.replace(&station(from), new.clone());
        assert_eq!(done.is_ok(), allowed, "{code}: {from} to {to}: {done:?}");
        assert!(allowed || done == Err(Refusal::Outside));
        let own = Draft { properties: object(json!({"code": "s2", "name": "a"})), ..new };
        let here = region_of(to) == code || code == "1";
        assert_eq!(editor.create(vec![own]).is_ok(), here, "{code}: at {to}");
        let here = region_of(from) == code || code == "1";
        assert_eq!(editor.delete(&station(from)).is_ok(), here, "{code}: from {from}");
    }
}

fn region_of(x: f64) -> &'static str {
    if x < 1.0 { "11" } else { "12" }
}

#[test]
fn nobody_redraws_the_area_that_the_own_right_ends_at() {
    let map = map();
    let own = map.feature("grid", crate::atlas::FeatureId(1)).expect("grid 11");
    let same = Draft { geometry: own.geometry.clone(), properties: own.properties.clone() };
    for (code, allowed) in [("11", false), ("1", true), ("9", true), ("0", false)] {
        let seen = planner(&map, code);
        let editor = Editor::new(&seen, &extent(code), "grid").expect("grids");
        assert_eq!(editor.replace(own, same.clone()).is_ok(), allowed, "{code}");
        assert_eq!(editor.delete(own).is_ok(), allowed, "{code}");
    }
    // Nor is a grid given away, by its parent or by its drawing.
    let seen = planner(&map, "1");
    let editor = Editor::new(&seen, &extent("1"), "grid").expect("grids");
    let mut away = same.clone();
    away.properties.insert("parent".into(), json!("0"));
    assert_eq!(editor.replace(own, away), Err(Refusal::Outside));
    let away = Draft { geometry: square(0.0, 1.2, 0.5).into(), ..same };
    assert_eq!(editor.replace(own, away), Err(Refusal::Outside));
}

#[test]
fn areas_of_a_level_do_not_overlap_and_codes_are_not_given_twice() {
    let map = map();
    let seen = Seen::new(&map, &Sight::everything(), None);
    let editor = Editor::new(&seen, &Extent::Everywhere, "grid").expect("grids");
    let refused = |drafts: Vec<Draft>| {
        let refused = editor.create(drafts).expect_err("refused");
        refused.into_iter().map(|(i, refusal)| (i, fields(refusal))).collect::<Vec<_>>()
    };
    let grid = |code: &str, x: f64| draft(square(x, 0.0, 1.0), json!({"code": code, "name": code}));
    assert!(editor.create(vec![grid("13", 2.0), grid("14", 3.0)]).is_ok());
    assert_eq!(refused(vec![grid("11", 2.0)]), [(0, vec!["code".to_owned()])]);
    assert_eq!(refused(vec![grid("13", 1.5)]), [(0, vec!["geometry".to_owned()])]);
    let both = vec!["code".to_owned(), "geometry".to_owned()];
    assert_eq!(refused(vec![grid("13", 2.0), grid("13", 2.5)]), [(1, both)]);
    let own = map.feature("grid", crate::atlas::FeatureId(1)).expect("grid 11");
    let wider = draft(square(0.0, 0.0, 1.1), json!({"code": "12", "name": "11", "parent": "1"}));
    assert_eq!(fields(editor.replace(own, wider).expect_err("refused")), ["code", "geometry", "geometry", "geometry"]);
}

#[test]
fn a_fault_never_repeats_a_personal_value() {
    let map = map();
    let seen = Seen::new(&map, &Sight::everything(), None);
    let editor = Editor::new(&seen, &Extent::Everywhere, "station").expect("stations");
    let sent = draft(point(0.5), json!({"code": "s2", "name": "a", "contact": {"phone": "13912345678"}}));
    let refused = format!("{:?}", editor.create(vec![sent]).expect_err("refused"));
    assert!(refused.contains("contact") && !refused.contains("139"), "{refused}");
}
