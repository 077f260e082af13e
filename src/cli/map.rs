//! The map for commands that need one without a running service.

use super::CliError;
use crate::atlas::snapshot::{Place, SnapshotParts};
use crate::atlas::{Feature, Ident, Snapshot};
use crate::store::Store;
use std::collections::BTreeMap;

/// The layers that are asked for, without a network.
pub async fn some(store: &Store, wanted: impl Fn(&str) -> bool) -> Result<Snapshot, CliError> {
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    let place = store.meta("place").await.map_err(CliError::failed)?;
    let place: Place = place.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
    let mut layers: BTreeMap<Ident, Vec<Feature>> = BTreeMap::new();
    for entry in catalogue.iter().filter(|entry| wanted(entry.layer.id.as_str())) {
        let loaded = store.load_layer(entry).await.map_err(CliError::failed)?;
        layers.insert(entry.layer.id.clone(), loaded.features);
    }
    let parts = SnapshotParts { seq: 1, place, catalogue, layers, ..SnapshotParts::default() };
    tokio::task::spawn_blocking(move || Snapshot::build(parts)).await.map_err(CliError::failed)
}
