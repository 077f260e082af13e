//! The life-circle score (生活圈评分): what of the five services and the other categories people have
//! within 5, 10 and 15 minutes, by households, by buildings and by ground; beside it the service
//! radii of GB 50180-2018, which are straight lines and promise more than there is.

use super::coverage::{Count, Coverage, CoverageQuery, Tally, coverage};
use super::error::{WalkError, network};
use super::extent::Extent;
use crate::atlas::facility::Facility;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::{BBox, LonLat, Metres, Plane, Seconds, Xy, ground_distance};
use crate::walk::{ClosestQuery, Direction, Doorstep, Profile, ReachQuery};
use geo::Intersects;
use rayon::prelude::*;
use std::sync::Arc;

/// The times of the standard's three circles.
pub const CIRCLES: [Extent; 3] = [Extent::Minutes(5), Extent::Minutes(10), Extent::Minutes(15)];
/// Their service radii.
pub const RADII: [Metres; 3] = [Metres(300.0), Metres(500.0), Metres(1000.0)];

/// The nearest place of a category, from a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Reachable {
    pub category: Ident,
    /// One of the five.
    pub basic: bool,
    /// `None` when it is farther than the largest circle.
    pub walk: Option<Seconds>,
    /// Straight distance to the nearest entrance, up to the largest radius.
    pub line: Option<Metres>,
}

/// What a point has, for one kind of walker.
#[derive(Debug, Clone, PartialEq)]
pub struct PointScore {
    pub profile: String,
    pub categories: Vec<Reachable>,
}

impl PointScore {
    /// Of the five, how many are within an extent.
    pub fn basic_within(&self, extent: Extent, profile: &Profile) -> usize {
        let within = |r: &&Reachable| r.basic && r.walk.is_some_and(|walk| extent.admits(walk, profile));
        self.categories.iter().filter(within).count()
    }
}

/// What can be reached on foot from a point, for each kind of walker.
pub fn score_point(snapshot: &Snapshot, at: LonLat, profiles: &[&Profile]) -> Result<Vec<PointScore>, WalkError> {
    profiles.iter().map(|profile| point(snapshot, at, profile)).collect()
}

fn largest(profile: &Profile) -> Seconds {
    Seconds(CIRCLES.iter().map(|circle| circle.budget(profile).0).fold(0.0, f64::max))
}

fn point(snapshot: &Snapshot, origin: LonLat, profile: &Profile) -> Result<PointScore, WalkError> {
    let budget = largest(profile);
    let search = ReachQuery { origin, profile, direction: Direction::From, budget };
    let reach = network(snapshot)?.reach(&search)?;
    let category = |category: &crate::atlas::Category| {
        let kind = snapshot.doors.category(&category.id);
        let near = kind.near(origin, Metres(budget.0 * profile.speed_m_s + 1.0));
        let walks = near.iter().filter_map(|i| reach.time_to_any(kind.entrances(*i)));
        Reachable {
            category: category.id.clone(),
            basic: category.basic,
            walk: walks.min_by(|a, b| a.0.total_cmp(&b.0)),
            line: line(snapshot, &category.id, origin),
        }
    };
    Ok(PointScore {
        profile: profile.id.clone(),
        categories: snapshot.catalogue.categories.iter().map(category).collect(),
    })
}

/// Straight distance to the nearest place of a category, up to the largest radius.
fn line(snapshot: &Snapshot, category: &Ident, at: LonLat) -> Option<Metres> {
    let kind = snapshot.doors.category(category);
    let farthest = RADII[RADII.len() - 1];
    let near = kind.near(at, farthest).into_iter();
    let doors = near.flat_map(|i| kind.entrances(i).iter().map(|door| ground_distance(at, door.at()).0));
    doors.min_by(f64::total_cmp).filter(|metres| *metres <= farthest.0).map(Metres)
}

/// An area to score: the buildings and the ground inside.
#[derive(Debug, Clone)]
pub struct Ground {
    /// By number.
    homes: Vec<usize>,
    /// Points strewn evenly over it.
    samples: Vec<LonLat>,
    facilities: Vec<Arc<Facility>>,
}

/// Samples of the ground are at least so far apart, and there are not more than this of them.
const SAMPLE_EVERY: Metres = Metres(20.0);
const SAMPLES: f64 = 3000.0;

impl Ground {
    /// What lies in a polygon; nothing in any other geometry. A building belongs to it when its
    /// point lies inside or on the border.
    pub fn new(snapshot: &Snapshot, shape: &geo::Geometry) -> Self {
        let polygon = matches!(shape, geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_));
        let Some(bbox) = BBox::of(shape).filter(|_| polygon) else {
            return Self { homes: Vec::new(), samples: Vec::new(), facilities: Vec::new() };
        };
        let inside = |at: LonLat| bbox.contains(at) && shape.intersects(&geo::Point(at.coord()));
        let homes = (0..snapshot.homes.len()).into_par_iter().filter(|i| inside(snapshot.homes[*i].at)).collect();
        let facilities = snapshot.facilities.iter().filter(|place| inside(place.anchor)).cloned().collect();
        Self { homes, samples: samples(bbox).into_par_iter().filter(|at| inside(*at)).collect(), facilities }
    }

    /// Who lives there.
    pub fn count(&self, snapshot: &Snapshot) -> Count {
        let households = self.homes.iter().map(|home| u64::from(snapshot.homes[*home].households)).sum();
        Count { households, buildings: self.homes.len() as u64 }
    }
}

fn samples(bbox: BBox) -> Vec<LonLat> {
    let (lon, lat) = bbox.centre();
    let Ok(middle) = LonLat::new(lon, lat) else { return Vec::new() };
    let plane = Plane::around(middle);
    let (low, high) = (plane.degrees_to_xy(bbox.west, bbox.south), plane.degrees_to_xy(bbox.east, bbox.north));
    let (width, height) = (high.x - low.x, high.y - low.y);
    let step = SAMPLE_EVERY.0.max((width * height / SAMPLES).sqrt());
    let (columns, rows) = ((width / step).ceil() as usize, (height / step).ceil() as usize);
    let at = |i: usize| {
        let (x, y) = ((i % columns) as f64 + 0.5, (i / columns) as f64 + 0.5);
        let (lon, lat) = plane.to_degrees(Xy { x: low.x + x * step, y: low.y + y * step });
        LonLat::new(lon, lat).ok()
    };
    (0..columns * rows).filter_map(at).collect()
}

/// How an area stands with a category.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryScore {
    pub category: Ident,
    /// One of the five.
    pub basic: bool,
    /// Places inside the area.
    pub facilities: usize,
    /// Households and buildings within each of [`CIRCLES`].
    pub tally: Tally,
    /// Share of the ground within each of [`CIRCLES`], 0 to 1.
    pub ground: [f64; 3],
    /// Households and buildings within each of [`RADII`] in a straight line.
    pub line: [Count; 3],
}

/// How an area stands, for one kind of walker.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaScore {
    pub profile: String,
    pub categories: Vec<CategoryScore>,
    /// By circle: those who have all five.
    pub all_five: [Count; 3],
    /// By circle: how many of the five a household has, on average; `None` where nobody lives.
    pub mean_of_five: [Option<f64>; 3],
}

/// Every category's coverage for one kind of walker, from which any area is scored.
#[derive(Debug, Clone)]
pub struct Board {
    profile: Profile,
    /// In the order of the catalogue's categories.
    coverages: Vec<Arc<Coverage>>,
}

impl Board {
    pub fn new(snapshot: &Snapshot, profile: &Profile) -> Result<Self, WalkError> {
        let one = |category: &crate::atlas::Category| {
            let query = CoverageQuery { longest: largest(profile), ..CoverageQuery::of(category.id.clone(), profile) };
            coverage(snapshot, &query)
        };
        let coverages: Result<Vec<Coverage>, WalkError> = snapshot.catalogue.categories.par_iter().map(one).collect();
        Ok(Self::of(profile, coverages?.into_iter().map(Arc::new).collect()))
    }

    /// From what is known already: the coverage of each category, in the order of the catalogue, by walks of a
    /// quarter of an hour at least.
    pub fn of(profile: &Profile, coverages: Vec<Arc<Coverage>>) -> Self {
        Self { profile: profile.clone(), coverages }
    }

    /// How an area stands on the map that the board is of.
    pub fn score(&self, snapshot: &Snapshot, area: &Ground) -> Result<AreaScore, WalkError> {
        let network = network(snapshot)?;
        let samples: Vec<Doorstep> = area.samples.par_iter().map(|at| Doorstep::prepared(*at, network)).collect();
        let limit = largest(&self.profile);
        let search = ClosestQuery { profile: &self.profile, direction: Direction::To, limit };
        let categories = snapshot.catalogue.categories.par_iter().zip(&self.coverages).map(|(category, coverage)| {
            let kind = snapshot.doors.category(&category.id);
            let sites: Vec<&[Doorstep]> = kind.all().into_iter().map(|i| kind.entrances(i)).collect();
            let closest = network.closest::<1>(&search, &sites);
            let walks: Vec<Option<Seconds>> =
                samples.iter().map(|sample| closest.of(sample).first().map(|(_, walk)| *walk)).collect();
            CategoryScore {
                category: category.id.clone(),
                basic: category.basic,
                facilities: area.facilities.iter().filter(|f| f.categories.contains(&category.id)).count(),
                tally: coverage.tally_of(area.homes.iter().copied(), &CIRCLES),
                ground: CIRCLES.map(|circle| share(&walks, |walk| circle.admits(walk, &self.profile))),
                line: self.within_radii(snapshot, area, &category.id),
            }
        });
        let categories = categories.collect();
        let (all_five, mean_of_five) = self.five(snapshot, area);
        Ok(AreaScore { profile: self.profile.id.clone(), categories, all_five, mean_of_five })
    }

    fn within_radii(&self, snapshot: &Snapshot, area: &Ground, category: &Ident) -> [Count; 3] {
        let mut counts = [Count::default(); 3];
        for &home in &area.homes {
            let home = &snapshot.homes[home];
            let Some(line) = line(snapshot, category, home.at) else { continue };
            let one = Count { households: u64::from(home.households), buildings: 1 };
            counts.iter_mut().zip(RADII).filter(|(_, radius)| line.0 <= radius.0).for_each(|(count, _)| *count += one);
        }
        counts
    }

    fn five(&self, snapshot: &Snapshot, area: &Ground) -> ([Count; 3], [Option<f64>; 3]) {
        let basic: Vec<&Arc<Coverage>> = {
            let all = snapshot.catalogue.categories.iter().zip(&self.coverages);
            all.filter(|(category, _)| category.basic).map(|(_, coverage)| coverage).collect()
        };
        let (mut all, mut sums, mut households) = ([Count::default(); 3], [0; 3], 0);
        for &home in &area.homes {
            let living = u64::from(snapshot.homes[home].households);
            households += living;
            for (circle, extent) in CIRCLES.into_iter().enumerate() {
                let has = basic.iter().filter(|coverage| coverage.covers(home, extent)).count();
                sums[circle] += living * has as u64;
                if has == basic.len() {
                    all[circle] += Count { households: living, buildings: 1 };
                }
            }
        }
        (all, sums.map(|sum| (households > 0).then(|| sum as f64 / households as f64)))
    }
}

fn share(walks: &[Option<Seconds>], within: impl Fn(Seconds) -> bool) -> f64 {
    let inside = walks.iter().flatten().filter(|walk| within(**walk)).count();
    inside as f64 / walks.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::testing::{feature, ident};
    use crate::planning::Scope;
    use crate::planning::testing::{spot, town};
    use serde_json::json;

    /// A town with two neighbourhood centres that hold some of the five services, and a market.
    fn served() -> Snapshot {
        let mut parts = town(61, 12, 200, 3);
        let centre = |id, x, y, services: &[&str]| {
            let mut properties = json!({"name": "中心"});
            services.iter().for_each(|s| properties[*s] = true.into());
            feature(id, geo::Point(spot(x, y).coord()), properties)
        };
        parts.layer("centre").extend([
            centre(1, 200.0, 240.0, &["kindergarten", "elder_care", "medical", "convenience"]),
            centre(2, 600.0, 640.0, &["culture", "medical"]),
        ]);
        parts.snapshot()
    }

    fn profile(id: &str) -> &'static Profile {
        Profile::by_id(id).expect("built in")
    }

    fn find<'c>(score: &'c AreaScore, id: &str) -> &'c CategoryScore {
        score.categories.iter().find(|c| c.category.as_str() == id).expect("a category")
    }

    #[test]
    fn a_point_has_what_its_life_circle_holds() {
        let map = served();
        let at = spot(400.0, 400.0);
        let profiles = [profile("adult"), profile("senior")];
        for (score, profile) in score_point(&map, at, &profiles).expect("near").iter().zip(profiles) {
            let query =
                super::super::LifeCircleQuery { origin: at, extents: &CIRCLES, profile, direction: Direction::From };
            let circle = super::super::life_circle(&map, &query).expect("near");
            for band in &circle.bands {
                let basic = |id: &Ident| map.catalogue.categories.iter().any(|c| c.id == *id && c.basic);
                let has = band.counts.iter().filter(|(id, n)| basic(id) && **n > 0).count();
                assert_eq!(score.basic_within(band.extent, profile), has, "{:?}", band.extent);
            }
            let station = score.categories.iter().find(|c| c.category == ident("station")).expect("a category");
            assert!(
                station.line.zip(station.walk).is_some_and(|(line, walk)| walk.0 * profile.speed_m_s >= line.0 - 0.01)
            );
        }
        assert!(score_point(&map, spot(9000.0, 0.0), &profiles).is_err());
    }

    #[test]
    fn the_whole_town_scores_what_the_coverage_says_and_slow_walkers_less() {
        let map = served();
        let everything = geo::Rect::new(spot(-200.0, -200.0).coord(), spot(1200.0, 1200.0).coord()).to_polygon();
        let ground = Ground::new(&map, &everything.into());
        let score =
            |id: &str| Board::new(&map, profile(id)).and_then(|board| board.score(&map, &ground)).expect("streets");
        let (adult, senior) = (score("adult"), score("senior"));
        for id in ["medical", "station", "culture", "toilet"] {
            let whole = coverage(&map, &CoverageQuery::of(ident(id), profile("adult")))
                .expect("streets")
                .tally(&CIRCLES, &Scope::All);
            assert_eq!(find(&adult, id).tally, whole, "{id}");
            for circle in 0..3 {
                assert!(find(&senior, id).tally.covered[circle].households <= whole.covered[circle].households);
                assert!(find(&senior, id).ground[circle] <= find(&adult, id).ground[circle]);
            }
        }
        let medical = find(&adult, "medical");
        assert!(medical.ground[0] > 0.0 && medical.ground[0] < medical.ground[2] && medical.ground[2] < 1.0);
        assert!(medical.basic && !find(&adult, "station").basic);
        assert!(
            (0..3)
                .all(|i| find(&adult, "toilet").ground[i] == 0.0 && find(&adult, "toilet").line[i] == Count::default())
        );
        // All five means the rarest of them, and one more than culture alone.
        assert!(adult.all_five[2].households > 0);
        assert!((0..3).all(|i| adult.all_five[i].households <= find(&adult, "culture").tally.covered[i].households));
        let sum: u64 = adult.categories.iter().filter(|c| c.basic).map(|c| c.tally.covered[1].households).sum();
        let mean = sum as f64 / medical.tally.all.households as f64;
        assert!(adult.mean_of_five[1].is_some_and(|m| (m - mean).abs() < 1e-9), "{mean} {:?}", adult.mean_of_five);
    }

    #[test]
    fn an_area_counts_its_own_buildings_and_a_line_promises_more_than_a_walk() {
        let map = served();
        let square = geo::Rect::new(spot(100.0, 100.0).coord(), spot(500.0, 500.0).coord()).to_polygon();
        let inside = map.homes.iter().filter(|h| square.intersects(&geo::Point(h.at.coord()))).count() as u64;
        let ground = Ground::new(&map, &square.into());
        let score = Board::new(&map, profile("adult")).and_then(|board| board.score(&map, &ground)).expect("streets");
        let medical = find(&score, "medical");
        assert!(inside > 10 && medical.tally.all.buildings == inside);
        // 375 m on foot are less than 500 m by air, whoever stands where.
        assert!(medical.line[1].buildings >= medical.tally.covered[0].buildings && medical.line[1].buildings > 0);
        let line = Ground::new(&map, &geo::LineString::from(vec![(116.0, 29.0), (116.1, 29.1)]).into());
        let nothing = Board::new(&map, profile("adult")).and_then(|board| board.score(&map, &line)).expect("streets");
        assert_eq!((find(&nothing, "medical").tally.all, nothing.mean_of_five[0]), (Count::default(), None));
    }
}
