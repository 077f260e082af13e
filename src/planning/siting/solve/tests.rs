//! The solver against every choice there is, on small instances.

use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Demands and candidates on a square of 1,000 × 1,000; gains of those nearer than `radius`: the
/// weight, or the weight times how much nearer.
fn instance(rng: &mut ChaCha8Rng, demands: usize, candidates: usize, radius: f64, by_distance: bool) -> Gains {
    let mut spot = || (rng.random_range(0.0..1000.0f64), rng.random_range(0.0..1000.0f64));
    let homes: Vec<_> = (0..demands).map(|_| spot()).collect();
    let sites: Vec<_> = (0..candidates).map(|_| spot()).collect();
    let weights: Vec<u64> = (0..demands).map(|_| rng.random_range(1..40)).collect();
    let of = |site: &(f64, f64)| {
        let gain = |((i, home), weight): ((u32, &(f64, f64)), &u64)| {
            let saved = radius - (home.0 - site.0).hypot(home.1 - site.1);
            let gain = if by_distance { (saved.max(0.0) as u64) * weight } else { *weight };
            (saved >= 0.0).then_some((i, gain))
        };
        (0u32..).zip(&homes).zip(&weights).filter_map(gain).collect()
    };
    Gains::new(demands, sites.iter().map(of).collect::<Vec<_>>())
}

/// Every choice of so many of the candidates.
fn choices(candidates: usize, sites: usize) -> Vec<Vec<usize>> {
    if sites == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: usize| {
        choices(last, sites - 1).into_iter().map(move |mut rest| {
            rest.push(last);
            rest
        })
    };
    (sites - 1..candidates).flat_map(with_last).collect()
}

#[test]
fn a_choice_is_near_the_best_of_all_choices_and_the_bound_is_not_below_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut optimal = 0;
    for round in 0..60 {
        let sites = 1 + round % 5;
        let radius = rng.random_range(120.0..400.0);
        let gains = instance(&mut rng, 60, 12, radius, round % 2 == 0);
        let best = choices(12, sites).iter().map(|c| gains.value(c)).max().expect("choices");
        let found = choose(&gains, sites, &Run::default()).expect("not cancelled");
        assert_eq!(found.value, gains.value(&found.chosen));
        assert!(found.value <= best && best <= found.bound, "{found:?} {best}");
        assert!(found.value * 100 >= best * 99, "{found:?} {best}");
        assert!(found.bound as f64 <= best as f64 * 1.1, "{found:?} {best}");
        optimal += usize::from(found.value == best);
    }
    assert!(optimal >= 58, "{optimal} of 60");
}

#[test]
fn prices_of_any_kind_never_push_the_bound_below_a_choice() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let gains = instance(&mut rng, 300, 40, 150.0, true);
    for sites in [1, 4, 11, 40] {
        let mut relaxation = Relaxation::new(&gains, sites, &greedy::greedy(&gains, sites));
        for value in [0, gains.value(&greedy::greedy(&gains, sites))] {
            for _ in 0..30 {
                let its = relaxation.step(value);
                assert!(its.len() == sites && gains.value(&its) <= relaxation.bound());
            }
        }
    }
}

#[test]
fn what_each_site_adds_falls_and_sums_to_the_value() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..20 {
        let gains = instance(&mut rng, 200, 30, 180.0, false);
        let found = choose(&gains, 8, &Run::default()).expect("not cancelled");
        assert!(found.adds.is_sorted_by(|a, b| a >= b));
        assert_eq!(found.adds.iter().sum::<u64>(), found.value);
        for (i, candidate) in found.chosen.iter().enumerate() {
            let before = marginal(&gains, &found.chosen[..i]);
            assert_eq!(before[*candidate], found.adds[i]);
            let mut with = found.chosen[..i].to_vec();
            with.push(*candidate);
            assert_eq!(gains.value(&with) - gains.value(&found.chosen[..i]), found.adds[i]);
        }
        assert!(found.chosen.iter().all(|c| marginal(&gains, &found.chosen)[*c] == 0));
    }
}

#[test]
fn interchange_leaves_no_swap_that_gives_more() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for round in 0..20 {
        let gains = instance(&mut rng, 150, 25, 200.0, round % 2 == 0);
        let mut chosen: Vec<usize> = (0..5).collect();
        let before = gains.value(&chosen);
        interchange::interchange(&gains, &mut chosen, &Run::default()).expect("not cancelled");
        let value = gains.value(&chosen);
        assert!(value > before);
        for place in 0..5 {
            for candidate in 0..25 {
                let mut other = chosen.clone();
                other[place] = candidate;
                assert!(gains.value(&other) <= value);
            }
        }
    }
}

#[test]
fn the_fewest_sites_that_serve_all_are_found_and_proven() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..40 {
        let radius = rng.random_range(200.0..450.0);
        let gains = instance(&mut rng, 50, 12, radius, false);
        let found = cover_all(&gains, &Run::default()).expect("not cancelled");
        let all = gains.value(&(0..12).collect::<Vec<_>>());
        let fewest = (0..=12).find(|n| choices(12, *n).iter().any(|c| gains.value(c) == all)).expect("a cover");
        assert_eq!((found.chosen.len(), found.bound), (fewest, fewest));
        assert_eq!(gains.value(&found.chosen), all);
        let served = gains.best_of(&(0..12).collect::<Vec<_>>());
        let lost: Vec<usize> = (0..50).filter(|i| served[*i] == 0).collect();
        assert_eq!(found.out_of_reach, lost);
    }
}

#[test]
fn nothing_to_choose_from_or_nobody_to_serve_is_no_error() {
    let none = Gains::new(3, Vec::new());
    let found = choose(&none, 4, &Run::default()).expect("not cancelled");
    assert_eq!((found.value, found.bound, found.chosen.len()), (0, 0, 0));
    assert_eq!(cover_all(&none, &Run::default()).expect("not cancelled").out_of_reach, [0, 1, 2]);
    let nobody = Gains::new(0, vec![vec![(3, 5)], Vec::new()]);
    assert_eq!(choose(&nobody, 1, &Run::default()).map(|c| c.value), Ok(0));
}

#[test]
fn a_cancelled_run_ends() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let gains = instance(&mut rng, 100, 20, 200.0, false);
    let run = Run::default();
    run.cancel();
    assert_eq!(choose(&gains, 3, &run), Err(Cancelled));
    assert_eq!(cover_all(&gains, &run), Err(Cancelled));
}
