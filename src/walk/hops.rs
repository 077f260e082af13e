//! The network as the search reads it: the arcs of a node side by side, each with its length and
//! who may take it, so that settling a node touches little memory.

use super::network::Graph;
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

    /// Every profile in both directions, with the bit that stands for it.
    pub fn all() -> impl Iterator<Item = (&'static Profile, Direction, Self)> {
        let both = [Direction::From, Direction::To];
        Profile::all().iter().flat_map(move |p| both.map(|d| (p, d, Self::new(p, d))))
    }

    pub fn bit(self) -> u16 {
        self.0
    }
}

impl Hop {
    pub fn open(&self, pass: Pass) -> bool {
        self.masks & pass.0 != 0
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

/// Hops of all arcs; `open` is the mask of each edge.
pub(super) fn hops(graph: &Graph, open: &[u8]) -> Vec<Hop> {
    let hop = |arc: &super::network::Arc| {
        let edge = &graph.edges[arc.edge as usize];
        let (mut away, mut towards) = (edge.footing.forward, edge.footing.backward);
        if arc.reversed {
            std::mem::swap(&mut away, &mut towards);
        }
        let mask = u16::from(open[arc.edge as usize]);
        let masks = if away { mask } else { 0 } | if towards { mask << 8 } else { 0 };
        Hop { head: arc.head, mm: edge.length_mm, masks, waits: false }
    };
    graph.arcs.iter().map(hop).collect()
}
