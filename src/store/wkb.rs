//! Geometries as bytes: a small, bounded reader and a writer of well-known binary, and the
//! GeoPackage header around it. The bytes may come from anyone who can open the file, so the
//! reader never allocates by a stated count, never recurses deeper than [`MAX_DEPTH`], and
//! never panics. Z and M are read and dropped: the atlas is flat.
//!
//! Formats: OGC 06-103r4 (WKB, ISO Z/M codes), PostGIS' EWKB flags, OGC 12-128r19 §2.1.3
//! (GeoPackageBinary).

use crate::geometry::{BBox, LonLat};
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// Longest geometry that is read, in bytes: about two million vertices.
pub const MAX_BYTES: usize = 32 << 20;
/// Deepest nesting: a multi geometry holds simple ones, nothing else.
const MAX_DEPTH: u8 = 1;

/// Why bytes are not a geometry of the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WkbError {
    #[error("the geometry ends too early")]
    Short,
    #[error("bytes are left over after the geometry")]
    Trailing,
    #[error("the geometry is larger than 32 MiB")]
    TooLarge,
    #[error("byte order {0} does not exist")]
    ByteOrder(u8),
    #[error("geometry type {0} is not one of points, lines and polygons")]
    Type(u32),
    #[error("a {0} cannot be part of this multi geometry")]
    Member(&'static str),
    #[error("the geometry is empty")]
    Empty,
    #[error("a line has fewer than two points")]
    Line,
    #[error("a ring has fewer than four points or is not closed")]
    Ring,
    #[error("a coordinate is not a longitude and latitude in degrees")]
    Position,
    #[error("the blob does not start with a GeoPackage geometry header")]
    Header,
    #[error("the geometry is not in WGS 84 (EPSG:4326)")]
    Srs,
}

/// A geometry from WKB or EWKB. A multi geometry with one member is read as that member.
pub fn decode(bytes: &[u8]) -> Result<Geometry, WkbError> {
    if bytes.len() > MAX_BYTES {
        return Err(WkbError::TooLarge);
    }
    let mut reader = Reader { bytes };
    let geometry = reader.geometry(0)?;
    if reader.bytes.is_empty() { Ok(single(geometry)) } else { Err(WkbError::Trailing) }
}

/// A geometry from a GeoPackage blob.
pub fn decode_gpkg(blob: &[u8]) -> Result<Geometry, WkbError> {
    let [b'G', b'P', 0, flags, rest @ ..] = blob else { return Err(WkbError::Header) };
    let (extended, envelope) = (flags & 0x20 != 0, (flags >> 1) & 7);
    if extended || flags & 0xc0 != 0 {
        return Err(WkbError::Header);
    }
    let mut reader = Reader { bytes: rest };
    let srs = reader.u32(flags & 1 == 1)?;
    let skip = *[0, 32, 48, 48, 64].get(usize::from(envelope)).ok_or(WkbError::Header)?;
    reader.take_slice(skip)?;
    if srs != 4326 {
        return Err(WkbError::Srs);
    }
    if flags & 0x10 != 0 {
        return Err(WkbError::Empty);
    }
    decode(reader.bytes)
}

/// A geometry as little-endian WKB.
pub fn encode(geometry: &Geometry) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    put(&mut out, geometry);
    out
}

/// A geometry as a GeoPackage blob in EPSG:4326, with its envelope (none for an empty one).
pub fn encode_gpkg(geometry: &Geometry, bbox: Option<BBox>) -> Vec<u8> {
    let mut out = Vec::with_capacity(104);
    out.extend_from_slice(b"GP\0");
    out.push(if bbox.is_some() { 0b0000_0011 } else { 0b0001_0001 });
    out.extend_from_slice(&4326u32.to_le_bytes());
    if let Some(b) = bbox {
        [b.west, b.east, b.south, b.north].iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
    }
    put(&mut out, geometry);
    out
}

/// The member of a multi geometry that has only one; anything else unchanged.
pub fn single(geometry: Geometry) -> Geometry {
    match geometry {
        Geometry::MultiPoint(mut m) if m.0.len() == 1 => m.0.pop().map_or(Geometry::MultiPoint(m), Geometry::Point),
        Geometry::MultiLineString(mut m) if m.0.len() == 1 => {
            m.0.pop().map_or(Geometry::MultiLineString(m), Geometry::LineString)
        }
        Geometry::MultiPolygon(mut m) if m.0.len() == 1 => {
            m.0.pop().map_or(Geometry::MultiPolygon(m), Geometry::Polygon)
        }
        other => other,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take_slice(&mut self, n: usize) -> Result<&'a [u8], WkbError> {
        let (head, rest) = self.bytes.split_at_checked(n).ok_or(WkbError::Short)?;
        self.bytes = rest;
        Ok(head)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        self.take_slice(N)?.try_into().map_err(|_| WkbError::Short)
    }

    fn u32(&mut self, little: bool) -> Result<u32, WkbError> {
        let b = self.take()?;
        Ok(if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }

    fn f64(&mut self, little: bool) -> Result<f64, WkbError> {
        let b = self.take()?;
        Ok(if little { f64::from_le_bytes(b) } else { f64::from_be_bytes(b) })
    }

    /// A count of items of at least `size` bytes each; refused when they cannot all be there.
    fn count(&mut self, shape: Shape, size: usize) -> Result<usize, WkbError> {
        let n = self.u32(shape.little)? as usize;
        if n > self.bytes.len() / size { Err(WkbError::Short) } else { Ok(n) }
    }

    fn geometry(&mut self, depth: u8) -> Result<Geometry, WkbError> {
        let little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(WkbError::ByteOrder(other)),
        };
        let code = self.u32(little)?;
        if code & 0x2000_0000 != 0 && self.u32(little)? != 4326 {
            return Err(WkbError::Srs);
        }
        let iso = code & 0x1fff_ffff;
        let (z, m) = match iso / 1000 {
            0 => (code & 0x8000_0000 != 0, code & 0x4000_0000 != 0),
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return Err(WkbError::Type(iso)),
        };
        let shape = Shape { little, extra: usize::from(z) + usize::from(m) };
        match iso % 1000 {
            1 => Ok(Point(self.coord(shape)?).into()),
            2 => Ok(self.line(shape)?.into()),
            3 => Ok(self.polygon(shape)?.into()),
            kind @ 4..=6 if depth < MAX_DEPTH => self.multi(shape, kind, depth + 1),
            _ => Err(WkbError::Type(iso)),
        }
    }

    fn multi(&mut self, shape: Shape, kind: u32, depth: u8) -> Result<Geometry, WkbError> {
        let n = self.count(shape, 9)?;
        if n == 0 {
            return Err(WkbError::Empty);
        }
        let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            match (kind, self.geometry(depth)?) {
                (4, Geometry::Point(p)) => points.push(p),
                (5, Geometry::LineString(l)) => lines.push(l),
                (6, Geometry::Polygon(p)) => polygons.push(p),
                (_, other) => return Err(WkbError::Member(name(&other))),
            }
        }
        Ok(match kind {
            4 => MultiPoint(points).into(),
            5 => MultiLineString(lines).into(),
            _ => MultiPolygon(polygons).into(),
        })
    }

    fn coord(&mut self, shape: Shape) -> Result<Coord, WkbError> {
        let (x, y) = (self.f64(shape.little)?, self.f64(shape.little)?);
        self.take_slice(8 * shape.extra)?;
        // An empty point is written as NaN, NaN.
        if x.is_nan() && y.is_nan() {
            return Err(WkbError::Empty);
        }
        LonLat::new(x, y).map(LonLat::coord).map_err(|_| WkbError::Position)
    }

    fn coords(&mut self, shape: Shape) -> Result<Vec<Coord>, WkbError> {
        let n = self.count(shape, 16 + 8 * shape.extra)?;
        (0..n).map(|_| self.coord(shape)).collect()
    }

    fn line(&mut self, shape: Shape) -> Result<LineString, WkbError> {
        let coords = self.coords(shape)?;
        match coords.len() {
            0 => Err(WkbError::Empty),
            1 => Err(WkbError::Line),
            _ => Ok(LineString(coords)),
        }
    }

    fn polygon(&mut self, shape: Shape) -> Result<Polygon, WkbError> {
        let n = self.count(shape, 4)?;
        let mut rings = Vec::new();
        for _ in 0..n {
            let ring = LineString(self.coords(shape)?);
            if ring.0.len() < 4 || !ring.is_closed() {
                return Err(WkbError::Ring);
            }
            rings.push(ring);
        }
        let mut rings = rings.into_iter();
        let outer = rings.next().ok_or(WkbError::Empty)?;
        Ok(Polygon::new(outer, rings.collect()))
    }
}

/// How the numbers of one geometry are written.
#[derive(Clone, Copy)]
struct Shape {
    little: bool,
    /// Numbers after x and y.
    extra: usize,
}

/// What people call the geometry.
pub fn name(geometry: &Geometry) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::Line(_) | Geometry::LineString(_) => "LineString",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::GeometryCollection(_) => "GeometryCollection",
    }
}

fn put(out: &mut Vec<u8>, geometry: &Geometry) {
    match geometry {
        Geometry::Point(p) => {
            head(out, 1);
            put_coord(out, p.0);
        }
        Geometry::Line(l) => put(out, &LineString::from(*l).into()),
        Geometry::LineString(l) => {
            head(out, 2);
            put_coords(out, &l.0);
        }
        Geometry::Polygon(p) => put_polygon(out, p),
        Geometry::Rect(r) => put_polygon(out, &r.to_polygon()),
        Geometry::Triangle(t) => put_polygon(out, &t.to_polygon()),
        Geometry::MultiPoint(m) => put_members(out, 4, &m.0, |out, p| put(out, &(*p).into())),
        Geometry::MultiLineString(m) => put_members(out, 5, &m.0, |out, l| {
            head(out, 2);
            put_coords(out, &l.0);
        }),
        Geometry::MultiPolygon(m) => put_members(out, 6, &m.0, put_polygon),
        Geometry::GeometryCollection(c) => put_members(out, 7, &c.0, put),
    }
}

fn head(out: &mut Vec<u8>, code: u32) {
    out.push(1);
    out.extend_from_slice(&code.to_le_bytes());
}

fn put_count(out: &mut Vec<u8>, n: usize) {
    out.extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_coord(out: &mut Vec<u8>, c: Coord) {
    out.extend_from_slice(&c.x.to_le_bytes());
    out.extend_from_slice(&c.y.to_le_bytes());
}

fn put_coords(out: &mut Vec<u8>, coords: &[Coord]) {
    put_count(out, coords.len());
    coords.iter().for_each(|c| put_coord(out, *c));
}

fn put_polygon(out: &mut Vec<u8>, polygon: &Polygon) {
    head(out, 3);
    let rings = usize::from(!polygon.exterior().0.is_empty()) * (1 + polygon.interiors().len());
    put_count(out, rings);
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).take(rings).for_each(|r| put_coords(out, &r.0));
}

fn put_members<T>(out: &mut Vec<u8>, code: u32, members: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    head(out, code);
    put_count(out, members.len());
    members.iter().for_each(|m| put(out, m));
}

#[cfg(test)]
#[path = "wkb_tests.rs"]
mod tests;
