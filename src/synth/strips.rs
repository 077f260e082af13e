//! Finishes rivers, streams and railways once the land beside them is divided: bridges where
//! streets arrive, and every stretch given to the grid on its left bank, so that grids tile.

use super::carve::StripAt;
use super::figures::{StripFigures, StripKind};
use super::flat::{cross, dot, lerp, sub};
use super::mesh::{Class, Mesh};
use crate::geometry::Xy;

/// A vertex of a bank: how far along, its number, and the grid beyond the edge that follows.
struct BankVertex {
    at: f64,
    v: u32,
    grid: Option<u32>,
}

/// Cuts the strip; its faces with their grids.
pub fn finish(
    mesh: &mut Mesh,
    strip: &StripAt,
    figures: &StripFigures,
    owner: &[Option<u32>],
) -> Vec<(u32, Option<u32>)> {
    let (left, right) = (bank(mesh, strip, owner, 1.0), bank(mesh, strip, owner, -1.0));
    let mut out = Vec::new();
    if left.is_empty() || right.is_empty() {
        let grid = left.iter().chain(&right).find_map(|b| b.grid);
        return vec![(strip.face, grid)];
    }
    let (mut last, mut next_right) = (left[0].at - figures.bridge_every / 2.0, 0);
    let mut grid = left[0].grid;
    for (k, b) in left.iter().enumerate().skip(1) {
        let since = b.at - last;
        let wide = arrives(mesh, b.v, Class::Secondary) && since > 0.45 * figures.bridge_every;
        let due = since > figures.bridge_every && arrives(mesh, b.v, Class::Tertiary);
        let late = since > 1.5 * figures.bridge_every;
        let bridge = (wide || due || late) && k + 1 < left.len();
        if !bridge && b.grid == grid {
            continue;
        }
        let Some(r) = opposite(mesh, &right, next_right, b.at, bridge) else { continue };
        let line = mesh.line(if bridge { bridge_class(mesh, b.v) } else { Class::Border });
        if let Some(behind) = mesh.cut_between(strip.face, right[r].v, b.v, line) {
            out.push((behind, grid.or(b.grid)));
            grid = b.grid.or(grid);
            next_right = r;
            if bridge {
                last = b.at;
                mesh.join_across(right[r].v, b.v);
                let what = if figures.kind == StripKind::Rail { "铁路桥" } else { "桥" };
                mesh.lines[line as usize].bridge = true;
                mesh.lines[line as usize].name = Some(format!("{}{}号{what}", figures.name, out.len()));
            }
        }
    }
    out.push((strip.face, grid));
    out
}

/// The vertices of one bank in the strip's direction; `side` is 1 for the left, -1 for the right.
fn bank(mesh: &Mesh, strip: &StripAt, owner: &[Option<u32>], side: f64) -> Vec<BankVertex> {
    let ring = &mesh.faces[strip.face as usize];
    let place = |v: u32| dot(strip.along, sub(mesh.at[v as usize], strip.point));
    let off = |v: u32| cross(strip.along, sub(mesh.at[v as usize], strip.point)) * side;
    let mut all = Vec::new();
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let parallel = (off(a) - off(b)).abs() < 0.2 * (place(a) - place(b)).abs();
        if off(a) <= 0.0 || off(b) <= 0.0 || !parallel || mesh.face_at(b, a).is_none() {
            continue;
        }
        let grid = mesh.face_at(b, a).and_then(|f| owner.get(f as usize).copied().flatten());
        // Left banks run against the strip's direction on an anticlockwise ring.
        let first = if side > 0.0 { b } else { a };
        all.push(BankVertex { at: place(first), v: first, grid });
    }
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    all
}

fn opposite(mesh: &Mesh, right: &[BankVertex], from: usize, at: f64, bridge: bool) -> Option<usize> {
    let near = |limit: f64, street: bool| {
        (from + usize::from(bridge)..right.len())
            .filter(|&k| (right[k].at - at).abs() < limit && (!street || arrives(mesh, right[k].v, Class::Residential)))
            .min_by(|&a, &b| (right[a].at - at).abs().total_cmp(&(right[b].at - at).abs()))
    };
    bridge.then(|| near(70.0, true)).flatten().or_else(|| near(f64::MAX, false))
}

/// A street of the class or a wider one ends at this vertex of a bank.
fn arrives(mesh: &Mesh, v: u32, class: Class) -> bool {
    mesh.degree(v) > 2 && bridge_class(mesh, v) <= class
}

fn bridge_class(mesh: &Mesh, v: u32) -> Class {
    let mut classes = mesh.classes_at(v);
    classes.sort();
    // Two of the edges are the bank itself; of what arrives the widest counts.
    let bank = classes.iter().position(|c| classes.iter().filter(|d| *d == c).count() >= 2).map(|k| classes[k]);
    classes.into_iter().find(|c| Some(*c) != bank).or(bank).unwrap_or(Class::Residential).min(Class::Residential)
}

/// The middle line of a strip between its ends, every 40 m, before the warp.
pub fn middle_line(mesh: &Mesh, faces: &[u32], strip: &StripAt) -> Vec<Xy> {
    let along = |v: &u32| dot(strip.along, sub(mesh.at[*v as usize], strip.point));
    let all = || faces.iter().flat_map(|&f| mesh.faces[f as usize].iter()).map(along);
    let (lo, hi) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let at = |d: f64| super::flat::add(strip.point, super::flat::scale(strip.along, d));
    let n = ((hi - lo) / 40.0).ceil().max(1.0) as u32;
    (0..=n).map(|k| lerp(at(lo), at(hi), f64::from(k) / f64::from(n))).collect()
}
