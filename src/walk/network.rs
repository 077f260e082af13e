//! The walking network: a graph in compressed rows with the shape of its edges, and what may not
//! be crossed beside it. Immutable once built.

use super::footing::Footing;
use super::hops::{Hop, Pass, hops, passes};
use super::index::Index;
use super::lattice::Lattice;
use super::profile::{Direction, Profile};
use super::scratch::Pool;
use super::streets::BarrierKind;
use crate::geometry::{BBox, LonLat, Plane, Xy};
use serde::{Deserialize, Serialize};

/// The walking network of a data set. Made by [`Network::build`], kept in the database as one
/// artefact ([`Network::encode`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub(super) graph: Graph,
    /// Rebuilt when the artefact is read, like the hops.
    pub(super) index: Index,
    pub(super) hops: Vec<Hop>,
    /// The searches that may go along each edge, and those that may go against it.
    pub(super) passes: Vec<(u16, u16)>,
    pub(super) lattice: Lattice,
    pub(super) pool: Pool,
}

/// What the artefact holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Graph {
    pub source: String,
    pub bounds: Option<BBox>,
    pub plane: Plane,
    /// Row starts: the arcs of node `n` are `arcs[first[n]..first[n + 1]]`.
    pub first: Vec<u32>,
    pub arcs: Vec<Arc>,
    pub edges: Vec<Edge>,
    /// Shapes of the edges, one after the other.
    pub vertices: Vec<Xy>,
    /// Length along its edge up to each vertex, in millimetres.
    pub offsets: Vec<u32>,
    /// Footing of the ways the edges come from.
    pub names: Vec<String>,
    /// Line segments that a step off the network may not cross.
    pub barriers: Vec<[Xy; 2]>,
    /// What each of the barriers is, in the same order.
    pub barrier_kinds: Vec<BarrierKind>,
}

/// One direction of an edge, as seen from the node it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Arc {
    pub head: u32,
    pub edge: u32,
    /// Runs against the edge's vertices.
    pub reversed: bool,
}

/// An edge between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Edge {
    pub tail: u32,
    pub head: u32,
    pub first_vertex: u32,
    pub vertex_count: u32,
    /// Millimetres; exact sums, so that a path costs the same in both directions.
    pub length_mm: u32,
    pub footing: Footing,
    /// Index into `names`.
    pub name: Option<u32>,
}

impl Edge {
    pub fn vertices(&self) -> std::ops::Range<usize> {
        self.first_vertex as usize..(self.first_vertex + self.vertex_count) as usize
    }
}

/// Arcs of all nodes, sorted by node.
pub(super) fn rows(nodes: usize, edges: &[Edge]) -> (Vec<u32>, Vec<Arc>) {
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

/// Why stored bytes are not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored walking network cannot be read ({0}); import the streets again")]
pub struct DecodeError(pub String);

/// First bytes of an artefact; the number is the format's version.
const MAGIC: &[u8; 8] = b"WANGGE\x00\x03";

impl Network {
    pub(super) fn from_graph(graph: Graph) -> Self {
        let index = Index::new(&graph);
        let passes = passes(&graph);
        let hops = hops(&graph, &passes);
        let lattice = Lattice::around(index.extent());
        Self { graph, index, hops, passes, lattice, pool: Pool::default() }
    }

    pub fn encode(&self) -> Vec<u8> {
        let body = postcard::to_stdvec(&self.graph).unwrap_or_else(|e| unreachable!("plain data serialises: {e}"));
        [MAGIC.as_slice(), &body].concat()
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let body = bytes.strip_prefix(MAGIC).ok_or_else(|| DecodeError("another format".into()))?;
        let graph: Graph = postcard::from_bytes(body).map_err(|e| DecodeError(e.to_string()))?;
        graph.check()?;
        Ok(Self::from_graph(graph))
    }

    pub fn node_count(&self) -> usize {
        self.graph.first.len().saturating_sub(1)
    }

    pub fn edge_count(&self) -> usize {
        self.graph.edges.len()
    }

    /// What a walker may walk: from a node to a node, so many millimetres. For comparing with other
    /// programs.
    pub fn arcs(&self, profile: &Profile) -> impl Iterator<Item = (usize, usize, u32)> {
        let pass = Pass::new(profile, Direction::From);
        let of_edge = move |(edge, number): (&Edge, u32)| {
            let (along, against) = self.allowed(number, pass);
            let (tail, head, mm) = (edge.tail as usize, edge.head as usize, edge.length_mm);
            [along.then_some((tail, head, mm)), against.then_some((head, tail, mm))]
        };
        self.graph.edges.iter().zip(0..).flat_map(of_edge).flatten()
    }

    /// The node nearest to a position in a straight line.
    pub fn nearest_node(&self, position: LonLat) -> Option<usize> {
        let p = self.graph.plane.to_xy(position);
        let ends = self.graph.edges.iter().flat_map(|e| {
            let range = e.vertices();
            [(e.tail, range.start), (e.head, range.end - 1)]
        });
        let far = |(_, vertex): &(u32, usize)| {
            let v = self.graph.vertices[*vertex];
            (v.x - p.x).hypot(v.y - p.y)
        };
        ends.min_by(|a, b| far(a).total_cmp(&far(b))).map(|(node, _)| node as usize)
    }

    /// File name or `demo:nankang`.
    pub fn source(&self) -> &str {
        &self.graph.source
    }

    /// Where the data end.
    pub fn bounds(&self) -> Option<BBox> {
        self.graph.bounds
    }
}

impl Graph {
    /// Every index inside its table, so that no later lookup can fail.
    fn check(&self) -> Result<(), DecodeError> {
        let (nodes, edges, vertices) = (self.first.len().saturating_sub(1), self.edges.len(), self.vertices.len());
        let edge_ok = |e: &Edge| {
            (e.tail as usize) < nodes
                && (e.head as usize) < nodes
                && e.vertex_count >= 2
                && e.first_vertex as usize + e.vertex_count as usize <= vertices
                && self.offsets[e.vertices()].is_sorted()
                && self.offsets[e.first_vertex as usize] == 0
                && self.offsets[(e.first_vertex + e.vertex_count) as usize - 1] == e.length_mm
                && e.name.is_none_or(|n| (n as usize) < self.names.len())
        };
        let ok = self.first.last().is_none_or(|&end| end as usize == self.arcs.len())
            && self.first.is_sorted()
            && self.offsets.len() == vertices
            && self.barrier_kinds.len() == self.barriers.len()
            && self.vertices.iter().all(|v| v.x.is_finite() && v.y.is_finite())
            && self.arcs.iter().all(|a| (a.head as usize) < nodes && (a.edge as usize) < edges)
            && self.edges.iter().all(edge_ok);
        if ok { Ok(()) } else { Err(DecodeError("damaged".into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::sketch;
    use super::*;

    #[test]
    fn an_artefact_comes_back_equal_and_damage_is_noticed() {
        let network = sketch("a--b--c\n|     |\nd-----e", 50.0);
        let bytes = network.encode();
        assert_eq!(Network::decode(&bytes).expect("decodes"), network);
        assert!(Network::decode(&bytes[..bytes.len() - 3]).is_err());
        let mut bent = network;
        bent.graph.offsets.swap(0, 1);
        assert!(Network::decode(&bent.encode()).is_err(), "lengths along an edge only grow");
        assert!(Network::decode(b"<html>").is_err());
        assert_eq!(Network::decode(b"").map(|_| ()), Err(DecodeError("another format".into())));
    }
}
