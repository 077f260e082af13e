//! `/api/audit`: what was done, by whom, when and from where.

use super::account::body::moment;
use super::credentials::Acting;
use super::error::Problem;
use super::params::{Params, quoted};
use crate::accounts::audit::Entry;
use crate::app::App;
use crate::store::{AuditQuery, AuditRow};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    /// Newest first.
    entries: Vec<AuditEntry>,
    /// For `before`, to read on; `null`: there is no more.
    next: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    id: i64,
    at: String,
    /// Name of the user; `null` when nobody was logged in.
    actor: Option<String>,
    /// `anonymous`, `session`, `token:NUMBER` or `cli`.
    via: String,
    address: Option<String>,
    /// E.g. `session.begin`, `user.change`, `item.update`.
    action: String,
    target: AuditTarget,
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditTarget {
    layer: Option<String>,
    /// Number of a feature, name of a user, …
    id: Option<String>,
}

fn entry(row: AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: moment(row.at),
        actor: row.actor,
        via: row.via,
        address: row.address,
        action: row.action,
        target: AuditTarget { layer: row.layer, id: row.target },
        before: row.before,
        after: row.after,
    }
}

fn time(params: &mut Params, name: &str) -> Option<DateTime<Utc>> {
    let text = params.optional(name)?;
    let read = DateTime::parse_from_rfc3339(&text).ok().map(|t| t.to_utc());
    if read.is_none() {
        params.fault(name, format!("{} is not a time (RFC 3339)", quoted(&text)));
    }
    read
}

fn read(params: &mut Params) -> Option<(AuditQuery, bool)> {
    let csv = params.choice("f", false, &[("json", false), ("csv", true)]);
    let limit = params.whole("limit", 100, 1..=10_000);
    let before = params.optional("before").and_then(|text| {
        let number = text.parse::<i64>().ok().filter(|n| *n >= 0);
        if number.is_none() {
            params.fault("before", format!("{} is not the number of an entry", quoted(&text)));
        }
        number
    });
    let query = AuditQuery {
        actor: params.optional("user"),
        action: params.optional("action"),
        layer: params.optional("layer"),
        from: time(params, "from"),
        to: time(params, "to"),
        before,
        limit: limit?,
    };
    Some((query, csv?))
}

/// What was done
#[utoipa::path(get, path = "/api/audit", operation_id = "audit", tag = "users",
    params(
        ("user" = Option<String>, Query, description = "Name of who did it", min_length = 1),
        ("action" = Option<String>, Query, description = "What was done, e.g. user.change", min_length = 1),
        ("layer" = Option<String>, Query, description = "Id of the layer that it was done to", min_length = 1),
        ("from" = Option<String>, Query, description = "From this moment on (RFC 3339)", format = DateTime),
        ("to" = Option<String>, Query, description = "Before this moment (RFC 3339)", format = DateTime),
        ("before" = Option<i64>, Query, description = "Entries with a lower number", minimum = 0),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 100 by default", minimum = 1, maximum = 10000),
        ("f" = Option<String>, Query, description = "json (default) or csv", pattern = "^(json|csv)$"),
    ),
    responses((status = 200, description = "As JSON or CSV", content((Audit = "application/json"), (String = "text/csv"))),
    ))]
pub async fn get(State(app): State<Arc<App>>, Acting(stamp): Acting, mut params: Params) -> Result<Response, Problem> {
    let Some((query, csv)) = read(&mut params) else { return Err(params.refused()) };
    params.finish()?;
    let limit = query.limit as usize;
    let more = AuditQuery { limit: query.limit + 1, ..query.clone() };
    let mut rows = app.store.audit_rows(&more).await.map_err(Problem::store)?;
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|r| r.id)).flatten();
    rows.truncate(limit);
    if csv {
        let told = json!({"user": query.actor, "action": query.action, "layer": query.layer,
            "from": query.from.map(moment), "to": query.to.map(moment), "rows": rows.len()});
        app.store.audit(&[Entry::new(&stamp, "audit.export").after(told)]).await.map_err(Problem::store)?;
        return table(rows);
    }
    let audit = Audit { entries: rows.into_iter().map(entry).collect(), next };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(audit)).into_response())
}

fn table(rows: Vec<AuditRow>) -> Result<Response, Problem> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = ["id", "at", "actor", "via", "address", "action", "layer", "target", "before", "after"];
    out.write_record(head).map_err(Problem::internal)?;
    for row in rows {
        let text = |value: Option<String>| value.unwrap_or_default();
        let json = |value: Option<Value>| value.map(|v| v.to_string()).unwrap_or_default();
        let id = row.id.to_string();
        let (layer, target) = (text(row.layer), text(row.target));
        let cells = [id, moment(row.at), text(row.actor), row.via, text(row.address), row.action, layer, target];
        let cells = cells.into_iter().chain([json(row.before), json(row.after)]);
        out.write_record(cells).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, bytes).into_response())
}
