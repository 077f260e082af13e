//! `POST /api/issues`: a report becomes a case.

use super::desk::Desk;
use super::duplicates::{self, DuplicateBody};
use super::photos;
use super::row::AreaBody;
use crate::accounts::{Role, Secret};
use crate::app::office::{Incoming, Office, Refused};
use crate::dispatch::assign::Because;
use crate::dispatch::{Case, CaseNumber, Level, Source, State};
use crate::geometry::Metres;
use crate::http::error::Problem;
use crate::http::extract::BaseUrl;
use crate::http::fields::Fields;
use crate::http::front::rate::Budget;
use crate::http::place::data_extent;
use crate::store::issues::{About, Contact, Decision, NewIssue};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A report
#[derive(ToSchema)]
#[schema(as = IssueReport)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct ReportAsk {
    /// Id of a category, see /api/issues/categories.
    category: String,
    #[schema(min_length = 1, max_length = 1000)]
    description: String,
    lon: f64,
    lat: f64,
    /// Radius in which the place really is, metres.
    #[schema(minimum = 0, maximum = 10000)]
    accuracy_m: Option<f64>,
    #[schema(max_length = 200)]
    address: Option<String>,
    #[schema(minimum = 0, maximum = 1000000)]
    quantity: Option<f64>,
    /// One of the category's units.
    unit: Option<String>,
    reporter: Option<ReporterAsk>,
    /// JPEG, PNG or WebP in base64, at most 5.
    photos: Option<Vec<String>>,
    /// `worker`, `hotline` and `dispatcher` for who has that role (a hot line is a dispatcher's).
    source: Option<Source>,
    /// Number of the case that this one repeats, one of its duplicates: it is joined to that one.
    join: Option<String>,
}

/// How the reporter may be reached
#[derive(ToSchema)]
#[schema(as = IssueReporter)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct ReporterAsk {
    #[schema(max_length = 50)]
    name: Option<String>,
    #[schema(max_length = 30)]
    phone: Option<String>,
}

/// The new case
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueMade)]
pub struct Made {
    number: String,
    /// Of the private link: told only now.
    key: String,
    state: State,
    grid: Option<AreaBody>,
    community: Option<AreaBody>,
    /// Who works on it.
    assignee: Option<String>,
    /// On which level it begins.
    level: Level,
    due_at: Option<String>,
    /// Until when the reporter has an answer.
    promised_at: Option<String>,
    duplicates: Vec<DuplicateBody>,
    /// Why it is its owner's.
    because: Vec<Because>,
}

struct Read {
    incoming: Incoming,
    about: About,
    contact: Contact,
    photos: Vec<Vec<u8>>,
}

fn read(fields: &mut Fields, desk: &Desk) -> Option<Read> {
    let category = fields.text("category").and_then(|text| {
        let known = desk.office.categories.get(&text);
        if known.is_none() {
            fields.fault("category", "is no category of /api/issues/categories");
        }
        known
    });
    let description = fields.text("description").and_then(|text| {
        let text = text.trim().to_owned();
        if text.is_empty() {
            fields.fault("description", "is empty");
        }
        (!text.is_empty()).then_some(text)
    });
    let place = fields.position(data_extent(&desk.office.map));
    let accuracy_m = fields.decimal("accuracy_m", 0.0..=10_000.0);
    let address = fields.label("address", 200).flatten();
    let quantity = fields.decimal("quantity", 0.0..=1_000_000.0);
    let unit = fields.text_if_there("unit").and_then(|text| {
        let unit = category.and_then(|category| category.units.iter().find(|unit| unit.as_str() == text));
        if unit.is_none() && category.is_some() {
            fields.fault("unit", "is no unit of this category");
        }
        unit.cloned()
    });
    let contact = contact(fields);
    let source = source(fields, desk);
    let join = fields.text_if_there("join").map(CaseNumber);
    let photos = photos::read(fields);
    let (category, place) = (category?.id.clone(), place?);
    let accuracy = accuracy_m.map(Metres);
    Some(Read {
        incoming: Incoming { category, place, accuracy, source: source?, join },
        about: About { description: description?, address, quantity, unit, accuracy_m },
        contact,
        photos: photos?,
    })
}

fn contact(fields: &mut Fields) -> Contact {
    let Some(mut part) = fields.part("reporter") else { return Contact::default() };
    let contact = Contact { name: part.label("name", 50).flatten(), phone: part.label("phone", 30).flatten() };
    fields.adopt("reporter", part);
    contact
}

/// As what somebody reports; `None` after noting a fault.
fn source(fields: &mut Fields, desk: &Desk) -> Option<Source> {
    let is = |role| desk.caller.has(&[role]);
    let usual = if is(Role::Worker) { Source::Worker } else { Source::Resident };
    let Some(text) = fields.text_if_there("source") else { return Some(usual) };
    let source = Source::read(&text);
    let may = match source {
        Some(Source::Resident) => true,
        Some(Source::Worker) => is(Role::Worker),
        Some(Source::Hotline | Source::Dispatcher) => is(Role::Dispatcher),
        None => {
            fields.fault("source", "is none of resident, worker, hotline, dispatcher");
            return None;
        }
    };
    if !may {
        fields.fault("source", "is not one of yours");
    }
    source.filter(|_| may)
}

/// Report something
///
/// Anybody may, without an account. The answer has the number and the key of the private link
/// `/#issue=NUMBER&key=KEY`, by which the reporter follows the case.
#[utoipa::path(post, path = "/api/issues", operation_id = "report_issue", tag = "issues",
    request_body = ReportAsk,
    responses((status = 201, body = Made, headers(("Location" = String, description = "The case"))), (status = 422)))]
pub async fn post(desk: Desk, budget: Budget, BaseUrl(base): BaseUrl, mut fields: Fields) -> Result<Response, Problem> {
    let Some(Read { incoming, about, contact, photos }) = read(&mut fields, &desk) else {
        return Err(fields.refused());
    };
    fields.finish()?;
    budget.report()?;
    let duplicates = duplicates::find(&desk, (&incoming.category, incoming.place), None).await?;
    if let Some(join) = &incoming.join
        && !duplicates.iter().any(|duplicate| duplicate.number == join.0)
    {
        return Err(super::wish::unfit("join", "is none of the duplicates of this report"));
    }
    let photos = photos::encoded(photos).await?;
    let key = Secret::new(crate::app::random().map_err(Problem::internal)?);
    let day = desk.now.with_timezone(&desk.office.calendar.zone()).date_naive();
    let new = NewIssue { day, about, contact, secret: key.hash(), photos };
    let decision = make(&desk, &new, &incoming).await?;
    let Decision { case, events, filing } = decision;
    let location = format!("{base}/api/issues/{}", case.number);
    let body = Made {
        key: key.to_cookie(),
        state: case.state,
        grid: AreaBody::of(&case, Level::Grid),
        community: AreaBody::of(&case, Level::Community),
        assignee: told_assignee(&case),
        level: case.owner.level,
        due_at: desk.maybe_local(case.tally.due_at),
        promised_at: desk.maybe_local(filing.promised_at),
        duplicates: duplicates
            .into_iter()
            .filter(|d| Some(&d.number) != case.tally.joined_to.as_ref().map(|n| &n.0))
            .collect(),
        because: events.first().map(|event| event.because.clone()).unwrap_or_default(),
        number: case.number.0,
    };
    Ok((StatusCode::CREATED, AppendHeaders([(header::LOCATION, location)]), Json(body)).into_response())
}

/// Who deals with a restricted case is not told.
fn told_assignee(case: &Case) -> Option<String> {
    case.owner.worker.as_ref().filter(|_| !case.restricted).map(|worker| worker.0.clone())
}

async fn make(desk: &Desk, new: &NewIssue, incoming: &Incoming) -> Result<Decision, Problem> {
    let (office, incoming, now): (Arc<Office>, Incoming, _) = (Arc::clone(&desk.office), incoming.clone(), desk.now);
    let rule = move |number, staff: &crate::dispatch::assign::Staff| office.receive(&incoming, number, staff, now);
    let made: Result<_, Refused> = desk.app.store.make_issue(new, now, rule).await.map_err(Problem::store)?;
    let (_, decision) = made.map_err(super::wish::refused)?;
    desk.app.nudge();
    Ok(decision)
}
