//! The ways a person may walk on, with their raw tags; the rules of the foot are in
//! [`crate::walk`].

use super::areas::{Area, covers_ground};
use super::data::{NodeIndex, OsmData, Tags};
use crate::geometry::BBox;
use crate::walk::{Street, Streets};
use std::collections::HashMap;

/// Tags of ways that say who may walk there, how, and what it is called.
const WAY_KEYS: [&str; 52] = [
    "highway",
    "foot",
    "access",
    "sidewalk",
    "sidewalk:left",
    "sidewalk:right",
    "sidewalk:both",
    "oneway",
    "oneway:foot",
    "foot:forward",
    "foot:backward",
    "conveying",
    "surface",
    "kerb",
    "incline",
    "step_count",
    "ramp",
    "ramp:wheelchair",
    "ramp:stroller",
    "ramp:bicycle",
    "handrail",
    "width",
    "lit",
    "name",
    "name:en",
    "name:zh",
    "ref",
    "bridge",
    "tunnel",
    "covered",
    "layer",
    "area",
    "barrier",
    "service",
    "motorroad",
    "smoothness",
    "tracktype",
    "wheelchair",
    "stroller",
    "indoor",
    "level",
    "footway",
    "crossing",
    "crossing:signals",
    "man_made",
    "railway",
    "public_transport",
    "route",
    "duration",
    "bicycle",
    "maxspeed",
    "ford",
];

/// Tags of single points that matter on foot.
const POINT_KEYS: [&str; 18] = [
    "barrier",
    "kerb",
    "crossing",
    "crossing:markings",
    "crossing:signals",
    "highway",
    "entrance",
    "foot",
    "access",
    "wheelchair",
    "stroller",
    "maxwidth:physical",
    "width",
    "locked",
    "traffic_signals",
    "button_operated",
    "tactile_paving",
    "motor_vehicle",
];

/// Collects streets; points are numbered as they are first used.
pub struct Collector<'a> {
    data: &'a OsmData,
    index: HashMap<NodeIndex, u32>,
    streets: Streets,
}

/// All streets and crossable areas of the extract. `areas` adds squares mapped as relations.
pub fn streets<'a>(data: &'a OsmData, areas: &[Area<'a>], source: &str) -> Collector<'a> {
    let streets = Streets { source: source.into(), bounds: data.bounds, ..Streets::default() };
    let mut all = Collector { data, index: HashMap::new(), streets };
    for way in data.ways.iter().filter(|w| is_street(&w.tags)) {
        let from = all.streets.ways.len();
        all.add(&way.nodes, &way.tags);
        if covers_ground(&way.tags) && way.is_closed() && data.missing(&way.nodes) == 0 {
            all.plaza(from);
        }
    }
    for area in areas.iter().filter(|a| a.reference.starts_with("relation/") && is_street(a.tags)) {
        // The square's rings follow one another; each closes at its first node.
        let (mut rest, from) = (area.nodes.as_slice(), all.streets.ways.len());
        while let Some((first, tail)) = rest.split_first() {
            let end = tail.iter().position(|n| n == first).map_or(rest.len(), |i| i + 2);
            all.add_as_area(&rest[..end], area.tags);
            rest = &rest[end..];
        }
        if area.complete {
            all.plaza(from);
        }
    }
    all
}

fn is_street(tags: &Tags) -> bool {
    tags.yes("highway")
        || tags.is("railway", &["platform"])
        || tags.is("public_transport", &["platform"])
        || tags.is("man_made", &["pier"])
}

fn kept(tags: &Tags, keys: &[&str]) -> crate::walk::Tags {
    tags.iter().filter(|(k, _)| keys.contains(k)).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

impl Collector<'_> {
    fn add(&mut self, nodes: &[NodeIndex], tags: &Tags) {
        for run in self.data.runs(nodes) {
            let points = run.into_iter().filter_map(|n| self.point(n)).collect();
            self.streets.ways.push(Street { points, tags: kept(tags, &WAY_KEYS) });
        }
    }

    fn add_as_area(&mut self, nodes: &[NodeIndex], tags: &Tags) {
        let from = self.streets.ways.len();
        self.add(nodes, tags);
        for way in &mut self.streets.ways[from..] {
            if crate::walk::streets::tag(&way.tags, "area").is_none() {
                way.tags.push(("area".into(), "yes".into()));
            }
        }
    }

    /// The ways from this one on are the rims of an area that is crossed inside.
    fn plaza(&mut self, from: usize) {
        self.streets.plazas.push((from as u32..self.streets.ways.len() as u32).collect());
    }

    fn point(&mut self, node: NodeIndex) -> Option<u32> {
        if let Some(&known) = self.index.get(&node) {
            return Some(known);
        }
        let at = self.data.positions.get(node)?;
        let new = u32::try_from(self.streets.points.len()).ok()?;
        self.streets.points.push(at);
        self.index.insert(node, new);
        if let Some(tags) = self.data.node_tags(node) {
            let tags = kept(tags, &POINT_KEYS);
            if !tags.is_empty() {
                self.streets.point_tags.insert(new, tags);
            }
        }
        Some(new)
    }

    /// Whether a street passes this node.
    pub fn passes(&self, node: NodeIndex) -> bool {
        self.index.contains_key(&node)
    }

    /// The collected streets; where the file does not say what it covers, their own box.
    pub fn finish(mut self) -> Streets {
        if self.streets.bounds.is_none() {
            let point =
                |p: &crate::geometry::LonLat| BBox { west: p.lon(), south: p.lat(), east: p.lon(), north: p.lat() };
            self.streets.bounds = self.streets.points.iter().map(point).reduce(BBox::union);
        }
        self.streets
    }
}

#[cfg(test)]
mod tests {
    use super::super::hand::hand_made;
    use super::*;

    #[test]
    fn streets_share_the_point_where_they_meet_and_gates_keep_their_tags() {
        //  1 --- 2 --- 3
        //        |
        //        4 (gate)
        let data = hand_made(
            &[(1, 0., 0., &[]), (2, 1., 0., &[]), (3, 2., 0., &[]), (4, 1., -1., &[("barrier", "gate"), ("x", "y")])],
            &[
                (10, &[1, 2, 3], &[("highway", "residential"), ("name", "南康路"), ("website", "x")]),
                (11, &[2, 4], &[("highway", "footway")]),
                (12, &[1, 4], &[("waterway", "river")]),
            ],
            &[],
        );
        let s = streets(&data, &[], "hand").finish();
        assert_eq!(s.ways.len(), 2);
        assert_eq!(s.ways[0].points[1], s.ways[1].points[0]);
        assert_eq!(s.ways[0].tags, [("highway".into(), "residential".into()), ("name".into(), "南康路".into())]);
        assert_eq!(s.point_tags[&s.ways[1].points[1]], [("barrier".to_owned(), "gate".to_owned())]);
        assert_eq!(s.bounds.map(BBox::array), Some([0., -1., 2., 0.]));
    }

    #[test]
    fn a_square_is_crossed_inside_and_a_ring_road_is_not() {
        //  1 --- 2     a square with a hole 5 6 7, made of two outer ways; a ring road 1 2 3 4
        //  |  o  |
        //  4 --- 3
        let nodes = [(1, 0., 9.), (2, 9., 9.), (3, 9., 0.), (4, 0., 0.), (5, 4., 4.), (6, 5., 4.), (7, 5., 5.)];
        let nodes: Vec<_> =
            nodes.iter().map(|&(id, x, y)| (id, x, y, &[] as super::super::hand::HandTags<'_>)).collect();
        let data = hand_made(
            &nodes,
            &[
                (10, &[1, 2, 3], &[]),
                (11, &[3, 4, 1], &[]),
                (12, &[5, 6, 7, 5], &[]),
                (13, &[1, 2, 3, 4, 1], &[("highway", "residential")]),
                (14, &[5, 6, 7, 5], &[("highway", "footway"), ("area", "yes")]),
            ],
            &[(
                9,
                &[(10, "outer"), (11, "outer"), (12, "inner")],
                &[("type", "multipolygon"), ("highway", "pedestrian")],
            )],
        );
        let areas = super::super::areas::areas(&data, &mut Default::default());
        let s = streets(&data, &areas, "hand").finish();
        let rims = |plaza: &Vec<u32>| plaza.iter().map(|w| s.ways[*w as usize].points.len()).collect::<Vec<_>>();
        assert_eq!(s.plazas.iter().map(rims).collect::<Vec<_>>(), [vec![4], vec![5, 4]]);
        assert_eq!(s.ways.len(), 4);
    }

    #[test]
    fn a_street_with_a_missing_node_is_cut_there_and_not_bridged() {
        let data = hand_made(
            &[(1, 0., 0., &[]), (2, 1., 0., &[]), (4, 3., 0., &[]), (5, 4., 0., &[]), (7, 6., 0., &[])],
            &[(10, &[1, 2, 3, 4, 5, 6, 7], &[("highway", "path")])],
            &[],
        );
        let s = streets(&data, &[], "hand").finish();
        assert_eq!(s.ways.iter().map(|w| w.points.len()).collect::<Vec<_>>(), [2, 2]);
    }
}
