//! Where things are reported: at buildings, more where more people live, and in some grids more than
//! in others.

use super::super::rng::Rng;
use super::data::Site;
use super::{Plan, Setting};
use crate::atlas::{Feature, Snapshot};
use crate::dispatch::Level;
use crate::geometry::{LonLat, Plane, Xy};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

/// Where a case is.
pub struct Spot {
    pub place: LonLat,
    pub address: String,
}

struct Building {
    middle: LonLat,
    /// Half of the shorter side, metres.
    half: f64,
    address: String,
}

/// The buildings of the town, by grid.
pub struct Ground<'a> {
    map: &'a Snapshot,
    grids: Vec<Vec<Building>>,
    /// Running sums of how much is reported in each grid.
    sums: Vec<f64>,
    home: Option<usize>,
    now: DateTime<Utc>,
}

impl<'a> Ground<'a> {
    pub fn of(setting: &Setting<'a>, rng: &Rng) -> Self {
        let mut rng = rng.fork(2);
        let mut by_grid: BTreeMap<String, Vec<Building>> = BTreeMap::new();
        if let Some((_, data)) = setting.map.layer("building") {
            for feature in data.features.values() {
                if let Some((grid, building)) = building(feature) {
                    by_grid.entry(grid).or_default().push(building);
                }
            }
        }
        let codes: Vec<&String> = by_grid.keys().collect();
        let home = setting.home.0.and_then(|home| codes.iter().position(|code| **code == home.0));
        let mut sum = 0.0;
        let sums = by_grid.iter().map(|(code, all)| {
            let near = setting.home.1.is_some_and(|town| code.starts_with(&town.0));
            let trouble = 0.4 + 2.0 * rng.unit().powi(2);
            sum += (all.len() as f64).sqrt() * trouble * if near { 2.0 } else { 1.0 };
            sum
        });
        let sums = sums.collect();
        Self { map: setting.map, sums, home, now: setting.now, grids: by_grid.into_values().collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }

    /// A place for it.
    pub fn spot(&self, plan: &Plan<'_>, rng: &mut Rng) -> Spot {
        let recent = self.now - plan.at < Duration::days(5);
        let everyday = plan.category.level == Level::Grid && !plan.category.restricted;
        let home = self.home.filter(|_| recent && everyday && rng.chance(0.2));
        let grid = home.unwrap_or_else(|| {
            let at = rng.range(0.0, self.sums.last().copied().unwrap_or(0.0));
            self.sums.partition_point(|sum| *sum <= at).min(self.grids.len() - 1)
        });
        let building = rng.pick(&self.grids[grid]);
        let away = match plan.texts.site {
            Site::Street => rng.range(6.0, 14.0) + building.half,
            Site::Building => rng.range(0.0, 3.0),
        };
        let place = moved(building.middle, away, rng).filter(|at| self.map.area_at(Level::Grid.layer(), *at).is_some());
        Spot { place: place.unwrap_or(building.middle), address: building.address.clone() }
    }

    /// A place near this one.
    pub fn near(&self, place: LonLat, address: &str, rng: &mut Rng) -> Spot {
        let away = rng.range(2.0, 35.0);
        Spot { place: moved(place, away, rng).unwrap_or(place), address: address.to_owned() }
    }
}

fn building(feature: &Feature) -> Option<(String, Building)> {
    let text = |key: &str| feature.properties.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let (lon, lat) = feature.bbox.centre();
    let middle = LonLat::new(lon, lat).ok()?;
    let plane = Plane::around(middle);
    let corner = plane.degrees_to_xy(feature.bbox.east, feature.bbox.north);
    Some((text("parent")?, Building { middle, half: corner.x.min(corner.y), address: text("address")? }))
}

fn moved(from: LonLat, metres: f64, rng: &mut Rng) -> Option<LonLat> {
    let (sin, cos) = rng.range(0.0, std::f64::consts::TAU).sin_cos();
    let (lon, lat) = Plane::around(from).to_degrees(Xy { x: metres * cos, y: metres * sin });
    // As exact as places are told.
    let whole = |degrees: f64| (degrees * 1e7).round() / 1e7;
    LonLat::new(whole(lon), whole(lat)).ok()
}
