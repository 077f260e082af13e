//! wangge's side of `make compare` (see `benches/compare/`): reads an extract and the questions
//! that all engines are asked, then answers one command a line on its input with one line of
//! JSON on its output. Loading is done once, so that the rounds of the comparison can take turns.
//!
//!     peers EXTRACT.osm.pbf QUESTIONS.json
//!
//! `search`, `contours`, `life_circle`, `nearest` tell the microseconds of every origin;
//! `coverage` those of the nearest (`coverage_two`: the two nearest) of every category for all nodes;
//! `polygons` the contours themselves, `times FILE` the walking times to the points in a file.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use wangge::atlas::{Catalogue, Feature, FeatureId, Ident, NewFeature, Snapshot, SnapshotParts};
use wangge::geometry::{BBox, LonLat, Seconds};
use wangge::planning::{By, Extent, LifeCircleQuery, NearestQuery, Wanted, life_circle, nearest};
use wangge::walk::{ClosestQuery, Direction, Doorstep, Network, Profile, ReachQuery};

type Failure = Box<dyn std::error::Error>;

const MINUTES: [u32; 3] = [5, 10, 15];
const LAYER: &str = "station";

/// What every engine is asked, longitude and latitude.
#[derive(Deserialize)]
struct Questions {
    origins: Vec<[f64; 2]>,
    stations: Vec<[f64; 2]>,
    categories: Vec<Vec<[f64; 2]>>,
    nearest: usize,
    nearest_minutes: f64,
}

/// Points whose walking times from one origin are wanted.
#[derive(Deserialize)]
struct Wish {
    origin: usize,
    points: Vec<[f64; 2]>,
}

struct Bench {
    snapshot: Snapshot,
    questions: Questions,
    origins: Vec<LonLat>,
    /// Of each category; where they meet the network is found by the first round, which warms up.
    categories: Vec<Vec<[Doorstep; 1]>>,
    profile: &'static Profile,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [extract, questions] = arguments.as_slice() else {
        eprintln!("SKIPPED: this is wangge's part of `make compare`: peers EXTRACT.osm.pbf QUESTIONS.json");
        return Ok(());
    };
    let bench = Bench::load(Path::new(extract), Path::new(questions))?;
    for line in std::io::stdin().lock().lines() {
        println!("{}", bench.answer(line?.trim())?);
    }
    Ok(())
}

impl Bench {
    fn load(extract: &Path, questions: &Path) -> Result<Self, Failure> {
        let questions: Questions = serde_json::from_slice(&std::fs::read(questions)?)?;
        let catalogue = Catalogue::built_in()?;
        let import = wangge::exchange::osm::read(extract, &catalogue, &mut |_| {})?;
        let mut layers: BTreeMap<Ident, Vec<Feature>> =
            import.features.into_iter().map(|(layer, list)| (layer, numbered(list))).collect();
        let stations = questions.stations.iter().enumerate().map(|(i, [lon, lat])| NewFeature {
            geometry: geo::Point::new(*lon, *lat).into(),
            properties: [("name".to_owned(), json!(format!("station {i}")))].into_iter().collect(),
            source: "compare".into(),
            reference: None,
        });
        layers.insert(Ident::new(LAYER)?, numbered(stations.collect()));
        let network = Some(Arc::new(Network::build(&import.streets)));
        let snapshot = Snapshot::build(SnapshotParts { catalogue, layers, network, ..SnapshotParts::default() });
        let origins = questions.origins.iter().map(|p| lonlat(*p)).collect::<Result<_, _>>()?;
        let profile = Profile::by_id("adult").ok_or("the adult profile is built in")?;
        let doorsteps = |category: &Vec<[f64; 2]>| category.iter().map(|p| Ok([Doorstep::new(lonlat(*p)?)])).collect();
        let categories = questions.categories.iter().map(doorsteps).collect::<Result<_, Failure>>()?;
        Ok(Self { snapshot, questions, origins, categories, profile })
    }

    fn answer(&self, command: &str) -> Result<Value, Failure> {
        Ok(match command.split_once(' ').unwrap_or((command, "")) {
            ("about", _) => self.about()?,
            ("search", _) => self.each(|at| Ok(self.network()?.reach(&self.query(at, 900.0))?.snap().0 as usize))?,
            ("contours", _) => self.each(|at| Ok(self.contours(at)?.len()))?,
            ("life_circle", _) => self.each(|at| Ok(self.life_circle(at)?.len()))?,
            ("nearest", _) => self.each(|at| self.nearest(at))?,
            ("coverage", _) => self.coverage::<1>()?,
            ("coverage_two", _) => self.coverage::<2>()?,
            ("polygons", _) => self.polygons()?,
            ("times", file) => self.times(Path::new(file))?,
            (other, _) => return Err(format!("{other:?} is no command").into()),
        })
    }

    fn about(&self) -> Result<Value, Failure> {
        let network = self.network()?;
        let (nodes, edges, homes) = (network.node_count(), network.edge_count(), self.snapshot.homes.len());
        Ok(json!({"version": env!("CARGO_PKG_VERSION"), "nodes": nodes, "edges": edges, "homes": homes,
            "facilities": self.snapshot.facilities.len(), "debug": cfg!(debug_assertions)}))
    }

    /// Microseconds of the call for every origin, and the size of its answer.
    fn each(&self, call: impl Fn(LonLat) -> Result<usize, Failure>) -> Result<Value, Failure> {
        let mut micros = Vec::new();
        let mut sizes = Vec::new();
        for &at in &self.origins {
            let start = Instant::now();
            let size = black_box(call(black_box(at))?);
            micros.push(start.elapsed().as_secs_f64() * 1e6);
            sizes.push(size);
        }
        Ok(json!({"micros": micros, "sizes": sizes}))
    }

    fn network(&self) -> Result<&Network, Failure> {
        Ok(self.snapshot.network.as_deref().ok_or("the extract has streets")?)
    }

    fn query(&self, origin: LonLat, seconds: f64) -> ReachQuery<'_> {
        ReachQuery { origin, profile: self.profile, direction: Direction::From, budget: Seconds(seconds) }
    }

    /// The three contours of one search as GeoJSON, smallest first.
    fn contours(&self, origin: LonLat) -> Result<String, Failure> {
        let levels = MINUTES.map(|m| Seconds::from_minutes(f64::from(m)));
        let reach = self.network()?.reach(&self.query(origin, 900.0))?;
        let outlines = reach.outlines(&levels);
        let shapes: Vec<geojson::Geometry> = outlines.iter().map(|o| geojson::Geometry::from(&o.shape)).collect();
        Ok(serde_json::to_string(&shapes)?)
    }

    /// The whole life circle, counts and all, as bytes ready to send.
    fn life_circle(&self, origin: LonLat) -> Result<String, Failure> {
        let query = LifeCircleQuery {
            origin,
            extents: &MINUTES.map(Extent::Minutes),
            profile: self.profile,
            direction: Direction::From,
        };
        let circle = life_circle(&self.snapshot, &query)?;
        // Largest first.
        let named = circle.bands.iter().zip(MINUTES.iter().rev());
        let bands: Vec<Value> = named
            .map(|(b, minutes)| {
                json!({"minutes": minutes, "area_m2": b.area_m2, "households": b.households,
                    "buildings": b.buildings, "counts": b.counts, "geometry": geojson::Geometry::from(&b.shape)})
            })
            .collect();
        let facilities: Vec<Value> = circle
            .facilities
            .iter()
            .map(|f| json!({"layer": f.facility.layer, "id": f.facility.id.0, "walk_s": f.walk.whole()}))
            .collect();
        Ok(json!({"features": bands, "facilities": facilities, "missing": circle.missing}).to_string())
    }

    fn nearest(&self, origin: LonLat) -> Result<usize, Failure> {
        let query = NearestQuery {
            origin,
            wanted: Wanted::Layer(Ident::new(LAYER)?),
            limit: self.questions.nearest,
            by: By::Walk,
            max: Seconds::from_minutes(self.questions.nearest_minutes),
            open_only_at: None,
            now: chrono::DateTime::UNIX_EPOCH,
            service: None,
            profile: self.profile,
        };
        Ok(nearest(&self.snapshot, &query)?.len())
    }

    /// The `K` nearest of every category for all nodes of the network.
    fn coverage<const K: usize>(&self) -> Result<Value, Failure> {
        let limit = Seconds::from_minutes(self.questions.nearest_minutes);
        let query = ClosestQuery { profile: self.profile, direction: Direction::To, limit };
        let network = self.network()?;
        let sites: Vec<Vec<&[Doorstep]>> =
            self.categories.iter().map(|c| c.iter().map(<[Doorstep; 1]>::as_slice).collect()).collect();
        let start = Instant::now();
        let closest: Vec<_> = sites.iter().map(|sites| black_box(network.closest::<K>(&query, sites))).collect();
        let micros = start.elapsed().as_secs_f64() * 1e6;
        let covered =
            |c: &wangge::walk::Closest<'_, K>| (0..network.node_count()).filter(|n| !c.of_node(*n).is_empty()).count();
        let covered: Vec<usize> = closest.iter().map(covered).collect();
        Ok(json!({"micros": [micros], "sizes": covered}))
    }

    fn polygons(&self) -> Result<Value, Failure> {
        let one = |at: &LonLat| Ok(serde_json::from_str::<Value>(&self.contours(*at)?)?);
        self.origins.iter().map(one).collect::<Result<Vec<Value>, Failure>>().map(Value::from)
    }

    /// Seconds to every wished point within 15 minutes, `null` beyond.
    fn times(&self, file: &Path) -> Result<Value, Failure> {
        let wishes: Vec<Wish> = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut all = Vec::new();
        for wish in wishes {
            let origin = *self.origins.get(wish.origin).ok_or("a wish names an origin that is not there")?;
            let reach = self.network()?.reach(&self.query(origin, 900.0))?;
            let times: Result<Vec<Option<f64>>, Failure> =
                wish.points.iter().map(|p| Ok(reach.time_at(lonlat(*p)?).map(|t| t.0))).collect();
            all.push(times?);
        }
        Ok(json!(all))
    }
}

fn lonlat([lon, lat]: [f64; 2]) -> Result<LonLat, Failure> {
    Ok(LonLat::new(lon, lat)?)
}

/// Features as a store would hand them out.
fn numbered(list: Vec<NewFeature>) -> Vec<Feature> {
    let feature = |(i, f): (usize, NewFeature)| {
        let bbox = BBox::of(&f.geometry)?;
        let (id, version, updated_at) = (FeatureId(i as i64 + 1), 1, String::new());
        let (geometry, properties, source, reference) = (f.geometry, f.properties, f.source, f.reference);
        Some(Feature { id, version, geometry, properties, source, reference, updated_at, bbox })
    };
    list.into_iter().enumerate().filter_map(feature).collect()
}
