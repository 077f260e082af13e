//! What the extract shows, for the title and first view of the map.

use super::data::{Node, OsmData, Relation, Tags};
use super::ground::{PLACES, population};
use crate::atlas::layer::Title;
use crate::atlas::snapshot::Place;
use crate::geometry::{BBox, LonLat};
use std::cmp::Reverse;

pub const ATTRIBUTION: &str = "© OpenStreetMap contributors";

/// Named after the administrative area that covers most of the extract, else the widest and
/// most populous place in it, else the file.
pub fn place(data: &OsmData, bounds: Option<BBox>, file: &str) -> Place {
    let main = bounds.and_then(|b| main_place(data, b));
    let whole = bounds.and_then(|b| covering(data, b));
    let stem = file.split('.').next().unwrap_or(file);
    let tags = whole.map(|r| &r.tags).or_else(|| main.map(|n| &n.tags));
    let name = tags.map_or_else(|| Title { zh: stem.into(), en: stem.into() }, title);
    let centre = main.map(|n| [n.at.lon(), n.at.lat()]).or_else(|| bounds.map(|b| b.centre().into()));
    Place {
        key: String::new(),
        name: Some(name),
        centre,
        zoom: bounds.map(first_zoom),
        synthetic: false,
        attribution: Some(ATTRIBUTION.into()),
        timezone: whole.and_then(|a| a.tags.get("timezone").map(str::to_owned)).or_else(|| longitude_zone(bounds?)),
    }
}

/// The nautical zone of the longitude: no summer time, but never many hours wrong. `None` in
/// and around China, where the default is right.
fn longitude_zone(bounds: BBox) -> Option<String> {
    let (lon, lat) = bounds.centre();
    if (73.0..=135.0).contains(&lon) && (18.0..=54.0).contains(&lat) {
        return None;
    }
    let hours = (lon / 15.0).round() as i32;
    // In these names the sign means "hours to add to reach Greenwich".
    Some(match hours {
        0 => "Etc/GMT".into(),
        h if h > 0 => format!("Etc/GMT-{h}"),
        h => format!("Etc/GMT+{}", -h),
    })
}

fn main_place(data: &OsmData, bounds: BBox) -> Option<&Node> {
    let (x, y) = bounds.centre();
    let rank = |n: &&Node| {
        let kind = PLACES.iter().position(|p| n.tags.is("place", &[p])).unwrap_or(PLACES.len());
        let off_centre = ((n.at.lon() - x).hypot(n.at.lat() - y) * 1e7) as u64;
        (kind, Reverse(population(n)), off_centre)
    };
    let named = data.nodes.iter().filter(|n| n.tags.is("place", &PLACES) && n.tags.get("name").is_some());
    named.filter(|n| bounds.contains(n.at)).min_by_key(rank)
}

/// The largest administrative area that the extract has nearly whole and whose box covers at
/// least half of the extract's.
fn covering(data: &OsmData, bounds: BBox) -> Option<&Relation> {
    let size = |b: BBox| (b.east - b.west).max(0.0) * (b.north - b.south).max(0.0);
    let covers = |r: &&Relation| {
        let known: Vec<_> = r.members.iter().filter_map(|m| data.way(m.way)).collect();
        let positions = known.iter().flat_map(|w| &w.nodes).filter_map(|&n| data.positions.get(n));
        let boxed = positions.map(LonLat::coord).fold(None, |b: Option<BBox>, c| {
            let point = BBox { west: c.x, south: c.y, east: c.x, north: c.y };
            Some(b.map_or(point, |b| b.union(point)))
        });
        let shared = boxed.map(|b| BBox {
            west: b.west.max(bounds.west),
            south: b.south.max(bounds.south),
            east: b.east.min(bounds.east),
            north: b.north.min(bounds.north),
        });
        let nearly_whole = known.len() * 10 >= r.members.len() * 8;
        nearly_whole && shared.is_some_and(|b| size(b) >= size(bounds) / 2.0)
    };
    let level = |r: &Relation| r.tags.get("admin_level").and_then(|l| l.parse::<u8>().ok());
    let named = data.relations.iter().filter(|r| r.tags.is("boundary", &["administrative"]));
    named.filter(|r| r.tags.get("name").is_some()).filter(covers).min_by_key(|r| level(r).unwrap_or(u8::MAX))
}

fn title(tags: &Tags) -> Title {
    let name = tags.get("name").unwrap_or_default();
    let first = |keys: &[&str]| keys.iter().find_map(|k| tags.get(k)).unwrap_or(name).to_owned();
    Title { zh: first(&["name:zh-Hans", "name:zh"]), en: first(&["name:en"]) }
}

/// The zoom at which a window of common size shows about a third of the box: near enough to
/// read street names, wide enough to know the town.
pub fn first_zoom(bounds: BBox) -> f64 {
    let width = (bounds.east - bounds.west).max(1e-4);
    ((360.0 / width).log2() + 2.5).clamp(11.0, 15.0).round()
}
