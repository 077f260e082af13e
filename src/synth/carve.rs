//! Carves the ground: open water, rivers and railways, then towns, communities and grids in
//! proportion to where people live, then street blocks. Every border is a street, a bank or the
//! edge of the place. Knows no household and no property.

use super::figures::{PlaceFigures, Shape, StripFigures, StripKind};
use super::flat::{add, cross, dot, heading, left, scale, sub, unit, xy};
use super::mesh::{Banks, Class, Cut, Mesh};
use super::rng::{Rng, apportion};
use crate::geometry::Xy;
use geo::ConvexHull;

/// What a face is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Block,
    /// Open water outside every area.
    Lake,
    Water,
    Rail,
}

/// A strip that was cut out, in the plane before the warp.
#[derive(Debug, Clone)]
pub struct StripAt {
    pub face: u32,
    pub figures: usize,
    pub point: Xy,
    pub along: Xy,
}

/// The carved ground.
#[derive(Debug)]
pub struct Plan {
    pub mesh: Mesh,
    /// By face.
    pub ground: Vec<Ground>,
    /// Grid of each face; `None` for open water.
    pub grid_of: Vec<Option<u32>>,
    /// Community of each grid, as its place in [`PlaceFigures::communities`].
    pub community_of: Vec<u32>,
    pub strips: Vec<StripAt>,
}

/// How densely people live at a place before the warp, 0 to 1.
pub fn density(shape: &Shape, p: Xy) -> f64 {
    let e2 = (p.x / shape.rx).powi(2) + (p.y / shape.ry).powi(2);
    shape.fringe + (1.0 - shape.fringe) * (-e2 / (shape.core * shape.core)).exp()
}

/// A part that is still to be divided.
struct Cell {
    face: u32,
    samples: Vec<(Xy, f64)>,
    /// Strips that still cross it.
    strips: Vec<usize>,
}

struct Carver<'a> {
    figures: &'a PlaceFigures,
    rng: Rng,
    mesh: Mesh,
    strips: Vec<StripAt>,
    lake: Option<u32>,
}

pub fn carve(figures: &PlaceFigures) -> Plan {
    let shape = &figures.shape;
    let mut rng = Rng::new(shape.seed);
    let mesh = Mesh::new(&outline(shape, &mut rng));
    let mut carver = Carver { figures, rng, mesh, strips: Vec::new(), lake: None };
    carver.cut_lake();
    let root = Cell { face: 0, samples: carver.samples(), strips: (0..shape.strips.len()).rev().collect() };
    let counts = carver.grid_counts();
    let (mut owner, mut community_of) = (vec![None; carver.mesh.faces.len()], Vec::new());
    for (cell, community) in carver.divide_places(root, &counts) {
        for grid in carver.divide(cell, &vec![1.0; counts[community as usize] as usize]) {
            let n = community_of.len() as u32;
            community_of.push(community);
            for face in carver.blocks(grid.face) {
                owner.resize(carver.mesh.faces.len(), None);
                owner[face as usize] = Some(n);
            }
        }
    }
    carver.finish(owner, community_of)
}

fn outline(shape: &Shape, rng: &mut Rng) -> Vec<Xy> {
    let points: Vec<geo::Point> = (0..22)
        .map(|k| {
            let dir = heading(f64::from(k) / 22.0 * std::f64::consts::TAU + rng.range(-0.08, 0.08));
            let r = rng.range(0.9, 1.08);
            geo::Point::new(dir.x * shape.rx * r, dir.y * shape.ry * r)
        })
        .collect();
    let hull = geo::MultiPoint(points).convex_hull();
    let ring = hull.exterior().0.as_slice();
    ring[..ring.len() - 1].iter().map(|c| xy(c.x, c.y)).collect()
}

impl Carver<'_> {
    fn cut_lake(&mut self) {
        let Some(lake) = &self.figures.shape.lake else { return };
        let out = heading(lake.angle.to_radians());
        let cut =
            Cut { point: scale(out, lake.offset), along: scale(left(out), -1.0), snap: 0.0, class: Class::Tertiary };
        if let Some((line, new)) = self.mesh.cut(0, cut) {
            self.mesh.lines[line as usize].name = Some(lake.bank.clone());
            self.lake = Some(new);
        }
    }

    /// Points that stand for people, on a lattice, with their weight.
    fn samples(&mut self) -> Vec<(Xy, f64)> {
        let ring = self.mesh.ring(0);
        let shape = &self.figures.shape;
        let step = (shape.rx / 70.0).min(40.0);
        let (nx, ny) = ((shape.rx * 1.8 / step) as i32, (shape.ry * 1.8 / step) as i32);
        let mut all = Vec::new();
        for i in -nx..=nx {
            for j in -ny..=ny {
                let p = xy((f64::from(i) + self.rng.unit()) * step, (f64::from(j) + self.rng.unit()) * step);
                if super::flat::inside(&ring, p) {
                    all.push((p, density(shape, p)));
                }
            }
        }
        all
    }

    /// Grids of each community: at least two or three, the rest by lot.
    fn grid_counts(&mut self) -> Vec<u32> {
        let n = self.figures.communities().count();
        let total = self.figures.shape.grids;
        let least = if total as usize / n > 4 { 3 } else { 2 };
        let lots: Vec<f64> = (0..n).map(|_| self.rng.range(0.4, 1.6)).collect();
        apportion(total - least * n as u32, &lots).into_iter().map(|k| k + least).collect()
    }

    /// Towns, then their communities.
    fn divide_places(&mut self, root: Cell, counts: &[u32]) -> Vec<(Cell, u32)> {
        let mut of_town = vec![Vec::new(); self.figures.towns.len()];
        for (community, (town, _)) in self.figures.communities().enumerate() {
            of_town[town].push(community as u32);
        }
        let grids = |list: &[u32]| list.iter().map(|&c| f64::from(counts[c as usize])).collect::<Vec<f64>>();
        let weights: Vec<f64> = of_town.iter().map(|list| grids(list).iter().sum()).collect();
        let mut out = Vec::new();
        for (cell, list) in self.divide(root, &weights).into_iter().zip(&of_town) {
            out.extend(self.divide(cell, &grids(list)).into_iter().zip(list.iter().copied()));
        }
        out
    }

    /// Parts in proportion to the weights, in their order.
    fn divide(&mut self, cell: Cell, weights: &[f64]) -> Vec<Cell> {
        if weights.len() < 2 {
            return vec![cell];
        }
        let total: f64 = weights.iter().sum();
        let (mut cell, mut share) = (cell, 0.5);
        let strip = cell.strips.pop();
        if let Some(strip) = strip {
            share = self.share_left(&cell, strip);
        }
        let k = (1..weights.len())
            .min_by(|&a, &b| {
                let off = |k: usize| (weights[..k].iter().sum::<f64>() / total - share).abs();
                off(a).total_cmp(&off(b))
            })
            .unwrap_or(1);
        let part = weights[..k].iter().sum::<f64>() / total;
        let (first, second) = match strip {
            Some(strip) => self.cut_strip(cell, strip),
            None => self.cut_share(cell, part, total),
        };
        let mut all = self.divide(first, &weights[..k]);
        all.extend(self.divide(second, &weights[k..]));
        all
    }

    fn strip_line(&self, strip: usize) -> (&StripFigures, Xy, Xy) {
        let s = &self.figures.shape.strips[strip];
        let along = heading(s.angle.to_radians());
        (s, scale(left(along), s.offset), along)
    }

    fn share_left(&self, cell: &Cell, strip: usize) -> f64 {
        let (_, point, along) = self.strip_line(strip);
        let sum = |keep: &dyn Fn(Xy) -> bool| cell.samples.iter().filter(|s| keep(s.0)).map(|s| s.1).sum::<f64>();
        sum(&|p| cross(along, sub(p, point)) > 0.0) / sum(&|_| true).max(1e-9)
    }

    /// The part to the left of a strip, and the part to its right.
    fn cut_strip(&mut self, cell: Cell, strip: usize) -> (Cell, Cell) {
        let (s, point, along) = self.strip_line(strip);
        let (half, kind, width, name) = (scale(left(along), s.width / 2.0), s.kind, s.width, s.bank.clone());
        let far = if kind == StripKind::River { Class::Path } else { Class::Residential };
        let near = if kind == StripKind::River { Class::Secondary } else { Class::Residential };
        let cut = |point, class| Cut { point, along, snap: 0.0, class };
        let Some((upper, left_face)) = self.mesh.cut(cell.face, cut(add(point, half), near)) else {
            return self.cut_share(cell, 0.5, 1.0);
        };
        self.mesh.lines[upper as usize].name = Some(name.clone());
        self.mesh.add_banks(Banks { point, along, half: width / 2.0 });
        let (l, r): (Vec<_>, Vec<_>) = cell.samples.into_iter().partition(|s| cross(along, sub(s.0, point)) > 0.0);
        let mut right = Cell { face: cell.face, samples: r, strips: cell.strips.clone() };
        if let Some((lower, face)) = self.mesh.cut(cell.face, cut(sub(point, half), far)) {
            if kind == StripKind::Stream {
                self.mesh.lines[lower as usize].name = Some(name);
            }
            // The new face, left of the lower bank, is the strip; the old one keeps the right.
            right.face = cell.face;
            self.strips.push(StripAt { face, figures: strip, point, along });
        }
        (Cell { face: left_face, samples: l, strips: cell.strips }, right)
    }

    /// Two parts, the first with `share` of the people, cut across the longer direction. `grids`
    /// is what the cell holds: wide streets part many.
    fn cut_share(&mut self, cell: Cell, share: f64, grids: f64) -> (Cell, Cell) {
        let (class, snap, turn) = self.class_for(grids);
        let long = long_axis(&self.mesh.ring(cell.face));
        for wobble in [turn, turn / 3.0, 0.0] {
            let along = rotate(left(long), self.rng.range(-wobble, wobble.max(1e-6)));
            let across = scale(left(along), -1.0);
            let mut order: Vec<(f64, f64)> = cell.samples.iter().map(|s| (dot(s.0, across), s.1)).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let at = quantile(&order, share).unwrap_or_else(|| middle(&self.mesh.ring(cell.face), across));
            let cut = Cut { point: scale(across, at), along, snap, class };
            if let Some((_, new)) = self.mesh.cut(cell.face, cut) {
                let (l, r) = cell.samples.into_iter().partition(|s| dot(s.0, across) < at);
                let strips = cell.strips;
                return (
                    Cell { face: new, samples: l, strips: strips.clone() },
                    Cell { face: cell.face, samples: r, strips },
                );
            }
        }
        unreachable!("a cell of many grids is wide enough to cut")
    }

    fn class_for(&self, grids: f64) -> (Class, f64, f64) {
        let primary = f64::from(self.figures.shape.grids) / 9.0;
        match grids {
            n if n >= primary.max(10.0) => (Class::Primary, 75.0, 0.22),
            n if n >= primary.max(10.0) / 3.0 => (Class::Secondary, 65.0, 0.16),
            n if n >= 3.0 => (Class::Tertiary, 50.0, 0.12),
            _ => (Class::Residential, 40.0, 0.1),
        }
    }

    /// Cuts a grid into street blocks.
    fn blocks(&mut self, face: u32) -> Vec<u32> {
        let size = self.mesh.face_area(face);
        let ring = self.mesh.ring(face);
        let people = density(&self.figures.shape, super::flat::centroid(&ring));
        let usual = self.figures.shape.block_m2 * (0.75 + 0.55 / people.max(0.05)).min(6.0);
        if size < usual * self.rng.range(0.9, 2.4) {
            return vec![face];
        }
        match self.halve(face, Class::Residential, 38.0) {
            Some(new) => [self.blocks(face), self.blocks(new)].concat(),
            None => vec![face],
        }
    }

    /// Cuts a face across its longer direction, about in the middle.
    fn halve(&mut self, face: u32, class: Class, snap: f64) -> Option<u32> {
        let ring = self.mesh.ring(face);
        let long = long_axis(&ring);
        let (lo, hi) = extent(&ring, long);
        let at = lo + (hi - lo) * self.rng.range(0.42, 0.58);
        let along = rotate(left(long), self.rng.range(-0.05, 0.05));
        let mid = super::flat::centroid(&ring);
        let point = add(scale(long, at), scale(left(long), dot(mid, left(long))));
        self.mesh.cut(face, Cut { point, along, snap, class }).map(|(_, new)| new)
    }

    fn finish(mut self, mut owner: Vec<Option<u32>>, community_of: Vec<u32>) -> Plan {
        let mut ground = vec![Ground::Block; self.mesh.faces.len()];
        for strip in self.strips.clone() {
            let figures = &self.figures.shape.strips[strip.figures];
            let kind = if figures.kind == StripKind::Rail { Ground::Rail } else { Ground::Water };
            for (face, grid) in super::strips::finish(&mut self.mesh, &strip, figures, &owner) {
                owner.resize(self.mesh.faces.len(), None);
                ground.resize(self.mesh.faces.len(), Ground::Block);
                owner[face as usize] = grid;
                ground[face as usize] = kind;
            }
        }
        if let Some(lake) = self.lake {
            ground[lake as usize] = Ground::Lake;
        }
        Plan { mesh: self.mesh, ground, grid_of: owner, community_of, strips: self.strips }
    }
}

fn rotate(v: Xy, angle: f64) -> Xy {
    add(scale(v, angle.cos()), scale(left(v), angle.sin()))
}

fn extent(ring: &[Xy], along: Xy) -> (f64, f64) {
    ring.iter().map(|&p| dot(p, along)).fold((f64::MAX, f64::MIN), |(lo, hi), d| (lo.min(d), hi.max(d)))
}

fn middle(ring: &[Xy], along: Xy) -> f64 {
    let (lo, hi) = extent(ring, along);
    (lo + hi) / 2.0
}

/// Where the running weight reaches the share of the whole.
fn quantile(order: &[(f64, f64)], share: f64) -> Option<f64> {
    let whole: f64 = order.iter().map(|o| o.1).sum();
    let mut sum = 0.0;
    order
        .iter()
        .find(|o| {
            sum += o.1;
            sum >= whole * share
        })
        .map(|o| o.0)
}

/// The long direction of the smallest rectangle around a convex ring.
pub fn long_axis(ring: &[Xy]) -> Xy {
    let n = ring.len();
    let mut best = (f64::MAX, xy(1.0, 0.0));
    for i in 0..n {
        let u = unit(sub(ring[(i + 1) % n], ring[i]));
        let ((a, b), (c, d)) = (extent(ring, u), extent(ring, left(u)));
        let size = (b - a) * (d - c);
        if size < best.0 - 1e-6 {
            best = (size, if b - a >= d - c { u } else { left(u) });
        }
    }
    best.1
}
