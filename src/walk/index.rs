//! Where the network's segments and barriers lie: a grid of square cells, each with the list of
//! what touches it. Made anew whenever a network is loaded.

use super::network::Graph;
use crate::geometry::Xy;

/// Side of a cell, in plane metres.
pub(super) const CELL_M: f64 = 50.0;

/// A segment of the network: the global number of its first vertex. The last vertex of an edge
/// starts none.
pub(super) type SegmentId = u32;

/// The index of a network.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Index {
    x0: f64,
    y0: f64,
    columns: usize,
    rows: usize,
    segments: CellLists,
    barriers: CellLists,
    /// Cells with a barrier no farther than the off-network limit.
    pub near_barrier: Vec<bool>,
    /// Edge of each vertex.
    pub edge_of: Vec<u32>,
    /// Whether the vertex is one of an edge that is left at its ends only.
    pub enclosed: Vec<bool>,
}

/// The next whole number below, without the library call that `floor` is on older processors.
fn below(v: f64) -> i64 {
    v as i64 - i64::from(v < 0.0)
}

/// Lists of numbers, one a cell, stored in rows.
#[derive(Debug, Clone, PartialEq, Default)]
struct CellLists {
    first: Vec<u32>,
    items: Vec<u32>,
}

impl CellLists {
    fn new(cells: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut first = vec![0u32; cells + 1];
        for &(cell, _) in &pairs {
            first[cell as usize + 1] += 1;
        }
        for c in 0..cells {
            first[c + 1] += first[c];
        }
        Self { first, items: pairs.into_iter().map(|(_, item)| item).collect() }
    }

    fn of(&self, cell: usize) -> &[u32] {
        &self.items[self.first[cell] as usize..self.first[cell + 1] as usize]
    }
}

impl Index {
    pub fn new(graph: &Graph) -> Self {
        let mut edge_of = vec![0u32; graph.vertices.len()];
        for (i, edge) in graph.edges.iter().enumerate() {
            edge_of[edge.vertices()].fill(i as u32);
        }
        let all = || graph.vertices.iter();
        let fold = |pick: fn(&Xy) -> f64, f: fn(f64, f64) -> f64, start: f64| all().map(pick).fold(start, f);
        let enclosed = edge_of.iter().map(|e| graph.edges[*e as usize].footing.enclosed).collect();
        if graph.vertices.is_empty() {
            return Self { edge_of, enclosed, ..Self::default() };
        }
        // One cell more all round, so that the neighbours of a touched cell exist.
        let margin = CELL_M * 3.0;
        let (x0, y0) = (fold(|v| v.x, f64::min, f64::MAX) - margin, fold(|v| v.y, f64::min, f64::MAX) - margin);
        let (x1, y1) = (fold(|v| v.x, f64::max, f64::MIN) + margin, fold(|v| v.y, f64::max, f64::MIN) + margin);
        let columns = ((x1 - x0) / CELL_M) as usize + 1;
        let rows = ((y1 - y0) / CELL_M) as usize + 1;
        let mut index = Self { x0, y0, columns, rows, edge_of, enclosed, ..Self::default() };
        let segments = (0..graph.vertices.len().saturating_sub(1))
            .filter(|&v| index.edge_of[v] == index.edge_of[v + 1])
            // Links inside a point have no length: nobody comes to them but over nodes.
            .filter(|&v| graph.offsets[v] != graph.offsets[v + 1])
            .map(|v| (v as u32, [graph.vertices[v], graph.vertices[v + 1]]));
        index.segments = index.lists(segments);
        index.barriers = index.lists(graph.barriers.iter().enumerate().map(|(i, b)| (i as u32, *b)));
        index.near_barrier = index.dilated();
        index
    }

    fn lists(&self, lines: impl Iterator<Item = (u32, [Xy; 2])>) -> CellLists {
        let mut pairs = Vec::new();
        for (id, line) in lines {
            self.cells_of_line(line, |cell| pairs.push((cell as u32, id)));
        }
        CellLists::new(self.columns * self.rows, pairs)
    }

    /// Calls `found` for each cell the line touches; parts outside the grid are skipped.
    fn cells_of_line(&self, [a, b]: [Xy; 2], mut found: impl FnMut(usize)) {
        let (c0, r0) = self.column_row(Xy { x: a.x.min(b.x), y: a.y.min(b.y) });
        let (c1, r1) = self.column_row(Xy { x: a.x.max(b.x), y: a.y.max(b.y) });
        for r in r0.max(0)..=r1.min(self.rows as i64 - 1) {
            // The part of the line inside this row's band bounds the columns it can touch.
            let (y0, y1) = (self.y0 + r as f64 * CELL_M, self.y0 + (r + 1) as f64 * CELL_M);
            let (mut left, mut right) = (a.x.min(b.x), a.x.max(b.x));
            let dy = b.y - a.y;
            if dy.abs() > 1e-9 {
                let x = |y: f64| a.x + ((y - a.y) / dy).clamp(0.0, 1.0) * (b.x - a.x);
                (left, right) = (x(y0).min(x(y1)), x(y0).max(x(y1)));
            }
            let column = |x: f64| below((x - self.x0) / CELL_M);
            for c in column(left - 1e-6).max(c0).max(0)..=column(right + 1e-6).min(c1).min(self.columns as i64 - 1) {
                found(r as usize * self.columns + c as usize);
            }
        }
    }

    fn dilated(&self) -> Vec<bool> {
        let reach = (super::profile::OFF_NETWORK_LIMIT_M / CELL_M).ceil() as i64;
        let mut near = vec![false; self.columns * self.rows];
        for cell in (0..near.len()).filter(|&c| !self.barriers.of(c).is_empty()) {
            let (c, r) = ((cell % self.columns) as i64, (cell / self.columns) as i64);
            self.block(c, r, reach, |other| near[other] = true);
        }
        near
    }

    fn block(&self, column: i64, row: i64, reach: i64, mut found: impl FnMut(usize)) {
        for r in (row - reach).max(0)..=(row + reach).min(self.rows as i64 - 1) {
            for c in (column - reach).max(0)..=(column + reach).min(self.columns as i64 - 1) {
                found(r as usize * self.columns + c as usize);
            }
        }
    }

    fn column_row(&self, p: Xy) -> (i64, i64) {
        (below((p.x - self.x0) / CELL_M), below((p.y - self.y0) / CELL_M))
    }

    pub fn cell_count(&self) -> usize {
        self.columns * self.rows
    }

    /// The cell a position lies in, when it lies in the grid.
    pub fn cell_at(&self, p: Xy) -> Option<usize> {
        let (c, r) = self.column_row(p);
        let inside = c >= 0 && r >= 0 && c < self.columns as i64 && r < self.rows as i64;
        inside.then(|| r as usize * self.columns + c as usize)
    }

    /// Cells that a disc around `p` may touch, each with its distance to `p` in plane metres.
    pub fn cells_near(&self, p: Xy, radius: f64, mut found: impl FnMut(usize, f64)) {
        let (column, row) = self.column_row(p);
        let reach = (radius / CELL_M).ceil() as i64;
        for r in (row - reach).max(0)..=(row + reach).min(self.rows as i64 - 1) {
            let y = self.y0 + r as f64 * CELL_M;
            let dy = (y - p.y).max(p.y - y - CELL_M).max(0.0);
            for c in (column - reach).max(0)..=(column + reach).min(self.columns as i64 - 1) {
                let x = self.x0 + c as f64 * CELL_M;
                let distance = (x - p.x).max(p.x - x - CELL_M).max(0.0).hypot(dy);
                if distance <= radius {
                    found(r as usize * self.columns + c as usize, distance);
                }
            }
        }
    }

    /// Whether something holds for all cells that a box touches.
    pub fn all_in_box(&self, low: Xy, high: Xy, mut holds: impl FnMut(usize) -> bool) -> bool {
        let ((c0, r0), (c1, r1)) = (self.column_row(low), self.column_row(high));
        let (c0, c1) = (c0.max(0), c1.min(self.columns as i64 - 1));
        for r in r0.max(0)..=r1.min(self.rows as i64 - 1) {
            for c in c0..=c1 {
                if !holds(r as usize * self.columns + c as usize) {
                    return false;
                }
            }
        }
        true
    }

    pub fn segments(&self, cell: usize) -> &[SegmentId] {
        self.segments.of(cell)
    }

    pub fn barriers(&self, cell: usize) -> &[u32] {
        self.barriers.of(cell)
    }

    /// Calls `found` for each barrier in the cells that a line touches, some more than once.
    pub fn barriers_along(&self, line: [Xy; 2], mut found: impl FnMut(u32)) {
        self.cells_of_line(line, |cell| self.barriers.of(cell).iter().for_each(|b| found(*b)));
    }

    /// Calls `found` for each segment in the cells that a line touches, some more than once.
    pub fn segments_along(&self, line: [Xy; 2], mut found: impl FnMut(SegmentId)) {
        self.cells_of_line(line, |cell| self.segments.of(cell).iter().for_each(|s| found(*s)));
    }

    /// The corners of the grid; `None` when there is none.
    pub fn extent(&self) -> Option<(Xy, Xy)> {
        let (width, height) = (self.columns as f64 * CELL_M, self.rows as f64 * CELL_M);
        let corners = (Xy { x: self.x0, y: self.y0 }, Xy { x: self.x0 + width, y: self.y0 + height });
        (self.cell_count() > 0).then_some(corners)
    }

    /// Calls `found` for each cell a segment touches.
    pub fn cells_of_segment(&self, graph: &Graph, first: usize, found: impl FnMut(usize)) {
        self.cells_of_line([graph.vertices[first], graph.vertices[first + 1]], found);
    }
}
