//! The lattice: points 10 m apart, fixed to the network's plane so that every search samples the
//! same places, each with its ways onto the network found once. A search then knows the field at
//! all of them by additions.
//!
//! In pages of 320 m that are made when first asked for and stay with the network. They hold what
//! the doorsteps of their points would ([`super::doorstep`]); costs are rounded to steps of 2 dm.

mod carry;
mod page;
mod ways;

use super::network::Network;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::UNREACHED;
use crate::geometry::Xy;
pub(super) use page::Page;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Distance of neighbouring lattice points, in plane metres.
pub(super) const SPACING_M: f64 = 10.0;

/// Points of a block in each direction.
pub(super) const BLOCK: usize = 4;
const BLOCK_POINTS: usize = BLOCK * BLOCK;

/// Blocks of a page in each direction.
pub(super) const PAGE_BLOCKS: usize = 8;
pub(super) const PAGE_POINTS: i64 = (PAGE_BLOCKS * BLOCK) as i64;
const PAGE_M: f64 = PAGE_POINTS as f64 * SPACING_M;

/// A cost in steps of 2 decimetres of network walking: enough for an hour at the fastest pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Steps(pub u16);

/// Steps of a metre.
pub(super) const STEPS_A_METRE: f32 = 5.0;

impl Steps {
    /// Not reached.
    pub const MAX: Self = Self(u16::MAX);

    pub fn nearest(mm: u32) -> Self {
        if mm == UNREACHED { Self::MAX } else { Self((mm.saturating_add(100) / 200).min(u32::from(u16::MAX)) as u16) }
    }

    /// Half a step more than the most that was rounded to this; not reached stays so.
    pub fn mm(self) -> u32 {
        if self == Self::MAX { UNREACHED } else { u32::from(self.0) * 200 + 200 }
    }

    #[inline]
    pub fn plus(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }

    /// `min`, on the bare numbers: many are compared side by side.
    #[inline]
    pub fn least(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    #[inline]
    pub fn most(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

/// The place of a lattice point.
pub(super) fn position(column: i64, row: i64) -> Xy {
    Xy { x: column as f64 * SPACING_M, y: row as f64 * SPACING_M }
}

/// More than this is not kept: pages beyond are made anew for every search.
const KEPT_BYTES: usize = 512 << 20;

/// All pages of a network.
#[derive(Debug, Clone, Default)]
pub(super) struct Lattice {
    west: i64,
    south: i64,
    columns: usize,
    pages: Vec<Arc<OnceLock<Page>>>,
}

/// Bytes of all pages of this process.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// Bytes that the lattices of all networks take in memory now.
pub fn lattice_bytes() -> usize {
    KEPT.load(Ordering::Relaxed)
}

impl Lattice {
    /// The pages around these corners of what is built, none of them made.
    pub fn around(extent: Option<(Xy, Xy)>) -> Self {
        let Some((low, high)) = extent else { return Self::default() };
        let page = |v: f64| (v / PAGE_M).floor() as i64;
        let (west, south) = (page(low.x), page(low.y));
        let (columns, rows) = ((page(high.x) - west + 1) as usize, (page(high.y) - south + 1) as usize);
        Self { west, south, columns, pages: (0..columns * rows).map(|_| Arc::default()).collect() }
    }

    fn cell(&self, (column, row): (i64, i64)) -> Option<&Arc<OnceLock<Page>>> {
        let column = usize::try_from(column - self.west).ok().filter(|c| *c < self.columns)?;
        let row = usize::try_from(row - self.south).ok()?;
        self.pages.get(row * self.columns + column)
    }

    fn number(&self, i: usize) -> (i64, i64) {
        (self.west + (i % self.columns) as i64, self.south + (i / self.columns) as i64)
    }

    fn numbers(&self) -> impl Iterator<Item = (i64, i64)> {
        (0..self.pages.len()).map(|i| self.number(i))
    }
}

impl Network {
    /// Calls `read` with a page; `None` where no street is near.
    pub(super) fn with_page<T>(&self, number: (i64, i64), read: impl FnOnce(&Page) -> T) -> Option<T> {
        let cell = self.lattice.cell(number)?;
        if let Some(page) = cell.get() {
            return Some(read(page));
        }
        if !self.has_streets_near(number) {
            return None;
        }
        if KEPT.load(Ordering::Relaxed) > KEPT_BYTES {
            return Some(read(&Page::new(self, number)));
        }
        Some(read(cell.get_or_init(|| Page::new(self, number))))
    }

    fn has_streets_near(&self, (column, row): (i64, i64)) -> bool {
        let corner = position(column * PAGE_POINTS, row * PAGE_POINTS);
        let far = OFF_NETWORK_LIMIT_M / self.graph.plane.east_scale(corner.y).min(1.0) + 1.0;
        let low = Xy { x: corner.x - far, y: corner.y - far };
        let high = Xy { x: corner.x + PAGE_M + far, y: corner.y + PAGE_M + far };
        !self.index.all_in_box(low, high, |cell| self.index.segments(cell).is_empty())
    }

    /// Makes those of the pages that are not there yet, on all cores.
    pub(super) fn make_pages(&self, numbers: impl Iterator<Item = (i64, i64)>) {
        let missing = |number: &(i64, i64)| self.lattice.cell(*number).is_some_and(|cell| cell.get().is_none());
        let missing: Vec<_> = numbers.filter(missing).collect();
        missing.into_par_iter().for_each(|number| {
            self.with_page(number, |_| ());
        });
    }

    /// Makes all pages now, one after the other, so that no search has to; stops when no more are kept,
    /// or are `wanted`.
    pub fn prepare_lattice(&self, wanted: impl Fn() -> bool) {
        let kept = |_: &(i64, i64)| KEPT.load(Ordering::Relaxed) <= KEPT_BYTES && wanted();
        self.lattice.numbers().take_while(kept).for_each(|number| {
            self.with_page(number, |_| ());
        });
    }
}

/// What is found out does not make a network another one.
impl PartialEq for Lattice {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
