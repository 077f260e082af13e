//! Facilities (places that people ask for) and homes (places they start from), taken from the
//! layers by the categories' rules. Knows no distance and no walking time.

use super::catalogue::{Catalogue, CatalogueEntry};
use super::category::Rule;
use super::feature::{Feature, FeatureId};
use super::hours::Hours;
use super::layer::Ident;
use crate::geometry::{LonLat, Metres, ground_distance};
use chrono_tz::Tz;
use geo::{Geometry, InteriorPoint, LineString};
use serde_json::Value;
use std::collections::HashMap;

/// A place people ask for: one feature with all its categories (a neighbourhood centre may
/// hold five).
#[derive(Debug, Clone, PartialEq)]
pub struct Facility {
    pub layer: Ident,
    pub id: FeatureId,
    pub code: Option<String>,
    pub name: Option<String>,
    pub categories: Vec<Ident>,
    /// Where it is shown: the point, a point inside the polygon, the middle of the line.
    pub anchor: LonLat,
    /// Where people go in; see [`entrances`]. Never empty.
    pub entrances: Vec<LonLat>,
    pub hours: Option<Hours>,
    pub services: Vec<String>,
}

/// A building, at a point inside it. Households are 0 where nobody counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    pub layer: Ident,
    pub id: FeatureId,
    pub at: LonLat,
    pub households: u32,
}

/// The layer whose features are homes. Estates and grids may carry household figures too, of the
/// same households: counting them would count people twice.
pub const HOME_LAYER: &str = "building";

/// A door is never farther than half of this from a place reached at its edge.
pub const EDGE_STEP: Metres = Metres(25.0);

/// How one layer's features become facilities.
#[derive(Debug, Clone)]
pub struct FacilityRules<'a> {
    entry: &'a CatalogueEntry,
    rules: Vec<(&'a Ident, &'a Rule)>,
    zone: Tz,
}

impl<'a> FacilityRules<'a> {
    pub fn new(catalogue: &'a Catalogue, entry: &'a CatalogueEntry, zone: Tz) -> Self {
        let of_layer = |rule: &&Rule| rule.layer == entry.layer.id;
        let rules = catalogue.categories.iter().flat_map(|c| c.rules.iter().filter(of_layer).map(|r| (&c.id, r)));
        Self { entry, rules: rules.collect(), zone }
    }

    /// False where no feature of the layer can have a category.
    pub fn apply(&self) -> bool {
        !self.rules.is_empty()
    }

    fn categories(&self, feature: &Feature) -> Vec<Ident> {
        let mut all: Vec<Ident> = Vec::new();
        for (category, rule) in &self.rules {
            if !all.contains(category) && rule.holds(&feature.properties) {
                all.push((*category).clone());
            }
        }
        all
    }

    /// The feature as a facility, whatever its categories; `None` when it has no position.
    /// `read` keeps hours already read, for most places share a few texts.
    pub fn facility(&self, feature: &Feature, read: &mut HashMap<String, Hours>) -> Option<Facility> {
        let layer = &self.entry.layer;
        let hours = feature.text(layer.roles.hours.as_ref()).map(|text| match read.get(text) {
            Some(hours) => hours.clone(),
            None => read.entry(text.to_owned()).or_insert_with(|| Hours::read(text, self.zone)).clone(),
        });
        let anchor = anchor(&feature.geometry)?;
        let mut entrances = entrances(self.entry, feature);
        if entrances.is_empty() {
            entrances.push(anchor);
        }
        Some(Facility {
            layer: layer.id.clone(),
            id: feature.id,
            code: feature.code(layer).map(str::to_owned),
            name: feature.name(layer).map(str::to_owned),
            categories: self.categories(feature),
            anchor,
            entrances,
            hours,
            services: services(self.entry, feature),
        })
    }
}

/// The feature as a home; `None` when it has no position.
pub fn home(entry: &CatalogueEntry, feature: &Feature) -> Option<Home> {
    let role = entry.layer.roles.households.as_ref();
    let households = role.and_then(|name| feature.properties.get(name.as_str())).and_then(Value::as_u64).unwrap_or(0);
    Some(Home {
        layer: entry.layer.id.clone(),
        id: feature.id,
        at: anchor(&feature.geometry)?,
        households: u32::try_from(households).unwrap_or(u32::MAX),
    })
}

fn services(entry: &CatalogueEntry, feature: &Feature) -> Vec<String> {
    let role = entry.layer.roles.services.as_ref();
    let list = role.and_then(|name| feature.properties.get(name.as_str())).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// A point itself, a point inside a polygon, the middle of a line.
pub fn anchor(geometry: &Geometry) -> Option<LonLat> {
    let coord = match geometry {
        Geometry::LineString(line) => middle(line),
        Geometry::MultiLineString(lines) => {
            let degrees = |l: &&LineString| l.lines().map(|s| s.dx().hypot(s.dy())).sum::<f64>();
            lines.0.iter().max_by(|a, b| degrees(a).total_cmp(&degrees(b))).and_then(middle)
        }
        other => other.interior_point().map(|p| p.0),
    };
    LonLat::try_from(coord?).ok()
}

fn middle(line: &LineString) -> Option<geo::Coord> {
    let points: Vec<LonLat> = line.0.iter().filter_map(|c| LonLat::try_from(*c).ok()).collect();
    let lengths: Vec<f64> = points.windows(2).map(|w| ground_distance(w[0], w[1]).0).collect();
    let mut left = lengths.iter().sum::<f64>() / 2.0;
    for (segment, length) in points.windows(2).zip(&lengths) {
        if left <= *length && *length > 0.0 {
            return Some(between(segment[0], segment[1], left / length));
        }
        left -= length;
    }
    line.0.first().copied()
}

fn between(a: LonLat, b: LonLat, share: f64) -> geo::Coord {
    geo::Coord { x: a.lon() + (b.lon() - a.lon()) * share, y: a.lat() + (b.lat() - a.lat()) * share }
}

/// Where people go in: the doors the feature names; else a point is itself, a polygon is reached
/// at its outer edge and a line anywhere along it, both as points at most [`EDGE_STEP`] apart.
pub fn entrances(entry: &CatalogueEntry, feature: &Feature) -> Vec<LonLat> {
    let role = entry.layer.roles.entrances.as_ref();
    let named = role.and_then(|name| feature.properties.get(name.as_str())).and_then(Value::as_array);
    let doors: Vec<LonLat> = named.into_iter().flatten().filter_map(position).collect();
    if doors.is_empty() { edge(&feature.geometry) } else { doors }
}

fn position(value: &Value) -> Option<LonLat> {
    LonLat::new(value.get(0)?.as_f64()?, value.get(1)?.as_f64()?).ok()
}

fn edge(geometry: &Geometry) -> Vec<LonLat> {
    let mut points = Vec::new();
    match geometry {
        Geometry::Point(p) => points.extend(LonLat::try_from(p.0)),
        Geometry::MultiPoint(all) => points.extend(all.iter().filter_map(|p| LonLat::try_from(p.0).ok())),
        Geometry::LineString(line) => along(line, &mut points),
        Geometry::MultiLineString(lines) => lines.iter().for_each(|line| along(line, &mut points)),
        Geometry::Polygon(polygon) => along(polygon.exterior(), &mut points),
        Geometry::MultiPolygon(all) => all.iter().for_each(|polygon| along(polygon.exterior(), &mut points)),
        Geometry::GeometryCollection(all) => all.iter().for_each(|g| points.extend(edge(g))),
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {}
    }
    points
}

/// The line's points and as many between as keep [`EDGE_STEP`]; a closed line's end is its start.
fn along(line: &LineString, points: &mut Vec<LonLat>) {
    let corners: Vec<LonLat> = line.0.iter().filter_map(|c| LonLat::try_from(*c).ok()).collect();
    for pair in corners.windows(2) {
        let pieces = (ground_distance(pair[0], pair[1]).0 / EDGE_STEP.0).ceil().max(1.0) as u32;
        let steps = (0..pieces).map(|i| between(pair[0], pair[1], f64::from(i) / f64::from(pieces)));
        points.extend(steps.filter_map(|c| LonLat::try_from(c).ok()));
    }
    if !line.is_closed() {
        points.extend(corners.last());
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{feature, snapshot, square};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_centre_that_holds_five_services_is_one_facility_with_five_categories() {
        let centre = json!({"name": "邻里中心", "kindergarten": true, "elder_care": true, "medical": true,
            "convenience": true, "culture": true});
        let snapshot = snapshot(vec![("centre", vec![feature(1, geo::Point::new(116.0, 29.0), centre)])]);
        assert_eq!(snapshot.facilities.len(), 1);
        let mut categories: Vec<&str> = snapshot.facilities[0].categories.iter().map(Ident::as_str).collect();
        categories.sort_unstable();
        assert_eq!(categories, ["convenience", "culture", "elder_care", "kindergarten", "medical"]);
    }

    #[test]
    fn a_polygon_is_reached_along_its_whole_edge_and_shown_inside() {
        let park = feature(1, square(0.0, 0.0, 2.0), json!({"name": "公园", "category": "park"}));
        let snapshot = snapshot(vec![("poi", vec![park])]);
        let facility = &snapshot.facilities[0];
        let doors = &facility.entrances;
        let next = doors.iter().cycle().skip(1);
        assert!(doors.len() > 30);
        assert!(doors.iter().zip(next).all(|(a, b)| ground_distance(*a, *b).0 <= EDGE_STEP.0 + 1e-6));
        assert!((facility.anchor.lon() - 116.001).abs() < 1e-9 && (facility.anchor.lat() - 29.001).abs() < 1e-9);
    }

    #[test]
    fn named_doors_replace_the_edge() {
        let lot = json!({"name": "停车场", "category": "parking", "entrances": [[116.0005, 29.0], ["x"]]});
        let snapshot = snapshot(vec![("poi", vec![feature(1, square(0.0, 0.0, 1.0), lot)])]);
        assert_eq!(snapshot.facilities[0].entrances, vec![LonLat::new(116.0005, 29.0).expect("in range")]);
    }

    #[test]
    fn a_line_is_shown_at_its_middle() {
        let line = geo::LineString::from(vec![(116.0, 29.0), (116.001, 29.0), (116.004, 29.0)]);
        let middle = anchor(&line.into()).expect("a middle");
        assert!((middle.lon() - 116.002).abs() < 1e-9);
    }

    #[test]
    fn only_buildings_are_homes_so_nobody_is_counted_twice() {
        let households = |name: &str| json!({"name": name, "households": 12});
        let snapshot = snapshot(vec![
            (
                "building",
                vec![
                    feature(1, square(0.0, 0.0, 0.1), households("1栋")),
                    feature(2, square(0.2, 0.0, 0.1), json!({})),
                ],
            ),
            ("estate", vec![feature(1, square(0.0, 0.0, 1.0), households("小区"))]),
            ("grid", vec![feature(1, square(0.0, 0.0, 1.0), households("网格"))]),
        ]);
        assert_eq!(snapshot.homes.iter().map(|h| h.households).collect::<Vec<_>>(), [12, 0]);
    }

    #[test]
    fn a_layer_without_categories_can_still_be_asked_for() {
        let alley = geo::LineString::from(vec![(116.0, 29.0), (116.001, 29.0)]);
        let snapshot = snapshot(vec![("alley", vec![feature(4, alley, json!({"name": "后街"}))])]);
        assert!(snapshot.facilities.is_empty());
        let alleys = snapshot.facilities_of("alley").expect("a layer");
        assert_eq!((alleys.len(), alleys[0].entrances.len()), (1, 5));
        assert!(snapshot.facilities_of("nothing").is_none());
    }
}
