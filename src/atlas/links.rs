//! The layers that alter the walking network: links that planners draw, and streets that are closed.

use super::data::LayerData;
use super::feature::Feature;
use super::layer::Ident;
use crate::geometry::{LonLat, Metres};
use crate::walk::footing::Surface;
use crate::walk::{Link, LinkKind, Network};
use geo::CoordsIter;
use std::collections::HashMap;
use std::sync::Arc;

/// The layer whose lines are stitched into the walking network.
pub const LINK_LAYER: &str = "footpath";

/// The layer whose points close streets.
pub const CLOSURE_LAYER: &str = "street_closure";

/// A point closes the nearest street not farther from it than this.
pub const CLOSES_WITHIN: Metres = Metres(30.0);

/// Whether a change of the layer makes another network.
pub fn alters_network(layer: &str) -> bool {
    [LINK_LAYER, CLOSURE_LAYER].contains(&layer)
}

/// The network without the streets that are closed and with the links that are drawn; the same one
/// where there are none. Only imported streets are closed: a drawn link is taken away. What was found out
/// about the network as it was before stays known where nothing changed.
pub(super) fn stitched(
    base: &Arc<Network>,
    layers: &HashMap<Ident, Arc<LayerData>>,
    before: Option<&Arc<Network>>,
) -> Arc<Network> {
    let features = |layer: &str| layers.get(layer).into_iter().flat_map(|data| data.features.values());
    let closures: Vec<LonLat> = features(CLOSURE_LAYER).flat_map(|f| places(f)).collect();
    let links: Vec<Link> = features(LINK_LAYER).flat_map(|f| links(f)).collect();
    let open = base.closing(&closures, CLOSES_WITHIN);
    let changed = if links.is_empty() { open } else { Some(open.as_ref().unwrap_or(&**base).with_links(&links)) };
    changed.map_or_else(|| Arc::clone(base), |network| Arc::new(network.sharing_lattice(before.unwrap_or(base))))
}

/// Where the feature closes streets.
fn places(feature: &Feature) -> Vec<LonLat> {
    feature.geometry.coords_iter().filter_map(|c| LonLat::try_from(c).ok()).collect()
}

/// One link a line of the feature.
fn links(feature: &Feature) -> Vec<Link> {
    let text = |key: &str| feature.properties.get(key).and_then(|v| v.as_str());
    let kind = match text("kind") {
        Some("gate") => LinkKind::Gate,
        Some("bridge") => LinkKind::Bridge,
        Some("steps") => LinkKind::Steps,
        Some("crossing") => LinkKind::Crossing,
        _ => LinkKind::Path,
    };
    let link = |line: &geo::LineString| Link {
        line: line.0.iter().filter_map(|c| LonLat::try_from(*c).ok()).collect(),
        kind,
        oneway: feature.properties.get("oneway").and_then(|v| v.as_bool()).unwrap_or(false),
        surface: text("surface").map(Surface::named).unwrap_or_default(),
        width_m: feature.properties.get("width_m").and_then(|v| v.as_f64()),
        name: text("name").map(Into::into),
    };
    match &feature.geometry {
        geo::Geometry::LineString(line) => vec![link(line)],
        geo::Geometry::MultiLineString(lines) => lines.iter().map(link).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::snapshot::{LayerChange, SnapshotParts};
    use super::super::testing::{feature, ident};
    use super::super::{Catalogue, FeatureId, Snapshot};
    use super::*;
    use crate::geometry::Seconds;
    use crate::walk::{Direction, Profile, ReachQuery, Street, Streets};
    use serde_json::json;

    /// ```text
    /// 1---2     two streets 400 m apart that do not meet
    /// 3---4
    /// ```
    fn network() -> Arc<Network> {
        let at = |x: f64, y: f64| LonLat::new(x, y).expect("in range");
        let tags = || vec![("highway".to_string(), "residential".to_string())];
        Arc::new(Network::build(&Streets {
            points: vec![at(116.0, 29.004), at(116.01, 29.004), at(116.0, 29.0), at(116.01, 29.0)],
            ways: vec![Street { points: vec![0, 1], tags: tags() }, Street { points: vec![2, 3], tags: tags() }],
            ..Streets::default()
        }))
    }

    fn joined(map: &Snapshot) -> bool {
        reached(map, 116.005)
    }

    /// Whether one gets from the southern street to there on the northern one.
    fn reached(map: &Snapshot, lon: f64) -> bool {
        let (origin, to) = (LonLat::new(116.005, 29.0).expect("in range"), LonLat::new(lon, 29.004).expect("in range"));
        let profile = Profile::by_id("adult").expect("built in");
        let query = ReachQuery { origin, profile, direction: Direction::From, budget: Seconds(1800.0) };
        map.network.as_ref().is_some_and(|n| n.reach(&query).expect("near").time_at(to).is_some())
    }

    fn link(id: i64) -> Feature {
        let line = geo::LineString::from(vec![(116.005, 29.0), (116.005, 29.004)]);
        feature(id, line, json!({"kind": "path", "width_m": 2.0, "oneway": false, "surface": "asphalt"}))
    }

    #[test]
    fn a_drawn_link_joins_the_network_and_a_deleted_one_leaves_it_as_it_was() {
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let parts = SnapshotParts { seq: 1, catalogue, network: Some(network()), ..SnapshotParts::default() };
        let bare = Snapshot::build(parts.clone());
        assert!(!joined(&bare));
        let change = |seq, feature| LayerChange { seq, layer: ident(LINK_LAYER), id: FeatureId(7), feature };
        let (drawn, _) = bare.apply(&[change(2, Some(link(7)))]);
        assert!(joined(&drawn) && !joined(&bare), "the old snapshot stays as it was");
        let (gone, _) = drawn.apply(&[change(3, None)]);
        assert_eq!(gone.network, bare.network);
        let loaded = SnapshotParts { layers: [(ident(LINK_LAYER), vec![link(7)])].into(), ..parts };
        let loaded = Snapshot::build(loaded);
        assert_eq!(loaded.network, drawn.network);
        // A new import keeps the links, and other layers' changes leave the network alone.
        let again = loaded.with_network(Some(network()), None, 9);
        assert_eq!(again.network, drawn.network);
        let grid = LayerChange { seq: 10, layer: ident("grid"), id: FeatureId(1), feature: None };
        let (other, _) = again.apply(&[grid]);
        assert!(other.network.zip(again.network).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b)));
    }

    #[test]
    fn a_closed_street_is_gone_until_the_closure_is_and_links_stay() {
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let parts = SnapshotParts { seq: 1, catalogue, network: Some(network()), ..SnapshotParts::default() };
        let drawn = Snapshot::build(SnapshotParts { layers: [(ident(LINK_LAYER), vec![link(7)])].into(), ..parts });
        let change = |seq, lat: f64| {
            let feature = feature(3, geo::Point::new(116.002, lat), json!({"reason": "施工"}));
            LayerChange { seq, layer: ident(CLOSURE_LAYER), id: FeatureId(3), feature: Some(feature) }
        };
        let (closed, _) = drawn.apply(&[change(2, 29.0041)]);
        assert!(reached(&drawn, 116.008) && !reached(&closed, 116.008), "no street leads there any more");
        assert_eq!(closed.base_network, drawn.base_network);
        // 111 m from every street.
        let (far, _) = closed.apply(&[change(3, 29.002)]);
        assert_eq!(far.network, drawn.network);
        let (open, _) = closed.apply(&[LayerChange { feature: None, ..change(4, 0.0) }]);
        assert_eq!(open.network, drawn.network);
        // A new import is closed in the same place.
        let again = closed.with_network(Some(network()), None, 9);
        assert_eq!(again.network, closed.network);
    }
}
