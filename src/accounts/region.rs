//! An extent on the map at one moment: what lies inside it.
//!
//! A thing lies inside an area when one point inside the thing does; a point on a shared border
//! lies in the area that `locate` names, hence in exactly one of a level. An area of the tree
//! (a grid, a community) lies inside a wider one only, never inside a finer one that happens to
//! hold its point; and where it names its parent, the chain of parents must lead there, too: a
//! code alone does not bring a piece of land under somebody, nor does a drawing alone.

use super::role::AreaCode;
use super::sight::Extent;
use super::whereabouts::Where;
use crate::atlas::areas::Area;
use crate::atlas::{Ident, Snapshot};
use std::sync::Arc;

/// An extent with its areas found on a snapshot. Areas that the map does not have hold nothing.
#[derive(Debug, Clone)]
pub struct Region<'m> {
    map: &'m Snapshot,
    everywhere: bool,
    areas: Vec<Found<'m>>,
}

/// An area of the tree.
#[derive(Debug, Clone, Copy)]
struct Found<'m> {
    layer: &'m Ident,
    level: u8,
    area: &'m Arc<Area>,
}

impl Found<'_> {
    fn same(&self, other: &Found<'_>) -> bool {
        self.layer == other.layer && self.area.feature.id == other.area.feature.id
    }
}

impl<'m> Region<'m> {
    pub(super) fn new(extent: &Extent, map: &'m Snapshot) -> Self {
        let areas = match extent {
            Extent::Areas(codes) => codes.iter().filter_map(|code| find(map, &code.0, u8::MAX)).collect(),
            _ => Vec::new(),
        };
        Self { map, everywhere: *extent == Extent::Everywhere, areas }
    }

    pub fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    pub fn is_nothing(&self) -> bool {
        !self.everywhere && self.areas.is_empty()
    }

    /// Whether the area lies inside; `None` is everywhere. One that the map does not have lies
    /// nowhere.
    pub fn holds_area(&self, code: Option<&AreaCode>) -> bool {
        if self.everywhere {
            return true;
        }
        let Some(found) = code.and_then(|code| find(self.map, &code.0, u8::MAX)) else { return false };
        let entry = self.map.catalogue.get(found.layer.as_str());
        entry.is_some_and(|entry| self.holds(Where::of(entry, &found.area.feature)))
    }

    /// Whether the thing lies inside; an area lies inside itself.
    pub fn holds(&self, place: Where<'_>) -> bool {
        self.is_itself(place) || self.surrounds(place)
    }

    /// Whether the thing lies inside and is not the region's own area, unless another area of the
    /// region is around that: what may be redrawn or renamed.
    pub fn surrounds(&self, place: Where<'_>) -> bool {
        if self.everywhere {
            return true;
        }
        if self.areas.is_empty() {
            return false;
        }
        let Some(point) = place.point() else { return false };
        let here = |found: &&Found<'m>| {
            let owner = self.map.area_at(found.layer.as_str(), point);
            owner.is_some_and(|owner| owner.feature.id == found.area.feature.id)
        };
        match place.level() {
            None => self.areas.iter().any(|found| here(&found)),
            Some((level, parent)) => {
                let wider = self.areas.iter().filter(|found| found.level < level);
                wider.filter(here).any(|found| self.descends(level, parent, found))
            }
        }
    }

    /// Whether the thing is one of the region's own areas. Whoever redraws or renames it changes
    /// their own rights, so that takes a right over the area around it.
    pub fn is_itself(&self, place: Where<'_>) -> bool {
        self.areas.iter().any(|found| place.is(found.layer.as_str(), found.area.feature.id))
    }

    /// Whether the chain of parents leads to the area. One that leads nowhere says nothing.
    fn descends(&self, mut level: u8, parent: Option<&str>, to: &Found<'m>) -> bool {
        let mut parent = parent.map(str::to_owned);
        while let Some(code) = &parent {
            let Some(found) = find(self.map, code, level) else { break };
            if found.same(to) {
                return true;
            }
            if found.level <= to.level {
                return false;
            }
            level = found.level;
            let layer = self.map.catalogue.get(found.layer.as_str()).map(|e| &e.layer);
            parent = layer.and_then(|l| found.area.feature.text(l.roles.parent.as_ref())).map(str::to_owned);
        }
        true
    }
}

/// The area of the tree that a grant names: its layer and itself.
pub fn area_of<'m>(map: &'m Snapshot, code: &AreaCode) -> Option<(&'m Ident, &'m Arc<Area>)> {
    find(map, &code.0, u8::MAX).map(|found| (found.layer, found.area))
}

/// The area with this code on a level wider than `below`, the finest one first.
fn find<'m>(map: &'m Snapshot, code: &str, below: u8) -> Option<Found<'m>> {
    let levels = map.levels().into_iter().rev().filter(|(level, _)| *level < below);
    let mut found = levels.filter_map(|(level, entry)| {
        let area = map.area_with_code(entry.layer.id.as_str(), code)?;
        Some(Found { layer: &entry.layer.id, level, area })
    });
    found.next()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::atlas::testing::{feature, ident, snapshot, square};
    use crate::atlas::{Feature, LayerChange};
    use crate::geometry::LonLat;
    use geo::polygon;
    use serde_json::json;

    pub fn at(x: f64, y: f64) -> LonLat {
        LonLat::new(116.0 + x / 1000.0, 29.0 + y / 1000.0).expect("in range")
    }

    fn area(id: i64, code: &str, parent: &str, (x, y, side): (f64, f64, f64)) -> Feature {
        feature(id, square(x, y, side), json!({"code": code, "name": code, "parent": parent}))
    }

    /// ```text
    ///   2 +----+----+         +----+
    ///     |    |    |         | 20 |   town 2 beside; its only community has the code 20
    ///   1 +----+----+         +----+
    ///     | 11 | 12 |         community 1 holds grids 11 and 12, community 0 the row above
    ///   0 +----+----+         town 9 holds both
    /// ```
    pub fn town() -> Snapshot {
        snapshot(vec![
            ("town", vec![area(1, "9", "", (0.0, 0.0, 2.0)), area(2, "2", "", (5.0, 1.0, 1.0))]),
            (
                "community",
                vec![
                    feature(
                        1,
                        geo::Rect::new((116.0, 29.0), (116.002, 29.001)).to_polygon(),
                        json!({"code": "1", "name": "1", "parent": "9"}),
                    ),
                    feature(
                        2,
                        geo::Rect::new((116.0, 29.001), (116.002, 29.002)).to_polygon(),
                        json!({"code": "0", "name": "0", "parent": "9"}),
                    ),
                    area(3, "20", "2", (5.0, 1.0, 1.0)),
                ],
            ),
            (
                "grid",
                vec![
                    area(1, "11", "1", (0.0, 0.0, 1.0)),
                    area(2, "12", "1", (1.0, 0.0, 1.0)),
                    area(3, "01", "0", (0.0, 1.0, 1.0)),
                    // Drawn in town 9, named as town 2's.
                    area(4, "21", "20", (1.0, 1.0, 1.0)),
                ],
            ),
        ])
    }

    fn region<'m>(map: &'m Snapshot, codes: &[&str]) -> Region<'m> {
        Extent::Areas(codes.iter().map(|c| AreaCode((*c).to_owned())).collect()).on(map)
    }

    fn holds(map: &Snapshot, code: &str, layer: &str, id: i64) -> bool {
        let entry = map.catalogue.get(layer).expect("a layer");
        let feature = map.feature(layer, crate::atlas::FeatureId(id)).expect("a feature");
        region(map, &[code]).holds(Where::of(entry, feature))
    }

    #[test]
    fn a_point_lies_in_one_area_of_a_level_also_on_a_border() {
        let map = town();
        let inside = |codes: &[&str], x, y| region(&map, codes).holds(Where::At(at(x, y)));
        assert!(inside(&["11"], 0.5, 0.5) && !inside(&["12"], 0.5, 0.5));
        assert!(inside(&["11"], 1.0, 0.5) && !inside(&["12"], 1.0, 0.5), "the lowest code has the border");
        assert!(inside(&["9"], 1.0, 0.5) && inside(&["1"], 1.0, 0.5) && !inside(&["0"], 0.5, 0.5));
        assert!(inside(&["12", "0"], 0.5, 1.5) && !inside(&["12", "0"], 0.5, 0.5));
        assert!(!inside(&["nowhere"], 0.5, 0.5) && region(&map, &["nowhere"]).is_nothing());
    }

    #[test]
    fn a_feature_lies_where_a_point_inside_it_lies() {
        let horseshoe = polygon![(x: 116.0002, y: 29.0002), (x: 116.0008, y: 29.0002), (x: 116.0008, y: 29.0003),
            (x: 116.0003, y: 29.0003), (x: 116.0003, y: 29.0008), (x: 116.0002, y: 29.0008)];
        let street = geo::LineString::from(vec![(116.0012, 29.0005), (116.0018, 29.0005)]);
        let map = town();
        let buildings = [(1, geo::Geometry::from(horseshoe)), (2, street.into())];
        let change = |(id, geometry)| LayerChange {
            seq: 2,
            layer: ident("project"),
            id: crate::atlas::FeatureId(id),
            feature: Some(feature(id, geometry, json!({"name": "x"}))),
        };
        let map = map.apply(&buildings.map(change)).0;
        assert!(holds(&map, "11", "project", 1) && !holds(&map, "12", "project", 1));
        assert!(holds(&map, "12", "project", 2) && !holds(&map, "11", "project", 2));
        assert!(holds(&map, "9", "project", 1) && !holds(&map, "2", "project", 1));
    }

    #[test]
    fn an_area_lies_in_itself_and_in_wider_ones_only() {
        let map = town();
        assert!(holds(&map, "11", "grid", 1) && holds(&map, "1", "grid", 1) && holds(&map, "9", "grid", 1));
        assert!(!holds(&map, "11", "grid", 2) && !holds(&map, "0", "grid", 1));
        for wider in ["community", "town"] {
            assert!(!holds(&map, "11", wider, 1), "the point of a {wider} may well lie in one of its grids");
        }
        assert!(holds(&map, "9", "community", 1) && !holds(&map, "1", "community", 2));
    }

    #[test]
    fn a_grid_that_is_drawn_in_one_town_and_named_as_another_s_is_in_neither() {
        let map = town();
        for code in ["9", "0", "2", "20"] {
            assert!(!holds(&map, code, "grid", 4), "{code}");
        }
        assert!(holds(&map, "21", "grid", 4), "it is still itself");
    }

    #[test]
    fn a_parent_that_nobody_knows_leaves_the_drawing_to_decide() {
        let map = town();
        let entry = map.catalogue.get("grid").expect("grids");
        for parent in [json!("no such code"), json!(""), json!(null), json!(7)] {
            let orphan = feature(9, square(0.2, 0.2, 0.1), json!({"code": "x", "name": "x", "parent": parent}));
            assert!(region(&map, &["1"]).holds(Where::of(entry, &orphan)));
            assert!(!region(&map, &["0"]).holds(Where::of(entry, &orphan)));
        }
    }

    #[test]
    fn a_grant_s_area_lies_inside_the_areas_around_it() {
        let map = town();
        let inside = |codes: &[&str], code: Option<&str>| {
            region(&map, codes).holds_area(code.map(|c| AreaCode(c.to_owned())).as_ref())
        };
        assert!(inside(&["1"], Some("1")) && inside(&["1"], Some("11")) && inside(&["9"], Some("12")));
        assert!(
            !inside(&["1"], Some("9"))
                && !inside(&["1"], Some("0"))
                && !inside(&["1"], Some("x"))
                && !inside(&["1"], None)
        );
        assert!(
            Extent::Everywhere.on(&map).holds_area(None)
                && Extent::Everywhere.on(&map).holds_area(Some(&AreaCode("x".into())))
        );
    }

    #[test]
    fn only_the_area_itself_is_its_own() {
        let map = town();
        let entry = map.catalogue.get("grid").expect("grids");
        let own = |id| {
            region(&map, &["11"])
                .is_itself(Where::of(entry, &map.layers["grid"].features[&crate::atlas::FeatureId(id)]))
        };
        assert!(own(1) && !own(2));
    }
}
