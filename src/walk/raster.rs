//! The field on a lattice, for drawing: values at points 10 m apart, fixed to the network's plane
//! so that every search samples the same places.
//!
//! From coarse to fine. Every fourth point of every fourth row is computed: each reached piece of
//! street is tried at the points beside it, then points try the pieces of their neighbours. Cells
//! where a contour may pass get their points between computed, twice over; elsewhere these agree
//! with the corners on every contour, and lie between them. Never better than the exact field.

use super::piece::{Pieces, Seen};
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::Reach;
use crate::geometry::Xy;

/// Distance of neighbouring lattice points, in plane metres.
pub(super) const SPACING_M: f64 = 10.0;

/// Points from one coarse point to the next.
pub(super) const COARSE: usize = 4;

/// Corners this near a level (metres of network walking) do not decide for the points between.
const SLACK_M: f32 = 4.0;

/// Contours up to this level (metres of network walking, 10 minutes of an adult) are drawn on
/// points 10 m apart everywhere, longer ones 20 m apart where the field is smooth.
const FINE_LEVEL_M: f32 = 800.0;

/// Field values on a lattice, row by row from the south-west; infinite where not reached. The
/// outermost points are never reached.
pub(super) struct Raster {
    pub origin: Xy,
    /// Multiples of [`COARSE`] and one.
    pub columns: usize,
    pub rows: usize,
    /// Cost in metres of network walking.
    pub values: Vec<f32>,
    /// The piece that gives each point its value.
    best: Vec<u32>,
    /// By cell of two points a side: the streets inside.
    streets: Vec<Streets>,
    /// Points from which some piece was hidden behind a wall.
    hidden: Vec<usize>,
    /// Whether to look for gaps in what hides a piece.
    through_gaps: bool,
    /// Coarse cells where contours may pass, by their south-west corner.
    passed: Vec<(usize, usize)>,
    mixed: Vec<bool>,
}

const NONE: u32 = u32::MAX;

/// The streets in a cell: the least cost, its piece and another one, perhaps beyond a wall.
#[derive(Debug, Clone, Copy)]
struct Streets {
    cost: f32,
    pieces: [u32; 2],
}

impl Raster {
    fn new(origin: Xy, columns: usize, rows: usize) -> Self {
        let size = columns * rows;
        let streets = vec![Streets { cost: f32::INFINITY, pieces: [NONE; 2] }; (columns / 2) * (rows / 2)];
        let (values, best) = (vec![f32::INFINITY; size], vec![NONE; size]);
        Self {
            origin,
            columns,
            rows,
            values,
            best,
            streets,
            passed: Vec::new(),
            mixed: Vec::new(),
            hidden: Vec::new(),
            through_gaps: false,
        }
    }

    pub fn value(&self, column: usize, row: usize) -> f32 {
        self.values[row * self.columns + column]
    }

    /// Values at the corners of a square, from the south-west against the clock.
    pub fn square(&self, column: usize, row: usize) -> [f32; 4] {
        let at = row * self.columns + column;
        [at, at + 1, at + self.columns + 1, at + self.columns].map(|i| self.values[i])
    }

    pub fn position(&self, column: f64, row: f64) -> Xy {
        Xy { x: self.origin.x + column * SPACING_M, y: self.origin.y + row * SPACING_M }
    }

    /// The squares of the lattice that a contour may cross, row by row as runs of columns.
    pub fn squares(&self) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> + '_ {
        self.passed.iter().flat_map(|&(column, row)| (row..row + COARSE).map(move |r| (r, column..column + COARSE)))
    }

    fn try_piece(&mut self, pieces: &Pieces<'_>, at: usize, p: Xy, piece: u32) {
        // Points that were only guessed have no piece yet.
        let known = if self.best[at] == NONE { f32::INFINITY } else { self.values[at] };
        let seen = match pieces.cost(piece, p, known) {
            Seen::Hidden if self.through_gaps => pieces.cost_through_gaps(piece, p, known),
            seen => seen,
        };
        match seen {
            Seen::Better(cost) => (self.values[at], self.best[at]) = (cost, piece),
            Seen::Hidden if self.hidden.last() != Some(&at) => self.hidden.push(at),
            Seen::Hidden | Seen::Worse => {}
        }
    }

    /// Notes the street under each piece, and tries the piece at the coarse points beside it.
    fn mark(&mut self, pieces: &Pieces<'_>) {
        let mut last = (usize::MAX, NONE);
        pieces.samples(|piece, p, cost| {
            let (c, r) = ((p.x - self.origin.x) / SPACING_M, (p.y - self.origin.y) / SPACING_M);
            let inside = c >= 1.0 && r >= 1.0 && c < (self.columns - 1) as f64 && r < (self.rows - 1) as f64;
            if !inside {
                return;
            }
            let cell = &mut self.streets[(r as usize / 2) * (self.columns / 2) + c as usize / 2];
            if cost < cell.cost {
                cell.pieces = [piece, if cell.pieces[0] == piece { cell.pieces[1] } else { cell.pieces[0] }];
                cell.cost = cost;
            } else if piece != cell.pieces[0] {
                cell.pieces[1] = piece;
            }
            let coarse = |v: f64| (v as usize + COARSE / 2) / COARSE * COARSE;
            let (c, r) = (coarse(c), coarse(r));
            let at = r * self.columns + c;
            if (at, piece) != last && c > 0 && r > 0 && c + 1 < self.columns && r + 1 < self.rows {
                last = (at, piece);
                self.try_piece(pieces, at, self.position(c as f64, r as f64), piece);
            }
        });
    }

    /// Every coarse point tries the pieces of its neighbours on one side.
    fn sweep(&mut self, pieces: &Pieces<'_>, back: bool) {
        let (columns, rows) = (self.columns, self.rows);
        let (side, row) = (COARSE as isize, (COARSE * columns) as isize);
        let sign = if back { 1 } else { -1 };
        let neighbours = [sign * side, sign * row - side, sign * row, sign * row + side];
        for r in (COARSE..rows - 1).step_by(COARSE) {
            let r = if back { rows - 1 - r } else { r };
            for c in (COARSE..columns - 1).step_by(COARSE) {
                let c = if back { columns - 1 - c } else { c };
                let at = r * columns + c;
                let p = self.position(c as f64, r as f64);
                self.try_all(pieces, at, p, neighbours.map(|offset| at.wrapping_add_signed(offset)));
                if back && self.best[at] == NONE && pieces.near_barrier(p) {
                    self.hidden.push(at);
                }
            }
        }
    }

    /// A point tries the pieces of others.
    fn try_all<const N: usize>(&mut self, pieces: &Pieces<'_>, at: usize, p: Xy, others: [usize; N]) {
        let mut last = NONE;
        for other in others {
            let piece = self.best[other];
            if piece != last && piece != self.best[at] {
                last = piece;
                self.try_piece(pieces, at, p, piece);
            }
        }
    }

    /// The cell of two steps a side that begins at a point.
    fn cell(&self, (column, row): (usize, usize), step: usize) -> Cell {
        let values = self.corners((column, row), step).map(|at| self.values[at]);
        let streets = self.streets_in((column, row), step).map(|streets| streets.cost);
        Cell {
            low: values.into_iter().chain(streets).fold(f32::INFINITY, f32::min),
            high: values.into_iter().fold(0.0, f32::max),
        }
    }

    /// From the south-west, row by row.
    fn corners(&self, (column, row): (usize, usize), step: usize) -> [usize; 4] {
        let at = row * self.columns + column;
        let (east, north) = (2 * step, 2 * step * self.columns);
        [at, at + east, at + north, at + north + east]
    }

    fn streets_in(&self, (column, row): (usize, usize), step: usize) -> impl Iterator<Item = Streets> + use<'_> {
        let cells = (row / 2..row / 2 + step).flat_map(move |r| (column / 2..column / 2 + step).map(move |c| (c, r)));
        cells.map(|(c, r)| self.streets[r * (self.columns / 2) + c])
    }

    /// The coarse cells where a contour may pass.
    fn find_passed(&mut self, levels: &[f32]) {
        let (cells, lines) = ((self.columns - 1) / COARSE, (self.rows - 1) / COARSE);
        self.mixed = vec![false; cells * lines];
        for r in 0..lines {
            for c in 0..cells {
                let cell = self.cell((c * COARSE, r * COARSE), COARSE / 2);
                if levels.iter().any(|level| cell.passes(*level)) {
                    self.mixed[r * cells + c] = true;
                    self.passed.push((c * COARSE, r * COARSE));
                }
            }
        }
    }

    /// Whether the cells on both sides of a lattice point that lies between two coarse ones, or
    /// the one around it, are passed by a contour.
    fn open(&self, column: usize, row: usize) -> bool {
        let cells = (self.columns - 1) / COARSE;
        let mixed = |c: usize, r: usize| c < cells && self.mixed.get(r * cells + c).copied().unwrap_or(false);
        let (c, r) = (column / COARSE, row / COARSE);
        let beside = |at: usize| at.is_multiple_of(COARSE);
        mixed(c, r) && (!beside(column) || (c > 0 && mixed(c - 1, r))) && (!beside(row) || (r > 0 && mixed(c, r - 1)))
    }

    /// The points between the coarse ones, where contours pass.
    fn fill(&mut self, pieces: &Pieces<'_>, levels: &[f32]) {
        self.find_passed(levels);
        let passed = std::mem::take(&mut self.passed);
        for &(column, row) in &passed {
            self.refine(pieces, (column, row), 2, true);
        }
        self.look_round_corners(pieces, 2);
        for &(column, row) in &passed {
            for (c, r) in [(column, row), (column + 2, row), (column, row + 2), (column + 2, row + 2)] {
                let cell = self.cell((c, r), 1);
                let fine = |level: &f32| cell.high == f32::INFINITY || *level <= FINE_LEVEL_M;
                self.refine(pieces, (c, r), 1, levels.iter().any(|level| cell.passes(*level) && fine(level)));
            }
        }
        self.passed = passed;
        self.look_round_corners(pieces, 1);
    }

    /// Points with something hidden from them try all that their neighbours, so many points away,
    /// and the cells around know: among walls the best street is rarely the one of the next point.
    fn look_round_corners(&mut self, pieces: &Pieces<'_>, step: usize) {
        let mut hidden = std::mem::take(&mut self.hidden);
        hidden.sort_unstable();
        hidden.dedup();
        let (e, n) = (step as isize, (step * self.columns) as isize);
        let around = [-e, e, -n, n, -n - e, -n + e, n - e, n + e];
        self.through_gaps = step < COARSE;
        for at in hidden.iter().chain(hidden.iter().rev()).copied() {
            let (column, row) = (at % self.columns, at / self.columns);
            if column < step || row < step || column + step >= self.columns || row + step >= self.rows {
                continue;
            }
            let p = self.position(column as f64, row as f64);
            self.try_all(pieces, at, p, around.map(|offset| at.wrapping_add_signed(offset)));
            for r in (row / 2).saturating_sub(1)..=(row / 2 + 1).min(self.rows / 2 - 1) {
                for c in (column / 2).saturating_sub(1)..=(column / 2 + 1).min(self.columns / 2 - 1) {
                    for piece in self.streets[r * (self.columns / 2) + c].pieces {
                        if piece != NONE && piece != self.best[at] {
                            self.try_piece(pieces, at, p, piece);
                        }
                    }
                }
            }
        }
        self.hidden.clear();
        self.through_gaps = false;
    }

    /// Fills in the five points between those of a lattice of twice the step: computed, or half
    /// way between the others.
    fn refine(&mut self, pieces: &Pieces<'_>, (column, row): (usize, usize), step: usize, compute: bool) {
        let corners = self.corners((column, row), step);
        let [sw, se, nw, ne] = corners.map(|c| self.values[c]);
        let points = [
            (column + step, row, (sw + se) / 2.0),
            (column, row + step, (sw + nw) / 2.0),
            (column + 2 * step, row + step, (se + ne) / 2.0),
            (column + step, row + 2 * step, (nw + ne) / 2.0),
            (column + step, row + step, (sw + se + nw + ne) / 4.0),
        ];
        let open = points.map(|(c, r, _)| compute && self.open(c, r));
        for ((c, r, middle), open) in points.into_iter().zip(open) {
            let point = r * self.columns + c;
            if !open && self.best[point] == NONE {
                self.values[point] = middle;
            }
        }
        if open.contains(&true) {
            let points = std::array::from_fn(|i| open[i].then_some((points[i].0, points[i].1)));
            self.compute(pieces, points, corners, step);
        }
    }

    /// Points of a cell try the pieces of its corners and of the streets inside, each once.
    fn compute(&mut self, pieces: &Pieces<'_>, points: [Option<(usize, usize)>; 5], corners: [usize; 4], step: usize) {
        let place = |c: usize, r: usize| self.position(c as f64, r as f64);
        let (column, row) = (corners[0] % self.columns, corners[0] / self.columns);
        let middle = place(column + step, row + step);
        let positions = points.map(|p| p.map_or(middle, |(c, r)| place(c, r)));
        let walls = positions.map(|p| pieces.near_barrier(p));
        let lanes = pieces.lanes(middle, &positions);
        let mut tried = [NONE; 12];
        let mut count = 0;
        let inside = (0..step * step).flat_map(|i| {
            let (c, r) = (column / 2 + i % step, row / 2 + i / step);
            self.streets[r * (self.columns / 2) + c].pieces
        });
        for piece in corners.into_iter().map(|corner| self.best[corner]).chain(inside) {
            if piece != NONE && !tried[..count].contains(&piece) {
                tried[count] = piece;
                count += 1;
            }
        }
        let at = points.map(|p| p.map(|(c, r)| r * self.columns + c));
        for &piece in &tried[..count] {
            let costs = pieces.costs(piece, &lanes);
            for i in 0..points.len() {
                let Some(at) = at[i] else { continue };
                let known = if self.best[at] == NONE { f32::INFINITY } else { self.values[at] };
                if costs[i] < known.min(pieces.horizon()) {
                    if walls[i] {
                        self.try_piece(pieces, at, positions[i], piece);
                    } else {
                        (self.values[at], self.best[at]) = (costs[i], piece);
                    }
                }
            }
        }
        for (at, wall) in at.into_iter().zip(walls) {
            if let Some(at) = at.filter(|at| wall && self.best[*at] == NONE) {
                self.hidden.push(at);
            }
        }
    }
}

/// The least and the greatest value of a cell.
struct Cell {
    low: f32,
    high: f32,
}

impl Cell {
    fn passes(&self, level: f32) -> bool {
        self.low <= level + SLACK_M && self.high > level - SLACK_M
    }
}

impl Reach<'_> {
    /// The field of the whole reached area, true near the levels (metres of network walking).
    pub(super) fn raster(&self, levels: &[f32]) -> Raster {
        let pieces = Pieces::new(self);
        let (columns, rows, origin) = self.extent();
        let mut raster = Raster::new(origin, columns, rows);
        raster.mark(&pieces);
        for back in [false, true] {
            raster.sweep(&pieces, back);
        }
        raster.look_round_corners(&pieces, COARSE);
        raster.fill(&pieces, levels);
        raster
    }

    /// Size and south-west corner of the lattice around all that may be reached.
    fn extent(&self) -> (usize, usize, Xy) {
        let graph = &self.network.graph;
        let (mut low, mut high) = (self.origin, self.origin);
        // An edge reached from one end only is clipped by the straight distance that is left.
        let budget = self.horizon_m() / graph.plane.east_scale(self.origin.y).min(1.0);
        let clip = |v: f64, o: f64| v.clamp(o - budget, o + budget);
        for &edge in &self.spread().edges {
            for v in &graph.vertices[graph.edges[edge as usize].vertices()] {
                let p = Xy { x: clip(v.x, self.origin.x), y: clip(v.y, self.origin.y) };
                low = Xy { x: low.x.min(p.x), y: low.y.min(p.y) };
                high = Xy { x: high.x.max(p.x), y: high.y.max(p.y) };
            }
        }
        let wide = COARSE as f64 * SPACING_M;
        let margin = OFF_NETWORK_LIMIT_M * 1.05 + wide;
        let snap = |v: f64| (v / wide).floor() * wide;
        let origin = Xy { x: snap(low.x - margin), y: snap(low.y - margin) };
        let count = |from: f64, to: f64| ((to + margin - from) / wide).ceil() as usize * COARSE + 1;
        (count(origin.x, high.x), count(origin.y, high.y), origin)
    }
}
