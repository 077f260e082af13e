//! Which cases are asked for, from a query string; the same for list, board and map.

use super::desk::Desk;
use crate::atlas::Ident;
use crate::dispatch::{Level, Source, State, Triage, WorkerName};
use crate::http::params::{Params, quoted};
use crate::store::issues::{IssueFilter, Overdue};

/// What [`read`] reads, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; params reads it strictly")]
pub struct FilterParams {
    /// States joined by commas, `open` (what is not over; the default) or `all`
    state: Option<String>,
    /// Id of a category
    category: Option<String>,
    /// Id of a group of categories
    group: Option<String>,
    /// Code of the grid that holds the place
    grid: Option<String>,
    /// Code of the community
    community: Option<String>,
    /// Code of the town
    town: Option<String>,
    /// west,south,east,north in degrees
    bbox: Option<String>,
    /// `true`: a limit was missed; `warned`: nearly; `false`: neither
    #[param(pattern = "^(true|warned|false)$")]
    overdue: Option<String>,
    /// Name of an account, or `-` for cases of a desk
    assignee: Option<String>,
    /// Only the caller's own
    mine: Option<bool>,
    /// On which level it is now
    level: Option<Level>,
    /// Where the report came from
    source: Option<Source>,
    /// Put off or not
    suspended: Option<bool>,
    /// Restricted or not
    restricted: Option<bool>,
    /// What the town's triage has to do with it
    triage: Option<Triage>,
    /// Part of number, description or address
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
}

const FLAG: [(&str, Option<bool>); 2] = [("true", Some(true)), ("false", Some(false))];

/// The filter; `None` only after noting a fault.
pub fn read(params: &mut Params, desk: &Desk) -> Option<IssueFilter> {
    let states = states(params);
    let (category, group) = (ident(params, "category"), ident(params, "group"));
    let (grid, community, town) = (params.optional("grid"), params.optional("community"), params.optional("town"));
    let bbox = params.has("bbox").then(|| params.bbox("bbox"));
    let late = [("true", Some(Overdue::Missed)), ("warned", Some(Overdue::Warned)), ("false", Some(Overdue::InTime))];
    let overdue = params.choice("overdue", None, &late);
    let assignee = params.optional("assignee");
    let mine = params.choice("mine", None, &FLAG);
    let level = word(params, "level", Level::ALL, Level::as_str);
    let source = word(params, "source", Source::ALL, Source::as_str);
    let triage = word(params, "triage", Triage::ALL, Triage::as_str);
    let (suspended, restricted) = (params.choice("suspended", None, &FLAG), params.choice("restricted", None, &FLAG));
    let text = params.optional("q").map(|text| text.trim().to_owned());
    if text.as_ref().is_some_and(|text| text.chars().count() > 100) {
        params.fault("q", "is longer than 100 characters");
        return None;
    }
    let unassigned = assignee.as_deref() == Some("-");
    let named = assignee.filter(|_| !unassigned).map(WorkerName);
    let me = (mine? == Some(true)).then(|| desk.scope.me.clone()).flatten();
    Some(IssueFilter {
        scope: desk.scope.clone(),
        states: states?,
        category: category?,
        group: group?,
        grid,
        community,
        town,
        bbox: match bbox {
            Some(bbox) => Some(bbox?),
            None => None,
        },
        overdue: overdue?,
        assignee: me.or(named),
        unassigned,
        level: level?,
        source: source?,
        suspended: suspended?,
        restricted: restricted?,
        triage: triage?,
        text,
        ..IssueFilter::default()
    })
}

/// Empty: all.
fn states(params: &mut Params) -> Option<Vec<State>> {
    let Some(text) = params.optional("state") else { return Some(IssueFilter::open()) };
    if text == "all" {
        return Some(Vec::new());
    }
    let mut states = Vec::new();
    for part in text.split(',') {
        match State::read(part) {
            Some(state) => states.push(state),
            None if part == "open" => states.extend(IssueFilter::open()),
            None => {
                params.fault("state", format!("{} is no state, open or all", quoted(part)));
                return None;
            }
        }
    }
    states.sort();
    states.dedup();
    Some(states)
}

fn ident(params: &mut Params, name: &str) -> Option<Option<Ident>> {
    let Some(text) = params.optional(name) else { return Some(None) };
    match Ident::new(text.clone()) {
        Ok(id) => Some(Some(id)),
        Err(_) => {
            params.fault(name, format!("{} is no id", quoted(&text)));
            None
        }
    }
}

fn word<T: Copy>(params: &mut Params, name: &str, all: &[T], text: fn(T) -> &'static str) -> Option<Option<T>> {
    let choices: Vec<(&str, Option<T>)> = all.iter().map(|word| (text(*word), Some(*word))).collect();
    params.choice(name, None, &choices)
}
