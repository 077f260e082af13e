//! What the running service tells its listeners, and what of it a listener may hear.

use crate::accounts::{Extent, Seen, Where};
use crate::atlas::{Change, Feature, FeatureId, Ident, Operation, Snapshot};
use crate::geometry::BBox;
use crate::store::log;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// One change that the map has taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeEvent {
    /// Its layer is a layer, or one of the log's own names: `network`, `layer`, `meta`.
    pub change: Change,
    before: Option<Arc<Feature>>,
    after: Option<Arc<Feature>>,
}

/// A change as one listener hears it: what comes into his sight is an insert, what leaves it a
/// delete.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub seq: i64,
    pub layer: Ident,
    pub id: FeatureId,
    pub op: Operation,
    /// Where the map looks different: around the feature before and after. `None`: anywhere.
    pub bbox: Option<BBox>,
}

impl ChangeEvent {
    pub fn new(change: &Change, before: &Snapshot, after: &Snapshot) -> Self {
        let feature = |map: &Snapshot| map.feature(change.layer.as_str(), change.id).cloned();
        Self { before: feature(before), after: feature(after), change: change.clone() }
    }

    /// What is heard of it by who sees this much of the map; `None`: nothing.
    pub fn heard(&self, seen: &Seen) -> Option<Heard> {
        let Change { seq, ref layer, id, op } = self.change;
        let heard = |op, bbox| Some(Heard { seq, layer: layer.clone(), id, op, bbox });
        if log_s_own(layer) {
            return heard(op, None);
        }
        let entry = seen.whole().catalogue.get(layer.as_str())?;
        let access = entry.layer.access;
        let view = seen.sight().on(seen.whole());
        let sees = |f: &&Arc<Feature>| view.sees(access, Where::of(entry, f));
        let (was, is) = (self.before.as_ref().filter(sees), self.after.as_ref().filter(sees));
        let bbox = [was, is].into_iter().flatten().map(|f| f.bbox).reduce(BBox::union);
        let everywhere = *seen.sight().extent(access) == Extent::Everywhere;
        match (was, is) {
            (None, None) => heard(op, None).filter(|_| everywhere),
            (None, Some(_)) if self.before.is_some() => heard(Operation::Insert, bbox),
            (Some(_), None) if self.after.is_some() => heard(Operation::Delete, bbox),
            _ => heard(op, bbox),
        }
    }
}

/// Whether the log speaks of something else than a feature.
fn log_s_own(layer: &Ident) -> bool {
    [log::NETWORK, log::LAYER, log::META].contains(&layer.as_str())
}

/// What is heard of a change that only the log remembers, by who sees this much of the map.
/// `Err`: nobody knows any more whether it was seen.
pub fn heard_of(change: &Change, seen: &Seen) -> Result<Option<Heard>, Forgotten> {
    let event = ChangeEvent::new(change, seen.whole(), seen.whole());
    let heard = event.heard(seen);
    let entry = seen.whole().catalogue.get(change.layer.as_str());
    let by_area = entry.is_some_and(|e| matches!(seen.sight().extent(e.layer.access), Extent::Areas(_)));
    if heard.is_none() && by_area { Err(Forgotten) } else { Ok(heard) }
}

/// A feature that is gone, or lies elsewhere now: it may have been seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten;

/// The last changes with their features, for listeners who were away for a moment.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Nothing up to this number is kept.
    floor: i64,
    events: VecDeque<Arc<ChangeEvent>>,
}

impl Recent {
    /// Begins anew: the map was read whole.
    pub fn restart(&self, seq: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept { floor: seq, events: VecDeque::new() };
    }

    pub fn push(&self, event: &Arc<ChangeEvent>, most: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.events.push_back(Arc::clone(event));
        while kept.events.len() > most {
            let oldest = kept.events.pop_front();
            kept.floor = oldest.map_or(kept.floor, |e| e.change.seq);
        }
    }

    /// Everything after that number; `None` when that is not known any more.
    pub fn since(&self, seq: i64) -> Option<Vec<Arc<ChangeEvent>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.floor <= seq).then(|| kept.events.iter().filter(|e| e.change.seq > seq).cloned().collect())
    }
}
