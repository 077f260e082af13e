//! Old cases of another system, from a table: number, category, description, address, position, when
//! they were reported and closed. Only reads and checks; whose a case is is decided elsewhere.

use super::mapping::MapPair;
use super::record::Record;
use super::report::RowFault;
use crate::atlas::Ident;
use crate::dispatch::clock::moment;
use crate::dispatch::{CaseNumber, Categories};
use crate::geometry::LonLat;
use crate::geometry::datum::Datum;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use geo::Geometry;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the table tells of a case, beside its position.
const FIELDS: [&str; 6] = ["number", "category", "description", "address", "reported_at", "closed_at"];

const NUMBER: usize = 40;
const DESCRIPTION: usize = 1000;
const ADDRESS: usize = 200;

/// A case as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct OldIssue {
    pub row: usize,
    pub number: CaseNumber,
    pub category: Ident,
    pub description: String,
    pub address: Option<String>,
    pub place: LonLat,
    pub reported_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
pub struct IssueOptions<'a> {
    pub pairs: &'a [MapPair],
    pub known: &'a Categories,
    /// Their words for ours.
    pub categories: &'a BTreeMap<String, Ident>,
    /// What they call otherwise.
    pub otherwise: Option<&'a Ident>,
    pub datum: Datum,
    /// Of times without an offset.
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

/// The cases of a table, and what is wrong with the other rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IssuePlan {
    pub issues: Vec<OldIssue>,
    pub faults: Vec<RowFault>,
    pub bad_rows: usize,
}

/// Reads every row. Fails when the table as such does not fit.
pub fn plan(records: &[Record], options: &IssueOptions<'_>) -> Result<IssuePlan, String> {
    let columns = columns(records, options.pairs)?;
    let mut plan = IssuePlan::default();
    let mut seen: BTreeSet<CaseNumber> = BTreeSet::new();
    for record in records {
        let mut row = Row { record, columns: &columns, faults: Vec::new() };
        let issue = row.issue(options);
        if let Some(issue) = &issue
            && !seen.insert(issue.number.clone())
        {
            row.fault("number", "stands in the table twice");
        }
        plan.bad_rows += usize::from(!row.faults.is_empty());
        if row.faults.is_empty() {
            plan.issues.extend(issue);
        }
        plan.faults.extend(row.faults);
    }
    Ok(plan)
}

/// The column of each field: as it was told, else of the same name.
fn columns(records: &[Record], pairs: &[MapPair]) -> Result<BTreeMap<&'static str, String>, String> {
    let Some(first) = records.first() else { return Err("it has no rows".into()) };
    if first.geometry.is_none() {
        return Err("it has no columns lon and lat".into());
    }
    let known: Vec<&str> = first.properties.keys().map(String::as_str).collect();
    if let Some(pair) = pairs.iter().find(|pair| !FIELDS.contains(&pair.field.as_str())) {
        return Err(format!("a case has no field {}; it has {}", pair.field, FIELDS.join(", ")));
    }
    if let Some(pair) = pairs.iter().find(|pair| !known.contains(&pair.column.as_str())) {
        return Err(format!("the file has no column {:?}; it has {}", pair.column, known.join(", ")));
    }
    let column = |field: &&'static str| {
        let named = pairs.iter().find(|pair| pair.field.as_str() == *field).map(|pair| pair.column.clone());
        let same = || known.contains(field).then(|| (*field).to_owned());
        Some((*field, named.or_else(same)?))
    };
    let columns: BTreeMap<&str, String> = FIELDS.iter().filter_map(column).collect();
    match ["number", "reported_at"].into_iter().find(|field| !columns.contains_key(field)) {
        Some(missing) => Err(format!("it has no column {missing}; name one by --map {missing}=COLUMN")),
        None => Ok(columns),
    }
}

struct Row<'a> {
    record: &'a Record,
    columns: &'a BTreeMap<&'static str, String>,
    faults: Vec<RowFault>,
}

impl Row<'_> {
    fn fault(&mut self, field: &str, detail: impl Into<String>) {
        self.faults.push(RowFault { row: self.record.row, field: field.to_owned(), detail: detail.into() });
    }

    fn text(&self, field: &str) -> Option<String> {
        let value = self.record.properties.get(self.columns.get(field)?)?;
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Null => return None,
            other => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }

    fn issue(&mut self, options: &IssueOptions<'_>) -> Option<OldIssue> {
        if let Some(fault) = self.record.fault.clone() {
            self.fault("row", fault);
        }
        let number = self.number();
        let category = self.category(options);
        let place = self.place(options.datum);
        let reported_at = match self.text("reported_at") {
            Some(text) => self.time("reported_at", &text, options),
            None => {
                self.fault("reported_at", "is missing");
                None
            }
        };
        let closed_at = self.text("closed_at").and_then(|text| self.time("closed_at", &text, options));
        if closed_at.zip(reported_at).is_some_and(|(closed, reported)| closed < reported) {
            self.fault("closed_at", "is before reported_at");
        }
        let short = |text: String, most: usize| text.chars().filter(|c| !c.is_control()).take(most).collect::<String>();
        let category = category?;
        let title = options.known.get(category.as_str()).map(|known| known.title.zh.clone());
        Some(OldIssue {
            row: self.record.row,
            number: number?,
            description: short(self.text("description").or(title)?, DESCRIPTION),
            address: self.text("address").map(|text| short(text, ADDRESS)),
            category,
            place: place?,
            reported_at: reported_at?,
            closed_at,
        })
    }

    fn number(&mut self) -> Option<CaseNumber> {
        let Some(text) = self.text("number") else {
            self.fault("number", "is missing");
            return None;
        };
        let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if text.chars().count() > NUMBER || !text.chars().all(fits) {
            self.fault("number", format!("is not {NUMBER} letters, digits, - _ or . at the most"));
            return None;
        }
        Some(CaseNumber(text))
    }

    fn category(&mut self, options: &IssueOptions<'_>) -> Option<Ident> {
        let text = self.text("category");
        let own = |text: &String| options.known.get(text).map(|category| category.id.clone());
        let found = text.as_ref().and_then(|text| options.categories.get(text).cloned().or_else(|| own(text)));
        let found = found.or_else(|| options.otherwise.cloned());
        if found.is_none() {
            self.fault(
                "category",
                match text {
                    Some(text) => format!("{text:?} is no category; name ours by --categories or --category"),
                    None => "is missing".to_owned(),
                },
            );
        }
        found
    }

    fn place(&mut self, datum: Datum) -> Option<LonLat> {
        let place = match &self.record.geometry {
            Some(Ok(Geometry::Point(point))) => {
                let c = datum.to_wgs84(point.0);
                let whole = |degrees: f64| (degrees * 1e7).round() / 1e7;
                LonLat::new(whole(c.x), whole(c.y)).map_err(|e| e.to_string())
            }
            Some(Ok(_)) => Err("is not a point".into()),
            Some(Err(fault)) => Err(fault.clone()),
            None => Err("is missing".into()),
        };
        place.map_err(|fault| self.fault("position", fault)).ok()
    }

    fn time(&mut self, field: &str, text: &str, options: &IssueOptions<'_>) -> Option<DateTime<Utc>> {
        let read = time(text, options.zone);
        let fault = match read {
            None => Some(format!("{text:?} is not a time like 2026-11-22 09:00:00")),
            Some(at) if at > options.now => Some("lies in the future".to_owned()),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            self.fault(field, fault);
            return None;
        }
        read
    }
}

/// With an offset, or as clocks of the zone showed it; a day alone is its beginning.
fn time(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let text = text.replace('/', "-").replace('T', " ");
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
    let day = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    local.or_else(day).map(|local| moment(zone, local))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::testing::ident;
    use geo::Point;
    use serde_json::json;

    fn record(row: usize, properties: Value) -> Record {
        let Value::Object(properties) = properties else { panic!("an object") };
        let geometry = Some(Ok(Point::new(116.0, 29.0).into()));
        Record { row, geometry, properties, id: None, fault: None }
    }

    fn planned(records: &[Record], otherwise: Option<&Ident>) -> IssuePlan {
        let known = Categories::built_in().expect("built in");
        let categories = [("垃圾".to_owned(), ident("exposed_garbage"))].into();
        let now = "2026-11-22T10:00:00+08:00".parse().expect("a time");
        let (datum, zone) = (Datum::Wgs84, chrono_tz::Asia::Shanghai);
        let options = IssueOptions { pairs: &[], known: &known, categories: &categories, otherwise, datum, zone, now };
        plan(records, &options).expect("fits")
    }

    #[test]
    fn rows_become_cases_with_our_categories_and_times_of_the_place() {
        let rows = [
            record(
                2,
                json!({"number": "A-1", "category": "垃圾", "reported_at": "2026/11/20 09:30", "closed_at": "2026-11-21"}),
            ),
            record(
                3,
                json!({"number": "A-2", "category": "noise", "description": "吵", "reported_at": "2026-11-20T01:30:00Z"}),
            ),
        ];
        let IssuePlan { issues, faults, .. } = planned(&rows, None);
        assert_eq!(faults, []);
        assert_eq!((issues[0].category.as_str(), issues[0].description.as_str()), ("exposed_garbage", "暴露垃圾"));
        assert_eq!(issues[0].reported_at, issues[1].reported_at);
        assert_eq!(issues[0].closed_at, Some("2026-11-21T00:00:00+08:00".parse().expect("a time")));
    }

    #[test]
    fn every_fault_of_every_row_is_named() {
        let lost = Record {
            geometry: Some(Err("longitude is missing".into())),
            ..record(4, json!({"number": "3", "category": "x y"}))
        };
        let rows = [
            record(
                2,
                json!({"number": "1", "category": "noise", "reported_at": "2026-11-20", "closed_at": "2026-11-19"}),
            ),
            record(3, json!({"number": "a/b", "category": null, "reported_at": "tomorrow"})),
            lost,
            record(5, json!({"number": "9", "category": "noise", "reported_at": "2026-11-23"})),
            record(6, json!({"number": "8", "category": "noise", "reported_at": "2026-11-20"})),
            record(7, json!({"number": "8", "category": "noise", "reported_at": "2026-11-20"})),
        ];
        let plan = planned(&rows, None);
        let faults: Vec<(usize, &str)> = plan.faults.iter().map(|f| (f.row, f.field.as_str())).collect();
        let wanted = [
            (2, "closed_at"),
            (3, "number"),
            (3, "category"),
            (3, "reported_at"),
            (4, "category"),
            (4, "position"),
            (4, "reported_at"),
            (5, "reported_at"),
            (7, "number"),
        ];
        assert_eq!(faults, wanted);
        assert_eq!((plan.bad_rows, plan.issues.len()), (5, 1));
        let noise = ident("noise");
        assert_eq!(planned(&rows[1..2], Some(&noise)).faults.len(), 2, "what is not named is noise");
    }

    #[test]
    fn a_table_without_what_is_needed_is_refused_with_the_way_out() {
        let known = Categories::built_in().expect("built in");
        let (categories, datum) = (BTreeMap::new(), Datum::Wgs84);
        let now = Utc::now();
        let refused = |records: &[Record], pairs: &[MapPair]| {
            let zone = chrono_tz::Asia::Shanghai;
            let options =
                IssueOptions { pairs, known: &known, categories: &categories, otherwise: None, datum, zone, now };
            plan(records, &options).expect_err("refused")
        };
        let rows = [record(2, json!({"id": "1", "reported_at": "x"}))];
        assert!(refused(&rows, &[]).contains("--map number=COLUMN"));
        assert!(refused(&rows, &["number=nr".parse().expect("a pair")]).contains("no column \"nr\""));
        assert!(refused(&rows, &["colour=id".parse().expect("a pair")]).contains("no field colour"));
        assert!(refused(&[], &[]).contains("no rows"));
    }
}
