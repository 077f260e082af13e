//! Codes of areas by level: where a case lies, and where else it is seen.

use crate::accounts::AreaCode;
use crate::dispatch::{Case, Level};
use std::collections::BTreeMap;

/// At most one area of each level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes(pub BTreeMap<Level, AreaCode>);

impl Codes {
    /// Of the place.
    pub fn of(case: &Case) -> Self {
        Self(case.areas.iter().map(|(level, unit)| (*level, unit.code.clone())).collect())
    }

    /// Without those that the other has as well.
    pub fn without(mut self, other: &Self) -> Self {
        self.0.retain(|level, code| other.0.get(level) != Some(code));
        self
    }

    pub fn get(&self, level: Level) -> Option<String> {
        self.0.get(&level).map(|code| code.0.clone())
    }

    pub fn iter(&self) -> impl Iterator<Item = (Level, &AreaCode)> {
        self.0.iter().map(|(level, code)| (*level, code))
    }
}
