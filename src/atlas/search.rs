//! Search of a snapshot by name, pinyin, pinyin initials or code. Streets of one name, drawn
//! as many pieces, are one result.

use super::catalogue::CatalogueEntry;
use super::feature::FeatureId;
use super::layer::{GeometryKind, Ident};
use super::names::{Found, Key, Named, fold};
use super::snapshot::Snapshot;
use crate::geometry::{BBox, LonLat, ground_distance};
use serde::Serialize;
use std::collections::HashMap;

/// What is searched.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    pub text: String,
    pub limit: usize,
    /// Of equally good results the nearest come first.
    pub near: Option<LonLat>,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SearchHit {
    #[schema(value_type = String)]
    pub layer: Ident,
    #[schema(value_type = i64)]
    pub id: FeatureId,
    pub code: Option<String>,
    pub name: Option<String>,
    pub lon: f64,
    pub lat: f64,
    /// West, south, east, north; of all pieces where several were merged.
    pub bbox: [f64; 4],
}

/// How well a result fits; less is better.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Fit {
    /// Exact, prefix or inside; in each the name before the code before pinyin.
    class: u8,
    kind: u8,
    /// Metres to `near`.
    distance: f64,
    /// Areas, then services, then the base map.
    layer: u16,
    length: usize,
}

struct Candidate<'a> {
    fit: Fit,
    entry: &'a CatalogueEntry,
    named: &'a Named,
    bbox: BBox,
}

/// The best results, best first; nothing for a text without letters or digits.
pub fn search(snapshot: &Snapshot, query: &SearchQuery) -> Vec<SearchHit> {
    let text = fold(&query.text);
    if text.is_empty() || query.limit == 0 {
        return Vec::new();
    }
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for entry in snapshot.catalogue.iter() {
        let data = snapshot.layers.get(&entry.layer.id);
        let Some(names) = data.and_then(|d| d.names.as_ref()) else { continue };
        let first = candidates.len();
        for found in names.find(&text) {
            let fit = fit(entry, &found, query.near);
            match candidates[first..].last_mut().filter(|c| std::ptr::eq(c.named, found.named)) {
                Some(same) if fit < same.fit => same.fit = fit,
                Some(_) => {}
                None => {
                    let bbox = found.named.feature.bbox;
                    candidates.push(Candidate { fit, entry, named: found.named, bbox });
                }
            }
        }
        if entry.layer.geometry == GeometryKind::Line {
            merge(&mut candidates, first);
        }
    }
    let order = |a: &Candidate<'_>, b: &Candidate<'_>| {
        let by_fit = a.fit.partial_cmp(&b.fit).unwrap_or(std::cmp::Ordering::Equal);
        by_fit.then_with(|| (&a.entry.layer.id, a.named.feature.id).cmp(&(&b.entry.layer.id, b.named.feature.id)))
    };
    if candidates.len() > query.limit {
        candidates.select_nth_unstable_by(query.limit, order);
        candidates.truncate(query.limit);
    }
    candidates.sort_by(order);
    candidates.iter().map(hit).collect()
}

fn fit(entry: &CatalogueEntry, found: &Found<'_>, near: Option<LonLat>) -> Fit {
    let class = match (found.exact, found.prefix) {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    };
    let group = if entry.layer.group.as_str() == "base" { 1000 } else { 0 };
    Fit {
        class,
        kind: found.key as u8 - Key::Name as u8,
        distance: near.map_or(0.0, |p| ground_distance(p, found.named.at).0),
        layer: group + entry.layer.order,
        length: found.named.length,
    }
}

/// Pieces of one street become one result: the best piece with the box of all.
fn merge<'a>(candidates: &mut Vec<Candidate<'a>>, first: usize) {
    let mut kept: HashMap<&'a str, usize> = HashMap::new();
    let pieces = candidates.split_off(first);
    for piece in pieces {
        let Some(name) = piece.named.feature.name(&piece.entry.layer) else {
            candidates.push(piece);
            continue;
        };
        match kept.get(name) {
            Some(&i) => {
                let bbox = candidates[i].bbox.union(piece.bbox);
                if piece.fit < candidates[i].fit {
                    candidates[i] = piece;
                }
                candidates[i].bbox = bbox;
            }
            None => {
                kept.insert(name, candidates.len());
                candidates.push(piece);
            }
        }
    }
}

fn hit(candidate: &Candidate<'_>) -> SearchHit {
    let (entry, feature, at) = (candidate.entry, &candidate.named.feature, candidate.named.at);
    let text = |role: Option<&Ident>| feature.text(role).map(str::to_owned);
    SearchHit {
        layer: entry.layer.id.clone(),
        id: feature.id,
        code: text(entry.layer.roles.code.as_ref()),
        name: text(entry.layer.roles.name.as_ref()),
        lon: at.lon(),
        lat: at.lat(),
        bbox: candidate.bbox.array(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{feature, snapshot, square};
    use super::*;
    use geo::{LineString, Point};
    use serde_json::json;

    fn town() -> Snapshot {
        let poi = |id, name: &str, x: f64| {
            feature(id, Point::new(116.0 + x, 29.0), json!({"name": name, "category": "market"}))
        };
        let road = |id, name: &str, x: f64| {
            feature(id, LineString::from(vec![(116.0 + x, 29.0), (116.001 + x, 29.0)]), json!({"name": name}))
        };
        snapshot(vec![
            ("town", vec![feature(1, square(0.0, 0.0, 9.0), json!({"code": "360483100", "name": "南康镇"}))]),
            (
                "poi",
                vec![
                    poi(1, "南康镇超市", 0.0),
                    poi(2, "新南康超市", 0.001),
                    poi(3, "Église Sainte-Dévote", 0.002),
                    poi(4, "重庆火锅", 0.003),
                    poi(5, "ＡＢ１２号", 0.004),
                    poi(6, "金康超市", 0.05),
                ],
            ),
            ("road", vec![road(1, "紫阳大道", 0.0), road(2, "紫阳大道", 0.001), road(3, "紫阳东路", 0.002)]),
        ])
    }

    fn names(text: &str, near: Option<(f64, f64)>) -> Vec<String> {
        let near = near.map(|(lon, lat)| LonLat::new(lon, lat).expect("in range"));
        let hits = search(&town(), &SearchQuery { text: text.into(), limit: 10, near });
        hits.into_iter().filter_map(|h| h.name).collect()
    }

    #[test]
    fn exact_comes_before_prefix_before_the_inside_of_a_name() {
        assert_eq!(names("南康镇", None), ["南康镇", "南康镇超市"]);
        assert_eq!(names("南康", None), ["南康镇", "南康镇超市", "新南康超市"]);
        assert!(names("没有", None).is_empty());
        assert!(names(" ·-", None).is_empty());
    }

    #[test]
    fn pinyin_and_initials_find_chinese_names() {
        assert_eq!(names("nankang", None), ["南康镇", "南康镇超市", "新南康超市"]);
        assert_eq!(names("nkz", None)[0], "南康镇");
        assert_eq!(names("zydd", None), ["紫阳大道"]);
        assert_eq!(names("chongqing", None), ["重庆火锅"]);
    }

    #[test]
    fn diacritics_case_width_and_punctuation_do_not_matter() {
        for text in ["Eglise", "ÉGLISE", "sainte devote", "Sainte-Dévote"] {
            assert_eq!(names(text, None), ["Église Sainte-Dévote"], "{text}");
        }
        assert_eq!(names("ab12", None), ["ＡＢ１２号"]);
    }

    #[test]
    fn a_code_is_found_by_its_beginning_only() {
        assert_eq!(names("360483", None), ["南康镇"]);
        assert!(names("483100", None).is_empty());
    }

    #[test]
    fn pieces_of_one_street_are_one_result_with_the_box_of_all() {
        let hits = search(&town(), &SearchQuery { text: "紫阳".into(), limit: 10, near: None });
        assert_eq!(hits.len(), 2);
        assert_eq!(hits[0].name.as_deref(), Some("紫阳大道"));
        assert!(hits[0].bbox[0] == 116.0 && (hits[0].bbox[2] - 116.002).abs() < 1e-9, "{:?}", hits[0].bbox);
    }

    #[test]
    fn of_equally_good_results_the_nearest_comes_first() {
        assert_eq!(names("超市", Some((116.05, 29.0)))[0], "金康超市");
        assert_eq!(names("超市", Some((116.0, 29.0)))[0], "南康镇超市");
    }

    #[test]
    fn no_more_than_the_limit_and_the_best_of_all() {
        let hits = search(&town(), &SearchQuery { text: "南康".into(), limit: 1, near: None });
        assert_eq!(hits.iter().filter_map(|h| h.name.as_deref()).collect::<Vec<_>>(), ["南康镇"]);
    }
}
