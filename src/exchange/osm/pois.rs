//! Points of interest and parking. `geodata/categories.json` says which tags make a category;
//! other places that have a name come along without one.

use super::areas::Area;
use super::data::{NodeIndex, OsmData, Tags};
use super::features::{Features, Properties, address};
use super::streets::Collector;
use crate::atlas::Category;
use crate::geometry::LonLat;
use serde_json::{Value, json};

/// Keys whose bearer is worth finding by name.
const FINDABLE: [&str; 9] =
    ["amenity", "shop", "tourism", "healthcare", "office", "leisure", "historic", "craft", "public_transport"];
/// More doors than this say nothing; a park's edge may follow a path for a long way.
const MAX_DOORS: usize = 24;

/// What is needed to make POIs.
pub struct Pois<'a> {
    pub data: &'a OsmData,
    pub streets: &'a Collector<'a>,
    pub categories: &'a [Category],
}

impl Pois<'_> {
    /// POIs and parking of all nodes and areas.
    pub fn collect(&self, areas: &[Area<'_>], out: &mut Features) {
        for node in &self.data.nodes {
            if let Some(properties) = self.poi(&node.tags) {
                out.push("poi", geo::Point::from(node.at.coord()).into(), properties, format!("node/{}", node.id));
            }
        }
        for area in areas {
            if area.tags.is("amenity", &["parking"]) {
                let properties = parking(area.tags).list("entrances", self.doors(area));
                out.push("parking_lot", area.geometry(), properties, area.reference.clone());
            } else if let Some(properties) = self.poi(area.tags) {
                let properties = properties.list("entrances", self.doors(area));
                out.push("poi", area.geometry(), properties, area.reference.clone());
            }
        }
    }

    fn poi(&self, tags: &Tags) -> Option<Properties> {
        let (category, kind) = self.category(tags).or_else(|| Some((None, findable(tags)?)))?;
        let properties = Properties::named(tags)
            .english(tags)
            .text("category", category)
            .text("kind", Some(kind))
            .text("brand", tags.get("brand"))
            .text("operator", tags.get("operator"))
            .text("opening_hours", tags.get("opening_hours"))
            .text("address", address(tags).as_deref())
            .text("wheelchair", tags.get("wheelchair"));
        Some(properties)
    }

    /// The first category one of whose tag rules holds, and the value it held by. A place that
    /// is not open to the public is in none.
    fn category<'t>(&'t self, tags: &'t Tags) -> Option<(Option<&'t str>, &'t str)> {
        if tags.is("access", &["private", "no"]) {
            return None;
        }
        // Parking has a layer of its own; only its nodes are points of interest.
        if tags.is("amenity", &["parking"]) {
            return Some((Some("parking"), "parking"));
        }
        self.categories.iter().find_map(|category| {
            let holds = |(key, values): (&String, &Vec<String>)| {
                tags.get(key).is_some_and(|v| values.is_empty() || values.iter().any(|w| w == v))
            };
            let rule = category.osm.iter().find(|rule| !rule.is_empty() && rule.iter().all(holds))?;
            Some((Some(category.id.as_str()), tags.get(rule.keys().next()?)?))
        })
    }

    /// Where people go in: entrances, else gates, else where streets meet the outline.
    fn doors(&self, area: &Area<'_>) -> Vec<Value> {
        let tagged = |wanted: fn(&Tags) -> bool| -> Vec<NodeIndex> {
            let is = |n: &&NodeIndex| self.data.node_tags(**n).is_some_and(wanted);
            area.nodes.iter().filter(is).copied().collect()
        };
        let mut doors = tagged(is_entrance);
        if doors.is_empty() {
            doors = tagged(is_gate);
        }
        if doors.is_empty() {
            doors = area.nodes.iter().filter(|n| self.streets.passes(**n)).copied().collect();
        }
        doors.sort_unstable();
        doors.dedup();
        // Evenly thinned, so that no side of a park loses all its doors.
        let step = doors.len().div_ceil(MAX_DOORS).max(1);
        let known = doors.iter().step_by(step).filter_map(|&n| self.data.positions.get(n));
        known.map(|at: LonLat| json!([at.lon(), at.lat()])).collect()
    }
}

fn is_entrance(tags: &Tags) -> bool {
    tags.get("entrance").is_some_and(|e| !matches!(e, "no" | "emergency" | "exit" | "garage" | "service"))
        || tags.is("amenity", &["parking_entrance"])
}

fn is_gate(tags: &Tags) -> bool {
    tags.is("barrier", &["gate", "entrance", "swing_gate", "kissing_gate", "lift_gate"])
        && !tags.is("access", &["private", "no"])
}

/// The value that says what a named place is.
fn findable(tags: &Tags) -> Option<&str> {
    tags.get("name")?;
    let stop = tags.get("highway").filter(|h| *h == "bus_stop");
    let railway = tags.get("railway").filter(|r| matches!(*r, "station" | "halt" | "tram_stop"));
    let general = FINDABLE.iter().find_map(|k| tags.get(k)).filter(|v| *v != "no" && *v != "parking");
    stop.or(railway).or(general)
}

fn parking(tags: &Tags) -> Properties {
    Properties::named(tags)
        .number("spaces", tags.count("capacity"))
        .text("kind", tags.get("parking"))
        .flag("fee", tags.get("fee").map(|f| f != "no"))
        .text("access", tags.get("access"))
        .text("operator", tags.get("operator"))
        .text("opening_hours", tags.get("opening_hours"))
}
