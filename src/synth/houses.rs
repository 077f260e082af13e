//! Buildings along streets: shop-houses, old houses, single large ones. Each stands inside its own
//! block, clear of the street by the street's half width, and overlaps no other.

use super::flat::{area, distance, inset, inside, left, lerp, overlap, rectangle, scale, sub, unit};
use super::mesh::{Class, Mesh};
use super::rng::Rng;
use crate::geometry::Xy;

/// A building before households are given out.
#[derive(Debug, Clone)]
pub struct House {
    pub ring: Vec<Xy>,
    pub grid: u32,
    pub kind: &'static str,
    /// Relative number of households; 0 for no homes.
    pub room: f64,
    /// Homes on one floor.
    pub per_floor: u32,
    pub estate: Option<usize>,
    /// The way whose name is in the address.
    pub street: Option<u32>,
}

/// A street block as builders see it.
pub struct Block<'a> {
    pub mesh: &'a Mesh,
    pub face: u32,
    /// Bent ring.
    pub ring: &'a [Xy],
    pub grid: u32,
}

/// Metres from the middle of a street to the front of the houses.
pub fn half_width(class: Class) -> f64 {
    match class {
        Class::Primary => 19.0,
        Class::Secondary => 14.5,
        Class::Tertiary => 11.0,
        Class::Residential => 7.5,
        Class::Alley => 3.0,
        Class::Path => 6.0,
        Class::Border => 4.0,
    }
}

impl Block<'_> {
    fn classes(&self) -> Vec<Class> {
        let f = &self.mesh.faces[self.face as usize];
        (0..f.len()).map(|i| self.mesh.class_at(f[i], f[(i + 1) % f.len()])).collect()
    }

    /// The block less its streets and `extra` metres more.
    pub fn plot(&self, extra: f64) -> Option<Vec<Xy>> {
        let mut ring = self.ring.to_vec();
        let classes = self.classes();
        // Half-planes street by street, so that a wide street takes only from its own side.
        let narrow = classes.iter().map(|&c| half_width(c)).fold(f64::MAX, f64::min);
        let n = self.ring.len();
        for (i, &class) in classes.iter().enumerate() {
            let (a, b) = (self.ring[i], self.ring[(i + 1) % n]);
            let normal = left(unit(sub(b, a)));
            let by = half_width(class) - narrow;
            if by > 0.5 {
                let cut = super::flat::clip(&ring, super::flat::add(a, scale(normal, by)), normal);
                if cut.len() >= 3 && area(&cut) > 0.3 * area(&ring) {
                    ring = cut;
                }
            }
        }
        ring.dedup_by(|a, b| distance(*a, *b) < 0.5);
        inset(&ring, narrow + extra)
    }

    /// The mesh line nearest to a place at the block's border, for addresses.
    pub fn street_at(&self, p: Xy) -> Option<u32> {
        self.nearest_street(p).1
    }

    /// Distance to the nearest street at the block's border, metres, and its mesh line.
    fn nearest_street(&self, p: Xy) -> (f64, Option<u32>) {
        let f = &self.mesh.faces[self.face as usize];
        let n = f.len();
        (0..n)
            .filter(|&i| super::net::is_street(self.mesh.class_at(f[i], f[(i + 1) % n])))
            .map(|i| (super::flat::to_segment(p, self.ring[i], self.ring[(i + 1) % n]), i))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or((f64::MAX, None), |(d, i)| (d, self.mesh.line_at(f[i], f[(i + 1) % n])))
    }
}

/// How a street front is built up.
pub struct Front {
    pub kind: &'static str,
    pub width: (f64, f64),
    pub depth: (f64, f64),
    pub gap: (f64, f64),
    /// Share of plots that are built on.
    pub filled: f64,
    pub room: f64,
    pub per_floor: u32,
}

pub const OLD_HOUSE: Front = Front {
    kind: "house",
    width: (8.0, 13.0),
    depth: (9.0, 13.0),
    gap: (0.6, 2.5),
    filled: 0.93,
    room: 2.2,
    per_floor: 1,
};
pub const VILLAGE_HOUSE: Front = Front {
    kind: "house",
    width: (9.0, 14.0),
    depth: (10.0, 13.0),
    gap: (2.5, 9.0),
    filled: 0.72,
    room: 1.6,
    per_floor: 1,
};
pub const SHOP_HOUSE: Front = Front {
    kind: "shop_house",
    width: (14.0, 30.0),
    depth: (11.0, 15.0),
    gap: (0.5, 5.0),
    filled: 0.88,
    room: 5.0,
    per_floor: 3,
};
pub const SHED: Front = Front {
    kind: "industrial",
    width: (28.0, 60.0),
    depth: (20.0, 32.0),
    gap: (8.0, 18.0),
    filled: 0.7,
    room: 0.0,
    per_floor: 0,
};

/// Houses all around the block, facing its streets.
pub fn along_streets(block: &Block, front: &Front, rng: &mut Rng, out: &mut Vec<House>) {
    let Some(plot) = block.plot(0.5) else { return };
    let first = out.len();
    let n = plot.len();
    for i in 0..n {
        let (a, b) = (plot[i], plot[(i + 1) % n]);
        let (long, along) = (distance(a, b), unit(sub(b, a)));
        let mut at = rng.range(0.0, 2.0);
        while at + front.width.0 <= long {
            let width = rng.range(front.width.0, front.width.1).min(long - at);
            let depth = rng.range(front.depth.0, front.depth.1);
            let face = lerp(a, b, (at + width / 2.0) / long);
            at += width + rng.range(front.gap.0, front.gap.1);
            let (away, street) = block.nearest_street(face);
            if !rng.chance(front.filled) || away > 45.0 {
                continue;
            }
            let middle = super::flat::add(face, scale(left(along), depth / 2.0 + rng.range(0.05, 0.8)));
            let ring = rectangle(middle, along, width, depth);
            if fits(&plot, &ring) && !out[first..].iter().any(|h| overlap(&h.ring, &ring)) {
                out.push(House {
                    ring: ring.to_vec(),
                    grid: block.grid,
                    kind: front.kind,
                    room: front.room * width / front.width.0 * rng.range(0.6, 1.4),
                    per_floor: front.per_floor,
                    estate: None,
                    street,
                });
            }
        }
    }
    if out.len() == first && front.room > 0.0 {
        one(block, front, out);
    }
}

/// A single house in the middle of a block too small for a row.
fn one(block: &Block, front: &Front, out: &mut Vec<House>) {
    let along = super::carve::long_axis(block.ring);
    let middle = super::flat::centroid(block.ring);
    let ring = rectangle(middle, along, front.width.0, front.depth.0);
    if fits(block.ring, &ring) {
        let street = block.street_at(middle);
        out.push(House {
            ring: ring.to_vec(),
            grid: block.grid,
            kind: front.kind,
            room: front.room,
            per_floor: front.per_floor,
            estate: None,
            street,
        });
    }
}

/// Every corner and the middle of each side lie inside.
pub fn fits(ring: &[Xy], building: &[Xy]) -> bool {
    let n = building.len();
    (0..n).all(|i| inside(ring, building[i]) && inside(ring, lerp(building[i], building[(i + 1) % n], 0.5)))
}
