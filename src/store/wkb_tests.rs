//! The reader against round trips, other writers' bytes, and hostile ones.

use super::*;
use geo::{line_string, polygon};
use proptest::prelude::*;

fn bbox(g: &Geometry) -> Option<BBox> {
    BBox::of(g)
}

fn samples() -> Vec<Geometry> {
    let square = polygon![(x: 116.0, y: 29.4), (x: 116.1, y: 29.4), (x: 116.1, y: 29.5), (x: 116.0, y: 29.4)];
    let other = polygon!(exterior: [(x: 1., y: 1.), (x: 9., y: 1.), (x: 9., y: 9.), (x: 1., y: 1.)],
        interiors: [[(x: 3., y: 2.), (x: 4., y: 2.), (x: 4., y: 3.), (x: 3., y: 2.)]]);
    let line = line_string![(x: 116.0, y: 29.4), (x: 116.1, y: 29.45)];
    vec![
        Point::new(116.0, 29.4).into(),
        line.clone().into(),
        square.clone().into(),
        other.clone().into(),
        MultiPoint(vec![Point::new(1., 2.), Point::new(3., 4.)]).into(),
        MultiLineString(vec![line.clone(), line]).into(),
        MultiPolygon(vec![square, other]).into(),
    ]
}

#[test]
fn what_is_written_is_read_back() {
    for g in samples() {
        assert_eq!(decode(&encode(&g)), Ok(g.clone()));
        assert_eq!(decode_gpkg(&encode_gpkg(&g, bbox(&g))), Ok(g));
    }
}

#[test]
fn a_multi_geometry_with_one_member_is_read_as_the_member() {
    let p = Point::new(1., 2.);
    assert_eq!(decode(&encode(&MultiPoint(vec![p]).into())), Ok(p.into()));
}

#[test]
fn heights_measures_big_endian_and_ewkb_are_understood() {
    let be = |code: u32, rest: &[f64]| {
        let mut out = vec![0];
        out.extend(code.to_be_bytes());
        rest.iter().for_each(|v| out.extend(v.to_be_bytes()));
        out
    };
    let p = Ok(Point::new(1., 2.).into());
    for (code, extra) in [(1, 0), (1001, 1), (2001, 1), (3001, 2), (0x8000_0001, 1), (0xc000_0001, 2)] {
        let numbers = [1., 2., 7., 8.];
        assert_eq!(decode(&be(code, &numbers[..2 + extra])), p, "{code}");
    }
    let mut ewkb = vec![1];
    ewkb.extend(0x2000_0001u32.to_le_bytes());
    ewkb.extend(4326u32.to_le_bytes());
    [1f64, 2.].iter().for_each(|v| ewkb.extend(v.to_le_bytes()));
    assert_eq!(decode(&ewkb), p);
    ewkb[5] = 0;
    assert_eq!(decode(&ewkb), Err(WkbError::Srs));
}

#[test]
fn stated_counts_allocate_nothing() {
    for code in [2u32, 3, 4, 5, 6] {
        let mut bytes = vec![1];
        bytes.extend(code.to_le_bytes());
        bytes.extend(u32::MAX.to_le_bytes());
        assert_eq!(decode(&bytes), Err(WkbError::Short));
    }
}

#[test]
fn nesting_is_refused() {
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        bytes.push(1);
        bytes.extend(6u32.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
    }
    assert_eq!(decode(&bytes), Err(WkbError::Type(6)));
}

#[test]
fn nonsense_has_a_reason() {
    let at = |x: f64, y: f64| encode(&Point::new(x, y).into());
    assert_eq!(decode(&at(f64::NAN, f64::NAN)), Err(WkbError::Empty));
    assert_eq!(decode(&at(f64::INFINITY, 0.)), Err(WkbError::Position));
    assert_eq!(decode(&at(29.4, 116.)), Err(WkbError::Position));
    assert_eq!(decode(&encode(&LineString::new(vec![Coord { x: 1., y: 1. }]).into())), Err(WkbError::Line));
    assert_eq!(decode(&encode(&MultiPolygon(vec![]).into())), Err(WkbError::Empty));
    assert_eq!(decode(&encode(&Polygon::new(LineString(vec![]), vec![]).into())), Err(WkbError::Empty));
    assert_eq!(decode(&[&at(1., 1.)[..], &[0]].concat()), Err(WkbError::Trailing));
    assert_eq!(decode(&[]), Err(WkbError::Short));
    assert_eq!(decode(&[7; 30]), Err(WkbError::ByteOrder(7)));
    assert_eq!(decode_gpkg(b"hello"), Err(WkbError::Header));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = decode_gpkg(&bytes);
        let _ = decode_gpkg(&[b"GP\0\x01\xe6\x10\0\0\x01", &bytes[..]].concat());
    }

    #[test]
    fn damaged_geometries_never_panic(which in 0usize..7, hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let g = samples().swap_remove(which);
        let mut blob = encode_gpkg(&g, bbox(&g));
        for (at, value) in hits {
            let i = at.index(blob.len());
            blob[i] = value;
        }
        let _ = decode_gpkg(&blob);
        let _ = decode_gpkg(&blob[..cut.index(blob.len())]);
        let _ = decode(&blob[40..]);
    }
}
