//! Missing links: pairs of places that lie close together and far apart on foot, because of a wall,
//! a river or a gate, ranked by the households that one gate, bridge or path between them would bring
//! into coverage.
//!
//! The ends are corners and ends of streets. A link from `u` to `v` brings `v` to
//! `t(u) + |uv| / speed`; whoever reaches `v` in what is left of the time gains. That is an estimate,
//! used to choose whom to try; the best are stitched into the network and told as they are then.

use super::coverage::{Count, CoverageQuery, kind};
use super::error::{LONGEST_WALK, WalkError, network};
use super::extent::Extent;
use super::run::{Cancelled, Run};
use super::scope::Scope;
use crate::atlas::Snapshot;
use crate::atlas::facility::Home;
use crate::geometry::{LonLat, Metres, Seconds, ground_distance};
use crate::walk::{BarrierKind, ClosestQuery, Doorstep, Link, LinkKind, Network, ReachQuery};
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::collections::BTreeSet;

/// What to ask.
#[derive(Debug, Clone)]
pub struct MissingQuery<'q> {
    /// Whose places are to be reached, by whom.
    pub coverage: CoverageQuery<'q>,
    pub within: Extent,
    /// No link is longer.
    pub longest: Metres,
    /// The way round must take so much longer than the link.
    pub detour: Seconds,
    /// So many links.
    pub limit: usize,
    /// Who is to be helped.
    pub scope: Scope,
}

/// A link that does not exist.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingLink {
    /// On the side of the places.
    pub from: LonLat,
    /// On the side of the households.
    pub to: LonLat,
    pub length: Metres,
    /// The way round as it is; `None` when there is none.
    pub round: Option<Seconds>,
    /// What it would bring into coverage.
    pub gained: Count,
    /// What it crosses, in order from `from`, each kind once.
    pub crosses: Vec<BarrierKind>,
    /// A bridge over water, rails and motorways; a gate through walls; else a path.
    pub kind: LinkKind,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum MissingError {
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A corner of streets with its time to the nearest place.
type Corner = (LonLat, Seconds);

/// A link that may help, and the buildings it may bring in.
struct Draft {
    from: LonLat,
    to: LonLat,
    length: Metres,
    homes: Vec<usize>,
}

/// More drafts than links are tried, for an estimate may be wrong.
const TRIED: usize = 3;

/// The links that bring most households into coverage, those first; each counted as if it were the
/// only one. Links that would help mostly the same people as a better one are left out.
pub fn missing_links(
    snapshot: &Snapshot,
    query: &MissingQuery<'_>,
    run: &Run,
) -> Result<Vec<MissingLink>, MissingError> {
    let network = network(snapshot)?;
    let kind = kind(snapshot, &query.coverage.wanted);
    let open = |i: &usize| query.coverage.opening.is_none_or(|o| o.admits(kind.facility(*i)));
    let numbers: Vec<usize> = kind.all().into_iter().filter(open).collect();
    let sites: Vec<&[Doorstep]> = numbers.iter().map(|i| kind.entrances(*i)).collect();
    let ask = Ask { snapshot, network, query, sites };
    let (corners, lacking) = ask.now();
    let drafts = ask.drafts(&corners, &lacking, run)?;
    let drafts = ask.different(drafts);
    run.expect(drafts.len());
    let tried: Result<Vec<Option<MissingLink>>, Cancelled> = drafts
        .into_par_iter()
        .map(|draft| {
            run.done(1)?;
            Ok(ask.built(&draft, &lacking))
        })
        .collect();
    let mut links: Vec<MissingLink> = tried?.into_iter().flatten().collect();
    links.sort_by(|a, b| b.gained.households.cmp(&a.gained.households).then_with(|| a.length.0.total_cmp(&b.length.0)));
    links.truncate(query.limit);
    Ok(links)
}

struct Ask<'a> {
    snapshot: &'a Snapshot,
    network: &'a Network,
    query: &'a MissingQuery<'a>,
    sites: Vec<&'a [Doorstep]>,
}

impl Ask<'_> {
    fn speed(&self) -> f64 {
        self.query.coverage.profile.speed_m_s
    }

    fn budget(&self) -> Seconds {
        self.query.within.budget(self.query.coverage.profile)
    }

    fn search(&self, limit: Seconds) -> ClosestQuery<'_> {
        ClosestQuery { profile: self.query.coverage.profile, direction: self.query.coverage.direction, limit }
    }

    /// Every corner with its time, and the numbers of the inhabited buildings that are not covered.
    fn now(&self) -> (Vec<Corner>, BTreeSet<usize>) {
        let closest = self.network.closest::<1>(&self.search(LONGEST_WALK), &self.sites);
        let time = |node: usize| closest.of_node(node).first().map_or(Seconds::NEVER, |(_, walk)| *walk);
        let corner = |(node, at): (usize, Option<LonLat>)| Some((at?, time(node)));
        let corners = self.network.node_positions().into_iter().enumerate().filter_map(corner).collect();
        let lacks = |(i, home): (usize, &Home)| {
            let walk = closest.of(self.snapshot.doors.home(i)).first().map(|(_, walk)| *walk);
            let covered = walk.is_some_and(|walk| self.query.within.admits(walk, self.query.coverage.profile));
            (home.households > 0 && !covered && self.query.scope.holds(i)).then_some(i)
        };
        let lacking: Vec<usize> = self.snapshot.homes.par_iter().enumerate().filter_map(lacks).collect();
        (corners, lacking.into_iter().collect())
    }

    /// For each corner far from the places the link that brings it nearest, with whom it may help.
    fn drafts(&self, corners: &[Corner], lacking: &BTreeSet<usize>, run: &Run) -> Result<Vec<Draft>, Cancelled> {
        let budget = self.budget().0;
        let near = corners.iter().filter(|(_, time)| time.0 < budget);
        let tree = RTree::bulk_load(near.map(|(at, time)| GeomWithData::new([at.lon(), at.lat()], *time)).collect());
        run.expect(corners.len());
        let draft = |(to, time): &Corner| {
            run.done(1)?;
            let north = self.query.longest.0 / 110_500.0;
            let east = north / (to.lat().abs() + north).min(89.0).to_radians().cos();
            let (lon, lat) = (to.lon(), to.lat());
            let around = rstar::AABB::from_corners([lon - east, lat - north], [lon + east, lat + north]);
            let mut best: Option<(Seconds, LonLat, Metres)> = None;
            for corner in tree.locate_in_envelope(&around) {
                let Ok(from) = LonLat::new(corner.geom()[0], corner.geom()[1]) else { continue };
                let length = ground_distance(from, *to);
                let new = Seconds(corner.data.0 + length.0 / self.speed());
                let helps = length.0 <= self.query.longest.0
                    && new.0 < budget
                    && new.0 + self.query.detour.0 <= time.0
                    && best.is_none_or(|(best, ..)| new.0 < best.0);
                if helps {
                    best = Some((new, from, length));
                }
            }
            Ok(best.filter(|(_, from, length)| self.is_far(*from, *to, *length)).and_then(|(new, from, length)| {
                let homes = self.reached(*to, Seconds(budget - new.0), lacking);
                (!homes.is_empty()).then_some(Draft { from, to: *to, length, homes })
            }))
        };
        let found: Result<Vec<Option<Draft>>, Cancelled> = corners.par_iter().map(draft).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// Whether the way round takes much longer than the link. Corners that no street joins may still be
    /// near each other over a lawn: what is missing there is a line in the data.
    fn is_far(&self, from: LonLat, to: LonLat, length: Metres) -> bool {
        let CoverageQuery { profile, direction, .. } = self.query.coverage;
        let budget = Seconds(length.0 / self.speed() + self.query.detour.0);
        let reach = self.network.reach(&ReachQuery { origin: from, profile, direction, budget });
        reach.is_ok_and(|reach| reach.time_at(to).is_none())
    }

    /// The uncovered buildings that a corner is reached from in so much time.
    fn reached(&self, origin: LonLat, budget: Seconds, lacking: &BTreeSet<usize>) -> Vec<usize> {
        let radius = Metres(budget.0 * self.speed() + 1.0);
        let near = self.snapshot.doors.homes_near(origin, radius).filter(|home| lacking.contains(home));
        let near: Vec<usize> = near.collect();
        if near.is_empty() {
            return near;
        }
        let CoverageQuery { profile, direction, .. } = self.query.coverage;
        let Ok(reach) = self.network.reach(&ReachQuery { origin, profile, direction, budget }) else {
            return Vec::new();
        };
        near.into_iter().filter(|home| reach.time_to(self.snapshot.doors.home(*home)).is_some()).collect()
    }

    fn households(&self, homes: &[usize]) -> u64 {
        homes.iter().map(|home| u64::from(self.snapshot.homes[*home].households)).sum()
    }

    /// The drafts that help most, without those that help mostly whom a better one helps already.
    fn different(&self, mut drafts: Vec<Draft>) -> Vec<Draft> {
        let wanted = self.query.limit.saturating_mul(TRIED);
        drafts.sort_by(|a, b| {
            let households = self.households(&b.homes).cmp(&self.households(&a.homes));
            households.then_with(|| a.length.0.total_cmp(&b.length.0))
        });
        let mut helped: BTreeSet<usize> = BTreeSet::new();
        let mut kept = Vec::new();
        for draft in drafts {
            let new: Vec<usize> = draft.homes.iter().copied().filter(|home| !helped.contains(home)).collect();
            if self.households(&new) * 2 > self.households(&draft.homes) {
                helped.extend(new);
                kept.push(draft);
            }
            if kept.len() == wanted {
                break;
            }
        }
        kept
    }

    /// The link as it would be.
    fn built(&self, draft: &Draft, lacking: &BTreeSet<usize>) -> Option<MissingLink> {
        let mut crosses: Vec<BarrierKind> = Vec::new();
        for crossing in self.network.crossings(draft.from, draft.to) {
            if !crosses.contains(&crossing.kind) {
                crosses.push(crossing.kind);
            }
        }
        let kind = match crosses.as_slice() {
            [] => LinkKind::Path,
            kinds if kinds.iter().all(|kind| *kind == BarrierKind::Wall) => LinkKind::Gate,
            _ => LinkKind::Bridge,
        };
        let link = Link { line: vec![draft.from, draft.to], kind, ..Link::default() };
        let gained = self.gained(&link, draft, lacking);
        (gained.households > 0).then(|| MissingLink {
            from: draft.from,
            to: draft.to,
            length: draft.length,
            round: self.round(draft),
            gained,
            crosses,
            kind,
        })
    }

    /// Whom the link brings into coverage, found on the network with the link.
    fn gained(&self, link: &Link, draft: &Draft, lacking: &BTreeSet<usize>) -> Count {
        let linked = self.network.with_links(std::slice::from_ref(link));
        let doors: Vec<Vec<Doorstep>> =
            self.sites.iter().map(|site| site.iter().map(|door| Doorstep::new(door.at())).collect()).collect();
        let doors: Vec<&[Doorstep]> = doors.iter().map(Vec::as_slice).collect();
        let closest = linked.closest::<1>(&self.search(self.budget()), &doors);
        // Nobody who gains lives farther from the link than may be walked.
        let radius = Metres(self.budget().0 * self.speed() + draft.length.0 + 1.0);
        let near = self.snapshot.doors.homes_near(draft.to, radius).filter(|home| lacking.contains(home));
        let mut gained = Count::default();
        for home in near {
            let home = &self.snapshot.homes[home];
            let walk = closest.of(&Doorstep::new(home.at)).first().map(|(_, walk)| *walk);
            if walk.is_some_and(|walk| self.query.within.admits(walk, self.query.coverage.profile)) {
                gained += Count { households: u64::from(home.households), buildings: 1 };
            }
        }
        gained
    }

    /// The way round.
    fn round(&self, draft: &Draft) -> Option<Seconds> {
        let CoverageQuery { profile, direction, .. } = self.query.coverage;
        let search = |budget| ReachQuery { origin: draft.from, profile, direction, budget };
        // Most ways round are found soon; a long one is looked for only when there is no short one.
        [Seconds(self.budget().0 * 2.0), LONGEST_WALK]
            .into_iter()
            .find_map(|budget| self.network.reach(&search(budget)).ok()?.time_at(draft.to))
    }
}

impl<'q> MissingQuery<'q> {
    /// Links of up to 150 m that save at least three minutes.
    pub fn new(coverage: CoverageQuery<'q>, within: Extent) -> Self {
        Self { coverage, within, longest: Metres(150.0), detour: Seconds(180.0), limit: 20, scope: Scope::All }
    }
}
