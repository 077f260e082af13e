//! What somebody wants to do with a case, as it is sent, and how a refusal is told.

use super::desk::Desk;
use crate::accounts::AreaCode;
use crate::app::office::{Refused, To, Wish};
use crate::atlas::Ident;
use crate::dispatch::{Action, CaseNumber, Refusal, WorkerName};
use crate::http::error::{FieldError, Kind, Problem};
use crate::http::fields::Fields;
use crate::http::place::data_extent;
use chrono::{DateTime, Utc};
use utoipa::ToSchema;

/// Something to be done with a case
#[derive(ToSchema)]
#[schema(as = IssueAct)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct ActAsk {
    action: Action,
    /// The reason, the answer, or a remark.
    #[schema(max_length = 1000)]
    note: Option<String>,
    /// JPEG, PNG or WebP in base64, at most 5.
    photos: Option<Vec<String>>,
    /// RFC 3339: extend or put off until then.
    until: Option<String>,
    /// Dispatch or reassign to.
    to: Option<ToAsk>,
    /// Void, because it repeats that one.
    joined_to: Option<String>,
    /// Reassign by the right place, with `lat`.
    lon: Option<f64>,
    lat: Option<f64>,
    /// Reassign by the right category.
    category: Option<String>,
    /// With a comment of the reporter, when the case is over.
    #[schema(minimum = 1, maximum = 5)]
    rating: Option<u8>,
    /// The comment answers the reporter.
    answer: Option<bool>,
    /// How many events of the case the caller has seen.
    seen: Option<u32>,
}

/// An owner
#[derive(ToSchema)]
#[schema(as = IssueTo)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct ToAsk {
    /// `grid`, `community`, `town`, `district`, `zone` or `street_duty`.
    layer: String,
    code: String,
    /// Name of the account; whoever is the first choice there when left out.
    worker: Option<String>,
}

/// The wish in a body; `None` after noting a fault.
pub fn read(fields: &mut Fields, desk: &Desk) -> Option<Wish> {
    let action = fields.text("action").and_then(|text| {
        let action = Action::read(&text);
        if action.is_none() {
            let all: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
            fields.fault("action", format!("is none of {}", all.join(", ")));
        }
        action
    });
    let note = fields.text_if_there("note").map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let until = fields.text_if_there("until").and_then(|text| moment(fields, "until", &text));
    let to = to(fields);
    let joined_to = fields.text_if_there("joined_to").map(CaseNumber);
    let placed = fields.has("lon") || fields.has("lat");
    let place = if placed { fields.position(data_extent(&desk.office.map)) } else { None };
    let category = fields.text_if_there("category").and_then(|text| {
        let known = desk.office.categories.get(&text).map(|category| category.id.clone());
        if known.is_none() {
            fields.fault("category", "is no category of /api/issues/categories");
        }
        known
    });
    let rating = fields.whole("rating", 1..=5).and_then(|rating| u8::try_from(rating).ok());
    let answer = fields.flag("answer").unwrap_or(false);
    let _seen = fields.whole("seen", 0..=u32::MAX);
    if fields.is_faulty() {
        return None;
    }
    Some(Wish { action: action?, note, until, to, joined_to, place, category, rating, answer })
}

pub fn moment(fields: &mut Fields, name: &str, text: &str) -> Option<DateTime<Utc>> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(at) => Some(crate::app::office::Office::moment(at.to_utc())),
        Err(_) => {
            fields.fault(name, "is not a time like 2026-11-22T18:00:00+08:00");
            None
        }
    }
}

fn to(fields: &mut Fields) -> Option<To> {
    let mut part = fields.part("to")?;
    let layer = part.text("layer").and_then(|text| {
        let layer = Ident::new(text);
        layer.map_err(|_| part.fault("layer", "is no layer")).ok()
    });
    let code = part.text("code").map(AreaCode);
    let worker = part.optional_text("worker").flatten().map(WorkerName);
    fields.adopt("to", part);
    Some(To { layer: layer?, code: code?, worker })
}

/// A field that cannot be so, though it can be read.
pub fn unfit(field: &str, detail: impl Into<String>) -> Problem {
    let errors = vec![FieldError { field: field.into(), detail: detail.into() }];
    Problem { kind: Kind::InvalidContent, ..Problem::parameters(errors) }
}

/// Why it was not done, for the caller.
pub fn refused(refused: Refused) -> Problem {
    let detail = refused.to_string();
    match refused {
        Refused::Unseen => super::desk::no_case(),
        Refused::OutsideArea => Problem::new(Kind::OutsideArea, detail),
        Refused::NoSuchUnit => unfit("to.code", detail),
        Refused::NoSuchWorker => unfit("to.worker", detail),
        Refused::NotJoined(_) | Refused::NoOther => unfit("joined_to", detail),
        Refused::Rule(refusal) if refusal.is_forbidden() => Problem::new(Kind::Forbidden, detail),
        Refused::Rule(refusal) => match (&refusal, refusal.field()) {
            (Refusal::NotNow { .. }, _) | (_, None) => Problem::new(Kind::NotNow, detail),
            (_, Some(field)) => unfit(field, detail),
        },
    }
}
