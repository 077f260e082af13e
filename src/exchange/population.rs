//! Cells of a population grid from a table: the middle of each and how many people live in it. Every
//! fault is told with its row.

use super::csv;
use super::error::{ExchangeError, shown};
use super::record::Record;
use super::report::RowFault;
use crate::geometry::LonLat;
use crate::planning::population::Cell;
use geo::Geometry;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Names of the column of people; one that begins with a year's count (`POP_2015`) is known, too.
const PEOPLE: [&str; 9] =
    ["people", "population", "pop", "persons", "residents", "人口", "人口数", "常住人口", "总人口"];
const YEARLY: &str = "pop_";

/// Columns that have other names than the usual ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    pub lon: Option<&'a str>,
    pub lat: Option<&'a str>,
    pub people: Option<&'a str>,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells {
    pub cells: Vec<Cell>,
    pub rows: usize,
    pub faults: Vec<RowFault>,
}

pub fn read(path: &Path, encoding: Option<&str>, named: Named<'_>) -> Result<Cells, ExchangeError> {
    let records = csv::read_with(path, encoding, [named.lon, named.lat])?;
    let wrong = |detail| ExchangeError::Format { file: shown(path), expected: "a table of cells", detail };
    let Some(first) = records.first() else { return Err(wrong("it has no rows".into())) };
    if first.geometry.is_none() {
        return Err(wrong("it has no columns of longitude and latitude; name them with --lon and --lat".into()));
    }
    let people = column(first, named.people).map_err(wrong)?;
    let mut found = Cells { rows: records.len(), ..Cells::default() };
    let mut rows: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for record in &records {
        let at = match cell(record, &people) {
            Ok(cell) => {
                let other = *rows.entry(key(cell.at)).or_insert(record.row);
                found.cells.push(cell);
                (other != record.row).then(|| ("position", format!("is the cell of row {other} again")))
            }
            Err((field, detail)) => Some((field, detail)),
        };
        let fault = at.map(|(field, detail)| RowFault { row: record.row, field: field.into(), detail });
        found.faults.extend(fault);
    }
    Ok(found)
}

/// The column that holds people.
fn column(record: &Record, named: Option<&str>) -> Result<String, String> {
    let all = || record.properties.keys().cloned().collect::<Vec<_>>().join(", ");
    if let Some(name) = named {
        let known = record.properties.contains_key(name);
        return if known { Ok(name.to_owned()) } else { Err(format!("it has no column {name:?}; it has {}", all())) };
    }
    let is_people = |name: &str| PEOPLE.contains(&name) || name.starts_with(YEARLY);
    let found: Vec<&String> = record.properties.keys().filter(|name| is_people(&name.to_lowercase())).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(format!("none of its columns is known to hold people; name it with --people: {}", all())),
        several => {
            let several = several.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            Err(format!("several columns may hold people; name one with --people: {several}"))
        }
    }
}

fn cell(record: &Record, people: &str) -> Result<Cell, (&'static str, String)> {
    if let Some(fault) = &record.fault {
        return Err(("row", fault.clone()));
    }
    let at = match &record.geometry {
        Some(Ok(Geometry::Point(point))) => LonLat::try_from(point.0).map_err(|e| e.to_string()),
        Some(Ok(_)) => Err("is no point".into()),
        Some(Err(why)) => Err(why.clone()),
        None => Err("is missing".into()),
    };
    let at = at.map_err(|why| ("position", why))?;
    let text = match record.properties.get(people) {
        Some(Value::String(text)) => text.trim(),
        _ => return Err(("people", "is missing".into())),
    };
    let people = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    let people = people.ok_or_else(|| ("people", format!("{text:?} is not a number of people")))?;
    Ok(Cell { at, people })
}

/// A centimetre.
fn key(at: LonLat) -> (i64, i64) {
    ((at.lon() * 1e7).round() as i64, (at.lat() * 1e7).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, named: Named<'_>) -> Result<Cells, String> {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("cells.csv");
        std::fs::write(&path, text).expect("written");
        read(&path, None, named).map_err(|e| e.to_string())
    }

    fn people(text: &str, named: Named<'_>) -> Vec<f64> {
        cells(text, named).expect("cells").cells.iter().map(|cell| cell.people).collect()
    }

    #[test]
    fn columns_are_known_by_common_names_or_named() {
        let usual = Named::default();
        for header in ["lon,lat,people", "lng,lat,POP_2015", "经度,纬度,常住人口", "x,y,Population"] {
            assert_eq!(people(&format!("{header}\n116,29.4,12.5\n116.001,29.4,0\n"), usual), [12.5, 0.0], "{header}");
        }
        let named = Named { lon: Some("e"), lat: Some("n"), people: Some("p") };
        assert_eq!(people("p,n,e,pop,lon,lat\n7,29.4,116,1,2,3\n", named), [7.0]);
        for (text, named, says) in [
            ("lon,lat,a,b\n1,2,3,4\n", usual, "none of its columns is known to hold people"),
            ("lon,lat,pop_2010,pop_2020\n1,2,3,4\n", usual, "name one with --people: pop_2010, pop_2020"),
            ("a,b,pop\n1,2,3\n", usual, "name them with --lon and --lat"),
            ("lon,lat,pop\n1,2,3\n", Named { people: Some("x"), ..usual }, "it has no column \"x\""),
            ("lon,lat,pop\n1,2,3\n", Named { lon: Some("x"), ..usual }, "it has no column \"x\"; it has lon, lat, pop"),
            ("lon,lat,pop\n", usual, "it has no rows"),
        ] {
            let error = cells(text, named).expect_err("refused");
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn every_bad_row_is_told_with_its_number() {
        let text = "lon,lat,pop\n116,29.4,1\n116,97,1\n116,29.41,many\n116,29.42,-1\n116,29.43,\n116,29.44,NaN\n\
            x,29.4,1\n116,29.45\n116,29.4,2\n";
        let found = cells(text, Named::default()).expect("a table");
        let told: Vec<(usize, &str)> = found.faults.iter().map(|f| (f.row, f.field.as_str())).collect();
        let people = "people";
        let wanted = [(3, "position"), (4, people), (5, people), (6, people), (7, people), (8, "position"), (9, "row")];
        assert_eq!(told, [&wanted[..], &[(10, "position")]].concat());
        assert_eq!(found.faults[7].detail, "is the cell of row 2 again");
        assert_eq!(found.rows, 9);
    }
}
