//! Writes the base map: streets, water, green, buildings, place names, and the water and railway
//! barriers of the walking network.

use super::areas;
use super::carve::Ground;
use super::figures::StripKind;
use super::flat::{add, centroid, scale};
use super::land::Use;
use super::rng::apportion;
use super::sheet::Sheet;
use super::site::Site;
use super::strips::middle_line;
use crate::walk::{Barrier, BarrierKind};
use serde_json::json;

pub fn write(site: &mut Site, sheet: &mut Sheet) {
    water(site, sheet);
    green(site, sheet);
    roads(site, sheet);
    buildings(site, sheet);
    places(site, sheet);
}

fn water(site: &mut Site, sheet: &mut Sheet) {
    let mesh = &site.plan.mesh;
    let ground = &site.plan.ground;
    let faces = |kind: Ground| (0..ground.len() as u32).filter(move |&f| ground[f as usize] == kind);
    let mut barriers = Vec::new();
    if let (Some(figures), Some(shape)) = (&site.figures.shape.lake, super::lake::water(site)) {
        let kind = if figures.name.ends_with('湖') { "lake" } else { "river" };
        sheet.put("water", shape.clone(), json!({"name": figures.name, "kind": kind}));
        barriers.push(Barrier { kind: BarrierKind::Water, geometry: shape.into() });
    }
    let mut done = std::collections::BTreeSet::new();
    for strip in site.plan.strips.iter().filter(|s| done.insert(s.figures)) {
        let figures = &site.figures.shape.strips[strip.figures];
        let kind = if figures.kind == StripKind::Rail { Ground::Rail } else { Ground::Water };
        let inside = |f: &u32| {
            let c = super::flat::sub(centroid(&mesh.ring(*f)), strip.point);
            super::flat::cross(strip.along, c).abs() < figures.width / 2.0
        };
        let mine: Vec<u32> = faces(kind).filter(inside).collect();
        if figures.kind == StripKind::Rail {
            let line: Vec<_> = middle_line(mesh, &mine, strip).into_iter().map(|p| site.warp.bend(p)).collect();
            let line = site.warp.line(&line);
            sheet.put("road", line.clone(), json!({"name": figures.name, "class": "rail"}));
            barriers.push(Barrier { kind: BarrierKind::Railway, geometry: line.into() });
        } else {
            let word = if figures.kind == StripKind::River { "river" } else { "stream" };
            let shape = areas::geometry(mesh, &mine, &site.degrees);
            sheet.put("water", shape.clone(), json!({"name": figures.name, "kind": word}));
            barriers.push(Barrier { kind: BarrierKind::Water, geometry: shape });
        }
    }
    site.net.barriers.extend(barriers);
}

fn green(site: &Site, sheet: &mut Sheet) {
    for lot in &site.lots {
        let kind = match lot.kind {
            Use::Farmland => "farmland",
            Use::Forest => "forest",
            _ => continue,
        };
        let ring: geo::LineString =
            site.plan.mesh.faces[lot.faces[0] as usize].iter().map(|&v| site.degrees[v as usize]).collect();
        sheet.put("green", geo::Polygon::new(ring, Vec::new()), json!({"kind": kind}));
    }
    for park in site.campuses.iter().filter(|c| c.kind == Use::Park) {
        sheet.put("green", site.warp.polygon(&park.ground), json!({"kind": "park"}));
    }
}

fn roads(site: &Site, sheet: &mut Sheet) {
    for way in &site.net.ways {
        let line = site.warp.line(&site.net.shape(way));
        let bridge = way.bridge.then_some(true);
        sheet.put("road", line, json!({"name": way.name, "class": way.highway, "bridge": bridge}));
    }
}

fn buildings(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(5);
    let groups = building_groups(site);
    let mut numbers = vec![0; site.grids.len()];
    for (h, house) in site.houses.iter().enumerate() {
        let grid = &site.grids[house.grid as usize];
        numbers[house.grid as usize] += 1;
        let number = numbers[house.grid as usize];
        let households = site.households[h];
        let floors = if house.per_floor == 0 {
            1 + rng.below(4) as u32
        } else {
            households.div_ceil(house.per_floor).max(1 + rng.below(2) as u32)
        };
        sheet.put(
            "building",
            site.warp.polygon(&house.ring),
            json!({
                "code": format!("{}{number:04}", grid.code),
                "name": house.estate.map(|_| &site.addresses[h]),
                "parent": grid.code,
                "kind": house.kind,
                "households": households,
                "residents": (f64::from(households) * rng.range(2.1, 3.1)).round() as u32,
                "floors": floors,
                "address": site.addresses[h],
                "building_group": groups.get(h),
                "estate": house.estate.map(|e| site.estate_code(e)),
            }),
        );
    }
}

/// The report's number of building groups: neighbours in one grid share one. Empty where the
/// report has none.
fn building_groups(site: &Site) -> Vec<String> {
    let wanted = site.figures.get("building_groups");
    if wanted == 0 {
        return Vec::new();
    }
    let mut of_grid = vec![Vec::new(); site.grids.len()];
    for (h, house) in site.houses.iter().enumerate() {
        of_grid[house.grid as usize].push(h);
    }
    let weights: Vec<f64> = of_grid.iter().map(|l| l.len() as f64).collect();
    let more = apportion(wanted - site.grids.len() as u32, &weights);
    let mut out = vec![String::new(); site.houses.len()];
    for (g, list) in of_grid.iter().enumerate() {
        let count = more[g] as usize + 1;
        for (k, &h) in list.iter().enumerate() {
            out[h] = format!("{}L{:02}", site.grids[g].code, k * count / list.len() + 1);
        }
    }
    out
}

fn places(site: &Site, sheet: &mut Sheet) {
    let middle = |of: &dyn Fn(usize) -> bool| {
        let list: Vec<_> = site.grids.iter().filter(|g| of(g.community)).collect();
        let sum = list.iter().fold(super::flat::xy(0.0, 0.0), |s, g| add(s, g.middle));
        geo::Point(site.warp.degrees(scale(sum, 1.0 / list.len().max(1) as f64)))
    };
    let towns: Vec<usize> = site.figures.communities().map(|(t, _)| t).collect();
    for (t, town) in site.figures.towns.iter().enumerate() {
        sheet.put("place", middle(&|c| towns[c] == t), json!({"name": town.name, "kind": "town"}));
    }
    for (c, (_, community)) in site.figures.communities().enumerate() {
        sheet.put("place", middle(&|k| k == c), json!({"name": community.name, "kind": "neighbourhood"}));
    }
}
