//! Estates: rows of flats along lanes, the lanes on a spine, the spine on the street only at the
//! gates; around it a wall (for gated ones). Also campuses of schools, hospitals and offices.

use super::flat::{add, cross, distance, dot, left, lerp, meets, rectangle, scale, sub, unit};
use super::houses::{Block, House, fits};
use super::mesh::Class;
use super::net::{Net, is_street};
use super::rng::Rng;
use crate::geometry::Xy;

/// What stands in the rows.
pub struct Rows {
    pub kind: &'static str,
    pub long: (f64, f64),
    pub deep: f64,
    /// From row to row, metres.
    pub pitch: f64,
    pub filled: f64,
    pub room: f64,
    pub per_floor: u32,
    pub walled: bool,
    pub estate: Option<usize>,
}

impl Rows {
    pub fn flats(walled: bool, estate: Option<usize>, rng: &mut Rng) -> Self {
        let tall = rng.chance(0.3);
        let (deep, pitch) = if tall { (16.0, rng.range(38.0, 46.0)) } else { (12.5, rng.range(25.0, 31.0)) };
        let long = if tall { (22.0, 34.0) } else { (26.0, 52.0) };
        let room = if tall { 34.0 } else { 20.0 };
        Self {
            kind: "apartments",
            long,
            deep,
            pitch,
            filled: 0.94,
            room,
            per_floor: if tall { 4 } else { 6 },
            walled,
            estate,
        }
    }

    pub fn campus(kind: &'static str) -> Self {
        Self {
            kind,
            long: (26.0, 60.0),
            deep: 15.0,
            pitch: 44.0,
            filled: 0.8,
            room: 0.0,
            per_floor: 0,
            walled: true,
            estate: None,
        }
    }
}

/// What was laid out.
#[derive(Debug, Default)]
pub struct Laid {
    pub houses: Vec<House>,
    /// Where the gates are.
    pub gates: Vec<Xy>,
    /// The estate's ground inside the wall.
    pub ground: Vec<Xy>,
}

/// The rows' own directions: `u` along the rows, `v` across them.
struct Frame {
    o: Xy,
    u: Xy,
    v: Xy,
}

impl Frame {
    /// Rows lie along the side of the block that runs most nearly east and west, as flats face
    /// south.
    fn of(ring: &[Xy]) -> Self {
        let axis = super::carve::long_axis(ring);
        let u = if axis.x.abs() >= axis.y.abs() { axis } else { left(axis) };
        let u = if u.x < 0.0 { scale(u, -1.0) } else { u };
        Self { o: super::flat::centroid(ring), u, v: left(u) }
    }

    fn at(&self, u: f64, v: f64) -> Xy {
        add(self.o, add(scale(self.u, u), scale(self.v, v)))
    }

    /// The ring's extent across the rows.
    fn height(&self, ring: &[Xy]) -> (f64, f64) {
        ring.iter().map(|&p| dot(sub(p, self.o), self.v)).fold((f64::MAX, f64::MIN), |(a, b), d| (a.min(d), b.max(d)))
    }

    /// The stretch inside the ring at height `v`.
    fn stretch(&self, ring: &[Xy], v: f64) -> Option<(f64, f64)> {
        let cut = meets(ring, self.at(0.0, v), self.u);
        (cut.len() == 2).then(|| (cut[0].0, cut[1].0))
    }
}

/// Where lanes and rows go.
struct Layout {
    frame: Frame,
    plot: Vec<Xy>,
    /// Height, and from where to where.
    lanes: Vec<(f64, f64, f64)>,
    spine: f64,
    /// Points of the net where the spine crosses the lanes.
    knots: Vec<u32>,
}

/// Lays out rows in the block; `None` when it is too small or too crooked.
pub fn lay_out(block: &Block, rows: &Rows, bent: &[Xy], net: &mut Net, rng: &mut Rng) -> Option<Laid> {
    let ground = block.plot(1.5)?;
    let plot = block.plot(5.0)?;
    let frame = Frame::of(&plot);
    let lanes = lanes(&frame, &plot, rows);
    let spine = spine(&lanes, rng)?;
    let mut plan = Layout { frame, plot, lanes, spine, knots: Vec::new() };
    let houses = fill(block, rows, &plan, rng);
    if houses.is_empty() {
        return None;
    }
    let mut gates = exits(block, &plan);
    if gates.is_empty() {
        return None;
    }
    if rows.walled && gates.len() > 1 && !rng.chance(0.45) {
        gates.sort_by_key(|g| g.class);
        gates.truncate(1);
    }
    plan.add_lanes(net);
    let mut laid = Laid { houses, gates: Vec::new(), ground };
    for exit in &gates {
        let (gate, point) = plan.add_exit(exit, &laid.ground, bent, net);
        if rows.walled {
            net.gates.push((point, "gate"));
        }
        laid.gates.push(gate);
    }
    Some(laid)
}

/// Lanes south of each row: height and stretch.
fn lanes(frame: &Frame, plot: &[Xy], rows: &Rows) -> Vec<(f64, f64, f64)> {
    let (lo, hi) = frame.height(plot);
    let usable = hi - lo - 2.0;
    let least = rows.deep + 11.0;
    let n = (usable / rows.pitch).round().min((usable / least).floor()).max(1.0);
    let pitch = (usable / n).min(rows.pitch * 1.4);
    let mut all = Vec::new();
    for k in 0..n as u32 {
        let v = lo + 3.0 + pitch * f64::from(k) + (pitch - rows.deep) * 0.25;
        if let Some((a, b)) = frame.stretch(plot, v).filter(|(a, b)| b - a > 24.0) {
            all.push((v, a + 2.0, b - 2.0));
        }
    }
    all
}

/// Where the spine crosses the lanes.
fn spine(lanes: &[(f64, f64, f64)], rng: &mut Rng) -> Option<f64> {
    let lo = lanes.iter().map(|l| l.1).fold(f64::MIN, f64::max) + 4.0;
    let hi = lanes.iter().map(|l| l.2).fold(f64::MAX, f64::min) - 4.0;
    (!lanes.is_empty() && lo < hi).then(|| lo + (hi - lo) * rng.range(0.3, 0.7))
}

fn fill(block: &Block, rows: &Rows, plan: &Layout, rng: &mut Rng) -> Vec<House> {
    let Layout { frame, plot, spine, lanes, .. } = plan;
    let mut out = Vec::new();
    for &(lane, _, _) in lanes {
        let v = lane + 5.0 + rows.deep / 2.0;
        let sides = [v - rows.deep / 2.0, v + rows.deep / 2.0].map(|y| frame.stretch(plot, y));
        let [Some(s), Some(t)] = sides else { continue };
        let (a, b) = (s.0.max(t.0) + 0.5, s.1.min(t.1) - 0.5);
        for (from, to) in [(a, spine - 5.0), (spine + 5.0, b)] {
            let mut at = from;
            while to - at >= rows.long.0 * 0.55 {
                let long = even(to - at, rng.range(rows.long.0, rows.long.1));
                let ring = rectangle(frame.at(at + long / 2.0, v), frame.u, long, rows.deep);
                at += long + rng.range(7.5, 9.0);
                if rng.chance(rows.filled) && fits(plot, &ring) {
                    out.push(House {
                        ring: ring.to_vec(),
                        grid: block.grid,
                        kind: rows.kind,
                        room: rows.room * long / rows.long.1 * rng.range(0.85, 1.15),
                        per_floor: rows.per_floor,
                        estate: rows.estate,
                        street: block.street_at(ring[0]),
                    });
                }
            }
        }
    }
    out
}

/// The length of the next building when those along `rest` are to fill it evenly.
fn even(rest: f64, wish: f64) -> f64 {
    let gap = 9.0;
    let n = ((rest + gap) / (wish + gap)).round().max(1.0);
    ((rest + gap) / n - gap).min(wish * 1.4)
}

/// A way out of the spine to the street.
struct Exit {
    /// The upper end of the spine (of its far end), or the lower.
    upper: bool,
    edge: (u32, u32),
    share: f64,
    to: Xy,
    class: Class,
}

/// Where the spine, carried on, meets a street.
fn exits(block: &Block, plan: &Layout) -> Vec<Exit> {
    let Layout { frame, lanes, spine, .. } = plan;
    let face = &block.mesh.faces[block.face as usize];
    let n = face.len();
    let ends = [(false, lanes[0].0), (true, lanes[lanes.len() - 1].0)];
    let mut out = Vec::new();
    for (upper, v) in ends {
        let p = frame.at(*spine, v);
        let d = if upper { frame.v } else { scale(frame.v, -1.0) };
        let Some(&(reach, i)) = meets(block.ring, p, d).iter().find(|m| m.0 > 0.0) else { continue };
        let (a, b) = (face[i], face[(i + 1) % n]);
        let class = block.mesh.class_at(a, b);
        if is_street(class) {
            let to = add(p, scale(d, reach));
            let share = distance(block.ring[i], to) / distance(block.ring[i], block.ring[(i + 1) % n]).max(1e-6);
            out.push(Exit { upper, edge: (a, b), share, to, class });
        }
    }
    if out.is_empty() {
        out.extend(side_exit(block, frame, lanes));
    }
    out
}

/// The end of a lane carried on to a street, when the spine meets none.
fn side_exit(block: &Block, frame: &Frame, lanes: &[(f64, f64, f64)]) -> Option<Exit> {
    let face = &block.mesh.faces[block.face as usize];
    let n = face.len();
    let p = frame.at(0.0, lanes[0].0);
    let hit = meets(block.ring, p, frame.u)
        .into_iter()
        .find(|&(_, i)| is_street(block.mesh.class_at(face[i], face[(i + 1) % n])))?;
    let (a, b) = (face[hit.1], face[(hit.1 + 1) % n]);
    let to = add(p, scale(frame.u, hit.0));
    let share = distance(block.ring[hit.1], to) / distance(block.ring[hit.1], block.ring[(hit.1 + 1) % n]).max(1e-6);
    Some(Exit { upper: false, edge: (a, b), share, to, class: block.mesh.class_at(a, b) })
}

impl Layout {
    /// The point where the spine crosses a lane.
    fn knot(&self, lane: usize) -> Xy {
        self.frame.at(self.spine, self.lanes[lane].0)
    }

    /// The lanes and the spine, as points and ways of the net.
    fn add_lanes(&mut self, net: &mut Net) {
        self.knots = (0..self.lanes.len()).map(|k| net.point(self.knot(k))).collect();
        for (&(v, a, b), &knot) in self.lanes.iter().zip(&self.knots) {
            let (west, east) = (net.point(self.frame.at(a, v)), net.point(self.frame.at(b, v)));
            net.path(vec![west, knot, east], "service");
        }
        net.path(self.knots.clone(), "service");
    }

    /// The path from the spine through the wall to the street; where and which point the gate is.
    fn add_exit(&self, exit: &Exit, ground: &[Xy], bent: &[Xy], net: &mut Net) -> (Xy, u32) {
        let from = if exit.upper { self.knots[self.knots.len() - 1] } else { self.knots[0] };
        let start = net.at[from as usize];
        let ahead = unit(sub(exit.to, start));
        let hit = meets(ground, start, ahead).into_iter().find(|m| m.0 > 0.0);
        let gate = hit.map_or(exit.to, |m| add(start, scale(ahead, m.0)));
        let point = net.point(gate);
        let street = net.join(exit.edge, exit.share.clamp(0.0, 1.0), bent);
        net.path(vec![from, point, street], "service");
        (gate, point)
    }
}

/// The wall around the ground with an opening of 6 m at each gate.
pub fn wall(ground: &[Xy], gates: &[Xy]) -> Vec<Vec<Xy>> {
    let n = ground.len();
    let mut at = 0.0;
    let mut openings: Vec<f64> = Vec::new();
    let mut corners: Vec<(f64, Xy)> = Vec::new();
    for i in 0..n {
        let (a, b) = (ground[i], ground[(i + 1) % n]);
        let (long, u) = (distance(a, b), unit(sub(b, a)));
        corners.push((at, a));
        for &g in gates {
            let d = dot(sub(g, a), u);
            if cross(u, sub(g, a)).abs() < 0.05 && d >= 0.0 && d < long {
                openings.push(at + d);
            }
        }
        at += long;
    }
    let around = at;
    openings.sort_by(f64::total_cmp);
    let place = |d: f64| {
        let d = d.rem_euclid(around);
        let k = corners.partition_point(|c| c.0 <= d).saturating_sub(1);
        let (from, a) = corners[k];
        let (to, b) = corners.get(k + 1).copied().unwrap_or((around, ground[0]));
        lerp(a, b, (d - from) / (to - from).max(1e-9))
    };
    let (half, count) = (3.0, openings.len());
    if count == 0 {
        return vec![ground.iter().chain([&ground[0]]).copied().collect()];
    }
    (0..count)
        .map(|k| {
            let start = openings[k] + half;
            let mut end = openings[(k + 1) % count] - half;
            if end <= start {
                end += around;
            }
            let between = corners.iter().flat_map(|c| [*c, (c.0 + around, c.1)]).filter(|c| c.0 > start && c.0 < end);
            let mut inner: Vec<(f64, Xy)> = between.collect();
            inner.sort_by(|a, b| a.0.total_cmp(&b.0));
            [vec![place(start)], inner.into_iter().map(|c| c.1).collect(), vec![place(end)]].concat()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::flat::{length, xy};
    use super::*;

    #[test]
    fn a_wall_goes_all_around_but_for_its_gates() {
        let ground = [xy(0.0, 0.0), xy(100.0, 0.0), xy(100.0, 80.0), xy(0.0, 80.0)];
        let sum = |parts: Vec<Vec<Xy>>| -> f64 {
            parts.iter().flat_map(|p| p.windows(2)).map(|w| length(sub(w[1], w[0]))).sum()
        };
        assert!((sum(wall(&ground, &[])) - 360.0).abs() < 1e-9);
        assert!((sum(wall(&ground, &[xy(50.0, 0.0)])) - 354.0).abs() < 1e-9);
        assert!((sum(wall(&ground, &[xy(50.0, 0.0), xy(1.0, 80.0)])) - 348.0).abs() < 1e-9);
    }
}
