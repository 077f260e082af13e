//! Areas prepared for the question "in which one is this point?". Exact: a point is inside, on
//! the border or outside by robust predicates, never by rounding. Knows one layer at a time.

use super::catalogue::CatalogueEntry;
use super::data::envelope;
use super::feature::{Feature, FeatureId};
use crate::geometry::{BBox, LonLat, Metres, Plane, Xy};
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Geometry, LinesIter};
use rstar::{AABB, RTree, RTreeObject};
use std::collections::HashMap;
use std::sync::Arc;

/// Where a point is, seen from an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Inside,
    Border,
    Outside,
}

/// One area: its border cut into level strips, so that a point meets few segments.
#[derive(Debug)]
pub struct Area {
    pub feature: Arc<Feature>,
    pub code: Option<String>,
    segments: Vec<[Coord; 2]>,
    /// Segments of strip `i` are `order[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    order: Vec<u32>,
}

/// Segments a strip holds on average when none is steep.
const PER_STRIP: usize = 6;

impl Area {
    /// `None` where the feature is not an area.
    fn prepare(feature: &Arc<Feature>, code: Option<&str>) -> Option<Self> {
        let lines = |p: &geo::Polygon| p.lines_iter().map(|l| [l.start, l.end]).collect::<Vec<_>>();
        let segments = match &feature.geometry {
            Geometry::Polygon(polygon) => lines(polygon),
            Geometry::MultiPolygon(all) => all.iter().flat_map(lines).collect(),
            _ => return None,
        };
        let code = code.map(str::to_owned);
        let mut area = Self { feature: Arc::clone(feature), code, segments, starts: Vec::new(), order: Vec::new() };
        area.cut();
        Some(area)
    }

    fn cut(&mut self) {
        let strips = (self.segments.len() / PER_STRIP).clamp(1, 4096);
        self.starts = vec![0; strips + 1];
        let range = |area: &Self, [a, b]: [Coord; 2]| {
            let (low, high) = if a.y <= b.y { (a.y, b.y) } else { (b.y, a.y) };
            area.strip(low)..=area.strip(high)
        };
        let mut strips: Vec<Vec<u32>> = vec![Vec::new(); strips];
        for (i, segment) in self.segments.iter().enumerate() {
            range(self, *segment).for_each(|s| strips[s].push(i as u32));
        }
        for (i, strip) in strips.into_iter().enumerate() {
            self.order.extend(strip);
            self.starts[i + 1] = self.order.len() as u32;
        }
    }

    /// Never falls as `y` rises, hence no segment at the height of a point is missed.
    fn strip(&self, y: f64) -> usize {
        let (strips, b) = (self.starts.len() - 1, self.feature.bbox);
        let share = (y - b.south) / (b.north - b.south).max(f64::MIN_POSITIVE);
        ((share * strips as f64) as usize).min(strips - 1)
    }

    /// Even-odd rule over all rings.
    pub fn side(&self, p: LonLat) -> Side {
        if !self.feature.bbox.contains(p) {
            return Side::Outside;
        }
        let (p, strip) = (p.coord(), self.strip(p.lat()));
        let here = &self.order[self.starts[strip] as usize..self.starts[strip + 1] as usize];
        let mut inside = false;
        for [a, b] in here.iter().map(|i| self.segments[*i as usize]) {
            if p.y < a.y.min(b.y) || p.y > a.y.max(b.y) || p.x > a.x.max(b.x) {
                continue;
            }
            let crosses = (a.y > p.y) != (b.y > p.y);
            if p.x < a.x.min(b.x) {
                inside ^= crosses;
                continue;
            }
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            match RobustKernel::orient2d(low, high, p) {
                Orientation::Collinear => return Side::Border,
                Orientation::CounterClockwise => inside ^= crosses,
                Orientation::Clockwise => {}
            }
        }
        if inside { Side::Inside } else { Side::Outside }
    }

    /// Distance on the ground from `p` to the nearest point of the border.
    pub fn border_distance(&self, p: LonLat) -> Metres {
        let plane = Plane::around(p);
        let square = |[a, b]: &[Coord; 2]| {
            let (a, b) = (plane.degrees_to_xy(a.x, a.y), plane.degrees_to_xy(b.x, b.y));
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let length2 = dx * dx + dy * dy;
            let t = if length2 > 0.0 { (-(a.x * dx + a.y * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
            (a.x + t * dx).powi(2) + (a.y + t * dy).powi(2)
        };
        Metres(self.segments.iter().map(square).fold(f64::INFINITY, f64::min).sqrt())
    }

    /// Lowest code first; areas without a code last, then by id.
    pub fn rank(&self) -> (bool, Option<&str>, FeatureId) {
        (self.code.is_none(), self.code.as_deref(), self.feature.id)
    }
}

#[derive(Debug, Clone)]
struct Slot(Arc<Area>);

impl RTreeObject for Slot {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        envelope(self.0.feature.bbox)
    }
}

/// All areas of a layer by place.
#[derive(Debug, Clone, Default)]
pub struct AreaIndex {
    index: RTree<Slot>,
    /// Where a code was given twice, the area with the lower id.
    codes: HashMap<String, Arc<Area>>,
}

impl AreaIndex {
    /// Prepares the features; those that `old` holds already are taken from it.
    pub fn build<'a>(
        entry: &CatalogueEntry,
        features: impl Iterator<Item = &'a Arc<Feature>>,
        old: Option<&Self>,
    ) -> Self {
        let old: HashMap<FeatureId, &Arc<Area>> =
            old.into_iter().flat_map(|o| o.index.iter()).map(|s| (s.0.feature.id, &s.0)).collect();
        let area = |feature: &Arc<Feature>| match old.get(&feature.id).filter(|a| Arc::ptr_eq(&a.feature, feature)) {
            Some(same) => Some(Arc::clone(same)),
            None => Area::prepare(feature, feature.code(&entry.layer)).map(Arc::new),
        };
        let areas: Vec<Slot> = features.filter_map(area).map(Slot).collect();
        let mut codes: HashMap<String, Arc<Area>> = HashMap::new();
        for Slot(area) in &areas {
            let Some(code) = &area.code else { continue };
            let first = codes.entry(code.clone()).or_insert_with(|| Arc::clone(area));
            if area.feature.id < first.feature.id {
                *first = Arc::clone(area);
            }
        }
        Self { index: RTree::bulk_load(areas), codes }
    }

    /// The area with this code.
    pub fn with_code(&self, code: &str) -> Option<&Arc<Area>> {
        self.codes.get(code)
    }

    /// The one area that the point belongs to, although several may hold it.
    pub fn owner(&self, p: LonLat) -> Option<&Arc<Area>> {
        self.at(p).min_by(|a, b| a.rank().cmp(&b.rank()))
    }

    /// Areas that hold the point, inside or on the border.
    pub fn at(&self, p: LonLat) -> impl Iterator<Item = &Arc<Area>> {
        let here = AABB::from_point([p.lon(), p.lat()]);
        let areas = self.index.locate_in_envelope_intersecting(&here).map(|s| &s.0);
        areas.filter(move |area| area.side(p) != Side::Outside)
    }

    /// Areas whose border is less than `within` from the point, by code, with that distance.
    pub fn near(&self, p: LonLat, within: Metres) -> Vec<(&Arc<Area>, Metres)> {
        let plane = Plane::around(p);
        let (west, south) = plane.to_degrees(Xy { x: -within.0, y: -within.0 });
        let (east, north) = plane.to_degrees(Xy { x: within.0, y: within.0 });
        let boxed = self.in_bbox(BBox { west, south, east, north });
        let mut near: Vec<_> = boxed.map(|a| (a, a.border_distance(p))).filter(|(_, d)| *d < within).collect();
        near.sort_by(|(a, _), (b, _)| a.rank().cmp(&b.rank()));
        near
    }

    /// Areas whose box meets `bbox`.
    pub fn in_bbox(&self, bbox: BBox) -> impl Iterator<Item = &Arc<Area>> {
        self.index.locate_in_envelope_intersecting(&envelope(bbox)).map(|s| &s.0)
    }
}
