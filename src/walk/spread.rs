//! From the nodes along the shapes of their edges: the cost at every vertex that a search reaches.

use super::hops::Pass;
use super::network::Network;
use super::reach::{Reach, UNREACHED};
use super::scratch::{NodeTables, VertexTables};

impl Reach<'_> {
    /// Costs along all reached edges; computed when first asked for.
    pub(super) fn spread(&self) -> &VertexTables {
        self.spread.get_or_init(|| {
            let graph = &self.network.graph;
            let VertexTables { mut mm, mut edges } = self.network.pool.vertices(graph.vertices.len());
            for &node in &self.nodes.settled {
                for arc in &graph.arcs[graph.first[node as usize] as usize..graph.first[node as usize + 1] as usize] {
                    // Once an edge: at its tail, or at its head where the tail is not reached.
                    let once = !arc.reversed || self.nodes.cost[arc.head as usize] == UNREACHED;
                    if once && self.allowed(arc.edge) != (false, false) {
                        edges.push(arc.edge);
                        for vertex in graph.edges[arc.edge as usize].vertices() {
                            mm[vertex] = self.network.cost_over_ends(arc.edge, vertex, self.pass, &self.nodes);
                        }
                    }
                }
            }
            for t in &self.start.edges {
                self.start.costs(t).for_each(|(vertex, cost)| mm[vertex] = cost);
            }
            edges.extend(self.start.edges.iter().map(|t| t.edge));
            edges.sort_unstable();
            edges.dedup();
            VertexTables { mm, edges }
        })
    }

    /// Cost in millimetres at a vertex of an edge, coming over the edge's ends.
    pub(super) fn cost_from_ends(&self, edge: u32, vertex: usize) -> Option<u32> {
        let mm = self.network.cost_over_ends(edge, vertex, self.pass, &self.nodes);
        Some(mm).filter(|mm| *mm != UNREACHED)
    }

    /// Costs at a vertex of an edge by way of the tail and of the head.
    pub(super) fn costs_by_end(&self, edge: u32, vertex: usize) -> (u32, u32) {
        self.network.costs_by_end(edge, vertex, self.pass, &self.nodes)
    }

    /// Cost in metres at a vertex; `None` when it is not reached.
    pub(super) fn vertex_cost(&self, vertex: usize) -> Option<f64> {
        let mm = self.spread().mm[vertex];
        (mm != UNREACHED).then(|| f64::from(mm) / 1000.0)
    }
}

impl Network {
    /// Costs at a vertex of an edge by way of the tail and of the head.
    fn costs_by_end(&self, edge: u32, vertex: usize, pass: Pass, nodes: &NodeTables) -> (u32, u32) {
        let e = &self.graph.edges[edge as usize];
        let (along, against) = self.allowed(edge, pass);
        let (offset, rest) = (self.graph.offsets[vertex], e.length_mm - self.graph.offsets[vertex]);
        let over = |open: bool, node: u32, mm: u32| {
            if open { nodes.cost[node as usize].saturating_add(mm) } else { UNREACHED }
        };
        (over(along || offset == 0, e.tail, offset), over(against || rest == 0, e.head, rest))
    }

    /// Cost at a vertex of an edge, coming over the edge's ends.
    pub(super) fn cost_over_ends(&self, edge: u32, vertex: usize, pass: Pass, nodes: &NodeTables) -> u32 {
        let (by_tail, by_head) = self.costs_by_end(edge, vertex, pass, nodes);
        by_tail.min(by_head)
    }
}
