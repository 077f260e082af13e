//! `wangge import osm FILE`: an OSM extract becomes the walking network, the base map, POIs,
//! parking and admin areas; an earlier OSM import is replaced in the same transaction.

use super::progress::Shown;
use super::{CliError, Context};
use crate::atlas::feature::source;
use crate::atlas::snapshot::Place;
use crate::atlas::{Catalogue, Ident};
use crate::exchange::osm::admin::AdminLevels;
use crate::exchange::osm::report::{OsmReport, Tally};
use crate::exchange::osm::{self, OsmImport, features::LAYERS};
use crate::store::{Batch, NetworkArtefact, Op, Store};
use crate::walk::Network;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct OsmArgs {
    /// A .osm.pbf file
    pub file: PathBuf,
    /// Name of the place on the map; default: from the file's largest area or town
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Time zone of the opening hours, e.g. Europe/Monaco; default: from the file or its longitude
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<chrono_tz::Tz>,
    /// Which OSM admin level is which layer, e.g. district=6,town=8,community=10
    #[arg(long, value_name = "LAYER=LEVEL,…")]
    pub admin_levels: Option<AdminLevels>,
    /// Delete the demo town that the database holds
    #[arg(long)]
    pub replace_demo: bool,
}

pub async fn run(args: OsmArgs, context: Context) -> Result<(), CliError> {
    let url = context.database;
    let catalogue = Catalogue::built_in().map_err(CliError::failed)?;
    let mut shown = Shown::new();
    let levels = args.admin_levels.clone().unwrap_or_default();
    // The file is read before the database is touched: a bad file leaves no trace.
    let mut import =
        osm::read_with(&args.file, &catalogue, &levels, &mut |p| shown.show(p)).map_err(CliError::failed)?;
    shown.phase("building network");
    let network = Network::build(&import.streets);
    if let Some(name) = &args.name {
        import.place.name = Some(crate::atlas::layer::Title { zh: name.clone(), en: name.clone() });
    }
    if let Some(zone) = args.timezone {
        import.place.timezone = Some(zone.name().into());
    }
    shown.phase("writing");
    let counts: BTreeMap<Ident, usize> = import.features.iter().map(|(l, f)| (l.clone(), f.len())).collect();
    let report = import.report.clone();
    let store = Store::open(&url).await.map_err(CliError::failed)?;
    let deleted = write(&store, import, &network, args.replace_demo).await;
    store.close().await;
    let deleted = deleted?;
    drop(shown);
    for (layer, count) in counts {
        println!("{:>12} {count:>8}", layer.as_str());
    }
    println!("{:>12} {:>8} nodes, {} edges", "network", network.node_count(), network.edge_count());
    if deleted > 0 {
        println!("{deleted} features of what was there before were replaced");
    }
    tell(&report);
    Ok(())
}

/// Everything in one transaction; how many features were deleted.
async fn write(store: &Store, import: OsmImport, network: &Network, replace_demo: bool) -> Result<usize, CliError> {
    let before = store.meta("place").await.map_err(CliError::failed)?;
    let before: Option<Place> = before.and_then(|v| serde_json::from_value(v).ok());
    let demo = before.as_ref().is_some_and(|p| p.synthetic);
    if demo && !replace_demo {
        let reason = "this database holds a demo town; name another with --database, or say --replace-demo";
        return Err(CliError::failed(reason));
    }
    let mut batch = Batch::default();
    if demo {
        let all = store.catalogue().await.map_err(CliError::failed)?;
        let clear = |e: &crate::atlas::CatalogueEntry| Op::Clear {
            layer: e.layer.id.clone(),
            source: Some(source::DEMO.into()),
        };
        batch.ops.extend(all.iter().map(clear));
    }
    for layer in LAYERS {
        let layer = Ident::new(layer).map_err(CliError::failed)?;
        batch.ops.push(Op::Clear { layer, source: Some(source::OSM.into()) });
    }
    for (layer, features) in import.features {
        batch.ops.push(Op::Insert { layer, features });
    }
    batch.network = Some(NetworkArtefact {
        bytes: network.encode(),
        source: network.source().into(),
        built_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    });
    // A place that somebody described by hand stays.
    let ours = before.is_none_or(|p| p.synthetic || p.name.is_none() || p.attribution == import.place.attribution);
    if ours {
        batch.meta.push(("place".into(), serde_json::to_value(&import.place).map_err(CliError::failed)?));
    }
    Ok(store.write(batch).await.map_err(CliError::failed)?.deleted)
}

fn tell(report: &OsmReport) {
    let line = |what: &str, reason: &str, tally: &Tally| {
        let more = if tally.count > tally.examples.len() { ", …" } else { "" };
        println!("{what}: {} {reason} ({}{more})", tally.count, tally.examples.join(", "));
    };
    for (reason, tally) in &report.skipped {
        line("left out", reason, tally);
    }
    for (reason, tally) in &report.noted {
        line("note", reason, tally);
    }
    if report.missing_nodes > 0 {
        println!("note: {} references to nodes that the file does not hold", report.missing_nodes);
    }
}
