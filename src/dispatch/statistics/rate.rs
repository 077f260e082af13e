//! Shares of figures, always with both parts.

use super::figures::Figures;
use crate::dispatch::words::words;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// A share of two figures.
    #[schema(as = IssueRateKind)]
    RateKind {
        Accepted "accepted" "立案率" "accepted / decided",
        DecidedInTime "decided_in_time" "受理及时率" "decided in time / decided",
        FromWorkers "from_workers" "监督员上报占比" "accepted from workers / accepted",
        Closed "closed" "结案率" "closed / due",
        ClosedInTime "closed_in_time" "按期结案率" "closed in time / due",
        Overdue "overdue" "超期率" "overdue / due",
        Rework "rework" "返工率" "failed checks / checks",
        Repeated "repeated" "重复率" "repeated / reported",
        AtOnce "at_once" "一次办结率" "closed at the first go / closed in the period",
    }
}

/// A share with both its parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueRate)]
pub struct Rate {
    pub kind: RateKind,
    pub numerator: u64,
    pub denominator: u64,
    /// Per cent with two decimals, halves rounded up; `None` where there is nothing to share.
    pub percent: Option<f64>,
}

impl Rate {
    pub fn new(kind: RateKind, numerator: u64, denominator: u64) -> Self {
        // In whole numbers, so that no share is rounded by the way a computer writes 0.1.
        let (n, d) = (u128::from(numerator), u128::from(denominator));
        let hundredths = (n * 20_000 + d).checked_div(2 * d);
        Self { kind, numerator, denominator, percent: hundredths.map(|h| h as f64 / 100.0) }
    }

    pub fn of(kind: RateKind, f: &Figures) -> Self {
        let (numerator, denominator) = match kind {
            RateKind::Accepted => (f.accepted, f.decided),
            RateKind::DecidedInTime => (f.decided_in_time, f.decided),
            RateKind::FromWorkers => (f.accepted_from_workers, f.accepted),
            RateKind::Closed => (f.closed, f.due),
            RateKind::ClosedInTime => (f.closed_in_time, f.due),
            RateKind::Overdue => (f.overdue, f.due),
            RateKind::Rework => (f.failed_checks, f.checks),
            RateKind::Repeated => (f.repeated, f.reported),
            RateKind::AtOnce => (f.ended_at_once, f.ended),
        };
        Self::new(kind, numerator, denominator)
    }
}

/// All rates.
pub fn rates(figures: &Figures) -> Vec<Rate> {
    RateKind::ALL.iter().map(|kind| Rate::of(*kind, figures)).collect()
}

/// A rate of a period beside that of another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueRateComparison)]
pub struct Comparison {
    pub now: Rate,
    pub before: Rate,
    /// Percentage points that it rose by.
    pub points: Option<f64>,
}

/// Each rate beside that of another period.
pub fn compare(now: &Figures, before: &Figures) -> Vec<Comparison> {
    let one = |(now, before): (Rate, Rate)| {
        let points = now.percent.zip(before.percent).map(|(now, before)| ((now - before) * 100.0).round() / 100.0);
        Comparison { now, before, points }
    };
    rates(now).into_iter().zip(rates(before)).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_nothing_is_not_a_number_and_halves_round_up() {
        let percent = |n, d| Rate::new(RateKind::Closed, n, d).percent;
        assert_eq!((percent(0, 0), percent(0, 7), percent(7, 7)), (None, Some(0.0), Some(100.0)));
        assert_eq!((percent(1, 3), percent(2, 3), percent(1, 800)), (Some(33.33), Some(66.67), Some(0.13)));
    }

    #[test]
    fn periods_are_compared_in_percentage_points() {
        let now = Figures { due: 972, closed: 911, ..Figures::default() };
        let before = Figures { due: 1000, closed: 900, ..Figures::default() };
        let points = |before: &Figures, kind: RateKind| {
            compare(&now, before).into_iter().find(|c| c.now.kind == kind).and_then(|c| c.points)
        };
        assert_eq!(points(&before, RateKind::Closed), Some(3.72));
        assert_eq!(points(&before, RateKind::Rework), None);
        assert_eq!(points(&Figures::default(), RateKind::Closed), None);
    }
}
