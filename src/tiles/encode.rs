//! One tile: the features of the asked layers that meet it, as Mapbox Vector Tile bytes. The
//! tile's layer name is the layer's id, a feature's id its item id.

use super::outline::{Outline, outline};
use super::{BUFFER, EXTENT, carried, layers as named};
use crate::atlas::{CatalogueEntry, Feature, FeatureId, Ident, LayerData, Snapshot};
use crate::geometry::{BBox, TileCoord};
use fast_mvt::{MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtResult, MvtTileBuilder, MvtValueRef};
use geo::{Geometry, InteriorPoint};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// Property that marks a synthetic feature.
pub const SYNTHETIC: &str = "synthetic";

/// Property that marks, at each zoom, the one tile in which an area's name is written: an area cut
/// by many tiles is named once.
pub const NAMED_HERE: &str = "named_here";

/// The tile of these layers; no bytes where none of them has anything here at this zoom.
pub fn tile(snapshot: &Snapshot, layers: &[Ident], coord: TileCoord) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in named(snapshot, layers) {
        let zoom = entry.layer.zoom;
        let Some(data) = snapshot.layers.get(&entry.layer.id) else { continue };
        if !(zoom[0]..=zoom[1]).contains(&coord.z()) {
            continue;
        }
        match layer(entry, data, coord) {
            Ok(part) => bytes.extend(part),
            // Only more than 2^29 points or 2^32 values in one tile can come here.
            Err(error) => tracing::error!(layer = %entry.layer.id, ?coord, %error, "a tile could not be encoded"),
        }
    }
    bytes
}

/// What a tile shows of something: a shape, and what is said of it.
pub struct Shown<'a> {
    pub id: FeatureId,
    pub geometry: &'a Geometry,
    pub bbox: BBox,
    pub tags: Vec<(&'a str, Cow<'a, Value>)>,
}

/// What lies in a tile and its margin, in order of id: the index gives no order, and the same snapshot must
/// give the same bytes.
pub fn here(data: &LayerData, coord: TileCoord) -> Vec<&Arc<Feature>> {
    let mut here: Vec<&Arc<Feature>> = data.in_bbox(coord.bbox(f64::from(BUFFER) / f64::from(EXTENT))).collect();
    here.sort_unstable_by_key(|f| f.id);
    here
}

fn layer(entry: &CatalogueEntry, data: &LayerData, coord: TileCoord) -> MvtResult<Vec<u8>> {
    let properties: Vec<&Ident> = carried(entry).map(|p| &p.name).collect();
    part(entry.layer.id.as_str(), here(data, coord).into_iter().map(|feature| shown(feature, &properties)), coord)
}

fn shown<'a>(feature: &'a Feature, properties: &[&'a Ident]) -> Shown<'a> {
    let value = |name: &&'a Ident| Some((name.as_str(), Cow::Borrowed(feature.properties.get(name.as_str())?)));
    let mut tags: Vec<_> = properties.iter().filter_map(value).collect();
    if feature.is_synthetic() {
        tags.push((SYNTHETIC, Cow::Owned(Value::Bool(true))));
    }
    Shown { id: feature.id, geometry: &feature.geometry, bbox: feature.bbox, tags }
}

/// The part of a tile with these things; no bytes where the tile shows none of them.
pub fn part<'a>(name: &str, all: impl Iterator<Item = Shown<'a>>, coord: TileCoord) -> MvtResult<Vec<u8>> {
    let mut builder = MvtTileBuilder::new().layer(name)?;
    for shown in all {
        let Some(outline) = outline(shown.geometry, coord) else { continue };
        let mut written = geometry(builder, &outline)?;
        written.id(u64::try_from(shown.id.0).ok());
        for (name, value) in &shown.tags {
            tag(&mut written, name, value)?;
        }
        if matches!(outline, Outline::Areas(_)) && named_here(&shown, coord) {
            written.tag_ref(NAMED_HERE, MvtValueRef::Bool(true))?;
        }
        builder = written.end();
    }
    Ok(if builder.num_features() == 0 { Vec::new() } else { builder.encode() })
}

/// Whether the area's name belongs into this tile: a point inside the area lies in it.
fn named_here(shown: &Shown<'_>, coord: TileCoord) -> bool {
    let inside = |lon: f64, lat: f64| {
        let (x, y) = coord.unit(lon, lat);
        (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y)
    };
    let b = shown.bbox;
    let (north_west, south_east) = (inside(b.west, b.north), inside(b.east, b.south));
    if north_west && south_east {
        return true;
    }
    shown.geometry.interior_point().is_some_and(|p| inside(p.x(), p.y()))
}

/// Starts a feature. The encoder winds rings by their role: outer ones clockwise on screen.
fn geometry(layer: MvtLayerBuilder, outline: &Outline) -> MvtResult<MvtFeatureBuilder> {
    let mut feature = layer.feature_of(match outline {
        Outline::Points(_) => MvtGeomType::Point,
        Outline::Lines(_) => MvtGeomType::LineString,
        Outline::Areas(_) => MvtGeomType::Polygon,
    });
    match outline {
        Outline::Points(points) => {
            feature.points(points.iter().copied())?;
        }
        Outline::Lines(lines) => {
            for line in lines {
                feature.line(line.iter().copied())?;
            }
        }
        Outline::Areas(areas) => {
            for (i, ring) in areas.iter().flat_map(|rings| rings.iter().enumerate()) {
                feature.ring(ring.iter().copied(), i == 0)?;
            }
        }
    }
    Ok(feature)
}

/// Tiles know text, numbers and truth; lists and objects travel as JSON text.
fn tag(feature: &mut MvtFeatureBuilder, name: &str, value: &Value) -> MvtResult<()> {
    match value {
        Value::Null => {}
        Value::Bool(b) => drop(feature.tag_ref(name, MvtValueRef::Bool(*b))?),
        Value::String(text) => drop(feature.tag_ref(name, MvtValueRef::String(text))?),
        Value::Number(number) => {
            let value = match (number.as_u64(), number.as_i64()) {
                (Some(n), _) => MvtValueRef::UInt(n),
                (_, Some(n)) => MvtValueRef::SInt(n),
                _ => MvtValueRef::Double(number.as_f64().unwrap_or_default()),
            };
            feature.tag_ref(name, value)?;
        }
        Value::Array(_) | Value::Object(_) => drop(feature.tag_ref(name, MvtValueRef::String(&value.to_string()))?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Seen, Sight};
    use crate::atlas::testing::{feature, ident, snapshot, square};
    use geo::{LineString, Point, Polygon};
    use mvt_reader::Reader;
    use mvt_reader::feature::Value as MvtValue;
    use serde_json::json;

    fn town() -> Snapshot {
        let ring =
            Polygon::new(square(0.0, 0.0, 9.0).exterior().clone(), vec![square(3.0, 3.0, 2.0).exterior().clone()]);
        let mut demo = feature(8, Point::new(116.004, 29.004), json!({"name": "驿站", "code": "s1", "phone": "1"}));
        demo.source = "demo".into();
        snapshot(vec![
            (
                "grid",
                vec![
                    feature(41, ring, json!({"code": "1", "name": "网格", "contact": "13800000000"})),
                    feature(7, square(-9.0, 0.0, 9.0), json!({"code": "2", "name": "邻格"})),
                ],
            ),
            ("road", vec![feature(3, LineString::from(vec![(115.0, 29.002), (117.0, 29.003)]), json!({"name": "路"}))]),
            ("station", vec![demo]),
            ("poi", vec![feature(1, Point::new(100.0, 29.0), json!({"name": "远", "category": "market"}))]),
        ])
    }

    fn all() -> Vec<Ident> {
        ["grid", "road", "station", "poi", "nothing"].map(ident).to_vec()
    }

    fn over_the_town() -> TileCoord {
        TileCoord::new(14, 13471, 6811).expect("a tile")
    }

    fn decode(bytes: Vec<u8>) -> Vec<(String, Vec<mvt_reader::feature::Feature<i32>>)> {
        let reader = Reader::new(bytes).expect("a tile");
        let names = reader.get_layer_names().expect("names");
        names.into_iter().enumerate().map(|(i, n)| (n, reader.get_features_as::<i32>(i).expect("features"))).collect()
    }

    #[test]
    fn an_independent_reader_finds_layers_ids_and_only_public_properties() {
        let layers = decode(tile(&town(), &all(), over_the_town()));
        let found: Vec<(&str, Vec<Option<u64>>)> =
            layers.iter().map(|(name, all)| (name.as_str(), all.iter().map(|f| f.id).collect())).collect();
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(sorted, [("grid", vec![Some(7), Some(41)]), ("road", vec![Some(3)]), ("station", vec![Some(8)])]);
        for (name, features) in &layers {
            let properties = features[features.len() - 1].properties.as_ref().expect("properties");
            let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
            keys.sort_unstable();
            match name.as_str() {
                "grid" => assert_eq!(keys.iter().filter(|k| **k != NAMED_HERE).collect::<Vec<_>>(), [&"code", &"name"]),
                "station" => {
                    assert!(keys.contains(&"synthetic") && !keys.contains(&"phone"));
                    assert_eq!(properties[SYNTHETIC], MvtValue::Bool(true));
                }
                _ => assert!(!keys.contains(&"synthetic")),
            }
        }
    }

    #[test]
    fn an_area_cut_by_many_tiles_is_named_in_one_of_them() {
        let wide = square(-30.0, -30.0, 60.0);
        let town = snapshot(vec![("grid", vec![feature(1, wide, json!({"code": "1", "name": "大"}))])]);
        let mut cut = 0;
        let mut named = 0;
        for (x, y) in (13460..13480).flat_map(|x| (6800..6820).map(move |y| (x, y))) {
            let at = TileCoord::new(14, x, y).expect("a tile");
            for (_, features) in decode(tile(&town, &all(), at)) {
                cut += features.len();
                let is_named = |f: &&mvt_reader::feature::Feature<i32>| {
                    f.properties.as_ref().is_some_and(|p| p.contains_key(NAMED_HERE))
                };
                named += features.iter().filter(is_named).count();
            }
        }
        assert!(cut > 1, "the area lies in {cut} tiles");
        assert_eq!(named, 1);
    }

    #[test]
    fn nothing_lies_outside_the_buffer_and_rings_are_wound_right() {
        use geo::CoordsIter;
        let signed = |ring: &geo::LineString<i32>| -> i64 {
            ring.lines()
                .map(|l| i64::from(l.start.x) * i64::from(l.end.y) - i64::from(l.end.x) * i64::from(l.start.y))
                .sum()
        };
        let mut holes = 0;
        for (_, features) in decode(tile(&town(), &all(), over_the_town())) {
            for f in features {
                let geometry = f.get_geometry();
                let inside = |c: geo::Coord<i32>| [c.x, c.y].iter().all(|v| (-BUFFER..=EXTENT + BUFFER).contains(v));
                assert!(geometry.coords_iter().all(inside));
                if let geo::Geometry::MultiPolygon(all) = geometry {
                    for polygon in all {
                        assert!(signed(polygon.exterior()) > 0, "outer rings clockwise on screen");
                        holes += polygon.interiors().iter().filter(|hole| signed(hole) < 0).count();
                    }
                }
            }
        }
        assert_eq!(holes, 1);
    }

    #[test]
    fn an_empty_place_or_a_zoom_outside_the_layers_range_has_no_bytes() {
        let elsewhere = TileCoord::new(14, 0, 0).expect("a tile");
        assert!(tile(&town(), &all(), elsewhere).is_empty());
        let wide = TileCoord::new(2, 3, 1).expect("a tile");
        assert!(tile(&town(), &all(), wide).is_empty());
        assert!(tile(&town(), &[], over_the_town()).is_empty());
    }

    #[test]
    fn what_is_not_seen_never_enters_a_tile_and_what_is_personal_not_even_if_seen() {
        let mut catalogue = crate::atlas::Catalogue::built_in().expect("built-in layers");
        let mut grid = catalogue.get("grid").expect("grid").layer.clone();
        grid.tile_properties.push(ident("contact"));
        catalogue.add(grid.clone()).expect("grid");
        let features = |s: &Snapshot| s.layers["grid"].features.values().map(|f| (**f).clone()).collect::<Vec<_>>();
        let shown = Arc::new(town().with_layer(catalogue.clone(), &ident("grid"), features(&town()), 2));
        for sight in [Sight::default(), Sight::everything()] {
            let bytes = tile(&Seen::new(&shown, &sight, None), &all(), over_the_town());
            assert!(!bytes.is_empty() && !bytes.windows(3).any(|w| w == b"138"));
        }
        grid.access = crate::atlas::layer::Access::Members;
        catalogue.add(grid).expect("grid");
        let hidden = Arc::new(town().with_layer(catalogue, &ident("grid"), features(&town()), 3));
        let hidden = Seen::new(&hidden, &Sight::default(), None);
        assert!(decode(tile(&hidden, &all(), over_the_town())).iter().all(|(name, _)| name != "grid"));
    }
}
