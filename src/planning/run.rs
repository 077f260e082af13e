//! A long computation as others see it: how far it is, and that somebody wants it to stop. Shared
//! between threads; waits for nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Somebody wanted it to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// A run's counters.
#[derive(Debug, Default)]
pub struct Run {
    done: AtomicUsize,
    of: AtomicUsize,
    cancelled: AtomicBool,
}

impl Run {
    /// Asks it to stop soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Pieces of work done, and all of them as far as is known.
    pub fn progress(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Whether to go on.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    pub(super) fn expect(&self, pieces: usize) {
        self.of.fetch_add(pieces, Ordering::Relaxed);
    }

    /// A piece is done; whether to go on.
    pub(super) fn done(&self, pieces: usize) -> Result<(), Cancelled> {
        self.done.fetch_add(pieces, Ordering::Relaxed);
        self.check()
    }
}
