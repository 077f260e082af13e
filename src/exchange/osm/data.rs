//! An OSM extract in memory: positions, tagged nodes, ways, relations; missing references are
//! visible as such. Knows nothing of layers.

use crate::geometry::{BBox, LonLat};
use std::collections::HashMap;
use std::sync::Arc;

/// The tags of an element that this program looks at; strings are shared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tags(pub Vec<(Arc<str>, Arc<str>)>);

impl Tags {
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| &**k == key).map(|(_, v)| &**v)
    }

    /// The tag is there with one of these values.
    pub fn is(&self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|v| values.contains(&v))
    }

    /// The tag is there and does not say no.
    pub fn yes(&self, key: &str) -> bool {
        self.get(key).is_some_and(|v| !matches!(v, "no" | "false" | "0"))
    }

    /// The value when it is a whole number ≥ 0.
    pub fn count(&self, key: &str) -> Option<u32> {
        self.get(key)?.trim().parse().ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (&**k, &**v))
    }
}

/// Index of a node in [`OsmData`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIndex(pub u32);

/// Positions of all nodes that ways use, by OSM id.
#[derive(Debug, Clone, Default)]
pub struct Positions {
    /// Sorted.
    ids: Vec<i64>,
    at: Vec<Option<LonLat>>,
}

impl Positions {
    /// Room for these nodes, none of them known yet.
    pub fn for_nodes(mut ids: Vec<i64>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
        Self { at: vec![None; ids.len()], ids }
    }

    pub fn index(&self, id: i64) -> Option<NodeIndex> {
        self.ids.binary_search(&id).ok().and_then(|i| u32::try_from(i).ok()).map(NodeIndex)
    }

    pub fn set(&mut self, id: i64, at: LonLat) {
        if let Ok(i) = self.ids.binary_search(&id) {
            self.at[i] = Some(at);
        }
    }

    pub fn get(&self, node: NodeIndex) -> Option<LonLat> {
        self.at[node.0 as usize]
    }

    /// Not one of the nodes was in the file.
    pub fn none_known(&self) -> bool {
        self.at.iter().all(Option::is_none)
    }
}

/// A node with tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: i64,
    pub at: LonLat,
    pub tags: Tags,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    pub id: i64,
    pub nodes: Vec<NodeIndex>,
    pub tags: Tags,
}

impl Way {
    pub fn is_closed(&self) -> bool {
        self.nodes.len() >= 4 && self.nodes.first() == self.nodes.last()
    }
}

/// A way that a relation names, and as what.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub way: i64,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `outer`, or no role.
    Outer,
    Inner,
    /// Anything else.
    Other,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    pub id: i64,
    /// Ways only: areas need nothing else.
    pub members: Vec<Member>,
    pub tags: Tags,
}

/// The extract.
#[derive(Debug, Clone, Default)]
pub struct OsmData {
    pub positions: Positions,
    pub nodes: Vec<Node>,
    pub ways: Vec<Way>,
    pub relations: Vec<Relation>,
    /// The file's own box.
    pub bounds: Option<BBox>,
    way_by_id: HashMap<i64, u32>,
    node_by_index: HashMap<NodeIndex, u32>,
}

impl OsmData {
    /// An extract of this box, still empty.
    pub fn covering(bounds: Option<BBox>) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Builds the look-ups after all elements are there.
    pub fn link(&mut self) {
        self.way_by_id = (0..).zip(&self.ways).map(|(i, w)| (w.id, i)).collect();
        let tagged = (0..).zip(&self.nodes);
        self.node_by_index = tagged.filter_map(|(i, n)| Some((self.positions.index(n.id)?, i))).collect();
    }

    pub fn way(&self, id: i64) -> Option<&Way> {
        self.way_by_id.get(&id).map(|&i| &self.ways[i as usize])
    }

    /// Tags of a node of a way, when it has any.
    pub fn node_tags(&self, node: NodeIndex) -> Option<&Tags> {
        self.node_by_index.get(&node).map(|&i| &self.nodes[i as usize].tags)
    }

    /// The way's runs of known positions, each of two nodes or more; more than one where
    /// references are missing in the middle.
    pub fn runs(&self, nodes: &[NodeIndex]) -> Vec<Vec<NodeIndex>> {
        let known = nodes.split(|&n| self.positions.get(n).is_none());
        let mut runs: Vec<Vec<NodeIndex>> = known.map(<[_]>::to_vec).collect();
        for run in &mut runs {
            run.dedup();
        }
        runs.retain(|run| run.len() >= 2);
        runs
    }

    /// The way's line: `None` when fewer than two positions in a row are known.
    pub fn line(&self, nodes: &[NodeIndex]) -> Option<geo::Geometry> {
        let mut lines: Vec<geo::LineString> = self
            .runs(nodes)
            .iter()
            .map(|run| run.iter().filter_map(|&n| self.positions.get(n)).map(LonLat::coord).collect())
            .collect();
        match lines.len() {
            0 => None,
            1 => lines.pop().map(geo::Geometry::LineString),
            _ => Some(geo::Geometry::MultiLineString(geo::MultiLineString::new(lines))),
        }
    }

    /// How many of the nodes the file does not hold.
    pub fn missing(&self, nodes: &[NodeIndex]) -> usize {
        nodes.iter().filter(|&&n| self.positions.get(n).is_none()).count()
    }
}
