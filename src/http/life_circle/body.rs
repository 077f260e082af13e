//! The life circle on the wire: one polygon a band, and what is inside.

use super::ask::LifeCircleAsk;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::Metres;
use crate::http::place::NetworkBody;
use crate::http::shape::Shape;
use crate::http::wire;
use crate::planning::{Band, Extent, LifeCircle, ReachedFacility};
use crate::walk::Direction;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LifeCircle)]
pub struct LifeCircleBody<'a> {
    r#type: &'static str,
    /// One circle a band, largest first.
    features: Vec<BandBody>,
    origin: Origin,
    profile: &'a str,
    /// Along the network, metres a second.
    speed_m_s: f64,
    #[schema(value_type = String)]
    direction: Direction,
    /// What is inside the largest circle, by walking time.
    facilities: Vec<ReachedBody<'a>>,
    /// Categories of which nothing is inside the largest circle.
    missing: &'a [Ident],
    network: Option<NetworkBody>,
    /// The largest circle comes to where the data end: more may be reachable.
    edge_of_data: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Origin {
    lon: f64,
    lat: f64,
    /// Distance to the walking network.
    snap_m: f64,
}

impl Origin {
    pub fn new(ask: &LifeCircleAsk, snap: Metres) -> Self {
        let (lon, lat) = (wire::degrees(ask.origin.lon()), wire::degrees(ask.origin.lat()));
        Self { lon, lat, snap_m: wire::metres(snap.0) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Band)]
pub struct BandBody {
    r#type: &'static str,
    /// GeoJSON MultiPolygon.
    #[schema(value_type = Object)]
    geometry: Shape,
    properties: BandProperties,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BandProperties {
    /// The band, when asked by minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    /// The band, when asked by metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    metres: Option<u32>,
    area_m2: f64,
    households: u64,
    buildings: u64,
    /// Facilities inside, for every category.
    counts: BTreeMap<Ident, usize>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedFacility)]
pub struct ReachedBody<'a> {
    layer: &'a Ident,
    id: i64,
    code: Option<&'a str>,
    name: Option<&'a str>,
    /// The first of `categories`.
    category: Option<&'a Ident>,
    categories: &'a [Ident],
    lon: f64,
    lat: f64,
    walk_s: u32,
    /// Metres of network walking (a metre off the network counts two), when asked by metres;
    /// rounded up, so that 300.0 is within 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    walk_m: Option<f64>,
}

impl<'a> ReachedBody<'a> {
    fn new(reached: &'a ReachedFacility, ask: &LifeCircleAsk) -> Self {
        let f = &reached.facility;
        let metres = reached.walk.0 * ask.profile.speed_m_s;
        Self {
            layer: &f.layer,
            id: f.id.0,
            code: f.code.as_deref(),
            name: f.name.as_deref(),
            category: f.categories.first(),
            categories: &f.categories,
            lon: wire::degrees(f.anchor.lon()),
            lat: wire::degrees(f.anchor.lat()),
            walk_s: reached.walk.whole(),
            walk_m: ask.by_metres().then(|| ((metres - 1e-4) * 10.0).ceil() / 10.0 + 0.0),
        }
    }
}

/// The value of a band as minutes or as metres.
pub fn in_words(extent: Extent) -> (Option<u32>, Option<u32>) {
    match extent {
        Extent::Minutes(minutes) => (Some(minutes), None),
        Extent::Metres(metres) => (None, Some(metres)),
    }
}

impl From<Band> for BandBody {
    fn from(band: Band) -> Self {
        let (minutes, metres) = in_words(band.extent);
        let properties = BandProperties {
            minutes,
            metres,
            area_m2: wire::metres(band.area_m2),
            households: band.households,
            buildings: band.buildings,
            counts: band.counts,
        };
        Self { r#type: "Feature", geometry: Shape::Areas(band.shape), properties }
    }
}

impl<'a> LifeCircleBody<'a> {
    pub fn new(ask: &'a LifeCircleAsk, map: &Snapshot, bands: Vec<Band>, circle: &'a LifeCircle) -> Self {
        Self {
            r#type: "FeatureCollection",
            features: bands.into_iter().map(BandBody::from).collect(),
            origin: Origin::new(ask, circle.snap),
            profile: &ask.profile.id,
            speed_m_s: ask.profile.speed_m_s,
            direction: ask.direction,
            facilities: circle.facilities.iter().map(|f| ReachedBody::new(f, ask)).collect(),
            missing: &circle.missing,
            network: NetworkBody::of(map),
            edge_of_data: circle.edge_of_data,
        }
    }
}
