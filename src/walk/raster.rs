//! The field on a lattice, for drawing: values at points 10 m apart, fixed to the network's plane
//! so that every search samples the same places.
//!
//! Each reached segment marks the lattice points beside it; then every point tries the segments
//! of its neighbours, in sweeps over the lattice, until nothing gets better. That finds the best
//! segment of all but a few points, in time linear in the area.

use super::index::SegmentId;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::Reach;
use crate::geometry::Xy;

/// Distance of neighbouring lattice points, in plane metres.
pub(super) const SPACING_M: f64 = 10.0;

/// Sweeps over the lattice, there and back. Walls make some regions reachable only round corners.
const SWEEPS: usize = 3;

/// Field values on a lattice, row by row from the south-west; infinite where not reached. The
/// outermost points are never reached.
pub(super) struct Raster {
    pub origin: Xy,
    pub columns: usize,
    pub rows: usize,
    /// Cost in metres of network walking.
    pub values: Vec<f64>,
    /// The plane's east scale at the origin of the search: true to 0.0002 over the lattice.
    k: f64,
    /// The segment that gives each point its value.
    best: Vec<SegmentId>,
}

const NONE: SegmentId = SegmentId::MAX;

impl Raster {
    pub fn value(&self, column: usize, row: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub fn position(&self, column: f64, row: f64) -> Xy {
        Xy { x: self.origin.x + column * SPACING_M, y: self.origin.y + row * SPACING_M }
    }
}

impl Reach<'_> {
    /// The field of the whole reached area.
    pub(super) fn raster(&self) -> Raster {
        let (columns, rows, origin) = self.extent();
        let size = columns * rows;
        let k = self.network.graph.plane.east_scale(self.origin.y);
        let (values, best) = (vec![f64::INFINITY; size], vec![NONE; size]);
        let mut raster = Raster { origin, columns, rows, values, k, best };
        self.mark(&mut raster);
        for _ in 0..SWEEPS {
            let width = columns as isize;
            let forth = self.sweep(&mut raster, &[-1, -width - 1, -width, -width + 1], false);
            let back = self.sweep(&mut raster, &[1, width + 1, width, width - 1], true);
            if !forth && !back {
                break;
            }
        }
        raster
    }

    /// Size and south-west corner of the lattice around all that may be reached.
    fn extent(&self) -> (usize, usize, Xy) {
        let graph = &self.network.graph;
        let (mut low, mut high) = (self.origin, self.origin);
        // An edge reached from one end only is clipped by the straight distance that is left.
        let budget = self.horizon_m() / graph.plane.east_scale(self.origin.y).min(1.0);
        let clip = |v: f64, o: f64| v.clamp(o - budget, o + budget);
        for &edge in &self.edges {
            for v in &graph.vertices[graph.edges[edge as usize].vertices()] {
                let p = Xy { x: clip(v.x, self.origin.x), y: clip(v.y, self.origin.y) };
                low = Xy { x: low.x.min(p.x), y: low.y.min(p.y) };
                high = Xy { x: high.x.max(p.x), y: high.y.max(p.y) };
            }
        }
        let margin = OFF_NETWORK_LIMIT_M * 1.05 + 2.0 * SPACING_M;
        let snap = |v: f64| (v / SPACING_M).floor() * SPACING_M;
        let origin = Xy { x: snap(low.x - margin), y: snap(low.y - margin) };
        let count = |from: f64, to: f64| ((to + margin - from) / SPACING_M).ceil() as usize + 1;
        (count(origin.x, high.x), count(origin.y, high.y), origin)
    }

    /// Compares the lattice points beside each reached segment with it.
    fn mark(&self, raster: &mut Raster) {
        let graph = &self.network.graph;
        for &edge in &self.edges {
            let range = graph.edges[edge as usize].vertices();
            for first in range.start..range.end - 1 {
                let (a, b) = (graph.vertices[first], graph.vertices[first + 1]);
                let steps = ((b.x - a.x).abs().max((b.y - a.y).abs()) / SPACING_M).ceil().max(1.0);
                let mut last = usize::MAX;
                for i in 0..=steps as usize {
                    let t = i as f64 / steps;
                    let column = (a.x + (b.x - a.x) * t - raster.origin.x) / SPACING_M;
                    let row = (a.y + (b.y - a.y) * t - raster.origin.y) / SPACING_M;
                    let Some(at) = raster.nearest(column, row).filter(|at| *at != last) else { continue };
                    last = at;
                    self.try_segment(raster, at, first as SegmentId);
                }
            }
        }
    }

    /// Every point tries the segments of the named neighbours; whether anything got better.
    fn sweep(&self, raster: &mut Raster, neighbours: &[isize], back: bool) -> bool {
        let (columns, rows) = (raster.columns, raster.rows);
        let mut better = false;
        for r in 1..rows - 1 {
            let row = if back { rows - 1 - r } else { r };
            for c in 1..columns - 1 {
                let at = row * columns + if back { columns - 1 - c } else { c };
                for offset in neighbours {
                    let segment = raster.best[at.wrapping_add_signed(*offset)];
                    if segment != NONE && segment != raster.best[at] {
                        better |= self.try_segment(raster, at, segment);
                    }
                }
            }
        }
        better
    }

    fn try_segment(&self, raster: &mut Raster, at: usize, segment: SegmentId) -> bool {
        let p = raster.position((at % raster.columns) as f64, (at / raster.columns) as f64);
        let mut probe = self.probe(p, raster.k, raster.values[at].min(self.horizon_m()));
        self.compare_roughly(&mut probe, segment);
        if let Some(touch) = probe.best {
            raster.values[at] = touch.cost_m;
            raster.best[at] = segment;
        }
        probe.best.is_some()
    }
}

impl Raster {
    /// The lattice point nearest to a place, unless it lies on the rim or outside.
    fn nearest(&self, column: f64, row: f64) -> Option<usize> {
        let (c, r) = (column.round(), row.round());
        let inside = c >= 1.0 && r >= 1.0 && c < (self.columns - 1) as f64 && r < (self.rows - 1) as f64;
        inside.then(|| r as usize * self.columns + c as usize)
    }
}
