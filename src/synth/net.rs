//! The walkable ways of the town as OSM-like ways over shared points, and what cannot be crossed.
//! Mesh edges become streets; estates and parks add their own paths and join the streets only
//! where they say so.

use super::mesh::{Class, Mesh};
use super::warp::Warp;
use crate::geometry::Xy;
use crate::walk::{Barrier, BarrierKind, Street, Streets, Tags};
use std::collections::{BTreeMap, BTreeSet};

/// A way with the shape it is drawn with.
#[derive(Debug, Clone)]
pub struct Way {
    pub points: Vec<u32>,
    pub name: Option<String>,
    /// OSM highway value.
    pub highway: &'static str,
    pub bridge: bool,
}

#[derive(Debug, Default)]
pub struct Net {
    /// On the town's plane.
    pub at: Vec<Xy>,
    pub ways: Vec<Way>,
    pub gates: Vec<(u32, &'static str)>,
    pub barriers: Vec<Barrier>,
    of_vertex: BTreeMap<u32, u32>,
    /// Points put into a mesh edge, by the share of the way from its lower vertex.
    on_edge: BTreeMap<(u32, u32), Vec<(f64, u32)>>,
}

pub fn tags(list: &[(&str, &str)]) -> Tags {
    list.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

pub fn is_street(class: Class) -> bool {
    class < Class::Border
}

fn highway(class: Class) -> &'static str {
    match class {
        Class::Primary => "primary",
        Class::Secondary => "secondary",
        Class::Tertiary => "tertiary",
        Class::Residential => "residential",
        Class::Alley | Class::Path | Class::Border => "footway",
    }
}

impl Net {
    pub fn point(&mut self, p: Xy) -> u32 {
        self.at.push(p);
        self.at.len() as u32 - 1
    }

    /// The point of a mesh vertex.
    pub fn vertex(&mut self, v: u32, bent: &[Xy]) -> u32 {
        if let Some(&n) = self.of_vertex.get(&v) {
            return n;
        }
        let n = self.point(bent[v as usize]);
        self.of_vertex.insert(v, n);
        n
    }

    /// A new point of a street, on the mesh edge from `a` to `b` at the share `t` of it.
    pub fn join(&mut self, (a, b): (u32, u32), t: f64, bent: &[Xy]) -> u32 {
        if t < 0.02 {
            return self.vertex(a, bent);
        }
        if t > 0.98 {
            return self.vertex(b, bent);
        }
        let n = self.point(super::flat::lerp(bent[a as usize], bent[b as usize], t));
        let (edge, t) = if a < b { ((a, b), t) } else { ((b, a), 1.0 - t) };
        self.on_edge.entry(edge).or_default().push((t, n));
        n
    }

    pub fn path(&mut self, points: Vec<u32>, highway: &'static str) {
        if points.len() > 1 {
            self.ways.push(Way { points, name: None, highway, bridge: false });
        }
    }

    pub fn wall(&mut self, line: geo::LineString) {
        self.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: line.into() });
    }

    /// Adds the streets of the mesh, after all paths have joined it. In a hilly town some alleys
    /// are steps.
    pub fn add_streets(&mut self, mesh: &Mesh, bent: &[Xy], hilly: bool) {
        for list in self.on_edge.values_mut() {
            list.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        for (line, edges) in by_line(mesh) {
            let about = &mesh.lines[line as usize];
            for chain in chains(edges) {
                let mut points = vec![self.vertex(chain[0], bent)];
                for pair in chain.windows(2) {
                    let (low, high) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                    let mut inner: Vec<u32> =
                        self.on_edge.get(&(low, high)).map(|l| l.iter().map(|e| e.1).collect()).unwrap_or_default();
                    if pair[0] != low {
                        inner.reverse();
                    }
                    points.extend(inner);
                    points.push(self.vertex(pair[1], bent));
                }
                let steps = hilly && about.class == Class::Alley && line % 13 == 0;
                let highway = if steps { "steps" } else { highway(about.class) };
                self.ways.push(Way { points, name: about.name.clone(), highway, bridge: about.bridge });
            }
        }
    }

    /// The shape of a way on the town's plane.
    pub fn shape(&self, way: &Way) -> Vec<Xy> {
        way.points.iter().map(|&p| self.at[p as usize]).collect()
    }

    /// What a walking network is built from.
    pub fn streets(&self, warp: &Warp, source: String) -> Streets {
        let points: Vec<_> = self.at.iter().map(|&p| warp.position(p)).collect();
        let ways = self.ways.iter().map(|w| {
            let mut list = tags(&[("highway", w.highway)]);
            list.extend(w.name.iter().map(|n| ("name".to_string(), n.clone())));
            if w.bridge {
                list.extend(tags(&[("bridge", "yes")]));
            }
            Street { points: w.points.clone(), tags: list }
        });
        let gates = self.gates.iter().map(|&(p, kind)| (p, tags(&[("barrier", kind), ("foot", "yes")])));
        let box_of = |pick: fn(&crate::geometry::LonLat) -> f64| {
            points.iter().map(pick).fold((f64::MAX, f64::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)))
        };
        let ((west, east), (south, north)) = (box_of(|p| p.lon()), box_of(|p| p.lat()));
        Streets {
            ways: ways.collect(),
            point_tags: gates.collect(),
            barriers: self.barriers.clone(),
            source,
            bounds: Some(crate::geometry::BBox { west, south, east, north }),
            points,
            ..Streets::default()
        }
    }
}

/// Street edges of the mesh by the line they belong to.
pub fn by_line(mesh: &Mesh) -> BTreeMap<u32, BTreeSet<(u32, u32)>> {
    let mut lines: BTreeMap<u32, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for ring in &mesh.faces {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if let Some(line) = mesh.line_at(a, b).filter(|&l| is_street(mesh.lines[l as usize].class)) {
                lines.entry(line).or_default().insert((a.min(b), a.max(b)));
            }
        }
    }
    lines
}

/// Edges strung together into as few polylines as they allow.
pub fn chains(mut edges: BTreeSet<(u32, u32)>) -> Vec<Vec<u32>> {
    let mut near: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for &(a, b) in &edges {
        near.entry(a).or_default().insert(b);
        near.entry(b).or_default().insert(a);
    }
    let mut out = Vec::new();
    while let Some(&(any, _)) = edges.first() {
        let ends = near.iter().filter(|(_, n)| n.len() == 1).map(|(&v, _)| v);
        let mut here = ends.min().unwrap_or(any);
        let mut chain = vec![here];
        while let Some(next) = near.get(&here).and_then(|n| n.first().copied()) {
            for (a, b) in [(here, next), (next, here)] {
                if let Some(n) = near.get_mut(&a) {
                    n.remove(&b);
                    if n.is_empty() {
                        near.remove(&a);
                    }
                }
                edges.remove(&(a, b));
            }
            chain.push(next);
            here = next;
        }
        out.push(chain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_become_polylines_and_none_is_lost() {
        let edges = BTreeSet::from([(1, 2), (2, 3), (3, 4), (3, 7), (8, 9)]);
        let all = chains(edges);
        assert_eq!(all.iter().map(|c| c.len() - 1).sum::<usize>(), 5);
        assert_eq!(all[0], [1, 2, 3, 4]);
    }
}
