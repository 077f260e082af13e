//! What each kind of caller sees of the map, made when somebody asks and kept until the map changes;
//! the next look starts from the one before.

use crate::accounts::{Seen, Sight};
use crate::atlas::Snapshot;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// Kinds of caller that are remembered.
const MOST: u64 = 256;
/// A look pins the map it is of: those of callers who have gone are let go.
const IDLE: Duration = Duration::from_secs(300);

/// The looks at one map, or at the one before. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Looks(Cache<Sight, Seen>);

impl Default for Looks {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build())
    }
}

impl Looks {
    /// The look, when it has been made.
    pub fn ready(&self, whole: &Arc<Snapshot>, sight: &Sight) -> Option<Seen> {
        self.0.get(&Seen::sight_on(whole, sight)).filter(|seen| seen.is_of(whole))
    }

    /// The look; made once however many ask at the same time. May take a while.
    pub fn at(&self, whole: &Arc<Snapshot>, sight: &Sight) -> Seen {
        let sight = Seen::sight_on(whole, sight);
        let made = self.0.entry_by_ref(&sight).and_upsert_with(|before| {
            let before = before.map(moka::Entry::into_value);
            match before {
                Some(same) if same.is_of(whole) => same,
                before => Seen::new(whole, &sight, before.as_ref()),
            }
        });
        made.into_value()
    }

    /// The map is another one now: looks at older maps than the last one are let go.
    pub fn forget_all_but(&self, last: &Arc<Snapshot>) {
        let old: Vec<Sight> = self.0.iter().filter(|(_, s)| !s.is_of(last)).map(|(k, _)| Sight::clone(&k)).collect();
        old.iter().for_each(|sight| self.0.invalidate(sight));
    }
}
