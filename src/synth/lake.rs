//! The open water beyond the town: it shares the shore with the land and runs on past the town's
//! edges, so that the map does not end in mid-lake.

use super::carve::Ground;
use super::flat::{add, heading, left, scale};
use super::site::Site;
use crate::geometry::Xy;

/// How far the shore is drawn beyond the town on each side, metres.
const BEYOND: f64 = 5000.0;

/// The water as a polygon; `None` for a town without.
pub fn water(site: &Site) -> Option<geo::Polygon> {
    let lake = site.figures.shape.lake.as_ref()?;
    let mesh = &site.plan.mesh;
    let face = site.plan.ground.iter().position(|&g| g == Ground::Lake)?;
    let ring = &mesh.faces[face];
    let n = ring.len();
    let is_shore = |i: usize| mesh.face_at(ring[(i + 1) % n], ring[i % n]).is_some();
    let start = (0..n).find(|&i| is_shore(i) && !is_shore(i + n - 1))?;
    let count = (0..n).take_while(|&k| is_shore(start + k)).count();
    let shore: Vec<u32> = (0..=count).map(|k| ring[(start + k) % n]).collect();
    let out = heading(lake.angle.to_radians());
    let along = scale(left(out), -1.0);
    let (first, last) = (mesh.at[shore[0] as usize], mesh.at[shore[shore.len() - 1] as usize]);
    let on = |from: Xy, by: f64| add(from, scale(along, by));
    let steps = |from: Xy, sign: f64| (1..=25).map(move |k| on(from, sign * BEYOND * f64::from(k) / 25.0));
    let corner = |from: Xy, by: f64| add(on(from, by), scale(out, lake.extent));
    let mut beyond: Vec<Xy> = steps(last, 1.0).collect();
    beyond.extend([corner(last, BEYOND), corner(first, -BEYOND)]);
    beyond.extend(steps(first, -1.0).collect::<Vec<_>>().into_iter().rev());
    let shore = shore.iter().map(|&v| site.degrees[v as usize]);
    let outer = shore.chain(beyond.into_iter().map(|p| site.warp.degrees(site.warp.bend(p)))).collect();
    Some(geo::Polygon::new(outer, Vec::new()))
}
