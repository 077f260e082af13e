//! Memory of searches, used again: tables as long as the network are filled once, and a search
//! puts back only what it touched. So a short search in a large city costs a short search.

use super::outline::{Crossing, NONE};
use super::reach::UNREACHED;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tables by node, all as if nothing was reached.
#[derive(Debug, Default)]
pub(super) struct NodeTables {
    pub cost: Vec<u32>,
    /// Holds leftovers where the cost says not reached.
    pub via: Vec<u32>,
    pub settled: Vec<u32>,
    /// Cost and node in one number.
    pub queue: BinaryHeap<Reverse<u64>>,
}

/// Tables by vertex, all as if nothing was reached.
#[derive(Debug, Default)]
pub(super) struct VertexTables {
    pub mm: Vec<u32>,
    pub edges: Vec<u32>,
}

/// Tables not in use. A copy of a network starts with none.
#[derive(Debug)]
pub(super) struct Pool {
    /// Tells this network from every other one of the process.
    pub stamp: u64,
    nodes: Mutex<Vec<NodeTables>>,
    vertices: Mutex<Vec<VertexTables>>,
    /// Where each crossing of a contour leads, all nowhere.
    crossings: Mutex<Vec<Vec<Crossing>>>,
}

/// More are not kept: no more searches run at once than there are cores, give or take.
const KEPT: usize = 16;

/// Enough for a half hour's walk.
const MOST_CROSSINGS: usize = 1 << 20;

fn locked<T>(pool: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep<T>(pool: &Mutex<Vec<T>>, tables: T) {
    let mut pool = locked(pool);
    if pool.len() < KEPT {
        pool.push(tables);
    }
}

impl Pool {
    pub fn nodes(&self, count: usize) -> NodeTables {
        let mut tables = locked(&self.nodes).pop().unwrap_or_default();
        tables.cost.resize(count, UNREACHED);
        tables.via.resize(count, 0);
        tables
    }

    pub fn vertices(&self, count: usize) -> VertexTables {
        let mut tables = locked(&self.vertices).pop().unwrap_or_default();
        tables.mm.resize(count, UNREACHED);
        tables
    }

    pub fn crossings(&self, count: usize) -> Vec<Crossing> {
        let mut table = locked(&self.crossings).pop().unwrap_or_default();
        if table.len() < count {
            table.resize(count, NONE);
        }
        table
    }

    /// Takes back a table that leads nowhere again; that of a very large circle is given up.
    pub fn keep_crossings(&self, table: Vec<Crossing>) {
        if table.len() <= MOST_CROSSINGS {
            keep(&self.crossings, table);
        }
    }

    /// Takes back tables whose touched entries are put back.
    pub fn keep_nodes(&self, mut tables: NodeTables) {
        tables.settled.clear();
        tables.queue.clear();
        keep(&self.nodes, tables);
    }

    /// Takes back tables whose touched entries are put back.
    pub fn keep_vertices(&self, mut tables: VertexTables) {
        tables.edges.clear();
        keep(&self.vertices, tables);
    }
}

impl Default for Pool {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let stamp = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { stamp, nodes: Mutex::default(), vertices: Mutex::default(), crossings: Mutex::default() }
    }
}

impl Clone for Pool {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Pool {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
