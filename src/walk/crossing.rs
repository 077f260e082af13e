//! What a straight line over the ground comes across: water, railways, motorways, walls.

use super::line::{between, meeting};
use super::network::Network;
use super::streets::BarrierKind;
use crate::geometry::{LonLat, Xy};

/// A barrier on a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    pub kind: BarrierKind,
    pub at: LonLat,
}

impl Network {
    /// The barriers that the straight line from `a` to `b` crosses, in that order. A barrier that
    /// begins on the line counts as crossed.
    pub fn crossings(&self, a: LonLat, b: LonLat) -> Vec<Crossing> {
        let graph = &self.graph;
        let line = [graph.plane.to_xy(a), graph.plane.to_xy(b)];
        let mut found: Vec<(f64, Crossing)> = Vec::new();
        for (barrier, t) in self.met_by(line) {
            let (lon, lat) = graph.plane.to_degrees(between(line, t));
            if let Ok(at) = LonLat::new(lon, lat) {
                found.push((t, Crossing { kind: graph.barrier_kinds[barrier as usize], at }));
            }
        }
        found.sort_by(|x, y| x.0.total_cmp(&y.0));
        found.into_iter().map(|(_, crossing)| crossing).collect()
    }

    /// The barriers that a line meets, each with the share of the line where it does.
    pub(super) fn met_by(&self, line: [Xy; 2]) -> Vec<(u32, f64)> {
        let mut ids = Vec::new();
        self.index.barriers_along(line, |id| ids.push(id));
        ids.sort_unstable();
        ids.dedup();
        let met = |id: u32| meeting(line, self.graph.barriers[id as usize]).map(|(t, _)| (id, t));
        ids.into_iter().filter_map(met).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{at, streets};
    use super::super::streets::Barrier;
    use super::*;

    /// ```text
    /// a--b   wall at column 5, river from column 8 to 10, rails end before the line
    /// ```
    #[test]
    fn what_a_line_crosses_comes_in_order_with_its_kind() {
        let mut s = streets("a--b", 50.0);
        let line = |c0: f64, r0: f64, c1: f64, r1: f64| -> geo::Geometry {
            geo::LineString::from(vec![at(c0, r0, 50.0).coord(), at(c1, r1, 50.0).coord()]).into()
        };
        let river = geo::Rect::new(at(8.0, -3.0, 50.0).coord(), at(10.0, 3.0, 50.0).coord()).to_polygon();
        s.barriers = vec![
            Barrier { kind: BarrierKind::Water, geometry: river.into() },
            Barrier { kind: BarrierKind::Wall, geometry: line(5.0, -1.0, 5.0, 1.0) },
            Barrier { kind: BarrierKind::Railway, geometry: line(4.0, -1.0, 4.0, -0.1) },
        ];
        let network = Network::build(&s);
        let found = network.crossings(at(3.0, 0.0, 50.0), at(12.0, 0.0, 50.0));
        let kinds: Vec<BarrierKind> = found.iter().map(|c| c.kind).collect();
        // The index ends some metres beyond the streets, and so does what is known of barriers.
        assert_eq!(kinds[0], BarrierKind::Wall, "{found:?}");
        assert!((found[0].at.lon() - at(5.0, 0.0, 50.0).lon()).abs() < 1e-9);
        let all = Network::build(&{
            s.points[1] = at(14.0, 0.0, 50.0);
            s
        });
        let kinds: Vec<BarrierKind> =
            all.crossings(at(3.0, 0.0, 50.0), at(12.0, 0.0, 50.0)).iter().map(|c| c.kind).collect();
        assert_eq!(kinds, [BarrierKind::Wall, BarrierKind::Water, BarrierKind::Water]);
        let back = all.crossings(at(12.0, 0.0, 50.0), at(3.0, 0.0, 50.0));
        assert_eq!(back.first().map(|c| c.kind), Some(BarrierKind::Water));
        assert_eq!(all.crossings(at(0.0, 0.0, 50.0), at(3.0, 0.0, 50.0)), []);
    }
}
