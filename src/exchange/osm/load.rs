//! Reads an extract into [`OsmData`] in two passes, so that the order of elements in the file
//! does not matter: ways and relations first, then the positions they need.

use super::data::{Member, Node, OsmData, Positions, Relation, Role, Tags, Way};
use super::pbf::PbfFile;
use super::report::OsmReport;
use crate::exchange::{ExchangeError, Progress};
use crate::geometry::LonLat;
use osmpbf::{Element, RelMemberType};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// Reads the file. What it lacks is counted in `report`.
pub fn load(path: &Path, report: &mut OsmReport, progress: &mut dyn FnMut(Progress)) -> Result<OsmData, ExchangeError> {
    let mut file = PbfFile::open(path)?;
    let mut pool = Pool::default();
    let mut data = OsmData::covering(file.bounds);
    let mut refs: Vec<Vec<i64>> = Vec::new();
    file.each(
        |element| match element {
            Element::Way(way) => {
                refs.push(way.refs().collect());
                data.ways.push(Way { id: way.id(), nodes: Vec::new(), tags: pool.tags(way.tags()) });
            }
            Element::Relation(relation) => data.relations.extend(relation_of(&relation, &mut pool)),
            _ => {}
        },
        |share| progress(Progress { phase: "reading ways", share }),
    )?;
    data.positions = Positions::for_nodes(refs.iter().flatten().copied().collect());
    for (way, refs) in data.ways.iter_mut().zip(refs) {
        way.nodes = refs.into_iter().filter_map(|id| data.positions.index(id)).collect();
    }
    file.each(
        |element| {
            let (id, lon, lat, tags) = match &element {
                Element::Node(n) => (n.id(), n.decimicro_lon(), n.decimicro_lat(), pool.tags(n.tags())),
                Element::DenseNode(n) => (n.id(), n.decimicro_lon(), n.decimicro_lat(), pool.tags(n.tags())),
                _ => return,
            };
            report.nodes += 1;
            match LonLat::new(f64::from(lon) / 1e7, f64::from(lat) / 1e7) {
                Ok(at) => {
                    data.positions.set(id, at);
                    if !tags.is_empty() {
                        data.nodes.push(Node { id, at, tags });
                    }
                }
                Err(_) => report.skip("position out of range", || format!("node/{id}")),
            }
        },
        |share| progress(Progress { phase: "reading nodes", share }),
    )?;
    (report.ways, report.relations) = (data.ways.len(), data.relations.len());
    data.link();
    note_missing(&data, report);
    Ok(data)
}

fn relation_of(relation: &osmpbf::Relation<'_>, pool: &mut Pool) -> Option<Relation> {
    let tags = pool.tags(relation.tags());
    // Routes, restrictions and the like are no areas.
    if !tags.is("type", &["multipolygon", "boundary"]) {
        return None;
    }
    let ways = relation.members().filter(|m| m.member_type == RelMemberType::Way);
    let members = ways.map(|m| Member {
        way: m.member_id,
        role: match m.role().unwrap_or_default() {
            "" | "outer" | "exclave" => Role::Outer,
            "inner" | "enclave" => Role::Inner,
            _ => Role::Other,
        },
    });
    Some(Relation { id: relation.id(), members: members.collect(), tags })
}

fn note_missing(data: &OsmData, report: &mut OsmReport) {
    for way in &data.ways {
        let missing = data.missing(&way.nodes);
        report.missing_nodes += missing;
        if missing > 0 {
            report.note("ways with missing nodes (the rest is kept)", || format!("way/{}", way.id));
        }
    }
    let members = data.relations.iter().flat_map(|r| &r.members);
    report.missing_ways = members.filter(|m| data.way(m.way).is_none()).count();
}

/// Shares equal strings.
#[derive(Default)]
pub(super) struct Pool(HashSet<Arc<str>>);

impl Pool {
    fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }

    pub(super) fn tags<'a>(&mut self, tags: impl Iterator<Item = (&'a str, &'a str)>) -> Tags {
        let kept = tags.filter(|(k, v)| is_used(k) && !v.is_empty());
        Tags(kept.map(|(k, v)| (self.share(k), self.share(v))).collect())
    }
}

/// Leaves out what no part of the program reads; half of all tags are of this kind.
fn is_used(key: &str) -> bool {
    const PREFIXES: [&str; 14] = [
        "source",
        "created_by",
        "note",
        "fixme",
        "FIXME",
        "tiger:",
        "gnis:",
        "wikidata",
        "wikipedia",
        "import",
        "old_",
        "ref:",
        "roof:",
        "was:",
    ];
    match key.strip_prefix("name:") {
        Some(language) => matches!(language, "en" | "zh" | "zh-Hans"),
        None => !PREFIXES.iter().any(|p| key.starts_with(p)),
    }
}
