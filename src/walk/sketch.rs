//! Hand-drawn towns for tests: letters are points, `-` and `|` the ways between them.
//!
//! ```text
//! a--b--c
//!    |
//!    d
//! ```

use super::network::Network;
use super::streets::{Street, Streets};
use crate::geometry::{LonLat, Plane, Xy};

/// Reference of sketched towns.
pub(crate) const ORIGIN: (f64, f64) = (116.0, 29.4);

/// Position of a sketched column and row, `cell` metres a character.
pub(crate) fn at(column: f64, row: f64, cell: f64) -> LonLat {
    let plane = Plane::around(LonLat::new(ORIGIN.0, ORIGIN.1).expect("in range"));
    let (lon, lat) = plane.to_degrees(Xy { x: column * cell, y: -row * cell });
    LonLat::new(lon, lat).expect("in range")
}

/// Streets of a drawing; each straight run is one residential way.
pub(crate) fn streets(drawing: &str, cell: f64) -> Streets {
    let rows: Vec<Vec<char>> = drawing.lines().map(|l| l.chars().collect()).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let char_at = |c: usize, r: usize| rows.get(r).and_then(|row| row.get(c)).copied().unwrap_or(' ');
    let mut s = Streets { source: "sketch".into(), ..Streets::default() };
    s.points = vec![at(0.0, 0.0, cell); 26];
    for (r, row) in rows.iter().enumerate() {
        for (c, ch) in row.iter().enumerate().filter(|(_, ch)| ch.is_ascii_lowercase()) {
            s.points[*ch as usize - 'a' as usize] = at(c as f64, r as f64, cell);
        }
    }
    let lines = (0..rows.len()).map(|r| ((0..width).map(|c| char_at(c, r)).collect::<String>(), '-'));
    let columns = (0..width).map(|c| ((0..rows.len()).map(|r| char_at(c, r)).collect::<String>(), '|'));
    for (line, link) in lines.chain(columns) {
        for run in line.split(|ch: char| !(ch.is_ascii_lowercase() || ch == link)) {
            let points: Vec<u32> =
                run.chars().filter(char::is_ascii_lowercase).map(|ch| ch as u32 - 'a' as u32).collect();
            if points.len() > 1 && run.contains(link) {
                s.ways.push(Street { points, tags: vec![("highway".into(), "residential".into())] });
            }
        }
    }
    s
}

pub(crate) fn sketch(drawing: &str, cell: f64) -> Network {
    Network::build(&streets(drawing, cell))
}
