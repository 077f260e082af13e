//! Parking: the nearest that has spaces, spaces against households by grid, bays by road. Spaces are
//! what the data say there are, not what is free at the moment.

use super::coverage::{Count, Groups};
use super::error::WalkError;
use super::nearest::{Near, NearestQuery, Wanted, nearest};
use super::scope::Scope;
use crate::atlas::facility::{Facility, anchor};
use crate::atlas::{AreaRef, Feature, Ident, Snapshot};
use crate::geometry::LonLat;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The category of places to park at.
pub const PARKING: &str = "parking";

/// Layers of parking, and the property that says how many cars each takes.
const STOCK: [(&str, &str); 2] = [("parking_lot", "spaces"), ("parking_street", "bays")];

/// How many cars it takes; `None` when nobody said.
pub fn spaces(snapshot: &Snapshot, facility: &Facility) -> Option<u64> {
    let (_, property) = STOCK.iter().find(|(layer, _)| *layer == facility.layer.as_str())?;
    snapshot.feature(facility.layer.as_str(), facility.id)?.properties.get(*property)?.as_u64()
}

/// A place to park at.
#[derive(Debug, Clone)]
pub struct Parking {
    pub near: Near,
    pub spaces: u64,
}

/// The nearest places known to take at least so many cars. Of the query's own, `wanted` is not
/// looked at.
pub fn nearest_parking(snapshot: &Snapshot, query: &NearestQuery<'_>, least: u64) -> Result<Vec<Parking>, WalkError> {
    let Ok(category) = Ident::new(PARKING) else { return Ok(Vec::new()) };
    // Places too small or of unknown size may be in between: ask for more until there are enough.
    let mut limit = query.limit.max(1) * 2;
    loop {
        let wider = NearestQuery { wanted: Wanted::Category(category.clone()), limit, ..query.clone() };
        let found = nearest(snapshot, &wider)?;
        let all = found.len() < limit;
        let fits =
            |near: Near| Some(Parking { spaces: spaces(snapshot, &near.facility).filter(|n| *n >= least)?, near });
        let mut fitting: Vec<Parking> = found.into_iter().filter_map(fits).collect();
        if all || fitting.len() >= query.limit {
            fitting.truncate(query.limit);
            return Ok(fitting);
        }
        limit *= 4;
    }
}

/// Parking in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Supply {
    pub lots: u64,
    /// Spaces in lots, off the street.
    pub lot_spaces: u64,
    pub bays: u64,
    /// Lots and rows of bays of which nobody said how many cars they take.
    pub unknown: u64,
    pub homes: Count,
}

impl Supply {
    /// Spaces and bays a household; `None` where nobody lives.
    pub fn per_household(&self) -> Option<f64> {
        let households = self.homes.households;
        (households > 0).then(|| (self.lot_spaces + self.bays) as f64 / households as f64)
    }
}

/// Parking by area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyByArea {
    /// Lowest code first.
    pub areas: Vec<(AreaRef, Supply)>,
    pub outside: Supply,
}

/// Spaces and households of each area of a level. A lot or a row of bays counts where its middle lies.
pub fn supply(snapshot: &Snapshot, groups: &Groups, scope: &Scope) -> SupplyByArea {
    let mut supplies = vec![Supply::default(); groups.areas.len()];
    let mut outside = Supply::default();
    for home in scope.of(snapshot.homes.len()) {
        let supply = groups.of(home).map_or(&mut outside, |area| &mut supplies[area]);
        supply.homes += Count { households: u64::from(snapshot.homes[home].households), buildings: 1 };
    }
    for (stock, property) in STOCK {
        for feature in features(snapshot, stock) {
            let at = anchor(&feature.geometry).and_then(|at| groups.at(snapshot, at));
            let supply = at.map_or(&mut outside, |area| &mut supplies[area]);
            let count = feature.properties.get(property).and_then(Value::as_u64);
            let lot = stock == "parking_lot";
            supply.lots += u64::from(lot);
            supply.unknown += u64::from(count.is_none());
            *(if lot { &mut supply.lot_spaces } else { &mut supply.bays }) += count.unwrap_or(0);
        }
    }
    SupplyByArea { areas: groups.areas.iter().cloned().zip(supplies).collect(), outside }
}

fn features<'s>(snapshot: &'s Snapshot, layer: &str) -> impl Iterator<Item = &'s Arc<Feature>> {
    snapshot.layer(layer).into_iter().flat_map(|(_, data)| data.features.values())
}

/// Bays along one road.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadBays {
    /// `None` for rows whose road nobody named.
    pub road: Option<String>,
    pub bays: u64,
    /// Rows of bays.
    pub rows: u64,
}

/// Bays by road, most bays first, then by name; of the rows whose middle lies where `inside` says.
pub fn bays_by_road(snapshot: &Snapshot, inside: impl Fn(LonLat) -> bool) -> Vec<RoadBays> {
    let mut roads: BTreeMap<Option<&str>, (u64, u64)> = BTreeMap::new();
    let counts = |row: &&Arc<Feature>| anchor(&row.geometry).is_some_and(&inside);
    for feature in features(snapshot, "parking_street").filter(counts) {
        let road = feature.properties.get("road").and_then(Value::as_str);
        let (bays, rows) = roads.entry(road).or_default();
        *bays += feature.properties.get("bays").and_then(Value::as_u64).unwrap_or(0);
        *rows += 1;
    }
    let road =
        |(road, (bays, rows)): (Option<&str>, (u64, u64))| RoadBays { road: road.map(str::to_owned), bays, rows };
    let mut all: Vec<RoadBays> = roads.into_iter().map(road).collect();
    all.sort_by(|a, b| b.bays.cmp(&a.bays).then_with(|| a.road.cmp(&b.road)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::testing::feature;
    use crate::geometry::Seconds;
    use crate::planning::Scope;
    use crate::planning::nearest::By;
    use crate::planning::testing::{building, spot, town};
    use crate::walk::Profile;
    use serde_json::json;

    fn lot(id: i64, x: f64, spaces: Option<u32>) -> Feature {
        let square = geo::Rect::new(spot(x, 10.0).coord(), spot(x + 20.0, 30.0).coord()).to_polygon();
        feature(id, square, spaces.map_or(json!({"name": "场"}), |n| json!({"name": "场", "spaces": n})))
    }

    fn row(id: i64, x: f64, road: &str, bays: u32) -> Feature {
        let line = geo::LineString::from(vec![spot(x, 50.0).coord(), spot(x + 30.0, 50.0).coord()]);
        feature(id, line, json!({"road": road, "bays": bays}))
    }

    fn parked() -> Snapshot {
        let mut parts = town(51, 12, 0, 0);
        parts.layer("parking_lot").extend([lot(1, 30.0, Some(4)), lot(2, 80.0, None), lot(3, 300.0, Some(60))]);
        parts.layer("parking_street").extend([
            row(1, 100.0, "东街", 12),
            row(2, 250.0, "西街", 9),
            row(3, 290.0, "东街", 5),
        ]);
        parts.layer("building").extend([building(1, spot(100.0, 60.0), 40), building(2, spot(2000.0, 0.0), 3)]);
        parts.snapshot()
    }

    #[test]
    fn only_parking_known_to_take_enough_cars_is_named() {
        let map = parked();
        let ask = |limit: usize, least: u64| -> Vec<(String, i64, u64)> {
            let query = NearestQuery {
                origin: spot(0.0, 20.0),
                wanted: Wanted::Category(Ident::new("toilet").expect("an id")),
                limit,
                by: By::Line,
                max: Seconds(3600.0),
                open_only_at: None,
                now: chrono::DateTime::UNIX_EPOCH,
                service: None,
                profile: Profile::by_id("adult").expect("built in"),
            };
            let found = nearest_parking(&map, &query, least).expect("an answer");
            found.iter().map(|p| (p.near.facility.layer.to_string(), p.near.facility.id.0, p.spaces)).collect()
        };
        let of = |layer: &str, id, n| (layer.to_string(), id, n);
        assert_eq!(ask(1, 10), [of("parking_street", 1, 12)]);
        assert_eq!(ask(2, 1), [of("parking_lot", 1, 4), of("parking_street", 1, 12)]);
        assert_eq!(ask(9, 10), [of("parking_street", 1, 12), of("parking_lot", 3, 60)]);
    }

    #[test]
    fn spaces_stand_against_households_by_grid_and_bays_by_road() {
        let map = parked();
        let found = supply(&map, &Groups::new(&map, "grid"), &Scope::All);
        let first =
            Supply { lots: 2, lot_spaces: 4, bays: 12, unknown: 1, homes: Count { households: 40, buildings: 1 } };
        assert_eq!(found.areas[0].1, first);
        assert_eq!((found.areas[1].1.lot_spaces, found.areas[1].1.bays), (60, 14));
        assert_eq!(found.areas[0].1.per_household(), Some(0.4));
        assert_eq!((found.areas[1].1.per_household(), found.outside.homes.households), (None, 3));
        let roads: Vec<(Option<String>, u64, u64)> =
            bays_by_road(&map, |_| true).into_iter().map(|r| (r.road, r.bays, r.rows)).collect();
        assert_eq!(roads, [(Some("东街".into()), 17, 2), (Some("西街".into()), 9, 1)]);
        let west = |at: LonLat| at.lon() < spot(200.0, 0.0).lon();
        assert_eq!(bays_by_road(&map, west)[0].bays, 12, "the western row only");
    }
}
