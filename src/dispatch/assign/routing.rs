//! Rules that come before the grid: exclusive zones, street sections, categories. Data in
//! `geodata/issues/routing.json`; the first rule that matches wins.

use crate::atlas::category::Rule as FeatureRule;
use crate::atlas::layer::Title;
use crate::atlas::{Catalogue, CatalogueEntry, Feature, Ident, Snapshot};
use crate::dispatch::category::{Categories, Category};
use crate::dispatch::words::Level;
use crate::geometry::{BBox, LonLat, Metres, Plane, Xy};
use geo::{Geometry, Line, LinesIter};
use serde::Deserialize;
use std::sync::Arc;

const BUILT_IN: &str = include_str!("../../../geodata/issues/routing.json");

/// How cases find their owner, as data.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// Roles of people who may be given a case, the first choice first.
    pub roles: Vec<String>,
    /// The largest uncertainty of a place that is made something of.
    pub co_owner_within_m: f64,
    pub rules: Vec<RoutingRule>,
}

/// A rule that comes before the grid. It names what the place must be on (`over`), or the level that
/// owns it whatever the place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    pub id: Ident,
    pub title: Title,
    /// Ids of categories or groups of them; none means all.
    #[serde(default)]
    pub categories: Vec<Ident>,
    #[serde(default)]
    pub over: Option<FeatureRule>,
    /// How far from the feature the place may be.
    #[serde(default)]
    pub within_m: f64,
    #[serde(default)]
    pub level: Option<Level>,
}

/// Why a file of rules is not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RoutingError {
    #[error("not a file of routing rules: {0}")]
    Json(String),
    #[error("rule {rule}: {what}")]
    Rule { rule: String, what: String },
    #[error("{0}")]
    Value(&'static str),
}

/// Farther from a line or zone nothing is meant to be on it.
const FARTHEST_M: f64 = 500.0;

impl Routing {
    /// The rules that come with the program.
    pub fn built_in(categories: &Categories, catalogue: &Catalogue) -> Result<Self, RoutingError> {
        Self::read(BUILT_IN, categories, catalogue)
    }

    /// Reads and checks a file like `geodata/issues/routing.json`.
    pub fn read(json: &str, categories: &Categories, catalogue: &Catalogue) -> Result<Self, RoutingError> {
        let routing: Self = serde_json::from_str(json).map_err(|e| RoutingError::Json(e.to_string()))?;
        if routing.roles.is_empty() {
            return Err(RoutingError::Value("roles must name at least one role"));
        }
        if !(0.0..=FARTHEST_M).contains(&routing.co_owner_within_m) {
            return Err(RoutingError::Value("co_owner_within_m must be between 0 and 500"));
        }
        for (i, rule) in routing.rules.iter().enumerate() {
            let twice = routing.rules[..i].iter().any(|other| other.id == rule.id);
            let fault = if twice { Some("is there twice".to_owned()) } else { rule.fault(categories, catalogue) };
            if let Some(what) = fault {
                return Err(RoutingError::Rule { rule: rule.id.to_string(), what });
            }
        }
        Ok(routing)
    }
}

/// What a rule decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Routed {
    Feature { layer: Ident, feature: Arc<Feature> },
    Level(Level),
}

impl Routing {
    /// The first rule that holds for a case of the category at the place.
    pub fn first(&self, map: &Snapshot, at: LonLat, about: (&Ident, &Category)) -> Option<(&RoutingRule, Routed)> {
        self.rules.iter().find_map(|rule| Some((rule, rule.holds(map, at, about)?)))
    }
}

impl RoutingRule {
    fn holds(&self, map: &Snapshot, at: LonLat, (group, category): (&Ident, &Category)) -> Option<Routed> {
        let named = |id: &Ident| *id == category.id || id == group;
        if !self.categories.is_empty() && !self.categories.iter().any(named) {
            return None;
        }
        match (&self.over, self.level) {
            (Some(over), _) => {
                let feature = nearest(map, over, at, Metres(self.within_m))?;
                Some(Routed::Feature { layer: over.layer.clone(), feature })
            }
            (None, level) => level.map(Routed::Level),
        }
    }

    fn fault(&self, categories: &Categories, catalogue: &Catalogue) -> Option<String> {
        let known = |id: &Ident| categories.iter().any(|(group, category)| group.id == *id || category.id == *id);
        if let Some(unknown) = self.categories.iter().find(|id| !known(id)) {
            return Some(format!("there is no category {unknown}"));
        }
        if self.over.is_some() == self.level.is_some() {
            return Some("names either what the place is on (over) or a level".to_owned());
        }
        if !(0.0..=FARTHEST_M).contains(&self.within_m) {
            return Some(format!("within_m must be between 0 and {FARTHEST_M}"));
        }
        let over = self.over.as_ref()?;
        let Some(entry) = catalogue.get(over.layer.as_str()) else {
            return Some(format!("there is no layer {}", over.layer));
        };
        if entry.layer.roles.code.is_none() {
            return Some(format!("layer {} has no codes, so nothing on it can be named", over.layer));
        }
        let unknown = over.conditions.keys().find(|name| entry.property(name).is_none());
        unknown.map(|name| format!("layer {} has no property {name}", over.layer))
    }
}

/// The nearest feature with a code that the rule names, not farther than `within`; ties by code.
fn nearest(map: &Snapshot, rule: &FeatureRule, at: LonLat, within: Metres) -> Option<Arc<Feature>> {
    let (entry, data) = map.layer(rule.layer.as_str())?;
    let plane = Plane::around(at);
    let (west, south) = plane.to_degrees(Xy { x: -within.0, y: -within.0 });
    let (east, north) = plane.to_degrees(Xy { x: within.0, y: within.0 });
    let code = |feature: &Feature| feature.code(&entry.layer).map(str::to_owned);
    let near = data.in_bbox(BBox { west, south, east, north }).filter(|f| rule.holds(&f.properties));
    let near = near.filter_map(|f| Some((distance(map, entry, f, at), code(f)?, f)));
    let near = near.filter(|(distance, ..)| *distance <= within.0);
    near.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1))).map(|(.., f)| Arc::clone(f))
}

/// Metres from the place to the feature; 0 inside it. Infinite for what is neither line nor area.
fn distance(map: &Snapshot, entry: &CatalogueEntry, feature: &Feature, at: LonLat) -> f64 {
    let lines: Vec<Line> = match &feature.geometry {
        Geometry::LineString(line) => line.lines().collect(),
        Geometry::MultiLineString(lines) => lines.lines_iter().collect(),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => {
            // Zones may overlap: this one, whether or not another holds the place, too.
            let area = feature.code(&entry.layer).and_then(|code| map.area_with_code(entry.layer.id.as_str(), code));
            return match area.filter(|area| area.feature.id == feature.id) {
                Some(area) if area.side(at) != crate::atlas::areas::Side::Outside => 0.0,
                Some(area) => area.border_distance(at).0,
                None => f64::INFINITY,
            };
        }
        _ => return f64::INFINITY,
    };
    let plane = Plane::around(at);
    let to = |line: &Line| {
        let (a, b) = (plane.degrees_to_xy(line.start.x, line.start.y), plane.degrees_to_xy(line.end.x, line.end.y));
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length2 = dx * dx + dy * dy;
        let t = if length2 > 0.0 { (-(a.x * dx + a.y * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        (a.x + t * dx).hypot(a.y + t * dy)
    };
    lines.iter().map(to).fold(f64::INFINITY, f64::min)
}
