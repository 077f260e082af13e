//! How to walk: the way behind a walking time, as a line and as steps with street names.

use super::doorstep::Doorstep;
use super::field::{By, Touch, place};
use super::profile::Direction;
use super::reach::{FROM_CONTACT, Reach};
use crate::geometry::{LonLat, Metres, Seconds, Xy};
use geo::LineString;
use serde::Serialize;

/// A walk from one position to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// WGS 84, in walking order.
    pub line: LineString,
    pub walk: Seconds,
    pub distance: Metres,
    pub steps: Vec<Step>,
}

/// What to do at the start of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Depart,
    Straight,
    SlightLeft,
    Left,
    SharpLeft,
    SlightRight,
    Right,
    SharpRight,
}

/// What the ground of a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    Street,
    Stairs,
    /// Between the network and a door, over a yard or a lawn.
    OffNetwork,
}

/// A part of a walk along one street.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub kind: StepKind,
    pub ground: Ground,
    /// Street name, when it has one.
    pub name: Option<String>,
    pub distance: Metres,
    pub walk: Seconds,
    /// Where the step begins.
    pub at: LonLat,
}

/// A straight piece of a walk; `edge` is `None` off the network.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Leg {
    from: Xy,
    to: Xy,
    edge: Option<u32>,
}

const EPS: f64 = 2e-3;

impl Reach<'_> {
    /// The walk between the origin and a position, in the search's direction; `None` when it is
    /// not reached within the budget.
    pub fn route(&self, position: LonLat) -> Option<Route> {
        let p = self.network.graph.plane.to_xy(position);
        let touch = self.touch_at(p)?;
        Some(self.route_by(p, &touch))
    }

    /// Like [`Reach::route`], quickly, to the nearest of several doorsteps.
    pub fn route_to_any(&self, doorsteps: &[Doorstep]) -> Option<Route> {
        let costs = doorsteps.iter().filter_map(|step| self.cost_to(step).map(|cost| (cost, step)));
        let (cost, doorstep) = costs.min_by_key(|(cost, _)| *cost)?;
        let p = self.network.graph.plane.to_xy(doorstep.at());
        let touch = self.touch_within(p, cost)?;
        Some(self.route_by(p, &touch))
    }

    /// The end of a contact's edge at which the search came to a node over the contact.
    pub(super) fn vertex_towards(&self, contact: usize, node: u32) -> usize {
        let graph = &self.network.graph;
        let c = self.start.contacts[contact];
        let edge = graph.edges[c.edge as usize];
        let cost = f64::from(self.nodes.cost[node as usize]) / 1000.0;
        let rest = f64::from(edge.length_mm - graph.offsets[c.segment as usize + 1]) / 1000.0;
        let to_head = (self.entry(&c).cost(c.approach.length) + rest - cost).abs() <= EPS;
        if edge.head == node && to_head { edge.vertices().end - 1 } else { edge.vertices().start }
    }

    fn route_by(&self, p: Xy, touch: &Touch) -> Route {
        let mut tracer = Tracer { reach: self, at: p, legs: Vec::new() };
        tracer.trace(touch);
        let mut legs = tracer.legs;
        if self.direction == Direction::From {
            legs.reverse();
            legs.iter_mut().for_each(|leg| std::mem::swap(&mut leg.from, &mut leg.to));
        }
        self.describe(&legs, self.seconds(touch.cost_mm), p)
    }

    fn describe(&self, legs: &[Leg], walk: Seconds, fallback: Xy) -> Route {
        let plane = &self.network.graph.plane;
        let start = legs.first().map_or(fallback, |l| l.from);
        let points: Vec<Xy> = std::iter::once(start).chain(legs.iter().map(|l| l.to)).collect();
        let line: LineString = points
            .iter()
            .map(|p| {
                let (x, y) = plane.to_degrees(*p);
                geo::Coord { x, y }
            })
            .collect();
        let distance = Metres(legs.iter().map(|l| plane.distance(l.from, l.to).0).sum());
        Route { line, walk, distance, steps: self.steps(legs) }
    }

    fn steps(&self, legs: &[Leg]) -> Vec<Step> {
        let graph = &self.network.graph;
        let mut steps: Vec<Step> = Vec::new();
        let mut previous: Option<Leg> = None;
        for leg in legs {
            let length = graph.plane.distance(leg.from, leg.to);
            if length.0 < 0.01 {
                continue;
            }
            let edge = leg.edge.map(|e| graph.edges[e as usize]);
            let ground = match edge {
                None => Ground::OffNetwork,
                Some(e) if e.footing.steps => Ground::Stairs,
                Some(_) => Ground::Street,
            };
            let name = edge.and_then(|e| e.name).map(|n| graph.names[n as usize].as_str());
            let speed = if edge.is_some() { self.profile.speed_m_s } else { self.profile.off_network_speed() };
            let walk = Seconds(length.0 / speed);
            match steps.last_mut().filter(|s| s.ground == ground && s.name.as_deref() == name) {
                Some(step) => {
                    step.distance.0 += length.0;
                    step.walk.0 += walk.0;
                }
                None => {
                    let (lon, lat) = graph.plane.to_degrees(leg.from);
                    let Ok(at) = LonLat::new(lon, lat) else { continue };
                    let kind = previous.map_or(StepKind::Depart, |p| turn(p, *leg));
                    steps.push(Step { kind, ground, name: name.map(Into::into), distance: length, walk, at });
                }
            }
            previous = Some(*leg);
        }
        steps
    }
}

/// The turn between two legs, by the change of bearing.
fn turn(before: Leg, after: Leg) -> StepKind {
    let bearing = |l: Leg| (l.to.x - l.from.x).atan2(l.to.y - l.from.y).to_degrees();
    let change = (bearing(after) - bearing(before) + 540.0).rem_euclid(360.0) - 180.0;
    match change {
        c if c.abs() < 20.0 => StepKind::Straight,
        c if c <= -120.0 => StepKind::SharpLeft,
        c if c <= -45.0 => StepKind::Left,
        c if c < 0.0 => StepKind::SlightLeft,
        c if c >= 120.0 => StepKind::SharpRight,
        c if c >= 45.0 => StepKind::Right,
        _ => StepKind::SlightRight,
    }
}

/// Walks back from a position to the origin.
struct Tracer<'r, 'n> {
    reach: &'r Reach<'n>,
    at: Xy,
    legs: Vec<Leg>,
}

impl Tracer<'_, '_> {
    fn go(&mut self, to: Xy, edge: Option<u32>) {
        self.legs.push(Leg { from: self.at, to, edge });
        self.at = to;
    }

    fn place(&self, segment: u32, s: f64, length: f64) -> Xy {
        place(self.reach.network.segment(segment), s, length)
    }

    fn length(&self, segment: u32) -> f64 {
        let [a, b] = self.reach.network.segment(segment);
        self.reach.network.graph.plane.distance(a, b).0
    }

    fn trace(&mut self, touch: &Touch) {
        let edge = self.reach.network.index.edge_of[touch.segment as usize];
        let there = self.place(touch.segment, touch.s, self.length(touch.segment));
        self.go(there, None);
        let first = touch.segment as usize;
        match touch.by {
            By::Contact(i) => self.back_to_origin(i, touch.s),
            By::First => self.back_to_vertex(edge, first),
            By::Second => self.back_to_vertex(edge, first + 1),
        }
    }

    /// From a place on a contact's segment over its entry to the origin.
    fn back_to_origin(&mut self, contact: usize, s: f64) {
        let c = self.reach.start.contacts[contact];
        let (_, enter) = self.reach.entry(&c).enter_for(s);
        let there = self.place(c.segment, enter, c.approach.length);
        self.go(there, Some(c.edge));
        self.go(self.reach.origin, None);
    }

    fn back_to_vertex(&mut self, edge: u32, vertex: usize) {
        self.go(self.reach.network.graph.vertices[vertex], Some(edge));
        self.back_from_vertex(edge, vertex);
    }

    /// Back from a vertex of an edge: over the end that its cost came from or, on an edge that the
    /// origin touches, along the edge.
    fn back_from_vertex(&mut self, edge: u32, vertex: usize) {
        let (by_tail, by_head) = self.reach.costs_by_end(edge, vertex);
        if let Some((contact, _)) = self.reach.start.contact_behind(edge, vertex, by_tail.min(by_head)) {
            return self.back_along(contact, vertex);
        }
        let (graph, e) = (&self.reach.network.graph, self.reach.network.graph.edges[edge as usize]);
        if by_tail <= by_head {
            (e.vertices().start..vertex).rev().for_each(|v| self.go(graph.vertices[v], Some(edge)));
            self.back_from_node(e.tail);
        } else {
            (vertex + 1..e.vertices().end).for_each(|v| self.go(graph.vertices[v], Some(edge)));
            self.back_from_node(e.head);
        }
    }

    /// From a vertex of an edge that the origin touches along the edge to a contact, and to the
    /// origin.
    fn back_along(&mut self, contact: usize, vertex: usize) {
        let (graph, c) = (&self.reach.network.graph, self.reach.start.contacts[contact]);
        let first = c.segment as usize;
        if vertex > first {
            (first + 1..vertex).rev().for_each(|v| self.go(graph.vertices[v], Some(c.edge)));
            self.back_to_origin(contact, c.approach.length);
        } else {
            (vertex + 1..=first).for_each(|v| self.go(graph.vertices[v], Some(c.edge)));
            self.back_to_origin(contact, 0.0);
        }
    }

    /// Back over the tree of the search.
    fn back_from_node(&mut self, mut node: u32) {
        let reach = self.reach;
        let graph = &reach.network.graph;
        loop {
            let via = reach.nodes.via[node as usize];
            if via & FROM_CONTACT != 0 {
                let contact = (via & !FROM_CONTACT) as usize;
                return self.back_along(contact, reach.vertex_towards(contact, node));
            }
            let arc = graph.arcs[via as usize];
            let e = graph.edges[arc.edge as usize];
            let range = e.vertices();
            if arc.reversed {
                range.clone().skip(1).for_each(|v| self.go(graph.vertices[v], Some(arc.edge)));
                node = e.head;
            } else {
                range.clone().rev().skip(1).for_each(|v| self.go(graph.vertices[v], Some(arc.edge)));
                node = e.tail;
            }
        }
    }
}
