//! `/api/place`: the place that is served, for the page's title, first view and first advice.

use super::collections::extent;
use super::extract::{Asked, Nothing};
use super::wire;
use crate::atlas::Snapshot;
use crate::atlas::layer::Title;
use crate::geometry::BBox;
use axum::Json;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub struct PlaceBody {
    /// `nankang`, …; empty when the operator loaded own data.
    key: String,
    name: Option<Title>,
    /// Longitude and latitude of the first view.
    centre: Option<[f64; 2]>,
    zoom: Option<f64>,
    /// The data were made by the demo.
    synthetic: bool,
    /// To be shown on the map.
    attribution: Option<String>,
    /// Where the data lie: west, south, east, north.
    bbox: Option<[f64; 4]>,
    /// Number of features a layer.
    counts: BTreeMap<String, usize>,
    network: Option<NetworkBody>,
    /// Last change of the log that this answer contains.
    seq: i64,
}

/// The walking network.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Network)]
pub struct NetworkBody {
    nodes: usize,
    edges: usize,
    /// File name or `demo:nankang`.
    source: String,
    built_at: Option<String>,
}

impl NetworkBody {
    pub fn of(map: &Snapshot) -> Option<Self> {
        let network = map.network.as_ref()?;
        Some(Self {
            nodes: network.node_count(),
            edges: network.edge_count(),
            source: network.source().to_owned(),
            built_at: map.network_built_at.clone(),
        })
    }
}

/// Where the data and the network lie.
pub fn data_extent(map: &Snapshot) -> Option<BBox> {
    let network = map.network.as_ref().and_then(|n| n.bounds());
    map.shown().filter_map(|(_, data)| extent(data)).chain(network).reduce(BBox::union)
}

/// The place that is served
#[utoipa::path(get, path = "/api/place", tag = "service", responses((status = 200, body = PlaceBody)))]
pub async fn place(Asked { map, .. }: Asked<Nothing>) -> Json<PlaceBody> {
    let place = map.place.clone();
    Json(PlaceBody {
        key: place.key,
        name: place.name,
        centre: place.centre,
        zoom: place.zoom,
        synthetic: place.synthetic,
        attribution: place.attribution,
        bbox: data_extent(&map).map(wire::bbox),
        counts: map.shown().map(|(e, d)| (e.layer.id.to_string(), d.features.len())).collect(),
        network: NetworkBody::of(&map),
        seq: map.seq,
    })
}
