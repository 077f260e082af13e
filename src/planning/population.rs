//! People from cells spread over the buildings in which nobody counted households: what a census or
//! a satellite says of a square becomes an estimate for each house in it. Buildings that were
//! counted keep their count, and people already living in those are not spread again. An estimate
//! that was written into a building is marked as one, and is no count.

use crate::atlas::facility::HOME_LAYER;
use crate::atlas::{Feature, Snapshot};
use crate::geometry::{LonLat, Metres, Plane};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use serde_json::Value;

/// The property of a building whose households are an estimate.
pub const ESTIMATED: &str = "households_estimated";

/// A cell of a population grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Its middle.
    pub at: LonLat,
    pub people: f64,
}

/// How people become households.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Side of a cell.
    pub side: Metres,
    /// People a household; 2.62 in China's census of 2020.
    pub people_per_household: f64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { side: Metres(100.0), people_per_household: 2.62 }
    }
}

/// Where everybody went.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Uncounted homes by their number in the snapshot, in order, and the households of each.
    pub estimates: Vec<(usize, u32)>,
    /// Of the people in the cells: those spread over buildings, those who live in counted buildings
    /// of their cell, and those in cells without any building that could hold them.
    pub spread: f64,
    pub counted: f64,
    pub homeless: f64,
}

/// Kinds of buildings in which nobody lives.
const NOT_LIVED_IN: [&str; 22] = [
    "school",
    "kindergarten",
    "college",
    "university",
    "hospital",
    "clinic",
    "commercial",
    "retail",
    "supermarket",
    "market",
    "office",
    "industrial",
    "warehouse",
    "factory",
    "church",
    "temple",
    "mosque",
    "garage",
    "garages",
    "parking",
    "public",
    "roof",
];

/// Spreads the people of each cell over the uncounted buildings that are nearest to its middle, by
/// floor space.
pub fn settle(snapshot: &Snapshot, cells: &[Cell], spread: Spread) -> Settled {
    let mut settled = Settled { estimates: Vec::new(), spread: 0.0, counted: 0.0, homeless: 0.0 };
    let Some(first) = cells.first() else { return settled };
    let plane = Plane::around(first.at);
    let place = |at: LonLat| {
        let p = plane.to_xy(at);
        [p.x * plane.east_scale(p.y), p.y]
    };
    let tree = RTree::bulk_load(cells.iter().zip(0usize..).map(|(c, i)| GeomWithData::new(place(c.at), i)).collect());
    // A corner of a cell is 0.71 of a side away from its middle; cells may be a bit skewed.
    let farthest = (spread.side.0 * 0.75).powi(2);
    let cell_of = |at: LonLat| {
        let (cell, square) = tree.nearest_neighbor_iter_with_distance_2(&place(at)).next()?;
        (square <= farthest).then_some(cell.data)
    };
    let mut of_cell: Vec<Vec<(usize, f64)>> = vec![Vec::new(); cells.len()];
    let mut counted = vec![0.0; cells.len()];
    for (number, home) in snapshot.homes.iter().enumerate() {
        let Some(cell) = cell_of(home.at) else { continue };
        match snapshot.feature(HOME_LAYER, home.id).and_then(|f| room(snapshot, f)) {
            Some(room) => of_cell[cell].push((number, room)),
            None => counted[cell] += f64::from(home.households) * spread.people_per_household,
        }
    }
    let mut estimates: Vec<(usize, f64)> = Vec::new();
    for ((cell, homes), counted) in cells.iter().zip(&of_cell).zip(counted) {
        let people = if cell.people.is_finite() { cell.people.max(0.0) } else { 0.0 };
        let known = counted.min(people);
        let room: f64 = homes.iter().map(|(_, room)| room).sum();
        settled.counted += known;
        if room > 0.0 {
            settled.spread += people - known;
            let share = (people - known) / room / spread.people_per_household.max(0.1);
            estimates.extend(homes.iter().map(|(home, room)| (*home, room * share)));
        } else {
            settled.homeless += people - known;
        }
    }
    settled.estimates = rounded(estimates);
    settled.estimates.sort_unstable();
    settled
}

/// Floor space in which people may live whom nobody counted; `None` where they were counted or
/// where nobody lives.
fn room(snapshot: &Snapshot, feature: &Feature) -> Option<f64> {
    let entry = snapshot.catalogue.get(HOME_LAYER)?;
    let role = entry.layer.roles.households.as_ref()?;
    let estimated = feature.properties.get(ESTIMATED).and_then(Value::as_bool).unwrap_or(false);
    if !estimated && feature.properties.get(role.as_str()).is_some_and(Value::is_u64) {
        return None;
    }
    let kind = feature.properties.get("kind").and_then(Value::as_str).unwrap_or_default();
    if NOT_LIVED_IN.contains(&kind) {
        return None;
    }
    let floors = feature.properties.get("floors").and_then(Value::as_f64).unwrap_or(1.0).clamp(1.0, 100.0);
    let area = geo::GeodesicArea::geodesic_area_unsigned(&feature.geometry);
    (area > 0.0).then_some(area * floors)
}

/// Whole numbers with the same sum, each next to its share: the largest remainders are rounded up.
fn rounded(shares: Vec<(usize, f64)>) -> Vec<(usize, u32)> {
    let total = shares.iter().map(|(_, share)| share).sum::<f64>().round() as u64;
    let mut whole: Vec<(usize, u32, f64)> =
        shares.into_iter().map(|(home, share)| (home, share.floor() as u32, share.fract())).collect();
    let given: u64 = whole.iter().map(|(_, n, _)| u64::from(*n)).sum();
    whole.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let more = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    whole.iter_mut().take(more).for_each(|(_, n, _)| *n += 1);
    whole.into_iter().map(|(home, n, _)| (home, n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::testing::feature;
    use crate::planning::testing::{Parts, building, spot};
    use serde_json::json;

    /// A house of 10 m × `depth` whose households nobody counted.
    fn house(id: i64, x: f64, depth: f64, properties: Value) -> Feature {
        feature(id, geo::Rect::new(spot(x, 0.0).coord(), spot(x + 10.0, depth).coord()).to_polygon(), properties)
    }

    fn cell(x: f64, people: f64) -> Cell {
        Cell { at: spot(x, 10.0), people }
    }

    #[test]
    fn people_go_to_uncounted_homes_of_their_cell_by_floor_space() {
        let mut parts = Parts::default();
        parts.layer("building").extend([
            house(1, 0.0, 10.0, json!({})),
            house(2, 20.0, 10.0, json!({"floors": 3})),
            house(3, 40.0, 10.0, json!({"kind": "school"})),
            building(4, spot(30.0, 30.0), 10),
            house(5, 110.0, 20.0, json!({"kind": "apartments", "households": 99, "households_estimated": true})),
            house(6, 400.0, 20.0, json!({})),
        ]);
        let map = parts.snapshot();
        // The counted building takes 20 of the first cell's 100 people; nobody lives in the last.
        let cells = [cell(25.0, 100.0), cell(125.0, 31.0), cell(225.0, 7.0)];
        let spread = Spread { side: Metres(100.0), people_per_household: 2.0 };
        let settled = settle(&map, &cells, spread);
        assert_eq!(settled.estimates, [(0, 10), (1, 30), (4, 16)]);
        assert_eq!((settled.counted, settled.homeless), (20.0, 7.0));
        assert!((settled.spread + settled.counted + settled.homeless - 138.0).abs() < 1e-9);
    }

    #[test]
    fn rounding_loses_nobody() {
        let shares: Vec<(usize, f64)> = (0..1000).map(|i| (i, 0.3 + (i % 7) as f64 * 0.1)).collect();
        let total = shares.iter().map(|(_, s)| s).sum::<f64>();
        let whole = rounded(shares.clone());
        assert_eq!(whole.iter().map(|(_, n)| u64::from(*n)).sum::<u64>(), total.round() as u64);
        assert!(whole.iter().all(|(i, n)| (f64::from(*n) - shares[*i].1).abs() < 1.0));
    }

    #[test]
    fn no_cells_and_nonsense_change_nothing() {
        let mut parts = Parts::default();
        parts.layer("building").push(house(1, 0.0, 10.0, json!({})));
        let map = parts.snapshot();
        for cells in [vec![], vec![cell(0.0, f64::NAN)], vec![cell(0.0, -5.0)]] {
            assert!(settle(&map, &cells, Spread::default()).estimates.iter().all(|(_, households)| *households == 0));
        }
    }
}
