//! Writes the estates with their five-colour rating, dated.

use super::figures::PlaceKey;
use super::sheet::Sheet;
use super::site::Site;
use serde_json::{Value, json};

const COLOURS: [&str; 5] = ["green", "blue", "yellow", "orange", "red"];

pub fn write(site: &Site, sheet: &mut Sheet) {
    let mut rng = site.rng(21);
    let ratings = ratings(site);
    let old = old_estates(site);
    for (e, estate) in site.estates.iter().enumerate() {
        let households: u32 =
            (0..site.houses.len()).filter(|&h| site.houses[h].estate == Some(e)).map(|h| site.households[h]).sum();
        let built = if old[e] { 1980 + rng.below(18) } else { 1999 + rng.below(23) };
        let (rating, history) = ratings.get(e).cloned().unwrap_or_default();
        sheet.put(
            "estate",
            site.warp.polygon(&estate.ground),
            json!({
                "code": site.estate_code(e),
                "name": estate.name,
                "parent": site.grids[estate.grid as usize].code,
                "rating": rating,
                "rating_history": history,
                "households": households,
                "built_year": built,
                "gated": estate.gated,
                "old": old[e],
            }),
        );
    }
}

/// Rating and its history; only 湾里 rates its estates.
fn ratings(site: &Site) -> Vec<(Option<&'static str>, Option<Value>)> {
    if site.key != PlaceKey::Wanli {
        return Vec::new();
    }
    let green = site.figures.get("green_estates") as usize;
    let fallen = site.estates.iter().position(|e| e.name == "帝景湾洋城");
    let mut rng = site.rng(22);
    let mut greens = 0;
    (0..site.estates.len())
        .map(|e| {
            if Some(e) == fallen {
                let history = json!([
                    {"date": "2023-03-15", "rating": "red", "reason": "物业缺位，消防通道堵塞，投诉集中"},
                    {"date": "2023-09-20", "rating": "yellow", "reason": "党组织牵头整改，新物业进驻"},
                    {"date": "2024-03-18", "rating": "blue", "reason": "设施修缮完成，群众满意度回升"},
                ]);
                return (Some("blue"), Some(history));
            }
            let colour = if greens < green {
                greens += 1;
                "green"
            } else {
                COLOURS[1 + [0, 0, 0, 1, 1, 2, 3][rng.below(7)]]
            };
            (Some(colour), Some(json!([{"date": "2024-03-18", "rating": colour, "reason": "年度综合评定"}])))
        })
        .collect()
}

/// The report's number of old estates; where it has none, about one in six.
fn old_estates(site: &Site) -> Vec<bool> {
    let mut rng = site.rng(23);
    let lots: Vec<f64> = site.estates.iter().map(|e| rng.unit() + if e.gated { 1.0 } else { 0.0 }).collect();
    let mut order: Vec<usize> = (0..lots.len()).collect();
    order.sort_by(|&a, &b| lots[a].total_cmp(&lots[b]));
    let wanted = match site.figures.get("old_estates") {
        0 => lots.len() / 6,
        n => n as usize,
    };
    let mut old = vec![false; lots.len()];
    order.into_iter().take(wanted).for_each(|e| old[e] = true);
    old
}
