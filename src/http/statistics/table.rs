//! The report as a table for a spreadsheet: Chinese headings, each rate with both its parts.

use super::{Statistics, StatisticsKey};
use crate::dispatch::statistics::{Figures, Rate, RateKind};
use crate::http::error::Problem;
use crate::http::sheet::sheet;
use axum::response::Response;

type Column = (&'static str, fn(&Figures) -> u64);

const FIGURES: [Column; 14] = [
    ("上报", |f| f.reported),
    ("重复", |f| f.repeated),
    ("受理", |f| f.decided),
    ("及时受理", |f| f.decided_in_time),
    ("立案", |f| f.accepted),
    ("监督员上报立案", |f| f.accepted_from_workers),
    ("应结案", |f| f.due),
    ("结案", |f| f.closed),
    ("按期结案", |f| f.closed_in_time),
    ("超期", |f| f.overdue),
    ("核查", |f| f.checks),
    ("返工", |f| f.failed_checks),
    ("期内结案", |f| f.ended),
    ("一次办结", |f| f.ended_at_once),
];

/// The report as a file of this name.
pub fn write(name: &str, report: &Statistics) -> Result<Response, Problem> {
    let head = [format!("{}编码", report.by.title().zh), "名称".to_owned()].into_iter();
    let figures = FIGURES.iter().map(|(name, _)| (*name).to_owned());
    let rates = RateKind::ALL.iter().flat_map(|kind| {
        let title = kind.title().zh;
        [format!("{title}（%）"), format!("{title}分子"), format!("{title}分母")]
    });
    let rows = report.rows.iter().map(|row| (label(row.key.as_ref()), &row.figures, &row.rates));
    let totals = [("合计", &report.total), ("上期合计", &report.before.total)];
    let totals =
        totals.into_iter().map(|(name, total)| ((String::new(), name.to_owned()), &total.figures, &total.rates));
    let cells = |((id, name), figures, rates): ((String, String), &Figures, &Vec<Rate>)| {
        let cells = FIGURES.iter().map(|(_, figure)| figure(figures).to_string()).chain(rates.iter().flat_map(rate));
        [id, name].into_iter().chain(cells).collect()
    };
    sheet(name, head.chain(figures).chain(rates), rows.chain(totals).map(cells))
}

fn label(key: Option<&StatisticsKey>) -> (String, String) {
    let Some(key) = key else { return (String::new(), "无归属".to_owned()) };
    let name = key.title.as_ref().map(|title| title.zh.clone()).or_else(|| key.name.clone());
    (key.id.clone(), name.unwrap_or_else(|| key.id.clone()))
}

fn rate(rate: &Rate) -> [String; 3] {
    let percent = rate.percent.map(|percent| format!("{percent:.2}")).unwrap_or_default();
    [percent, rate.numerator.to_string(), rate.denominator.to_string()]
}
