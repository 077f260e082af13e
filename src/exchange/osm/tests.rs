//! Real extracts, and files that are none.

use super::*;
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
fn every_extract_gives_streets_and_barriers() {
    for (name, ways, barriers) in EXTRACTS {
        let Some(path) = extract(name) else { continue };
        let import = import(&path).unwrap_or_else(|e| panic!("{e}"));
        let streets = &import.streets;
        eprintln!(
            "{name}: {} ways {} points {} barriers {:?} {:#?}",
            streets.ways.len(),
            streets.points.len(),
            streets.barriers.len(),
            streets.bounds,
            import.report
        );
        assert!(streets.ways.len() >= ways, "{name}: {} ways", streets.ways.len());
        assert!(streets.barriers.len() >= barriers, "{name}: {} barriers", streets.barriers.len());
        let inside = |p: &u32| (*p as usize) < streets.points.len();
        assert!(streets.ways.iter().all(|w| w.points.len() >= 2 && w.points.iter().all(inside)), "{name}");
    }
}
