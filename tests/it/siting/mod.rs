//! Siting against an exact solver: optima that HiGHS found for the same instances
//! (`benches/siting/exact.py optima`), up to 1,000 demands × 100 candidates.

mod instance;

use instance::Instance;
use wangge::planning::Run;
use wangge::planning::siting::solve::{choose, cover_all};

/// The instances with their optima.
fn optima() -> Vec<(Instance, u64)> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<u64>().expect("a number");
        let instance = Instance {
            goal: fields[0].into(),
            seed: number(1),
            demands: number(2) as usize,
            candidates: number(3) as usize,
            radius: number(4),
            sites: number(5) as usize,
        };
        (instance, number(6))
    };
    include_str!("optima.csv").lines().skip(1).map(row).collect()
}

#[test]
fn siting_reaches_what_an_exact_solver_reaches_and_its_bound_is_never_wrong() {
    let all = optima();
    let (mut optimal, mut proven, mut worst, mut widest) = (0, 0, 1.0f64, 0.0f64);
    for (instance, optimum) in &all {
        let gains = instance.gains();
        if instance.goal == "all" {
            let found = cover_all(&gains, &Run::default()).expect("not cancelled");
            let served = gains.best_of(&(0..gains.candidates()).collect::<Vec<_>>());
            assert_eq!(gains.value(&found.chosen), served.iter().sum::<u64>(), "{instance:?}: serves all");
            assert_eq!(found.out_of_reach.len(), served.iter().filter(|gain| **gain == 0).count());
            let sites = found.chosen.len() as u64;
            assert!(found.bound as u64 <= *optimum && *optimum <= sites, "{instance:?} {found:?} {optimum}");
            assert!(sites * 99 <= optimum * 100, "{instance:?}: {sites} sites, {optimum} are enough");
            optimal += usize::from(sites == *optimum);
            proven += usize::from(found.bound as u64 == *optimum);
            continue;
        }
        let found = choose(&gains, instance.sites, &Run::default()).expect("not cancelled");
        assert_eq!(gains.value(&found.chosen), found.value);
        assert!(found.chosen.len() <= instance.sites);
        assert!(found.value <= *optimum && *optimum <= found.bound, "{instance:?} {found:?} {optimum}");
        let share = found.value as f64 / *optimum as f64;
        assert!(share >= 0.99, "{instance:?}: {share}");
        worst = worst.min(share);
        widest = widest.max(found.gap());
        optimal += usize::from(found.value == *optimum);
        proven += usize::from(found.bound == *optimum);
    }
    println!(
        "{} instances: {optimal} optimal, {proven} proven so; at worst {:.3} % of the optimum, bound within {:.3} %",
        all.len(),
        worst * 100.0,
        widest * 100.0
    );
    assert!(all.iter().any(|(i, _)| (i.demands, i.candidates) == (1000, 100)) && all.len() >= 60);
    // Mostly it is the optimum; and a bound that is merely large would prove nothing.
    assert!(optimal * 10 >= all.len() * 9 && widest < 0.02, "{optimal} {widest}");
}
