//! Walls open where a drawn link passes them. Water and railways do not: who walks there keeps to
//! the link.

use super::super::line::between;
use super::super::network::{Graph, Network};
use super::super::streets::BarrierKind;
use super::Drawn;
use crate::geometry::Xy;
use std::collections::BTreeMap;

/// Half the width of a gate.
const HALF_WIDTH_M: f64 = 1.5;

/// The graph with gates in its walls; `before` is the network that the links were drawn on.
pub(super) fn opened(graph: Graph, before: &Network, drawn: &[Drawn<'_>]) -> Graph {
    let passed = drawn.iter().filter(|d| !d.is_bridge()).flat_map(|d| d.line.windows(2));
    let mut gaps: BTreeMap<u32, Vec<(f64, f64)>> = BTreeMap::new();
    for line in passed {
        for at in passages(before, [line[0], line[1]]) {
            before.index.cells_near(at, HALF_WIDTH_M, |cell, _| {
                for &wall in before.index.barriers(cell) {
                    if let Some(gap) = gap(before, wall, at) {
                        gaps.entry(wall).or_default().push(gap);
                    }
                }
            });
        }
    }
    let (mut barriers, mut barrier_kinds) = (Vec::new(), Vec::new());
    for (i, (wall, kind)) in (0..).zip(graph.barriers.iter().zip(&graph.barrier_kinds)) {
        for (from, to) in left_over(gaps.remove(&i).unwrap_or_default()) {
            let whole = from <= 0.0 && to >= 1.0;
            barriers.push(if whole { *wall } else { [between(*wall, from), between(*wall, to)] });
            barrier_kinds.push(*kind);
        }
    }
    Graph { barriers, barrier_kinds, ..graph }
}

/// Where a line passes walls.
fn passages(network: &Network, line: [Xy; 2]) -> Vec<Xy> {
    let walls = network.met_by(line).into_iter();
    let met = walls.filter(|(wall, _)| network.graph.barrier_kinds[*wall as usize] == BarrierKind::Wall);
    met.map(|(_, t)| between(line, t)).collect()
}

/// The part of a wall, as shares of it, that a gate at this place takes away.
fn gap(network: &Network, wall: u32, at: Xy) -> Option<(f64, f64)> {
    if network.graph.barrier_kinds[wall as usize] != BarrierKind::Wall {
        return None;
    }
    let k = network.graph.plane.east_scale(at.y);
    let approach = super::super::approach::Approach::new(at, network.graph.barriers[wall as usize], k);
    let (from, to) = approach.within(HALF_WIDTH_M)?;
    let length = approach.length.max(1e-9);
    Some((from / length, to / length))
}

/// What gaps leave of a wall.
fn left_over(mut gaps: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    gaps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut parts, mut from) = (Vec::new(), 0.0);
    for (start, end) in gaps {
        if start > from {
            parts.push((from, start));
        }
        from = end.max(from);
    }
    if from < 1.0 {
        parts.push((from, 1.0));
    }
    parts
}
