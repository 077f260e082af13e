//! Seeded random numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). The same seed gives the
//! same town on every run and every machine; never used for secrets.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for one purpose, so that a change in one part of the town leaves the
    /// others as they were.
    pub fn fork(&self, purpose: u64) -> Self {
        let mut child = Self(self.0 ^ purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        child.next();
        child
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// low ≤ x < high.
    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// 0 ≤ n < count; 0 when there is nothing to choose from.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of the entries. The list must not be empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Whole numbers in proportion to the weights whose sum is exactly `total` (largest remainders;
/// ties to the earlier). All zero weights share evenly.
pub fn apportion(total: u32, weights: &[f64]) -> Vec<u32> {
    if weights.is_empty() {
        return Vec::new();
    }
    let sum: f64 = weights.iter().sum();
    let share = |w: f64| f64::from(total) * if sum > 0.0 { w / sum } else { 1.0 / weights.len() as f64 };
    let mut parts: Vec<u32> = weights.iter().map(|&w| share(w).floor() as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| share(weights[b]).fract().total_cmp(&share(weights[a]).fract()).then(a.cmp(&b)));
    let missing = total.saturating_sub(parts.iter().sum());
    for k in 0..missing as usize {
        parts[order[k % order.len()]] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_lose_nothing() {
        assert_eq!(apportion(836, &[1.0, 2.5, 0.0, 3.1]).iter().sum::<u32>(), 836);
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(3, &[0.0, 0.0]), [2, 1]);
        assert!(apportion(3, &[]).is_empty());
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        assert!((0..100).all(|_| a.unit() == b.unit()));
        assert_ne!(Rng::new(7).fork(1).unit(), Rng::new(7).fork(2).unit());
    }
}
