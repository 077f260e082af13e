//! The office of dispatch for commands that make cases without a running service.

use super::{CliError, map};
use crate::app::office::{Office, Rules};
use crate::config::Settings;
use crate::store::Store;
use std::sync::Arc;

/// On the whole map: rules of routing may name any layer.
pub async fn all(store: &Store, settings: &Settings) -> Result<Office, CliError> {
    some(store, settings, |_| true).await
}

/// On the layers that are asked for.
pub async fn some(store: &Store, settings: &Settings, wanted: impl Fn(&str) -> bool) -> Result<Office, CliError> {
    let rules = Rules::read(&settings.dispatch).map_err(CliError::failed)?;
    Ok(Office::new(Arc::new(map::some(store, wanted).await?), &rules))
}
