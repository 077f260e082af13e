//! The demo's cases: a half-year, made when the town has none yet, as of the moment they are made.

use super::{CliError, office};
use crate::accounts::Secret;
use crate::app::office::Office;
use crate::app::random;
use crate::config::Settings;
use crate::dispatch::CaseNumber;
use crate::dispatch::assign::Staff;
use crate::store::Store;
use crate::store::issues::{About, Contact, Decision, IssueFilter, IssueScope, NewIssue};
use crate::synth::PlaceKey;
use crate::synth::cases::{Made, Setting, cases};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// What decides where a case is and whose.
const LAYERS: [&str; 7] = ["district", "town", "community", "grid", "zone", "street_duty", "building"];

pub async fn ensure(store: &Store, key: PlaceKey, settings: &Settings) -> Result<(), CliError> {
    let all = IssueFilter { scope: IssueScope::everything(), ..IssueFilter::default() };
    if store.issue_count(&all).await.map_err(CliError::failed)? > 0 {
        return Ok(());
    }
    let now = Office::moment(Utc::now());
    let office = office::some(store, settings, |layer| LAYERS.contains(&layer)).await?;
    let staff = store.staff(now).await.map_err(CliError::failed)?;
    let played =
        tokio::task::spawn_blocking(move || played(key, &office, &staff, now)).await.map_err(CliError::failed)??;
    store.put_issues(&played).await.map_err(CliError::failed)?;
    eprintln!("wangge: made {} synthetic cases of the last half-year in {key}", played.len());
    Ok(())
}

type Cases = Vec<(NewIssue, Decision)>;

fn played(key: PlaceKey, office: &Office, staff: &Staff, now: DateTime<Utc>) -> Result<Cases, CliError> {
    let setting = Setting {
        key,
        map: &office.map,
        categories: &office.categories,
        routing: &office.routing,
        calendar: &office.calendar,
        staff,
        home: (staff.members.keys().next(), staff.desks.iter().next()),
        now,
    };
    let day = |at: DateTime<Utc>| at.with_timezone(&office.calendar.zone()).date_naive();
    let mut last: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    let number = |at| {
        let day = day(at);
        let n = last.entry(day).or_default();
        *n += 1;
        CaseNumber(format!("{}-{n:04}", day.format("%Y%m%d")))
    };
    let made = cases(&setting, number);
    made.into_iter().map(|made| filed(made, office, &day)).collect()
}

fn filed(
    made: Made,
    office: &Office,
    day: &dyn Fn(DateTime<Utc>) -> NaiveDate,
) -> Result<(NewIssue, Decision), CliError> {
    let (name, phone) = made.reporter.unzip();
    let (quantity, unit) = made.quantity.unzip();
    let accuracy_m = made.accuracy.map(|metres| metres.0);
    let about = About { description: made.description, address: Some(made.address), quantity, unit, accuracy_m };
    let day = day(made.case.reported_at);
    // Nobody has the private link of an invented reporter.
    let secret = Secret::new(random().map_err(CliError::failed)?).hash();
    let new = NewIssue { day, about, contact: Contact { name, phone }, secret, photos: Vec::new() };
    Ok((new, Decision { filing: office.filing(&made.case), case: made.case, events: made.events }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::WorkerName;
    use crate::store::DatabaseUrl;
    use crate::store::issues::Overdue;

    #[tokio::test]
    async fn the_demos_people_find_something_to_do_and_cases_are_made_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Geopackage(dir.path().join("t.gpkg"));
        let store = Store::open(&url).await.expect("opens");
        let settings = Settings::default();
        crate::cli::demo::make(&store, PlaceKey::Nankang).await.expect("made");
        crate::cli::demo_accounts::ensure(&store, &url).await.expect("accounts");
        ensure(&store, PlaceKey::Nankang, &settings).await.expect("cases");
        let scope = IssueScope::everything();
        let all = IssueFilter { scope, ..IssueFilter::default() };
        let count = async |filter: &IssueFilter| store.issue_count(filter).await.expect("counted");
        assert_eq!(count(&all).await, 1135);
        ensure(&store, PlaceKey::Nankang, &settings).await.expect("nothing to do");
        assert_eq!(count(&all).await, 1135);
        let open = IssueFilter { states: IssueFilter::open(), ..all };
        let mine = IssueFilter { assignee: Some(WorkerName("worker".into())), ..open.clone() };
        assert!(count(&mine).await >= 4, "{}", count(&mine).await);
        assert!(count(&open).await >= 40, "{}", count(&open).await);
        for overdue in [Overdue::Missed, Overdue::Warned] {
            assert!(count(&IssueFilter { overdue: Some(overdue), ..open.clone() }).await > 0, "{overdue:?}");
        }
        store.close().await;
    }
}
