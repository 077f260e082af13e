//! `POST requests`: a report from another program becomes a case, by the same rules as any other.

use super::Desk;
use super::answer::{Answer, Fault, Node, object, text};
use super::form::Form;
use super::services;
use crate::accounts::{Role, Secret};
use crate::app::office::{Incoming, Office, Refused};
use crate::app::random;
use crate::atlas::{SearchQuery, search};
use crate::dispatch::{Category, Source, photo};
use crate::geometry::LonLat;
use crate::http::compute;
use crate::store::issues::{About, Contact, NewIssue};
use std::sync::Arc;

/// Characters that GeoReport allows.
const DESCRIPTION: usize = 4000;
const ADDRESS: usize = 200;
const NAME: usize = 50;
const PHONE: usize = 30;
const LARGEST: f64 = 1_000_000.0;

pub async fn submit(desk: &Desk, form: Form) -> Result<Answer, Fault> {
    admitted(desk)?;
    let code = form.one("service_code")?.ok_or_else(|| Fault::wrong("service_code is needed."))?;
    let category = services::service(desk, &code).ok_or_else(|| services::unknown(&code))?;
    let (place, address) = place(desk, &form)?;
    let (quantity, unit) = amount(&form, category)?;
    let description = description(&form, category)?;
    let contact = contact(&form)?;
    let photos = photos(form.photos).await?;
    let now = Office::moment((desk.app.clock)());
    let key = Secret::new(random().map_err(Fault::internal)?);
    let day = now.with_timezone(&desk.office.calendar.zone()).date_naive();
    let about = About { description, address, quantity, unit, accuracy_m: None };
    let new = NewIssue { day, about, contact, secret: key.hash(), photos };
    let incoming =
        Incoming { category: category.id.clone(), place, accuracy: None, source: Source::Resident, join: None };
    let office = Arc::clone(&desk.office);
    let rule = move |number, staff: &crate::dispatch::assign::Staff| office.receive(&incoming, number, staff, now);
    let made: Result<_, Refused> = desk.app.store.make_issue(&new, now, rule).await.map_err(Fault::store)?;
    let (_, decision) = made.map_err(|refused| Fault::wrong(refused.to_string()))?;
    desk.app.nudge();
    let number = decision.case.number.0;
    let notice = format!("进展 Follow it at {}/#issue={number}&key={}", desk.base, key.to_cookie());
    let request =
        object([("service_request_id", text(number)), ("service_notice", text(notice)), ("account_id", Node::Null)]);
    // As the standard has it: 200.
    Ok(Answer::ok("service_requests", Node::List("request", vec![request])))
}

/// Programs that report have an account of ours whose token may write; any role will do.
fn admitted(desk: &Desk) -> Result<(), Fault> {
    if desk.caller.user().is_none() {
        return Err(Fault::forbidden("api_key is needed: an API token with the scope write."));
    }
    if !desk.caller.scopes().write {
        return Err(Fault::forbidden("The token of this api_key may not write."));
    }
    let any = [Role::Worker, Role::Dispatcher, Role::Planner, Role::Admin];
    if desk.caller.has(&any) { Ok(()) } else { Err(Fault::forbidden("The account of this api_key has no role.")) }
}

/// The place, and what it is called.
fn place(desk: &Desk, form: &Form) -> Result<(LonLat, Option<String>), Fault> {
    let address = form.one("address_string")?.map(|text| line(&text));
    if address.as_ref().is_some_and(|text| text.chars().count() > ADDRESS) {
        return Err(Fault::wrong(format!("address_string is longer than {ADDRESS} characters.")));
    }
    match (form.decimal("long")?, form.decimal("lat")?) {
        (Some(lon), Some(lat)) => {
            let whole = |degrees: f64| (degrees * 1e7).round() / 1e7;
            let place = LonLat::new(lon, lat).and_then(|at| LonLat::new(whole(at.lon()), whole(at.lat())));
            place.map(|place| (place, address)).map_err(|fault| Fault::wrong(format!("lat, long: {fault}.")))
        }
        (None, None) => {
            let needed = || Fault::wrong("lat and long, or address_string, are needed; address_id is not known here.");
            let address = address.ok_or_else(needed)?;
            let place = found(desk, &address)
                .ok_or_else(|| Fault::wrong("address_string was not found; send lat and long."))?;
            Ok((place, Some(address)))
        }
        _ => Err(Fault::wrong("lat and long belong together.")),
    }
}

/// The one thing on the public map that has this name.
fn found(desk: &Desk, address: &str) -> Option<LonLat> {
    let look = desk.app.looks().at(&desk.office.map, &crate::accounts::Sight::default());
    let hits = search(&look, &SearchQuery { text: address.to_owned(), limit: 2, near: None });
    let exact: Vec<_> = hits.iter().filter(|hit| hit.name.as_deref() == Some(address)).collect();
    let one = match (exact.as_slice(), hits.as_slice()) {
        ([one], _) => *one,
        ([], [one]) => one,
        _ => return None,
    };
    LonLat::new(one.lon, one.lat).ok()
}

fn amount(form: &Form, category: &Category) -> Result<(Option<f64>, Option<crate::atlas::Ident>), Fault> {
    let (mut quantity, mut unit) = (None, None);
    for (code, value) in form.attributes() {
        match code.as_str() {
            "quantity" => {
                let read = crate::http::params::number(&value).filter(|n| *n > 0.0 && *n <= LARGEST);
                quantity = Some(read.ok_or_else(|| Fault::wrong("attribute[quantity] is not a number above 0."))?);
            }
            "unit" => {
                let known = category.units.iter().find(|unit| unit.as_str() == value);
                unit = Some(known.cloned().ok_or_else(|| Fault::wrong("attribute[unit] is no unit of this service."))?);
            }
            _ => return Err(Fault::wrong(format!("attribute[{code:.40}] is no attribute of this service."))),
        }
    }
    if quantity.is_some() && category.units.is_empty() {
        return Err(Fault::wrong("attribute[quantity] is no attribute of this service."));
    }
    let unit = unit.or_else(|| category.units.first().filter(|_| quantity.is_some()).cloned());
    Ok((quantity, unit))
}

/// What is told, and where pictures of it are. They are not fetched.
fn description(form: &Form, category: &Category) -> Result<String, Fault> {
    let told = form.one("description")?.unwrap_or_else(|| category.title.zh.clone());
    let media = match form.one("media_url")? {
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => format!("\n图片 media: {url}"),
        Some(_) => return Err(Fault::wrong("media_url is not an http address.")),
        None => String::new(),
    };
    let whole = told + &media;
    if whole.chars().count() > DESCRIPTION {
        return Err(Fault::wrong(format!("description is longer than {DESCRIPTION} characters.")));
    }
    Ok(whole)
}

fn contact(form: &Form) -> Result<Contact, Fault> {
    let short = |value: Option<String>, name: &str, most: usize| match value.map(|text| line(&text)) {
        Some(text) if text.chars().count() > most => {
            Err(Fault::wrong(format!("{name} is longer than {most} characters.")))
        }
        text => Ok(text.filter(|text| !text.is_empty())),
    };
    let (first, last) = (form.one("first_name")?, form.one("last_name")?);
    let joined = match (&first, &last) {
        (None, None) => None,
        // As written where family names come first, without a space between Chinese characters.
        (Some(first), Some(last)) if last.is_ascii() => Some(format!("{first} {last}")),
        _ => Some(last.unwrap_or_default() + &first.unwrap_or_default()),
    };
    Ok(Contact {
        name: short(joined, "first_name, last_name", NAME)?,
        phone: short(form.one("phone")?, "phone", PHONE)?,
    })
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn photos(sent: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Fault> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let made = compute(move || sent.iter().map(|bytes| photo(bytes).map(|photo| photo.jpeg)).collect()).await;
    let made: Result<Vec<Vec<u8>>, _> = made.map_err(|problem| Fault::of(&problem))?;
    made.map_err(|fault| Fault::wrong(format!("media {fault}.")))
}
