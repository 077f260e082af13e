//! Which cases: what the asker may see of them, and what is asked for, as a condition over the
//! columns of `wangge_issue i`. Every value is bound.

use super::{e7, millis};
use crate::accounts::AreaCode;
use crate::atlas::Ident;
use crate::dispatch::{Level, Source, State, Triage, WorkerName};
use crate::geometry::BBox;
use crate::store::plain::Arg;
use chrono::{DateTime, Utc};

/// Areas in which somebody has a role, found on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Areas {
    #[default]
    Nowhere,
    Everywhere,
    Named(Vec<(Level, AreaCode)>),
}

/// What of all cases the asker may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueScope {
    /// Where cases that are not restricted are seen.
    pub staff: Areas,
    /// Where the restricted ones are seen as well.
    pub dispatcher: Areas,
    /// Whoever holds a case sees it, wherever it is.
    pub me: Option<WorkerName>,
}

impl IssueScope {
    /// The service itself.
    pub fn everything() -> Self {
        Self { staff: Areas::Everywhere, dispatcher: Areas::Everywhere, me: None }
    }
}

/// Late, or nearly so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    Missed,
    Warned,
    /// Neither.
    InTime,
}

/// What is asked for; `None` or empty does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IssueFilter {
    pub scope: IssueScope,
    /// Empty: all.
    pub states: Vec<State>,
    pub category: Option<Ident>,
    /// One of these; empty: all.
    pub categories: Vec<Ident>,
    pub group: Option<Ident>,
    pub grid: Option<String>,
    pub community: Option<String>,
    pub town: Option<String>,
    pub bbox: Option<BBox>,
    pub overdue: Option<Overdue>,
    pub assignee: Option<WorkerName>,
    /// With nobody by name.
    pub unassigned: bool,
    pub level: Option<Level>,
    pub source: Option<Source>,
    pub suspended: Option<bool>,
    pub restricted: Option<bool>,
    pub triage: Option<Triage>,
    /// Part of number, description or address.
    pub text: Option<String>,
    pub due_before: Option<DateTime<Utc>>,
    /// Reported from the first moment on and before the second.
    pub reported: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A condition under construction.
#[derive(Default)]
pub struct Condition {
    pub args: Vec<Arg>,
    parts: Vec<String>,
}

const OPEN_STATES: [State; 5] = [State::Reported, State::Accepted, State::Dispatched, State::InProgress, State::Done];

impl IssueFilter {
    /// Nothing but open ones, so that the indexes of these do.
    pub fn open() -> Vec<State> {
        OPEN_STATES.to_vec()
    }

    pub fn only_open(&self) -> bool {
        !self.states.is_empty() && self.states.iter().all(|state| !state.is_over())
    }
}

impl Condition {
    pub fn of(filter: &IssueFilter) -> Self {
        Self::with(filter, "i.state")
    }

    /// The same in an order that an index of the states would only hinder: SQLite would take it, and
    /// sort everything.
    pub fn in_order(filter: &IssueFilter) -> Self {
        Self::with(filter, "i.state || ''")
    }

    fn with(filter: &IssueFilter, state: &str) -> Self {
        let mut all = Self::default();
        all.scope(&filter.scope);
        if filter.only_open() {
            all.parts.push("i.open".into());
        }
        let every_open = filter.only_open() && OPEN_STATES.iter().all(|state| filter.states.contains(state));
        if !filter.states.is_empty() && !every_open {
            let states = filter.states.iter().map(|state| Arg::from(state.as_str())).collect();
            all.one_of(state, states);
        }
        let text = |value: &Option<String>| value.clone().map(Arg::from);
        all.equal("i.category", filter.category.as_ref().map(|id| id.as_str().into()));
        all.equal("i.category_group", filter.group.as_ref().map(|id| id.as_str().into()));
        all.equal("i.grid", text(&filter.grid));
        all.equal("i.community", text(&filter.community));
        all.equal("i.town", text(&filter.town));
        all.equal("i.worker", filter.assignee.as_ref().map(|name| name.0.clone().into()));
        all.equal("i.level", filter.level.map(|level| level.as_str().into()));
        all.equal("i.source", filter.source.map(|source| source.as_str().into()));
        all.equal("i.triage", filter.triage.map(|triage| triage.as_str().into()));
        for (column, flag) in [("i.suspended", filter.suspended), ("i.restricted", filter.restricted)] {
            all.parts.extend(flag.map(|on| if on { column.to_owned() } else { format!("NOT {column}") }));
        }
        if filter.unassigned {
            all.parts.push("i.worker IS NULL".into());
        }
        all.parts.extend(filter.overdue.map(|overdue| {
            let part = match overdue {
                Overdue::Missed => "i.missed",
                Overdue::Warned => "i.warned",
                Overdue::InTime => "NOT i.missed AND NOT i.warned",
            };
            part.to_owned()
        }));
        if let Some(BBox { west, south, east, north }) = filter.bbox {
            let (west, east) = (all.bind(e7(west)), all.bind(e7(east)));
            let (south, north) = (all.bind(e7(south)), all.bind(e7(north)));
            all.parts.push(format!("i.lon_e7 BETWEEN {west} AND {east} AND i.lat_e7 BETWEEN {south} AND {north}"));
        }
        if let Some(before) = filter.due_before {
            let before = all.bind(millis(before));
            all.parts.push(format!("i.due_at < {before}"));
        }
        if !filter.categories.is_empty() {
            all.one_of("i.category", filter.categories.iter().map(|id| id.as_str().into()).collect());
        }
        if let Some((from, to)) = filter.reported {
            let (from, to) = (all.bind(millis(from)), all.bind(millis(to)));
            all.parts.push(format!("i.reported_at >= {from} AND i.reported_at < {to}"));
        }
        if let Some(text) = &filter.text {
            all.contains(text);
        }
        all
    }

    pub fn bind(&mut self, value: impl Into<Arg>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    fn equal(&mut self, column: &str, value: Option<Arg>) {
        if let Some(value) = value {
            let bound = self.bind(value);
            self.parts.push(format!("{column} = {bound}"));
        }
    }

    fn one_of(&mut self, column: &str, values: Vec<Arg>) {
        let part = self.any_of(column, values);
        self.parts.push(part);
    }

    fn any_of(&mut self, column: &str, values: Vec<Arg>) -> String {
        let bound: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        format!("{column} IN ({})", bound.join(", "))
    }

    /// The text as it is, wherever it stands, in capitals or not as far as the database knows them.
    fn contains(&mut self, text: &str) {
        let escaped: String = text
            .to_lowercase()
            .chars()
            .flat_map(|c| (['\\', '%', '_'].contains(&c)).then_some('\\').into_iter().chain([c]))
            .collect();
        let like = self.bind(format!("%{escaped}%"));
        let columns = ["i.number", "lower(i.description)", "lower(i.address)"];
        let any: Vec<String> = columns.iter().map(|column| format!("{column} LIKE {like} ESCAPE '\\'")).collect();
        self.parts.push(format!("({})", any.join(" OR ")));
    }

    fn scope(&mut self, scope: &IssueScope) {
        if scope.dispatcher == Areas::Everywhere {
            return;
        }
        let mut any = Vec::new();
        let restricted = self.inside(&scope.dispatcher);
        any.extend(restricted);
        if scope.staff == Areas::Everywhere {
            any.push("NOT i.restricted".into());
        } else if scope.staff != scope.dispatcher {
            // Else it is a dispatcher and nothing more: said already.
            any.extend(self.inside(&scope.staff).map(|inside| format!("(NOT i.restricted AND {inside})")));
        }
        if let Some(me) = &scope.me {
            let me = self.bind(me.0.clone());
            any.push(format!("i.worker = {me}"));
        }
        self.parts.push(if any.is_empty() { "1 = 0".into() } else { format!("({})", any.join(" OR ")) });
    }

    /// The place lies in one of the areas, or the owner is of there.
    fn inside(&mut self, areas: &Areas) -> Option<String> {
        let Areas::Named(named) = areas else { return None };
        let mut any = Vec::new();
        let mut also = Vec::new();
        for level in Level::ALL {
            let codes: Vec<Arg> =
                named.iter().filter(|(l, _)| l == level).map(|(_, code)| code.0.clone().into()).collect();
            if !codes.is_empty() {
                any.push(self.any_of(&format!("i.{level}"), codes.clone()));
                let own = self.bind(level.as_str());
                let code = self.any_of("code", codes);
                also.push(format!("(level = {own} AND {code})"));
            }
        }
        if any.is_empty() {
            return None;
        }
        any.push(format!("i.id IN (SELECT issue_id FROM wangge_issue_also WHERE {})", also.join(" OR ")));
        Some(format!("({})", any.join(" OR ")))
    }

    /// `WHERE …`, or nothing.
    pub fn sql(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!(" WHERE {}", self.parts.join(" AND ")) }
    }
}
