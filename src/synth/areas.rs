//! Outlines of sets of faces. Neighbours share every vertex of their common border.

use super::mesh::Mesh;
use std::collections::{BTreeMap, BTreeSet};

/// Rings of vertex numbers around the faces: outer rings anticlockwise, holes clockwise.
pub fn outline(mesh: &Mesh, faces: &[u32]) -> Vec<Vec<u32>> {
    let set: BTreeSet<u32> = faces.iter().copied().collect();
    let mut out: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &face in &set {
        let ring = &mesh.faces[face as usize];
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if !mesh.face_at(b, a).is_some_and(|f| set.contains(&f)) {
                out.entry(a).or_default().push(b);
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((&start, _)) = out.first_key_value() {
        let mut ring = vec![start];
        let (mut before, mut here) = (None, start);
        while let Some(next) = take(mesh, &mut out, before, here) {
            if next == start {
                break;
            }
            ring.push(next);
            before = Some(here);
            here = next;
        }
        rings.push(ring);
    }
    rings
}

/// Takes the edge that goes on from `here`: where borders touch, the first one clockwise from
/// where we came, which keeps each ring simple.
fn take(mesh: &Mesh, out: &mut BTreeMap<u32, Vec<u32>>, before: Option<u32>, here: u32) -> Option<u32> {
    let ways = out.get_mut(&here)?;
    let at = |v: u32| mesh.at[v as usize];
    let angle = |v: u32| (at(v).y - at(here).y).atan2(at(v).x - at(here).x);
    let k = match before {
        Some(b) if ways.len() > 1 => {
            let turn = |v: u32| (angle(b) - angle(v)).rem_euclid(std::f64::consts::TAU);
            (0..ways.len()).min_by(|&i, &j| turn(ways[i]).total_cmp(&turn(ways[j])))?
        }
        _ => 0,
    };
    let next = ways.swap_remove(k);
    if ways.is_empty() {
        out.remove(&here);
    }
    Some(next)
}

/// The area of the faces as a geometry: a polygon when it is in one piece.
pub fn geometry(mesh: &Mesh, faces: &[u32], degrees: &[geo::Coord]) -> geo::Geometry {
    let (mut outer, mut holes) = (Vec::new(), Vec::new());
    for ring in outline(mesh, faces) {
        let flat: Vec<_> = ring.iter().map(|&v| mesh.at[v as usize]).collect();
        let line: geo::LineString = ring.iter().map(|&v| degrees[v as usize]).collect();
        if super::flat::area(&flat) > 0.0 { outer.push((flat, line)) } else { holes.push((flat[0], line)) }
    }
    let mut polygons: Vec<geo::Polygon> = Vec::new();
    for (flat, line) in outer {
        let inner = holes.iter().filter(|h| super::flat::inside(&flat, h.0)).map(|h| h.1.clone()).collect();
        polygons.push(geo::Polygon::new(line, inner));
    }
    match polygons.len() {
        1 => polygons.remove(0).into(),
        _ => geo::MultiPolygon(polygons).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::flat::{area, heading, xy};
    use super::super::mesh::{Class, Cut};
    use super::*;

    #[test]
    fn two_neighbours_have_one_ring_with_their_common_edge_gone() {
        let mut mesh = Mesh::new(&[xy(0.0, 0.0), xy(100.0, 0.0), xy(100.0, 100.0), xy(0.0, 100.0)]);
        let cut = |x: f64| Cut { point: xy(x, 50.0), along: heading(1.5), snap: 0.0, class: Class::Tertiary };
        let (_, a) = mesh.cut(0, cut(30.0)).expect("cut");
        mesh.cut(0, cut(70.0)).expect("cut");
        let rings = outline(&mesh, &[0, a]);
        let sum = mesh.face_area(0) + mesh.face_area(a);
        let measured: f64 =
            rings.iter().map(|r| area(&r.iter().map(|&v| mesh.at[v as usize]).collect::<Vec<_>>())).sum();
        assert!((sum - measured).abs() < 1e-6);
        assert_eq!(outline(&mesh, &[0, 1, 2]).len(), 1);
    }
}
