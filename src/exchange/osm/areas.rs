//! Which elements are areas, and their polygons: closed ways and multipolygon relations, the
//! old kind too, whose tags lie on the outer way.

use super::data::{NodeIndex, OsmData, Relation, Role, Tags};
use super::report::OsmReport;
use super::rings::{assemble, nest};
use crate::geometry::{LonLat, simple, validity};
use geo::{LineString, MultiPolygon};
use std::collections::HashSet;

/// An element that covers ground.
#[derive(Debug, Clone)]
pub struct Area<'a> {
    /// `way/1` or `relation/1`.
    pub reference: String,
    pub tags: &'a Tags,
    pub polygon: MultiPolygon,
    /// Nodes of all its rings, for doors and gates on them.
    pub nodes: Vec<NodeIndex>,
    /// All its rings were there.
    pub complete: bool,
}

impl Area<'_> {
    /// The polygon in its simplest kind.
    pub fn geometry(&self) -> geo::Geometry {
        match self.polygon.0.as_slice() {
            [one] => geo::Geometry::Polygon(one.clone()),
            _ => geo::Geometry::MultiPolygon(self.polygon.clone()),
        }
    }
}

const AREA_KEYS: [&str; 18] = [
    "building",
    "landuse",
    "leisure",
    "amenity",
    "natural",
    "shop",
    "tourism",
    "office",
    "healthcare",
    "historic",
    "craft",
    "place",
    "boundary",
    "man_made",
    "waterway",
    "public_transport",
    "railway",
    "social_facility",
];

/// Whether a key and value mean ground, rather than a line, when the way is closed.
fn means_ground(key: &str, value: &str) -> bool {
    match key {
        "waterway" => matches!(value, "riverbank" | "dock"),
        "railway" => matches!(value, "station" | "platform"),
        _ => !matches!(value, "no" | "coastline" | "tree_row" | "cliff" | "ridge" | "arete" | "track" | "pipeline"),
    }
}

/// Whether a closed way with these tags covers ground, rather than being a line around it.
pub(super) fn covers_ground(tags: &Tags) -> bool {
    match tags.get("area") {
        Some("no") => false,
        Some("yes") => true,
        _ => AREA_KEYS.iter().any(|k| tags.get(k).is_some_and(|v| means_ground(k, v))),
    }
}

/// All areas of the extract, closed ways first. Those that cannot be made into a polygon are
/// reported and left out.
pub fn areas<'a>(data: &'a OsmData, report: &mut OsmReport) -> Vec<Area<'a>> {
    let mut described_by_relation = HashSet::new();
    let mut from_relations = Vec::new();
    for relation in &data.relations {
        let Some(tags) = area_tags(data, relation) else { continue };
        for way in relation.members.iter().filter(|m| m.role == Role::Outer).filter_map(|m| data.way(m.way)) {
            if says_the_same(&way.tags, tags) {
                described_by_relation.insert(way.id);
            }
        }
        from_relations.extend(of_relation(data, relation, tags, report));
    }
    let mut all = Vec::new();
    for way in &data.ways {
        if !covers_ground(&way.tags) || described_by_relation.contains(&way.id) {
            continue;
        }
        let reference = format!("way/{}", way.id);
        if data.missing(&way.nodes) > 0 {
            report.skip("areas with missing nodes", || reference);
        } else if way.is_closed() {
            all.extend(finish(data, reference, &way.tags, vec![way.nodes.clone()], report));
        } else if ["building", "landuse", "leisure", "amenity", "natural"].iter().any(|k| way.tags.yes(k)) {
            // Other keys may describe a line: a platform, a pier, a wall of historic interest.
            report.skip("areas whose ring is not closed", || reference);
        }
    }
    all.append(&mut from_relations);
    all
}

/// The tags that say what the relation is: its own or, in old data, those of its outer ways.
fn area_tags<'a>(data: &'a OsmData, relation: &'a Relation) -> Option<&'a Tags> {
    let own = AREA_KEYS.iter().any(|k| relation.tags.yes(k)) || relation.tags.yes("highway");
    if own {
        return Some(&relation.tags);
    }
    if !relation.tags.is("type", &["multipolygon"]) {
        return None;
    }
    let outer = relation.members.iter().filter(|m| m.role == Role::Outer).filter_map(|m| data.way(m.way));
    outer.map(|w| &w.tags).find(|t| covers_ground(t))
}

fn says_the_same(way: &Tags, relation: &Tags) -> bool {
    let mut described = AREA_KEYS.iter().filter_map(|k| Some((way.get(k)?, relation.get(k)))).peekable();
    described.peek().is_some() && described.all(|(own, theirs)| Some(own) == theirs)
}

fn of_relation<'a>(
    data: &'a OsmData,
    relation: &'a Relation,
    tags: &'a Tags,
    report: &mut OsmReport,
) -> Option<Area<'a>> {
    let reference = format!("relation/{}", relation.id);
    let border = relation.members.iter().filter(|m| m.role != Role::Other);
    let ways: Vec<_> = border.map(|m| data.way(m.way).filter(|w| data.missing(&w.nodes) == 0)).collect();
    let known: Vec<&[NodeIndex]> = ways.iter().flatten().map(|w| w.nodes.as_slice()).collect();
    let assembled = assemble(&known);
    let complete = known.len() == ways.len() && assembled.leftover == 0;
    if assembled.rings.is_empty() {
        let boundary = tags.yes("boundary");
        let reason = if boundary { "boundaries that reach beyond the file" } else { "areas whose rings do not close" };
        report.skip(reason, || reference);
        return None;
    }
    if !complete {
        report.note("areas of which a ring is missing (the rest is kept)", || reference.clone());
    }
    let mut area = finish(data, reference, tags, assembled.rings, report)?;
    area.complete = complete;
    Some(area)
}

fn finish<'a>(
    data: &OsmData,
    reference: String,
    tags: &'a Tags,
    rings: Vec<Vec<NodeIndex>>,
    report: &mut OsmReport,
) -> Option<Area<'a>> {
    let line = |ring: &Vec<NodeIndex>| -> LineString {
        ring.iter().filter_map(|&n| data.positions.get(n)).map(LonLat::coord).collect()
    };
    let mut polygon = nest(rings.iter().map(line).collect());
    if simple::area_fault(&polygon).is_some() {
        let Some(fixed) = validity::repaired(&polygon) else {
            report.skip("areas whose outline makes no polygon", || reference);
            return None;
        };
        report.note("areas whose outline crossed itself (split)", || reference.clone());
        polygon = fixed;
    }
    Some(Area { reference, tags, polygon, nodes: rings.into_iter().flatten().collect(), complete: true })
}

#[cfg(test)]
mod tests {
    use super::super::hand::hand_made;
    use super::*;
    use geo::Area as _;

    const CORNERS: [super::super::hand::HandNode<'_>; 8] = [
        (1, 0., 0., &[]),
        (2, 9., 0., &[]),
        (3, 9., 9., &[]),
        (4, 0., 9., &[]),
        (5, 3., 3., &[]),
        (6, 6., 3., &[]),
        (7, 6., 6., &[]),
        (8, 3., 6., &[]),
    ];

    #[test]
    fn a_relation_with_a_hole_in_two_outer_ways_is_one_polygon() {
        let data = hand_made(
            &CORNERS,
            &[(1, &[1, 2, 3], &[]), (2, &[3, 4, 1], &[]), (3, &[5, 6, 7, 8, 5], &[])],
            &[(9, &[(1, "outer"), (2, "outer"), (3, "inner")], &[("type", "multipolygon"), ("natural", "water")])],
        );
        let mut report = OsmReport::default();
        let areas = areas(&data, &mut report);
        assert_eq!(areas.len(), 1);
        assert_eq!(areas[0].reference, "relation/9");
        assert!((areas[0].polygon.unsigned_area() - 72.).abs() < 1e-9);
        assert!(report.skipped.is_empty());
    }

    #[test]
    fn tags_on_the_outer_way_describe_an_old_relation_once() {
        let data = hand_made(
            &CORNERS,
            &[(1, &[1, 2, 3, 4, 1], &[("landuse", "forest")]), (3, &[5, 6, 7, 8, 5], &[("natural", "water")])],
            &[(9, &[(1, "outer"), (3, "inner")], &[("type", "multipolygon")])],
        );
        let areas = areas(&data, &mut OsmReport::default());
        let references: Vec<_> = areas.iter().map(|a| a.reference.as_str()).collect();
        assert_eq!(references, ["way/3", "relation/9"]);
        assert!(areas[1].tags.is("landuse", &["forest"]));
    }

    #[test]
    fn a_relation_with_a_missing_way_is_skipped_and_named() {
        let data = hand_made(
            &CORNERS,
            &[(1, &[1, 2, 3], &[])],
            &[(9, &[(1, "outer"), (77, "outer")], &[("type", "multipolygon"), ("natural", "water")])],
        );
        let mut report = OsmReport::default();
        assert!(areas(&data, &mut report).is_empty());
        assert_eq!(report.skipped["areas whose rings do not close"].examples, ["relation/9"]);
    }

    #[test]
    fn a_closed_street_is_no_area_unless_it_says_so() {
        let ring: &[i64] = &[1, 2, 3, 4, 1];
        let data = hand_made(
            &CORNERS,
            &[
                (1, ring, &[("highway", "residential")]),
                (2, ring, &[("highway", "pedestrian"), ("area", "yes")]),
                (3, ring, &[("barrier", "wall")]),
                (4, ring, &[("natural", "coastline")]),
            ],
            &[],
        );
        let areas = areas(&data, &mut OsmReport::default());
        assert_eq!(areas.iter().map(|a| a.reference.as_str()).collect::<Vec<_>>(), ["way/2"]);
    }

    #[test]
    fn an_outline_that_crosses_itself_is_split_and_noted() {
        let data = hand_made(&CORNERS, &[(1, &[1, 3, 2, 4, 1], &[("building", "yes")])], &[]);
        let mut report = OsmReport::default();
        let areas = areas(&data, &mut report);
        assert_eq!(areas[0].polygon.0.len(), 2);
        assert_eq!(report.noted["areas whose outline crossed itself (split)"].count, 1);
    }
}
