//! Ways become a graph: walkable ways are cut where they meet, where they end, where the water
//! begins and where a point stops people; each piece is an edge with its shape. Points that
//! restrict become edges without length ([`super::foot::passage`]), plazas get straight lines
//! inside ([`plaza`]).

mod barriers;
mod plaza;
mod water;

use super::foot::{Passage, Sides, footing, is_path, passage};
use super::footing::Footing;
use super::network::{Edge, Graph, Network, rows};
use super::streets::{Street, Streets, Tags, tag};
use crate::geometry::{BBox, LonLat, Plane, Xy};
use std::collections::{HashMap, HashSet};
use water::Water;

/// Longer segments are cut: what lies near a segment then lies near its ends.
pub(super) const LONGEST_SEGMENT_M: f64 = 50.0;

impl Network {
    /// The graph of all ways that people may walk. Ways without footing and pieces without
    /// length are left out.
    pub fn build(streets: &Streets) -> Self {
        let walked: Vec<Option<Footing>> = streets.ways.iter().map(|way| footing(&way.tags)).collect();
        let water = Water::new(streets, &walked);
        let mut builder = Builder::new(streets, &walked);
        let (barriers, barrier_kinds): (Vec<_>, Vec<_>) =
            barriers::segments(streets, &walked, &builder.plane).into_iter().unzip();
        let chords = plaza::chords(streets, &walked, &builder.positions, &barriers);
        for &point in chords.iter().flat_map(|c| &c.ends) {
            builder.meet(point);
        }
        for (way, footing) in streets.ways.iter().zip(&walked) {
            if let Some(footing) = footing {
                builder.add_way(way, *footing, &water);
            }
        }
        for chord in chords {
            builder.add_chord(&chord, streets, &water);
        }
        Self::from_graph(Graph { barriers, barrier_kinds, ..builder.finish(streets) })
    }
}

struct Builder<'a> {
    plane: Plane,
    points: &'a [LonLat],
    positions: Vec<Xy>,
    /// How a point is used by the walked ways.
    uses: Vec<Use>,
    /// What it takes to pass the points that are [`Use::Linked`].
    links: HashMap<u32, (Footing, Sides)>,
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
    /// Ways end here on their own, and links join them.
    Linked,
}

/// A way as it comes to its end points.
#[derive(Clone, Copy)]
struct Kind {
    footing: Footing,
    name: Option<u32>,
    path: bool,
}

impl<'a> Builder<'a> {
    fn new(streets: &'a Streets, walked: &[Option<Footing>]) -> Self {
        let plane = Plane::around(middle(streets));
        let mut uses = vec![Use::Unused; streets.points.len()];
        let (mut on_path, mut on_crossing) = (HashSet::new(), HashSet::new());
        for (way, _) in streets.ways.iter().zip(walked).filter(|(_, f)| f.is_some()) {
            let last = way.points.len().saturating_sub(1);
            for (i, &p) in way.points.iter().enumerate() {
                let Some(u) = uses.get_mut(p as usize) else { continue };
                *u = if i == 0 || i == last || *u != Use::Unused { Use::Meeting } else { Use::Once };
            }
            if is_path(&way.tags) {
                on_path.extend(way.points.iter().copied());
            }
            if is_crossing(&way.tags) {
                on_crossing.extend(way.points.iter().copied());
            }
        }
        let mut links = HashMap::new();
        for (&p, tags) in &streets.point_tags {
            let Some(u) = uses.get_mut(p as usize).filter(|u| **u != Use::Unused) else { continue };
            match passage(tags, on_crossing.contains(&p)) {
                Passage::Shut => *u = Use::Blocked,
                Passage::Link(footing, sides) if sides == Sides::All || on_path.contains(&p) => {
                    *u = Use::Linked;
                    links.insert(p, (footing, sides));
                }
                Passage::Link(..) | Passage::Free => {}
            }
        }
        Self {
            positions: streets.points.iter().map(|&p| plane.to_xy(p)).collect(),
            points: &streets.points,
            plane,
            uses,
            links,
            node_of_point: HashMap::new(),
            node_count: 0,
            names: HashMap::new(),
            edges: Vec::new(),
            vertices: Vec::new(),
            offsets: Vec::new(),
        }
    }

    /// Makes a point of a way a node.
    fn meet(&mut self, point: u32) {
        let u = &mut self.uses[point as usize];
        if matches!(u, Use::Once | Use::Unused) {
            *u = Use::Meeting;
        }
    }

    fn kind(&mut self, tags: &'a Tags, footing: Footing) -> Kind {
        let name = tag(tags, "name").filter(|n| !n.is_empty()).map(|n| {
            let next = self.names.len() as u32;
            *self.names.entry(n).or_insert(next)
        });
        Kind { footing, name, path: is_path(tags) }
    }

    fn add_way(&mut self, way: &'a Street, footing: Footing, water: &Water) {
        let kind = self.kind(&way.tags, footing);
        let known: Vec<u32> = way.points.iter().copied().filter(|&p| (p as usize) < self.positions.len()).collect();
        let wet: Vec<bool> = known.windows(2).map(|w| water.under(self.points, [w[0], w[1]])).collect();
        let mut start = 0;
        for i in 1..known.len() {
            let end = i + 1 == known.len();
            if end || self.uses[known[i] as usize] != Use::Once || wet[i] != wet[i - 1] {
                self.add_edge(&known[start..=i], kind, wet[i - 1]);
                start = i;
            }
        }
    }

    fn add_chord(&mut self, chord: &plaza::Chord, streets: &'a Streets, water: &Water) {
        let kind = self.kind(&streets.ways[chord.rim as usize].tags, chord.footing);
        self.add_edge(&chord.ends, kind, water.under(self.points, chord.ends));
    }

    fn add_edge(&mut self, points: &[u32], kind: Kind, wet: bool) {
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
        let [tail, head] = [points[0], points[points.len() - 1]].map(|p| self.node(p, kind.path));
        let footing = Footing { enclosed: kind.footing.enclosed || wet, ..kind.footing };
        let first_vertex = first_vertex as u32;
        self.edges.push(Edge { tail, head, first_vertex, vertex_count, length_mm, footing, name: kind.name });
    }

    /// The node of a point for a way that ends there.
    fn node(&mut self, point: u32, path: bool) -> u32 {
        match self.uses[point as usize] {
            Use::Blocked => self.new_node(),
            Use::Linked => {
                let (hub, (footing, sides)) = (self.hub(point), self.links[&point]);
                if sides == Sides::Paths && !path { hub } else { self.linked(point, hub, footing) }
            }
            _ => self.hub(point),
        }
    }

    fn hub(&mut self, point: u32) -> u32 {
        if let Some(&node) = self.node_of_point.get(&point) {
            return node;
        }
        let node = self.new_node();
        self.node_of_point.insert(point, node);
        node
    }

    fn new_node(&mut self) -> u32 {
        self.node_count += 1;
        self.node_count - 1
    }

    /// A node of its own for one side of a point, and the link from it to the point's hub.
    fn linked(&mut self, point: u32, hub: u32, footing: Footing) -> u32 {
        let node = self.new_node();
        let first_vertex = self.vertices.len() as u32;
        self.vertices.extend([self.positions[point as usize]; 2]);
        self.offsets.extend([0, 0]);
        let (tail, head, name) = (node, hub, None);
        self.edges.push(Edge { tail, head, first_vertex, vertex_count: 2, length_mm: 0, footing, name });
        node
    }

    fn finish(self, streets: &Streets) -> Graph {
        let (first, arcs) = rows(self.node_count as usize, &self.edges);
        let mut names = vec![String::new(); self.names.len()];
        for (name, i) in self.names {
            names[i as usize] = name.to_owned();
        }
        Graph {
            source: streets.source.clone(),
            bounds: streets.bounds,
            barriers: Vec::new(),
            barrier_kinds: Vec::new(),
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

/// A way mapped as a crossing of a street.
fn is_crossing(tags: &Tags) -> bool {
    ["highway", "footway", "path", "cycleway"].iter().any(|key| tag(tags, key) == Some("crossing"))
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

#[cfg(test)]
mod tests;
