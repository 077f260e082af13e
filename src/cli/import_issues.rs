//! `wangge import issues FILE.csv`: old cases of another system. All or nothing, every bad row named.

use super::{CliError, Context, office};
use crate::accounts::Secret;
use crate::app::office::{Incoming, Office};
use crate::app::random;
use crate::atlas::Ident;
use crate::dispatch::Source;
use crate::dispatch::assign::Staff;
use crate::exchange::issues::{IssueOptions, OldIssue, plan};
use crate::exchange::mapping::MapPair;
use crate::exchange::report::RowFault;
use crate::exchange::{csv, text};
use crate::geometry::datum::Datum;
use crate::store::Store;
use crate::store::issues::{About, Contact, Decision, NewIssue};
use chrono::{DateTime, Utc};
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct IssuesArgs {
    /// A table with columns lon and lat, and those that --map names
    pub file: PathBuf,
    /// Put a column into a field: number, category, description, address, reported_at, closed_at
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    pub pairs: Vec<MapPair>,
    /// A table without a head: their word for a category, and the id of ours
    #[arg(long, value_name = "FILE.csv")]
    pub categories: Option<PathBuf>,
    /// Our category of all that is not named otherwise
    #[arg(long, value_name = "ID", value_parser = ident)]
    pub category: Option<Ident>,
    /// Datum of the positions: wgs84, gcj02 or bd09
    #[arg(long, default_value = "wgs84")]
    pub datum: Datum,
    /// Encoding of the file, e.g. gb18030; default: found out
    #[arg(long)]
    pub encoding: Option<String>,
    /// Only check the file and say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Import the good rows of a file that has bad ones
    #[arg(long)]
    pub skip_bad: bool,
}

fn ident(text: &str) -> Result<Ident, String> {
    Ident::new(text).map_err(|e| e.to_string())
}

/// Bad rows told one by one.
const TOLD: usize = 50;

pub async fn run(args: IssuesArgs, context: Context) -> Result<(), CliError> {
    let store = context.open().await?;
    let done = import(&store, &args, &context).await;
    store.close().await;
    done
}

async fn import(store: &Store, args: &IssuesArgs, context: &Context) -> Result<(), CliError> {
    let records = csv::read(&args.file, args.encoding.as_deref()).map_err(CliError::failed)?;
    let office = office::all(store, &context.settings).await?;
    let now = Office::moment(Utc::now());
    let categories = match &args.categories {
        Some(file) => words(file, &office)?,
        None => BTreeMap::new(),
    };
    if let Some(id) = args.category.as_ref().filter(|id| office.categories.get(id.as_str()).is_none()) {
        return Err(CliError::failed(format!("there is no category {id}")));
    }
    let options = IssueOptions {
        pairs: &args.pairs,
        known: &office.categories,
        categories: &categories,
        otherwise: args.category.as_ref(),
        datum: args.datum,
        zone: office.calendar.zone(),
        now,
    };
    let plan = plan(&records, &options).map_err(|e| CliError::failed(format!("{}: {e}", args.file.display())))?;
    let (mut faults, mut bad) = (plan.faults, plan.bad_rows);
    let staff = store.staff(now).await.map_err(CliError::failed)?;
    let mut decided = Vec::with_capacity(plan.issues.len());
    for old in plan.issues {
        let there = store.issue(&old.number).await.map_err(CliError::failed)?.is_some();
        let made = if there { Err("is there already".to_owned()) } else { decide(&office, &old, &staff, now) };
        match made {
            Ok(made) => decided.push(made),
            Err(detail) => {
                bad += 1;
                faults.push(RowFault { row: old.row, field: "number".into(), detail });
            }
        }
    }
    faults.iter().take(TOLD).for_each(|fault| eprintln!("{fault}"));
    if faults.len() > TOLD {
        eprintln!("… and {} more faults; {bad} bad rows in all", faults.len() - TOLD);
    }
    if bad > 0 && !args.skip_bad {
        let detail = "rows cannot be imported, so nothing was written; --skip-bad imports the others";
        return Err(CliError::failed(format!("{bad} of {} {detail}", records.len())));
    }
    if !args.dry_run {
        store.put_issues(&decided).await.map_err(CliError::failed)?;
    }
    let open = decided.iter().filter(|(_, decision)| !decision.case.state.is_over()).count();
    let would = if args.dry_run { "would be " } else { "" };
    println!("issues: {} rows; {} {would}added ({open} open), {bad} left out", records.len(), decided.len());
    if args.dry_run {
        println!("nothing was written (--dry-run)");
    }
    Ok(())
}

/// Their words for our categories.
fn words(file: &Path, office: &Office) -> Result<BTreeMap<String, Ident>, CliError> {
    let wrong = |what: String| CliError::failed(format!("{}: {what}", file.display()));
    let bytes = std::fs::read(file).map_err(|e| wrong(e.to_string()))?;
    let decoded = text::decode(&bytes, None).map_err(wrong)?;
    let mut words = BTreeMap::new();
    for (n, line) in decoded.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // The id is the last cell: their words may have commas.
        let (theirs, ours) = line.rsplit_once(',').ok_or_else(|| wrong(format!("line {}: not two cells", n + 1)))?;
        let known = office.categories.get(ours.trim());
        let known = known.ok_or_else(|| wrong(format!("line {}: there is no category {}", n + 1, ours.trim())))?;
        words.insert(theirs.trim().trim_matches('"').to_owned(), known.id.clone());
    }
    Ok(words)
}

fn decide(office: &Office, old: &OldIssue, staff: &Staff, now: DateTime<Utc>) -> Result<(NewIssue, Decision), String> {
    let incoming = Incoming {
        category: old.category.clone(),
        place: old.place,
        accuracy: None,
        source: Source::Hotline,
        join: None,
    };
    let times = (old.reported_at, old.closed_at, now);
    let decision = office.recall(&incoming, old.number.clone(), staff, times).map_err(|refused| refused.to_string())?;
    let secret = Secret::new(random().map_err(|e| e.to_string())?).hash();
    let (description, address) = (old.description.clone(), old.address.clone());
    let about = About { description, address, ..About::default() };
    let day = old.reported_at.with_timezone(&office.calendar.zone()).date_naive();
    Ok((NewIssue { day, about, contact: Contact::default(), secret, photos: Vec::new() }, decision))
}
