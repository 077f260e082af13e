//! The field on a lattice: values at points 10 m apart, fixed to the network's plane so that
//! every search samples the same places.

use super::approach::OFF_NETWORK_COST;
use super::index::CELL_M;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::Reach;
use crate::geometry::Xy;
use rayon::prelude::*;

/// Distance of neighbouring lattice points, in plane metres.
pub(super) const SPACING_M: f64 = 10.0;

/// Field values on a lattice, row by row from the south-west; infinite where not reached. The
/// outermost points are never reached.
pub(super) struct Raster {
    pub origin: Xy,
    pub columns: usize,
    pub rows: usize,
    /// Cost in metres of network walking.
    pub values: Vec<f64>,
}

impl Raster {
    pub fn value(&self, column: usize, row: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub fn position(&self, column: f64, row: f64) -> Xy {
        Xy { x: self.origin.x + column * SPACING_M, y: self.origin.y + row * SPACING_M }
    }
}

/// Cells of the index that may serve the points of one block of the lattice.
struct Candidates(Vec<(f64, usize)>);

impl Reach<'_> {
    /// The field of the whole reached area.
    pub(super) fn raster(&self) -> Raster {
        let (columns, rows, origin) = self.extent();
        let mut raster = Raster { origin, columns, rows, values: Vec::new() };
        let block = (CELL_M / SPACING_M) as usize;
        let bands: Vec<Vec<f64>> =
            (0..rows.div_ceil(block)).into_par_iter().map(|band| self.band(&raster, band * block, block)).collect();
        raster.values = bands.concat();
        raster
    }

    /// Size and south-west corner of the lattice around all that may be reached.
    fn extent(&self) -> (usize, usize, Xy) {
        let graph = &self.network.graph;
        let (mut low, mut high) = (self.origin, self.origin);
        let mut add = |p: Xy| {
            low = Xy { x: low.x.min(p.x), y: low.y.min(p.y) };
            high = Xy { x: high.x.max(p.x), y: high.y.max(p.y) };
        };
        let edges = self.settled.iter().flat_map(|&n| {
            graph.arcs[graph.first[n as usize] as usize..graph.first[n as usize + 1] as usize].iter().map(|a| a.edge)
        });
        // An edge reached from one end only is clipped by the straight distance that is left.
        let budget = self.horizon_m() / graph.plane.east_scale(self.origin.y).min(1.0);
        for edge in edges.chain(self.local.keys().copied()) {
            for v in &graph.vertices[graph.edges[edge as usize].vertices()] {
                let clip = |v: f64, o: f64| v.clamp(o - budget, o + budget);
                add(Xy { x: clip(v.x, self.origin.x), y: clip(v.y, self.origin.y) });
            }
        }
        let margin = OFF_NETWORK_LIMIT_M * 1.05 + 2.0 * SPACING_M;
        let snap = |v: f64| (v / SPACING_M).floor() * SPACING_M;
        let origin = Xy { x: snap(low.x - margin), y: snap(low.y - margin) };
        let count = |from: f64, to: f64| ((to + margin - from) / SPACING_M).ceil() as usize + 1;
        (count(origin.x, high.x), count(origin.y, high.y), origin)
    }

    /// Values of `height` rows from `row` on.
    fn band(&self, raster: &Raster, row: usize, height: usize) -> Vec<f64> {
        let height = height.min(raster.rows - row);
        let mut values = vec![f64::INFINITY; height * raster.columns];
        let width = (CELL_M / SPACING_M) as usize;
        for column in (0..raster.columns).step_by(width) {
            let centre = raster.position(column as f64 + width as f64 / 2.0, row as f64 + height as f64 / 2.0);
            let candidates = self.candidates(centre);
            if candidates.0.is_empty() {
                continue;
            }
            for r in 0..height {
                for c in column..(column + width).min(raster.columns) {
                    let rim = row + r == 0 || row + r + 1 == raster.rows || c == 0 || c + 1 == raster.columns;
                    if !rim {
                        let p = raster.position(c as f64, (row + r) as f64);
                        values[r * raster.columns + c] = self.value(p, &candidates);
                    }
                }
            }
        }
        values
    }

    fn candidates(&self, centre: Xy) -> Candidates {
        let bounds = self.lower_bounds();
        let k = self.network.graph.plane.east_scale(centre.y).min(1.0);
        // Half the diagonal of a block, generously.
        let half = CELL_M * 0.75;
        let mut cells = Vec::new();
        self.network.index.cells_near(centre, OFF_NETWORK_LIMIT_M / k + half, |cell, distance| {
            let bound = f64::from(bounds[cell]) + OFF_NETWORK_COST * k * (distance - half).max(0.0);
            if bound <= self.horizon_m() {
                cells.push((bound, cell));
            }
        });
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        Candidates(cells)
    }

    fn value(&self, p: Xy, candidates: &Candidates) -> f64 {
        let mut probe = self.probe(p, self.horizon_m());
        for &(bound, cell) in &candidates.0 {
            if bound > probe.limit_m {
                break;
            }
            self.compare_cell(&mut probe, cell);
        }
        probe.best.map_or(f64::INFINITY, |touch| touch.cost_m)
    }
}
