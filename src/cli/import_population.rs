//! `wangge import population FILE.csv`: people of cells, spread over the buildings in which nobody
//! counted households. All or nothing, every bad row named.

use super::{CliError, Context, map};
use crate::atlas::facility::HOME_LAYER;
use crate::atlas::{NewFeature, Snapshot};
use crate::exchange::population::{Named, read};
use crate::geometry::Metres;
use crate::planning::population::{ESTIMATED, Settled, Spread, settle};
use crate::store::{Batch, Op, Store};
use clap::Args;
use std::ops::RangeInclusive;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct PopulationArgs {
    /// A table of square cells: longitude and latitude of the middle (WGS 84), and people
    pub file: PathBuf,
    /// Side of a cell, metres
    #[arg(long, default_value_t = 100.0, value_parser = side)]
    pub side: f64,
    /// People a household; 2.62 in China's census of 2020
    #[arg(long, default_value_t = 2.62, value_parser = household)]
    pub people_per_household: f64,
    /// Column of the longitude; default: found out
    #[arg(long, value_name = "COLUMN")]
    pub lon: Option<String>,
    /// Column of the latitude; default: found out
    #[arg(long, value_name = "COLUMN")]
    pub lat: Option<String>,
    /// Column of the people; default: found out
    #[arg(long, value_name = "COLUMN")]
    pub people: Option<String>,
    /// Encoding of the file, e.g. gb18030; default: found out
    #[arg(long)]
    pub encoding: Option<String>,
    /// Only check the file and say what would happen
    #[arg(long)]
    pub dry_run: bool,
}

fn within(text: &str, range: RangeInclusive<f64>) -> Result<f64, String> {
    let wanted = format!("not a number from {} to {}", range.start(), range.end());
    text.parse().ok().filter(|number| range.contains(number)).ok_or(wanted)
}

fn side(text: &str) -> Result<f64, String> {
    within(text, 10.0..=5_000.0)
}

fn household(text: &str) -> Result<f64, String> {
    within(text, 1.0..=20.0)
}

/// Bad rows told one by one.
const TOLD: usize = 50;

pub async fn run(args: PopulationArgs, context: Context) -> Result<(), CliError> {
    let store = context.open().await?;
    let done = import(&store, &args).await;
    store.close().await;
    done
}

async fn import(store: &Store, args: &PopulationArgs) -> Result<(), CliError> {
    let named = Named { lon: args.lon.as_deref(), lat: args.lat.as_deref(), people: args.people.as_deref() };
    let found = read(&args.file, args.encoding.as_deref(), named).map_err(CliError::failed)?;
    found.faults.iter().take(TOLD).for_each(|fault| eprintln!("{fault}"));
    if !found.faults.is_empty() {
        let (bad, rows) = (found.faults.len(), found.rows);
        return Err(CliError::failed(format!("{bad} of {rows} rows cannot be read, so nothing was written")));
    }
    let map = map::some(store, |layer| layer == HOME_LAYER).await?;
    let spread = Spread { side: Metres(args.side), people_per_household: args.people_per_household };
    let settled = settle(&map, &found.cells, spread);
    if settled.estimates.is_empty() && settled.counted == 0.0 {
        return Err(CliError::failed("no building of the map lies in any of the cells; nothing was written"));
    }
    let ops = edits(&map, &settled);
    let changed = ops.len();
    if !args.dry_run {
        store.write(Batch { ops, ..Batch::default() }).await.map_err(CliError::failed)?;
    }
    tell(found.rows, &settled, changed, args.dry_run);
    Ok(())
}

/// The buildings that have another estimate now, or none.
fn edits(map: &Snapshot, settled: &Settled) -> Vec<Op> {
    let Some((entry, data)) = map.layer(HOME_LAYER) else { return Vec::new() };
    let Some(households) = entry.layer.roles.households.as_ref() else { return Vec::new() };
    let edit = |(home, estimate): &(usize, u32)| {
        let old = data.features.get(&map.homes[*home].id)?;
        let mut properties = old.properties.clone();
        properties.insert(households.to_string(), (*estimate).into());
        properties.insert(ESTIMATED.into(), true.into());
        if properties == old.properties {
            return None;
        }
        let (geometry, source, reference) = (old.geometry.clone(), old.source.clone(), old.reference.clone());
        let feature = NewFeature { geometry, properties, source, reference };
        Some(Op::Update { layer: entry.layer.id.clone(), id: old.id, expected: Some(old.version), feature })
    };
    settled.estimates.iter().filter_map(edit).collect()
}

fn tell(rows: usize, settled: &Settled, changed: usize, dry_run: bool) {
    let Settled { estimates, spread, counted, homeless } = settled;
    let households: u64 = estimates.iter().map(|(_, households)| u64::from(*households)).sum();
    let would = if dry_run { "would be " } else { "" };
    println!(
        "population: {rows} cells; {households} households estimated in {} buildings, {changed} of them {would}changed",
        estimates.len()
    );
    println!(
        "people: {spread:.0} spread, {counted:.0} in buildings that were counted, {homeless:.0} in cells without a \
         building that could hold them"
    );
    if dry_run {
        println!("nothing was written (--dry-run)");
    }
}
