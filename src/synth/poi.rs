//! Writes what residents look for: schools, clinics, shops, toilets, parks. Unevenly spread, as in
//! a real town: some communities have no kindergarten, the edge has few toilets.

use super::land::Use;
use super::rng::Rng;
use super::sheet::Sheet;
use super::site::{Campus, Site};
use super::spots::Want;
use serde_json::{Value, json};

/// One kind of point facility.
struct Kind {
    category: &'static str,
    /// OSM value.
    kind: &'static str,
    names: &'static [&'static str],
    hours: &'static str,
    /// How many grids share one in the centre.
    every: f64,
    /// How much rarer it is towards the edge: 0 not at all.
    thins: f64,
}

const KINDS: [Kind; 15] = [
    Kind {
        category: "kindergarten",
        kind: "kindergarten",
        names: &["中心幼儿园", "小天使幼儿园", "蓝天幼儿园", "金摇篮幼儿园"],
        hours: "Mo-Fr 07:30-17:30; PH off",
        every: 3.2,
        thins: 1.6,
    },
    Kind {
        category: "medical",
        kind: "clinic",
        names: &["社区卫生服务站", "诊所", "中医馆"],
        hours: "Mo-Su 08:00-20:00",
        every: 2.6,
        thins: 1.0,
    },
    Kind {
        category: "medical",
        kind: "pharmacy",
        names: &["大药房", "康民药店", "益寿药房"],
        hours: "Mo-Su 08:00-21:30",
        every: 2.2,
        thins: 1.4,
    },
    Kind {
        category: "convenience",
        kind: "convenience",
        names: &["便利店", "副食店", "超市", "小卖部"],
        hours: "Mo-Su 07:00-23:00",
        every: 0.55,
        thins: 0.7,
    },
    Kind {
        category: "convenience",
        kind: "supermarket",
        names: &["生活超市", "购物广场"],
        hours: "Mo-Su 08:00-22:00",
        every: 3.4,
        thins: 1.5,
    },
    Kind {
        category: "convenience",
        kind: "convenience",
        names: &["二十四小时便利店"],
        hours: "24/7",
        every: 7.0,
        thins: 2.0,
    },
    Kind {
        category: "culture",
        kind: "library",
        names: &["社区图书室", "城市书房"],
        hours: "Tu-Su 09:00-20:00; PH 10:00-17:00",
        every: 6.5,
        thins: 2.0,
    },
    Kind {
        category: "culture",
        kind: "community_centre",
        names: &["文化活动室", "老年活动中心"],
        hours: "Mo-Sa 08:30-18:00; PH off",
        every: 5.5,
        thins: 1.2,
    },
    Kind {
        category: "elder_care",
        kind: "day_care",
        names: &["日间照料点", "长者食堂"],
        hours: "Mo-Fr 08:00-17:00; PH off",
        every: 9.0,
        thins: 1.0,
    },
    Kind { category: "toilet", kind: "toilets", names: &["公共厕所"], hours: "24/7", every: 1.7, thins: 1.5 },
    Kind {
        category: "school",
        kind: "school",
        names: &["小学教学点"],
        hours: "Mo-Fr 07:30-17:30; PH off",
        every: 14.0,
        thins: 0.2,
    },
    Kind {
        category: "market",
        kind: "marketplace",
        names: &["便民菜店", "早市"],
        hours: "Mo-Su 05:30-19:00",
        every: 7.0,
        thins: 1.0,
    },
    Kind { category: "government", kind: "police", names: &["警务室"], hours: "24/7", every: 8.0, thins: 0.6 },
    Kind {
        category: "government",
        kind: "post_office",
        names: &["邮政所"],
        hours: "Mo-Fr 08:30-17:30; PH off",
        every: 15.0,
        thins: 0.5,
    },
    Kind {
        category: "park",
        kind: "playground",
        names: &["儿童乐园", "健身角"],
        hours: "24/7",
        every: 9.0,
        thins: 0.8,
    },
];

pub fn write(site: &mut Site, sheet: &mut Sheet) {
    let mut rng = site.rng(20);
    for campus in &site.campuses {
        whole_block(site, campus, &mut rng, sheet);
    }
    let order = site.busiest_grids();
    for kind in &KINDS {
        // Started at one, so that even the rarest kind is somewhere.
        let mut due: f64 = 1.0;
        let lacks: Vec<bool> = site.figures.communities().map(|_| rng.chance(0.22)).collect();
        for (k, &g) in order.iter().enumerate() {
            let edge = k as f64 / order.len() as f64;
            due += 1.0 / kind.every * (1.0 - edge).powf(kind.thins) * rng.range(0.4, 1.6);
            if lacks[site.grids[g].community] && kind.every > 1.0 && k > 0 {
                due = due.min(0.9);
            }
            while due >= 1.0 {
                due -= 1.0;
                place(site, kind, g, &mut rng, sheet);
            }
        }
    }
}

fn place(site: &mut Site, kind: &Kind, grid: usize, rng: &mut Rng, sheet: &mut Sheet) {
    let spot = site.spot(grid, Want::Street, rng);
    let street = spot.address.trim_end_matches('号').trim_end_matches(|c: char| c.is_ascii_digit()).to_string();
    let wheelchair = ["yes", "no", "limited"][rng.below(3)];
    sheet.put(
        "poi",
        spot.at,
        json!({
            "name": format!("{street}{}", rng.pick(kind.names)),
            "category": kind.category,
            "kind": kind.kind,
            "opening_hours": kind.hours,
            "address": spot.address,
            "wheelchair": (kind.category == "toilet").then_some(wheelchair),
        }),
    );
}

/// Schools, hospitals, offices, parks and markets that fill a block.
fn whole_block(site: &Site, campus: &Campus, rng: &mut Rng, sheet: &mut Sheet) {
    let (category, kinds, hours): (_, &[(&str, &str)], Value) = match campus.kind {
        Use::School => (
            "school",
            &[("小学", "school"), ("中学", "school"), ("实验学校", "school"), ("职业学校", "college")],
            json!("Mo-Fr 07:00-18:00; PH off"),
        ),
        Use::Hospital => ("medical", &[("医院", "hospital"), ("卫生院", "hospital")], json!("24/7")),
        Use::Office => (
            "government",
            &[("便民服务中心", "townhall"), ("办公楼", "government")],
            json!("Mo-Fr 08:30-17:30; PH off"),
        ),
        Use::Market => {
            ("market", &[("农贸市场", "marketplace"), ("综合市场", "marketplace")], json!("Mo-Su 05:00-20:00"))
        }
        Use::Park => ("park", &[("公园", "park"), ("游园", "park")], Value::Null),
        _ => return,
    };
    let (word, kind) = *rng.pick(kinds);
    let street = site.street_name(campus.street).unwrap_or("").trim_end_matches(['路', '街', '巷']).to_string();
    let doors: Vec<[f64; 2]> = campus.doors.iter().map(|&p| site.warp.degrees(p)).map(|c| [c.x, c.y]).collect();
    sheet.put(
        "poi",
        site.warp.polygon(&campus.ground),
        json!({
            "name": format!("{street}{word}"),
            "category": category,
            "kind": kind,
            "opening_hours": hours,
            "address": site.street_name(campus.street),
            "entrances": doors,
        }),
    );
}
