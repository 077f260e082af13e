//! Real extracts, and files that are none.

use super::*;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::PathBuf;

/// A shared test extract; tests say so and pass when it is not there.
fn extract(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/osm").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn import(path: &Path) -> Result<OsmImport, ExchangeError> {
    let catalogue = Catalogue::built_in().expect("built-in layers");
    read(path, &catalogue, &mut |_| {})
}

const EXTRACTS: [(&str, usize, usize); 5] = [
    // name, ways and barriers at the least
    ("monaco.osm.pbf", 2_000, 50),
    ("xuzhou.osm.pbf", 2_000, 50),
    ("malta.osm.pbf", 15_000, 500),
    ("milan-missing-refs.osm.pbf", 15_000, 500),
    ("reisterstown-unsorted.osm.pbf", 2_000, 10),
];

#[test]
fn every_extract_imports_into_valid_features_that_fit_their_schemas() {
    let catalogue = Catalogue::built_in().expect("built-in layers");
    EXTRACTS.par_iter().for_each(|&(name, ways, barriers)| {
        let Some(path) = extract(name) else { return };
        let import = import(&path).unwrap_or_else(|e| panic!("{e}"));
        eprintln!("{name} {:?}", import.place);
        check_streets(name, &import.streets);
        assert!(import.streets.ways.len() >= ways, "{name}: {} ways", import.streets.ways.len());
        assert!(import.streets.barriers.len() >= barriers, "{name}: {} barriers", import.streets.barriers.len());
        for (layer, features) in &import.features {
            let schema = &catalogue.get(layer.as_str()).expect("layer").layer.schema;
            check_features(&format!("{name} {layer}"), schema, features);
        }
    });
}

fn check_streets(name: &str, streets: &Streets) {
    let inside = |p: &u32| (*p as usize) < streets.points.len();
    assert!(streets.ways.iter().all(|w| w.points.len() >= 2 && w.points.iter().all(inside)), "{name}");
    assert!(streets.point_tags.keys().all(inside), "{name}");
}

fn check_features(what: &str, schema: &serde_json::Value, features: &[NewFeature]) {
    let check = jsonschema::validator_for(schema).expect("schema");
    for f in features {
        let properties = serde_json::Value::Object(f.properties.clone());
        let fault = check.validate(&properties).err().map(|e| e.to_string());
        assert_eq!(fault, None, "{what} {:?} {properties}", f.reference);
        let faults = crate::geometry::validity::faults(&f.geometry);
        assert!(faults.is_empty(), "{what} {:?} {faults:?}", f.reference);
    }
    let codes: Vec<_> = features.iter().filter_map(|f| f.properties.get("code")?.as_str()).collect();
    let distinct: HashSet<_> = codes.iter().collect();
    assert_eq!(codes.len(), distinct.len(), "{what}: codes are unique");
}

#[test]
fn monaco_has_a_town_in_it() {
    let Some(path) = extract("monaco.osm.pbf") else { return };
    let monaco = import(&path).expect("imports");
    let count = |layer: &str| monaco.features.get(layer).map_or(0, Vec::len);
    assert!(count("building") > 1_000, "{}", count("building"));
    assert!(count("poi") > 300, "{}", count("poi"));
    assert!(count("parking_lot") > 20, "{}", count("parking_lot"));
    assert!(count("road") > 2_000, "{}", count("road"));
    assert_eq!(monaco.place.name.as_ref().map(|n| n.en.as_str()), Some("Monaco"));
    let has = |category: &str| {
        monaco.features["poi"].iter().any(|f| f.properties.get("category").is_some_and(|c| c == category))
    };
    for category in ["medical", "convenience", "kindergarten", "toilet", "school", "park", "government", "culture"] {
        assert!(has(category), "{category}");
    }
}

#[path = "bad_files.rs"]
mod bad_files;
