//! Hand-drawn extracts for tests.

use super::data::{Member, Node, NodeIndex, OsmData, Positions, Relation, Role, Way};
use super::load::Pool;
use crate::geometry::LonLat;

pub type HandTags<'a> = &'a [(&'a str, &'a str)];
/// Id, longitude, latitude, tags.
pub type HandNode<'a> = (i64, f64, f64, HandTags<'a>);
/// Id, nodes, tags.
pub type HandWay<'a> = (i64, &'a [i64], HandTags<'a>);
/// Id, ways with their roles, tags.
pub type HandRelation<'a> = (i64, &'a [(i64, &'a str)], HandTags<'a>);

pub fn hand_made(nodes: &[HandNode<'_>], ways: &[HandWay<'_>], relations: &[HandRelation<'_>]) -> OsmData {
    let mut pool = Pool::default();
    let all = ways.iter().flat_map(|w| w.1.iter().copied()).collect();
    let mut data = OsmData::covering(None);
    data.positions = Positions::for_nodes(all);
    for &(id, lon, lat, tags) in nodes {
        let at = LonLat::new(lon, lat).expect("in range");
        data.positions.set(id, at);
        if !tags.is_empty() {
            data.nodes.push(Node { id, at, tags: pool.tags(tags.iter().copied()) });
        }
    }
    for &(id, refs, tags) in ways {
        let nodes: Vec<NodeIndex> = refs.iter().filter_map(|&r| data.positions.index(r)).collect();
        data.ways.push(Way { id, nodes, tags: pool.tags(tags.iter().copied()) });
    }
    for &(id, members, tags) in relations {
        let members = members.iter().map(|&(way, role)| Member {
            way,
            role: match role {
                "outer" | "" => Role::Outer,
                "inner" => Role::Inner,
                _ => Role::Other,
            },
        });
        data.relations.push(Relation { id, members: members.collect(), tags: pool.tags(tags.iter().copied()) });
    }
    data.link();
    data
}
