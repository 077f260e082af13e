//! Links that a planner draws are stitched into a network without building it anew: their ends
//! and crossings join the edges they meet, which are cut there. Pure: a network and links in, a
//! new network out; the old one stays as it is. Nothing that was reached is farther afterwards.

mod gates;
mod joins;
mod weave;

use super::footing::{Footing, Surface};
use super::network::Network;
use crate::geometry::{LonLat, Xy};
use joins::Joins;

/// An end joins the nearest edge no farther away than this, when no barrier lies between. Else it
/// stays loose and serves only what lies beside the link.
pub const JOIN_M: f64 = 10.0;

/// What lies nearer than this is drawn as touching.
const TOUCH_M: f64 = 0.5;

/// A link farther than this from all streets belongs to another place.
const FAR_M: f64 = 5_000.0;

/// What a planner draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    #[default]
    Path,
    /// Through a wall.
    Gate,
    /// Over everything: joins at its ends only, and opens no wall.
    Bridge,
    Steps,
    Crossing,
}

/// One drawn link.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Link {
    pub line: Vec<LonLat>,
    pub kind: LinkKind,
    /// May be walked only as drawn.
    pub oneway: bool,
    pub surface: Surface,
    pub width_m: Option<f64>,
    pub name: Option<String>,
}

impl Link {
    fn footing(&self) -> Footing {
        let bridge = self.kind == LinkKind::Bridge;
        Footing {
            backward: !self.oneway,
            steps: self.kind == LinkKind::Steps,
            enclosed: bridge,
            apart: bridge,
            surface: self.surface,
            width_cm: self.width_m.filter(|w| (0.0..600.0).contains(w)).map(|w| (w * 100.0).round() as u16),
            ..Footing::OPEN
        }
    }
}

/// A link on the network's plane.
struct Drawn<'l> {
    line: Vec<Xy>,
    link: &'l Link,
}

impl Drawn<'_> {
    fn is_bridge(&self) -> bool {
        self.link.kind == LinkKind::Bridge
    }
}

impl Network {
    /// This network with links. Each end joins the nearest edge within [`JOIN_M`]; where a link
    /// crosses an edge or another link on the ground the two are joined; a bridge joins at its
    /// ends only. Walls open beside the place where a link passes them. Links of fewer than two
    /// places and those far from all streets are left out.
    pub fn with_links(&self, links: &[Link]) -> Network {
        let drawn: Vec<Drawn<'_>> = links.iter().filter_map(|link| self.drawn(link)).collect();
        if drawn.is_empty() {
            return self.clone();
        }
        let joins = Joins::find(self, &drawn);
        let graph = weave::weave(&self.graph, &drawn, &joins);
        Network::from_graph(gates::opened(graph, self, &drawn))
    }

    fn drawn<'l>(&self, link: &'l Link) -> Option<Drawn<'l>> {
        let mut line: Vec<Xy> = link.line.iter().map(|p| self.graph.plane.to_xy(*p)).collect();
        line.dedup_by(|a, b| self.graph.plane.distance(*a, *b).0 < 1e-3);
        let (low, high) = self.index.extent()?;
        let near = |p: &Xy| p.x > low.x - FAR_M && p.x < high.x + FAR_M && p.y > low.y - FAR_M && p.y < high.y + FAR_M;
        (line.len() >= 2 && line.iter().all(near)).then_some(Drawn { line, link })
    }
}

#[cfg(test)]
mod tests;
