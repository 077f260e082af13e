//! How far it is on foot from the middle of population cells, as CSV.

use std::path::Path;
use wangge::atlas::{Catalogue, Ident};
use wangge::geometry::{LonLat, Seconds};
use wangge::planning::error::LONGEST_WALK;
use wangge::walk::{ClosestQuery, Direction, Doorstep, Profile};

use crate::place::Place;

/// The extract, and the cells, of a name.
const FILES: [(&str, &str); 2] = [("xuzhou", "xuzhou"), ("malta", "malta_valletta")];

fn cells(name: &str) -> Option<Vec<(String, String)>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/pop/{name}.csv"));
    let mut reader = csv::Reader::from_path(file).ok()?;
    let headers = reader.headers().ok()?.clone();
    let column = |name: &str| headers.iter().position(|h| h == name).expect("a column");
    let (lon, lat) = (column("lng"), column("lat"));
    let rows = reader.records().map(|row| row.expect("a row"));
    Some(rows.map(|row| (row[lon].to_owned(), row[lat].to_owned())).collect())
}

/// A line a cell: its middle as the file has it, how far the nearest street is, and for each
/// category the metres on foot and in a straight line; empty where there is none.
pub fn print(name: &str) {
    let Some((extract, file)) = FILES.iter().find(|(n, _)| *n == name) else { return eprintln!("{name}: unknown") };
    let (Some(place), Some(cells)) = (Place::load(extract, 1), cells(file)) else { return eprintln!("SKIPPED") };
    let network = place.network();
    let profile = Profile::by_id("adult").expect("built in");
    let query = ClosestQuery { profile, direction: Direction::To, limit: LONGEST_WALK };
    let catalogue = Catalogue::built_in().expect("built-in layers");
    let categories: Vec<&Ident> = catalogue.categories.iter().map(|c| &c.id).collect();
    let places: Vec<LonLat> = cells
        .iter()
        .map(|(lon, lat)| {
            LonLat::new(lon.parse().expect("a number"), lat.parse().expect("a number")).expect("in range")
        })
        .collect();
    let doors: Vec<Doorstep> = places.iter().map(|at| Doorstep::prepared(*at, network)).collect();
    let mut columns: Vec<Vec<String>> = Vec::new();
    for id in &categories {
        let kind = place.snapshot.doors.category(id);
        let sites: Vec<&[Doorstep]> = kind.all().into_iter().map(|i| kind.entrances(i)).collect();
        let closest = network.closest::<1>(&query, &sites);
        let metres = |door: &Doorstep| {
            let walk: Option<Seconds> = closest.of(door).first().map(|(_, walk)| *walk);
            walk.map_or(String::new(), |walk| format!("{:.0}", walk.0 * profile.speed_m_s))
        };
        columns.push(doors.iter().map(metres).collect());
        let line = |at: &LonLat| {
            let all = sites.iter().flat_map(|doors| doors.iter());
            let nearest = all.map(|d| wangge::geometry::ground_distance(*at, d.at()).0).fold(f64::INFINITY, f64::min);
            if nearest.is_finite() { format!("{nearest:.0}") } else { String::new() }
        };
        columns.push(places.iter().map(line).collect());
    }
    let names: Vec<String> = categories.iter().flat_map(|id| [id.to_string(), format!("{id}_line")]).collect();
    println!("lng,lat,{}", names.join(","));
    for (i, (lon, lat)) in cells.iter().enumerate() {
        let row: Vec<&str> = columns.iter().map(|column| column[i].as_str()).collect();
        println!("{lon},{lat},{}", row.join(","));
    }
}
