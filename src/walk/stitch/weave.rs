//! The graph with links: edges are cut where links join them, and the links become edges. The
//! lengths of an edge's pieces sum to the edge's own, and nodes keep their numbers.

use super::super::build::LONGEST_SEGMENT_M;
use super::super::line::between;
use super::super::network::{Edge, Graph, rows};
use super::Drawn;
use super::joins::{Joins, Target};
use crate::geometry::Xy;
use std::collections::BTreeMap;

pub(super) fn weave(base: &Graph, drawn: &[Drawn<'_>], joins: &Joins) -> Graph {
    let mut loom = Loom {
        base,
        nodes: base.first.len().saturating_sub(1) as u32,
        edges: Vec::with_capacity(base.edges.len() + drawn.len() * 4),
        vertices: Vec::with_capacity(base.vertices.len() + drawn.len() * 8),
        offsets: Vec::with_capacity(base.vertices.len() + drawn.len() * 8),
        names: base.names.clone(),
        cuts: BTreeMap::new(),
        joint_nodes: Vec::new(),
    };
    loom.number_cuts(joins);
    for edge in 0..base.edges.len() as u32 {
        loom.keep(edge);
    }
    for (i, link) in drawn.iter().enumerate() {
        loom.add_link(link, i, joins);
    }
    let (first, arcs) = rows(loom.nodes as usize, &loom.edges);
    Graph {
        first,
        arcs,
        edges: loom.edges,
        vertices: loom.vertices,
        offsets: loom.offsets,
        names: loom.names,
        source: base.source.clone(),
        bounds: base.bounds,
        plane: base.plane,
        barriers: base.barriers.clone(),
        barrier_kinds: base.barrier_kinds.clone(),
    }
}

struct Loom<'b> {
    base: &'b Graph,
    nodes: u32,
    edges: Vec<Edge>,
    vertices: Vec<Xy>,
    offsets: Vec<u32>,
    names: Vec<String>,
    /// New nodes on edges, by edge and millimetres from its tail.
    cuts: BTreeMap<(u32, u32), u32>,
    joint_nodes: Vec<u32>,
}

impl Loom<'_> {
    fn new_node(&mut self) -> u32 {
        self.nodes += 1;
        self.nodes - 1
    }

    fn number_cuts(&mut self, joins: &Joins) {
        let stops = joins.stops.iter().flatten().map(|s| s.target);
        for target in stops.chain(joins.front.iter().chain(&joins.back).copied().flatten()) {
            if let Target::Edge { edge, offset_mm } = target {
                let inside = offset_mm > 0 && offset_mm < self.base.edges[edge as usize].length_mm;
                if inside && !self.cuts.contains_key(&(edge, offset_mm)) {
                    let node = self.new_node();
                    self.cuts.insert((edge, offset_mm), node);
                }
            }
        }
        self.joint_nodes = joins.joints.iter().map(|_| self.new_node()).collect();
    }

    fn node(&self, target: Target) -> u32 {
        match target {
            Target::Joint(i) => self.joint_nodes[i],
            Target::Edge { edge, offset_mm } => {
                let e = &self.base.edges[edge as usize];
                let end = if offset_mm == 0 { e.tail } else { e.head };
                self.cuts.get(&(edge, offset_mm)).copied().unwrap_or(end)
            }
        }
    }

    fn position(&self, target: Target, joins: &Joins) -> Xy {
        match target {
            Target::Joint(i) => joins.joints[i],
            Target::Edge { edge, offset_mm } => self.place(edge, offset_mm),
        }
    }

    /// The place so many millimetres along an edge.
    fn place(&self, edge: u32, offset_mm: u32) -> Xy {
        let range = self.base.edges[edge as usize].vertices();
        let offsets = &self.base.offsets[range.clone()];
        let next = offsets.partition_point(|o| *o < offset_mm).clamp(1, offsets.len() - 1);
        let (from, to) = (offsets[next - 1], offsets[next]);
        let share = f64::from(offset_mm.saturating_sub(from)) / f64::from(to - from).max(1.0);
        let v = range.start + next;
        if share >= 1.0 {
            self.base.vertices[v]
        } else {
            between([self.base.vertices[v - 1], self.base.vertices[v]], share)
        }
    }

    /// An edge of the base, in as many pieces as links make of it.
    fn keep(&mut self, number: u32) {
        let edge = self.base.edges[number as usize];
        let cuts: Vec<(u32, u32)> = self.cuts.range((number, 0)..=(number, u32::MAX)).map(|(k, n)| (k.1, *n)).collect();
        let range = edge.vertices();
        if cuts.is_empty() {
            let first_vertex = self.vertices.len() as u32;
            self.vertices.extend_from_slice(&self.base.vertices[range.clone()]);
            self.offsets.extend_from_slice(&self.base.offsets[range]);
            self.edges.push(Edge { first_vertex, ..edge });
            return;
        }
        let mut from = (0, edge.tail);
        let mut vertex = range.start;
        for (offset_mm, node) in cuts.into_iter().chain([(edge.length_mm, edge.head)]) {
            let first_vertex = self.vertices.len() as u32;
            if from.0 > 0 {
                self.put(self.place(number, from.0), 0);
            }
            while vertex < range.end && self.base.offsets[vertex] < offset_mm {
                if self.base.offsets[vertex] > from.0 || from.0 == 0 {
                    self.put(self.base.vertices[vertex], self.base.offsets[vertex] - from.0);
                }
                vertex += 1;
            }
            self.put(self.place(number, offset_mm), offset_mm - from.0);
            let vertex_count = self.vertices.len() as u32 - first_vertex;
            let length_mm = offset_mm - from.0;
            self.edges.push(Edge { tail: from.1, head: node, first_vertex, vertex_count, length_mm, ..edge });
            from = (offset_mm, node);
        }
    }

    fn put(&mut self, at: Xy, offset_mm: u32) {
        self.vertices.push(at);
        self.offsets.push(offset_mm);
    }

    /// The link as edges between the places where it is joined.
    fn add_link(&mut self, link: &Drawn<'_>, number: usize, joins: &Joins) {
        let mut beads: Vec<(Xy, Option<Target>)> = Vec::new();
        let joined = |target: Target| (self.position(target, joins), Some(target));
        beads.extend(joins.front[number].map(joined));
        let mut stops = joins.stops[number].iter().peekable();
        for (segment, at) in link.line.iter().enumerate() {
            beads.push((*at, None));
            while let Some(stop) = stops.next_if(|s| s.segment == segment) {
                beads.push(joined(stop.target));
            }
        }
        beads.extend(joins.back[number].map(joined));
        let name = link.link.name.as_ref().filter(|n| !n.is_empty()).map(|n| {
            self.names.push(n.clone());
            self.names.len() as u32 - 1
        });
        let mut tail: Option<u32> = None;
        let mut piece: Vec<Xy> = Vec::new();
        let last = beads.len() - 1;
        for (i, (at, target)) in beads.into_iter().enumerate() {
            piece.push(at);
            let node = match target {
                Some(target) => Some(self.node(target)),
                None if i == 0 || i == last => Some(self.new_node()),
                None => None,
            };
            let Some(node) = node else { continue };
            if let Some(tail) = tail {
                self.add_piece((tail, node), &piece, link, name);
            }
            tail = Some(node);
            piece = vec![at];
        }
    }

    fn add_piece(&mut self, (tail, head): (u32, u32), line: &[Xy], link: &Drawn<'_>, name: Option<u32>) {
        let first_vertex = self.vertices.len() as u32;
        let mut length_mm = 0u32;
        self.put(line[0], 0);
        for pair in line.windows(2) {
            let pieces = (self.base.plane.distance(pair[0], pair[1]).0 / LONGEST_SEGMENT_M).ceil().max(1.0);
            for i in 1..=pieces as u32 {
                let at = between([pair[0], pair[1]], f64::from(i) / pieces);
                let before = self.vertices[self.vertices.len() - 1];
                let step = (self.base.plane.distance(before, at).0 * 1000.0).round() as u32;
                if step > 0 {
                    length_mm = length_mm.saturating_add(step);
                    self.put(at, length_mm);
                }
            }
        }
        if length_mm == 0 {
            if tail == head {
                self.vertices.truncate(first_vertex as usize);
                self.offsets.truncate(first_vertex as usize);
                return;
            }
            self.put(line[0], 0);
        }
        let vertex_count = self.vertices.len() as u32 - first_vertex;
        let footing = link.link.footing();
        self.edges.push(Edge { tail, head, first_vertex, vertex_count, length_mm, footing, name });
    }
}
