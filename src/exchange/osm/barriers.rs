//! What a walker off the street cannot cross: water, railways, motorways, walls.

use super::areas::Area;
use super::data::{NodeIndex, OsmData, Tags, Way};
use crate::geometry::LonLat;
use crate::walk::{Barrier, BarrierKind};

const WALLS: [&str; 4] = ["wall", "fence", "city_wall", "retaining_wall"];

/// All barriers: water as polygons and, where only a line is mapped, as lines; the rest as lines.
pub fn barriers(data: &OsmData, areas: &[Area<'_>]) -> Vec<Barrier> {
    let water = areas.iter().filter(|a| is_deep_water(a.tags));
    let water = water.map(|a| Barrier { kind: BarrierKind::Water, geometry: a.geometry() });
    let lines = data.ways.iter().filter_map(|w| Some((kind(w)?, w)));
    let lines = lines.filter_map(|(kind, w)| Some(Barrier { kind, geometry: data.line(&w.nodes)? }));
    water.chain(lines).collect()
}

/// Doors and gates on walls, so that a wall around a place is known to have one.
pub fn gates(data: &OsmData) -> Vec<LonLat> {
    let walls = data.ways.iter().filter(|w| kind(w) == Some(BarrierKind::Wall));
    let gate = |node: &NodeIndex| {
        let tags = data.node_tags(*node)?;
        let opens = tags.get("barrier").is_some_and(|b| !WALLS.contains(&b)) || tags.yes("entrance");
        if opens { data.positions.get(*node) } else { None }
    };
    walls.flat_map(|w| &w.nodes).filter_map(gate).collect()
}

/// Water that people do not walk through: no fountain, no pool, nothing under the ground.
pub fn is_deep_water(tags: &Tags) -> bool {
    let water = tags.is("natural", &["water"])
        || tags.is("waterway", &["riverbank", "dock"])
        || tags.is("landuse", &["reservoir", "basin"]);
    let shallow = tags.is("water", &["fountain", "wastewater", "swimming_pool", "pool", "reflecting_pool"])
        || tags.is("amenity", &["fountain"])
        || tags.is("leisure", &["swimming_pool"])
        || tags.is("basin", &["detention", "infiltration"])
        || tags.is("intermittent", &["yes"])
        || tags.is("seasonal", &["yes"]);
    water && !shallow && on_the_ground(tags)
}

fn kind(way: &Way) -> Option<BarrierKind> {
    let tags = &way.tags;
    if tags.is("natural", &["coastline"]) {
        return Some(BarrierKind::Water);
    }
    if tags.is("barrier", &WALLS) {
        return on_the_ground(tags).then_some(BarrierKind::Wall);
    }
    if !on_the_ground(tags) || tags.yes("bridge") {
        return None;
    }
    if tags.is("waterway", &["river", "canal"]) {
        return Some(BarrierKind::Water);
    }
    if tags.is("railway", &["rail", "light_rail", "subway", "narrow_gauge"]) {
        return Some(BarrierKind::Railway);
    }
    let motorway = tags.is("highway", &["motorway", "motorway_link"])
        || (tags.yes("motorroad") && tags.is("highway", &["trunk", "trunk_link", "primary"]));
    motorway.then_some(BarrierKind::Motorway)
}

/// Not in a tunnel or culvert, not under or over the ground.
fn on_the_ground(tags: &Tags) -> bool {
    !tags.yes("tunnel")
        && !tags.yes("covered")
        && matches!(tags.get("layer"), None | Some("0"))
        && !tags.is("location", &["underground"])
}

#[cfg(test)]
mod tests {
    use super::super::areas::areas;
    use super::super::hand::{HandNode, HandWay, hand_made};
    use super::super::report::OsmReport;
    use super::*;

    fn kinds(tags: &[(&str, &str)], ring: bool) -> Vec<(BarrierKind, bool)> {
        let nodes: &[i64] = if ring { &[1, 2, 3, 1] } else { &[1, 2, 3] };
        let data = hand_made(&[(1, 0., 0., &[]), (2, 1., 0., &[]), (3, 1., 1., &[])], &[(1, nodes, tags)], &[]);
        let areas = areas(&data, &mut OsmReport::default());
        let polygon = |b: Barrier| (b.kind, matches!(b.geometry, geo::Geometry::Polygon(_)));
        barriers(&data, &areas).into_iter().map(polygon).collect()
    }

    #[test]
    fn a_lake_stops_people_and_a_fountain_does_not() {
        assert_eq!(kinds(&[("natural", "water")], true), [(BarrierKind::Water, true)]);
        assert_eq!(kinds(&[("natural", "water"), ("water", "fountain")], true), []);
        assert_eq!(kinds(&[("leisure", "swimming_pool")], true), []);
    }

    #[test]
    fn a_river_line_stops_people_and_a_culvert_does_not() {
        assert_eq!(kinds(&[("waterway", "river")], false), [(BarrierKind::Water, false)]);
        assert_eq!(kinds(&[("waterway", "river"), ("tunnel", "culvert")], false), []);
        assert_eq!(kinds(&[("waterway", "stream")], false), []);
    }

    #[test]
    fn gates_and_doors_on_walls_are_known_and_those_on_ways_are_not() {
        let nodes: [HandNode<'_>; 4] = [
            (1, 0., 0., &[("barrier", "gate")]),
            (2, 1., 0., &[("entrance", "yes")]),
            (3, 1., 1., &[("barrier", "fence")]),
            (4, 2., 2., &[("barrier", "gate")]),
        ];
        let ways: [HandWay<'_>; 2] =
            [(1, &[1, 2, 3, 1], &[("barrier", "fence")]), (2, &[3, 4], &[("highway", "path")])];
        let mut at: Vec<f64> = gates(&hand_made(&nodes, &ways, &[])).iter().map(|p| p.lon()).collect();
        at.dedup();
        assert_eq!(at, [0., 1., 0.]);
    }

    #[test]
    fn rails_stop_people_on_the_ground_only() {
        assert_eq!(kinds(&[("railway", "rail")], false), [(BarrierKind::Railway, false)]);
        for free in [("tunnel", "yes"), ("bridge", "viaduct"), ("layer", "-1")] {
            assert_eq!(kinds(&[("railway", "subway"), free], false), [], "{free:?}");
        }
        assert_eq!(kinds(&[("railway", "tram")], false), []);
        assert_eq!(kinds(&[("railway", "abandoned")], false), []);
    }

    #[test]
    fn motorways_and_walls_stop_people() {
        assert_eq!(kinds(&[("highway", "motorway")], false), [(BarrierKind::Motorway, false)]);
        assert_eq!(kinds(&[("highway", "trunk"), ("motorroad", "yes")], false), [(BarrierKind::Motorway, false)]);
        assert_eq!(kinds(&[("highway", "trunk")], false), []);
        assert_eq!(kinds(&[("barrier", "fence")], true), [(BarrierKind::Wall, false)]);
    }
}
