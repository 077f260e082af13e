//! `wangge export LAYER FILE`: all properties, restricted ones too, because who holds the
//! database holds them anyway. Demo features say `synthetic`.

use super::{CliError, Context, secret};
use crate::accounts::audit::Entry;
use crate::exchange::Format;
use crate::store::{DatabaseUrl, Store};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Id of the layer, e.g. grid or station
    pub layer: String,
    /// Where to; the ending names the format: .geojson or .csv
    pub file: PathBuf,
}

pub async fn run(args: ExportArgs, context: Context) -> Result<(), CliError> {
    let url = context.database;
    let format = Format::of(&args.file).map_err(CliError::failed)?;
    if let DatabaseUrl::Geopackage(path) = &url
        && !path.exists()
    {
        return Err(CliError::failed(format!("there is no database {}", path.display())));
    }
    let store = Store::open(&url).await.map_err(CliError::failed)?;
    let done = export(&store, format, &args).await;
    store.close().await;
    done
}

async fn export(store: &Store, format: Format, args: &ExportArgs) -> Result<(), CliError> {
    let catalogue = store.catalogue().await.map_err(CliError::failed)?;
    let entry = catalogue.get(&args.layer).ok_or_else(|| {
        let known: Vec<_> = catalogue.iter().map(|e| e.layer.id.as_str()).collect();
        CliError::failed(format!("there is no layer {:?}; there are {}", args.layer, known.join(", ")))
    })?;
    let loaded = store.load_layer(entry).await.map_err(CliError::failed)?;
    // Personal data may leave with it, so it is noted first.
    let told = Entry::new(&secret::stamp(), "layer.export").in_layer(&entry.layer.id);
    let told = told.after(serde_json::json!({"features": loaded.features.len()}));
    store.audit(&[told]).await.map_err(CliError::failed)?;
    format.write(&args.file, entry, &loaded.features).map_err(CliError::failed)?;
    let synthetic = loaded.features.iter().filter(|f| f.is_synthetic()).count();
    let label = if synthetic > 0 { format!(", {synthetic} of them synthetic") } else { String::new() };
    println!("{}: {} features{label} written to {}", entry.layer.id, loaded.features.len(), args.file.display());
    for row in &loaded.set_aside {
        eprintln!("left out: {} {}: {}", entry.layer.id, row.id.0, row.reason);
    }
    Ok(())
}
