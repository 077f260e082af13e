//! What an import read and what it had to leave out, with examples to look up.

use std::collections::BTreeMap;

/// How many, and the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub count: usize,
    pub examples: Vec<String>,
}

const EXAMPLES: usize = 5;

/// The story of one import.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OsmReport {
    pub nodes: usize,
    pub ways: usize,
    /// Multipolygons and boundaries only.
    pub relations: usize,
    /// References to nodes that the file does not hold.
    pub missing_nodes: usize,
    /// References of areas to ways that the file does not hold.
    pub missing_ways: usize,
    /// Left out, by reason.
    pub skipped: BTreeMap<&'static str, Tally>,
    /// Kept, but not as it was, by reason.
    pub noted: BTreeMap<&'static str, Tally>,
}

impl OsmReport {
    /// Counts something left out; `example` is asked only for the first few.
    pub fn skip(&mut self, reason: &'static str, example: impl FnOnce() -> String) {
        tally(&mut self.skipped, reason, example);
    }

    /// Counts something changed or incomplete.
    pub fn note(&mut self, reason: &'static str, example: impl FnOnce() -> String) {
        tally(&mut self.noted, reason, example);
    }
}

fn tally(to: &mut BTreeMap<&'static str, Tally>, reason: &'static str, example: impl FnOnce() -> String) {
    let tally = to.entry(reason).or_default();
    tally.count += 1;
    if tally.examples.len() < EXAMPLES {
        tally.examples.push(example());
    }
}
