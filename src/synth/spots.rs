//! Finds a building for a facility: free, on a street, of a fitting kind.

use super::rng::Rng;
use super::site::Site;

/// Where a facility is put.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    pub at: geo::Point,
    pub address: String,
    pub grid: usize,
}

/// Which buildings will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// On a street: rather a shop-house, and not behind a wall when it can be helped.
    Street,
    /// Any building with homes.
    Home,
}

impl Site {
    /// A free building in the grid; any of its buildings when all are taken, its middle when it
    /// has none.
    pub fn spot(&mut self, grid: usize, want: Want, rng: &mut Rng) -> Spot {
        let mut best: Option<(u32, usize)> = None;
        for (h, house) in self.houses.iter().enumerate() {
            if house.grid as usize != grid || house.room <= 0.0 {
                continue;
            }
            let walled = house.estate.is_some_and(|e| self.estates[e].gated);
            let order = match (want, house.kind) {
                (Want::Home, _) | (_, "shop_house") => 0,
                _ if walled => 2500,
                _ => 500,
            };
            let rank = order + 8000 * u32::from(self.taken[h]) + rng.below(1000) as u32;
            if best.is_none_or(|(r, _)| rank < r) {
                best = Some((rank, h));
            }
        }
        let Some((_, h)) = best else {
            let at = geo::Point(self.warp.degrees(self.grids[grid].middle));
            return Spot { at, address: self.grids[grid].name.clone(), grid };
        };
        self.taken[h] = true;
        self.spot_of(h)
    }

    /// The place of a building.
    pub fn spot_of(&self, h: usize) -> Spot {
        let house = &self.houses[h];
        let at = geo::Point(self.warp.degrees(super::flat::centroid(&house.ring)));
        Spot { at, address: self.addresses[h].clone(), grid: house.grid as usize }
    }

    /// Grids of a community, by code.
    pub fn grids_of(&self, community: usize) -> Vec<usize> {
        let mut mine: Vec<usize> = (0..self.grids.len()).filter(|&g| self.grids[g].community == community).collect();
        mine.sort_by(|&a, &b| self.grids[a].code.cmp(&self.grids[b].code));
        mine
    }

    /// Grids from the densest to the emptiest.
    pub fn busiest_grids(&self) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.grids.len()).collect();
        let far = |g: usize| super::flat::length(self.grids[g].middle);
        all.sort_by(|&a, &b| far(a).total_cmp(&far(b)).then(a.cmp(&b)));
        all
    }
}
