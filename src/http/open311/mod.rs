//! `/open311/v2/…`: Open311 GeoReport v2, for the many programs that report by it. The format is the
//! ending of the address, `.json` or `.xml`; faults are told in its own shape. Restricted categories
//! and cases are not there, and what a reporter wrote is told only to who may see the case.

mod answer;
mod documented;
mod form;
mod requests;
mod services;
mod submit;

use super::credentials;
use super::extract::{BaseUrl, PathOf};
use super::params::Params;
use crate::accounts::{Caller, Secret, Via};
use crate::app::App;
use crate::app::office::Office;
use answer::{Answer, Fault, Format, Node, object, text};
use axum::extract::{Request, State};
use axum::response::Response;
use documented::Documented;
use form::Form;
use std::sync::Arc;

/// What the address `name.json` asks for, in which form.
fn parts(document: &str) -> Option<(&str, Format)> {
    let (name, ending) = document.rsplit_once('.')?;
    Some((name, Format::of(ending)?))
}

/// A whole answer from a document's name: unknown endings are refused as XML, which all clients read.
async fn answered<F>(document: &str, work: impl FnOnce(String, Format) -> F) -> Response
where
    F: Future<Output = Result<Answer, Fault>>,
{
    let Some((name, format)) = parts(document) else {
        return Fault::not_found("There is nothing here; addresses end in .json or .xml.").answer(Format::Xml);
    };
    match work(name.to_owned(), format).await {
        Ok(answer) => answer.write(format),
        Err(fault) => fault.answer(format),
    }
}

/// What every question needs.
struct Desk {
    app: Arc<App>,
    office: Arc<Office>,
    base: String,
    caller: Caller,
}

impl Desk {
    async fn of(app: Arc<App>, base: String, caller: Caller, form: &Form) -> Result<Self, Fault> {
        let office = app.office().ok_or_else(|| Fault::unavailable("The map is still being loaded."))?;
        let caller = keyed(&app, caller, form).await?;
        let desk = Self { app, office, base, caller };
        match form.one("jurisdiction_id")? {
            Some(id) if !desk.is_ours(&id) => Err(Fault::not_found("jurisdiction_id was not found.")),
            _ => Ok(desk),
        }
    }

    /// The place's key, the code of its widest area, or the host's name.
    fn is_ours(&self, id: &str) -> bool {
        let host = self.base.split("//").nth(1).unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let map = &self.office.map;
        id == map.place.key || id == host || map.area_with_code("district", id).is_some()
    }
}

/// Who calls: an API key is one of our tokens. One that is not valid is refused, wherever it stands.
async fn keyed(app: &Arc<App>, caller: Caller, form: &Form) -> Result<Caller, Fault> {
    let Some(key) = form.one("api_key")? else { return Ok(caller) };
    let refused = || Fault::forbidden("api_key is not valid, or not any more.");
    let secret = Secret::from_token(&key).ok_or_else(refused)?;
    let found = app.store.token(secret.hash(), (app.clock)()).await.map_err(Fault::store)?;
    let (row, user) = found.ok_or_else(refused)?;
    let via = Via::Token(row.id, row.scopes);
    if row.is_stale((app.clock)()) {
        credentials::note(app, via, (app.clock)());
    }
    Ok(Caller::Known { user, via })
}

/// Open311: what there is
#[utoipa::path(get, path = "/open311/v2/{document}", operation_id = "open311", tag = "open311",
    params(
        ("document" = String, Path, description = "discovery, services or requests with .json or .xml", example = "services.json"),
        ("jurisdiction_id" = Option<String>, Query, description = "The place's key, or the host's name"),
        ("api_key" = Option<String>, Query, description = "An API token; requests that it may see are told in full"),
        ("service_request_id" = Option<String>, Query, description = "Numbers, joined by commas; overrides the other filters"),
        ("service_code" = Option<String>, Query, description = "Categories, joined by commas"),
        ("status" = Option<String>, Query, description = "open, closed or both, joined by a comma"),
        ("start_date" = Option<String>, Query, description = "Requested at this time or later; 90 days before end_date when left out"),
        ("end_date" = Option<String>, Query, description = "Requested before; now when left out. 90 days after start_date at the most"),
        ("lat_sw" = Option<f64>, Query, description = "With long_sw, lat_ne and long_ne: inside this box"),
        ("long_sw" = Option<f64>, Query), ("lat_ne" = Option<f64>, Query), ("long_ne" = Option<f64>, Query),
        ("page" = Option<u32>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "1 to 1000; 1000 when left out"),
    ),
    responses(Documented))]
pub async fn get(
    State(app): State<Arc<App>>,
    PathOf(document): PathOf<String>,
    BaseUrl(base): BaseUrl,
    caller: Caller,
    params: Params,
) -> Response {
    answered(&document, async |name, _| {
        let form = Form::of(params.pairs());
        let desk = Desk::of(app, base, caller, &form).await?;
        match name.as_str() {
            "discovery" => Ok(discovery(&desk)),
            "services" => Ok(services::list(&desk)),
            "requests" => requests::list(&desk, &form).await,
            _ => Err(Fault::not_found("There is nothing here: discovery, services or requests.")),
        }
    })
    .await
}

/// Open311: report something
#[utoipa::path(post, path = "/open311/v2/{document}", operation_id = "open311_report", tag = "open311",
    params(("document" = String, Path, description = "requests.json or requests.xml", example = "requests.json")),
    request_body(description = "service_code, lat and long or address_string, description, attribute[quantity], \
        attribute[unit], first_name, last_name, phone, media_url, and photos as `media`; all but photos may stand in \
        the query. api_key is an API token with the scope write.",
        content((Object = "application/x-www-form-urlencoded"), (Object = "multipart/form-data"))),
    responses(Documented))]
pub async fn post(
    State(app): State<Arc<App>>,
    PathOf(document): PathOf<String>,
    BaseUrl(base): BaseUrl,
    caller: Caller,
    request: Request,
) -> Response {
    answered(&document, async |name, _| {
        if name != "requests" {
            return Err(Fault::not_found("Only requests can be posted."));
        }
        let form = Form::read(request).await?;
        let desk = Desk::of(app, base, caller, &form).await?;
        submit::submit(&desk, form).await
    })
    .await
}

/// Open311: what can be said of a service
#[utoipa::path(get, path = "/open311/v2/services/{document}", operation_id = "open311_service", tag = "open311",
    params(("document" = String, Path, description = "Id of a category with .json or .xml", example = "clutter.json")),
    responses(Documented))]
pub async fn service(
    State(app): State<Arc<App>>,
    PathOf(document): PathOf<String>,
    BaseUrl(base): BaseUrl,
    caller: Caller,
    params: Params,
) -> Response {
    answered(&document, async |name, _| {
        let desk = Desk::of(app, base, caller, &Form::of(params.pairs())).await?;
        services::definition(&desk, &name)
    })
    .await
}

/// Open311: one request
#[utoipa::path(get, path = "/open311/v2/requests/{document}", operation_id = "open311_request", tag = "open311",
    params(("document" = String, Path, description = "Number of a case with .json or .xml", example = "20261122-0001.json"),
        ("api_key" = Option<String>, Query, description = "An API token; a request that it may see is told in full")),
    responses(Documented))]
pub async fn request(
    State(app): State<Arc<App>>,
    PathOf(document): PathOf<String>,
    BaseUrl(base): BaseUrl,
    caller: Caller,
    params: Params,
) -> Response {
    answered(&document, async |name, _| {
        let desk = Desk::of(app, base, caller, &Form::of(params.pairs())).await?;
        requests::one(&desk, &name).await
    })
    .await
}

/// Open311: the number of a request by its token
#[utoipa::path(get, path = "/open311/v2/tokens/{document}", operation_id = "open311_token", tag = "open311",
    params(("document" = String, Path, description = "A token with .json or .xml. A report has its number at once, which is its token, too", example = "20261122-0001.json")),
    responses(Documented))]
pub async fn token(
    State(app): State<Arc<App>>,
    PathOf(document): PathOf<String>,
    BaseUrl(base): BaseUrl,
    caller: Caller,
    params: Params,
) -> Response {
    answered(&document, async |name, _| {
        let desk = Desk::of(app, base, caller, &Form::of(params.pairs())).await?;
        requests::token(&desk, &name).await
    })
    .await
}

/// When what this part of the service says of itself last changed.
const CHANGESET: &str = "2026-11-22T00:00:00+08:00";

fn discovery(desk: &Desk) -> Answer {
    let place = &desk.office.map.place;
    let name = place.name.as_ref().map(|name| name.zh.clone()).unwrap_or_default();
    let kind = if place.synthetic { "test" } else { "production" };
    let formats = vec![text("text/xml"), text("application/json")];
    let endpoint = object([
        ("specification", text("http://wiki.open311.org/GeoReport_v2")),
        ("url", text(format!("{}/open311/v2", desk.base))),
        ("changeset", text(CHANGESET)),
        ("type", text(kind)),
        ("formats", Node::List("format", formats)),
    ]);
    let key = format!(
        "API 密钥即本服务的 API 令牌（wgt_…，须有 write 权限）：登录后在账号页生成，或 wangge token add。{}/",
        desk.base
    );
    Answer::ok(
        "discovery",
        object([
            ("changeset", text(CHANGESET)),
            ("contact", text(name)),
            ("key_service", text(key)),
            ("endpoints", Node::List("endpoint", vec![endpoint])),
        ]),
    )
}
