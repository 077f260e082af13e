//! The network as the search reads it: the arcs of a node side by side, each with its length and
//! who may take it, so that settling a node touches little memory.

use super::network::{Graph, Network};
use super::profile::{Direction, Profile};

/// One arc, as seen from the node it leaves; in the order of [`Graph::arcs`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hop {
    pub head: u32,
    /// Millimetres.
    pub mm: u32,
    /// Who may take it, a bit a profile: low byte away from the node, high byte towards it.
    masks: u16,
    /// Half a wait at a signal.
    waits: bool,
}

/// Which arcs a search takes: the profile's bit, on the side of its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass(u16);

impl Pass {
    pub fn new(profile: &Profile, direction: Direction) -> Self {
        Self(u16::from(profile.mask_bit()) << Self::side(direction))
    }

    fn side(direction: Direction) -> u32 {
        match direction {
            Direction::From => 0,
            Direction::To => 8,
        }
    }

    /// The same walker the other way.
    pub fn reversed(self) -> Self {
        Self(self.0.rotate_left(8))
    }

    pub fn bit(self) -> u16 {
        self.0
    }
}

impl Hop {
    #[inline]
    pub fn open(&self, pass: Pass) -> bool {
        self.masks & pass.0 != 0
    }

    /// Millimetres of network walking, when half a wait at a signal counts as so many.
    #[inline]
    pub fn cost(&self, half_wait_mm: u32) -> u32 {
        if self.waits { self.mm.saturating_add(half_wait_mm) } else { self.mm }
    }

    /// Takes half a wait at a signal besides.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The bits of all searches that may take it.
    pub fn passes(&self) -> u16 {
        self.masks
    }
}

/// The searches that may go along each edge, and those that may go against it.
pub(super) fn passes(graph: &Graph) -> Vec<(u16, u16)> {
    let of_edge = |edge: &super::network::Edge| {
        let both = |away: bool, towards: bool| {
            let mask = u16::from(Profile::mask(&edge.footing));
            (u16::from(away) * mask) | (u16::from(towards) * (mask << 8))
        };
        let f = edge.footing;
        (both(f.forward, f.backward), both(f.backward, f.forward))
    };
    graph.edges.iter().map(of_edge).collect()
}

impl Network {
    /// Whether a search may go along an edge's vertices, and against them.
    pub(super) fn allowed(&self, edge: u32, pass: Pass) -> (bool, bool) {
        let (along, against) = self.passes[edge as usize];
        (along & pass.0 != 0, against & pass.0 != 0)
    }
}

/// Hops of all arcs; `passes` are those of the edges.
pub(super) fn hops(graph: &Graph, passes: &[(u16, u16)]) -> Vec<Hop> {
    let hop = |arc: &super::network::Arc| {
        let edge = &graph.edges[arc.edge as usize];
        let (along, against) = passes[arc.edge as usize];
        let masks = if arc.reversed { against } else { along };
        Hop { head: arc.head, mm: edge.length_mm, masks, waits: edge.footing.signal }
    };
    graph.arcs.iter().map(hop).collect()
}
