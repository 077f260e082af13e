//! Finished tiles, kept by what they were made of: layers, the version of each, and what of it the
//! caller sees. A change makes a new version, so nothing is ever forgotten too late and nothing needs to be thrown out.

use super::encode::tile;
use crate::accounts::{Seen, SightKey};
use crate::atlas::Ident;
use crate::geometry::TileCoord;
use bytes::Bytes;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A tile ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedTile {
    /// Empty where there is nothing to draw.
    pub bytes: Bytes,
    /// Strong ETag with its quotes, made from the bytes: it stays right across restarts, other
    /// server processes and another database at the same address.
    pub etag: String,
}

impl CachedTile {
    pub fn new(bytes: Vec<u8>) -> Self {
        let etag: String = Sha256::digest(&bytes).iter().take(12).map(|b| format!("{b:02x}")).collect();
        Self { bytes: Bytes::from(bytes), etag: format!("\"{etag}\"") }
    }
}

type Key = (Vec<(Ident, Option<(i64, SightKey)>)>, TileCoord);

/// Keeps tiles up to a number of bytes. Cloning shares it.
#[derive(Debug, Clone)]
pub struct TileCache {
    tiles: Cache<Key, Arc<CachedTile>>,
    /// Tiles that were there, and that had to be made.
    counts: Arc<[AtomicU64; 2]>,
}

impl TileCache {
    pub fn new(max_bytes: u64) -> Self {
        // What a tile needs besides its bytes: key, ETag, the cache's own entry.
        let weigh = |key: &Key, tile: &Arc<CachedTile>| (tile.bytes.len() + 128 * key.0.len() + 256) as u32;
        Self { tiles: Cache::builder().max_capacity(max_bytes).weigher(weigh).build(), counts: Arc::default() }
    }

    /// The tile, made once however many ask for it at the same time.
    pub fn tile(&self, map: &Seen, layers: &[Ident], coord: TileCoord) -> Arc<CachedTile> {
        let version = |id: &Ident| map.layer(id.as_str()).map(|(entry, data)| (data.version, map.key(entry)));
        let key = (layers.iter().map(|id| (id.clone(), version(id))).collect(), coord);
        let entry = self.tiles.entry(key).or_insert_with(|| Arc::new(CachedTile::new(tile(map, layers, coord))));
        self.counts[usize::from(entry.is_fresh())].fetch_add(1, Ordering::Relaxed);
        entry.into_value()
    }

    /// How many tiles were there, and how many had to be made.
    pub fn hits_and_misses(&self) -> (u64, u64) {
        let [hits, misses] = &*self.counts;
        (hits.load(Ordering::Relaxed), misses.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Sight;
    use crate::atlas::testing::{feature, ident, snapshot, square};
    use crate::atlas::{FeatureId, LayerChange};
    use serde_json::json;

    #[test]
    fn a_change_of_a_layer_shows_at_once_and_other_tiles_stay() {
        let grid = |side| feature(1, square(0.0, 0.0, side), json!({"code": "1", "name": "a"}));
        let before = snapshot(vec![("grid", vec![grid(5.0)])]);
        let cache = TileCache::new(1 << 20);
        let coord = TileCoord::new(14, 13471, 6811).expect("a tile");
        let seen = |map| Seen::new(&Arc::new(map), &Sight::default(), None);
        let before = seen(before);
        let tile = |s: &Seen, layer: &str| cache.tile(s, &[ident(layer)], coord);
        let (old, town) = (tile(&before, "grid"), tile(&before, "town"));
        assert!(Arc::ptr_eq(&old, &tile(&before, "grid")), "made once");
        let change = LayerChange { seq: 5, layer: ident("grid"), id: FeatureId(1), feature: Some(grid(6.0)) };
        let after = seen(before.apply(&[change]).0);
        assert_ne!(old.etag, tile(&after, "grid").etag);
        assert!(Arc::ptr_eq(&town, &tile(&after, "town")));
        assert_eq!(cache.hits_and_misses(), (2, 3));
        assert!(town.bytes.is_empty() && old.etag.starts_with('"'));
    }
}
