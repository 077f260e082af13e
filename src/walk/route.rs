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

    /// The end of a contact's segment, from its start on, over which the search came to a node at
    /// an end of the contact's edge.
    pub(super) fn place_towards(&self, contact: usize, node: u32) -> f64 {
        let graph = &self.network.graph;
        let c = self.start.contacts[contact];
        let edge = graph.edges[c.edge as usize];
        let cost = f64::from(self.nodes.cost[node as usize]) / 1000.0;
        let rest = f64::from(edge.length_mm - graph.offsets[c.segment as usize + 1]) / 1000.0;
        let to_head = (self.entry(&c).cost(c.approach.length) + rest - cost).abs() <= EPS;
        if edge.head == node && to_head { c.approach.length } else { 0.0 }
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

    /// Back from a vertex of an edge: over its neighbours on an edge the origin touches, else
    /// over the end that the cost came from.
    fn back_from_vertex(&mut self, edge: u32, mut vertex: usize) {
        let graph = &self.reach.network.graph;
        let range = graph.edges[edge as usize].vertices();
        loop {
            let Some(cost) = self.reach.vertex_cost(vertex) else { return };
            let from_ends = self.reach.cost_from_ends(edge, vertex).map_or(f64::INFINITY, |mm| f64::from(mm) / 1000.0);
            if from_ends <= cost + EPS {
                return self.over_ends(edge, vertex, from_ends);
            }
            if let Some((contact, s)) = self.contact_at(edge, vertex, cost) {
                return self.back_to_origin(contact, s);
            }
            let step = |a: usize, b: usize| f64::from(graph.offsets[a].abs_diff(graph.offsets[b])) / 1000.0;
            let came = |v: usize| self.reach.vertex_cost(v).is_some_and(|c| c + step(v, vertex) <= cost + EPS);
            vertex = if vertex > range.start && came(vertex - 1) {
                vertex - 1
            } else if vertex + 1 < range.end && came(vertex + 1) {
                vertex + 1
            } else {
                return;
            };
            self.go(graph.vertices[vertex], Some(edge));
        }
    }

    /// The contact that gives a vertex its cost, and the vertex's place on the contact's segment.
    fn contact_at(&self, edge: u32, vertex: usize, cost: f64) -> Option<(usize, f64)> {
        self.reach.start.contacts.iter().enumerate().filter(|(_, c)| c.edge == edge).find_map(|(i, c)| {
            let s = match vertex.checked_sub(c.segment as usize) {
                Some(0) => 0.0,
                Some(1) => c.approach.length,
                _ => return None,
            };
            (self.reach.entry(c).cost(s) <= cost + EPS).then_some((i, s))
        })
    }

    fn over_ends(&mut self, edge: u32, vertex: usize, cost: f64) {
        let reach = self.reach;
        let graph = &reach.network.graph;
        let e = graph.edges[edge as usize];
        let (along, _) = reach.allowed(edge);
        let offset = graph.offsets[vertex];
        let tail = f64::from(reach.nodes.cost[e.tail as usize]) + f64::from(offset);
        let by_tail = (along || offset == 0) && tail / 1000.0 <= cost + EPS;
        let range = e.vertices();
        if by_tail {
            (range.start..vertex).rev().for_each(|v| self.go(graph.vertices[v], Some(edge)));
            self.back_from_node(e.tail);
        } else {
            (vertex + 1..range.end).for_each(|v| self.go(graph.vertices[v], Some(edge)));
            self.back_from_node(e.head);
        }
    }

    /// Back over the tree of the search.
    fn back_from_node(&mut self, mut node: u32) {
        let reach = self.reach;
        let graph = &reach.network.graph;
        loop {
            let via = reach.nodes.via[node as usize];
            if via & FROM_CONTACT != 0 {
                return self.back_from_end((via & !FROM_CONTACT) as usize, node);
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

    /// From an end node of an edge that the origin touches, along the edge to the contact.
    fn back_from_end(&mut self, contact: usize, node: u32) {
        let reach = self.reach;
        let graph = &reach.network.graph;
        let c = reach.start.contacts[contact];
        let e = graph.edges[c.edge as usize];
        let s = reach.place_towards(contact, node);
        if s > 0.0 {
            (c.segment as usize + 1..e.vertices().end - 1).rev().for_each(|v| self.go(graph.vertices[v], Some(c.edge)));
        } else {
            (e.vertices().start + 1..=c.segment as usize).for_each(|v| self.go(graph.vertices[v], Some(c.edge)));
        }
        self.back_to_origin(contact, s);
    }
}
