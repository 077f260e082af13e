//! Bends the straight cuts into streets that curve, then puts them on the globe. A composition of
//! shears and a swirl is one-to-one, so what tiled before still tiles.

use super::carve::Plan;
use super::figures::PlaceFigures;
use super::flat::{heading, length, sub, xy};
use super::rng::Rng;
use crate::geometry::{LonLat, Plane, Xy};

/// One wave: displaces along `x` (or `y`) by a sine of the other coordinate.
struct Wave {
    along_x: bool,
    metres: f64,
    per_metre: f64,
    phase: f64,
}

pub struct Warp {
    waves: Vec<Wave>,
    swirl: f64,
    radius: f64,
    shift: Xy,
    plane: Plane,
}

impl Warp {
    pub fn of(figures: &PlaceFigures) -> Self {
        let mut rng = Rng::new(figures.shape.seed).fork(2);
        let mut waves = Vec::new();
        for (long, slope) in [(5200.0, 0.34), (2600.0, 0.30), (1100.0, 0.20), (430.0, 0.09)] {
            for along_x in [true, false] {
                let per_metre = std::f64::consts::TAU / (long * rng.range(0.8, 1.25));
                let metres = slope / per_metre * rng.range(0.7, 1.1);
                waves.push(Wave { along_x, metres, per_metre, phase: rng.range(0.0, std::f64::consts::TAU) });
            }
        }
        let [lon, lat] = figures.centre;
        let centre = LonLat::new(lon, lat).unwrap_or_else(|e| unreachable!("centre of {}: {e}", figures.key));
        let radius = figures.shape.rx.min(figures.shape.ry);
        let mut warp = Self { waves, swirl: 0.5, radius, shift: xy(0.0, 0.0), plane: Plane::around(centre) };
        warp.shift = warp.bend(xy(0.0, 0.0));
        warp
    }

    /// From the carved plane to the town's plane around the place's centre.
    pub fn bend(&self, p: Xy) -> Xy {
        let turn = self.swirl * (1.0 - (length(p) / self.radius).min(2.0) / 2.0);
        let (c, s) = (heading(turn).x, heading(turn).y);
        let mut q = xy(p.x * c - p.y * s, p.x * s + p.y * c);
        for w in &self.waves {
            if w.along_x {
                q.x += w.metres * (q.y * w.per_metre + w.phase).sin();
            } else {
                q.y += w.metres * (q.x * w.per_metre + w.phase).sin();
            }
        }
        sub(q, self.shift)
    }

    /// Degrees, rounded to the seven decimals of the wire (about a centimetre).
    pub fn degrees(&self, p: Xy) -> geo::Coord {
        let (lon, lat) = self.plane.to_degrees(p);
        let round = |d: f64| (d * 1e7).round() / 1e7;
        geo::Coord { x: round(lon), y: round(lat) }
    }

    pub fn position(&self, p: Xy) -> LonLat {
        LonLat::try_from(self.degrees(p)).unwrap_or_else(|e| unreachable!("a town lies on the globe: {e}"))
    }

    pub fn line(&self, points: &[Xy]) -> geo::LineString {
        points.iter().map(|&p| self.degrees(p)).collect()
    }

    /// A closed ring as a polygon.
    pub fn polygon(&self, ring: &[Xy]) -> geo::Polygon {
        geo::Polygon::new(self.line(ring), Vec::new())
    }

    /// Every vertex of the plan, bent.
    pub fn vertices(&self, plan: &Plan) -> Vec<Xy> {
        plan.mesh.at.iter().map(|&p| self.bend(p)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::PlaceKey;
    use super::super::flat::area;
    use super::*;

    #[test]
    fn the_centre_stays_and_no_small_square_is_turned_over() {
        let warp = Warp::of(&PlaceFigures::of(PlaceKey::Nankang));
        assert!(length(warp.bend(xy(0.0, 0.0))) < 1e-9);
        for i in -40..40 {
            for j in -40..40 {
                let (x, y) = (f64::from(i) * 60.0, f64::from(j) * 60.0);
                let ring = [xy(x, y), xy(x + 60.0, y), xy(x + 60.0, y + 60.0), xy(x, y + 60.0)];
                assert!(area(&ring.map(|p| warp.bend(p))) > 600.0);
            }
        }
    }
}
