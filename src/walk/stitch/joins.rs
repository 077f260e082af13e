//! Where drawn links meet the network and one another.

use super::super::approach::Approach;
use super::super::line::{between, meeting};
use super::super::network::{Graph, Network};
use super::{Drawn, JOIN_M, TOUCH_M};
use crate::geometry::Xy;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// A place that a link joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// On an edge of the network, so many millimetres from its tail.
    Edge { edge: u32, offset_mm: u32 },
    /// On another link: a number in [`Joins::joints`].
    Joint(usize),
}

/// A place of a link that is joined to something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    /// The link's segment, and the share of it.
    pub segment: usize,
    pub t: f64,
    pub target: Target,
}

/// All places where links are joined.
#[derive(Debug, Default)]
pub(super) struct Joins {
    /// Places on links that other links join.
    pub joints: Vec<Xy>,
    /// By link, in order along it.
    pub stops: Vec<Vec<Stop>>,
    /// By link: what lies before its first and beyond its last place.
    pub front: Vec<Option<Target>>,
    pub back: Vec<Option<Target>>,
}

impl Joins {
    pub fn find(network: &Network, drawn: &[Drawn<'_>]) -> Self {
        let none = || vec![None; drawn.len()];
        let mut joins = Self { joints: Vec::new(), stops: vec![Vec::new(); drawn.len()], front: none(), back: none() };
        for (i, link) in drawn.iter().enumerate() {
            if !link.is_bridge() {
                joins.stops[i] = crossings(network, link);
                let touching = touching(network, link, &joins.stops[i]);
                joins.stops[i].extend(touching);
            }
            let [front, back] = [link.line[0], link.line[link.line.len() - 1]].map(|end| {
                // A link drawn a little over a street is joined there already.
                let over = joins.stops[i].iter().any(|s| network.graph.plane.distance(at(link, s), end).0 <= JOIN_M);
                if over { None } else { nearest(network, end, JOIN_M) }
            });
            (joins.front[i], joins.back[i]) = (front, back);
        }
        joins.join_links(network, drawn);
        for stops in &mut joins.stops {
            stops.sort_by(|a, b| a.segment.cmp(&b.segment).then(a.t.total_cmp(&b.t)));
        }
        joins
    }

    /// Links that cross or touch one another.
    fn join_links(&mut self, network: &Network, drawn: &[Drawn<'_>]) {
        let rectangle =
            |line: &[Xy]| Rectangle::from_aabb(AABB::from_points(&line.iter().map(|p| [p.x, p.y]).collect::<Vec<_>>()));
        let boxes = drawn.iter().enumerate().map(|(i, d)| GeomWithData::new(rectangle(&d.line), i));
        let tree = RTree::bulk_load(boxes.collect());
        for (i, link) in drawn.iter().enumerate() {
            let rect = rectangle(&link.line);
            let reach = JOIN_M * 1.5;
            let around = AABB::from_corners(
                [rect.lower()[0] - reach, rect.lower()[1] - reach],
                [rect.upper()[0] + reach, rect.upper()[1] + reach],
            );
            let mut others: Vec<usize> =
                tree.locate_in_envelope_intersecting(&around).map(|o| o.data).filter(|&o| o != i).collect();
            others.sort_unstable();
            for &other in others.iter().filter(|o| **o > i) {
                self.cross(drawn, i, other);
            }
            self.join_end(network, drawn, (i, 0), &others);
            self.join_end(network, drawn, (i, link.line.len() - 1), &others);
        }
    }

    fn cross(&mut self, drawn: &[Drawn<'_>], a: usize, b: usize) {
        if drawn[a].is_bridge() || drawn[b].is_bridge() {
            return;
        }
        for (i, p) in drawn[a].line.windows(2).enumerate() {
            for (j, q) in drawn[b].line.windows(2).enumerate() {
                if let Some((t, s)) = meeting([p[0], p[1]], [q[0], q[1]]) {
                    let target = self.joint(between([p[0], p[1]], t));
                    self.stops[a].push(Stop { segment: i, t, target });
                    self.stops[b].push(Stop { segment: j, t: s, target });
                }
            }
        }
    }

    /// An end joins every link that it touches and, where it joins no street, the nearest one.
    fn join_end(&mut self, network: &Network, drawn: &[Drawn<'_>], (link, vertex): (usize, usize), others: &[usize]) {
        let p = drawn[link].line[vertex];
        let first = vertex == 0;
        let places = others.iter().filter_map(|&o| Some((o, place_on(network, &drawn[o], p)?)));
        let mut near: Vec<(usize, Place)> = places.filter(|(_, place)| place.distance <= JOIN_M).collect();
        near.sort_by(|a, b| a.1.distance.total_cmp(&b.1.distance));
        let loose = if first { self.front[link] } else { self.back[link] }.is_none();
        let touching = near.iter().filter(|(_, place)| place.distance <= TOUCH_M).count();
        let count = if loose { touching.max(1) } else { touching };
        for (other, place) in near.into_iter().take(count) {
            if place.distance > TOUCH_M && !network.in_sight(p, place.at) {
                continue;
            }
            let target = self.joint(place.at);
            self.stops[other].push(Stop { segment: place.segment, t: place.t, target });
            let (segment, t) = if first { (0, 0.0) } else { (vertex - 1, 1.0) };
            self.stops[link].push(Stop { segment, t, target });
        }
    }

    fn joint(&mut self, at: Xy) -> Target {
        self.joints.push(at);
        Target::Joint(self.joints.len() - 1)
    }
}

/// Where a link stops, as it is drawn.
fn at(link: &Drawn<'_>, stop: &Stop) -> Xy {
    between([link.line[stop.segment], link.line[stop.segment + 1]], stop.t)
}

/// A place on a link.
struct Place {
    segment: usize,
    t: f64,
    at: Xy,
    distance: f64,
}

/// The place of a link nearest to a position; of a bridge only its ends.
fn place_on(network: &Network, link: &Drawn<'_>, p: Xy) -> Option<Place> {
    let k = network.graph.plane.east_scale(p.y);
    let last = link.line.len() - 2;
    let on = link.line.windows(2).enumerate().map(|(segment, line)| {
        let line = [line[0], line[1]];
        let approach = Approach::new(p, line, k);
        let mut t = if approach.length > 0.0 { (approach.foot / approach.length).clamp(0.0, 1.0) } else { 0.0 };
        if link.is_bridge() {
            // Only the outer end of its first and last segment counts.
            t = if segment == last && (last > 0 || t > 0.5) { 1.0 } else { 0.0 };
        }
        Place { segment, t, at: between(line, t), distance: approach.distance(t * approach.length) }
    });
    let outer = |p: &Place| !link.is_bridge() || (p.segment == 0 && p.t == 0.0) || (p.segment == last && p.t == 1.0);
    on.filter(outer).min_by(|a, b| a.distance.total_cmp(&b.distance))
}

/// Where a link crosses edges on the ground.
fn crossings(network: &Network, link: &Drawn<'_>) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (segment, line) in link.line.windows(2).enumerate() {
        let line = [line[0], line[1]];
        let mut near = Vec::new();
        network.index.segments_along(line, |id| near.push(id));
        near.sort_unstable();
        near.dedup();
        for id in near {
            let edge = network.index.edge_of[id as usize];
            if network.graph.edges[edge as usize].footing.apart {
                continue;
            }
            if let Some((t, s)) = meeting(line, network.segment(id)) {
                stops.push(Stop {
                    segment,
                    t,
                    target: Target::Edge { edge, offset_mm: offset(&network.graph, id, s) },
                });
            }
        }
    }
    stops
}

/// Inner corners of a link that lie on an edge without crossing it.
fn touching(network: &Network, link: &Drawn<'_>, crossed: &[Stop]) -> Vec<Stop> {
    let crossed: Vec<Xy> = crossed.iter().map(|s| at(link, s)).collect();
    let inner = (1..link.line.len() - 1).filter(|&v| {
        let p = link.line[v];
        crossed.iter().all(|c| network.graph.plane.distance(*c, p).0 > 2.0 * TOUCH_M)
    });
    inner.filter_map(|v| Some(Stop { segment: v, t: 0.0, target: nearest(network, link.line[v], TOUCH_M)? })).collect()
}

/// The nearest place of an edge on the ground within a distance and in sight; what is touched is
/// always in sight.
fn nearest(network: &Network, p: Xy, within: f64) -> Option<Target> {
    let graph = &network.graph;
    let k = graph.plane.east_scale(p.y);
    let mut best: Option<(f64, Target)> = None;
    let mut seen = Vec::new();
    network
        .index
        .cells_near(p, within * (1.0 / k).max(1.0), |cell, _| seen.extend_from_slice(network.index.segments(cell)));
    seen.sort_unstable();
    seen.dedup();
    for id in seen {
        let edge = network.index.edge_of[id as usize];
        let approach = Approach::new(p, network.segment(id), k);
        let s = approach.foot.clamp(0.0, approach.length);
        let distance = approach.distance(s);
        if graph.edges[edge as usize].footing.apart || distance > within || best.is_some_and(|b| distance >= b.0) {
            continue;
        }
        let share = s / approach.length.max(1e-9);
        if distance <= TOUCH_M || network.in_sight(p, between(network.segment(id), share)) {
            best = Some((distance, Target::Edge { edge, offset_mm: offset(graph, id, share) }));
        }
    }
    best.map(|(_, target)| target)
}

/// Millimetres from the edge's tail to a share of one of its segments.
fn offset(graph: &Graph, segment: u32, share: f64) -> u32 {
    let (from, to) = (graph.offsets[segment as usize], graph.offsets[segment as usize + 1]);
    from + (f64::from(to - from) * share.clamp(0.0, 1.0)).round() as u32
}
