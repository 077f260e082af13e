//! The office of dispatch for commands that make cases without a running service.

use super::CliError;
use crate::app::office::{Office, Rules};
use crate::atlas::snapshot::{Place, SnapshotParts};
use crate::atlas::{Feature, Ident, Snapshot};
use crate::config::Settings;
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;

/// On the whole map: rules of routing may name any layer.
pub async fn all(store: &Store, settings: &Settings) -> Result<Office, CliError> {
    some(store, settings, |_| true).await
}

/// On the layers that are asked for.
pub async fn some(store: &Store, settings: &Settings, wanted: impl Fn(&str) -> bool) -> Result<Office, CliError> {
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    let place = store.meta("place").await.map_err(CliError::failed)?;
    let place: Place = place.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
    let mut layers: BTreeMap<Ident, Vec<Feature>> = BTreeMap::new();
    for entry in catalogue.iter().filter(|entry| wanted(entry.layer.id.as_str())) {
        let loaded = store.load_layer(entry).await.map_err(CliError::failed)?;
        layers.insert(entry.layer.id.clone(), loaded.features);
    }
    let rules = Rules::read(&settings.dispatch).map_err(CliError::failed)?;
    let parts = SnapshotParts { seq: 1, place, catalogue, layers, ..SnapshotParts::default() };
    let build = move || Office::new(Arc::new(Snapshot::build(parts)), &rules);
    tokio::task::spawn_blocking(build).await.map_err(CliError::failed)
}
