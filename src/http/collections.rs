//! `/api/collections`: the layers, as OGC API Features describes them and with what a legend and
//! a layer switcher need.

use super::error::Problem;
use super::extract::{Asked, BaseUrl, Nothing, PathOf};
use super::link::{GEOJSON, JSON, Link};
use super::wire;
use crate::atlas::layer::{LegendEntry, Roles, Title};
use crate::atlas::{CatalogueEntry, LayerData, Snapshot};
use crate::geometry::BBox;
use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The only coordinate system of the answers.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

#[derive(Debug, Serialize, ToSchema)]
pub struct Collections {
    links: Vec<Link>,
    /// In drawing order.
    collections: Vec<Collection>,
}

/// A layer
#[derive(Debug, Serialize, ToSchema)]
pub struct Collection {
    id: String,
    /// The Chinese title; `titles` has both.
    title: String,
    titles: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extent: Option<Extent>,
    #[serde(rename = "itemType")]
    item_type: &'static str,
    crs: [&'static str; 1],
    #[serde(rename = "storageCrs")]
    storage_crs: &'static str,
    links: Vec<Link>,
    /// Heading in the layer switcher.
    group: String,
    /// `point`, `line`, `polygon` or `any`.
    #[schema(value_type = String)]
    geometry: crate::atlas::layer::GeometryKind,
    /// Drawing order, low first.
    order: u16,
    /// Drawn when the page opens.
    visible: bool,
    /// Zoom levels at which tiles carry the layer.
    zoom: [u8; 2],
    legend: Vec<LegendEntry>,
    roles: Roles,
    /// JSON Schema of the properties.
    #[schema(value_type = Object)]
    schema: Value,
    /// Number of features.
    count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Extent {
    spatial: Spatial,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Spatial {
    /// West, south, east, north.
    bbox: [[f64; 4]; 1],
    crs: &'static str,
}

/// Where the layer's features lie; `None` when there are none.
pub fn extent(data: &LayerData) -> Option<BBox> {
    // The root of an empty index is an endless box turned inside out.
    let whole = (data.index.size() > 0).then(|| data.index.root().envelope())?;
    let ([west, south], [east, north]) = (whole.lower(), whole.upper());
    Some(BBox { west, south, east, north })
}

pub fn describe(entry: &CatalogueEntry, data: &LayerData, base: &str) -> Collection {
    let layer = &entry.layer;
    let here = format!("{base}/api/collections/{}", layer.id);
    let spatial = extent(data).map(|b| Spatial { bbox: [wire::bbox(b)], crs: CRS84 });
    Collection {
        id: layer.id.to_string(),
        title: layer.title.zh.clone(),
        titles: layer.title.clone(),
        description: layer.description.as_ref().map(|d| d.zh.clone()),
        extent: spatial.map(|spatial| Extent { spatial }),
        item_type: "feature",
        crs: [CRS84],
        storage_crs: CRS84,
        links: vec![
            Link::new(format!("{here}/items"), "items", GEOJSON, layer.title.en.clone()),
            Link::new(here, "self", JSON, "This layer"),
        ],
        group: layer.group.to_string(),
        geometry: layer.geometry,
        order: layer.order,
        visible: layer.visible,
        zoom: layer.zoom,
        legend: layer.legend.clone(),
        roles: layer.roles.clone(),
        schema: layer.schema.clone(),
        count: data.features.len(),
    }
}

/// All layers
#[utoipa::path(get, path = "/api/collections", tag = "features", responses((status = 200, body = Collections)))]
pub async fn collections(BaseUrl(base): BaseUrl, Asked { map, .. }: Asked<Nothing>) -> Json<Collections> {
    let links = vec![Link::new(format!("{base}/api/collections"), "self", JSON, "The layers")];
    let collections = map.shown().map(|(entry, data)| describe(entry, data, &base)).collect();
    Json(Collections { links, collections })
}

/// One layer
#[utoipa::path(get, path = "/api/collections/{layer}", tag = "features",
    params(("layer" = String, Path, description = "Id of the layer")),
    responses((status = 200, body = Collection), (status = 404)))]
pub async fn collection(
    BaseUrl(base): BaseUrl,
    PathOf(id): PathOf<String>,
    Asked { map, .. }: Asked<Nothing>,
) -> Result<Json<Collection>, Problem> {
    let (entry, data) = found(&map, &id)?;
    Ok(Json(describe(entry, data, &base)))
}

/// The layer, or a problem that says that there is none.
pub fn found<'m>(map: &'m Snapshot, id: &str) -> Result<(&'m CatalogueEntry, &'m std::sync::Arc<LayerData>), Problem> {
    map.layer(id).ok_or_else(|| no_layer(id))
}

pub fn no_layer(id: &str) -> Problem {
    Problem::not_found(format!("there is no layer {}", super::params::quoted(id)))
}
