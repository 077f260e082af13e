//! What an operator may replace without a release: categories with their limits, rules of routing,
//! working hours, days off. Files that the settings name; else those that come with the program.

use crate::atlas::{Catalogue, Holidays};
use crate::config::DispatchFiles;
use crate::dispatch::assign::Routing;
use crate::dispatch::{Categories, WorkCalendar, WorkingHours};
use chrono_tz::Tz;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The rules as they were read.
#[derive(Debug, Clone)]
pub struct Rules {
    pub categories: Arc<Categories>,
    /// Which layers there are is known only with the map.
    routing: Option<String>,
    hours: WorkingHours,
    holidays: Option<Arc<Holidays>>,
}

/// A file that the settings name is not taken.
#[derive(Debug, thiserror::Error)]
#[error("dispatch: {}: {reason}", .path.display())]
pub struct RulesError {
    pub path: PathBuf,
    pub reason: String,
}

fn read<T, E: ToString>(
    path: Option<&Path>,
    built_in: impl FnOnce() -> Result<T, E>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, RulesError> {
    let Some(path) = path else {
        let fault = |e: E| RulesError { path: "built in".into(), reason: e.to_string() };
        return built_in().map_err(fault);
    };
    let fault = |reason: String| RulesError { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|e| fault(e.to_string()))?;
    parse(&text).map_err(|e| fault(e.to_string()))
}

impl Rules {
    pub fn read(files: &DispatchFiles) -> Result<Self, RulesError> {
        let holidays = |text: &str| Holidays::read(text).map(|read| Some(Arc::new(read.with_statutory_days())));
        let rules = Self {
            categories: Arc::new(read(files.categories.path(), Categories::built_in, Categories::read)?),
            routing: read(files.routing.path(), || Ok::<_, String>(None), |text| Ok(Some(text.to_owned())))?,
            hours: read(files.working_hours.path(), WorkingHours::built_in, WorkingHours::read)?,
            holidays: read(files.holidays.path(), || Ok(None), holidays)?,
        };
        // A file that fits no layer that comes with the program may fit one that was added.
        Ok(rules)
    }

    /// The rules of routing on these layers. A file that does not fit them is named in the log, and the
    /// built-in rules hold.
    pub fn routing(&self, catalogue: &Catalogue) -> Routing {
        let own = self.routing.as_ref().map(|text| Routing::read(text, &self.categories, catalogue));
        let built_in = || match Routing::built_in(&self.categories, catalogue) {
            Ok(routing) => routing,
            Err(error) => {
                tracing::warn!(%error, "the built-in rules of routing do not fit; cases go by place alone");
                Routing { roles: vec!["grid_worker".into()], co_owner_within_m: 0.0, rules: Vec::new() }
            }
        };
        match own {
            Some(Ok(routing)) => routing,
            Some(Err(error)) => {
                tracing::error!(%error, "the file of routing rules is not taken; the built-in rules hold");
                built_in()
            }
            None => built_in(),
        }
    }

    pub fn calendar(&self, zone: Tz) -> WorkCalendar {
        let holidays = self.holidays.clone().unwrap_or_else(|| Holidays::of_zone(zone));
        WorkCalendar::new(zone, self.hours.clone(), holidays)
    }
}
