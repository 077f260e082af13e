//! Which parts of ways lie in the water: piers, causeways, jetties. They are served like a
//! bridge, or the sea beside them would be "reached".
//!
//! The sea is drawn from coastlines, which end somewhere at the border of an extract: a sea that
//! would cover much of the streets is not believed.

use super::super::footing::Footing;
use super::super::streets::{BarrierKind, Streets};
use crate::geometry::LonLat;
use geo::{BoundingRect, Coord, LinesIter};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

/// A sea with more than one in so many pieces of the streets in it is none.
const BELIEVED: usize = 10;

/// Degrees, about half a metre: what lies nearer to the shore lies on it, and is no pier.
const SHORE: f64 = 5e-6;

/// All water areas, for questions about points.
pub(super) struct Water {
    lakes: Vec<Bands>,
    by_place: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    sea: Option<Bands>,
}

impl Water {
    pub fn new(streets: &Streets, walked: &[Option<Footing>]) -> Self {
        let areas = streets.barriers.iter().filter(|b| b.kind == BarrierKind::Water);
        let lakes: Vec<Bands> = areas.filter_map(|b| Bands::new(&b.geometry)).collect();
        let boxes = lakes.iter().enumerate().map(|(i, lake)| {
            let (low, high) = (lake.rect.min(), lake.rect.max());
            GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), i)
        });
        let by_place = RTree::bulk_load(boxes.collect());
        let sea = streets.sea.as_ref().and_then(|sea| Bands::new(&geo::Geometry::MultiPolygon(sea.clone())));
        let mut water = Self { lakes, by_place, sea };
        if let Some(sea) = &water.sea {
            let ways = streets.ways.iter().zip(walked).filter(|(_, f)| f.is_some());
            let middles =
                ways.flat_map(|(w, _)| w.points.windows(2)).filter_map(|w| middle(&streets.points, [w[0], w[1]]));
            let (mut wet, mut all) = (0, 0);
            for at in middles {
                all += 1;
                wet += usize::from(sea.holds(at));
            }
            if wet * BELIEVED > all {
                water.sea = None;
            }
        }
        water
    }

    /// Whether the middle between two points lies in water.
    pub fn under(&self, points: &[LonLat], ends: [u32; 2]) -> bool {
        let Some(at) = middle(points, ends) else { return false };
        let mut near = self.by_place.locate_all_at_point(&[at.x, at.y]);
        near.any(|lake| self.lakes[lake.data].holds(at)) || self.sea.as_ref().is_some_and(|sea| sea.holds(at))
    }
}

fn middle(points: &[LonLat], ends: [u32; 2]) -> Option<Coord> {
    let [a, b] = ends.map(|p| points.get(p as usize).map(|p| p.coord()));
    Some((a? + b?) / 2.0)
}

/// A polygon's lines, sorted into bands of latitude, so that a point asks only the lines beside it.
struct Bands {
    rect: geo::Rect,
    bands: Vec<Vec<geo::Line>>,
}

impl Bands {
    /// `None` for what is no area.
    fn new(geometry: &geo::Geometry) -> Option<Self> {
        let lines: Vec<geo::Line> = match geometry {
            geo::Geometry::Polygon(p) => p.lines_iter().collect(),
            geo::Geometry::MultiPolygon(p) => p.lines_iter().collect(),
            _ => return None,
        };
        let rect = geometry.bounding_rect()?;
        let mut shape = Self { rect, bands: vec![Vec::new(); (lines.len() / 8).clamp(1, 4096)] };
        for line in lines {
            let (low, high) = (line.start.y.min(line.end.y), line.start.y.max(line.end.y));
            for band in shape.band(low)..=shape.band(high) {
                shape.bands[band].push(line);
            }
        }
        Some(shape)
    }

    fn band(&self, y: f64) -> usize {
        let share = (y - self.rect.min().y) / self.rect.height().max(1e-12);
        ((share * self.bands.len() as f64) as usize).min(self.bands.len() - 1)
    }

    /// Whether a place lies in the water and not on its shore.
    fn holds(&self, at: Coord) -> bool {
        let around = [(0.0, 0.0), (SHORE, 0.0), (-SHORE, 0.0), (0.0, SHORE), (0.0, -SHORE)];
        around.iter().all(|(dx, dy)| self.contains(Coord { x: at.x + dx, y: at.y + dy }))
    }

    /// By the number of shores between the point and the far west.
    fn contains(&self, at: Coord) -> bool {
        let (low, high) = (self.rect.min(), self.rect.max());
        if at.x < low.x || at.x > high.x || at.y < low.y || at.y > high.y {
            return false;
        }
        let crossed = self.bands[self.band(at.y)].iter().filter(|l| {
            let (a, b) = (l.start, l.end);
            (a.y > at.y) != (b.y > at.y) && a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x) < at.x
        });
        crossed.count() % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, Point, wkt};
    use rand::{RngExt, SeedableRng};

    #[test]
    fn bands_agree_with_the_polygon() {
        let lake = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,9. 5.,10. 10.,5. 7.,0. 10.,0. 0.),(2. 2.,4. 2.,4. 5.,2. 2.)),((20. 0.,22. 0.,21. 3.,20. 0.))));
        let mut bands = Bands::new(&lake.clone().into()).expect("an area");
        // As many bands as a long coast has.
        let lines: Vec<geo::Line> = lake.lines_iter().collect();
        bands.bands = vec![Vec::new(); 7];
        for line in lines {
            for band in bands.band(line.start.y.min(line.end.y))..=bands.band(line.start.y.max(line.end.y)) {
                bands.bands[band].push(line);
            }
        }
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for _ in 0..2000 {
            let at = Coord { x: rng.random_range(-1.0..23.0), y: rng.random_range(-1.0..11.0) };
            assert_eq!(bands.contains(at), lake.contains(&Point::from(at)), "{at:?}");
        }
    }
}
