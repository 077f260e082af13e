//! What each street block is used for, and the alleys that cut old quarters and villages. Decided
//! by size, density and lot, so that some parts of the town lack something; every grid has homes.

use super::carve::{Ground, Plan, density, long_axis};
use super::figures::Shape;
use super::flat::{add, centroid, dot, left, scale};
use super::mesh::{Class, Cut};
use super::rng::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// An estate behind a wall.
    Gated,
    /// Rows of flats without a wall.
    Flats,
    /// Small houses along alleys.
    Old,
    Village,
    Shops,
    Market,
    School,
    Hospital,
    Office,
    Park,
    Works,
    Farmland,
    Forest,
}

impl Use {
    pub fn is_home(self) -> bool {
        self <= Self::Village
    }
}

/// A street block with its use.
#[derive(Debug, Clone)]
pub struct Lot {
    /// More than one when alleys cut it.
    pub faces: Vec<u32>,
    pub kind: Use,
    pub grid: u32,
    /// 0 at the edge to 1 in the centre.
    pub density: f64,
    /// Square metres, before the warp.
    pub size: f64,
}

/// Uses of all blocks. Cuts alleys into the plan's mesh.
pub fn assign(plan: &mut Plan, shape: &Shape) -> Vec<Lot> {
    let mut rng = Rng::new(shape.seed).fork(3);
    let mut lots: Vec<Lot> = Vec::new();
    for face in 0..plan.mesh.faces.len() as u32 {
        let (Ground::Block, Some(grid)) = (plan.ground[face as usize], plan.grid_of[face as usize]) else { continue };
        let size = plan.mesh.face_area(face);
        let people = density(shape, centroid(&plan.mesh.ring(face)));
        let mut kind = choose(size, people, &mut rng);
        if matches!(kind, Use::Farmland | Use::Forest) {
            kind = if rng.chance(shape.woods) { Use::Forest } else { Use::Farmland };
        }
        lots.push(Lot { faces: vec![face], kind, grid, density: people, size });
    }
    house_every_grid(plan, &mut lots);
    gate_every_community(plan, &mut lots);
    for lot in &mut lots {
        let (small, share) = match lot.kind {
            Use::Old => (2900.0, 1.0),
            Use::Village => (5200.0, 0.8),
            _ => continue,
        };
        lot.faces = alleys(plan, lot.faces[0], small, share, &mut rng);
    }
    lots
}

fn choose(size: f64, people: f64, rng: &mut Rng) -> Use {
    use Use::{Farmland, Flats, Forest, Gated, Hospital, Market, Office, Old, Park, School, Shops, Village, Works};
    let table: &[(Use, f64)] = match (size / 1e4, people) {
        (_, p) if p < 0.17 => {
            &[(Farmland, 38.0), (Forest, 24.0), (Village, 26.0), (Works, 6.0), (Gated, 4.0), (Park, 2.0)]
        }
        (a, p) if p < 0.34 => {
            if a > 2.0 {
                &[
                    (Gated, 30.0),
                    (Village, 26.0),
                    (Farmland, 14.0),
                    (Forest, 6.0),
                    (Works, 14.0),
                    (School, 4.0),
                    (Park, 6.0),
                ]
            } else {
                &[
                    (Village, 40.0),
                    (Flats, 26.0),
                    (Works, 10.0),
                    (Shops, 9.0),
                    (Park, 9.0),
                    (Office, 3.0),
                    (School, 3.0),
                ]
            }
        }
        (a, _) if a < 0.8 => {
            &[(Old, 40.0), (Flats, 18.0), (Shops, 22.0), (Park, 8.0), (Office, 5.0), (Market, 5.0), (Hospital, 2.0)]
        }
        (a, _) if a < 1.9 => &[
            (Old, 34.0),
            (Flats, 22.0),
            (Gated, 20.0),
            (Shops, 9.0),
            (Park, 4.0),
            (School, 4.0),
            (Office, 3.0),
            (Market, 3.0),
            (Hospital, 1.0),
        ],
        _ => &[
            (Gated, 52.0),
            (Flats, 12.0),
            (Old, 10.0),
            (School, 9.0),
            (Park, 6.0),
            (Hospital, 3.0),
            (Office, 5.0),
            (Works, 1.0),
        ],
    };
    let mut ticket = rng.range(0.0, table.iter().map(|t| t.1).sum());
    for &(kind, weight) in table {
        if ticket < weight {
            return kind;
        }
        ticket -= weight;
    }
    table[0].0
}

/// Every grid has at least a quarter of its ground for homes.
fn house_every_grid(plan: &Plan, lots: &mut [Lot]) {
    for grid in 0..plan.community_of.len() as u32 {
        loop {
            let mine = || lots.iter().enumerate().filter(|(_, l)| l.grid == grid);
            let whole: f64 = mine().map(|(_, l)| l.size).sum();
            let homes: f64 = mine().filter(|(_, l)| l.kind.is_home()).map(|(_, l)| l.size).sum();
            let largest = mine().filter(|(_, l)| !l.kind.is_home()).max_by(|a, b| a.1.size.total_cmp(&b.1.size));
            let Some((k, lot)) = largest.filter(|_| homes < whole * 0.25) else { break };
            let kind = match (lot.size, lot.density) {
                (_, p) if p < 0.3 => Use::Village,
                (a, _) if a > 12_000.0 => Use::Gated,
                _ => Use::Old,
            };
            lots[k].kind = kind;
        }
    }
}

/// Every community has an estate behind a wall: its largest block of homes when there was none.
fn gate_every_community(plan: &Plan, lots: &mut [Lot]) {
    let communities = plan.community_of.iter().max().map_or(0, |m| m + 1);
    for community in 0..communities {
        let mine = |l: &Lot| plan.community_of[l.grid as usize] == community;
        if lots.iter().any(|l| mine(l) && l.kind == Use::Gated && l.size > 9_000.0) {
            continue;
        }
        let homes = lots.iter_mut().filter(|l| mine(l) && l.kind.is_home());
        if let Some(lot) = homes.max_by(|a, b| a.size.total_cmp(&b.size)) {
            lot.kind = Use::Gated;
        }
    }
}

/// Cuts a block by alleys until its parts are small; when they are nearly so, only a
/// `share` of them is cut further.
fn alleys(plan: &mut Plan, face: u32, small: f64, share: f64, rng: &mut Rng) -> Vec<u32> {
    let size = plan.mesh.face_area(face);
    if size < small * rng.range(1.0, 1.9) || (size < 3.0 * small && !rng.chance(share)) {
        return vec![face];
    }
    let ring = plan.mesh.ring(face);
    let (long, mid) = (long_axis(&ring), centroid(&ring));
    let (lo, hi) = ring.iter().fold((f64::MAX, f64::MIN), |(lo, hi), &p| {
        let d = dot(long, p);
        (f64::min(lo, d), f64::max(hi, d))
    });
    let point = add(mid, scale(long, lo + (hi - lo) * rng.range(0.38, 0.62) - dot(long, mid)));
    let turn = rng.range(-0.12, 0.12);
    let along = add(scale(left(long), f64::cos(turn)), scale(long, f64::sin(turn)));
    let Some((_, new)) = plan.mesh.cut(face, Cut { point, along, snap: 14.0, class: Class::Alley }) else {
        return vec![face];
    };
    plan.ground.resize(plan.mesh.faces.len(), Ground::Block);
    plan.grid_of.resize(plan.mesh.faces.len(), None);
    plan.grid_of[new as usize] = plan.grid_of[face as usize];
    [alleys(plan, face, small, share, rng), alleys(plan, new, small, share, rng)].concat()
}
