//! The life circle against a brute-force field: seeded points of Monaco, Malta and a demo town.

mod brute;
mod coverage;
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

/// How often the polygon and the field disagree about a place.
#[derive(Default)]
struct Polygons {
    drawn: usize,
    reached: usize,
    falsely_inside: usize,
    falsely_outside: usize,
}

impl Polygons {
    fn count(&mut self, drawn: bool, reached: bool) {
        self.drawn += usize::from(drawn);
        self.reached += usize::from(reached);
        self.falsely_inside += usize::from(drawn && !reached);
        self.falsely_outside += usize::from(reached && !drawn);
    }

    /// Per cent of what is drawn inside and is not, and of what is inside and is not drawn so.
    fn shares(&self) -> [f64; 2] {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64 * 100.0;
        [share(self.falsely_inside, self.drawn), share(self.falsely_outside, self.reached)]
    }
}

/// Most street points that polygons are compared at.
const STREET_POINTS: usize = 3000;
/// Of so many circles one is compared as a polygon.
const EVERY: usize = 4;

struct Place {
    snapshot: Snapshot,
    brute: Brute,
    homes: Vec<(LonLat, Sight)>,
    streets: Vec<(LonLat, Sight)>,
    /// By minutes: buildings, street points.
    polygons: [[Polygons; 2]; 3],
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
        let walked = brute.on_streets();
        let streets = walked.iter().step_by((walked.len() / STREET_POINTS).max(1));
        let streets = streets.map(|at| (*at, brute.sight(*at))).collect();
        let polygons = Default::default();
        Self { snapshot, brute, homes, streets, polygons, compared: 0, misfits: 0, outside: 0, checked: 0 }
    }

    fn check(&mut self, origin: LonLat) {
        let sight = self.brute.sight(origin);
        self.checked += 1;
        let profile = Profile::by_id("adult").expect("built in");
        let query =
            LifeCircleQuery { origin, extents: &MINUTES.map(Extent::Minutes), profile, direction: Direction::From };
        let circle = match life_circle(&self.snapshot, &query) {
            Err(WalkError::Outside(_)) => {
                assert!(sight.is_empty(), "{origin:?} sees {} beads", sight.len());
                self.outside += 1;
                return;
            }
            other => other.expect("a network"),
        };
        let beads = self.brute.times(&sight, 900.0);
        let times: Vec<f64> = self.homes.iter().map(|(_, s)| field(&beads, s)).collect();
        for (i, band) in circle.bands.iter().enumerate() {
            assert_eq!(band.extent, Extent::Minutes(MINUTES[i]));
            assert!(band.shape.is_valid(), "{origin:?} {} min", MINUTES[i]);
            let limit = f64::from(MINUTES[i]) * 60.0;
            // Beads a metre apart make the brute field late by up to a second or so.
            let sure = times.iter().filter(|t| **t <= limit - 0.1).count() as u64;
            let possible = times.iter().filter(|t| **t <= limit + 1.5).count() as u64;
            self.compared += possible as usize;
            let misfits = (sure.saturating_sub(band.buildings) + band.buildings.saturating_sub(possible)) as usize;
            self.misfits += misfits;
            if misfits > 2 {
                eprintln!(
                    "{origin:?}, {} min: {} buildings, {sure} to {possible} expected",
                    MINUTES[i], band.buildings
                );
            }
            if self.checked.is_multiple_of(EVERY) {
                let on_streets: Vec<f64> = self.streets.iter().map(|(_, s)| field(&beads, s)).collect();
                compare_polygon(&mut self.polygons[i][0], &self.homes, &band.shape, &times, limit);
                compare_polygon(&mut self.polygons[i][1], &self.streets, &band.shape, &on_streets, limit);
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

    fn run(mut self, name: &str, points: usize) {
        let bounds = self.homes.iter().fold(None, |b: Option<BBox>, (h, _)| {
            let p = BBox { west: h.lon(), south: h.lat(), east: h.lon(), north: h.lat() };
            Some(b.map_or(p, |b| b.union(p)))
        });
        let bounds = bounds.expect("buildings");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(20_261_122);
        for i in 0..points {
            // Half of them anywhere, half at a door.
            let origin = if i % 2 == 0 {
                let (x, y) = (rng.random_range(bounds.west..bounds.east), rng.random_range(bounds.south..bounds.north));
                LonLat::new(x, y).expect("in range")
            } else {
                self.homes[rng.random_range(0..self.homes.len())].0
            };
            self.check(origin);
        }
        eprintln!(
            "{name}: {} lines over plazas, {points} points, {} outside, {} comparisons, {} misfits",
            self.brute.plaza_lines, self.outside, self.compared, self.misfits
        );
        for (minutes, both) in MINUTES.iter().zip(&self.polygons) {
            for (what, polygons) in ["buildings", "street points"].iter().zip(both) {
                let [inside, outside] = polygons.shares();
                eprintln!(
                    "{name}, {minutes} min, {what}: {inside:.2} % falsely inside, {outside:.2} % falsely outside"
                );
                let most = f64::from(20 - minutes) / 5.0;
                assert!(inside <= most && outside <= most, "{name}: more than {most} % at {minutes} minutes");
            }
        }
        assert!(self.outside < points * 2 / 3, "most points are on land");
        assert!(self.compared > 20_000, "{}", self.compared);
        // A gap between two walls may be narrower than the beads.
        assert!(self.misfits * 10_000 <= self.compared, "{} of {}", self.misfits, self.compared);
    }
}

fn compare_polygon(
    polygons: &mut Polygons,
    places: &[(LonLat, Sight)],
    shape: &geo::MultiPolygon,
    times: &[f64],
    limit: f64,
) {
    let bbox = BBox::of(&shape.clone().into());
    for ((at, _), time) in places.iter().zip(times) {
        let near = bbox.is_some_and(|bbox| bbox.contains(*at));
        polygons.count(near && shape.contains(&Point::from(at.coord())), *time <= limit);
    }
}

fn extract(name: &str) -> Option<Place> {
    import(name).map(|import| Place::new(import.features, &import.streets))
}

/// An extract as it is imported; says so when it is not there.
fn import(name: &str) -> Option<wangge::exchange::osm::OsmImport> {
    let file = format!("../shared/data/osm/{name}.osm.pbf");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there", file.display());
        return None;
    }
    let catalogue = Catalogue::built_in().expect("built-in layers");
    Some(wangge::exchange::osm::read(&file, &catalogue, &mut |_| {}).expect("reads"))
}

#[test]
fn life_circles_of_malta_agree_with_the_brute_force_field() {
    if let Some(place) = extract("malta") {
        place.run("Malta", 500);
    }
}

#[test]
fn life_circles_of_monaco_agree_with_the_brute_force_field() {
    if let Some(place) = extract("monaco") {
        place.run("Monaco", 1000);
    }
}

#[test]
fn life_circles_of_a_demo_town_agree_with_the_brute_force_field() {
    let town = wangge::synth::town(wangge::synth::PlaceKey::Nankang);
    Place::new(town.features, &town.streets).run("Nankang", 1000);
}
