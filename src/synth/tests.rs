//! What every town must be: the same each time, with the reports' figures, without gaps, walkable.

use super::*;
use crate::atlas::{Catalogue, validate};
use crate::geometry::{LonLat, Plane, Xy};
use geo::{Area, Geometry, LineString, Polygon};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

static TOWNS: LazyLock<BTreeMap<PlaceKey, Town>> =
    LazyLock::new(|| PlaceKey::ALL.into_iter().map(|k| (k, town(k))).collect());

fn layer(key: PlaceKey, id: &str) -> &'static [NewFeature] {
    TOWNS[&key].features.get(id).map_or(&[], Vec::as_slice)
}

fn text(f: &NewFeature, property: &str) -> String {
    f.properties.get(property).and_then(Value::as_str).unwrap_or_default().to_string()
}

fn sum(key: PlaceKey, id: &str, property: &str) -> u64 {
    layer(key, id).iter().filter_map(|f| f.properties.get(property)?.as_u64()).sum()
}

fn distinct(key: PlaceKey, id: &str, property: &str) -> usize {
    let all = layer(key, id).iter().map(|f| text(f, property)).filter(|t| !t.is_empty());
    all.collect::<BTreeSet<_>>().len()
}

fn with(key: PlaceKey, id: &str, property: &str, value: &str) -> usize {
    layer(key, id).iter().filter(|f| text(f, property) == value).count()
}

#[test]
fn a_town_is_the_same_every_time() {
    for key in PlaceKey::ALL {
        assert!(town(key) == TOWNS[&key], "{key}");
    }
}

/// What the town has for a figure of its report; `None` for a figure nobody counts.
fn counted(key: PlaceKey, figure: &str) -> Option<u64> {
    let n = |id: &str| layer(key, id).len() as u64;
    let list = |f: &NewFeature, p: &str| f.properties.get(p).and_then(Value::as_array).map_or(0, Vec::len);
    let roles = |role: &str| {
        let people = layer(key, "grid").iter().flat_map(|g| g.properties["workers"].as_array().into_iter().flatten());
        people.filter(|w| w["role"] == role).count() as u64
    };
    let all_grids = |f: &dyn Fn(&NewFeature) -> usize| {
        let values: BTreeSet<usize> = layer(key, "grid").iter().map(f).collect();
        values.first().filter(|_| values.len() == 1).map(|v| *v as u64)
    };
    Some(match (key, figure) {
        (_, "communities") => n("community"),
        (_, "grids") => n("grid"),
        (PlaceKey::Jiangyin, "guidance_stations") => with(key, "station", "kind", "指导站") as u64,
        (_, "stations") => n("station"),
        (_, "full_time_workers") => roles("grid_worker"),
        (_, "team_size") => all_grids(&|g| list(g, "team"))?,
        (_, "bays") => sum(key, "parking_street", "bays"),
        // The roads and the stream.
        (_, "bay_roads") => distinct(key, "parking_street", "road") as u64 - 1,
        (_, "spaces") => sum(key, "parking_lot", "spaces"),
        (_, "elder_care") => n("elder_care"),
        (_, "venues") => n("venue"),
        (_, "zones") => with(key, "zone", "kind", "responsibility_area") as u64,
        (_, "teams") => distinct(key, "zone", "branch") as u64,
        (_, "alleys") => n("alley"),
        (_, "visits") => sum(key, "station", "visits"),
        (_, "party_services") => n("party_service"),
        (_, "party_service_min_m2") => {
            layer(key, "party_service").iter().filter_map(|f| f.properties["floor_area_m2"].as_u64()).min()?
        }
        (_, "centres") => n("centre"),
        (_, "green_estates") => with(key, "estate", "rating", "green") as u64,
        (_, "help_centres") => with(key, "help_desk", "tier", "centre") as u64,
        (_, "help_towns") => with(key, "help_desk", "tier", "town") as u64,
        (_, "projects") => n("project"),
        (_, "units") => {
            let all = layer(key, "community")
                .iter()
                .flat_map(|c| c.properties["paired_units"].as_array().into_iter().flatten());
            all.map(Value::to_string).collect::<BTreeSet<_>>().len() as u64
        }
        (_, "paired_members") => sum(key, "community", "paired_members"),
        (_, "households_per_grid") => (sum(key, "grid", "households") + n("grid") / 2) / n("grid"),
        (_, "business_lines") => all_grids(&|g| list(g, "business_lines"))?,
        (_, "guides_full_time") => sum(key, "station", "staff_full_time"),
        (_, "guides_part_time") => sum(key, "station", "staff_part_time"),
        (_, "vanguard_members") => with(key, "station", "kind", "先锋驿站") as u64,
        (_, "contacted_members") => sum(key, "station", "members"),
        (_, "contacted_households") => sum(key, "station", "contacted_households"),
        (_, "old_estates") => layer(key, "estate").iter().filter(|e| e.properties["old"] == true).count() as u64,
        (_, "base_branches") => distinct(key, "grid", "party_group") as u64,
        (_, "exclusive_grids") => distinct(key, "zone", "branch") as u64,
        (_, "building_groups") => distinct(key, "building", "building_group") as u64,
        (_, "workers") => layer(key, "grid").iter().map(|g| list(g, "workers") as u64).sum(),
        (_, "job_services") => distinct(key, "job_service", "parent") as u64,
        (_, "third_grid_functions") => {
            let third = |f: &&NewFeature| text(f, "name") == "黄河社区第三网格党群服务站";
            list(layer(key, "party_service").iter().find(third)?, "functions") as u64
        }
        _ => return None,
    })
}

#[test]
fn every_figure_of_the_reports_is_met_exactly() {
    for key in PlaceKey::ALL {
        for (name, figure) in PlaceFigures::of(key).figures {
            let found = counted(key, &name);
            if name == "party_service_min_m2" {
                assert!(found >= Some(u64::from(figure.value)), "{key} {name}: {found:?}");
            } else {
                assert_eq!(found, Some(u64::from(figure.value)), "{key} {name}: {}", figure.source);
            }
        }
    }
}

#[test]
fn the_estate_that_fell_is_blue_again_with_its_history() {
    let fallen = layer(PlaceKey::Wanli, "estate").iter().find(|e| text(e, "name") == "帝景湾洋城").expect("there");
    assert_eq!(text(fallen, "rating"), "blue");
    assert_eq!(fallen.properties["rating_history"][0]["rating"], "red");
    for name in ["御龙湾", "云湾逸景", "弘阳时光里", "竹林花园", "香梅苑"] {
        assert_eq!(with(PlaceKey::Wanli, "estate", "name", name), 1, "{name}");
    }
}

#[test]
fn every_feature_fits_its_layer() {
    let catalogue = Catalogue::built_in().expect("built in");
    for key in PlaceKey::ALL {
        for (id, features) in &TOWNS[&key].features {
            let entry = catalogue.get(id.as_str()).unwrap_or_else(|| panic!("layer {id}"));
            let mut codes = BTreeSet::new();
            for f in features {
                let checked = validate::validate(entry, f.clone());
                assert!(checked.is_ok(), "{key} {id} {:?}: {:?}", f.properties, checked.err());
                let code = text(f, "code");
                assert!(code.is_empty() || codes.insert(code.clone()), "{key} {id} {code} twice");
                assert_eq!(f.source, "demo");
            }
        }
    }
}

#[test]
fn every_category_is_somewhere_in_every_town() {
    let catalogue = Catalogue::built_in().expect("built in");
    for key in PlaceKey::ALL {
        for category in &catalogue.categories {
            let found =
                category.rules.iter().any(|r| layer(key, r.layer.as_str()).iter().any(|f| r.holds(&f.properties)));
            // Party stations are the reports' own layer; only the places with some have them.
            assert!(found, "{key} {}", category.id);
        }
    }
}

type Point = (i64, i64);

fn rings(geometry: &Geometry) -> Vec<&LineString> {
    let of = |p: &'static str| panic!("an area is not a {p}");
    let list: Vec<&Polygon> = match geometry {
        Geometry::Polygon(p) => vec![p],
        Geometry::MultiPolygon(m) => m.iter().collect(),
        _ => of("line or point"),
    };
    list.into_iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).collect()
}

/// Directed edges of all rings, in units of the seventh decimal.
fn edges(features: &[&NewFeature]) -> BTreeMap<(Point, Point), usize> {
    let mut all = BTreeMap::new();
    let unit = |c: geo::Coord| ((c.x * 1e7).round() as i64, (c.y * 1e7).round() as i64);
    for ring in features.iter().flat_map(|f| rings(&f.geometry)) {
        for line in ring.lines() {
            *all.entry((unit(line.start), unit(line.end))).or_insert(0) += 1;
        }
    }
    all
}

/// The parts' edges cancel to the edges of the whole: no gap, no overlap, shared vertices.
fn tiles(whole: &NewFeature, parts: &[&NewFeature]) {
    let name = text(whole, "name");
    assert!(!parts.is_empty(), "{name} has parts");
    let inner = edges(parts);
    assert!(inner.values().all(|&n| n == 1), "{name}: no edge is used twice in one direction");
    let outer: BTreeSet<_> = inner.keys().filter(|(a, b)| !inner.contains_key(&(*b, *a))).copied().collect();
    let wanted: BTreeSet<_> = edges(&[whole]).into_keys().collect();
    assert!(outer == wanted, "{name}: the outline is the parts' outline");
    let area = |f: &NewFeature| f.geometry.unsigned_area();
    let sum: f64 = parts.iter().map(|f| area(f)).sum();
    assert!((sum / area(whole) - 1.0).abs() < 1e-9, "{name}: areas add up");
}

#[test]
fn every_level_tiles_the_one_above() {
    for key in PlaceKey::ALL {
        for (upper, lower) in [("district", "town"), ("town", "community"), ("community", "grid")] {
            let mut by_parent: HashMap<String, Vec<&NewFeature>> = HashMap::new();
            for f in layer(key, lower) {
                by_parent.entry(text(f, "parent")).or_default().push(f);
            }
            for whole in layer(key, upper) {
                tiles(whole, &by_parent.remove(&text(whole, "code")).unwrap_or_default());
            }
            assert!(by_parent.is_empty(), "{key}: every {lower} has its {upper}");
        }
    }
}

#[test]
fn grid_codes_extend_their_communitys_and_households_add_up() {
    for key in PlaceKey::ALL {
        let mut homes: BTreeMap<String, u64> = BTreeMap::new();
        for b in layer(key, "building") {
            *homes.entry(text(b, "parent")).or_default() += b.properties["households"].as_u64().expect("a number");
        }
        for grid in layer(key, "grid") {
            let (code, parent) = (text(grid, "code"), text(grid, "parent"));
            assert!(code.len() == 15 && code.starts_with(&parent), "{code}");
            assert_eq!(homes[&code], grid.properties["households"].as_u64().expect("a number"), "{code}");
        }
    }
}

fn component(streets: &Streets) -> Vec<usize> {
    let mut root: Vec<usize> = (0..streets.points.len()).collect();
    fn find(root: &mut [usize], mut k: usize) -> usize {
        while root[k] != k {
            root[k] = root[root[k]];
            k = root[k];
        }
        k
    }
    for way in &streets.ways {
        for pair in way.points.windows(2) {
            let (a, b) = (find(&mut root, pair[0] as usize), find(&mut root, pair[1] as usize));
            root[a] = b;
        }
    }
    (0..root.len()).map(|k| find(&mut root, k)).collect()
}

#[test]
fn one_can_walk_from_anywhere_to_anywhere_and_through_every_gate() {
    for key in PlaceKey::ALL {
        let streets = &TOWNS[&key].streets;
        let part = component(streets);
        let main = part[streets.ways[0].points[0] as usize];
        let walked = || streets.ways.iter().flat_map(|w| w.points.iter().copied());
        let off: BTreeSet<u32> = walked().filter(|&p| part[p as usize] != main).collect();
        assert!(off.is_empty(), "{key}: {} of {} points are cut off", off.len(), walked().count());
        let used: BTreeSet<u32> = walked().collect();
        assert!(!streets.point_tags.is_empty() && streets.point_tags.keys().all(|p| used.contains(p)), "{key}");
    }
}

/// Segments near a place, in cells of 120 m.
struct Near {
    plane: Plane,
    cells: HashMap<(i64, i64), Vec<(Xy, Xy)>>,
}

impl Near {
    fn of(centre: LonLat, lines: impl Iterator<Item = (LonLat, LonLat)>) -> Self {
        let plane = Plane::around(centre);
        let mut cells: HashMap<_, Vec<_>> = HashMap::new();
        for (a, b) in lines {
            let (a, b) = (plane.to_xy(a), plane.to_xy(b));
            let (x0, x1) = (a.x.min(b.x), a.x.max(b.x));
            let (y0, y1) = (a.y.min(b.y), a.y.max(b.y));
            for i in (x0 / 120.0).floor() as i64..=(x1 / 120.0).floor() as i64 {
                for j in (y0 / 120.0).floor() as i64..=(y1 / 120.0).floor() as i64 {
                    cells.entry((i, j)).or_default().push((a, b));
                }
            }
        }
        Self { plane, cells }
    }

    fn at(&self, p: Xy) -> Vec<(Xy, Xy)> {
        let (i, j) = ((p.x / 120.0).floor() as i64, (p.y / 120.0).floor() as i64);
        (i - 1..=i + 1)
            .flat_map(|x| (j - 1..=j + 1).map(move |y| (x, y)))
            .filter_map(|c| self.cells.get(&c))
            .flatten()
            .copied()
            .collect()
    }
}

fn crosses((a, b): (Xy, Xy), (c, d): (Xy, Xy)) -> bool {
    let side = |p: Xy, q: Xy, r: Xy| flat::cross(flat::sub(q, p), flat::sub(r, p)) > 0.0;
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

#[test]
fn every_home_reaches_a_way_within_a_hundred_metres_without_climbing_a_wall() {
    for key in PlaceKey::ALL {
        let town = &TOWNS[&key];
        let [lon, lat] = town.place.centre.expect("a centre");
        let centre = LonLat::new(lon, lat).expect("on the globe");
        let at = |k: u32| town.streets.points[k as usize];
        let ways = town.streets.ways.iter().flat_map(|w| w.points.windows(2)).map(|p| (at(p[0]), at(p[1])));
        let ways = Near::of(centre, ways);
        let walls: Vec<(LonLat, LonLat)> = (town.streets.barriers.iter())
            .filter_map(|b| {
                if let Geometry::LineString(l) = &b.geometry { Some(l.lines().collect::<Vec<_>>()) } else { None }
            })
            .flatten()
            .map(|l| (LonLat::try_from(l.start).expect("lon lat"), LonLat::try_from(l.end).expect("lon lat")))
            .collect();
        let walls = Near::of(centre, walls.into_iter());
        for b in layer(key, "building").iter().filter(|b| b.properties["households"].as_u64() > Some(0)) {
            let Geometry::Polygon(ring) = &b.geometry else { panic!("a building is a polygon") };
            let ring: Vec<Xy> = ring.exterior().0[1..].iter().map(|c| ways.plane.degrees_to_xy(c.x, c.y)).collect();
            let p = flat::centroid(&ring);
            let (near, stop) = (ways.at(p), walls.at(p));
            let free = near.iter().any(|&(a, b)| {
                let d = flat::sub(b, a);
                let t = (flat::dot(flat::sub(p, a), d) / flat::dot(d, d).max(1e-9)).clamp(0.0, 1.0);
                let foot = flat::lerp(a, b, t);
                flat::distance(foot, p) < 100.0 && !stop.iter().any(|&w| crosses((p, foot), w))
            });
            assert!(free, "{key} {:?}", b.properties);
        }
    }
}

#[test]
fn the_place_says_that_it_is_synthetic() {
    for (key, town) in TOWNS.iter() {
        assert!(town.place.synthetic && town.place.attribution.as_deref() == Some(ATTRIBUTION));
        assert_eq!(town.streets.source, format!("demo:{key}"));
    }
}
