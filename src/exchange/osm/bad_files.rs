//! Files that are no extract, or were one.

use super::*;
use crate::exchange::osm::wire::pbf;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A block with a lake, its streets and a clinic.
fn town() -> Vec<u8> {
    pbf(
        &[
            (1, 0., 0., &[]),
            (2, 9., 0., &[]),
            (3, 9., 9., &[("barrier", "gate")]),
            (4, 0., 9., &[]),
            (5, 3., 3., &[]),
            (6, 6., 3., &[]),
            (7, 6., 6., &[]),
            (8, 4., 1., &[("amenity", "clinic"), ("name", "南康镇卫生院")]),
            (9, 5., 5., &[("place", "town"), ("name", "南康镇")]),
        ],
        &[
            (1, &[1, 2, 3, 4, 1], &[("highway", "residential"), ("name", "南康路")]),
            (2, &[5, 6, 7], &[]),
            (3, &[7, 5], &[]),
        ],
        &[(1, &[(2, "outer"), (3, "outer")], &[("type", "multipolygon"), ("natural", "water")])],
    )
}

fn imported(bytes: &[u8]) -> Result<OsmImport, ExchangeError> {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("a.osm.pbf");
    std::fs::write(&path, bytes).expect("written");
    import(&path)
}

#[test]
fn a_hand_made_file_in_unusual_order_imports_whole() {
    let town = imported(&town()).expect("imports");
    let names = |layer: &str| {
        let features = town.features[layer].iter();
        features.map(|f| f.properties.get("name").map_or("", |n| n.as_str().expect("text")).to_owned()).collect()
    };
    let (road, poi, water): (Vec<_>, Vec<_>, Vec<_>) = (names("road"), names("poi"), names("water"));
    assert_eq!((road, poi, water.len()), (vec!["南康路".into()], vec!["南康镇卫生院".into()], 1));
    assert_eq!(town.features["poi"][0].properties["category"], "medical");
    assert_eq!(town.features["water"][0].reference.as_deref(), Some("relation/1"));
    assert_eq!(town.streets.barriers.len(), 1);
    assert_eq!(town.streets.point_tags.len(), 1);
    assert_eq!(town.place.name.expect("name").zh, "南康镇");
    assert_eq!(town.streets.bounds.expect("bounds").array(), [0., 0., 10., 10.]);
}

#[test]
fn what_is_no_extract_is_refused_in_one_clear_line() {
    for (bytes, says) in [
        (&b"<!DOCTYPE html><html>404</html>"[..], "it is a web page"),
        (b"<?xml version='1.0'?><osm version='0.6'/>", "it is OSM XML"),
        (b"PK\x03\x04 a zip", "unpack it"),
        (b"\x1f\x8b a gzip", "unpack it"),
        (b"just some words that are no binary file", "is not an .osm.pbf file"),
        (b"ab", "is not an .osm.pbf file"),
        (&[0; 64], "is not an .osm.pbf file"),
        (b"", "is empty"),
    ] {
        let error = imported(bytes).expect_err("refused").to_string();
        assert!(error.contains(says) && !error.contains('\n'), "{error}");
    }
    let dir = tempfile::tempdir().expect("dir");
    assert!(matches!(import(dir.path()), Err(ExchangeError::Directory { .. })));
    assert!(matches!(import(&dir.path().join("no.osm.pbf")), Err(ExchangeError::Missing { .. })));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = town();
    for end in 1..whole.len() {
        let error = imported(&whole[..end]).expect_err("cut").to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    if let Some(path) = extract("monaco.osm.pbf") {
        let bytes = std::fs::read(path).expect("read");
        let error = imported(&bytes[..bytes.len() * 2 / 3]).expect_err("cut").to_string();
        assert!(error.contains("too early (cut off?)"), "{error}");
    }
}

#[test]
fn changed_bytes_never_crash_the_import() {
    let mut random = ChaCha8Rng::seed_from_u64(20_261_122);
    let whole = town();
    for _ in 0..600 {
        let mut bytes = whole.clone();
        for _ in 0..random.random_range(1..5) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        // Either answer is fine; a panic or an abort is not.
        let _answer = imported(&bytes);
    }
    let Some(path) = extract("xuzhou.osm.pbf") else { return };
    let whole = std::fs::read(path).expect("read");
    for _ in 0..20 {
        let mut bytes = whole.clone();
        let at = random.random_range(0..bytes.len());
        bytes[at] ^= 1 << random.random_range(0..8);
        let _answer = imported(&bytes);
    }
}
