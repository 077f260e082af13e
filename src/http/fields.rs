//! A small JSON object as the body of a request, read strictly: every fault of every member is
//! collected, and one that is not known is a fault too. Never repeats a value: it may be a password.

use super::body::whole;
use super::error::{FieldError, Kind, Problem};
use super::params::Params;
use crate::geometry::{BBox, LonLat};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Longest text, characters.
const LONGEST: usize = 1000;

/// The members of a body, and what is wrong with them so far.
pub struct Fields {
    members: Map<String, Value>,
    faults: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // What has a body has no parameters.
        Params::of(request.uri()).finish()?;
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

impl Fields {
    /// The body of a request whose parameters somebody else reads.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Problem::new(Kind::UnsupportedMediaType, "Send application/json."));
        }
        let bytes = whole(body).await?;
        let bad = |e: serde_json::Error| {
            let detail = format!("The body is not a JSON object (line {}, column {}).", e.line(), e.column());
            Problem::new(Kind::InvalidBody, detail)
        };
        Ok(Self::of(serde_json::from_slice(&bytes).map_err(bad)?))
    }

    pub fn of(members: Map<String, Value>) -> Self {
        Self { members, faults: Vec::new() }
    }

    /// Notes that `field` is wrong.
    pub fn fault(&mut self, field: &str, detail: impl ToString) {
        self.faults.push(FieldError { field: field.into(), detail: detail.to_string() });
    }

    /// A member as it is; `None` when it is left out.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.members.shift_remove(name)
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.optional_text(name) {
            Some(Some(text)) => Some(text),
            Some(None) => {
                self.fault(name, "is null");
                None
            }
            None => {
                if !self.faults.iter().any(|f| f.field == name) {
                    self.fault(name, "is missing");
                }
                None
            }
        }
    }

    /// A text or null; `None` when it is left out or wrong.
    pub fn optional_text(&mut self, name: &str) -> Option<Option<String>> {
        let fault = match self.value(name)? {
            Value::Null => return Some(None),
            Value::String(text) if text.chars().count() > LONGEST => "is too long",
            Value::String(text) if text.contains('\0') => "is not plain text",
            Value::String(text) => return Some(Some(text)),
            _ => "is not a text",
        };
        self.fault(name, fault);
        None
    }

    /// A short text for people: one line, not empty.
    pub fn label(&mut self, name: &str, most: usize) -> Option<Option<String>> {
        let text = self.optional_text(name)?;
        let trimmed = text.map(|t| t.trim().to_owned());
        let fits = |t: &String| !t.is_empty() && t.chars().count() <= most && !t.chars().any(char::is_control);
        if trimmed.as_ref().is_some_and(|t| !fits(t)) {
            self.fault(name, format!("must be one line of 1 to {most} characters"));
            return None;
        }
        Some(trimmed)
    }

    /// A text that may be left out or null; `None` also when it is wrong.
    pub fn text_if_there(&mut self, name: &str) -> Option<String> {
        self.optional_text(name).flatten()
    }

    /// A number in the range; `None` when it is left out, null or wrong.
    pub fn decimal(&mut self, name: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let value = self.value(name).filter(|value| !value.is_null())?;
        let number = value.as_f64().filter(|number| range.contains(number));
        if number.is_none() {
            self.fault(name, format!("is not a number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// A whole number in the range; `None` when it is left out, null or wrong.
    pub fn whole(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.value(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| range.contains(n));
        if number.is_none() {
            self.fault(name, format!("is not a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// The position in `lon` and `lat`, read as in a query string.
    pub fn position(&mut self, extent: Option<BBox>) -> Option<LonLat> {
        let mut pairs = Vec::new();
        for name in ["lon", "lat"] {
            match self.value(name) {
                Some(Value::Number(number)) => pairs.push((name.to_owned(), number.to_string())),
                Some(_) => {
                    self.fault(name, "is not a number");
                    return None;
                }
                None => {}
            }
        }
        let mut params = Params::from_pairs(pairs);
        let position = params.position(extent);
        if let Err(problem) = params.finish() {
            self.faults.extend(problem.errors);
        }
        // As exact as the wire: about a centimetre.
        let at = |degrees: f64| (degrees * 1e7).round() / 1e7;
        position.and_then(|p| LonLat::new(at(p.lon()), at(p.lat())).ok())
    }

    /// An object in the body, to be given back by [`Self::adopt`]; `None` when it is left out or null.
    pub fn part(&mut self, name: &str) -> Option<Self> {
        match self.value(name)? {
            Value::Null => None,
            Value::Object(members) => Some(Self::of(members)),
            _ => {
                self.fault(name, "is not an object");
                None
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Whether something is wrong so far.
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// `None` when it is left out or wrong.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.fault(name, "is not true or false");
                None
            }
        }
    }

    /// A list, empty when it is left out.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(list)) if list.len() <= LONGEST => list,
            Some(_) => {
                self.fault(name, format!("is not a list of at most {LONGEST}"));
                Vec::new()
            }
        }
    }

    /// The faults of a part of the body, under its name.
    pub fn adopt(&mut self, name: &str, part: Self) {
        let unknown = part.members.into_iter().map(|(member, _)| FieldError { field: member, detail: UNKNOWN.into() });
        let faults = part.faults.into_iter().chain(unknown);
        self.faults.extend(faults.map(|f| FieldError { field: format!("{name}.{}", f.field), ..f }));
    }

    /// Ends the reading: what was never asked for is not known.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in self.members.keys() {
            let field = name.chars().take(40).collect();
            self.faults.push(FieldError { field, detail: UNKNOWN.into() });
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::parameters(self.faults)) }
    }

    /// The problem that tells the faults; for a reading that did not come to its end.
    pub fn refused(self) -> Problem {
        self.finish().err().unwrap_or_else(|| Problem::internal("a body was refused without a fault"))
    }
}

const UNKNOWN: &str = "is not a member of this body";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        Fields::of(value.as_object().cloned().expect("an object"))
    }

    fn faults(fields: Fields) -> Vec<String> {
        fields.finish().err().map(|p| p.errors.into_iter().map(|e| e.field).collect()).unwrap_or_default()
    }

    #[test]
    fn every_fault_is_named_and_no_value_repeated() {
        let mut body = fields(json!({"name": 5, "password": ["s3cret"], "note": "a\nb", "on": "yes", "more": 1}));
        assert_eq!((body.text("name"), body.text("password"), body.text("missing")), (None, None, None));
        assert_eq!((body.label("note", 10), body.flag("on"), body.list("all")), (None, None, vec![]));
        let problem = body.finish().expect_err("faults");
        let named: Vec<_> = problem.errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(named, ["name", "password", "missing", "note", "on", "more"]);
        assert!(!format!("{problem:?}").contains("s3cret"));
    }

    #[test]
    fn null_left_out_and_given_are_three_things() {
        let mut body = fields(json!({"a": null, "b": "  b "}));
        assert_eq!(
            (body.label("a", 9), body.label("b", 9), body.label("c", 9)),
            (Some(None), Some(Some("b".into())), None)
        );
        let mut part = fields(json!({"x": 1, "y": 1}));
        part.fault("x", "is wrong");
        part.value("x");
        body.adopt("parts[0]", part);
        assert_eq!(faults(body), ["parts[0].x", "parts[0].y"]);
    }
}
