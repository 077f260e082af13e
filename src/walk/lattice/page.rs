//! A page of the lattice: what it costs to come to each of its points from the nodes around, block
//! by block.

use super::super::hops::Pass;
use super::super::network::Network;
use super::super::reach::UNREACHED;
use super::super::scratch::NodeTables;
use super::ways::ways_to_block;
use super::{BLOCK, BLOCK_POINTS, KEPT, PAGE_BLOCKS, PAGE_POINTS, Steps};
use std::sync::atomic::Ordering;

/// The ways to all points of a page.
#[derive(Debug, PartialEq)]
pub(in crate::walk) struct Page {
    /// Row starts: the ways to block `b`, row by row from the south-west, are
    /// `ways[first[b]..first[b + 1]]`.
    first: [u32; PAGE_BLOCKS * PAGE_BLOCKS + 1],
    ways: Vec<BlockWays>,
}

/// What it costs to come from one node to each point of a block, row by row from the south-west.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BlockWays {
    pub node: u32,
    /// The searches that may take them, a bit each ([`Pass`]).
    pub passes: u16,
    pub costs: [Steps; BLOCK_POINTS],
}

impl Page {
    /// The page of this number, columns and rows of pages counted from the plane's reference.
    pub fn new(network: &Network, (column, row): (i64, i64)) -> Self {
        let mut page = Self { first: [0; PAGE_BLOCKS * PAGE_BLOCKS + 1], ways: Vec::new() };
        for block in 0..PAGE_BLOCKS * PAGE_BLOCKS {
            let (c, r) = ((block % PAGE_BLOCKS * BLOCK) as i64, (block / PAGE_BLOCKS * BLOCK) as i64);
            page.ways.extend(ways_to_block(network, (column * PAGE_POINTS + c, row * PAGE_POINTS + r)));
            page.first[block + 1] = page.ways.len() as u32;
        }
        page.ways.shrink_to_fit();
        KEPT.fetch_add(page.bytes(), Ordering::Relaxed);
        page
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.ways.capacity() * size_of::<BlockWays>()
    }

    /// What the points of a block cost a search that came to the nodes at these costs.
    pub fn costs(&self, block: usize, pass: Pass, nodes: &NodeTables) -> [Steps; BLOCK_POINTS] {
        let mut costs = [Steps::MAX; BLOCK_POINTS];
        for ways in self.block(block).iter().filter(|ways| ways.passes & pass.bit() != 0) {
            let before = nodes.cost[ways.node as usize];
            if before != UNREACHED {
                let before = Steps::nearest(before);
                costs = std::array::from_fn(|i| costs[i].least(before.plus(ways.costs[i])));
            }
        }
        costs
    }

    /// Whether some way leads to a point of a block, whatever it costs.
    pub fn has_way(&self, block: usize, point: usize, pass: Pass) -> bool {
        self.block(block).iter().any(|ways| ways.passes & pass.bit() != 0 && ways.costs[point] != Steps::MAX)
    }

    fn block(&self, block: usize) -> &[BlockWays] {
        &self.ways[self.first[block] as usize..self.first[block + 1] as usize]
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        KEPT.fetch_sub(self.bytes(), Ordering::Relaxed);
    }
}
