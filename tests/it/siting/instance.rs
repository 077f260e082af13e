//! Made-up siting problems from a seed by whole-number arithmetic, word for word as
//! `benches/siting/exact.py` makes them for the exact solver.

use wangge::planning::siting::solve::Gains;

/// Side of the square that everything lies in.
const SIDE: u64 = 10_000;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// `cover` (the most weight), `median` (the most distance saved) or `all` (the fewest sites).
    pub goal: String,
    pub seed: u64,
    pub demands: usize,
    pub candidates: usize,
    pub radius: u64,
    pub sites: usize,
}

/// Steele, Lea and Flood 2014.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn anywhere(&mut self) -> (i64, i64) {
        (self.below(SIDE) as i64, self.below(SIDE) as i64)
    }

    /// A third anywhere, the others around a centre.
    fn spot(&mut self, centres: &[(i64, i64)]) -> (i64, i64) {
        if self.below(3) == 0 {
            return self.anywhere();
        }
        let (x, y) = centres[self.below(centres.len() as u64) as usize];
        let mut off = || (self.below(1200) + self.below(1200)) as i64 - 1200;
        (x + off(), y + off())
    }
}

impl Instance {
    pub fn gains(&self) -> Gains {
        let mut rng = SplitMix(self.seed);
        let centres: Vec<_> = (0..12).map(|_| rng.anywhere()).collect();
        let homes: Vec<_> = (0..self.demands).map(|_| rng.spot(&centres)).collect();
        let weights: Vec<u64> = homes.iter().map(|_| 1 + rng.below(40)).collect();
        let sites: Vec<_> = (0..self.candidates).map(|_| rng.spot(&centres)).collect();
        let of = |site: &(i64, i64)| {
            let gain = |((i, home), weight): ((u32, &(i64, i64)), &u64)| {
                let distance = ((home.0 - site.0).pow(2) + (home.1 - site.1).pow(2)).unsigned_abs().isqrt();
                let nearer = self.radius.checked_sub(distance).filter(|nearer| *nearer > 0)?;
                Some((i, if self.goal == "median" { weight * nearer } else { *weight }))
            };
            (0u32..).zip(&homes).zip(&weights).filter_map(gain).collect::<Vec<_>>()
        };
        Gains::new(self.demands, sites.iter().map(of))
    }
}
