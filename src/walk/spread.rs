//! From the nodes along the shapes of their edges: the cost at every vertex that a search reaches.

use super::network::Network;
use super::profile::OFF_NETWORK_LIMIT_M;
use super::reach::{Reach, UNREACHED};
use super::scratch::VertexTables;
use crate::geometry::Xy;

/// The plane's east scale differs a little between the origin and the far end of a touched edge.
const ROUNDING_M: f64 = 1.0;

/// The edges that the origin touches. There the cost is not only that of the two ends: walking
/// may begin in the middle.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub edges: Vec<TouchedEdge>,
    /// Costs in millimetres of the edges' vertices, one edge after the other.
    mm: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TouchedEdge {
    pub edge: u32,
    /// First vertex in the network, and in [`Touched::mm`].
    vertex: u32,
    here: u32,
    /// Corners of a box beyond which nothing is served from the edge.
    low: Xy,
    high: Xy,
}

impl Touched {
    pub fn new(reach: &Reach<'_>) -> Self {
        let graph = &reach.network.graph;
        let mut numbers: Vec<u32> = reach.contacts.iter().map(|c| c.edge).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut touched = Self::default();
        for edge in numbers {
            let range = graph.edges[edge as usize].vertices();
            let limit = OFF_NETWORK_LIMIT_M / graph.plane.east_scale(reach.origin.y).min(1.0) + ROUNDING_M;
            let shape = &graph.vertices[range.clone()];
            let fold = |f: fn(f64, f64) -> f64, from: f64| {
                shape.iter().fold(Xy { x: from, y: from }, |b, v| Xy { x: f(b.x, v.x), y: f(b.y, v.y) })
            };
            let (low, high) = (fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY));
            touched.edges.push(TouchedEdge {
                edge,
                vertex: range.start as u32,
                here: touched.mm.len() as u32,
                low: Xy { x: low.x - limit, y: low.y - limit },
                high: Xy { x: high.x + limit, y: high.y + limit },
            });
            touched.mm.extend(range.map(|v| reach.cost_from_ends(edge, v).unwrap_or(UNREACHED)));
        }
        touched.enter(reach);
        touched.walk_along(reach);
        touched
    }

    /// Costs where the origin enters.
    fn enter(&mut self, reach: &Reach<'_>) {
        for c in &reach.contacts {
            let Ok(i) = self.edges.binary_search_by_key(&c.edge, |t| t.edge) else { continue };
            let at = (c.segment - self.edges[i].vertex + self.edges[i].here) as usize;
            let entry = reach.entry(c);
            for (at, s) in [(at, 0.0), (at + 1, c.approach.length)] {
                let mm = (entry.cost(s) * 1000.0).round().min(f64::from(UNREACHED)) as u32;
                self.mm[at] = self.mm[at].min(mm);
            }
        }
    }

    /// From vertex to vertex, both ways.
    fn walk_along(&mut self, reach: &Reach<'_>) {
        let graph = &reach.network.graph;
        for t in &self.edges {
            let (along, against) = reach.allowed(t.edge);
            let range = graph.edges[t.edge as usize].vertices();
            let mm = &mut self.mm[t.here as usize..][..range.len()];
            let step = |i: usize| graph.offsets[range.start + i + 1] - graph.offsets[range.start + i];
            for i in 0..range.len() - 1 {
                if along {
                    mm[i + 1] = mm[i + 1].min(mm[i].saturating_add(step(i)));
                }
            }
            for i in (0..range.len() - 1).rev() {
                if against {
                    mm[i] = mm[i].min(mm[i + 1].saturating_add(step(i)));
                }
            }
        }
    }

    /// Vertices of a touched edge with their costs.
    pub fn costs<'t>(&'t self, t: &TouchedEdge, network: &Network) -> impl Iterator<Item = (usize, u32)> + 't {
        let range = network.graph.edges[t.edge as usize].vertices();
        range.clone().zip(self.mm[t.here as usize..][..range.len()].iter().copied())
    }

    /// Cost at a vertex of a touched edge.
    pub fn mm(&self, t: &TouchedEdge, vertex: usize) -> u32 {
        self.mm[vertex - t.vertex as usize + t.here as usize]
    }

    /// The edges that a position may be come to from.
    pub fn near(&self, p: Xy) -> impl Iterator<Item = &TouchedEdge> {
        self.edges.iter().filter(move |t| p.x >= t.low.x && p.x <= t.high.x && p.y >= t.low.y && p.y <= t.high.y)
    }
}

impl Reach<'_> {
    /// Costs along all reached edges; computed when first asked for.
    pub(super) fn spread(&self) -> &VertexTables {
        self.spread.get_or_init(|| {
            let graph = &self.network.graph;
            let VertexTables { mut mm, mut edges } = self.network.pool.vertices(graph.vertices.len());
            for &node in &self.nodes.settled {
                for arc in &graph.arcs[graph.first[node as usize] as usize..graph.first[node as usize + 1] as usize] {
                    // Once an edge: at its tail, or at its head where the tail is not reached.
                    if !arc.reversed || self.nodes.cost[arc.head as usize] == UNREACHED {
                        edges.push(arc.edge);
                        self.spread_over(arc.edge, &mut mm);
                    }
                }
            }
            for t in &self.touched.edges {
                self.touched.costs(t, self.network).for_each(|(vertex, cost)| mm[vertex] = cost);
            }
            edges.extend(self.touched.edges.iter().map(|t| t.edge));
            edges.sort_unstable();
            edges.dedup();
            VertexTables { mm, edges }
        })
    }

    fn spread_over(&self, edge: u32, mm: &mut [u32]) {
        let graph = &self.network.graph;
        let e = &graph.edges[edge as usize];
        let (along, against) = self.allowed(edge);
        let (tail, head) = (self.nodes.cost[e.tail as usize], self.nodes.cost[e.head as usize]);
        for vertex in e.vertices() {
            let offset = graph.offsets[vertex];
            let by_tail = if along || offset == 0 { tail.saturating_add(offset) } else { UNREACHED };
            let rest = e.length_mm - offset;
            let by_head = if against || rest == 0 { head.saturating_add(rest) } else { UNREACHED };
            mm[vertex] = by_tail.min(by_head);
        }
    }

    /// Cost in millimetres at a vertex of an edge, coming over the edge's ends.
    pub(super) fn cost_from_ends(&self, edge: u32, vertex: usize) -> Option<u32> {
        let (by_tail, by_head) = self.costs_by_end(edge, vertex);
        Some(by_tail.min(by_head)).filter(|mm| *mm != UNREACHED)
    }

    /// Costs at a vertex of an edge by way of the tail and of the head.
    pub(super) fn costs_by_end(&self, edge: u32, vertex: usize) -> (u32, u32) {
        let graph = &self.network.graph;
        let e = &graph.edges[edge as usize];
        let (along, against) = self.allowed(edge);
        let (offset, rest) = (graph.offsets[vertex], e.length_mm - graph.offsets[vertex]);
        let over = |open: bool, node: u32, mm: u32| {
            if open { self.nodes.cost[node as usize].saturating_add(mm) } else { UNREACHED }
        };
        (over(along || offset == 0, e.tail, offset), over(against || rest == 0, e.head, rest))
    }

    /// Cost in metres at a vertex; `None` when it is not reached.
    pub(super) fn vertex_cost(&self, vertex: usize) -> Option<f64> {
        let mm = self.spread().mm[vertex];
        (mm != UNREACHED).then(|| f64::from(mm) / 1000.0)
    }
}
