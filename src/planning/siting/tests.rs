//! Siting against what the coverage says once the sites are built.

use super::*;
use crate::atlas::testing::ident;
use crate::atlas::{FeatureId, LayerChange};
use crate::geometry::Metres;
use crate::planning::Scope;
use crate::planning::testing::{BLOCK, spot, station, town};

const WITHIN: Extent = Extent::Minutes(4);

fn adult() -> &'static Profile {
    Profile::by_id("adult").expect("built in")
}

fn query(candidates: &[Candidate], goal: Goal) -> SitingQuery<'_> {
    let (profile, direction) = (adult(), Direction::To);
    let (category, existing, weights) = (ident("station"), Existing::Kept, None);
    SitingQuery { category, profile, direction, goal, existing, candidates, weights }
}

fn found(snapshot: &Snapshot, query: &SitingQuery<'_>) -> Siting {
    siting(snapshot, query, &Run::default()).expect("an answer")
}

/// The map once the picks are built, and the existing places that were not picked are closed
/// unless they stay.
fn built(snapshot: &Snapshot, query: &SitingQuery<'_>, picks: &[Pick]) -> Snapshot {
    let mut changes = Vec::new();
    let layer = || ident("station");
    if query.existing != Existing::Kept {
        let kept = |i: usize| picks.iter().any(|p| p.site == Site::Existing(i));
        let closed = snapshot.facilities.iter().enumerate().filter(|(i, _)| !kept(*i));
        changes.extend(closed.map(|(_, f)| LayerChange { seq: 2, layer: layer(), id: f.id, feature: None }));
    }
    for (pick, id) in picks.iter().zip(1000..) {
        if let Site::Candidate(_) = pick.site {
            let feature = Some(station(id, pick.at));
            changes.push(LayerChange { seq: 2, layer: layer(), id: FeatureId(id), feature });
        }
    }
    snapshot.apply(&changes).0
}

fn covered(snapshot: &Snapshot) -> u64 {
    let query = CoverageQuery::of(ident("station"), adult());
    coverage(snapshot, &query).expect("a network").tally(&[WITHIN], &Scope::All).covered[0].households
}

/// Households times milliseconds of walking.
fn walked(snapshot: &Snapshot, longest: Seconds) -> u64 {
    let now = coverage(snapshot, &CoverageQuery::of(ident("station"), adult())).expect("a network");
    let walk = |home: usize| now.walk(home).map_or(u64::MAX, milliseconds).min(milliseconds(longest));
    (0..now.homes.len()).map(|home| walk(home) * u64::from(now.homes[home].households)).sum()
}

#[test]
fn what_is_promised_is_what_the_coverage_says_after_building() {
    for existing in [Existing::Kept, Existing::Movable, Existing::Ignored] {
        let snapshot = town(11, 12, 200, 3).snapshot();
        let network = snapshot.network.as_deref().expect("a network");
        let candidates = from_network(network, Metres(150.0), |_| true);
        assert!(candidates.len() > 20);
        let query = SitingQuery { existing, ..query(&candidates, Goal::Cover { places: 4, within: WITHIN }) };
        let cover = found(&snapshot, &query);
        assert_eq!(cover.before, if existing == Existing::Kept { covered(&snapshot) } else { 0 });
        assert_eq!(cover.picks.len(), if existing == Existing::Movable { 7 } else { 4 });
        let mut sum = cover.before;
        for (i, pick) in cover.picks.iter().enumerate() {
            sum += pick.adds;
            assert_eq!(covered(&built(&snapshot, &query, &cover.picks[..=i])), sum, "{existing:?} {pick:?}");
        }
        assert_eq!(cover.before + cover.value, sum);
        assert!(cover.value <= cover.bound && cover.gap() < 0.05);
        let longest = Seconds(900.0);
        let query = SitingQuery { goal: Goal::ShortestWalk { places: 4, longest }, ..query };
        let median = found(&snapshot, &query);
        let after = walked(&built(&snapshot, &query, &median.picks), longest);
        assert_eq!(median.before - median.value, after);
        if existing == Existing::Kept {
            assert_eq!(median.before, walked(&snapshot, longest));
        }
        assert!(median.value <= median.bound && median.value > 0);
    }
}

#[test]
fn covering_all_leaves_only_those_whom_no_site_reaches() {
    let snapshot = town(12, 10, 150, 2).snapshot();
    let network = snapshot.network.as_deref().expect("a network");
    let candidates = from_network(network, Metres(100.0), |_| true);
    let query = query(&candidates, Goal::CoverAll { within: WITHIN });
    let all = found(&snapshot, &query);
    let after = built(&snapshot, &query, &all.picks);
    assert_eq!(covered(&after), all.weight - all.out_of_reach);
    let everywhere: Vec<Pick> =
        candidates.iter().enumerate().map(|(i, c)| Pick { site: Site::Candidate(i), at: c.at, adds: 0 }).collect();
    assert_eq!(covered(&built(&snapshot, &query, &everywhere)), all.weight - all.out_of_reach);
    assert!(all.bound as usize <= all.picks.len() && all.picks.len() < candidates.len() && all.out_of_reach > 0);
    let one_less = built(&snapshot, &query, &all.picks[1..]);
    assert!(covered(&one_less) < covered(&after), "every pick is needed");
}

#[test]
fn the_marginal_value_of_each_candidate_is_what_building_it_there_would_add() {
    let snapshot = town(13, 10, 120, 2).snapshot();
    let network = snapshot.network.as_deref().expect("a network");
    let candidates = from_network(network, Metres(200.0), |_| true);
    let query = query(&candidates, Goal::Cover { places: 3, within: WITHIN });
    let answer = found(&snapshot, &query);
    for picks in [0, 2] {
        let standing = built(&snapshot, &query, &answer.picks[..picks]);
        let (now, marginal) = (covered(&standing), answer.marginal(picks));
        assert_eq!(marginal.len(), candidates.len());
        for (i, adds) in marginal.iter().enumerate() {
            let pick = Pick { site: Site::Candidate(i), at: candidates[i].at, adds: 0 };
            let mut more = answer.picks[..picks].to_vec();
            more.push(pick);
            assert_eq!(covered(&built(&snapshot, &query, &more)) - now, *adds);
        }
    }
}

#[test]
fn weights_count_instead_of_households_and_must_be_as_many_as_buildings() {
    let snapshot = town(14, 10, 100, 1).snapshot();
    let candidates = [Candidate::from(spot(80.0, 80.0)), Candidate::from(spot(640.0, 640.0))];
    let goal = Goal::Cover { places: 1, within: WITHIN };
    let near = |corner: f64| -> Vec<u32> {
        let here = |at: LonLat| crate::geometry::ground_distance(at, spot(corner, corner)).0 < 250.0;
        snapshot.homes.iter().map(|home| u32::from(here(home.at)) * 7).collect()
    };
    for (corner, wanted) in [(80.0, 0), (640.0, 1)] {
        let weights = near(corner);
        let query = SitingQuery { weights: Some(&weights), existing: Existing::Ignored, ..query(&candidates, goal) };
        let answer = found(&snapshot, &query);
        assert_eq!(answer.picks[0].site, Site::Candidate(wanted));
        assert!(answer.value > 0 && answer.value.is_multiple_of(7));
        assert_eq!(answer.weight, weights.iter().map(|w| u64::from(*w)).sum::<u64>());
    }
    let few = SitingQuery { weights: Some(&[1]), ..query(&candidates, goal) };
    let error = siting(&snapshot, &few, &Run::default()).err();
    assert_eq!(error, Some(SitingError::Weights { given: 1, buildings: 100 }));
}

#[test]
fn candidates_on_the_network_keep_their_distance_and_lie_where_they_may() {
    let snapshot = town(15, 10, 0, 0).snapshot();
    let network = snapshot.network.as_deref().expect("a network");
    let west = |at: LonLat| at.lon() < spot(4.5 * BLOCK, 0.0).lon();
    let found = from_network(network, Metres(190.0), west);
    assert!(found.len() > 4 && found.iter().all(|c| west(c.at)));
    for (i, a) in found.iter().enumerate() {
        let apart = |b: &Candidate| crate::geometry::ground_distance(a.at, b.at).0 >= 190.0;
        assert!(found[..i].iter().all(apart));
    }
    let grids = from_layer(&snapshot, "grid").expect("a layer");
    assert_eq!((grids.len(), grids[0].of.as_ref().map(|of| of.0.as_str())), (9, Some("grid")));
    assert!(from_layer(&snapshot, "nothing").is_none());
}

#[test]
fn a_cancelled_search_ends_and_progress_counts_candidates() {
    let snapshot = town(16, 8, 60, 1).snapshot();
    let candidates: Vec<Candidate> = (0..5).map(|i| Candidate::from(spot(f64::from(i) * 90.0, 80.0))).collect();
    let query = query(&candidates, Goal::Cover { places: 2, within: WITHIN });
    let run = Run::default();
    assert!(siting(&snapshot, &query, &run).is_ok());
    assert_eq!(run.progress(), (5, 5));
    run.cancel();
    assert_eq!(siting(&snapshot, &query, &run).err(), Some(SitingError::Cancelled(Cancelled)));
}
