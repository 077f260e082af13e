//! A queue for searches that settle a whole city: costs are sorted only roughly, into buckets as
//! wide as a short street, and within a bucket taken as they come. Cheaper than a heap; a node
//! that gets better within its bucket is taken again.

/// log2 of a bucket's width in millimetres: 8 m.
const WIDTH_BITS: u32 = 13;

/// Nodes waiting with their costs.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    slots: Vec<Vec<(u32, u32)>>,
    /// No earlier bucket holds anything.
    at: usize,
}

impl Buckets {
    /// Must not be cheaper than what was taken last by more than a bucket.
    pub fn push(&mut self, mm: u32, node: u32) {
        let slot = (mm >> WIDTH_BITS) as usize;
        if slot >= self.slots.len() {
            self.slots.resize_with(slot + 1, Vec::new);
        }
        self.slots[slot].push((mm, node));
        self.at = self.at.min(slot);
    }

    /// One of the cheapest, as cost and node.
    pub fn pop(&mut self) -> Option<(u32, u32)> {
        while self.at < self.slots.len() {
            if let Some(next) = self.slots[self.at].pop() {
                return Some(next);
            }
            self.at += 1;
        }
        None
    }
}
