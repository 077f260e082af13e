//! `/api/collections/{layer}/items`: features of a layer (OGC API Features part 1), read only.

use super::collections::{CRS84, found};
use super::credentials::Acting;
use super::error::Problem;
use super::extract::{PathOf, Reading, accepted};
use super::link::{GEOJSON, JSON, Link, with_query};
use super::params::{Params, quoted};
use super::personal::{Told, note};
use super::{etag, visible, wire};
use crate::app::App;
use crate::atlas::layer::{Access, PropertyType};
use crate::atlas::{CatalogueEntry, Feature, FeatureId, LayerData};
use crate::geometry::BBox;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use geo::{Intersects, Rect};
use rstar::AABB;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Largest page.
const MAX_LIMIT: u32 = 10_000;

/// What is asked of a layer's features.
#[derive(Debug)]
struct ItemsQuery {
    bbox: Option<BBox>,
    limit: u32,
    offset: u32,
    /// Properties and the values they must have.
    equal: Vec<(String, Wanted)>,
}

/// A value in the property's type.
#[derive(Debug, PartialEq)]
enum Wanted {
    Text(String),
    Number(f64),
    Bool(bool),
}

impl Wanted {
    fn read(kind: PropertyType, text: &str) -> Option<Self> {
        match kind {
            PropertyType::String | PropertyType::Array => Some(Self::Text(text.to_owned())),
            PropertyType::Integer | PropertyType::Number => super::params::number(text).map(Self::Number),
            PropertyType::Boolean => text.parse().ok().map(Self::Bool),
            PropertyType::Object => None,
        }
    }

    /// The property has this value, or is a list that holds it.
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::String(text)) => wanted == text,
            (Self::Number(wanted), Value::Number(number)) => number.as_f64() == Some(*wanted),
            (Self::Bool(wanted), Value::Bool(value)) => wanted == value,
            (wanted, Value::Array(list)) => list.iter().any(|v| wanted.is(v)),
            _ => false,
        }
    }
}

impl ItemsQuery {
    fn read(params: &mut Params, entry: &CatalogueEntry) -> Option<Self> {
        for crs in ["crs", "bbox-crs"] {
            if params.optional(crs).is_some_and(|c| c != CRS84) {
                params.fault(crs, format!("only {CRS84} is served"));
            }
        }
        params.choice("f", (), &[("json", ()), ("geojson", ())]);
        if params.has("datetime") {
            params.optional("datetime");
            params.fault("datetime", "features of this layer carry no time to filter by");
        }
        let bbox = params.bbox("bbox");
        let limit = params.whole("limit", 10, 1..=MAX_LIMIT);
        let offset = params.whole("offset", 0, 0..=u32::MAX);
        let mut equal = Vec::new();
        for name in params.others() {
            let Some(property) = entry.property(&name).filter(|p| p.kind != PropertyType::Object) else { continue };
            let Some(text) = params.optional(&name) else { continue };
            match Wanted::read(property.kind, &text) {
                Some(wanted) => equal.push((name, wanted)),
                None => params.fault(&name, format!("{} is not of the property's type", quoted(&text))),
            }
        }
        Some(Self { bbox, limit: limit?, offset: offset?, equal })
    }

    fn holds(&self, feature: &Feature) -> bool {
        let named = |name: &String| feature.properties.get(name);
        self.equal.iter().all(|(name, wanted)| named(name).is_some_and(|v| wanted.is(v)))
    }

    /// Every feature that matches, in order of id.
    fn matching<'d>(&self, data: &'d LayerData) -> Vec<&'d Arc<Feature>> {
        let Some(b) = self.bbox else { return data.features.values().filter(|f| self.holds(f)).collect() };
        let rect = Rect::new((b.west, b.south), (b.east, b.north));
        let envelope = AABB::from_corners([b.west, b.south], [b.east, b.north]);
        let near = data.index.locate_in_envelope_intersecting(&envelope).map(|indexed| &indexed.0);
        let mut all: Vec<_> = near.filter(|f| self.holds(f) && f.geometry.intersects(&rect)).collect();
        all.sort_unstable_by_key(|f| f.id);
        all
    }
}

/// The tag of a feature as this caller is told it: its version, then a letter for each kind of access
/// that tells more than everybody is told.
pub fn tag(version: i64, told: &BTreeSet<Access>) -> HeaderValue {
    let letters: String = told.iter().map(|access| letter(*access)).collect();
    etag::quoted(&format!("{version}{letters}"))
}

/// One feature as GeoJSON, with its version and links.
pub fn whole(entry: &CatalogueEntry, feature: &Feature, base: &str) -> Map<String, Value> {
    let mut body = item_json(entry, feature);
    let collection = format!("{base}/api/collections/{}", entry.layer.id);
    body.insert("version".into(), json!(feature.version));
    if !feature.updated_at.is_empty() {
        body.insert("updated_at".into(), json!(feature.updated_at));
    }
    body.insert(
        "links".into(),
        json!([
            Link::new(format!("{collection}/items/{}", feature.id.0), "self", GEOJSON, "This feature"),
            Link::new(collection, "collection", JSON, entry.layer.title.en.clone()),
        ]),
    );
    body
}

pub fn no_feature(layer: &str, id: &str) -> Problem {
    Problem::not_found(format!("there is no {layer} {}", quoted(id)))
}

const fn letter(access: Access) -> char {
    match access {
        Access::Public => 'p',
        Access::Members => 'm',
        Access::Area => 'a',
        Access::Restricted => 'r',
    }
}

/// One feature as GeoJSON.
fn item_json(entry: &CatalogueEntry, feature: &Feature) -> Map<String, Value> {
    let mut item = Map::new();
    item.insert("type".into(), json!("Feature"));
    item.insert("id".into(), json!(feature.id));
    item.insert("geometry".into(), wire::geometry(&feature.geometry));
    item.insert("properties".into(), visible::properties(entry, feature).into());
    item
}

/// Features of a layer
///
/// Any public property of the layer may be a parameter too, and must then be equal.
#[utoipa::path(get, path = "/api/collections/{layer}/items", tag = "features",
    params(
        ("layer" = String, Path, description = "Id of the layer"),
        ("bbox" = Option<String>, Query, description = "west,south,east,north",
            pattern = "^-?[0-9]+(\\.[0-9]+)?(,-?[0-9]+(\\.[0-9]+)?){3}$"),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 10 by default", minimum = 1, maximum = 10000),
        ("offset" = Option<u32>, Query, description = "How many to pass over"),
    ),
    responses((status = 200, content_type = "application/geo+json", body = Object),
        (status = 404),
        (status = 503, description = "What is personal is not told when that cannot be noted"),
    ))]
pub async fn items(
    State(app): State<Arc<App>>,
    PathOf(id): PathOf<String>,
    acting: Acting,
    reading: Reading,
) -> Result<Response, Problem> {
    let Reading { map, mut params, headers, base } = reading;
    let (entry, _) = found(&map, &id)?;
    let query = ItemsQuery::read(&mut params, entry);
    let here = format!("{base}/api/collections/{id}/items");
    let page = |offset: u32| with_query(&here, &params.replaced("offset", offset.to_string()));
    let this = with_query(&here, params.pairs());
    let Some(query) = query else { return Err(params.refused()) };
    let (next, previous) = (query.offset.saturating_add(query.limit), query.offset.saturating_sub(query.limit));
    let (next, previous) = (page(next), page(previous));
    params.finish()?;
    let kind = geojson_type(&headers)?;
    let now = (app.clock)().to_rfc3339_opts(SecondsFormat::Secs, true);
    let layer = id.clone();
    let name = entry.layer.id.clone();
    let (body, told) = super::compute(move || -> Result<(String, Told), Problem> {
        let (entry, data) = found(&map, &layer)?;
        let all = query.matching(data);
        let shown = all.iter().skip(query.offset as usize).take(query.limit as usize);
        let told = Told::of(entry, shown.clone().map(|f| &***f));
        let told = told.searched_by(entry, query.equal.iter().map(|(name, _)| name.as_str()));
        let features: Vec<Value> = shown.map(|f| item_json(entry, f).into()).collect();
        let mut links = vec![Link::new(this, "self", GEOJSON, "This page")];
        if all.len() > query.offset as usize + features.len() {
            links.push(Link::new(next, "next", GEOJSON, "The next page"));
        }
        if query.offset > 0 {
            links.push(Link::new(previous, "prev", GEOJSON, "The page before"));
        }
        let body = json!({
            "type": "FeatureCollection",
            "numberMatched": all.len(),
            "numberReturned": features.len(),
            "timeStamp": now,
            "links": links,
            "features": features,
        });
        Ok((body.to_string(), told))
    })
    .await??;
    note(&app, acting, &name, told).await?;
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

fn geojson_type(headers: &HeaderMap) -> Result<&'static str, Problem> {
    accepted(headers, &[GEOJSON, JSON])
        .ok_or_else(|| Problem::new(super::error::Kind::NotAcceptable, "Features are served as GeoJSON."))
}

/// One feature
#[utoipa::path(get, path = "/api/collections/{layer}/items/{id}", tag = "features",
    params(("layer" = String, Path, description = "Id of the layer"), ("id" = i64, Path, description = "Id of the feature")),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 304),
        (status = 404),
        (status = 503, description = "What is personal is not told when that cannot be noted"),
    ))]
pub async fn item(
    State(app): State<Arc<App>>,
    PathOf((layer, id)): PathOf<(String, String)>,
    acting: Acting,
    reading: Reading,
) -> Result<Response, Problem> {
    let Reading { map, params, headers, base } = reading;
    params.finish()?;
    let (entry, data) = found(&map, &layer)?;
    let number = id.parse().ok().map(FeatureId);
    let feature = number.and_then(|n| data.features.get(&n));
    let feature = feature.ok_or_else(|| no_feature(&layer, &id))?;
    let kind = geojson_type(&headers)?;
    let tag = self::tag(feature.version, &map.told(&entry.layer.id, feature.id));
    let caching = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if etag::matches(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    note(&app, acting, &entry.layer.id, Told::of(entry, std::iter::once(&**feature))).await?;
    let body = whole(entry, feature, &base);
    Ok((caching, [(header::CONTENT_TYPE, kind)], Value::from(body).to_string()).into_response())
}
