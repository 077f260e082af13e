//! Writes the tiered help desks of 湾里 (帮办): one centre, a station in each town, a point in each
//! community.

use super::names;
use super::sheet::Sheet;
use super::site::Site;
use super::spots::Want;
use serde_json::json;

pub fn write(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(34);
    let place = site.figures.jurisdiction.clone();
    let mut desks = vec![("centre", place.code, format!("{}帮办服务中心", place.name), site.busiest_grids()[0])];
    let mut points = Vec::new();
    let all: Vec<(usize, _)> = site.figures.communities().map(|(t, c)| (t, c.clone())).collect();
    for (t, town) in site.figures.towns.iter().enumerate() {
        let mine = all.iter().enumerate().filter(|(_, (town, _))| *town == t);
        for (k, (c, (_, community))) in mine.enumerate() {
            let grids = site.grids_of(c);
            if k == 0 {
                desks.push(("town", town.code.clone(), format!("{}帮办站", town.name), grids[0]));
            }
            let last = grids[grids.len() - 1];
            points.push(("village", community.code.clone(), format!("{}帮办点", community.name), last));
        }
    }
    for (k, (tier, code, name, grid)) in desks.into_iter().chain(points).enumerate() {
        let spot = site.spot(grid, Want::Street, &mut rng);
        let services: &[&str] = match tier {
            "centre" => &["企业开办", "证照办理", "项目帮办", "社保医保"],
            "town" => &["证照办理", "社保医保", "民政救助"],
            _ => &["代办", "咨询"],
        };
        sheet.put(
            "help_desk",
            spot.at,
            json!({
                "code": format!("BB{:02}", k + 1),
                "name": name,
                "parent": code,
                "tier": tier,
                "services": services,
                "opening_hours": if tier == "village" { "Mo-Fr 09:00-12:00,14:00-17:00; PH off" } else { "Mo-Fr 08:30-17:30; PH off" },
                "address": spot.address,
                "contact": names::phone(2200 + k),
            }),
        );
    }
}
