//! The query string, read strictly: every fault of every parameter is collected, and one that
//! is not known is a fault too. Knows no resource.

use super::error::{FieldError, Problem};
use crate::geometry::{BBox, LonLat};
use axum::extract::Query;
use axum::http::Uri;
use chrono::{Datelike, NaiveDate};
use std::fmt::Display;
use std::ops::RangeInclusive;

/// Years that are asked about.
const YEARS: RangeInclusive<i32> = 1970..=2199;

/// The parameters of one request, and what is wrong with them so far.
#[derive(Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<String>,
    faults: Vec<FieldError>,
}

impl Params {
    pub fn of(uri: &Uri) -> Self {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|q| q.0).unwrap_or_default();
        Self { pairs, ..Self::default() }
    }

    /// Parameters that did not come in a query string.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, ..Self::default() }
    }

    /// Notes that `field` is wrong.
    pub fn fault(&mut self, field: &str, detail: impl Display) {
        self.faults.push(FieldError { field: field.into(), detail: detail.to_string() });
    }

    /// Whether something about `field` is wrong so far.
    pub fn is_faulty(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == field)
    }

    /// As they were given.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The query with one parameter replaced, for links to the next page.
    pub fn replaced(&self, name: &str, value: String) -> Vec<(String, String)> {
        let others = self.pairs.iter().filter(|(n, _)| n != name).cloned();
        others.chain([(name.to_owned(), value)]).collect()
    }

    /// Names that have not been asked for, each once.
    pub fn others(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in &self.pairs {
            if !self.known.contains(name) && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// The value of a parameter that may be left out. Given twice or empty is a fault.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        self.known.push(name.into());
        let mut values = self.pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone());
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            self.fault(name, "is given more than once");
            return None;
        }
        let value = first?;
        if value.trim().is_empty() {
            self.fault(name, "is empty");
            return None;
        }
        if value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            self.fault(name, "is not plain text");
            return None;
        }
        Some(value)
    }

    /// Whether the parameter stands in the query at all.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, _)| n == name)
    }

    pub fn required(&mut self, name: &str) -> Option<String> {
        if !self.has(name) {
            self.known.push(name.into());
            self.fault(name, "is missing");
            return None;
        }
        self.optional(name)
    }

    /// A whole number within `range`, `default` when left out.
    pub fn whole(&mut self, name: &str, default: u32, range: RangeInclusive<u32>) -> Option<u32> {
        let Some(text) = self.optional(name) else { return Some(default) };
        let wanted = format!("is not a whole number from {} to {}", range.start(), range.end());
        match text.parse().ok().filter(|n| range.contains(n)) {
            Some(n) => Some(n),
            None => {
                self.fault(name, format!("{} {wanted}", quoted(&text)));
                None
            }
        }
    }

    /// A number within `range`, `default` when left out.
    pub fn decimal(&mut self, name: &str, default: f64, range: RangeInclusive<f64>) -> Option<f64> {
        let Some(text) = self.optional(name) else { return Some(default) };
        let value = number(&text).filter(|v| range.contains(v));
        if value.is_none() {
            let wanted = format!("is not a number from {} to {}", range.start(), range.end());
            self.fault(name, format!("{} {wanted}", quoted(&text)));
        }
        value
    }

    /// A day (YYYY-MM-DD) within [`YEARS`], `default` when left out.
    pub fn day(&mut self, name: &str, default: NaiveDate) -> Option<NaiveDate> {
        let Some(text) = self.optional(name) else { return (!self.has(name)).then_some(default) };
        let read = text.parse::<NaiveDate>().ok().filter(|day| YEARS.contains(&day.year()));
        if read.is_none() {
            self.fault(name, format!("{} is not a day (YYYY-MM-DD)", quoted(&text)));
        }
        read
    }

    /// One of the named choices, `default` when left out.
    pub fn choice<T: Copy>(&mut self, name: &str, default: T, choices: &[(&str, T)]) -> Option<T> {
        let Some(text) = self.optional(name) else { return Some(default) };
        let found = choices.iter().find(|(n, _)| *n == text).map(|(_, v)| *v);
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(n, _)| *n).collect();
            self.fault(name, format!("{} is not one of {}", quoted(&text), names.join(", ")));
        }
        found
    }

    /// The position in `lon` and `lat`. `extent` is where the data lie: a position outside that
    /// would be inside the other way round is refused as swapped.
    pub fn position(&mut self, extent: Option<BBox>) -> Option<LonLat> {
        let lon = self.required("lon").and_then(|text| self.degrees("lon", &text));
        let lat = self.required("lat").and_then(|text| self.degrees("lat", &text));
        self.placed(["lon", "lat"], lon?, lat?, extent)
    }

    /// A position written `lon,lat` in one parameter.
    pub fn pair(&mut self, name: &str, text: &str, extent: Option<BBox>) -> Option<LonLat> {
        let degrees = |text: &str| number(text).filter(|v| v.abs() <= 180.0);
        let both = text.split_once(',').and_then(|(lon, lat)| Some((degrees(lon)?, degrees(lat)?)));
        let Some((lon, lat)) = both else {
            self.fault(name, format!("{} is not lon,lat in degrees", quoted(text)));
            return None;
        };
        self.placed([name, name], lon, lat, extent)
    }

    /// A box written `west,south,east,north`.
    pub fn bbox(&mut self, name: &str) -> Option<BBox> {
        let text = self.optional(name)?;
        let parts: Vec<&str> = text.split(',').collect();
        let numbers: Vec<f64> = parts.iter().filter_map(|p| number(p)).collect();
        // Six numbers carry heights, which nothing here has.
        let corners = match (parts.len(), numbers.as_slice()) {
            (4, &[w, s, e, n]) | (6, &[w, s, _, e, n, _]) => [w, s, e, n],
            _ => {
                self.fault(name, format!("{} is not west,south,east,north in degrees", quoted(&text)));
                return None;
            }
        };
        let [west, south, east, north] = corners;
        let in_range = LonLat::new(west, south).and(LonLat::new(east, north));
        let fault = match in_range {
            Err(error) => Some(error.to_string()),
            Ok(_) if west > east => Some("west lies east of east; boxes over the antimeridian are not served".into()),
            Ok(_) if south > north => Some("south lies north of north".into()),
            Ok(_) => None,
        };
        match fault {
            Some(fault) => {
                self.fault(name, fault);
                None
            }
            None => Some(BBox { west, south, east, north }),
        }
    }

    fn degrees(&mut self, name: &str, text: &str) -> Option<f64> {
        let value = number(text).filter(|v| v.abs() <= 180.0);
        if value.is_none() {
            self.fault(name, format!("{} is not a number of degrees from -180 to 180", quoted(text)));
        }
        value
    }

    fn placed(&mut self, fields: [&str; 2], lon: f64, lat: f64, extent: Option<BBox>) -> Option<LonLat> {
        let swapped = LonLat::new(lat, lon).ok();
        match LonLat::new(lon, lat) {
            Err(error) => {
                let hint = if swapped.is_some() { "; lon and lat look swapped" } else { "" };
                self.fault(fields[1], format!("{error}{hint}"));
                None
            }
            Ok(at) => {
                let inside = |p: LonLat| extent.is_some_and(|e| e.contains(p));
                if inside(at) || !swapped.is_some_and(inside) {
                    return Some(at);
                }
                for field in if fields[0] == fields[1] { &fields[..1] } else { &fields[..] } {
                    self.fault(field, "lon and lat look swapped: the position lies outside the map");
                }
                None
            }
        }
    }

    /// The problem that tells the faults; for a reading that did not come to its end.
    pub fn refused(self) -> Problem {
        self.finish().err().unwrap_or_else(|| Problem::internal("a request was refused without a fault"))
    }

    /// Ends the reading: what was never asked for is not known.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in self.others() {
            self.fault(&name, "is not a parameter of this address");
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::parameters(self.faults)) }
    }
}

/// Text for a query string: all but letters, digits and `-._~,:` as %XX.
pub fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~,:".contains(&b) {
            out.push(char::from(b));
        } else {
            // Writing to a String cannot fail.
            let _written = write!(out, "%{b:02X}");
        }
        out
    })
}

/// A finite number in plain decimal notation.
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|v: &f64| v.is_finite())
}

/// The start of a stranger's text, safe to repeat in an answer.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::of(&format!("/x?{query}").parse().expect("uri"))
    }

    fn faults(p: Params) -> Vec<String> {
        p.finish().err().map(|p| p.errors.into_iter().map(|e| e.field).collect()).unwrap_or_default()
    }

    #[test]
    fn every_fault_is_named_not_only_the_first() {
        let mut p = params("lon=nan&lat=&limit=0&colour=red");
        p.position(None);
        p.whole("limit", 5, 1..=100);
        assert_eq!(faults(p), ["lon", "lat", "limit", "colour"]);
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        let mut p = params("lon=1&lon=2&lat=3");
        assert!(p.position(None).is_none());
        assert_eq!(faults(p), ["lon"]);
    }

    #[test]
    fn swapped_coordinates_are_recognised_by_range_and_by_extent() {
        let mut p = params("lon=29.4&lat=116.0");
        assert!(p.position(None).is_none());
        assert!(p.finish().expect_err("fault").detail.contains("swapped"));
        let monaco = BBox { west: 7.40, south: 43.72, east: 7.45, north: 43.76 };
        let mut p = params("lon=43.73&lat=7.42");
        assert!(p.position(Some(monaco)).is_none());
        assert_eq!(faults(p), ["lon", "lat"]);
        let mut p = params("lon=10&lat=20");
        assert!(p.position(Some(monaco)).is_some(), "elsewhere is not swapped");
    }

    #[test]
    fn a_box_must_be_four_numbers_in_order() {
        for bad in ["", "1,2,3", "1,2,3,x", "3,2,1,4", "1,4,3,2", "1,2,3,inf", "1,2,3,400"] {
            let mut p = params(&format!("bbox={bad}"));
            assert!(p.bbox("bbox").is_none(), "{bad}");
            assert_eq!(faults(p), ["bbox"], "{bad}");
        }
        assert!(params("bbox=1,2,3,4").bbox("bbox").is_some());
    }
}
