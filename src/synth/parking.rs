//! Writes parking: bays along both sides of named roads, and lots inside shopping blocks. The sums
//! are the report's.

use super::figures::PlaceKey;
use super::flat::{add, distance, left, length, lerp, scale, sub, unit};
use super::houses::{Block, half_width};
use super::land::Use;
use super::mesh::Class;
use super::rng::apportion;
use super::sheet::Sheet;
use super::site::Site;
use crate::geometry::Xy;
use serde_json::json;

pub fn write(site: &Site, sheet: &mut Sheet) {
    if site.key == PlaceKey::Nankang {
        bays(site, sheet);
    }
    lots(site, sheet);
}

/// A stretch of a road with the half width to the kerb.
struct Stretch {
    line: Vec<Xy>,
    kerb: f64,
}

/// Length of a stretch that may hold bays, metres; a bay is six metres long.
const STRETCH: f64 = 96.0;
const BAY: f64 = 6.0;

fn bays(site: &Site, sheet: &mut Sheet) {
    let roads = site.figures.get("bay_roads") as usize;
    let strip = site.figures.shape.strips.iter().map(|s| (&s.bank, s.name.as_str()));
    let named: Vec<(&String, &str)> =
        site.figures.roads.iter().take(roads).map(|r| (r, r.as_str())).chain(strip).collect();
    let stretches: Vec<Vec<Stretch>> = named.iter().map(|(road, _)| busiest(site, road)).collect();
    let weights: Vec<f64> = stretches.iter().map(|s| s.len() as f64).collect();
    let mut number = 0;
    for (k, share) in apportion(site.figures.get("bays"), &weights).into_iter().enumerate() {
        let title = named[k].1;
        let kerbs: Vec<(&Stretch, &str, f64)> = (stretches[k].iter())
            .flat_map(|s| [(s, "left", s.kerb - 2.5), (s, "right", 2.5 - s.kerb)])
            .filter(|(s, _, off)| beside(&s.line, 1.6 * off).iter().all(|&p| !site.in_water(p)))
            .collect();
        for (j, count) in apportion(share, &vec![1.0; kerbs.len()]).into_iter().enumerate().filter(|c| c.1 > 0) {
            let (stretch, side, off) = kerbs[j];
            let line = beside(&part(&stretch.line, 0.0, f64::from(count) * BAY), off);
            number += 1;
            sheet.put(
                "parking_street",
                site.warp.line(&line),
                json!({
                    "code": format!("PW{number:03}"),
                    "name": format!("{title}路内停车"),
                    "road": title,
                    "side": side,
                    "bays": count,
                    "fee": number % 3 != 0,
                }),
            );
        }
    }
}

/// Up to six stretches of the road nearest to the centre.
fn busiest(site: &Site, road: &str) -> Vec<Stretch> {
    let mut all = Vec::new();
    for way in site.net.ways.iter().filter(|w| w.name.as_deref() == Some(road) && !w.bridge) {
        let class = match way.highway {
            "primary" => Class::Primary,
            "secondary" => Class::Secondary,
            "tertiary" => Class::Tertiary,
            _ => Class::Residential,
        };
        let shape = site.net.shape(way);
        let long: f64 = shape.windows(2).map(|w| distance(w[0], w[1])).sum();
        let pieces = ((long - 30.0) / (STRETCH + 24.0)).floor().max(0.0) as u32;
        for k in 0..pieces {
            let from = 15.0 + f64::from(k) * (STRETCH + 24.0);
            all.push(Stretch { line: part(&shape, from, from + STRETCH), kerb: half_width(class) - 1.0 });
        }
    }
    let far = |s: &Stretch| length(s.line[s.line.len() / 2]);
    all.sort_by(|a, b| far(a).total_cmp(&far(b)));
    all.truncate(6);
    all
}

/// The part of a polyline between two distances along it.
pub fn part(shape: &[Xy], from: f64, to: f64) -> Vec<Xy> {
    let (mut at, mut out) = (0.0, Vec::new());
    for w in shape.windows(2) {
        let long = distance(w[0], w[1]);
        let share = |d: f64| lerp(w[0], w[1], ((d - at) / long.max(1e-9)).clamp(0.0, 1.0));
        if at + long > from && at < to {
            if out.is_empty() {
                out.push(share(from));
            }
            out.push(share(to));
        }
        at += long;
    }
    out
}

/// A line at a distance to the left of another.
fn beside(line: &[Xy], by: f64) -> Vec<Xy> {
    let n = line.len();
    (0..n)
        .map(|i| {
            let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(n - 1)]);
            add(line[i], scale(left(unit(sub(b, a))), by))
        })
        .collect()
}

fn lots(site: &Site, sheet: &mut Sheet) {
    let mut grounds: Vec<(Vec<Xy>, Option<u32>)> = Vec::new();
    for lot in site.lots.iter().filter(|l| matches!(l.kind, Use::Shops | Use::Works)) {
        let ring = site.ring(lot.faces[0]);
        let block = Block { mesh: &site.plan.mesh, face: lot.faces[0], ring: &ring, grid: lot.grid };
        let deep = if lot.kind == Use::Shops { 17.5 } else { 35.0 };
        if let Some(ground) = block.plot(deep).filter(|g| super::flat::area(g) > 350.0) {
            let street = block.street_at(ground[0]);
            grounds.push((ground, street));
        }
    }
    grounds.sort_by(|a, b| length(a.0[0]).total_cmp(&length(b.0[0])));
    grounds.truncate(28);
    let sizes: Vec<f64> = grounds.iter().map(|g| super::flat::area(&g.0)).collect();
    let natural: f64 = sizes.iter().map(|s| s / 30.0).sum();
    let total = match site.figures.get("spaces") {
        0 => natural as u32,
        n => n,
    };
    let mut rng = site.rng(40);
    for (k, spaces) in apportion(total, &sizes).into_iter().enumerate() {
        let street = site.street_name(grounds[k].1).unwrap_or("");
        sheet.put(
            "parking_lot",
            site.warp.polygon(&grounds[k].0),
            json!({
                "code": format!("PL{:03}", k + 1),
                "name": format!("{street}停车场"),
                "spaces": spaces,
                "kind": "surface",
                "fee": rng.chance(0.6),
                "access": "yes",
                "opening_hours": if rng.chance(0.7) { "24/7" } else { "Mo-Su 06:00-23:00" },
            }),
        );
    }
}
