//! Writes the stations of 江阴: guidance stations with their guides, and "1+10+N": every vanguard
//! member's home is a station that keeps contact with about ten members and a dozen households.

use super::names;
use super::rng::apportion;
use super::sheet::Sheet;
use super::site::Site;
use super::spots::Want;
use serde_json::json;

pub fn write(site: &mut Site, sheet: &mut Sheet) {
    guidance(site, sheet);
    homes(site, sheet);
}

fn guidance(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(35);
    let count = site.figures.get("guidance_stations") as usize;
    let lots: Vec<f64> = (0..count).map(|_| rng.range(0.7, 1.3)).collect();
    let full = apportion(site.figures.get("guides_full_time"), &lots);
    let part = apportion(site.figures.get("guides_part_time"), &lots);
    let order = site.busiest_grids();
    for k in 0..count {
        let grid = order[k * order.len() / count];
        let spot = site.spot(grid, Want::Street, &mut rng);
        let street = spot.address.trim_end_matches('号').trim_end_matches(|c: char| c.is_ascii_digit());
        sheet.put(
            "station",
            spot.at,
            json!({
                "code": format!("ZD{:02}", k + 1),
                "name": format!("{street}网格指导站"),
                "parent": site.grids[grid].code,
                "kind": "指导站",
                "services": ["网格指导", "政策咨询", "纠纷调解"],
                "opening_hours": "Mo-Fr 08:30-17:30; PH off",
                "address": spot.address,
                "head": names::person(&mut rng),
                "staff_full_time": full[k],
                "staff_part_time": part[k],
                "contact": names::phone(3000 + k),
            }),
        );
    }
}

/// Each community has as many stations as vanguard members, in its grids by households.
fn homes(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(36);
    let of_community = site.vanguard_members();
    let total: u32 = of_community.iter().sum();
    let lots: Vec<f64> = (0..total).map(|_| rng.range(0.7, 1.3)).collect();
    let members = apportion(site.figures.get("contacted_members"), &lots);
    let households = apportion(site.figures.get("contacted_households"), &lots);
    let mut k = 0;
    for (c, &count) in of_community.iter().enumerate() {
        let grids = site.grids_of(c);
        let weights: Vec<f64> = grids.iter().map(|&g| f64::from(site.grids[g].households)).collect();
        for (&g, n) in grids.iter().zip(apportion(count, &weights)) {
            for _ in 0..n {
                let spot = site.spot(g, Want::Home, &mut rng);
                let head = names::person(&mut rng);
                sheet.put(
                    "station",
                    spot.at,
                    json!({
                        "code": format!("XF{:04}", k + 1),
                        "name": format!("{}先锋驿站", spot.address),
                        "parent": site.grids[g].code,
                        "kind": "先锋驿站",
                        "services": ["党员联络", "意见收集"],
                        "opening_hours": "Mo-Su 18:00-20:00",
                        "address": spot.address,
                        "head": head,
                        "members": members[k],
                        "contacted_households": households[k],
                    }),
                );
                k += 1;
            }
        }
    }
}
