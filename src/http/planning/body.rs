//! Figures of planning as they are told: bands, counts, areas.

use crate::atlas::{AreaRef, FeatureId, Snapshot};
use crate::http::{link, wire};
use crate::planning::Extent;
use crate::planning::coverage::{Count, Tally};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How far a walk may be: `{"minutes": 15}` or `{"metres": 500}`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PlanningBand)]
#[serde(rename_all = "snake_case")]
pub enum BandBody {
    Minutes(u32),
    Metres(u32),
}

impl From<Extent> for BandBody {
    fn from(extent: Extent) -> Self {
        match extent {
            Extent::Minutes(minutes) => Self::Minutes(minutes),
            Extent::Metres(metres) => Self::Metres(metres),
        }
    }
}

impl BandBody {
    /// `15` or `500m`, for names of columns and properties.
    pub fn short(self) -> String {
        match self {
            Self::Minutes(minutes) => minutes.to_string(),
            Self::Metres(metres) => format!("{metres}m"),
        }
    }

    /// `15分钟` or `500米`, for headings.
    pub fn heading(self) -> String {
        match self {
            Self::Minutes(minutes) => format!("{minutes}分钟"),
            Self::Metres(metres) => format!("{metres}米"),
        }
    }
}

/// Some buildings and who lives there.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PlanningCount)]
pub struct CountBody {
    pub households: u64,
    pub buildings: u64,
}

impl From<Count> for CountBody {
    fn from(Count { households, buildings }: Count) -> Self {
        Self { households, buildings }
    }
}

/// Those who are covered.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PlanningCovered)]
pub struct CoveredBody {
    pub households: u64,
    pub buildings: u64,
    /// Of the households, 0 to 1; `null` where nobody lives.
    pub share: Option<f64>,
}

impl CoveredBody {
    pub fn new(covered: Count, of: Count) -> Self {
        let share = (of.households > 0).then(|| share(covered.households as f64 / of.households as f64));
        Self { households: covered.households, buildings: covered.buildings, share }
    }
}

/// With four decimals: a hundredth of a percent.
pub fn share(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// How many there are, and how many are covered by each band.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlanningTally)]
pub struct TallyBody {
    pub households: u64,
    pub buildings: u64,
    /// By band.
    pub covered: Vec<CoveredBody>,
}

impl From<&Tally> for TallyBody {
    fn from(tally: &Tally) -> Self {
        let covered = tally.covered.iter().map(|covered| CoveredBody::new(*covered, tally.all)).collect();
        Self { households: tally.all.households, buildings: tally.all.buildings, covered }
    }
}

/// An area and where it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlanningArea)]
pub struct AreaBody {
    pub area: AreaRef,
    /// West, south, east, north.
    pub bbox: Option<[f64; 4]>,
}

impl AreaBody {
    pub fn new(map: &Snapshot, area: &AreaRef) -> Self {
        let bbox = map.feature(area.layer.as_str(), area.id).map(|feature| wire::bbox(feature.bbox));
        Self { area: area.clone(), bbox }
    }

    /// Code and name, the first cells of a row.
    pub fn cells(&self) -> [String; 2] {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [text(&self.area.code), text(&self.area.name)]
    }
}

/// Areas with figures as properties, as GeoJSON.
pub fn collection<'r>(map: &Snapshot, rows: impl Iterator<Item = (&'r AreaBody, Value)>) -> Response {
    let feature = |(AreaBody { area, .. }, mut properties): (&AreaBody, Value)| {
        let feature = map.feature(area.layer.as_str(), area.id)?;
        properties["code"] = json!(area.code);
        properties["name"] = json!(area.name);
        let geometry = wire::geometry(&feature.geometry);
        Some(json!({"type": "Feature", "id": area.id, "geometry": geometry, "properties": properties}))
    };
    let features: Vec<Value> = rows.filter_map(feature).collect();
    let headers = [(header::CONTENT_TYPE, link::GEOJSON), (header::CACHE_CONTROL, "no-store")];
    (headers, json!({"type": "FeatureCollection", "features": features}).to_string()).into_response()
}

/// Per cent with two decimals, as cells have it; empty where there is none.
pub fn percent(share: Option<f64>) -> String {
    share.map(|share| format!("{:.2}", share * 100.0)).unwrap_or_default()
}

/// A place.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlanningFacility)]
pub struct FacilityBody {
    pub layer: crate::atlas::Ident,
    #[schema(value_type = i64)]
    pub id: FeatureId,
    pub name: Option<String>,
    pub lon: f64,
    pub lat: f64,
}

impl From<&crate::atlas::facility::Facility> for FacilityBody {
    fn from(facility: &crate::atlas::facility::Facility) -> Self {
        Self {
            layer: facility.layer.clone(),
            id: facility.id,
            name: facility.name.clone(),
            lon: wire::degrees(facility.anchor.lon()),
            lat: wire::degrees(facility.anchor.lat()),
        }
    }
}
