//! Ways joined end to end into rings, and rings nested into polygons. Works on indices of
//! shared nodes, so that nothing depends on equal coordinates.

use super::data::NodeIndex;
use geo::{BoundingRect, Contains, Coord, CoordinatePosition, Intersects, LineString, MultiPolygon, Polygon};
use std::collections::HashMap;

/// What became of the ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Closed: the first node is repeated at the end.
    pub rings: Vec<Vec<NodeIndex>>,
    /// Ways that lead nowhere.
    pub leftover: usize,
}

/// Joins ways to rings. Where several ways meet in one node, the first loop that closes is
/// split off, so rings that touch in a node come out as two.
pub fn assemble(ways: &[&[NodeIndex]]) -> Assembled {
    let mut result = Assembled::default();
    let mut at_end: HashMap<NodeIndex, Vec<usize>> = HashMap::new();
    for (i, way) in ways.iter().enumerate() {
        let (Some(first), Some(last)) = (way.first(), way.last()) else { continue };
        at_end.entry(*first).or_default().push(i);
        at_end.entry(*last).or_default().push(i);
    }
    let mut used = vec![false; ways.len()];
    for start in 0..ways.len() {
        if used[start] || ways[start].len() < 2 {
            continue;
        }
        used[start] = true;
        let mut chain = vec![ways[start].to_vec()];
        loop {
            split_loop(&mut chain, &mut result.rings);
            let Some(end) = chain.last().and_then(|w| w.last()).copied() else { break };
            let next = at_end.get(&end).into_iter().flatten().copied().find(|&i| !used[i]);
            let Some(next) = next else { break };
            used[next] = true;
            let mut way = ways[next].to_vec();
            if way.first() != Some(&end) {
                way.reverse();
            }
            chain.push(way);
        }
        result.leftover += chain.len();
    }
    result
}

/// When the chain's end meets the start of one of its ways, that loop becomes a ring.
fn split_loop(chain: &mut Vec<Vec<NodeIndex>>, rings: &mut Vec<Vec<NodeIndex>>) {
    let Some(end) = chain.last().and_then(|w| w.last()).copied() else { return };
    let Some(from) = chain.iter().position(|way| way.first() == Some(&end)) else { return };
    let mut ring: Vec<NodeIndex> = Vec::new();
    for way in chain.drain(from..) {
        ring.extend(way);
    }
    ring.dedup();
    if ring.len() >= 4 {
        rings.push(ring);
    }
}

/// Nests rings by what lies in what: a ring inside an odd number of others is a hole of the
/// smallest of them. Roles are not asked; they are wrong too often.
pub fn nest(rings: Vec<LineString>) -> MultiPolygon {
    let solid: Vec<Polygon> = rings.into_iter().map(|r| Polygon::new(r, Vec::new())).collect();
    let boxes: Vec<_> = solid.iter().map(BoundingRect::bounding_rect).collect();
    let parents: Vec<Vec<usize>> = (0..solid.len())
        .map(|i| {
            let around = |&j: &usize| {
                let boxed = boxes[i].zip(boxes[j]).is_some_and(|(a, b)| b.contains(&a) || b.intersects(&a));
                j != i && boxed && lies_in(solid[i].exterior(), &solid[j])
            };
            (0..solid.len()).filter(around).collect()
        })
        .collect();
    let mut outer: Vec<(usize, Polygon)> = Vec::new();
    for (i, polygon) in solid.iter().enumerate() {
        if parents[i].len().is_multiple_of(2) {
            outer.push((i, polygon.clone()));
        }
    }
    for (i, polygon) in solid.into_iter().enumerate() {
        if !parents[i].len().is_multiple_of(2) {
            let parent = parents[i].iter().max_by_key(|&&p| parents[p].len());
            let parent = parent.and_then(|p| outer.iter_mut().find(|(o, _)| o == p));
            if let Some((_, parent)) = parent {
                parent.interiors_push(polygon.exterior().clone());
            }
        }
    }
    outer.into_iter().map(|(_, p)| p).collect()
}

/// Whether a ring lies in a polygon; rings may share points but do not cross.
fn lies_in(ring: &LineString, polygon: &Polygon) -> bool {
    use geo::coordinate_position::CoordPos;
    let mid = |w: &[Coord]| (w[0] + w[1]) / 2.0;
    let corners = ring.0.iter().copied();
    let decided = corners.chain(ring.0.windows(2).map(mid)).find_map(|c| match polygon.coordinate_position(&c) {
        CoordPos::Inside => Some(true),
        CoordPos::Outside => Some(false),
        CoordPos::OnBoundary => None,
    });
    // A ring that lies wholly on the boundary is the same ring again.
    decided.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, wkt};

    fn nodes(list: &[u32]) -> Vec<NodeIndex> {
        list.iter().copied().map(NodeIndex).collect()
    }

    fn assembled(ways: &[&[u32]]) -> Assembled {
        let ways: Vec<_> = ways.iter().map(|w| nodes(w)).collect();
        assemble(&ways.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn ways_in_any_direction_and_order_become_one_ring() {
        let a = assembled(&[&[1, 2, 3], &[5, 4], &[3, 4], &[1, 6, 5]]);
        assert_eq!(a.rings, [nodes(&[1, 2, 3, 4, 5, 6, 1])]);
        assert_eq!(a.leftover, 0);
    }

    #[test]
    fn a_gap_leaves_the_ways_over_and_keeps_the_other_ring() {
        let a = assembled(&[&[1, 2, 3], &[3, 4], &[7, 8, 9, 7]]);
        assert_eq!(a.rings, [nodes(&[7, 8, 9, 7])]);
        assert_eq!(a.leftover, 2);
    }

    #[test]
    fn rings_that_touch_in_a_node_come_out_as_two() {
        //  2   5
        //  | \ / |
        //  |  1  |      one way goes 2-3-1-5, the others close both triangles
        //  | / \ |
        //  3   6
        let a = assembled(&[&[2, 3, 1], &[1, 5, 6], &[6, 1], &[1, 2]]);
        assert_eq!(a.rings.len(), 2);
        assert_eq!(a.leftover, 0);
        assert!(a.rings.iter().all(|r| r.len() == 4 && r.first() == r.last()));
    }

    #[test]
    fn there_and_back_on_one_line_is_no_ring() {
        let a = assembled(&[&[1, 2], &[2, 1]]);
        assert!(a.rings.is_empty());
    }

    fn square(x: f64, y: f64, side: f64) -> LineString {
        LineString::from(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
    }

    #[test]
    fn holes_islands_in_holes_and_several_outers_nest_by_position() {
        //  +--------+   +--+
        //  | +----+ |   |  |
        //  | | [] | |   +--+
        //  | +----+ |
        //  +--------+
        let m = nest(vec![square(4., 4., 2.), square(2., 2., 6.), square(20., 0., 3.), square(0., 0., 10.)]);
        assert_eq!(m.0.len(), 3);
        let holes: usize = m.0.iter().map(|p| p.interiors().len()).sum();
        assert_eq!(holes, 1);
        assert!((m.unsigned_area() - (100. - 36. + 4. + 9.)).abs() < 1e-9);
    }

    #[test]
    fn a_hole_that_touches_the_outer_ring_in_corners_is_still_a_hole() {
        let diamond = wkt!(LINESTRING(5. 0.,10. 5.,5. 10.,0. 5.,5. 0.));
        let m = nest(vec![square(0., 0., 10.), diamond]);
        assert_eq!((m.0.len(), m.0[0].interiors().len()), (1, 1));
        assert!((m.unsigned_area() - 50.).abs() < 1e-9);
    }
}
