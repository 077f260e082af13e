//! Writes who answers for what beside the grids: responsibility areas with rosters, exclusive grids,
//! street chiefs, alleys, projects.

use super::areas;
use super::figures::PlaceKey;
use super::flat::distance;
use super::land::Use;
use super::names;
use super::net::chains;
use super::rng::Rng;
use super::sheet::Sheet;
use super::site::{Site, number};
use crate::geometry::Xy;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn write(site: &Site, sheet: &mut Sheet) {
    match site.key {
        PlaceKey::Nankang => {
            responsibility_areas(site, sheet);
            street_chiefs(site, sheet);
        }
        PlaceKey::Wanli => projects(site, sheet),
        PlaceKey::Wancheng => exclusive_grids(site, sheet),
        PlaceKey::Jiangyin => {}
    }
    alleys(site, sheet);
}

/// Pairs of neighbouring grids of one community are joined until the report's number is left.
fn joined(site: &Site, wanted: usize) -> Vec<Vec<usize>> {
    let mesh = &site.plan.mesh;
    let grid_at = |f: Option<u32>| f.and_then(|f| site.plan.grid_of[f as usize]).map(|g| g as usize);
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (f, ring) in mesh.faces.iter().enumerate() {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if let (Some(g), Some(h)) = (grid_at(Some(f as u32)), grid_at(mesh.face_at(b, a)))
                && g < h
                && site.grids[g].community == site.grids[h].community
            {
                pairs.insert((g, h));
            }
        }
    }
    let mut alone: BTreeSet<usize> = (0..site.grids.len()).collect();
    let mut out = Vec::new();
    for (g, h) in pairs {
        if out.len() + alone.len() > wanted && alone.contains(&g) && alone.contains(&h) {
            alone.remove(&g);
            alone.remove(&h);
            out.push(vec![g, h]);
        }
    }
    out.extend(alone.into_iter().map(|g| vec![g]));
    out
}

fn responsibility_areas(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(50);
    let teams: Vec<Vec<String>> = (0..site.figures.get("teams"))
        .map(|_| (0..5 + rng.below(4)).map(|_| names::person(&mut rng)).collect())
        .collect();
    for (k, grids) in joined(site, site.figures.get("zones") as usize).into_iter().enumerate() {
        let faces: Vec<u32> = grids.iter().flat_map(|&g| site.grids[g].faces.iter().copied()).collect();
        let team = k % teams.len();
        let workers: Vec<Value> = teams[team].iter().map(|n| json!({"name": n, "role": "patrol"})).collect();
        sheet.put(
            "zone",
            areas::geometry(&site.plan.mesh, &faces, &site.degrees),
            json!({
                "code": format!("ZR{:02}", k + 1),
                "name": format!("第{}责任区", number(k + 1)),
                "kind": "responsibility_area",
                "branch": format!("第{}巡查队", number(team + 1)),
                "workers": workers,
                "roster": roster(&teams[team], &mut rng),
                "contact": names::phone(5000 + k),
            }),
        );
    }
}

/// One or two members patrol on each day of the week.
fn roster(team: &[String], rng: &mut Rng) -> Vec<Value> {
    let mut next = rng.below(team.len());
    ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        .iter()
        .map(|day| {
            let count = 1 + rng.below(2);
            let members: Vec<&String> = (0..count).map(|k| &team[(next + k) % team.len()]).collect();
            next += count;
            json!({"day": day, "members": members})
        })
        .collect()
}

/// The named roads, each with its chief.
fn street_chiefs(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(51);
    for (k, road) in site.figures.roads.iter().take(site.figures.get("bay_roads") as usize).enumerate() {
        let parts: Vec<geo::LineString> = (site.net.ways.iter())
            .filter(|w| w.name.as_ref() == Some(road))
            .map(|w| site.warp.line(&site.net.shape(w)))
            .collect();
        let chief = names::person(&mut rng);
        let geometry: geo::Geometry = match <[_; 1]>::try_from(parts) {
            Ok([line]) => line.into(),
            Err(parts) => geo::MultiLineString(parts).into(),
        };
        sheet.put(
            "street_duty",
            geometry,
            json!({
                "code": format!("JZ{:02}", k + 1),
                "name": format!("{road}街长路段"),
                "chief": chief,
                "workers": [{"name": chief, "role": "street_chief"}, {"name": names::person(&mut rng), "role": "cleaner"}],
                "contact": names::phone(5100 + k),
            }),
        );
    }
}

/// Markets, campuses, hospitals and large estates that lie over the base grids.
fn exclusive_grids(site: &Site, sheet: &mut Sheet) {
    let wanted = site.figures.get("exclusive_grids") as usize;
    let mut all: Vec<(u8, String, &Vec<Xy>, &str)> = Vec::new();
    for campus in &site.campuses {
        let (rank, word, target) = match campus.kind {
            Use::Market => (0, "市场", "大型市场"),
            Use::Hospital => (1, "医院", "医院"),
            Use::School => (2, "学校", "学校"),
            Use::Office => (3, "机关", "机关单位"),
            _ => continue,
        };
        let street = site.street_name(campus.street).unwrap_or("").trim_end_matches(['路', '街', '巷']);
        all.push((rank, format!("{street}{word}"), &campus.ground, target));
    }
    for estate in site.estates.iter().filter(|e| e.gated) {
        all.push((4, estate.name.clone(), &estate.ground, "住宅小区"));
    }
    // Large ones first inside each kind.
    all.sort_by(|a, b| {
        a.0.cmp(&b.0).then(super::flat::area(b.2).total_cmp(&super::flat::area(a.2))).then_with(|| a.1.cmp(&b.1))
    });
    for (k, (_, name, ground, target)) in all.into_iter().take(wanted).enumerate() {
        let name = format!("{name}专属网格");
        sheet.put(
            "zone",
            site.warp.polygon(ground),
            json!({
                "code": format!("{}Z{:03}", site.figures.jurisdiction.code, k + 1),
                "name": name,
                "kind": "exclusive_grid",
                "branch": format!("{name}第{}党支部", k + 1),
                "target": target,
                "contact": names::phone(6000 + k),
            }),
        );
    }
}

/// The report's number of rebuilt alleys, the longest first.
fn alleys(site: &Site, sheet: &mut Sheet) {
    let wanted = site.figures.get("alleys") as usize;
    let mut all: Vec<(f64, u32, Vec<u32>)> = Vec::new();
    for (line, edges) in super::net::by_line(&site.plan.mesh) {
        if site.plan.mesh.lines[line as usize].class != super::mesh::Class::Alley {
            continue;
        }
        for chain in chains(edges).into_iter().take(1) {
            let long = chain.windows(2).map(|w| distance(site.bent[w[0] as usize], site.bent[w[1] as usize])).sum();
            all.push((long, line, chain));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (k, (long, line, chain)) in all.into_iter().take(wanted).enumerate() {
        let shape: geo::LineString = chain.iter().map(|&v| site.degrees[v as usize]).collect();
        let middle = chain[chain.len() / 2];
        let near = |g: &&super::site::Grid| distance(g.middle, site.bent[middle as usize]);
        let face = (0..chain.len() - 1).find_map(|i| site.plan.mesh.face_at(chain[i], chain[i + 1]));
        let grid = face.and_then(|f| site.plan.grid_of[f as usize]).map(|g| &site.grids[g as usize]);
        let grid = grid.or_else(|| site.grids.iter().min_by(|a, b| near(a).total_cmp(&near(b))));
        sheet.put(
            "alley",
            shape,
            json!({
                "code": format!("BX{:03}", k + 1),
                "name": site.street_name(Some(line)),
                "parent": grid.map(|g| &g.code),
                "status": "done",
                "length_m": long.round(),
            }),
        );
    }
}

fn projects(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(52);
    let kinds = [
        ("护坡加固", true),
        ("路面铺装", true),
        ("路灯安装", true),
        ("管网改造", true),
        ("电动车棚", false),
        ("屋顶排险", false),
    ];
    let streets: Vec<_> =
        site.net.ways.iter().filter(|w| w.name.is_some() && !w.bridge && w.highway != "primary").collect();
    for k in 0..site.figures.get("projects") as usize {
        let (kind, along) = kinds[[0, 1, 2, 1, 2, 3, 4, 5][k % 8]];
        let (place, geometry): (String, geo::Geometry) = if along {
            let way = streets[rng.below(streets.len())];
            let shape = super::parking::part(&site.net.shape(way), 0.0, rng.range(60.0, 220.0));
            (way.name.clone().unwrap_or_default(), site.warp.line(&shape).into())
        } else {
            let estate = &site.estates[rng.below(site.estates.len())];
            let at = site.warp.degrees(super::flat::centroid(&estate.ground));
            (estate.name.clone(), geo::Point(at).into())
        };
        let month = 1 + k % 9;
        sheet.put(
            "project",
            geometry,
            json!({
                "code": format!("XM{:02}", k + 1),
                "name": format!("{place}{kind}"),
                "kind": kind,
                "status": "done",
                "started": format!("2024-{month:02}-{:02}", 1 + rng.below(28)),
                "finished": format!("2024-{:02}-{:02}", month + 1 + k % 3, 1 + rng.below(28)),
            }),
        );
    }
}
