//! Siting at the size of a city: 10,000 buildings and 300 candidates. Prints one line of CSV an
//! instance; `benches/siting/exact.py ratio` reads them, asks an exact solver the same and prints
//! the ratios.

#[path = "../../tests/it/siting/instance.rs"]
mod instance;

use instance::Instance;
use std::time::Instant;
use wangge::planning::Run;
use wangge::planning::siting::solve::{Gains, choose, cover_all};

/// Goal, seed, radius, sites.
const ASKED: [(&str, u64, u64, usize); 8] = [
    ("cover", 1001, 600, 10),
    ("cover", 1002, 600, 20),
    ("cover", 1003, 600, 40),
    ("cover", 1004, 900, 15),
    ("cover", 1005, 900, 30),
    ("median", 1006, 1200, 10),
    ("median", 1007, 1200, 25),
    ("all", 1008, 1500, 0),
];

fn answer(instance: &Instance, gains: &Gains) -> (u64, u64) {
    let run = Run::default();
    if instance.goal == "all" {
        cover_all(gains, &run).map_or((0, 0), |found| (found.chosen.len() as u64, found.bound as u64))
    } else {
        choose(gains, instance.sites, &run).map_or((0, 0), |found| (found.value, found.bound))
    }
}

fn main() {
    println!("goal,seed,demands,candidates,radius,sites,value,bound,seconds");
    for (goal, seed, radius, sites) in ASKED {
        let instance = Instance { goal: goal.into(), seed, demands: 10_000, candidates: 300, radius, sites };
        let gains = instance.gains();
        let mut times: Vec<f64> = Vec::new();
        let mut found = (0, 0);
        for _ in 0..3 {
            let start = Instant::now();
            found = answer(&instance, &gains);
            times.push(start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        println!("{goal},{seed},10000,300,{radius},{sites},{},{},{:.6}", found.0, found.1, times[1]);
    }
}
