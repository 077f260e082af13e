//! A tiny writer of uncompressed `.osm.pbf` files for tests: no checksum stands between a
//! changed byte and the decoder.

use super::hand::{HandNode, HandRelation, HandWay};

/// A file with a header box and three blocks in an unusual order: relations, ways, nodes.
pub fn pbf(nodes: &[HandNode<'_>], ways: &[HandWay<'_>], relations: &[HandRelation<'_>]) -> Vec<u8> {
    let bbox = [0, 10, 10, 0].map(|degrees: i64| zigzag(degrees * 1_000_000_000));
    let bbox: Vec<u8> = (1..).zip(bbox).flat_map(|(n, v)| number(n, v)).collect();
    let features = ["OsmSchema-V0.6", "DenseNodes"].map(|f| bytes(4, f.as_bytes())).concat();
    let header = [bytes(1, &bbox), features].concat();
    let mut strings = Strings::default();
    let relations: Vec<u8> = relations.iter().flat_map(|r| bytes(4, &relation(r, &mut strings))).collect();
    let relations = strings.block(&relations);
    let mut strings = Strings::default();
    let ways: Vec<u8> = ways.iter().flat_map(|w| bytes(3, &way(w, &mut strings))).collect();
    let ways = strings.block(&ways);
    let mut strings = Strings::default();
    let nodes: Vec<u8> = nodes.iter().flat_map(|n| bytes(1, &node(n, &mut strings))).collect();
    let nodes = strings.block(&nodes);
    [blob("OSMHeader", &header), blob("OSMData", &relations), blob("OSMData", &ways), blob("OSMData", &nodes)].concat()
}

#[derive(Default)]
struct Strings(Vec<String>);

impl Strings {
    fn index(&mut self, text: &str) -> u64 {
        let found = self.0.iter().position(|s| s == text).unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        });
        // Index 0 is reserved.
        found as u64 + 1
    }

    fn tags(&mut self, tags: &[(&str, &str)]) -> Vec<u8> {
        let keys: Vec<u64> = tags.iter().map(|(k, _)| self.index(k)).collect();
        let values: Vec<u64> = tags.iter().map(|(_, v)| self.index(v)).collect();
        [packed(2, keys), packed(3, values)].concat()
    }

    fn block(&self, group: &[u8]) -> Vec<u8> {
        let table: Vec<u8> = self.0.iter().flat_map(|s| bytes(1, s.as_bytes())).collect();
        [bytes(1, &[bytes(1, b""), table].concat()), bytes(2, group)].concat()
    }
}

fn node((id, lon, lat, tags): &HandNode<'_>, strings: &mut Strings) -> Vec<u8> {
    let place = [(1, *id), (8, (lat * 1e7) as i64), (9, (lon * 1e7) as i64)];
    let place: Vec<u8> = place.into_iter().flat_map(|(n, v)| number(n, zigzag(v))).collect();
    [place, strings.tags(tags)].concat()
}

fn way((id, refs, tags): &HandWay<'_>, strings: &mut Strings) -> Vec<u8> {
    [number(1, *id as u64), strings.tags(tags), packed(8, deltas(refs.iter().copied()))].concat()
}

fn relation((id, members, tags): &HandRelation<'_>, strings: &mut Strings) -> Vec<u8> {
    let roles = members.iter().map(|(_, role)| strings.index(role)).collect();
    let members: Vec<i64> = members.iter().map(|(way, _)| *way).collect();
    let types = vec![1; members.len()];
    let lists = [packed(8, roles), packed(9, deltas(members.into_iter())), packed(10, types)].concat();
    [number(1, *id as u64), strings.tags(tags), lists].concat()
}

fn deltas(values: impl Iterator<Item = i64>) -> Vec<u64> {
    let mut last = 0;
    let delta = |v: i64| zigzag(v - std::mem::replace(&mut last, v));
    values.map(delta).collect()
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let body = bytes(1, content);
    let header = [bytes(1, kind.as_bytes()), number(3, body.len() as u64)].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, body].concat()
}

fn zigzag(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

fn varint(mut v: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while v >= 0x80 {
        out.push((v & 0x7f) as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
    out
}

fn number(field: u64, v: u64) -> Vec<u8> {
    [varint(field << 3), varint(v)].concat()
}

fn bytes(field: u64, v: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(v.len() as u64), v.to_vec()].concat()
}

fn packed(field: u64, values: Vec<u64>) -> Vec<u8> {
    bytes(field, &values.into_iter().flat_map(varint).collect::<Vec<_>>())
}
