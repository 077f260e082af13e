//! Where a place could go: at features of a layer, at the corners of streets, or where somebody drew
//! a point.

use crate::atlas::facility::anchor;
use crate::atlas::{Feature, FeatureId, Ident, Snapshot};
use crate::geometry::{LonLat, Metres, Plane, ground_distance};
use crate::walk::Network;
use std::collections::HashMap;
use std::sync::Arc;

/// A place to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub at: LonLat,
    /// The feature it stands for, if any.
    pub of: Option<(Ident, FeatureId)>,
}

impl From<LonLat> for Candidate {
    fn from(at: LonLat) -> Self {
        Self { at, of: None }
    }
}

/// A candidate at each feature of a layer: at the point, inside the polygon, at the middle of the
/// line. `None` for an unknown layer.
pub fn from_layer(snapshot: &Snapshot, layer: &str) -> Option<Vec<Candidate>> {
    let (entry, data) = snapshot.layer(layer)?;
    let id = &entry.layer.id;
    let one = |f: &Arc<Feature>| Some(Candidate { at: anchor(&f.geometry)?, of: Some((id.clone(), f.id)) });
    Some(data.features.values().filter_map(one).collect())
}

/// Corners and ends of streets, no two nearer than `spacing`, of those that lie where `inside` says.
pub fn from_network(network: &Network, spacing: Metres, inside: impl Fn(LonLat) -> bool) -> Vec<Candidate> {
    let nodes = network.node_positions().into_iter().flatten().filter(|at| inside(*at));
    apart(nodes, spacing).into_iter().map(Candidate::from).collect()
}

/// Those that keep their distance to all that came before them.
fn apart(positions: impl Iterator<Item = LonLat>, spacing: Metres) -> Vec<LonLat> {
    let (mut plane, mut kept, mut all) = (None, HashMap::<(i64, i64), Vec<LonLat>>::new(), Vec::new());
    // A metre of the plane is a bit more or less than a true one, the farther north or south.
    let side = spacing.0.max(1.0) * 1.2;
    for at in positions {
        let p = plane.get_or_insert_with(|| Plane::around(at)).to_xy(at);
        let (column, row) = ((p.x / side).floor() as i64, (p.y / side).floor() as i64);
        let close = |other: &LonLat| ground_distance(at, *other).0 < spacing.0;
        let mut around = (column - 1..=column + 1).flat_map(|c| (row - 1..=row + 1).map(move |r| (c, r)));
        if !around.any(|cell| kept.get(&cell).is_some_and(|kept| kept.iter().any(close))) {
            kept.entry((column, row)).or_default().push(at);
            all.push(at);
        }
    }
    all
}
