//! A plane cut into convex faces by streets and banks. Faces share their vertices: whatever is
//! built from faces (blocks, grids, communities, towns, water) tiles without gap or overlap.
//! Never moves a vertex and never joins faces.

use super::flat::{area, cross, distance, dot, lerp, scale, sub, unit};
use crate::geometry::Xy;
use std::collections::HashMap;

/// What lies on an edge; smaller is wider. A line continues another of nearly its own class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Primary,
    Secondary,
    Tertiary,
    Residential,
    Alley,
    /// A path that is not for cars: promenade, path along a bank.
    Path,
    /// No way: a border only.
    Border,
}

/// One drawn cut; `joined` names the line that it continues.
#[derive(Debug, Clone)]
pub struct Line {
    pub class: Class,
    pub name: Option<String>,
    pub bridge: bool,
    joined: Option<u32>,
}

/// How a face is to be cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub point: Xy,
    /// Unit vector.
    pub along: Xy,
    /// Ends move onto a crossing this near, metres.
    pub snap: f64,
    pub class: Class,
}

#[derive(Debug, Default)]
pub struct Mesh {
    pub at: Vec<Xy>,
    /// Anticlockwise rings of vertex numbers.
    pub faces: Vec<Vec<u32>>,
    pub lines: Vec<Line>,
    side: HashMap<(u32, u32), u32>,
    on: HashMap<(u32, u32), u32>,
    spokes: Vec<Vec<u32>>,
    strips: Vec<Banks>,
}

/// Two parallel banks: cuts that end on one look for a crossing on the other.
#[derive(Debug, Clone, Copy)]
pub struct Banks {
    pub point: Xy,
    pub along: Xy,
    pub half: f64,
}

/// Longest edge, metres: short enough to follow the warp.
const STEP: f64 = 42.0;

fn key(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

impl Mesh {
    /// One face inside the anticlockwise outline.
    pub fn new(outline: &[Xy]) -> Self {
        let mut mesh = Self::default();
        let corners: Vec<u32> = outline.iter().map(|&p| mesh.vertex(p)).collect();
        let line = mesh.line(Class::Border);
        let mut ring = Vec::new();
        for (i, &a) in corners.iter().enumerate() {
            ring.push(a);
            ring.extend(mesh.chain(a, corners[(i + 1) % corners.len()], line));
        }
        mesh.faces.push(Vec::new());
        mesh.set_ring(0, ring);
        mesh
    }

    pub fn add_banks(&mut self, banks: Banks) {
        self.strips.push(banks);
    }

    pub fn line(&mut self, class: Class) -> u32 {
        self.lines.push(Line { class, name: None, bridge: false, joined: None });
        self.lines.len() as u32 - 1
    }

    fn vertex(&mut self, p: Xy) -> u32 {
        self.at.push(p);
        self.spokes.push(Vec::new());
        self.at.len() as u32 - 1
    }

    fn link(&mut self, a: u32, b: u32, line: u32) {
        self.on.insert(key(a, b), line);
        self.spokes[a as usize].push(b);
        self.spokes[b as usize].push(a);
    }

    /// New vertices between two old ones, and the edges of all.
    fn chain(&mut self, a: u32, b: u32, line: u32) -> Vec<u32> {
        let (p, q) = (self.at[a as usize], self.at[b as usize]);
        let pieces = (distance(p, q) / STEP).ceil().max(1.0) as u32;
        let inner: Vec<u32> = (1..pieces).map(|k| self.vertex(lerp(p, q, f64::from(k) / f64::from(pieces)))).collect();
        let mut last = a;
        for &v in inner.iter().chain([&b]) {
            self.link(last, v, line);
            last = v;
        }
        inner
    }

    fn set_ring(&mut self, face: u32, ring: Vec<u32>) {
        for i in 0..ring.len() {
            self.side.insert((ring[i], ring[(i + 1) % ring.len()]), face);
        }
        self.faces[face as usize] = ring;
    }

    pub fn ring(&self, face: u32) -> Vec<Xy> {
        self.faces[face as usize].iter().map(|&v| self.at[v as usize]).collect()
    }

    /// The face to the left of the edge from `a` to `b`.
    pub fn face_at(&self, a: u32, b: u32) -> Option<u32> {
        self.side.get(&(a, b)).copied()
    }

    /// The line on an edge, as the first of those it continues.
    pub fn line_at(&self, a: u32, b: u32) -> Option<u32> {
        self.on.get(&key(a, b)).map(|&l| self.root(l))
    }

    pub fn root(&self, mut line: u32) -> u32 {
        while let Some(next) = self.lines[line as usize].joined {
            line = next;
        }
        line
    }

    pub fn class_at(&self, a: u32, b: u32) -> Class {
        self.line_at(a, b).map_or(Class::Border, |l| self.lines[l as usize].class)
    }

    pub fn degree(&self, v: u32) -> usize {
        self.spokes[v as usize].len()
    }

    /// Classes of the edges that meet here.
    pub fn classes_at(&self, v: u32) -> Vec<Class> {
        self.spokes[v as usize].iter().map(|&x| self.class_at(v, x)).collect()
    }

    fn split_edge(&mut self, a: u32, b: u32, p: Xy) -> u32 {
        let m = self.vertex(p);
        let line = self.on.remove(&key(a, b)).unwrap_or_default();
        for (from, to) in [(a, b), (b, a)] {
            self.spokes[from as usize].retain(|&v| v != to);
            if let Some(face) = self.side.remove(&(from, to)) {
                let ring = &mut self.faces[face as usize];
                let i = ring.iter().position(|&v| v == from).unwrap_or_default();
                ring.insert(i + 1, m);
                self.side.insert((from, m), face);
                self.side.insert((m, to), face);
            }
        }
        self.link(a, m, line);
        self.link(m, b, line);
        m
    }

    /// Cuts a face along a straight line: the new line and the new face to the left of the
    /// direction; the old face keeps the right. `None` when either part would be a sliver.
    pub fn cut(&mut self, face: u32, cut: Cut) -> Option<(u32, u32)> {
        let ring = self.faces[face as usize].clone();
        let side: Vec<f64> = ring.iter().map(|&v| cross(cut.along, sub(self.at[v as usize], cut.point))).collect();
        let n = ring.len();
        let crossed: Vec<usize> = (0..n).filter(|&i| (side[i] > 0.0) != (side[(i + 1) % n] > 0.0)).collect();
        let [first, second] = crossed[..] else { return None };
        // Enter where the ring comes from the left, so that left and right are the direction's own.
        let (enter, leave) = if side[first] > 0.0 { (first, second) } else { (second, first) };
        let ends = [enter, leave].map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % n]);
            let t = side[i] / (side[i] - side[(i + 1) % n]);
            let p = lerp(self.at[a as usize], self.at[b as usize], t);
            self.facing(&ring, p, 1.8 * cut.snap).unwrap_or((a, b, p))
        });
        for snap in [cut.snap, 0.0] {
            let places = ends.map(|(_, _, p)| self.snapped(&ring, p, snap));
            let points = [0, 1].map(|k| places[k].map_or(ends[k].2, |v| self.at[v as usize]));
            if !self.parts_are_sound(face, points) {
                continue;
            }
            let [v, w] = [0, 1].map(|k| {
                let (a, b, p) = ends[k];
                places[k].unwrap_or_else(|| self.split_edge(a, b, p))
            });
            let line = self.line(cut.class);
            let new = self.cut_between(face, v, w, line)?;
            self.continue_lines(line, v, w);
            return Some((line, new));
        }
        None
    }

    /// On a bank: the place right across from a crossing on the other bank, when one is near.
    fn facing(&self, ring: &[u32], p: Xy, snap: f64) -> Option<(u32, u32, Xy)> {
        let banks = *self.strips.iter().find(|s| (cross(s.along, sub(p, s.point)).abs() - s.half).abs() < 0.01)?;
        let off = |q: Xy| cross(banks.along, sub(q, banks.point));
        let place = |q: Xy| dot(banks.along, sub(q, banks.point));
        let (side, here) = (off(p).signum() * banks.half, place(p));
        let best = (0..self.at.len() as u32)
            .filter(|&v| self.degree(v) > 2 && (off(self.at[v as usize]) + side).abs() < 0.01)
            .map(|v| place(self.at[v as usize]))
            .filter(|t| (t - here).abs() < snap)
            .min_by(|a, b| (a - here).abs().total_cmp(&(b - here).abs()))?;
        (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).find_map(|(a, b)| {
            let (q, r) = (self.at[a as usize], self.at[b as usize]);
            let on_bank = (off(q) - side).abs() < 0.01 && (off(r) - side).abs() < 0.01;
            let t = (best - place(q)) / (place(r) - place(q));
            (on_bank && (0.0..=1.0).contains(&t)).then(|| (a, b, lerp(q, r, t)))
        })
    }

    /// The streets that a bridge joins become one when they run on in its direction.
    pub fn join_across(&mut self, v: u32, w: u32) {
        let out = unit(sub(self.at[w as usize], self.at[v as usize]));
        let ahead = |end: u32, dir: Xy| {
            self.spokes[end as usize]
                .iter()
                .filter(|&&x| dot(unit(sub(self.at[x as usize], self.at[end as usize])), dir) > 0.85)
                .find_map(|&x| self.line_at(end, x))
                .filter(|&l| self.lines[l as usize].class < Class::Alley)
        };
        if let (Some(a), Some(b)) = (ahead(v, scale(out, -1.0)), ahead(w, out)) {
            self.join(a, b);
        }
    }

    fn snapped(&self, ring: &[u32], p: Xy, snap: f64) -> Option<u32> {
        let near = |limit: f64, crossing: bool| {
            ring.iter()
                .copied()
                .filter(|&v| !crossing || self.degree(v) > 2)
                .map(|v| (distance(self.at[v as usize], p), v))
                .filter(|&(d, _)| d < limit)
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                .map(|(_, v)| v)
        };
        near(snap, true).or_else(|| near(8.0, false))
    }

    /// Both parts of a face cut between two points of its border are wide enough to use.
    fn parts_are_sound(&self, face: u32, [p, q]: [Xy; 2]) -> bool {
        let d = distance(p, q);
        if d < 8.0 {
            return false;
        }
        let along = scale(sub(q, p), 1.0 / d);
        let reach = self
            .ring(face)
            .iter()
            .map(|&v| cross(along, sub(v, p)))
            .fold((0.0f64, 0.0f64), |(lo, hi), s| (lo.min(s), hi.max(s)));
        reach.0 < -9.0 && reach.1 > 9.0
    }

    /// Cuts a face between two vertices of its ring; the new face lies to the left of `v` → `w`.
    pub fn cut_between(&mut self, face: u32, v: u32, w: u32, line: u32) -> Option<u32> {
        let ring = self.faces[face as usize].clone();
        let n = ring.len();
        let i = ring.iter().position(|&x| x == v)?;
        let j = ring.iter().position(|&x| x == w)?;
        if (i + 1) % n == j || (j + 1) % n == i || i == j {
            return None;
        }
        let inner = self.chain(v, w, line);
        let arc = |from: usize, to: usize| (0..=(to + n - from) % n).map(move |k| (from + k) % n);
        // Right part: v … w by the ring is on the right of v → w when the ring runs anticlockwise.
        let mut right: Vec<u32> = arc(i, j).map(|k| ring[k]).collect();
        right.extend(inner.iter().rev());
        let mut left: Vec<u32> = arc(j, i).map(|k| ring[k]).collect();
        left.extend(&inner);
        self.faces.push(Vec::new());
        let new = self.faces.len() as u32 - 1;
        self.set_ring(face, right);
        self.set_ring(new, left);
        Some(new)
    }

    /// A street that ends where another of its kind goes on in its direction is the same street.
    fn continue_lines(&mut self, line: u32, v: u32, w: u32) {
        let along = unit(sub(self.at[w as usize], self.at[v as usize]));
        for (end, out) in [(v, scale(along, -1.0)), (w, along)] {
            let best = self.spokes[end as usize]
                .iter()
                .filter_map(|&x| {
                    let d = dot(unit(sub(self.at[x as usize], self.at[end as usize])), out);
                    Some((d, self.line_at(end, x)?))
                })
                .filter(|&(d, l)| d > 0.9 && l != self.root(line) && self.alike(l, line))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, other)) = best {
                self.join(other, line);
            }
        }
    }

    fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.lines[a as usize].class, self.lines[self.root(b) as usize].class);
        a < Class::Path && b < Class::Path && (a as i32 - b as i32).abs() <= 1
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let class = self.lines[a as usize].class.min(self.lines[b as usize].class);
            self.lines[a as usize].class = class;
            self.lines[b as usize].joined = Some(a);
        }
    }

    /// Area of the face, square metres, before the warp.
    pub fn face_area(&self, face: u32) -> f64 {
        area(&self.ring(face))
    }
}

#[cfg(test)]
mod tests {
    use super::super::flat::{heading, xy};
    use super::*;

    fn field() -> Mesh {
        Mesh::new(&[xy(0.0, 0.0), xy(400.0, 0.0), xy(400.0, 300.0), xy(0.0, 300.0)])
    }

    fn cut(x: f64, y: f64, angle: f64) -> Cut {
        Cut { point: xy(x, y), along: heading(angle), snap: 20.0, class: Class::Residential }
    }

    #[test]
    fn cuts_keep_the_area_and_every_edge_has_two_sides_or_lies_outside() {
        let mut mesh = field();
        let (_, left) = mesh.cut(0, cut(150.0, 150.0, 1.4)).expect("cut");
        mesh.cut(0, cut(300.0, 140.0, 0.1)).expect("cut");
        mesh.cut(left, cut(50.0, 150.0, 0.05)).expect("cut");
        let total: f64 = (0..mesh.faces.len() as u32).map(|f| mesh.face_area(f)).sum();
        assert!((total - 120_000.0).abs() < 1e-6);
        for (f, ring) in mesh.faces.iter().enumerate() {
            for (i, &a) in ring.iter().enumerate() {
                let b = ring[(i + 1) % ring.len()];
                assert_eq!(mesh.face_at(a, b), Some(f as u32));
                assert!(mesh.face_at(b, a).is_some() || mesh.class_at(a, b) == Class::Border);
            }
        }
    }

    #[test]
    fn a_cut_that_ends_near_a_crossing_meets_it_and_goes_on_as_the_same_street() {
        let mut mesh = field();
        let (_, left) = mesh.cut(0, cut(200.0, 150.0, std::f64::consts::FRAC_PI_2)).expect("cut");
        let (east, _) = mesh.cut(0, cut(300.0, 150.0, 0.0)).expect("cut");
        let (west, _) = mesh.cut(left, cut(100.0, 160.0, 0.0)).expect("cut");
        assert_eq!(mesh.root(west), mesh.root(east));
    }

    #[test]
    fn a_sliver_is_not_cut_off() {
        let mut mesh = field();
        assert!(mesh.cut(0, cut(200.0, 3.0, 0.0)).is_none());
    }
}
