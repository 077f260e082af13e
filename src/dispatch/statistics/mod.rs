//! What a period looked like: counts, and rates with numerator and denominator, in the field's own
//! definitions. An event counts in the period in which it happened; a period that is not over counts as
//! far as it has come.
//!
//! | figure | what it counts |
//! |---|---|
//! | 上报 reported | reports of the period |
//! | 受理 decided | accepted or rejected in the period |
//! | 立案 accepted | of these, accepted |
//! | 应结案 due | limit for solving ends in the period; what is put off (挂账) or void is not due |
//! | 结案 closed | of 应结案, closed by the end of the period |
//! | 按期结案 closed in time | of these, solved before the limit was over; the check does not count |
//! | 超期 overdue | of 应结案, limit missed: solved too late, or not yet |
//! | 返工 failed checks | of the checks of the period |
//! | 重复 repeated | of 上报, joined to another case |
//!
//! The limit is that of the level which missed it first, else the one that holds now: being passed
//! up by the clock does not give back the time.

mod figures;
mod period;
mod rate;
#[cfg(test)]
mod tests;

pub use figures::Figures;
pub use period::{Period, PeriodKind};
pub use rate::{Comparison, Rate, RateKind, compare, rates};

use super::case::Case;
use super::category::Categories;
use super::words::{Level, words};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// By what a period is broken down.
    #[schema(as = IssueGrouping)]
    Grouping {
        Grid "grid" "网格" "Grid",
        Community "community" "社区" "Community",
        Town "town" "街道（镇）" "Town",
        Group "group" "大类" "Group of categories",
        Category "category" "小类" "Category",
        Worker "worker" "承办人" "Worker",
        Source "source" "来源" "Source",
    }
}

/// What a row of a report is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = IssueStatisticsKey)]
pub struct Key {
    /// Code of the area, id of the category or source, name of the worker.
    pub id: String,
    /// Name of the area; the other names are known elsewhere.
    pub name: Option<String>,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueStatisticsRow)]
pub struct Row {
    /// `None`: the whole, or cases that belong to no such thing, e.g. outside every grid.
    pub key: Option<Key>,
    pub figures: Figures,
    pub rates: Vec<Rate>,
}

impl Row {
    pub fn new(key: Option<Key>, figures: Figures) -> Self {
        Self { key, rates: rates(&figures), figures }
    }
}

/// The whole of a period.
pub fn total<'c>(cases: impl IntoIterator<Item = &'c Case>, period: &Period) -> Row {
    let mut sum = Figures::default();
    cases.into_iter().for_each(|case| sum += Figures::of(case, period));
    Row::new(None, sum)
}

/// The period broken down, by id; what has no key comes last, what counts nothing is left out.
pub fn rows<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    period: &Period,
    by: Grouping,
    categories: &Categories,
) -> Vec<Row> {
    // An area may have got another name meanwhile: one row all the same.
    let mut sums: BTreeMap<(bool, Option<String>), (Option<String>, Figures)> = BTreeMap::new();
    for case in cases {
        let figures = Figures::of(case, period);
        if figures == Figures::default() {
            continue;
        }
        let (id, name) = key(case, by, categories).map_or((None, None), |key| (Some(key.id), key.name));
        let (named, sum) = sums.entry((id.is_none(), id)).or_default();
        *sum += figures;
        *named = name.or(named.take());
    }
    let row = |((_, id), (name, figures)): ((bool, Option<String>), (Option<String>, Figures))| {
        Row::new(id.map(|id| Key { id, name }), figures)
    };
    sums.into_iter().map(row).collect()
}

/// To which row a case belongs. A missed limit is counted with whom it was missed by.
pub fn key(case: &Case, by: Grouping, categories: &Categories) -> Option<Key> {
    let plain = |id: &str| Some(Key { id: id.to_owned(), name: None });
    let area = |level: Level| {
        let unit = case.areas.get(&level)?;
        Some(Key { id: unit.code.0.clone(), name: unit.name.clone() })
    };
    match by {
        Grouping::Grid => area(Level::Grid),
        Grouping::Community => area(Level::Community),
        Grouping::Town => area(Level::Town),
        Grouping::Category => plain(case.category.as_str()),
        Grouping::Group => {
            let group = categories.iter().find(|(_, category)| category.id == case.category);
            group.and_then(|(group, _)| plain(group.id.as_str()))
        }
        Grouping::Source => plain(case.source.as_str()),
        Grouping::Worker => {
            let missed = case.tally.missed_by.as_ref().map(|owner| owner.worker.as_ref());
            let now = || case.tally.finished_by.as_ref().or(case.owner.worker.as_ref());
            missed.unwrap_or_else(now).and_then(|worker| plain(&worker.0))
        }
    }
}
