//! The field of one search on the lattice, for drawing: as exact as the lattice's steps at every
//! point within the budget, whatever else was asked.

use super::approach::{Approach, OFF_NETWORK_COST};
use super::index::SegmentId;
use super::lattice::{BLOCK, PAGE_BLOCKS, PAGE_POINTS, Page, SPACING_M, STEPS_A_METRE, Steps};
use super::origin::TouchedEdge;
use super::reach::{Reach, UNREACHED};
use crate::geometry::Xy;
use rayon::prelude::*;
use std::ops::Range;

/// Field values on a part of the lattice, row by row from the south-west. No contour comes to the
/// outermost points.
pub(super) struct Raster {
    /// Block of the lattice in the south-west.
    west: i64,
    south: i64,
    /// Points, whole blocks.
    pub columns: usize,
    pub rows: usize,
    values: Vec<Steps>,
}

impl Raster {
    fn new(columns: Range<i64>, rows: Range<i64>) -> Self {
        let count = |range: &Range<i64>| (range.end - range.start) as usize * BLOCK;
        let values = vec![Steps::MAX; count(&columns) * count(&rows)];
        Self { west: columns.start, south: rows.start, columns: count(&columns), rows: count(&rows), values }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Metres of network walking; infinite where not reached.
    pub fn value(&self, column: usize, row: usize) -> f32 {
        match self.values[row * self.columns + column] {
            Steps::MAX => f32::INFINITY,
            steps => f32::from(steps.0) / STEPS_A_METRE,
        }
    }

    pub fn row(&self, row: usize) -> &[Steps] {
        &self.values[row * self.columns..][..self.columns]
    }

    /// Values at the corners of a square, from the south-west against the clock.
    pub fn square(&self, column: usize, row: usize) -> [Steps; 4] {
        let at = row * self.columns + column;
        [at, at + 1, at + self.columns + 1, at + self.columns].map(|i| self.values[i])
    }

    pub fn position(&self, column: f64, row: f64) -> Xy {
        let (west, south) = (self.west * BLOCK as i64, self.south * BLOCK as i64);
        Xy { x: (west as f64 + column) * SPACING_M, y: (south as f64 + row) * SPACING_M }
    }

    /// The rows of a row of pages at a time, with the number of the row of blocks that they begin with.
    fn by_page_row(&mut self) -> Vec<(i64, &mut [Steps])> {
        let (side, row) = (PAGE_BLOCKS as i64, self.columns * BLOCK);
        let (mut from, mut rest) = (self.south, self.values.as_mut_slice());
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let blocks = (side - from.rem_euclid(side)).min((rest.len() / row) as i64);
            let (part, beyond) = rest.split_at_mut(blocks as usize * row);
            parts.push((from, part));
            (from, rest) = (from + blocks, beyond);
        }
        parts
    }
}

/// Puts the values of a block, which is counted from the south-west, into rows of so many columns.
fn put(values: &mut [Steps], columns: usize, (column, row): (i64, i64), costs: [Steps; BLOCK * BLOCK]) {
    let at = row as usize * BLOCK * columns + column as usize * BLOCK;
    for (i, line) in costs.chunks_exact(BLOCK).enumerate() {
        values[at + i * columns..][..BLOCK].copy_from_slice(line);
    }
}

impl Reach<'_> {
    /// The field around all that is reached within the largest of the levels (metres of network
    /// walking), as true as contours of these levels need it.
    pub(super) fn raster(&self, levels: &[f32]) -> Raster {
        let most = levels.iter().copied().fold(0.0, f32::max);
        let least = levels.iter().copied().fold(f32::INFINITY, f32::min);
        // Nobody comes farther in a straight line.
        let far = f64::from(most) / self.network.graph.plane.east_scale(self.origin.y).min(1.0) + 1.0;
        let blocks = |v: f64| {
            let block = |v: f64| (v / (BLOCK as f64 * SPACING_M)).floor() as i64;
            block(v - far) - 1..block(v + far) + 3
        };
        let mut raster = Raster::new(blocks(self.origin.x), blocks(self.origin.y));
        self.over_nodes(&mut raster, far);
        self.along_first_edges(&mut raster, Steps((least * STEPS_A_METRE) as u16));
        raster
    }

    /// The values of walks that go over a node.
    fn over_nodes(&self, raster: &mut Raster, far: f64) {
        let (side, columns) = (PAGE_BLOCKS as i64, raster.columns);
        let (west, east) = (raster.west, raster.west + (columns / BLOCK) as i64);
        let (south, north) = (raster.south, raster.south + (raster.rows / BLOCK) as i64);
        let pages = |from: i64, to: i64| from.div_euclid(side)..(to - 1).div_euclid(side) + 1;
        // Whether a square of so many points a side may be reached.
        let near = |number: (i64, i64), points: i64| {
            let beside = |n: i64, o: f64| {
                let low = (n * points) as f64 * SPACING_M;
                (low - o).max(o - low - points as f64 * SPACING_M).max(0.0)
            };
            let (dx, dy) = (beside(number.0, self.origin.x), beside(number.1, self.origin.y));
            dx * dx + dy * dy <= far * far
        };
        let near_pages = |rows: Range<i64>| {
            let numbers = rows.flat_map(|row| pages(west, east).map(move |column| (column, row)));
            numbers.filter(|number| near(*number, PAGE_POINTS))
        };
        self.network.make_pages(near_pages(pages(south, north)));
        raster.by_page_row().into_par_iter().for_each(|(first, values)| {
            let row = first.div_euclid(side);
            let rows = first..first + (values.len() / columns / BLOCK) as i64;
            for number in near_pages(row..row + 1) {
                let inside = (number.0 * side).max(west)..(number.0 * side + side).min(east);
                let blocks = rows.clone().flat_map(|r| inside.clone().map(move |c| (c, r)));
                let blocks = blocks.filter(|block| near(*block, BLOCK as i64));
                self.network.with_page(number, |page: &Page| {
                    blocks.for_each(|block| {
                        let of_page = (block.1 - row * side) * side + block.0 - number.0 * side;
                        let costs = page.costs(of_page as usize, self.pass, &self.nodes);
                        put(values, columns, (block.0 - west, block.1 - first), costs);
                    });
                });
            }
        });
    }

    /// Betters the values where a walk need not go over a node: beside the edges that the origin
    /// touches. Points that are well inside the smallest contour are left as they are.
    fn along_first_edges(&self, raster: &mut Raster, least: Steps) {
        let steepest = (SPACING_M * OFF_NETWORK_COST) as f32 * STEPS_A_METRE;
        let inside = Steps(least.0.saturating_sub(steepest as u16 + 1));
        for t in &self.start.edges {
            let mut costs = self.start.costs(t).peekable();
            while let (Some((vertex, first)), Some((next, second))) = (costs.next(), costs.peek().copied()) {
                let bettered = |vertex, mm| self.cost_from_ends(t.edge, vertex).is_none_or(|over_ends| mm < over_ends);
                let contacts = self.start.contacts_of(vertex as SegmentId);
                let entered = contacts.iter().map(|c| c.approach.nearest(c.visible) * OFF_NETWORK_COST * 1000.0);
                let entered = entered.fold(f64::from(UNREACHED), f64::min) as u32;
                if !contacts.is_empty() || bettered(vertex, first) || bettered(next, second) {
                    self.along_first_segment(raster, (t, vertex as SegmentId), first.min(second).min(entered), inside);
                }
            }
        }
    }

    /// Betters the values beside a segment of a touched edge where they are not inside; nobody is
    /// on the segment before `from_mm`.
    fn along_first_segment(&self, raster: &mut Raster, of: (&TouchedEdge, SegmentId), from_mm: u32, inside: Steps) {
        let ([a, b], k) = (self.network.segment(of.1), self.network.graph.plane.east_scale(self.origin.y));
        let limit = self.network.off_network_limit(of.1);
        let corner = raster.position(0.0, 0.0);
        let span = |a: f64, b: f64, corner: f64, count: usize| {
            let at = |v: f64| ((v - corner) / SPACING_M).clamp(0.0, count as f64) as usize;
            let margin = limit / k.min(1.0) + SPACING_M;
            at(a.min(b) - margin)..at(a.max(b) + margin)
        };
        let columns = span(a.x, b.x, corner.x, raster.columns);
        for row in span(a.y, b.y, corner.y, raster.rows) {
            if raster.row(row)[columns.clone()].iter().copied().fold(Steps(0), Steps::most) <= inside {
                continue;
            }
            for column in columns.clone() {
                let known = raster.values[row * raster.columns + column];
                if known <= inside {
                    continue;
                }
                let p = raster.position(column as f64, row as f64);
                let approach = Approach::new(p, [a, b], k);
                let near = approach.nearest((0.0, approach.length));
                let known_mm = known.mm().min((self.horizon_m() * 1000.0) as u32);
                let hopeful =
                    near <= limit && from_mm.saturating_add((near * OFF_NETWORK_COST * 1000.0) as u32) < known_mm;
                if hopeful && (known != Steps::MAX || self.sees_streets(raster, (column, row))) {
                    let mut probe = self.probe(p, k, known_mm);
                    self.compare(&mut probe, of.1, |a, part| self.start.along(of.0, a, (of.1, part), known_mm));
                    if let Some(touch) = probe.best {
                        raster.values[row * raster.columns + column] = Steps::nearest(touch.cost_mm).least(known);
                    }
                }
            }
        }
    }

    /// Whether a point sees any street: who sees none does not see the first ones.
    fn sees_streets(&self, raster: &Raster, (column, row): (usize, usize)) -> bool {
        let at = |first: i64, i: usize| {
            let point = first * BLOCK as i64 + i as i64;
            (point.div_euclid(PAGE_POINTS), point.rem_euclid(PAGE_POINTS) as usize)
        };
        let ((page_column, c), (page_row, r)) = (at(raster.west, column), at(raster.south, row));
        let (block, point) = (r / BLOCK * PAGE_BLOCKS + c / BLOCK, r % BLOCK * BLOCK + c % BLOCK);
        self.network.with_page((page_column, page_row), |page| page.has_way(block, point, self.pass)) == Some(true)
    }
}
