//! What a changed network keeps of another one's lattice: the pages around which nothing changed.

use super::super::line::Bounds;
use super::super::network::{Edge, Graph, Network};
use super::super::profile::OFF_NETWORK_LIMIT_M;
use super::PAGE_M;
use crate::geometry::Xy;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// With more than this changed it is another network.
const MOST_CHANGES: usize = 5_000;

/// An edge with its shape; two are equal when nothing about them differs that a walker could tell.
#[derive(Clone, Copy)]
struct Whole<'g> {
    graph: &'g Graph,
    edge: &'g Edge,
}

impl Whole<'_> {
    fn shape(&self) -> &[Xy] {
        &self.graph.vertices[self.edge.vertices()]
    }
}

impl Hash for Whole<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.edge.tail, self.edge.head, self.edge.length_mm).hash(state);
    }
}

impl PartialEq for Whole<'_> {
    fn eq(&self, other: &Self) -> bool {
        let ends = |e: &Edge| (e.tail, e.head, e.length_mm, e.footing);
        let offsets = |w: &Self| &w.graph.offsets[w.edge.vertices()];
        ends(self.edge) == ends(other.edge) && self.shape() == other.shape() && offsets(self) == offsets(other)
    }
}

impl Eq for Whole<'_> {}

impl Network {
    /// Shares the lattice of a network that this one was made from, or that was made from the same
    /// one, where nothing near differs.
    pub fn sharing_lattice(mut self, of: &Network) -> Self {
        if self.graph.plane != of.graph.plane {
            return self;
        }
        let changed = changed(&self.graph, &of.graph);
        if changed.len() > MOST_CHANGES {
            return self;
        }
        let k = self.lattice_scale();
        for i in 0..self.lattice.pages.len() {
            let number = self.lattice.number(i);
            let near = |Bounds { low, high }: &Bounds| {
                let far = OFF_NETWORK_LIMIT_M / k + 1.0;
                let beside = |page: i64, low: f64, high: f64| {
                    let from = page as f64 * PAGE_M;
                    from <= high + far && from + PAGE_M >= low - far
                };
                beside(number.0, low.x, high.x) && beside(number.1, low.y, high.y)
            };
            if let Some(cell) = of.lattice.cell(number).filter(|_| !changed.iter().any(near)) {
                self.lattice.pages[i] = Arc::clone(cell);
            }
        }
        self
    }

    /// The least east scale within the lattice, at most 1.
    fn lattice_scale(&self) -> f64 {
        let (low, high) = self.index.extent().unwrap_or((Xy { x: 0.0, y: 0.0 }, Xy { x: 0.0, y: 0.0 }));
        [low.y, high.y].map(|y| self.graph.plane.east_scale(y)).into_iter().fold(1.0, f64::min)
    }
}

/// Boxes around all that is in one of the graphs only, and around the edges that meet it: which way
/// onto the network is the best depends on them.
fn changed(a: &Graph, b: &Graph) -> Vec<Bounds> {
    let all = |graph| -> HashSet<Whole<'_>> { edges(graph).collect() };
    let (in_a, in_b) = (all(a), all(b));
    let differing = in_a.symmetric_difference(&in_b);
    let ends: HashSet<u32> = differing.flat_map(|whole| [whole.edge.tail, whole.edge.head]).collect();
    let meeting = |whole: &Whole<'_>| ends.contains(&whole.edge.tail) || ends.contains(&whole.edge.head);
    let mut boxes: Vec<Bounds> =
        edges(a).chain(edges(b)).filter(meeting).map(|whole| Bounds::around(whole.shape())).collect();
    let lines = |graph: &Graph| -> HashSet<[u64; 4]> { graph.barriers.iter().map(bits).collect() };
    let (in_a, in_b) = (lines(a), lines(b));
    let differing = in_a.symmetric_difference(&in_b).map(|line| line.map(f64::from_bits));
    let ends = |[x0, y0, x1, y1]: [f64; 4]| [Xy { x: x0, y: y0 }, Xy { x: x1, y: y1 }];
    boxes.extend(differing.map(|line| Bounds::around(&ends(line))));
    boxes
}

fn edges(graph: &Graph) -> impl Iterator<Item = Whole<'_>> {
    graph.edges.iter().map(move |edge| Whole { graph, edge })
}

fn bits([c, d]: &[Xy; 2]) -> [u64; 4] {
    [c.x, c.y, d.x, d.y].map(f64::to_bits)
}

#[cfg(test)]
mod tests {
    use super::super::super::sketch::{at, sketch};
    use super::super::super::{Link, LinkKind};
    use super::super::Page;
    use super::*;
    use crate::geometry::Metres;

    const TOWN: &str = "a---b---c---d---e---f---g---h---i---j---k---l\n|       |       |   |       |       |   |   |\nm---n---o---p---q---r---s---t---u---v---w---x";

    /// Pages of the first that the second shares, after making sure that all shared ones are right.
    fn shared(before: &Network, after: &Network) -> (usize, usize) {
        let mut same = 0;
        for (i, cell) in after.lattice.pages.iter().enumerate() {
            let number = after.lattice.number(i);
            let old = before.lattice.cell(number).filter(|old| Arc::ptr_eq(old, cell));
            if let Some(page) = old.and_then(|old| old.get()) {
                assert_eq!(*page, Page::new(after, number), "page {number:?}");
                same += 1;
            }
        }
        (same, after.lattice.pages.len())
    }

    #[test]
    fn a_changed_network_shares_the_pages_far_from_the_change_and_they_are_right() {
        let network = sketch(TOWN, 60.0);
        network.make_pages(network.lattice.numbers());
        let line = vec![at(2.0, 0.0, 60.0), at(3.0, 2.0, 60.0)];
        let path = Link { line, kind: LinkKind::Path, ..Link::default() };
        let linked = network.with_links(std::slice::from_ref(&path)).sharing_lattice(&network);
        let (same, all) = shared(&network, &linked);
        assert!(same * 3 > all && same < all, "{same} of {all}");
        linked.make_pages(linked.lattice.numbers());
        let closed = linked.closing(&[at(42.0, 0.0, 60.0)], Metres(20.0)).expect("a street").sharing_lattice(&linked);
        let (same, all) = shared(&linked, &closed);
        assert!(same * 3 > all && same < all, "{same} of {all}");
        let again = network.clone().sharing_lattice(&closed);
        assert!(shared(&closed, &again).0 > 0);
    }
}
