//! The life circle against a brute-force field, 1,000 seeded points a place.

mod brute;
mod ground;

use brute::{Brute, Sight, field};
use geo::{Contains, Point, Validation};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::Arc;
use wangge::atlas::snapshot::SnapshotParts;
use wangge::atlas::{Catalogue, Feature, FeatureId, Ident, NewFeature, Snapshot};
use wangge::geometry::{BBox, LonLat};
use wangge::planning::{Extent, LifeCircleQuery, WalkError, life_circle};
use wangge::walk::{Direction, Network, Profile, Streets};

const POINTS: usize = 1000;
const MINUTES: [u32; 3] = [15, 10, 5];

/// A snapshot of features that were never stored.
pub fn snapshot(features: BTreeMap<Ident, Vec<NewFeature>>, streets: &Streets) -> Snapshot {
    let number = |(i, f): (usize, NewFeature)| {
        let bbox = BBox::of(&f.geometry)?;
        Some(Feature {
            id: FeatureId(i as i64 + 1),
            version: 1,
            geometry: f.geometry,
            properties: f.properties,
            source: f.source,
            reference: f.reference,
            updated_at: String::new(),
            bbox,
        })
    };
    let layers = features.into_iter().map(|(id, list)| (id, list.into_iter().enumerate().filter_map(number).collect()));
    Snapshot::build(SnapshotParts {
        catalogue: Catalogue::built_in().expect("built-in layers"),
        layers: layers.collect(),
        network: Some(Arc::new(Network::build(streets))),
        ..SnapshotParts::default()
    })
}

/// How often the polygon and the field disagree about a building.
#[derive(Default)]
struct Polygons {
    buildings: usize,
    wrong: usize,
}

struct Place {
    snapshot: Snapshot,
    brute: Brute,
    homes: Vec<(LonLat, Sight)>,
    polygons: [Polygons; 3],
    /// Buildings compared, and those on the wrong side of a limit by more than the beads explain.
    compared: usize,
    misfits: usize,
    outside: usize,
    checked: usize,
}

impl Place {
    fn new(features: BTreeMap<Ident, Vec<NewFeature>>, streets: &Streets) -> Self {
        let snapshot = snapshot(features, streets);
        let brute = Brute::new(streets);
        let homes = snapshot.homes.iter().map(|h| (h.at, brute.sight(h.at))).collect();
        Self { snapshot, brute, homes, polygons: Default::default(), compared: 0, misfits: 0, outside: 0, checked: 0 }
    }

    fn check(&mut self, origin: LonLat) {
        let sight = self.brute.sight(origin);
        self.checked += 1;
        let profile = Profile::by_id("adult").expect("built in");
        let query = LifeCircleQuery {
            origin,
            extents: MINUTES.map(Extent::Minutes).to_vec(),
            profile,
            direction: Direction::From,
        };
        let circle = match life_circle(&self.snapshot, &query) {
            Err(WalkError::Outside(_)) => {
                // The end of a way that lies exactly on a wall is seen over the wall by the beads.
                assert!(sight.len() <= 1, "{origin:?} sees {} beads", sight.len());
                self.outside += 1;
                return;
            }
            other => other.expect("a network"),
        };
        let times = self.brute.times(&sight, 900.0);
        let times: Vec<f64> = self.homes.iter().map(|(_, s)| field(&times, s)).collect();
        for (i, band) in circle.bands.iter().enumerate() {
            assert_eq!(band.extent, Extent::Minutes(MINUTES[i]));
            assert!(band.shape.is_valid(), "{origin:?} {} min", MINUTES[i]);
            let limit = f64::from(MINUTES[i]) * 60.0;
            // Beads a metre apart make the brute field late by up to a second or so.
            let sure = times.iter().filter(|t| **t <= limit - 0.1).count() as u64;
            let possible = times.iter().filter(|t| **t <= limit + 1.5).count() as u64;
            self.compared += possible as usize;
            self.misfits += (sure.saturating_sub(band.buildings) + band.buildings.saturating_sub(possible)) as usize;
            if self.checked.is_multiple_of(20) {
                self.compare_polygon(i, &band.shape, &times, limit);
            }
        }
        for pair in circle.bands.windows(2) {
            assert!(pair[1].area_m2 <= pair[0].area_m2 && pair[1].households <= pair[0].households);
            let inner = pair[1].shape.0.iter().flat_map(|p| p.exterior().0.iter().step_by(40));
            assert!(
                inner.copied().all(|c| geo::Intersects::intersects(&pair[0].shape, &c)),
                "circles nest at {origin:?}"
            );
        }
    }

    fn compare_polygon(&mut self, band: usize, shape: &geo::MultiPolygon, times: &[f64], limit: f64) {
        let inside = times.iter().filter(|t| **t <= limit).count();
        let Some(bbox) = BBox::of(&shape.clone().into()) else { return };
        let wrong = self.homes.iter().zip(times).filter(|((at, _), t)| {
            let drawn = bbox.contains(*at) && shape.contains(&Point::from(at.coord()));
            drawn != (**t <= limit)
        });
        self.polygons[band].wrong += wrong.count();
        self.polygons[band].buildings += inside;
    }

    fn run(mut self, name: &str) {
        let bounds = self.homes.iter().fold(None, |b: Option<BBox>, (h, _)| {
            let p = BBox { west: h.lon(), south: h.lat(), east: h.lon(), north: h.lat() };
            Some(b.map_or(p, |b| b.union(p)))
        });
        let bounds = bounds.expect("buildings");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(20_261_122);
        for i in 0..POINTS {
            // Half of them anywhere, half at a door.
            let origin = if i % 2 == 0 {
                let (x, y) = (rng.random_range(bounds.west..bounds.east), rng.random_range(bounds.south..bounds.north));
                LonLat::new(x, y).expect("in range")
            } else {
                self.homes[rng.random_range(0..self.homes.len())].0
            };
            self.check(origin);
        }
        let share = |p: &Polygons| p.wrong as f64 / p.buildings.max(1) as f64 * 100.0;
        let shares: Vec<f64> = self.polygons.iter().map(share).collect();
        eprintln!(
            "{name}: {} lines over plazas, {POINTS} points, {} outside, {} comparisons, {} misfits; polygon wrong about {:.2} / {:.2} / {:.2} % of buildings at 15 / 10 / 5 min",
            self.brute.plaza_lines, self.outside, self.compared, self.misfits, shares[0], shares[1], shares[2]
        );
        assert!(self.outside < POINTS / 2, "most points are on land");
        assert!(self.compared > 100_000, "{}", self.compared);
        // A gap between two walls may be narrower than the beads.
        assert!(self.misfits * 20_000 <= self.compared, "{} of {}", self.misfits, self.compared);
        assert!(shares[0] <= 1.0 && shares[1] <= 2.0 && shares[2] <= 3.0, "{shares:?}");
    }
}

#[test]
fn life_circles_of_monaco_agree_with_the_brute_force_field() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/osm/monaco.osm.pbf");
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there", file.display());
        return;
    }
    let catalogue = Catalogue::built_in().expect("built-in layers");
    let import = wangge::exchange::osm::read(&file, &catalogue, &mut |_| {}).expect("reads");
    Place::new(import.features, &import.streets).run("Monaco");
}

#[test]
fn life_circles_of_a_demo_town_agree_with_the_brute_force_field() {
    let town = wangge::synth::town(wangge::synth::PlaceKey::Nankang);
    Place::new(town.features, &town.streets).run("Nankang");
}
