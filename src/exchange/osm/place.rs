//! What the extract shows, for the title and first view of the map.

use super::areas::Area;
use super::data::{Node, OsmData, Tags};
use super::ground::{PLACES, population};
use crate::atlas::layer::Title;
use crate::atlas::snapshot::Place;
use crate::geometry::BBox;
use std::cmp::Reverse;

pub const ATTRIBUTION: &str = "© OpenStreetMap contributors";

/// Named after the administrative area that covers most of the extract, else the widest and
/// most populous place in it, else the file.
pub fn place(data: &OsmData, areas: &[Area<'_>], bounds: Option<BBox>, file: &str) -> Place {
    let main = bounds.and_then(|b| main_place(data, b));
    let whole = bounds.and_then(|b| covering(areas, b));
    let stem = file.split('.').next().unwrap_or(file);
    let tags = whole.map(|a| a.tags).or_else(|| main.map(|n| &n.tags));
    let name = tags.map_or_else(|| Title { zh: stem.into(), en: stem.into() }, title);
    let centre = main.map(|n| [n.at.lon(), n.at.lat()]).or_else(|| bounds.map(|b| b.centre().into()));
    Place {
        key: String::new(),
        name: Some(name),
        centre,
        zoom: bounds.map(zoom),
        synthetic: false,
        attribution: Some(ATTRIBUTION.into()),
    }
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

/// The largest whole administrative area whose box covers at least half of the extract's.
fn covering<'a>(areas: &'a [Area<'_>], bounds: BBox) -> Option<&'a Area<'a>> {
    let size = |b: BBox| (b.east - b.west).max(0.0) * (b.north - b.south).max(0.0);
    let covers = |a: &&Area<'_>| {
        let boxed = BBox::of(&a.geometry()).map(|b| BBox {
            west: b.west.max(bounds.west),
            south: b.south.max(bounds.south),
            east: b.east.min(bounds.east),
            north: b.north.min(bounds.north),
        });
        boxed.is_some_and(|b| size(b) >= size(bounds) / 2.0)
    };
    let level = |a: &Area<'_>| a.tags.get("admin_level").and_then(|l| l.parse::<u8>().ok());
    let named = areas.iter().filter(|a| a.complete && a.tags.is("boundary", &["administrative"]));
    named.filter(|a| a.tags.get("name").is_some()).filter(covers).min_by_key(|a| level(a).unwrap_or(u8::MAX))
}

fn title(tags: &Tags) -> Title {
    let name = tags.get("name").unwrap_or_default();
    let first = |keys: &[&str]| keys.iter().find_map(|k| tags.get(k)).unwrap_or(name).to_owned();
    Title { zh: first(&["name:zh-Hans", "name:zh"]), en: first(&["name:en"]) }
}

/// The zoom at which a window of common size shows about a third of the box: near enough to
/// read street names, wide enough to know the town.
fn zoom(bounds: BBox) -> f64 {
    let width = (bounds.east - bounds.west).max(1e-4);
    ((360.0 / width).log2() + 2.5).clamp(11.0, 15.0).round()
}
