//! A case as the columns of its row.

use super::{About, Codes, Decision, IssueId, e7, garbled, millis, millis_up};
use crate::dispatch::{Case, Event, Level, What};
use crate::store::StoreError;
use crate::store::plain::{Arg, PlainTx};
use std::collections::BTreeSet;

const INSERT: &str = "INSERT INTO wangge_issue (number, events, state, open, restricted, suspended, warned, missed, \
    triage, source, category, category_group, lon_e7, lat_e7, grid, community, town, district, level, owner_layer, \
    owner_code, worker, due_at, promised_at, next_due, urgent_at, reported_at, updated_at, closed_at, counts_until, \
    photos, last_what, ever, ever_plain, description, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
    $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, \
    $35, $36)";
const UPDATE: &str = "UPDATE wangge_issue SET events = $2, state = $3, open = $4, restricted = $5, suspended = $6, \
    warned = $7, missed = $8, triage = $9, source = $10, category = $11, category_group = $12, lon_e7 = $13, \
    lat_e7 = $14, grid = $15, community = $16, town = $17, district = $18, level = $19, owner_layer = $20, \
    owner_code = $21, worker = $22, due_at = $23, promised_at = $24, next_due = $25, urgent_at = $26, \
    reported_at = $27, updated_at = $28, closed_at = $29, counts_until = $30, photos = photos + $31, last_what = coalesce($32, last_what), \
    ever = $33, ever_plain = $34 WHERE number = $1 AND events = $35";
const ID: &str = "SELECT id FROM wangge_issue WHERE number = $1";
const PUT_CASE: &str = "INSERT INTO wangge_issue_case (issue_id, body, about) VALUES ($1, $2, $3)";
const SET_CASE: &str = "UPDATE wangge_issue_case SET body = $2 WHERE issue_id = $1";
const CLEAR_ALSO: &str = "DELETE FROM wangge_issue_also WHERE issue_id = $1";
const PUT_ALSO: &str = "INSERT INTO wangge_issue_also (issue_id, level, code) VALUES ($1, $2, $3)";
const PUT_EVENT: &str = "INSERT INTO wangge_issue_event (issue_id, number, at, body) VALUES ($1, $2, $3, $4)";

/// Who could see the case until now, and whether others than those who see restricted ones could.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ever {
    pub seen_by: BTreeSet<String>,
    pub plain: bool,
}

impl Ever {
    pub fn read(text: &str, plain: bool) -> Self {
        Self { seen_by: text.split('\n').filter(|t| !t.is_empty()).map(str::to_owned).collect(), plain }
    }

    fn and(mut self, decision: &Decision) -> Self {
        self.seen_by.extend(seen_by(&decision.case, &decision.filing.also));
        self.plain |= !decision.case.restricted;
        self
    }
}

/// Marks of areas and of the holder, as [`Ever`] keeps them.
pub fn seen_by(case: &Case, also: &Codes) -> BTreeSet<String> {
    let place = Codes::of(case);
    let areas = place.iter().chain(also.iter()).map(|(level, code)| area_mark(level, &code.0));
    areas.chain(case.owner.worker.iter().map(|worker| worker_mark(&worker.0))).collect()
}

pub fn area_mark(level: Level, code: &str) -> String {
    format!("{level}:{code}")
}

pub fn worker_mark(name: &str) -> String {
    format!("@{name}")
}

/// What happened, for those who watch: a limit that was missed before all else.
/// `None`: nothing did.
pub fn last_what(events: &[Event]) -> Option<&'static str> {
    let has = |what: fn(&What) -> bool| events.iter().any(|event| what(&event.what));
    if has(|what| matches!(what, What::Missed(_))) {
        return Some("missed");
    }
    if events.len() > 1 && has(|what| *what == What::Reported) {
        return Some("reported");
    }
    Some(match events.last()?.what {
        What::Did(action) => action.as_str(),
        What::Warned(_) => "warned",
        What::Reported | What::Missed(_) => "reported",
    })
}

/// The columns from `number` to `ever_plain`.
fn columns(decision: &Decision, photos: usize, ever: &Ever) -> Vec<Arg> {
    let Decision { case, events, filing } = decision;
    let codes = Codes::of(case);
    let unit = case.owner.unit.as_ref();
    let tally = &case.tally;
    let until = [Some(case.updated_at), tally.due_at, tally.missed_at].into_iter().flatten().max();
    let seen_by: Vec<&str> = ever.seen_by.iter().map(String::as_str).collect();
    vec![
        case.number.0.clone().into(),
        i64::from(case.events).into(),
        case.state.as_str().into(),
        (!case.state.is_over()).into(),
        case.restricted.into(),
        case.is_suspended().into(),
        filing.warned.into(),
        filing.missed.into(),
        case.triage.as_str().into(),
        case.source.as_str().into(),
        case.category.as_str().into(),
        filing.group.as_str().into(),
        e7(case.place.lon()).into(),
        e7(case.place.lat()).into(),
        codes.get(Level::Grid).into(),
        codes.get(Level::Community).into(),
        codes.get(Level::Town).into(),
        codes.get(Level::District).into(),
        case.owner.level.as_str().into(),
        unit.map(|unit| unit.layer.to_string()).into(),
        unit.map(|unit| unit.code.0.clone()).into(),
        case.owner.worker.as_ref().map(|worker| worker.0.clone()).into(),
        tally.due_at.map(millis).into(),
        filing.promised_at.map(millis).into(),
        filing.next_due.map(millis_up).into(),
        millis(filing.urgent_at).into(),
        millis(case.reported_at).into(),
        millis(case.updated_at).into(),
        tally.closed_at.map(millis).into(),
        millis(until.unwrap_or(case.updated_at)).into(),
        i64::try_from(photos).unwrap_or(i64::MAX).into(),
        last_what(events).map(str::to_owned).into(),
        seen_by.join("\n").into(),
        ever.plain.into(),
    ]
}

/// Adds the row of a new case and everything of it.
pub async fn insert(
    tx: &mut PlainTx,
    decision: &Decision,
    about: &About,
    photos: usize,
) -> Result<IssueId, StoreError> {
    let ever = Ever::default().and(decision);
    let mut args = columns(decision, photos, &ever);
    args.extend([about.description.clone().into(), about.address.clone().into()]);
    tx.run(INSERT, args).await?;
    let row = tx.row(ID, vec![decision.case.number.0.clone().into()]).await?;
    let id = IssueId(row.map_or(Ok(0), |r| r.int(0))?);
    let body = serde_json::to_string(&decision.case).map_err(garbled)?;
    let about = serde_json::to_string(about).map_err(garbled)?;
    tx.run(PUT_CASE, vec![id.0.into(), body.into(), about.into()]).await?;
    beside(tx, id, decision).await?;
    Ok(id)
}

/// Writes the case over its row of that version; `false` when the row has another one.
pub async fn update(
    tx: &mut PlainTx,
    (id, version): (IssueId, u32),
    decision: &Decision,
    photos: usize,
    ever: Ever,
) -> Result<bool, StoreError> {
    let mut args = columns(decision, photos, &ever.and(decision));
    args.push(i64::from(version).into());
    if tx.run(UPDATE, args).await? == 0 {
        return Ok(false);
    }
    let body = serde_json::to_string(&decision.case).map_err(garbled)?;
    tx.run(SET_CASE, vec![id.0.into(), body.into()]).await?;
    tx.run(CLEAR_ALSO, vec![id.0.into()]).await?;
    beside(tx, id, decision).await?;
    Ok(true)
}

async fn beside(tx: &mut PlainTx, id: IssueId, decision: &Decision) -> Result<(), StoreError> {
    for (level, code) in decision.filing.also.iter() {
        tx.run(PUT_ALSO, vec![id.0.into(), level.as_str().into(), code.0.clone().into()]).await?;
    }
    for event in &decision.events {
        let body = serde_json::to_string(event).map_err(garbled)?;
        let args = vec![id.0.into(), i64::from(event.number).into(), millis(event.at).into(), body.into()];
        tx.run(PUT_EVENT, args).await?;
    }
    Ok(())
}
