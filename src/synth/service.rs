//! Writes the service points of each place in the reports' numbers and words.

use super::figures::PlaceKey;
use super::names;
use super::rng::{Rng, apportion};
use super::sheet::Sheet;
use super::site::{Site, number};
use super::spots::{Spot, Want};
use serde_json::json;

/// Opening hours that stations keep, with and without public holidays.
const HOURS: [&str; 5] = [
    "Mo-Su 08:00-20:00",
    "Mo-Fr 08:30-17:30; PH off",
    "24/7",
    "Mo-Sa 09:00-21:00; PH 10:00-16:00",
    "Mo-Fr 09:00-18:00; Sa-Su 09:00-12:00; PH off",
];

pub fn write(site: &mut Site, sheet: &mut Sheet) {
    match site.key {
        PlaceKey::Nankang => nankang(site, sheet),
        PlaceKey::Wanli => wanli(site, sheet),
        PlaceKey::Jiangyin => super::vanguard::write(site, sheet),
        PlaceKey::Wancheng => wancheng(site, sheet),
    }
}

/// Grids for `count` facilities: spread over the town, denser ones first.
fn spread(site: &Site, count: usize) -> Vec<usize> {
    let order = site.busiest_grids();
    let step = (order.len() as f64 / count as f64).max(1.0);
    (0..count).map(|k| order[((k as f64 * step) as usize) % order.len()]).collect()
}

fn street_of(spot: &Spot) -> &str {
    spot.address.trim_end_matches(['号', '栋']).trim_end_matches(|c: char| c.is_ascii_digit())
}

fn nankang(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(30);
    for (k, g) in spread(site, site.figures.get("stations") as usize).into_iter().enumerate() {
        let spot = site.spot(g, Want::Street, &mut rng);
        let mut services = vec!["药箱", "桌椅", "空调", "饮水"];
        services.extend((k % 2 == 0).then_some("充电"));
        services.extend((k % 3 == 0).then_some("阅读"));
        sheet.put(
            "station",
            spot.at,
            json!({
                "code": format!("PGY{:02}", k + 1),
                "name": format!("{}蒲公英驿站", street_of(&spot)),
                "parent": site.grids[g].code,
                "kind": "蒲公英驿站",
                "services": services,
                "opening_hours": HOURS[k % HOURS.len()],
                "operator": "南康镇网格化服务中心",
                "address": spot.address,
                "head": names::person(&mut rng),
                "contact": names::phone(1000 + k),
            }),
        );
    }
    elder_care(site, sheet, &mut rng);
    let kinds = ["童心港湾", "农家书屋", "“四点半”课堂", "青少年阅览室"];
    for (k, g) in spread(site, site.figures.get("venues") as usize).into_iter().enumerate() {
        let spot = site.spot(g, Want::Street, &mut rng);
        let kind = kinds[k % kinds.len()];
        sheet.put(
            "venue",
            spot.at,
            json!({
                "code": format!("HD{:02}", k + 1),
                "name": format!("{}{kind}", street_of(&spot)),
                "parent": site.grids[g].code,
                "kind": kind,
                "services": ["阅读", "课后看护"],
                "opening_hours": if k % 2 == 0 { "Mo-Fr 16:00-19:00; Sa-Su 09:00-17:00; PH off" } else { "Tu-Su 09:00-18:00" },
                "address": spot.address,
                "contact": names::phone(1200 + k),
            }),
        );
    }
}

fn elder_care(site: &mut Site, sheet: &mut Sheet, rng: &mut Rng) {
    let kinds = ["颐养之家", "日间照料中心", "长者食堂"];
    for (k, g) in spread(site, site.figures.get("elder_care") as usize).into_iter().enumerate() {
        let spot = site.spot(g, Want::Street, rng);
        let kind = kinds[k % kinds.len()];
        let beds = if kind == "长者食堂" { 0 } else { 6 + rng.below(25) };
        sheet.put(
            "elder_care",
            spot.at,
            json!({
                "code": format!("YL{:02}", k + 1),
                "name": format!("{}{kind}", street_of(&spot)),
                "parent": site.grids[g].code,
                "kind": kind,
                "beds": beds,
                "services": ["助餐", "日间照料", "健康监测"],
                "opening_hours": if k % 4 == 0 { "24/7" } else { "Mo-Su 07:30-18:00" },
                "address": spot.address,
                "contact": names::phone(1100 + k),
            }),
        );
    }
}

fn wanli(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(31);
    let count = site.figures.get("stations") as usize;
    let lots: Vec<f64> = (0..count).map(|_| rng.range(0.4, 1.6)).collect();
    let visits = apportion(site.figures.get("visits"), &lots);
    for (k, g) in spread(site, count).into_iter().enumerate() {
        let spot = site.spot(g, Want::Street, &mut rng);
        let mut services = vec!["阅读", "雨伞", "医药箱"];
        services.extend((k % 3 == 0).then_some("中医问诊"));
        services.extend((k % 3 == 1).then_some("旅游咨询"));
        services.extend((k % 4 == 1).then_some("代购车票"));
        // Busiest on weekends and holidays, so most stay open then.
        let hours = ["Mo-Su,PH 08:00-20:00", "Mo-Su,PH 09:00-18:00", "24/7", "Mo-Fr 08:30-17:30; PH off"][k % 4];
        sheet.put(
            "station",
            spot.at,
            json!({
                "code": format!("HS{:02}", k + 1),
                "name": format!("{}红色驿站", street_of(&spot)),
                "parent": site.grids[g].code,
                "kind": "红色驿站",
                "services": services,
                "opening_hours": hours,
                "address": spot.address,
                "head": names::person(&mut rng),
                "visits": visits[k],
                "contact": names::phone(2000 + k),
            }),
        );
    }
    centres(site, sheet, &mut rng);
    party_services(site, sheet, &mut rng);
    super::desks::write(site, sheet);
}

/// The four neighbourhood centres: an estate's name, or only the community's.
fn centres(site: &mut Site, sheet: &mut Sheet, rng: &mut Rng) {
    let all = [("翠园社区", "御龙湾"), ("爱民社区", ""), ("磨南社区", "云湾逸景"), ("阳光社区", "弘阳时光里")];
    for (k, (community, estate)) in all.into_iter().enumerate() {
        let (c, code) = community_named(site, community);
        let home = site.estates.iter().find(|e| e.name == estate).map(|e| e.grid as usize);
        let grid = home.unwrap_or_else(|| site.grids_of(c)[0]);
        let spot = site.spot(grid, Want::Street, rng);
        sheet.put(
            "centre",
            spot.at,
            json!({
                "code": format!("LL{:02}", k + 1),
                "name": format!("{community}{estate}邻里中心"),
                "parent": code,
                "services": ["托育", "居家养老", "医疗", "便民商超", "文化"],
                "kindergarten": true,
                "elder_care": true,
                "medical": true,
                "convenience": true,
                "culture": true,
                "operator": "第三方运营机构（演示）",
                "opening_hours": "Mo-Su,PH 08:30-20:30",
                "floor_area_m2": 800 + rng.below(12) * 100,
                "address": spot.address,
            }),
        );
    }
}

/// Number and code of a community.
pub fn community_named(site: &Site, name: &str) -> (usize, String) {
    let mut all = site.figures.communities().enumerate();
    let found = all.find(|(_, (_, c))| c.name == name);
    found.map(|(k, (_, c))| (k, c.code.clone())).unwrap_or_default()
}

fn party_services(site: &mut Site, sheet: &mut Sheet, rng: &mut Rng) {
    let least = site.figures.get("party_service_min_m2");
    let communities: Vec<_> = site.figures.communities().map(|(_, c)| c.clone()).collect();
    for (c, community) in communities.iter().enumerate() {
        let grid = site.grids_of(c)[0];
        let spot = site.spot(grid, Want::Street, rng);
        let functions = [
            "党员教育",
            "便民服务",
            "协商议事",
            "矛盾调解",
            "文体活动",
            "养老托幼",
            "志愿服务",
            "综治警务",
            "特色服务",
        ];
        sheet.put(
            "party_service",
            spot.at,
            json!({
                "code": format!("{}D1", community.code),
                "name": format!("{}党群服务中心", community.name),
                "parent": community.code,
                "floor_area_m2": least + 10 * rng.below(60) as u32,
                "functions": functions[..8 + c % 2],
                "services": ["便民服务", "党员服务"],
                "opening_hours": "Mo-Sa 08:30-17:30; PH off",
                "address": spot.address,
                "contact": names::phone(2100 + c),
            }),
        );
    }
}

fn wancheng(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(33);
    let communities: Vec<_> = site.figures.communities().map(|(_, c)| c.clone()).collect();
    for (c, community) in communities.iter().enumerate() {
        let mine = site.grids_of(c);
        let spot = site.spot(mine[mine.len() / 2], Want::Street, &mut rng);
        sheet.put(
            "job_service",
            spot.at,
            json!({
                "code": format!("{}J1", community.code),
                "name": format!("{}就业服务驿站", community.name),
                "parent": community.code,
                "staff": 1 + rng.below(4),
                "services": ["求职登记", "岗位推荐", "技能培训", "创业咨询"],
                "opening_hours": "Mo-Fr 08:30-18:00; PH off",
                "address": spot.address,
                "contact": names::phone(4000 + c),
            }),
        );
    }
    warm_stations(site, sheet, &mut rng);
    third_grid(site, sheet, &mut rng);
}

/// Riders' stations: the report gives no number; 24 is our choice.
fn warm_stations(site: &mut Site, sheet: &mut Sheet, rng: &mut Rng) {
    for (k, g) in spread(site, 24).into_iter().enumerate() {
        let spot = site.spot(g, Want::Street, rng);
        sheet.put(
            "station",
            spot.at,
            json!({
                "code": format!("NX{:02}", k + 1),
                "name": format!("{}暖心驿站", street_of(&spot)),
                "parent": site.grids[g].code,
                "kind": "暖心驿站",
                "services": ["饮水", "休息", "充电"],
                "opening_hours": HOURS[k % HOURS.len()],
                "address": spot.address,
                "contact": names::phone(4100 + k),
            }),
        );
    }
}

/// 黄河社区第三网格党群服务站, which belongs to a grid.
fn third_grid(site: &mut Site, sheet: &mut Sheet, rng: &mut Rng) {
    let (c, _) = community_named(site, "黄河社区");
    let grid = site.grids_of(c)[2];
    let spot = site.spot(grid, Want::Street, rng);
    sheet.put(
        "party_service",
        spot.at,
        json!({
            "code": format!("{}D1", site.grids[grid].code),
            "name": format!("黄河社区第{}网格党群服务站", number(3)),
            "parent": site.grids[grid].code,
            "floor_area_m2": 120,
            "functions": ["便民服务", "议事协商", "文体活动", "志愿服务"],
            "services": ["便民服务"],
            "opening_hours": "Mo-Su 08:00-20:00",
            "address": spot.address,
        }),
    );
}
