//! Files of a planner: grids and stations, right and wrong.

use super::*;
use crate::atlas::{Catalogue, FeatureId};
use crate::exchange::Format;
use std::path::Path;

fn entry(layer: &str) -> CatalogueEntry {
    Catalogue::built_in().expect("built-in layers").get(layer).expect("layer").clone()
}

fn records(name: &str, text: &str) -> Vec<Record> {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("written");
    Format::of(&path).and_then(|f| f.read(&path, None)).expect("reads")
}

fn planned(layer: &str, csv: &str, existing: &[Feature], options: &LayerOptions) -> Plan {
    plan(&entry(layer), &records("a.csv", csv), existing, options).expect("plans")
}

fn said(plan: &Plan) -> Vec<String> {
    plan.report.faults.iter().map(ToString::to_string).collect()
}

/// The features that a plan's writes leave, numbered as a database would.
fn stored(plan: &Plan) -> Vec<Feature> {
    let inserted = plan.ops.iter().filter_map(|op| match op {
        Op::Insert { features, .. } => Some(features),
        _ => None,
    });
    (1..).zip(inserted.flatten()).map(|(id, f)| feature(id, f)).collect()
}

fn feature(id: i64, f: &NewFeature) -> Feature {
    Feature {
        id: FeatureId(id),
        version: 1,
        geometry: f.geometry.clone(),
        properties: f.properties.clone(),
        source: f.source.clone(),
        reference: f.reference.clone(),
        updated_at: "2026-11-22T00:00:00Z".into(),
        bbox: BBox::of(&f.geometry).expect("box"),
    }
}

const STATIONS: &str = "code,name,lon,lat,members\nS1,东站,116.0,29.4,12\nS2,西站,116.1,29.5,\n";

#[test]
fn rows_are_coerced_and_appended() {
    let csv = "编码,名称,经度,纬度,专职人数,颜色\n101,驿站,116,29.4,3,红\n";
    let plan = planned("station", csv, &[], &LayerOptions::default());
    assert!(plan.report.faults.is_empty(), "{:?}", plan.report);
    let f = &stored(&plan)[0];
    assert_eq!(f.properties["code"], "101");
    assert_eq!(f.properties["staff_full_time"], 3);
    assert_eq!(f.properties["颜色"], "红");
    assert_eq!((f.source.as_str(), plan.report.extra.as_slice()), ("import", &["颜色".to_owned()][..]));
}

#[test]
fn every_bad_row_is_named_with_its_field() {
    let csv =
        "code,name,lon,lat,members\nS1,a,116,29.4,x\nS2,,29.4,116,1\nS3,c,116,29.4,-1\nS1,d,116,29.4,\nS5,e,116,29.4\n";
    let plan = planned("station", csv, &[], &LayerOptions::default());
    let said = said(&plan);
    assert_eq!(plan.report.bad_rows, 4, "{said:?}");
    assert!(said[0].starts_with("row 2, members: "), "{said:?}");
    assert_eq!(said[1], "row 3, name: is missing");
    assert!(said[2].starts_with("row 3, geometry: latitude 116") && said[2].contains("swapped"), "{said:?}");
    assert!(said[3].starts_with("row 4, members: "), "{said:?}");
    assert_eq!(said[4], "row 6, row: has 4 cells where the header has 5");
    assert_eq!(plan.report.added, 1, "the second S1 is the first good one");
}

#[test]
fn a_key_used_twice_names_both_rows() {
    let csv = "code,name,lon,lat\nS1,a,116,29.4\nS2,b,116,29.4\nS1,c,116,29.4\n";
    let twice = planned("station", csv, &[], &LayerOptions::default());
    assert_eq!(said(&twice), ["row 4, code: \"S1\" is in rows 2 and 4"]);
    let existing = stored(&planned("station", STATIONS, &[], &LayerOptions::default()));
    let again = planned("station", "code,name,lon,lat\nS2,b,116,29.4\n", &existing, &LayerOptions::default());
    assert_eq!(said(&again), ["row 2, code: \"S2\" of row 2 is the key of feature 2 in the database"]);
}

#[test]
fn upsert_changes_what_the_file_has_and_keeps_the_rest() {
    let existing = stored(&planned("station", STATIONS, &[], &LayerOptions::default()));
    let options = LayerOptions { mode: Mode::Upsert, ..LayerOptions::default() };
    // No positions: only properties change. An empty cell clears.
    let plan = planned("station", "code,name,members\nS1,新东站,\nS2,西站,5\n", &existing, &options);
    assert!(plan.report.faults.is_empty(), "{:?}", plan.report);
    assert_eq!((plan.report.updated, plan.report.added), (2, 0));
    let Op::Update { id, expected, feature, .. } = &plan.ops[0] else { panic!("{:?}", plan.ops) };
    assert_eq!((*id, *expected), (FeatureId(1), Some(1)));
    assert_eq!(feature.geometry, existing[0].geometry);
    assert_eq!(feature.properties["name"], "新东站");
    assert!(!feature.properties.contains_key("members"));
    let new = planned("station", "code,name,members\nS9,新,1\n", &existing, &options);
    assert_eq!(said(&new), ["row 2, geometry: is missing: the file has neither positions nor WKT"]);
    let doubled = [existing[0].clone(), Feature { id: FeatureId(8), ..existing[0].clone() }];
    let plan = planned("station", "code,name\nS1,x\n", &doubled, &options);
    assert_eq!(said(&plan), ["row 2, code: \"S1\" is the key of features 1 and 8"]);
}

#[test]
fn replace_deletes_all_and_a_layer_without_a_code_needs_a_key() {
    let existing = stored(&planned("station", STATIONS, &[], &LayerOptions::default()));
    let replace = LayerOptions { mode: Mode::Replace, ..LayerOptions::default() };
    let plan = planned("station", STATIONS, &existing, &replace);
    assert_eq!((plan.report.deleted, plan.report.added), (2, 2));
    assert!(matches!(plan.ops[0], Op::Clear { source: None, .. }));
    let upsert = LayerOptions { mode: Mode::Upsert, ..LayerOptions::default() };
    let error = super::plan(&entry("road"), &[], &[], &upsert).expect_err("no key");
    assert!(error.contains("--key"), "{error}");
}

#[test]
fn a_declared_datum_moves_geometry_and_doors() {
    let options = LayerOptions { datum: Datum::Gcj02, ..LayerOptions::default() };
    let csv = "name,lon,lat,entrances\n门,116.41024449916938,39.91640428150164,\"[[116.41024449916938,39.91640428150164]]\"\n";
    let f = &stored(&planned("poi", csv, &[], &options))[0];
    let geo::Geometry::Point(p) = f.geometry else { panic!("{:?}", f.geometry) };
    assert!((p.x() - 116.404).abs() < 1e-8 && (p.y() - 39.915).abs() < 1e-8);
    assert!((f.properties["entrances"][0][0].as_f64().expect("number") - 116.404).abs() < 1e-8);
}

#[test]
fn swapped_positions_that_are_in_range_are_noticed_by_the_place() {
    let options = LayerOptions { near: LonLat::new(7.42, 43.73).ok(), ..LayerOptions::default() };
    let plan = planned("station", "name,lon,lat\na,43.73,7.42\nb,7.43,43.74\n", &[], &options);
    let says = "row 2, geometry: longitude and latitude look swapped: 43.73000 7.42000 is far from here, 7.42000 43.73000 is near";
    assert_eq!(said(&plan), [says]);
    assert_eq!(plan.report.added, 1);
}

#[test]
fn a_bow_tie_grid_is_a_fault_and_an_open_ring_is_closed() {
    let grid = |ring: &str| format!("code,name,parent,wkt\n1,g,360483100001,\"POLYGON(({ring}))\"\n");
    let bad = planned("grid", &grid("0 0,2 2,2 0,0 2,0 0"), &[], &LayerOptions::default());
    assert!(said(&bad)[0].contains("self-intersection"), "{:?}", said(&bad));
    let open = planned("grid", &grid("0 0,2 0,2 0,2 2"), &[], &LayerOptions::default());
    assert!(open.report.faults.is_empty(), "{:?}", said(&open));
}

/// Exported and imported again, features are what they were.
#[test]
fn an_export_imports_as_the_same_features() {
    let dir = tempfile::tempdir().expect("dir");
    let csv = "code,name,lon,lat,services,members,contact,备注\n\
               S1,\"=东,站\",116.1234567,29.4,医疗;托幼,12,+86 1,甲\nS2,西站,116.1,29.5,,,,\n";
    let mut before = stored(&planned("station", csv, &[], &LayerOptions::default()));
    before[1].source = source::DEMO.into();
    before[1].reference = Some("demo/7".into());
    let polygon =
        "code,name,parent,wkt\n1,g,360483100001,\"MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,1 2,2 2,2 1,1 1)))\"\n";
    let grids = stored(&planned("grid", polygon, &[], &LayerOptions::default()));
    for (layer, features) in [("station", &before), ("grid", &grids)] {
        for name in ["a.geojson", "a.csv"] {
            let path = dir.path().join(name);
            let entry = entry(layer);
            let format = Format::of(&path).expect("format");
            format.write(&path, &entry, features).expect("writes");
            let text = std::fs::read_to_string(&path).expect("read");
            assert!(text.contains("synthetic") || layer == "grid");
            let rows = format.read(&path, None).expect("reads");
            let again = plan(&entry, &rows, &[], &LayerOptions::default()).expect("plans");
            assert!(again.report.faults.is_empty() && again.report.dropped.is_empty(), "{:?}", again.report);
            let after = stored(&again);
            assert_eq!(after.len(), features.len());
            for (a, b) in after.iter().zip(features) {
                assert_eq!(a.geometry, b.geometry, "{layer} {name}");
                assert_eq!(a.properties, b.properties, "{layer} {name}");
                assert_eq!((&a.source, &a.reference), (&b.source, &b.reference), "{layer} {name}");
            }
        }
    }
}

#[test]
fn the_shared_areas_import_as_grids_or_say_why_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/areas");
    let path = folder.join("amsterdam-buurten-slivers.geojson");
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return;
    }
    let rows = Format::GeoJson.read(&path, None).expect("reads");
    assert_eq!(rows.len(), 481);
    let plan = plan(&entry("zone"), &rows, &[], &LayerOptions::default()).expect("plans");
    assert_eq!(plan.report.added + plan.report.bad_rows, 481);
    eprintln!("{:?}", said(&plan).first());
}
