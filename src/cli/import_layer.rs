//! `wangge import layer LAYER FILE`: a planner's own features. All or nothing, every bad row
//! named.

use super::{CliError, Context};
use crate::atlas::snapshot::Place;
use crate::atlas::{CatalogueEntry, Ident};
use crate::exchange::layer::{LayerOptions, Mode, plan};
use crate::exchange::mapping::MapPair;
use crate::exchange::osm::place::first_zoom;
use crate::exchange::report::LayerReport;
use crate::exchange::{Format, Record};
use crate::geometry::datum::Datum;
use crate::geometry::{BBox, LonLat};
use crate::store::{Batch, Op, Store};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct LayerArgs {
    /// Id of the layer, e.g. grid or station
    pub layer: String,
    /// A .geojson, .ndjson or .csv file
    pub file: PathBuf,
    /// Datum of the positions: wgs84, gcj02 (高德, 腾讯) or bd09 (百度)
    #[arg(long, default_value = "wgs84")]
    pub datum: Datum,
    /// Coordinate system of the positions: EPSG:4326 or EPSG:4490
    #[arg(long, value_name = "EPSG:N", value_parser = crs)]
    pub crs: Option<String>,
    /// Put a column into a field; may be repeated. Columns named or titled like a field need none
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    pub pairs: Vec<MapPair>,
    /// Field that tells features apart; default: the layer's code
    #[arg(long, value_name = "FIELD", value_parser = ident)]
    pub key: Option<Ident>,
    /// What happens to features that are there
    #[arg(long, value_enum, default_value_t)]
    pub mode: ModeArg,
    /// Encoding of a text file, e.g. gb18030; default: found out
    #[arg(long)]
    pub encoding: Option<String>,
    /// Only check the file and say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Import the good rows of a file that has bad ones
    #[arg(long)]
    pub skip_bad: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ModeArg {
    /// They stay, the file's are added
    #[default]
    Append,
    /// Rows with the key of one change it
    Upsert,
    /// They are all deleted
    Replace,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Append => Self::Append,
            ModeArg::Upsert => Self::Upsert,
            ModeArg::Replace => Self::Replace,
        }
    }
}

fn crs(text: &str) -> Result<String, String> {
    let number = text.to_ascii_uppercase().replace("EPSG:", "");
    match number.as_str() {
        "4326" | "4490" => Ok(text.to_owned()),
        _ => Err("only EPSG:4326 and EPSG:4490 can be read yet; convert the file first".into()),
    }
}

fn ident(text: &str) -> Result<Ident, String> {
    Ident::new(text).map_err(|e| e.to_string())
}

/// Bad rows told one by one.
const TOLD: usize = 50;

pub async fn run(args: LayerArgs, context: Context) -> Result<(), CliError> {
    let url = context.database;
    let format = Format::of(&args.file).map_err(CliError::failed)?;
    let records = format.read(&args.file, args.encoding.as_deref()).map_err(CliError::failed)?;
    let store = Store::open(&url).await.map_err(CliError::failed)?;
    let done = import(&store, &args, &records).await;
    store.close().await;
    done
}

async fn import(store: &Store, args: &LayerArgs, records: &[Record]) -> Result<(), CliError> {
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    let entry = catalogue.get(&args.layer).ok_or_else(|| {
        let known: Vec<_> = catalogue.iter().map(|e| e.layer.id.as_str()).collect();
        CliError::failed(format!("there is no layer {:?}; there are {}", args.layer, known.join(", ")))
    })?;
    let place = store.meta("place").await.map_err(CliError::failed)?;
    let place: Option<Place> = place.and_then(|v| serde_json::from_value(v).ok());
    let existing = store.load_layer(entry).await.map_err(CliError::failed)?;
    let options = LayerOptions {
        pairs: args.pairs.clone(),
        key: args.key.clone(),
        mode: args.mode.into(),
        datum: args.datum,
        near: place.as_ref().and_then(|p| p.centre).and_then(|[lon, lat]| LonLat::new(lon, lat).ok()),
    };
    let plan = plan(entry, records, &existing.features, &options);
    let plan = plan.map_err(|e| CliError::failed(format!("{}: {e}", args.file.display())))?;
    let report = plan.report;
    tell_faults(&report);
    if report.bad_rows > 0 && !args.skip_bad {
        let (bad, rows) = (report.bad_rows, report.rows);
        return Err(CliError::failed(format!(
            "{bad} of {rows} rows cannot be imported, so nothing was written; --skip-bad imports the others"
        )));
    }
    let mut deleted = report.deleted;
    if !args.dry_run {
        let view = if place.is_none() { first_view(&plan.ops) } else { None };
        let view = view.map(serde_json::to_value).transpose().map_err(CliError::failed)?;
        let meta = view.map(|v| ("place".to_owned(), v)).into_iter().collect();
        let batch = Batch { ops: plan.ops, meta, ..Batch::default() };
        let written = store.write(batch).await.map_err(CliError::failed)?;
        deleted = written.deleted;
    }
    tell(entry, &report, deleted, args.dry_run);
    Ok(())
}

/// A database that says nothing about its place yet opens where its first features are.
fn first_view(ops: &[Op]) -> Option<Place> {
    let features = ops.iter().filter_map(|op| match op {
        Op::Insert { features, .. } => Some(features),
        _ => None,
    });
    let bounds = features.flatten().filter_map(|f| BBox::of(&f.geometry)).reduce(BBox::union)?;
    Some(Place { centre: Some(bounds.centre().into()), zoom: Some(first_zoom(bounds)), ..Place::default() })
}

fn tell_faults(report: &LayerReport) {
    for fault in report.faults.iter().take(TOLD) {
        eprintln!("{fault}");
    }
    if report.faults.len() > TOLD {
        eprintln!("… and {} more faults; {} bad rows in all", report.faults.len() - TOLD, report.bad_rows);
    }
}

fn tell(entry: &CatalogueEntry, report: &LayerReport, deleted: usize, dry_run: bool) {
    let would = if dry_run { "would be " } else { "" };
    let (rows, bad, layer) = (report.rows, report.bad_rows, &entry.layer.id);
    println!(
        "{layer}: {rows} rows; {} {would}added, {} {would}changed, {deleted} {would}deleted, {bad} left out",
        report.added, report.updated
    );
    if !report.extra.is_empty() {
        println!("kept beside the layer's fields: {}", report.extra.join(", "));
    }
    if !report.dropped.is_empty() {
        println!("not imported, the service keeps these names for itself: {}", report.dropped.join(", "));
    }
    if dry_run {
        println!("nothing was written (--dry-run)");
    }
}
