//! Where homes and facilities meet the walking network, and which of them lie near a position:
//! found once a snapshot, and carried from one snapshot to the next.

use super::Ident;
use super::facility::{Facility, Home};
use crate::geometry::{LonLat, Metres};
use crate::walk::{Doorstep, Network};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Doorsteps of one kind of place, by position.
type Placed = GeomWithData<[f64; 2], u32>;

/// The doorsteps of a snapshot.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    homes: Arc<HomeDoors>,
    facilities: Arc<FacilityDoors>,
}

#[derive(Debug, Default)]
struct HomeDoors {
    /// What they were made from.
    of: Arc<Vec<Home>>,
    steps: Vec<Arc<Doorstep>>,
    tree: RTree<Placed>,
}

#[derive(Debug, Clone, Default)]
struct FacilityDoors {
    of: Arc<Vec<Arc<Facility>>>,
    steps: Vec<Arc<[Doorstep]>>,
    /// Numbers of the facilities by where they lie in memory.
    numbers: HashMap<usize, usize>,
    tree: RTree<Placed>,
    /// The same, of one category only.
    by_category: HashMap<Ident, RTree<Placed>>,
}

/// Facilities of one kind, each with its entrances.
#[derive(Debug, Clone)]
pub struct Kind<'d> {
    doors: Cow<'d, FacilityDoors>,
    category: Option<Ident>,
}

fn address(facility: &Arc<Facility>) -> usize {
    Arc::as_ptr(facility).addr()
}

impl Doors {
    /// Doorsteps of these homes and facilities. What `before` knows of the same ones is kept,
    /// unless `anew`: the network is another one.
    pub(super) fn new(homes: &Arc<Vec<Home>>, facilities: &Arc<Vec<Arc<Facility>>>, before: &Self, anew: bool) -> Self {
        let kept = |same: bool| same && !anew;
        Self {
            homes: if kept(Arc::ptr_eq(homes, &before.homes.of)) {
                Arc::clone(&before.homes)
            } else {
                Arc::new(HomeDoors::new(homes, if anew { &[] } else { &before.homes.steps }))
            },
            facilities: if kept(Arc::ptr_eq(facilities, &before.facilities.of)) {
                Arc::clone(&before.facilities)
            } else {
                Arc::new(FacilityDoors::new(facilities, (!anew).then_some(&*before.facilities)))
            },
        }
    }

    /// Whether these are the doorsteps of another snapshot.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.homes, &other.homes) && Arc::ptr_eq(&self.facilities, &other.facilities)
    }

    /// The home of this number in its snapshot.
    pub fn home(&self, index: usize) -> &Doorstep {
        &self.homes.steps[index]
    }

    /// The entrances of the facility of this number in its snapshot.
    pub fn facility(&self, index: usize) -> &[Doorstep] {
        &self.facilities.steps[index]
    }

    /// The facilities of a category.
    pub fn category(&self, category: &Ident) -> Kind<'_> {
        Kind { doors: Cow::Borrowed(&*self.facilities), category: Some(category.clone()) }
    }

    /// These facilities; what is known of their entrances is used.
    pub fn kind(&self, facilities: Vec<Arc<Facility>>) -> Kind<'static> {
        let doors = FacilityDoors::new(&Arc::new(facilities), Some(&self.facilities));
        Kind { doors: Cow::Owned(doors), category: None }
    }

    /// Numbers of the homes not farther than `radius` in a straight line, and of some beyond.
    pub fn homes_near(&self, at: LonLat, radius: Metres) -> impl Iterator<Item = usize> + '_ {
        self.homes.tree.locate_in_envelope(&around(at, radius)).map(|placed| placed.data as usize)
    }

    /// Numbers of the facilities with an entrance not farther than `radius` in a straight line, and
    /// of some beyond; in order.
    pub fn facilities_near(&self, at: LonLat, radius: Metres) -> Vec<usize> {
        numbers_near(&self.facilities.tree, at, radius)
    }

    /// Finds every doorstep's ways onto the network now, so that no question has to.
    pub fn prepare(&self, network: &Network) {
        self.homes.steps.iter().for_each(|step| step.prepare(network));
        self.facilities.steps.iter().flat_map(|steps| steps.iter()).for_each(|step| step.prepare(network));
    }
}

impl Kind<'_> {
    fn tree(&self) -> Option<&RTree<Placed>> {
        match &self.category {
            Some(category) => self.doors.by_category.get(category),
            None => Some(&self.doors.tree),
        }
    }

    /// All numbers, in order.
    pub fn all(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.tree().into_iter().flatten().map(|placed| placed.data as usize).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Numbers of those with an entrance not farther than `radius` in a straight line, and of some
    /// beyond; in order.
    pub fn near(&self, at: LonLat, radius: Metres) -> Vec<usize> {
        self.tree().map(|tree| numbers_near(tree, at, radius)).unwrap_or_default()
    }

    /// Numbers by distance, nearest first, as if a degree were as long in both directions; one with
    /// several entrances comes several times.
    pub fn roughly_by_distance(&self, at: LonLat) -> impl Iterator<Item = usize> + '_ {
        let all = self.tree().into_iter().flat_map(move |tree| tree.nearest_neighbor_iter(&[at.lon(), at.lat()]));
        all.map(|placed| placed.data as usize)
    }

    pub fn facility(&self, number: usize) -> &Arc<Facility> {
        &self.doors.of[number]
    }

    pub fn entrances(&self, number: usize) -> &[Doorstep] {
        &self.doors.steps[number]
    }
}

fn numbers_near(tree: &RTree<Placed>, at: LonLat, radius: Metres) -> Vec<usize> {
    let near = tree.locate_in_envelope(&around(at, radius));
    let mut numbers: Vec<usize> = near.map(|placed| placed.data as usize).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

impl HomeDoors {
    fn new(of: &Arc<Vec<Home>>, before: &[Arc<Doorstep>]) -> Self {
        let known: HashMap<_, _> = before.iter().map(|step| (key(step.at()), step)).collect();
        let step = |home: &Home| match known.get(&key(home.at)) {
            Some(step) => Arc::clone(step),
            None => Arc::new(Doorstep::new(home.at)),
        };
        let placed = of.iter().zip(0..).map(|(home, i)| Placed::new([home.at.lon(), home.at.lat()], i));
        Self { of: Arc::clone(of), steps: of.iter().map(step).collect(), tree: RTree::bulk_load(placed.collect()) }
    }
}

impl FacilityDoors {
    fn new(of: &Arc<Vec<Arc<Facility>>>, before: Option<&Self>) -> Self {
        let known = |address: usize| before.and_then(|b| b.numbers.get(&address).map(|i| &b.steps[*i]));
        let steps = |facility: &Arc<Facility>| match known(address(facility)) {
            Some(steps) => Arc::clone(steps),
            None => facility.entrances.iter().map(|at| Doorstep::new(*at)).collect(),
        };
        let numbers = of.iter().map(address).zip(0..).collect();
        let mut all = Vec::new();
        let mut of_category: HashMap<&Ident, Vec<Placed>> = HashMap::new();
        for (facility, i) in of.iter().zip(0..) {
            let placed = || facility.entrances.iter().map(|e| Placed::new([e.lon(), e.lat()], i));
            all.extend(placed());
            for category in &facility.categories {
                of_category.entry(category).or_default().extend(placed());
            }
        }
        let by_category = of_category.into_iter().map(|(id, placed)| (id.clone(), RTree::bulk_load(placed)));
        Self {
            of: Arc::clone(of),
            steps: of.iter().map(steps).collect(),
            numbers,
            tree: RTree::bulk_load(all),
            by_category: by_category.collect(),
        }
    }
}

fn key(at: LonLat) -> (u64, u64) {
    (at.lon().to_bits(), at.lat().to_bits())
}

/// A box that holds the disc, a little too large.
fn around(at: LonLat, radius: Metres) -> AABB<[f64; 2]> {
    // The shortest degree of latitude is 110,574 m long.
    let north = radius.0 / 110_500.0;
    let east = north / (at.lat().abs() + north).min(89.0).to_radians().cos();
    AABB::from_corners([at.lon() - east, at.lat() - north], [at.lon() + east, at.lat() + north])
}
