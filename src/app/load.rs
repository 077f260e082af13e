//! From the database to a map in memory, all of it or what changed.

use crate::atlas::snapshot::{LayerChange, Place, SnapshotParts};
use crate::atlas::{Catalogue, CatalogueEntry, Change, Feature, FeatureId, Ident, Snapshot};
use crate::store::{Loaded, Store, StoreError, log};
use crate::walk::Network;
use futures::{StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Layers read at the same time.
const AT_ONCE: usize = 4;

/// From this many changes of one layer on, reading it whole is cheaper than row by row.
const RELOAD: usize = 1000;

/// Why there is no new map.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the work on the map was broken off: {0}")]
    Work(#[from] tokio::task::JoinError),
}

/// The whole map. What is written meanwhile may be in it already; the changes after its `seq`
/// bring the rest, and applying one twice does no harm.
pub async fn all(store: &Store) -> Result<Snapshot, LoadError> {
    let seq = store.last_seq().await?;
    let catalogue = store.catalogue().await?;
    let entries: Vec<CatalogueEntry> = catalogue.iter().cloned().collect();
    let read = entries.into_iter().map(|entry| read(store.clone(), entry));
    let layers: BTreeMap<Ident, Vec<Feature>> = futures::stream::iter(read).buffered(AT_ONCE).try_collect().await?;
    let (network, network_built_at) = network(store).await?;
    let parts = SnapshotParts { seq, place: place(store).await?, catalogue, layers, network, network_built_at };
    Ok(tokio::task::spawn_blocking(move || Snapshot::build(parts)).await?)
}

async fn read(store: Store, entry: CatalogueEntry) -> Result<(Ident, Vec<Feature>), StoreError> {
    let loaded = store.load_layer(&entry).await?;
    let features = kept(&entry.layer.id, loaded);
    Ok((entry.layer.id, features))
}

/// The map after these changes, which follow it in the log.
pub async fn changed(store: &Store, map: &Arc<Snapshot>, changes: &[Change]) -> Result<Snapshot, LoadError> {
    let names: BTreeSet<&str> = changes.iter().map(|c| c.layer.as_str()).collect();
    let seq = changes.iter().map(|c| c.seq).fold(map.seq, i64::max);
    let mut next = Arc::clone(map);
    if names.contains(log::META) {
        let place = place(store).await?;
        // All opening hours are read in the place's time zone.
        if place.timezone != map.place.timezone {
            return all(store).await;
        }
        next = Arc::new(Snapshot { place, ..Snapshot::clone(&next) });
    }
    if names.contains(log::LAYER) {
        next = descriptors(store, next, seq).await?;
    }
    if names.contains(log::NETWORK) {
        let (network, built_at) = network(store).await?;
        let stitch = move || next.with_network(network, built_at, seq);
        next = Arc::new(tokio::task::spawn_blocking(stitch).await?);
    }
    let mut rows: Vec<LayerChange> = Vec::new();
    for name in names {
        let Some(entry) = next.catalogue.get(name).cloned() else { continue };
        let latest: BTreeMap<FeatureId, i64> =
            changes.iter().filter(|c| c.layer == entry.layer.id).map(|c| (c.id, c.seq)).collect();
        if latest.len() >= RELOAD {
            next = reload(store, next, entry.layer.id, seq).await?;
        } else {
            rows.extend(touched(store, &entry, &latest).await?);
        }
    }
    rows.sort_by_key(|c| c.seq);
    let apply = move || Snapshot { seq, ..next.apply(&rows).0 };
    Ok(tokio::task::spawn_blocking(apply).await?)
}

/// The changed features as they are now.
async fn touched(
    store: &Store,
    entry: &CatalogueEntry,
    latest: &BTreeMap<FeatureId, i64>,
) -> Result<Vec<LayerChange>, StoreError> {
    let ids: Vec<FeatureId> = latest.keys().copied().collect();
    let loaded = kept(&entry.layer.id, store.load_features(entry, &ids).await?);
    let mut found: BTreeMap<FeatureId, Feature> = loaded.into_iter().map(|f| (f.id, f)).collect();
    let change = |(id, seq): (&FeatureId, &i64)| LayerChange {
        seq: *seq,
        layer: entry.layer.id.clone(),
        id: *id,
        feature: found.remove(id),
    };
    Ok(latest.iter().map(change).collect())
}

/// The map with one layer read anew.
async fn reload(store: &Store, map: Arc<Snapshot>, layer: Ident, seq: i64) -> Result<Arc<Snapshot>, LoadError> {
    let catalogue = Catalogue::clone(&map.catalogue);
    let features = match catalogue.get(layer.as_str()) {
        Some(entry) => kept(&layer, store.load_layer(entry).await?),
        None => Vec::new(),
    };
    replaced(map, catalogue, layer, features, seq).await
}

/// The map with every layer whose descriptor is not the one in the database read anew.
async fn descriptors(store: &Store, mut map: Arc<Snapshot>, seq: i64) -> Result<Arc<Snapshot>, LoadError> {
    let catalogue = store.catalogue().await?;
    let ids: BTreeSet<Ident> = catalogue.iter().chain(map.catalogue.iter()).map(|e| e.layer.id.clone()).collect();
    for id in ids {
        let (now, before) = (catalogue.get(id.as_str()), map.catalogue.get(id.as_str()));
        if now == before {
            continue;
        }
        let features = match now {
            Some(entry) => kept(&id, store.load_layer(entry).await?),
            None => Vec::new(),
        };
        map = replaced(map, catalogue.clone(), id, features, seq).await?;
    }
    Ok(map)
}

async fn replaced(
    map: Arc<Snapshot>,
    catalogue: Catalogue,
    layer: Ident,
    features: Vec<Feature>,
    seq: i64,
) -> Result<Arc<Snapshot>, LoadError> {
    let build = move || map.with_layer(catalogue, &layer, features, seq);
    Ok(Arc::new(tokio::task::spawn_blocking(build).await?))
}

/// The features that can be used; the others are named in the log.
fn kept(layer: &Ident, loaded: Loaded) -> Vec<Feature> {
    for row in &loaded.set_aside {
        tracing::warn!(%layer, id = row.id.0, reason = %row.reason, "a row is set aside");
    }
    loaded.features
}

async fn place(store: &Store) -> Result<Place, StoreError> {
    let Some(value) = store.meta("place").await? else { return Ok(Place::default()) };
    Ok(serde_json::from_value(value).unwrap_or_else(|error| {
        tracing::warn!(%error, "the setting \"place\" cannot be read");
        Place::default()
    }))
}

/// The network and when it was built. One that cannot be read is told in the log, and the map
/// does without: areas and tiles do not need it.
async fn network(store: &Store) -> Result<(Option<Arc<Network>>, Option<String>), LoadError> {
    let Some(artefact) = store.network().await? else { return Ok((None, None)) };
    let decoded = tokio::task::spawn_blocking(move || Network::decode(&artefact.bytes)).await?;
    match decoded {
        Ok(network) => Ok((Some(Arc::new(network)), Some(artefact.built_at))),
        Err(error) => {
            tracing::error!(%error, "no walking network");
            Ok((None, None))
        }
    }
}
