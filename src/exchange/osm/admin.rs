//! Administrative boundaries as districts, towns and communities. Which `admin_level` is which
//! layer differs between countries, so it is data: [`AdminLevels`].

use super::areas::Area;
use super::features::{Features, Properties};
use crate::geometry::BBox;
use geo::{Contains, InteriorPoint};
use std::collections::HashSet;

/// OSM admin levels of each layer, the preferred one first; a layer takes the first level that
/// the extract has whole areas of, because areas of one layer must not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminLevels {
    pub district: Vec<u8>,
    pub town: Vec<u8>,
    pub community: Vec<u8>,
}

impl Default for AdminLevels {
    /// China: 6 county or district, 8 township or subdistrict, 10 village or community. The
    /// same numbers are county, municipality and quarter in most of Europe and America.
    fn default() -> Self {
        Self { district: vec![6, 5], town: vec![8, 7], community: vec![10, 9] }
    }
}

/// Reads `district=6,town=8,community=10+9`; a layer that is not named keeps its default.
impl std::str::FromStr for AdminLevels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for part in text.split(',') {
            let (layer, levels) = part.split_once('=').ok_or_else(|| format!("{part:?} is not layer=level"))?;
            let levels: Result<Vec<u8>, _> = levels.split('+').map(|l| l.trim().parse()).collect();
            let levels = levels.map_err(|_| format!("{part:?} does not give levels as numbers"))?;
            match layer.trim() {
                "district" => all.district = levels,
                "town" => all.town = levels,
                "community" => all.community = levels,
                other => return Err(format!("{other:?} is not one of district, town, community")),
            }
        }
        Ok(all)
    }
}

struct Placed<'a> {
    area: &'a Area<'a>,
    code: String,
    bbox: BBox,
}

/// Boundaries whose rings are whole, as features with code, name and parent.
pub fn boundaries(areas: &[Area<'_>], levels: &AdminLevels, out: &mut Features) {
    let whole: Vec<(u8, &Area<'_>)> = areas.iter().filter_map(|a| Some((level(a)?, a))).collect();
    let mut above: Vec<Placed<'_>> = Vec::new();
    let layers = [("district", &levels.district), ("town", &levels.town), ("community", &levels.community)];
    for (layer, levels) in layers {
        let chosen = levels.iter().find(|l| whole.iter().any(|(level, _)| level == *l));
        let mut codes = HashSet::new();
        let mut here = Vec::new();
        for area in whole.iter().filter(|(level, _)| Some(level) == chosen).map(|(_, a)| *a) {
            let code = code(area, &mut codes);
            let properties = Properties::named(area.tags)
                .text("code", Some(&code))
                .text("parent", parent(area, &above).map(|p| p.code.as_str()));
            out.push(layer, area.geometry(), properties, area.reference.clone());
            here.extend(BBox::of(&area.geometry()).map(|bbox| Placed { area, code, bbox }));
        }
        // The nearest level above comes first when a parent is sought.
        here.append(&mut above);
        above = here;
    }
}

fn level(area: &Area<'_>) -> Option<u8> {
    let boundary = area.complete && area.tags.is("boundary", &["administrative"]) && area.tags.get("name").is_some();
    boundary.then(|| area.tags.get("admin_level")?.parse().ok()).flatten()
}

/// The official code where OSM has one that no other area uses, else OSM's own number.
fn code(area: &Area<'_>, taken: &mut HashSet<String>) -> String {
    let official = area.tags.get("ref").filter(|r| !taken.contains(*r));
    let own = || match area.reference.split_once('/') {
        Some((kind, id)) => format!("{}{id}", &kind[..1]),
        None => area.reference.clone(),
    };
    let code = official.map_or_else(own, str::to_owned);
    taken.insert(code.clone());
    code
}

fn parent<'p, 'a>(area: &Area<'_>, above: &'p [Placed<'a>]) -> Option<&'p Placed<'a>> {
    let inside = area.polygon.interior_point()?;
    above.iter().find(|p| {
        let b = p.bbox;
        let boxed = b.west <= inside.x() && inside.x() <= b.east && b.south <= inside.y() && inside.y() <= b.north;
        boxed && p.area.polygon.contains(&inside)
    })
}

#[cfg(test)]
mod tests {
    use super::super::hand::{HandNode, HandTags, HandWay, hand_made};
    use super::super::report::OsmReport;
    use super::*;

    #[test]
    fn a_boundary_lies_in_the_layer_of_its_level_and_knows_its_parent() {
        let nodes: [HandNode<'_>; 7] = [
            (1, 0., 0., &[]),
            (2, 4., 0., &[]),
            (3, 4., 4., &[]),
            (4, 0., 4., &[]),
            (5, 2., 0., &[]),
            (6, 2., 4., &[]),
            (7, 9., 9., &[]),
        ];
        let tags = |name: &'static str, level: &'static str| {
            [("boundary", "administrative"), ("name", name), ("admin_level", level), ("ref", "360483100")]
        };
        let (town, west, east) = (tags("南康镇", "8"), tags("西", "10"), tags("东", "10"));
        let ways: [HandWay<'_>; 3] =
            [(1, &[1, 2, 3, 4, 1], &town as HandTags<'_>), (2, &[1, 5, 6, 4, 1], &west), (3, &[5, 2, 3, 6, 5], &east)];
        let data = hand_made(&nodes, &ways, &[]);
        let areas = super::super::areas::areas(&data, &mut OsmReport::default());
        let mut out = Features::default();
        boundaries(&areas, &AdminLevels::default(), &mut out);
        assert_eq!(out.get("town")[0].properties["code"], "360483100");
        assert!(out.get("town")[0].properties.get("parent").is_none());
        let codes: Vec<_> = out.get("community").iter().map(|f| f.properties["code"].as_str()).collect();
        assert_eq!(codes, [Some("360483100"), Some("w3")], "a code is used once");
        assert!(out.get("community").iter().all(|f| f.properties["parent"] == "360483100"));
    }

    #[test]
    fn levels_are_read_from_text() {
        let levels: AdminLevels = "town=7,community=9+10".parse().expect("levels");
        assert_eq!(levels, AdminLevels { district: vec![6, 5], town: vec![7], community: vec![9, 10] });
        assert!("town=x".parse::<AdminLevels>().is_err());
        assert!("grid=9".parse::<AdminLevels>().is_err());
    }
}
