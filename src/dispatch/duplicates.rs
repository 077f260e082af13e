//! Reports of the same thing: the same category, near, and not long ago. They are offered for
//! joining; whoever decides is a person.

use super::case::{Case, CaseNumber};
use super::words::State;
use crate::atlas::Ident;
use crate::geometry::{BBox, LonLat, Metres, Plane, Xy, ground_distance};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

/// Two reports this near to each other may be of the same thing.
pub const NEAR: Metres = Metres(50.0);

/// So may reports not farther apart in time.
pub const RECENT: Duration = Duration::days(7);

/// What is being reported.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub category: &'a Ident,
    pub place: LonLat,
    pub at: DateTime<Utc>,
    /// Whether whoever asks may know of restricted cases.
    pub sees_restricted: bool,
}

/// A case that it may repeat.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Duplicate {
    #[schema(value_type = String)]
    pub number: CaseNumber,
    pub distance_m: f64,
    pub state: State,
    pub reported_at: DateTime<Utc>,
}

/// Open cases that the new one may repeat, nearest first; ties by time, then number.
pub fn duplicates<'c>(new: &New<'_>, known: impl IntoIterator<Item = &'c Case>) -> Vec<Duplicate> {
    let fits = |case: &&Case| {
        let recent = case.reported_at <= new.at && new.at - case.reported_at <= RECENT;
        let seen = new.sees_restricted || !case.restricted;
        case.category == *new.category && !case.state.is_over() && recent && seen
    };
    let near = known.into_iter().filter(fits).map(|case| (ground_distance(case.place, new.place).0, case));
    let mut found: Vec<(f64, &Case)> = near.filter(|(distance, _)| *distance <= NEAR.0).collect();
    found.sort_by(|(a, case), (b, other)| {
        let order = |case: &Case| (case.reported_at, case.number.clone());
        a.total_cmp(b).then_with(|| order(case).cmp(&order(other)))
    });
    let told = |(distance, case): (f64, &Case)| Duplicate {
        number: case.number.clone(),
        distance_m: (distance * 10.0).round() / 10.0,
        state: case.state,
        reported_at: case.reported_at,
    };
    found.into_iter().map(told).collect()
}

/// A box that holds everything that is near.
pub fn search_box(place: LonLat) -> BBox {
    let plane = Plane::around(place);
    // The plane and the ground differ by far less than a metre here.
    let reach = NEAR.0 + 1.0;
    let (west, south) = plane.to_degrees(Xy { x: -reach, y: -reach });
    let (east, north) = plane.to_degrees(Xy { x: reach, y: reach });
    BBox { west, south, east, north }
}

/// Why two cases are not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotJoined {
    #[error("the case to join is over")]
    Over,
    #[error("a case cannot be joined to itself")]
    Itself,
    #[error("a public case cannot be joined to a restricted one: its reporter would learn of it")]
    Restricted,
}

/// Whether `case` may be joined to `to`; `to` stays, and its end is told to both reporters.
pub fn may_join(case: &Case, to: &Case) -> Result<(), NotJoined> {
    if case.number == to.number {
        return Err(NotJoined::Itself);
    }
    if to.state.is_over() {
        return Err(NotJoined::Over);
    }
    if to.restricted && !case.restricted { Err(NotJoined::Restricted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Town, at};
    use super::*;
    use crate::atlas::testing::ident;

    /// A case so many metres east of the town's usual place.
    fn case(number: &str, category: &str, metres: f64, time: &str) -> Case {
        let (case, _) = Town::new().case(category, time);
        let (lon, lat) = Plane::around(case.place).to_degrees(Xy { x: metres, y: 0.0 });
        Case { number: CaseNumber(number.into()), place: LonLat::new(lon, lat).expect("in range"), ..case }
    }

    fn found(known: &[Case], category: &str, sees_restricted: bool) -> Vec<(String, f64)> {
        let (origin, _) = Town::new().case(category, "2026-11-18T10:00");
        let new = New { category: &ident(category), place: origin.place, at: at("2026-11-18T10:00"), sees_restricted };
        duplicates(&new, known).into_iter().map(|d| (d.number.0, d.distance_m)).collect()
    }

    #[test]
    fn near_recent_and_of_the_same_kind_is_offered_nearest_first() {
        let known = [
            case("far", "clutter", 50.1, "2026-11-18T09:00"),
            case("edge", "clutter", 49.99, "2026-11-18T09:00"),
            case("near", "clutter", 3.0, "2026-11-17T09:00"),
            case("a week old", "clutter", 10.0, "2026-11-11T10:00"),
            case("older", "clutter", 10.0, "2026-11-11T09:59"),
            case("other", "noise", 3.0, "2026-11-18T09:00"),
            case("later", "clutter", 3.0, "2026-11-18T10:01"),
            Case { state: State::Closed, ..case("closed", "clutter", 3.0, "2026-11-18T09:00") },
        ];
        let wanted = [("near", 3.0), ("a week old", 10.0), ("edge", 50.0)];
        assert_eq!(found(&known, "clutter", false), wanted.map(|(n, d)| (n.to_owned(), d)));
    }

    #[test]
    fn a_stranger_is_not_told_of_restricted_cases() {
        let known = [case("secret", "dispute", 3.0, "2026-11-18T09:00")];
        assert_eq!(found(&known, "dispute", false), []);
        assert_eq!(found(&known, "dispute", true).len(), 1);
    }

    #[test]
    fn the_box_holds_what_is_near_in_every_direction() {
        for (lon, lat) in [(112.54, 32.99), (7.4, -43.7), (20.0, 78.2)] {
            let place = LonLat::new(lon, lat).expect("in range");
            for step in 0..36 {
                let (sin, cos) = (f64::from(step) * 10.0).to_radians().sin_cos();
                let (lon, lat) = Plane::around(place).to_degrees(Xy { x: 50.0 * cos, y: 50.0 * sin });
                assert!(search_box(place).contains(LonLat::new(lon, lat).expect("in range")));
            }
        }
    }

    #[test]
    fn a_case_joins_an_open_one_that_its_reporter_may_know_of() {
        let (a, b) = (case("a", "clutter", 0.0, "2026-11-18T09:00"), case("b", "clutter", 0.0, "2026-11-18T09:00"));
        let secret = case("s", "dispute", 0.0, "2026-11-18T09:00");
        assert_eq!(may_join(&a, &b), Ok(()));
        assert_eq!(may_join(&a, &a), Err(NotJoined::Itself));
        assert_eq!(may_join(&a, &secret), Err(NotJoined::Restricted));
        assert_eq!(may_join(&secret, &a), Ok(()));
        assert_eq!(may_join(&a, &Case { state: State::Void, ..b }), Err(NotJoined::Over));
    }
}
