//! Ways become a graph: walkable ways are cut where they meet, where they end and where a point
//! blocks the way; each piece is an edge with its shape.

use super::foot::{Passage, footing, passage};
use super::footing::Footing;
use super::network::{Arc, Edge, Graph, Network};
use super::streets::{BarrierKind, Street, Streets, tag};
use crate::geometry::{BBox, LonLat, Plane, Xy};
use geo::{CoordsIter, LinesIter};
use std::collections::HashMap;

/// Longer segments are cut: what lies near a segment then lies near its ends.
pub(super) const LONGEST_SEGMENT_M: f64 = 50.0;

impl Network {
    /// The graph of all ways that people may walk. Ways without footing and pieces without
    /// length are left out.
    pub fn build(streets: &Streets) -> Self {
        let walked: Vec<(&Street, Footing)> =
            streets.ways.iter().filter_map(|way| footing(&way.tags).map(|f| (way, f))).collect();
        let mut builder = Builder::new(streets, &walked);
        for (way, footing) in &walked {
            builder.add_way(way, *footing);
        }
        Self::from_graph(builder.finish(streets))
    }
}

struct Builder<'a> {
    plane: Plane,
    positions: Vec<Xy>,
    /// How a point is used by the walked ways.
    uses: Vec<Use>,
    node_of_point: HashMap<u32, u32>,
    node_count: u32,
    names: HashMap<&'a str, u32>,
    edges: Vec<Edge>,
    vertices: Vec<Xy>,
    offsets: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Unused,
    Once,
    /// Several ways, or an end: a node.
    Meeting,
    /// Nobody passes: every way ends here on its own.
    Blocked,
}

impl<'a> Builder<'a> {
    fn new(streets: &'a Streets, walked: &[(&'a Street, Footing)]) -> Self {
        let plane = Plane::around(middle(streets));
        let mut uses = vec![Use::Unused; streets.points.len()];
        for (way, _) in walked {
            let last = way.points.len().saturating_sub(1);
            for (i, &p) in way.points.iter().enumerate() {
                let Some(u) = uses.get_mut(p as usize) else { continue };
                *u = if i == 0 || i == last || *u != Use::Unused { Use::Meeting } else { Use::Once };
            }
        }
        for (&p, tags) in &streets.point_tags {
            if passage(tags, false) == Passage::Shut
                && let Some(u) = uses.get_mut(p as usize)
                && *u != Use::Unused
            {
                *u = Use::Blocked;
            }
        }
        Self {
            positions: streets.points.iter().map(|&p| plane.to_xy(p)).collect(),
            plane,
            uses,
            node_of_point: HashMap::new(),
            node_count: 0,
            names: HashMap::new(),
            edges: Vec::new(),
            vertices: Vec::new(),
            offsets: Vec::new(),
        }
    }

    fn add_way(&mut self, way: &'a Street, footing: Footing) {
        let name = tag(&way.tags, "name").filter(|n| !n.is_empty()).map(|n| {
            let next = self.names.len() as u32;
            *self.names.entry(n).or_insert(next)
        });
        let known: Vec<u32> = way.points.iter().copied().filter(|&p| (p as usize) < self.positions.len()).collect();
        let mut start = 0;
        for i in 1..known.len() {
            if i + 1 == known.len() || self.uses[known[i] as usize] != Use::Once {
                self.add_edge(&known[start..=i], footing, name);
                start = i;
            }
        }
    }

    fn add_edge(&mut self, points: &[u32], footing: Footing, name: Option<u32>) {
        let first_vertex = self.vertices.len();
        let mut length_mm = 0u32;
        for &p in points {
            let to = self.positions[p as usize];
            if self.vertices.len() == first_vertex {
                self.vertices.push(to);
                self.offsets.push(0);
                continue;
            }
            let from = self.vertices[self.vertices.len() - 1];
            let pieces = (self.plane.distance(from, to).0 / LONGEST_SEGMENT_M).ceil().max(1.0);
            for i in 1..=pieces as u32 {
                let t = f64::from(i) / pieces;
                let at = Xy { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
                let step = (self.plane.distance(self.vertices[self.vertices.len() - 1], at).0 * 1000.0).round() as u32;
                if step > 0 {
                    length_mm = length_mm.saturating_add(step);
                    self.vertices.push(at);
                    self.offsets.push(length_mm);
                }
            }
        }
        let vertex_count = (self.vertices.len() - first_vertex) as u32;
        if vertex_count < 2 {
            self.vertices.truncate(first_vertex);
            self.offsets.truncate(first_vertex);
            return;
        }
        let (tail, head) = (self.node(points[0]), self.node(points[points.len() - 1]));
        self.edges.push(Edge { tail, head, first_vertex: first_vertex as u32, vertex_count, length_mm, footing, name });
    }

    fn node(&mut self, point: u32) -> u32 {
        let next = self.node_count;
        let node = match self.uses[point as usize] {
            Use::Blocked => next,
            _ => *self.node_of_point.entry(point).or_insert(next),
        };
        self.node_count = next.max(node + 1);
        node
    }

    fn finish(self, streets: &Streets) -> Graph {
        let (first, arcs) = rows(self.node_count as usize, &self.edges);
        let mut names = vec![String::new(); self.names.len()];
        for (name, i) in self.names {
            names[i as usize] = name.to_owned();
        }
        let (barriers, barrier_kinds) = barrier_segments(streets, &self.plane).into_iter().unzip();
        Graph {
            source: streets.source.clone(),
            bounds: streets.bounds,
            barriers,
            barrier_kinds,
            plane: self.plane,
            first,
            arcs,
            edges: self.edges,
            vertices: self.vertices,
            offsets: self.offsets,
            names,
        }
    }
}

/// Arcs of all nodes, sorted by node.
fn rows(nodes: usize, edges: &[Edge]) -> (Vec<u32>, Vec<Arc>) {
    let mut first = vec![0u32; nodes + 1];
    for e in edges {
        first[e.tail as usize + 1] += 1;
        first[e.head as usize + 1] += 1;
    }
    for n in 0..nodes {
        first[n + 1] += first[n];
    }
    let mut next = first.clone();
    let mut arcs = vec![Arc { head: 0, edge: 0, reversed: false }; edges.len() * 2];
    let mut put = |node: u32, arc: Arc| {
        arcs[next[node as usize] as usize] = arc;
        next[node as usize] += 1;
    };
    for (i, e) in edges.iter().enumerate() {
        put(e.tail, Arc { head: e.head, edge: i as u32, reversed: false });
        put(e.head, Arc { head: e.tail, edge: i as u32, reversed: true });
    }
    (first, arcs)
}

fn middle(streets: &Streets) -> LonLat {
    let around = |b: Option<BBox>, p: LonLat| {
        let point = BBox { west: p.lon(), south: p.lat(), east: p.lon(), north: p.lat() };
        Some(b.map_or(point, |b| b.union(point)))
    };
    let bbox = streets.points.iter().copied().fold(None, around);
    let (lon, lat) = bbox.map_or((0.0, 0.0), BBox::centre);
    LonLat::new(lon, lat).unwrap_or_else(|_| unreachable!("the middle of positions is a position"))
}

/// The lines that stop a step off the network, and what each is: barrier lines and the shores of
/// water areas.
fn barrier_segments(streets: &Streets, plane: &Plane) -> Vec<([Xy; 2], BarrierKind)> {
    let mut all = Vec::new();
    for barrier in &streets.barriers {
        let closed_area = barrier.kind == BarrierKind::Water;
        let mut add = |l: geo::Line| all.push(([l.start, l.end].map(|c| plane.degrees_to_xy(c.x, c.y)), barrier.kind));
        match &barrier.geometry {
            geo::Geometry::Polygon(p) if closed_area => p.lines_iter().for_each(&mut add),
            geo::Geometry::Polygon(p) => p.exterior().lines().for_each(&mut add),
            geo::Geometry::MultiPolygon(p) => p.lines_iter().for_each(&mut add),
            geo::Geometry::LineString(l) => l.lines().for_each(&mut add),
            geo::Geometry::MultiLineString(l) => l.lines_iter().for_each(&mut add),
            other => debug_assert!(other.coords_count() == 0, "a barrier is a line or an area"),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{sketch, streets};
    use super::*;

    #[test]
    fn ways_are_cut_where_they_meet() {
        let network = sketch("a--b--c\n   |   \n   d   ", 50.0);
        assert_eq!((network.node_count(), network.edge_count()), (4, 3));
    }

    #[test]
    fn a_blocked_gate_parts_the_way_in_two() {
        let mut s = streets("a--b--c", 50.0);
        assert_eq!(Network::build(&s).edge_count(), 1);
        s.point_tags.insert(1, vec![("barrier".into(), "gate".into()), ("access".into(), "private".into())]);
        let network = Network::build(&s);
        assert_eq!((network.node_count(), network.edge_count()), (4, 2));
    }

    #[test]
    fn a_way_with_unknown_points_keeps_the_others() {
        let mut s = streets("a--b--c", 50.0);
        s.ways[0].points.push(99);
        assert_eq!(Network::build(&s).edge_count(), 1);
        assert_eq!(Network::build(&Streets::default()).node_count(), 0);
    }
}
