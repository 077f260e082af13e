//! The layer of links that planners draw, as the walking network takes them.

use super::data::LayerData;
use super::feature::Feature;
use crate::geometry::LonLat;
use crate::walk::footing::Surface;
use crate::walk::{Link, LinkKind, Network};
use std::sync::Arc;

/// The layer whose lines are stitched into the walking network.
pub(super) const LINK_LAYER: &str = "footpath";

/// The network with the layer's links; the same one where there are none.
pub(super) fn stitched(base: &Arc<Network>, layer: Option<&Arc<LayerData>>) -> Arc<Network> {
    let links: Vec<Link> = layer.into_iter().flat_map(|l| l.features.values()).flat_map(|f| links(f)).collect();
    if links.is_empty() { Arc::clone(base) } else { Arc::new(base.with_links(&links)) }
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
        let (origin, to) =
            (LonLat::new(116.005, 29.0).expect("in range"), LonLat::new(116.005, 29.004).expect("in range"));
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
}
