//! A JSON object as the body of a question, read as strictly as a query string: its lists by
//! position, everything else as parameters. Knows no resource.

use super::body;
use super::error::{Kind, Problem};
use super::params::{Params, quoted};
use crate::geometry::{BBox, LonLat};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

/// Bad positions that a problem names.
const NAMED: usize = 100;

/// The members of a body.
#[derive(Default)]
pub struct Members {
    /// Texts, numbers and truth values.
    pub params: Params,
    lists: Map<String, Value>,
}

/// What is wrong with a position of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct BadPoint {
    pub index: usize,
    pub detail: String,
}

impl Members {
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Problem::new(Kind::UnsupportedMediaType, "Send application/json."));
        }
        let bytes = body::whole(body).await?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let bad = |detail: String| Problem::new(Kind::InvalidBody, detail);
        let map: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|e| bad(format!("The body is not a JSON object: {e}.")))?;
        Ok(Self::of(map))
    }

    fn of(map: Map<String, Value>) -> Self {
        let (mut pairs, mut lists) = (Vec::new(), Map::new());
        for (name, value) in map {
            match value {
                Value::String(text) => pairs.push((name, text)),
                Value::Number(number) => pairs.push((name, number.to_string())),
                Value::Bool(flag) => pairs.push((name, flag.to_string())),
                other => {
                    lists.insert(name, other);
                }
            }
        }
        Self { params: Params::from_pairs(pairs), lists }
    }

    /// Whether a flag is set; `false` when left out.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.params.choice(name, false, &[("false", false), ("true", true)])
    }

    /// A required list of `[lon, lat]`, as long as `most` at the most. `extent` is where the data
    /// lie: what would only be inside the other way round is refused as swapped.
    pub fn points(
        &mut self,
        name: &str,
        most: usize,
        extent: Option<BBox>,
    ) -> Option<(Vec<Option<LonLat>>, Vec<BadPoint>)> {
        let list = match self.lists.remove(name) {
            Some(Value::Array(list)) => list,
            None if !self.params.has(name) => {
                self.params.fault(name, "is missing");
                return None;
            }
            _ => {
                // Read, so that it is not called unknown as well.
                self.params.optional(name);
                self.params.fault(name, "is not a list of [lon, lat]");
                return None;
            }
        };
        if list.len() > most {
            self.params.fault(name, format!("has {} points; at most {most} are answered", list.len()));
            return None;
        }
        let mut bad = Vec::new();
        let read = |(index, value)| position(value, extent).map_err(|detail| bad.push(BadPoint { index, detail })).ok();
        let points = list.iter().enumerate().map(read).collect();
        Some((points, bad))
    }

    /// An object in the body, to be given back by [`Self::adopt`]; `None` when it is left out or wrong.
    pub fn part(&mut self, name: &str) -> Option<Self> {
        match self.lists.remove(name) {
            Some(Value::Object(members)) => Some(Self::of(members)),
            Some(_) => {
                self.params.fault(name, "is not an object");
                None
            }
            None => {
                if self.params.optional(name).is_some() {
                    self.params.fault(name, "is not an object");
                }
                None
            }
        }
    }

    /// The faults of a part of the body, under its name.
    pub fn adopt(&mut self, name: &str, part: Self) {
        for fault in part.finish().err().into_iter().flat_map(|problem| problem.errors) {
            self.params.fault(&format!("{name}.{}", fault.field), fault.detail);
        }
    }

    /// Notes that points of a list are wrong, the first hundred by name.
    pub fn refuse(&mut self, name: &str, bad: &[BadPoint]) {
        for point in bad.iter().take(NAMED) {
            self.params.fault(&format!("{name}[{}]", point.index), &point.detail);
        }
        if bad.len() > NAMED {
            self.params.fault(name, format!("has {} more such points", bad.len() - NAMED));
        }
    }

    /// Whether the member is a list or an object.
    pub fn has_list(&self, name: &str) -> bool {
        self.lists.contains_key(name)
    }

    /// The problem that tells the faults; for a reading that did not come to its end.
    pub fn refused(&mut self) -> Problem {
        let refused = std::mem::take(self).finish().err();
        refused.unwrap_or_else(|| Problem::internal("a body was refused without a fault"))
    }

    /// Ends the reading: what was never asked for is not known.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in self.lists.keys().filter(|name| !self.params.is_faulty(name)).cloned().collect::<Vec<_>>() {
            self.params.fault(&name, "is not a member of this body");
        }
        self.params.finish()
    }
}

fn position(value: &Value, extent: Option<BBox>) -> Result<LonLat, String> {
    let pair = value.as_array().map(Vec::as_slice);
    let numbers = match pair {
        Some([lon, lat]) => lon.as_f64().zip(lat.as_f64()),
        _ => None,
    };
    let Some((lon, lat)) = numbers else { return Err(format!("{} is not [lon, lat]", quoted(&value.to_string()))) };
    let swapped = LonLat::new(lat, lon).ok();
    let inside = |p: LonLat| extent.is_some_and(|e| e.contains(p));
    match LonLat::new(lon, lat) {
        Ok(at) if inside(at) || !swapped.is_some_and(inside) => Ok(at),
        Ok(_) => Err("lon and lat look swapped: the position lies outside the map".into()),
        Err(error) if swapped.is_some() => Err(format!("{error}; lon and lat look swapped")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(members: Members) -> Vec<String> {
        members.finish().err().map(|p| p.errors.into_iter().map(|e| e.field).collect()).unwrap_or_default()
    }

    #[test]
    fn every_bad_point_is_told_by_its_number() {
        let text = br#"{"points": [[116, 29.4], [116], ["116", 29.4], [29.4, 116], {}, [116, 29.4, 1], null]}"#;
        let mut members = Members::parse(text).expect("an object");
        let (points, bad) = members.points("points", 10, None).expect("a list");
        assert_eq!(points.iter().filter(|p| p.is_some()).count(), 1);
        assert_eq!(bad.iter().map(|b| b.index).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert!(bad[2].detail.contains("swapped"), "{bad:?}");
        members.refuse("points", &bad[..2]);
        assert_eq!(faults(members), ["points[1]", "points[2]"]);
    }

    #[test]
    fn members_that_are_missing_of_another_kind_or_not_known_are_named() {
        let mut members =
            Members::parse(br#"{"points": "all", "colour": "red", "to": [], "x": null}"#).expect("object");
        assert!(members.points("points", 10, None).is_none());
        assert!(members.points("from", 10, None).is_none());
        assert_eq!(faults(members), ["points", "from", "to", "x", "colour"]);
        let mut long = Members::parse(br#"{"points": [[1,2],[3,4]]}"#).expect("object");
        assert!(long.points("points", 1, None).is_none());
        assert_eq!(faults(long), ["points"]);
        assert!(Members::parse(b"[1]").is_err() && Members::parse(b"{").is_err());
    }
}
