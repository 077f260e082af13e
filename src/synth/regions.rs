//! Writes the area tree: district, towns, communities, grids. All are unions of the same faces.

use super::areas;
use super::figures::PlaceKey;
use super::names;
use super::rng::apportion;
use super::sheet::Sheet;
use super::site::{Site, number};
use serde_json::{Value, json};

pub fn write(site: &Site, sheet: &mut Sheet) {
    let towns: Vec<usize> = site.figures.communities().map(|(t, _)| t).collect();
    let shape = |keep: &dyn Fn(usize) -> bool| {
        let faces: Vec<u32> =
            site.grids.iter().filter(|g| keep(g.community)).flat_map(|g| g.faces.iter().copied()).collect();
        areas::geometry(&site.plan.mesh, &faces, &site.degrees)
    };
    let place = &site.figures.jurisdiction;
    sheet.put("district", shape(&|_| true), json!({"code": place.code, "name": place.name}));
    for (t, town) in site.figures.towns.iter().enumerate() {
        let properties = json!({"code": town.code, "name": town.name, "parent": place.code});
        sheet.put("town", shape(&|c| towns[c] == t), properties);
    }
    let pairs = pairing(site);
    for (c, (t, community)) in site.figures.communities().enumerate() {
        let mut properties =
            json!({"code": community.code, "name": community.name, "parent": site.figures.towns[t].code});
        if let (Some(all), Some(Value::Object(more))) = (properties.as_object_mut(), pairs.get(c)) {
            all.extend(more.clone());
        }
        sheet.put("community", shape(&|k| k == c), properties);
    }
    grids(site, sheet);
}

/// Units and members paired with each community, or its vanguard members.
fn pairing(site: &Site) -> Vec<Value> {
    let n = site.figures.communities().count();
    match site.key {
        PlaceKey::Wanli => {
            let units = site.figures.get("units") as usize;
            let members = apportion(site.figures.get("paired_members"), &site.lots_of_communities());
            let unit = |k: usize| format!("区直第{}单位", number(k + 1));
            (0..n)
                .map(|c| {
                    let mine: Vec<String> = (0..units).filter(|u| u % n == c).map(unit).collect();
                    json!({"paired_units": mine, "paired_members": members[c]})
                })
                .collect()
        }
        PlaceKey::Jiangyin => site.vanguard_members().into_iter().map(|m| json!({"vanguard_members": m})).collect(),
        _ => Vec::new(),
    }
}

impl Site {
    /// A lot for each community, about equal.
    fn lots_of_communities(&self) -> Vec<f64> {
        let mut rng = self.rng(6);
        self.figures.communities().map(|_| rng.range(0.6, 1.4)).collect()
    }

    /// Vanguard members of each community.
    pub fn vanguard_members(&self) -> Vec<u32> {
        apportion(self.figures.get("vanguard_members"), &self.lots_of_communities())
    }
}

fn grids(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(7);
    let staff = workers(site);
    let branches = branches(site);
    let communities: Vec<_> = site.figures.communities().map(|(_, c)| c.clone()).collect();
    for (g, grid) in site.grids.iter().enumerate() {
        let leader = names::person(&mut rng);
        let community = &communities[grid.community];
        let mut people = vec![json!({"name": leader, "role": "grid_worker"})];
        people.extend((1..staff[g]).map(|k| {
            let role = if k % 2 == 1 { "part_time_worker" } else { "building_head" };
            json!({"name": names::person(&mut rng), "role": role})
        }));
        let team: Option<Vec<Value>> = (site.key == PlaceKey::Nankang).then(|| {
            let roles =
                ["town_leader", "town_cadre", "community_cadre", "full_time_worker", "department_cadre", "cleaner"];
            let name =
                |role: &str, rng: &mut _| if role == "full_time_worker" { leader.clone() } else { names::person(rng) };
            roles.iter().map(|role| json!({"name": name(role, &mut rng), "role": role})).collect()
        });
        let lines = ["政务服务", "综合执法", "社会救助", "生活服务", "公共安全"];
        sheet.put(
            "grid",
            areas::geometry(&site.plan.mesh, &grid.faces, &site.degrees),
            json!({
                "code": grid.code,
                "name": grid.name,
                "parent": community.code,
                "households": grid.households,
                "leader": leader,
                "party_group": branches[g],
                "linked_cadre": names::person(&mut rng),
                "workers": people,
                "team": team,
                "business_lines": (site.key == PlaceKey::Jiangyin).then_some(lines),
                "contact": names::phone(g + 1),
            }),
        );
    }
}

/// Workers of each grid: one, or the report's number shared by households.
fn workers(site: &Site) -> Vec<u32> {
    let n = site.grids.len() as u32;
    let all = site.figures.get("workers").max(n);
    let by: Vec<f64> = site.grids.iter().map(|g| f64::from(g.households)).collect();
    apportion(all - n, &by).into_iter().map(|k| k + 1).collect()
}

/// The party group or branch of each grid. Where the report has fewer branches than grids,
/// neighbouring grids of one community share one.
fn branches(site: &Site) -> Vec<String> {
    let wanted = site.figures.get("base_branches") as usize;
    if wanted == 0 {
        return site.grids.iter().map(|g| format!("{}党小组", g.name)).collect();
    }
    let communities = site.figures.communities().count();
    let mut out = vec![String::new(); site.grids.len()];
    let sizes: Vec<f64> =
        (0..communities).map(|c| site.grids.iter().filter(|g| g.community == c).count() as f64).collect();
    for (c, share) in apportion(wanted as u32, &sizes).into_iter().enumerate() {
        let mut mine: Vec<usize> = (0..site.grids.len()).filter(|&g| site.grids[g].community == c).collect();
        mine.sort_by(|&a, &b| site.grids[a].code.cmp(&site.grids[b].code));
        let (n, share) = (mine.len(), (share as usize).max(1));
        for (k, &g) in mine.iter().enumerate() {
            let name = site.grids[g].name.split('第').next().unwrap_or_default();
            out[g] = format!("{name}第{}网格党支部", number(k * share / n + 1));
        }
    }
    out
}
