//! A network with streets closed: what is left when nobody may walk there any more. The old network
//! stays as it is; nodes keep their numbers.

use super::approach::Approach;
use super::network::{Edge, Graph, Network, rows};
use crate::geometry::{LonLat, Metres};
use std::collections::BTreeSet;

impl Network {
    /// This network without the streets at these places: each place closes the nearest street no
    /// farther than `within`, from crossing to crossing. `None` where no street is so near to any.
    pub fn closing(&self, places: &[LonLat], within: Metres) -> Option<Network> {
        let gone: BTreeSet<u32> = places.iter().filter_map(|at| self.nearest_edge(*at, within)).collect();
        (!gone.is_empty()).then(|| Self::from_graph(without(&self.graph, &gone)))
    }

    /// The street that is closed at a place.
    pub fn closed_at(&self, at: LonLat, within: Metres) -> Option<Closed> {
        let edge = &self.graph.edges[self.nearest_edge(at, within)? as usize];
        let name = edge.name.map(|name| self.graph.names[name as usize].clone());
        Some(Closed { name, length: Metres(f64::from(edge.length_mm) / 1000.0) })
    }

    fn nearest_edge(&self, at: LonLat, within: Metres) -> Option<u32> {
        let p = self.graph.plane.to_xy(at);
        let k = self.graph.plane.east_scale(p.y);
        let mut best: Option<(f64, u32)> = None;
        self.index.cells_near(p, within.0 / k.min(1.0), |cell, _| {
            for &segment in self.index.segments(cell) {
                let approach = Approach::new(p, self.segment(segment), k);
                let found = (approach.nearest((0.0, approach.length)), self.index.edge_of[segment as usize]);
                if found.0 <= within.0 && best.is_none_or(|best| found < best) {
                    best = Some(found);
                }
            }
        });
        best.map(|(_, edge)| edge)
    }

    /// Where each node lies; `None` where no street ends any more.
    pub fn node_positions(&self) -> Vec<Option<LonLat>> {
        let mut positions = vec![None; self.node_count()];
        for edge in &self.graph.edges {
            let range = edge.vertices();
            for (node, vertex) in [(edge.tail, range.start), (edge.head, range.end - 1)] {
                let (lon, lat) = self.graph.plane.to_degrees(self.graph.vertices[vertex]);
                positions[node as usize] = LonLat::new(lon, lat).ok();
            }
        }
        positions
    }
}

/// A piece of street.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    pub name: Option<String>,
    pub length: Metres,
}

fn without(base: &Graph, gone: &BTreeSet<u32>) -> Graph {
    let (mut edges, mut vertices, mut offsets) = (Vec::new(), Vec::new(), Vec::new());
    for (number, edge) in (0..).zip(&base.edges) {
        if gone.contains(&number) {
            continue;
        }
        edges.push(Edge { first_vertex: vertices.len() as u32, ..*edge });
        vertices.extend_from_slice(&base.vertices[edge.vertices()]);
        offsets.extend_from_slice(&base.offsets[edge.vertices()]);
    }
    let (first, arcs) = rows(base.first.len().saturating_sub(1), &edges);
    Graph { first, arcs, edges, vertices, offsets, ..base.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{at, sketch};
    use super::super::{Direction, Profile, ReachQuery};
    use super::*;
    use crate::geometry::Seconds;

    const CELL: f64 = 50.0;

    fn walk(network: &Network, from: LonLat, to: LonLat) -> Option<f64> {
        let profile = Profile::by_id("adult").expect("built in");
        let query = ReachQuery { origin: from, profile, direction: Direction::From, budget: Seconds(3600.0) };
        network.reach(&query).ok()?.time_at(to).map(|t| t.0)
    }

    /// ```text
    /// a---b---c
    /// |   |   |
    /// d---f---e
    /// ```
    #[test]
    fn a_closed_street_is_walked_round_and_its_neighbours_stay() {
        let network = sketch("a---b---c\n|   |   |\nd---f---e", CELL);
        let (a, b, c) = (at(0.0, 0.0, CELL), at(4.0, 0.0, CELL), at(8.0, 0.0, CELL));
        let (street, nowhere) = (at(2.0, 0.1, CELL), at(2.0, -3.0, CELL));
        let less = network.closing(&[street, nowhere], Metres(20.0)).expect("a street");
        let told = network.closed_at(street, Metres(20.0));
        assert!(told.is_some_and(|closed| (closed.length.0 - 200.0).abs() < 0.1));
        assert_eq!(less.edge_count() + 1, network.edge_count());
        let near = |time: Option<f64>, metres: f64| time.is_some_and(|t| (t * 1.25 - metres).abs() < 0.1);
        assert!(near(walk(&network, a, b), 200.0) && near(walk(&less, b, c), 200.0));
        assert!(near(walk(&less, a, b), 400.0), "{:?}", walk(&less, a, b));
        assert!(network.closing(&[nowhere], Metres(20.0)).is_none());
        assert_eq!(network.closed_at(nowhere, Metres(20.0)), None);
    }

    #[test]
    fn nodes_lie_where_streets_end_and_a_node_without_streets_lies_nowhere() {
        let network = sketch("a---b", CELL);
        let places: Vec<LonLat> = network.node_positions().into_iter().flatten().collect();
        assert_eq!(places.len(), 2);
        assert!(places.iter().any(|p| (p.lon() - at(4.0, 0.0, CELL).lon()).abs() < 1e-9));
        let bare = network.closing(&[at(2.0, 0.0, CELL)], Metres(5.0)).expect("a street");
        assert!(bare.node_positions().iter().all(Option::is_none) && bare.node_count() == 2);
    }
}
