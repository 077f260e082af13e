//! The base map: roads, water, green, buildings, place names.

use super::areas::Area;
use super::data::{Node, OsmData, Tags, Way};
use super::features::{Features, Properties, address};

/// Railways that are there and seen.
const RAILWAYS: [&str; 8] =
    ["rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "funicular", "platform"];
const STREAMS: [&str; 5] = ["river", "canal", "stream", "ditch", "drain"];
const GREEN: [(&str, &[&str]); 3] = [
    (
        "leisure",
        &[
            "park",
            "garden",
            "pitch",
            "playground",
            "golf_course",
            "nature_reserve",
            "dog_park",
            "common",
            "recreation_ground",
        ],
    ),
    (
        "landuse",
        &[
            "grass",
            "forest",
            "meadow",
            "village_green",
            "recreation_ground",
            "cemetery",
            "orchard",
            "vineyard",
            "allotments",
            "flowerbed",
            "farmland",
            "greenery",
            "plant_nursery",
        ],
    ),
    ("natural", &["wood", "scrub", "grassland", "heath", "wetland", "shrubbery"]),
];

/// Lines: roads, railways, ferries, streams.
pub fn lines(data: &OsmData, out: &mut Features) {
    for way in &data.ways {
        let class = road_class(&way.tags);
        let stream = way.tags.get("waterway").filter(|w| STREAMS.contains(w));
        if class.is_none() && stream.is_none() {
            continue;
        }
        let Some(geometry) = data.line(&way.nodes) else { continue };
        if let Some(class) = class {
            out.push("road", geometry, road(way, class), format!("way/{}", way.id));
        } else if let Some(stream) = stream {
            let tunnel = way.tags.yes("tunnel") || way.tags.yes("covered");
            let properties = Properties::named(&way.tags).text("kind", Some(stream)).if_so("tunnel", tunnel);
            out.push("water", geometry, properties, format!("way/{}", way.id));
        }
    }
}

fn road_class(tags: &Tags) -> Option<&str> {
    let highway = tags.get("highway").filter(|h| {
        !matches!(
            *h,
            "no" | "proposed" | "planned" | "abandoned" | "razed" | "demolished" | "dismantled" | "construction"
        )
    });
    let railway = || tags.get("railway").filter(|r| RAILWAYS.contains(r));
    highway.or_else(railway).or_else(|| tags.get("route").filter(|r| *r == "ferry"))
}

fn road(way: &Way, class: &str) -> Properties {
    let tags = &way.tags;
    Properties::named(tags)
        .english(tags)
        .text("class", Some(class))
        .if_so("bridge", tags.yes("bridge"))
        .if_so("tunnel", tags.yes("tunnel"))
        .if_so("oneway", tags.is("oneway", &["yes", "1", "true", "-1"]))
        .text("surface", tags.get("surface"))
        .text("route", tags.get("ref"))
}

/// Areas: water, green, buildings. An area may be several of them.
pub fn grounds(areas: &[Area<'_>], out: &mut Features) {
    for area in areas {
        let tags = area.tags;
        if let Some(kind) = water_kind(tags) {
            let tunnel = tags.yes("tunnel") || tags.yes("covered");
            let properties = Properties::named(tags).text("kind", Some(kind)).if_so("tunnel", tunnel);
            out.push("water", area.geometry(), properties, area.reference.clone());
        }
        if let Some(kind) = green_kind(tags) {
            let properties = Properties::named(tags).text("kind", Some(kind));
            out.push("green", area.geometry(), properties, area.reference.clone());
        }
        if tags.yes("building") {
            out.push("building", area.geometry(), building(tags), area.reference.clone());
        }
    }
}

/// The sea, a feature a part.
pub fn sea(water: geo::MultiPolygon, out: &mut Features) {
    for part in water {
        let properties = Properties::default().text("kind", Some("sea"));
        out.push("water", part.into(), properties, "coastline".into());
    }
}

fn water_kind(tags: &Tags) -> Option<&str> {
    match (tags.get("natural"), tags.get("waterway"), tags.get("landuse"), tags.get("leisure")) {
        (Some("water"), ..) => Some(tags.get("water").unwrap_or("water")),
        (_, Some(kind @ ("riverbank" | "dock")), ..) => Some(kind),
        (_, _, Some(kind @ ("reservoir" | "basin")), _) => Some(kind),
        (.., Some(kind @ "swimming_pool")) => Some(kind),
        _ => tags.get("amenity").filter(|a| *a == "fountain"),
    }
}

fn green_kind(tags: &Tags) -> Option<&str> {
    GREEN.iter().find_map(|(key, values)| tags.get(key).filter(|v| values.contains(v)))
}

fn building(tags: &Tags) -> Properties {
    let levels = tags.get("building:levels").and_then(|l| l.trim().parse::<f64>().ok());
    let levels = levels.filter(|l| (0.0..=300.0).contains(l)).map(|l| l.round() as u32);
    Properties::named(tags)
        .text("kind", tags.get("building").filter(|k| *k != "yes"))
        .number("households", tags.count("building:flats"))
        .number("floors", levels)
        .text("address", address(tags).as_deref())
}

/// Kinds of named places, the widest first.
pub const PLACES: [&str; 13] = [
    "city",
    "town",
    "borough",
    "suburb",
    "island",
    "village",
    "quarter",
    "neighbourhood",
    "hamlet",
    "islet",
    "square",
    "locality",
    "isolated_dwelling",
];

/// Place names, from nodes.
pub fn places(data: &OsmData, out: &mut Features) {
    for node in data.nodes.iter().filter(|n| n.tags.is("place", &PLACES) && n.tags.get("name").is_some()) {
        let properties = Properties::named(&node.tags)
            .english(&node.tags)
            .text("kind", node.tags.get("place"))
            .number("population", population(node));
        out.push("place", geo::Point::from(node.at.coord()).into(), properties, format!("node/{}", node.id));
    }
}

/// The place's people: figures are written with all kinds of separators.
pub fn population(node: &Node) -> Option<u32> {
    let digits: String =
        node.tags.get("population")?.chars().filter(|c| !matches!(c, ',' | ' ' | '.' | '\'')).collect();
    digits.parse().ok()
}
