//! Cases as GeoReport's requests. What everybody may know of a case that is not restricted: what, where,
//! when, how it stands, and who is responsible. Text and address are the reporter's, who may have named
//! people: they are told to who may see the case.

use super::Desk;
use super::answer::{Answer, Fault, Node, maybe, object, text};
use super::form::Form;
use super::services;
use crate::dispatch::{CaseNumber, State};
use crate::geometry::{BBox, LonLat};
use crate::store::issues::{Areas, IssueFilter, IssueRow, IssueScope, Sort};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

/// The longest stretch of time, and the usual one.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// Most requests at a time.
const MOST: u32 = 1000;

const DEEPEST_PAGE: u32 = 100_000;

/// What the public sees.
fn public() -> IssueScope {
    IssueScope { staff: Areas::Everywhere, dispatcher: Areas::Nowhere, me: None }
}

pub async fn list(desk: &Desk, form: &Form) -> Result<Answer, Fault> {
    let named = form.several("service_request_id")?;
    if !named.is_empty() {
        return by_number(desk, &named).await;
    }
    let filter = filter(desk, form)?;
    let size = form.whole("page_size", MOST, MOST)?;
    let page = form.whole("page", 1, DEEPEST_PAGE)?;
    let offset = (page - 1).saturating_mul(size);
    let rows = desk.app.store.issue_rows(&filter, Sort::Newest, (size, offset)).await.map_err(Fault::store)?;
    Ok(requests(rows.iter().map(|row| request(desk, row, None)).collect()))
}

async fn by_number(desk: &Desk, named: &[String]) -> Result<Answer, Fault> {
    if named.len() > MOST as usize {
        return Err(Fault::wrong(format!("service_request_id: {MOST} at the most.")));
    }
    let mut all = Vec::new();
    for number in named {
        all.extend(find(desk, number).await?.map(|row| request(desk, &row, None)));
    }
    Ok(requests(all))
}

/// The case, unless it is restricted.
async fn find(desk: &Desk, number: &str) -> Result<Option<IssueRow>, Fault> {
    let row = desk.app.store.issue_row(&CaseNumber(number.to_owned())).await.map_err(Fault::store)?;
    Ok(row.filter(|row| row.is_seen_by(&public())))
}

fn no_such() -> Fault {
    Fault::not_found("service_request_id was not found.")
}

pub async fn one(desk: &Desk, number: &str) -> Result<Answer, Fault> {
    let row = find(desk, number).await?.ok_or_else(no_such)?;
    let whole = desk.app.store.issue(&row.case.number).await.map_err(Fault::store)?;
    let description = whole.map(|stored| stored.about.description);
    Ok(requests(vec![request(desk, &row, description)]))
}

pub async fn token(desk: &Desk, token: &str) -> Result<Answer, Fault> {
    let row = find(desk, token).await?.ok_or_else(|| Fault::not_found("token was not found."))?;
    let number = &row.case.number.0;
    let request = object([("service_request_id", text(number)), ("token", text(number))]);
    Ok(requests(vec![request]))
}

fn requests(all: Vec<Node>) -> Answer {
    Answer::ok("service_requests", Node::List("request", all))
}

fn request(desk: &Desk, row: &IssueRow, description: Option<String>) -> Node {
    let (case, office) = (&row.case, &desk.office);
    let told = row.is_seen_by(&office.scope(&desk.caller));
    let zone = office.calendar.zone();
    let time = |at: DateTime<Utc>| text(at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false));
    let name = office.categories.get(case.category.as_str()).map(|category| category.title.zh.clone());
    let unit = case.owner.unit.as_ref().map(|unit| unit.name.clone().unwrap_or_else(|| unit.code.0.clone()));
    let suspended = if case.is_suspended() { "（挂账）" } else { "" };
    let description = description.unwrap_or_else(|| row.description.clone());
    object([
        ("service_request_id", text(&case.number.0)),
        ("status", text(if case.state.is_over() { "closed" } else { "open" })),
        ("status_notes", text(format!("{}{suspended}", case.state.title().zh))),
        ("service_name", maybe(name)),
        ("service_code", text(case.category.as_str())),
        ("description", maybe(told.then_some(description))),
        ("agency_responsible", maybe(unit)),
        ("service_notice", Node::Null),
        ("requested_datetime", time(case.reported_at)),
        ("updated_datetime", time(case.updated_at)),
        ("expected_datetime", case.tally.due_at.map_or(Node::Null, time)),
        ("address", maybe(row.address.clone().filter(|_| told))),
        ("address_id", Node::Null),
        ("zipcode", Node::Null),
        ("lat", Node::Degrees(case.place.lat())),
        ("long", Node::Degrees(case.place.lon())),
        ("media_url", Node::Null),
    ])
}

fn filter(desk: &Desk, form: &Form) -> Result<IssueFilter, Fault> {
    let mut filter = IssueFilter { scope: public(), restricted: Some(false), ..IssueFilter::default() };
    for code in form.several("service_code")? {
        let category = services::service(desk, &code).ok_or_else(|| services::unknown(&code))?;
        filter.categories.push(category.id.clone());
    }
    for status in form.several("status")? {
        let over = match status.as_str() {
            "open" => false,
            "closed" => true,
            _ => return Err(Fault::wrong("status is open or closed.")),
        };
        filter.states.extend(State::ALL.iter().copied().filter(|state| state.is_over() == over));
    }
    filter.reported = Some(span(desk, form)?);
    filter.bbox = bbox(form)?;
    Ok(filter)
}

/// From when and before when; never longer than 90 days.
fn span(desk: &Desk, form: &Form) -> Result<(DateTime<Utc>, DateTime<Utc>), Fault> {
    // What came in this very moment is there, too.
    let now = (desk.app.clock)() + TimeDelta::seconds(1);
    let date = |name: &str| form.one(name)?.map(|value| moment(desk, name, &value)).transpose();
    let (from, to) = match (date("start_date")?, date("end_date")?) {
        (Some(from), None) => (from, from + LONGEST),
        (None, to) => {
            let to = to.unwrap_or(now);
            (to - LONGEST, to)
        }
        (Some(from), Some(to)) => (from, to),
    };
    if from > to {
        return Err(Fault::wrong("start_date is after end_date."));
    }
    if to - from > LONGEST {
        return Err(Fault::wrong("start_date and end_date are more than 90 days apart."));
    }
    Ok((from, to))
}

/// A time with its offset; without one as clocks at the place show it.
fn moment(desk: &Desk, name: &str, value: &str) -> Result<DateTime<Utc>, Fault> {
    // A plus sign in a query is a space.
    let value = value.replace(' ', "+");
    let offset = || DateTime::parse_from_rfc3339(&value).ok().map(|at| at.to_utc());
    let local = || {
        let read = NaiveDateTime::parse_from_str(&value, "%Y-%m-%dT%H:%M:%S").ok();
        let day = || value.parse::<chrono::NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0));
        read.or_else(day).map(|at| crate::dispatch::clock::moment(desk.office.calendar.zone(), at))
    };
    let years =
        DateTime::<Utc>::UNIX_EPOCH..DateTime::from_timestamp(7_258_118_400, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let read = offset().or_else(local).filter(|at| years.contains(at));
    read.ok_or_else(|| Fault::wrong(format!("{name} is not a time like 2026-11-22T09:00:00+08:00.")))
}

fn bbox(form: &Form) -> Result<Option<BBox>, Fault> {
    let corners =
        [form.decimal("lat_sw")?, form.decimal("long_sw")?, form.decimal("lat_ne")?, form.decimal("long_ne")?];
    let [Some(south), Some(west), Some(north), Some(east)] = corners else {
        let some = corners.iter().any(Option::is_some);
        return if some { Err(Fault::wrong("A box needs lat_sw, long_sw, lat_ne and long_ne.")) } else { Ok(None) };
    };
    let inside = LonLat::new(west, south).is_ok() && LonLat::new(east, north).is_ok();
    if !inside || west > east || south > north {
        return Err(Fault::wrong("lat_sw, long_sw, lat_ne and long_ne are not a box in degrees."));
    }
    Ok(Some(BBox { west, south, east, north }))
}
