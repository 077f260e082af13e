//! An extract as a snapshot, with stations strewn over it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use wangge::atlas::snapshot::SnapshotParts;
use wangge::atlas::{Catalogue, Feature, FeatureId, Ident, NewFeature, Snapshot};
use wangge::geometry::{BBox, LonLat, Seconds};
use wangge::walk::{Direction, Doorstep, Network, Profile, ReachQuery};

pub struct Place {
    pub name: &'static str,
    pub snapshot: Snapshot,
    pub stations: usize,
}

impl Place {
    pub fn load(name: &'static str, stations: usize) -> Option<Self> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/osm/{name}.osm.pbf"));
        if !file.exists() {
            eprintln!("SKIPPED: {} is not there", file.display());
            return None;
        }
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let import = wangge::exchange::osm::read(&file, &catalogue, &mut |_| {}).expect("reads");
        let mut layers: BTreeMap<Ident, Vec<Feature>> =
            import.features.into_iter().map(|(layer, list)| (layer, numbered(list))).collect();
        let points = &import.streets.points;
        let strewn = points.iter().step_by(points.len() / stations).take(stations).map(|at| NewFeature {
            geometry: geo::Point::from(at.coord()).into(),
            properties: [("name".to_owned(), "station".into())].into_iter().collect(),
            source: "bench".into(),
            reference: None,
        });
        layers.insert(Ident::new("station").expect("an id"), numbered(strewn.collect()));
        let network = Arc::new(Network::build(&import.streets));
        let parts =
            SnapshotParts { catalogue, layers, network: Some(Arc::clone(&network)), ..SnapshotParts::default() };
        let snapshot = Snapshot::build(parts);
        snapshot.doors.prepare(&network);
        Some(Self { name, snapshot, stations })
    }

    pub fn network(&self) -> &Network {
        self.snapshot.network.as_deref().expect("built")
    }

    /// Of a thousand homes and doors the one from which most nodes are reached.
    pub fn densest(&self, budget: Seconds) -> LonLat {
        let doors = self.snapshot.facilities.iter().map(|f| f.anchor);
        let all: Vec<LonLat> = self.snapshot.homes.iter().map(|h| h.at).chain(doors).collect();
        let profile = Profile::by_id("adult").expect("built in");
        let settled = |at: &LonLat| {
            let query = ReachQuery { origin: *at, profile, direction: Direction::From, budget };
            self.network().reach(&query).map_or(0, |reach| reach.settled())
        };
        all.iter().step_by((all.len() / 1000).max(1)).copied().max_by_key(settled).expect("somebody lives here")
    }

    /// Doorsteps of the sites in the largest categories.
    pub fn categories(&self, count: usize) -> Vec<Vec<&[Doorstep]>> {
        let mut by_category: BTreeMap<&Ident, Vec<&[Doorstep]>> = BTreeMap::new();
        for (i, facility) in self.snapshot.facilities.iter().enumerate() {
            for category in &facility.categories {
                by_category.entry(category).or_default().push(self.snapshot.doors.facility(i));
            }
        }
        let mut all: Vec<_> = by_category.into_values().collect();
        all.sort_by_key(|sites| std::cmp::Reverse(sites.len()));
        all.truncate(count);
        all
    }
}

fn numbered(list: Vec<NewFeature>) -> Vec<Feature> {
    let feature = |(f, i): (NewFeature, i64)| {
        Some(Feature {
            id: FeatureId(i),
            version: 1,
            bbox: BBox::of(&f.geometry)?,
            geometry: f.geometry,
            properties: f.properties,
            source: f.source,
            reference: f.reference,
            updated_at: String::new(),
        })
    };
    list.into_iter().zip(1..).filter_map(feature).collect()
}
