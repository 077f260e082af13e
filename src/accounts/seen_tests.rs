//! Who sees what of layers, features and properties, and that a look made from the one before is right.

use super::region::tests::{at, town};
use super::role::AreaCode;
use super::seen::Seen;
use super::sight::{Extent, Sight};
use crate::atlas::layer::Access;
use crate::atlas::testing::{feature, ident, square};
use crate::atlas::{Catalogue, Feature, FeatureId, LayerChange, SearchQuery, Snapshot, locate, search};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::sync::Arc;

const KINDS: [Access; 4] = [Access::Public, Access::Members, Access::Area, Access::Restricted];

fn extent(code: &str) -> Extent {
    Extent::Areas([AreaCode(code.to_owned())].into())
}

/// Resident, member without a grant, worker and dispatcher of grid 11, dispatcher of everything.
fn sights() -> [Sight; 5] {
    let member = Sight { member: true, ..Sight::default() };
    let worker = Sight { area: extent("11"), ..member.clone() };
    let dispatcher = Sight { restricted: extent("11"), ..worker.clone() };
    [Sight::default(), member, worker, dispatcher, Sight::everything()]
}

/// One station in each of the grids 11 and 12, in a layer of this access, whose services are of
/// that access.
fn map(layer: Access, property: Access) -> Arc<Snapshot> {
    let mut catalogue = Catalogue::built_in().expect("built-in layers");
    let mut station = catalogue.get("station").expect("stations").layer.clone();
    station.access = layer;
    station.schema["properties"]["services"]["x-access"] = json!(property);
    catalogue.add(station).expect("a layer");
    let station = |id: i64, x: f64| {
        let properties = json!({"code": format!("s{id}"), "name": format!("驿站{id}"), "services": ["代办"]});
        feature(id, geo::Point(at(x, 0.5).coord()), properties)
    };
    Arc::new(town().with_layer(catalogue, &ident("station"), vec![station(1, 0.5), station(2, 1.5)], 2))
}

/// What is seen of the two stations, each as ` ` (nothing), `-` (without services) or `+`.
fn stations(seen: &Seen) -> String {
    let one = |id: i64| match seen.feature("station", FeatureId(id)) {
        None => ' ',
        Some(f) if f.properties.contains_key("services") => '+',
        Some(_) => '-',
    };
    [one(1), one(2)].into_iter().collect()
}

#[test]
fn each_caller_sees_the_layers_features_and_properties_of_the_table() {
    // Rows: access of the layer; then of the property. Columns: the callers.
    let table: [(Access, [[&str; 5]; 4]); 4] = [
        (
            Access::Public,
            [
                ["++", "++", "++", "++", "++"],
                ["--", "++", "++", "++", "++"],
                ["--", "--", "+-", "+-", "++"],
                ["--", "--", "--", "+-", "++"],
            ],
        ),
        (
            Access::Members,
            [
                ["  ", "++", "++", "++", "++"],
                ["  ", "++", "++", "++", "++"],
                ["  ", "--", "+-", "+-", "++"],
                ["  ", "--", "--", "+-", "++"],
            ],
        ),
        (
            Access::Area,
            [
                ["  ", "  ", "+ ", "+ ", "++"],
                ["  ", "  ", "+ ", "+ ", "++"],
                ["  ", "  ", "+ ", "+ ", "++"],
                ["  ", "  ", "- ", "+ ", "++"],
            ],
        ),
        (
            Access::Restricted,
            [
                ["  ", "  ", "  ", "+ ", "++"],
                ["  ", "  ", "  ", "+ ", "++"],
                ["  ", "  ", "  ", "+ ", "++"],
                ["  ", "  ", "  ", "+ ", "++"],
            ],
        ),
    ];
    for (layer, rows) in table {
        for (property, wanted) in KINDS.into_iter().zip(rows) {
            let map = map(layer, property);
            for (sight, wanted) in sights().iter().zip(wanted) {
                let seen = Seen::new(&map, sight, None);
                let case = format!("{layer:?} {property:?} {sight:?}");
                assert_eq!(stations(&seen), wanted, "{case}");
                // Everything derived says the same.
                let there: Vec<FeatureId> =
                    [1, 2].into_iter().map(FeatureId).filter(|id| seen.feature("station", *id).is_some()).collect();
                let facilities: Vec<_> = seen.facilities.iter().map(|f| f.id).collect();
                assert_eq!(facilities, there, "{case}");
                let telling = seen.facilities.iter().filter(|f| !f.services.is_empty()).count();
                assert_eq!(telling, wanted.matches('+').count(), "{case}");
                let query = SearchQuery { text: "驿站".into(), limit: 9, near: None };
                assert_eq!(search(&seen, &query).len(), there.len(), "{case}");
                let listed = seen.catalogue.get("station");
                let somewhere = layer == Access::Public || !there.is_empty();
                assert_eq!(listed.is_some(), somewhere, "{case}");
                let told = listed.is_some_and(|e| e.property("services").is_some());
                let role = listed.is_some_and(|e| e.layer.roles.services.is_some());
                let schema = listed.is_some_and(|e| e.layer.schema["properties"].get("services").is_some());
                assert_eq!((role, schema), (told, told), "{case}");
                assert!(told || !wanted.contains('+'), "{case}");
            }
        }
    }
}

#[test]
fn a_map_on_which_all_is_seen_is_not_copied() {
    let map = map(Access::Area, Access::Restricted);
    assert!(Arc::ptr_eq(Seen::new(&map, &Sight::everything(), None).snapshot(), &map));
    let seen = Seen::new(&map, &Sight::default(), None);
    assert!(Arc::ptr_eq(&seen.layers["road"], &map.layers["road"]));
    assert!(seen.doors.same_as(&Seen::new(&map, &Sight::default(), Some(&seen)).doors) || seen.facilities.is_empty());
}

#[test]
fn workers_are_told_where_their_property_may_be_seen() {
    let mut catalogue = Catalogue::built_in().expect("built-in layers");
    let mut grid = catalogue.get("grid").expect("grids").layer.clone();
    grid.schema["properties"]["workers"]["x-access"] = json!("area");
    catalogue.add(grid).expect("a layer");
    let workers = json!([{"name": "张三", "role": "grid_worker"}]);
    let one = |id: i64, code: &str, x: f64| {
        feature(id, square(x, 0.0, 1.0), json!({"code": code, "name": code, "parent": "1", "workers": workers}))
    };
    let map = town().with_layer(catalogue, &ident("grid"), vec![one(1, "11", 0.0), one(2, "12", 1.0)], 2);
    let map = Arc::new(map);
    let count = |sight: &Sight, x: f64| locate(&Seen::new(&map, sight, None), at(x, 0.5)).workers.len();
    let [resident, member, worker, ..] = &sights();
    assert_eq!((count(resident, 0.5), count(member, 0.5)), (0, 0));
    assert_eq!((count(worker, 0.5), count(worker, 1.5)), (1, 0));
    assert_eq!(locate(&Seen::new(&map, resident, None), at(0.5, 0.5)).areas.len(), 3, "the areas are public");
}

fn random(rng: &mut ChaCha8Rng, layer: &str, id: i64) -> Feature {
    let (x, y): (f64, f64) = (rng.random_range(0.0..2.0), rng.random_range(0.0..2.0));
    match layer {
        "station" => {
            let properties = json!({"code": format!("s{id}"), "name": format!("驿站{id}"), "services": ["代办"]});
            feature(id, geo::Point(at(x, y).coord()), properties)
        }
        _ => feature(id, square(x, y, 1.0), json!({"code": format!("1{id}"), "name": "格", "contact": "138"})),
    }
}

#[test]
fn a_look_made_from_the_one_before_sees_what_a_fresh_look_sees() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut map = map(Access::Area, Access::Restricted);
    let mut looks: Vec<Seen> = sights().iter().map(|s| Seen::new(&map, s, None)).collect();
    for seq in 3..200 {
        let layer = if rng.random_bool(0.8) { "station" } else { "grid" };
        let id = rng.random_range(1..8);
        let new = rng.random_bool(0.8).then(|| random(&mut rng, layer, id));
        let change = LayerChange { seq, layer: ident(layer), id: FeatureId(id), feature: new };
        map = Arc::new(map.apply(&[change]).0);
        for (look, sight) in looks.iter_mut().zip(sights()) {
            *look = Seen::new(&map, &sight, Some(look));
            let fresh = Seen::new(&map, &sight, None);
            assert_eq!(look.catalogue, fresh.catalogue);
            assert_eq!(look.facilities, fresh.facilities, "{seq} {sight:?}");
            for (id, data) in &fresh.layers {
                assert_eq!(look.layers[id].features, data.features, "{seq} {id} {sight:?}");
            }
        }
    }
}
