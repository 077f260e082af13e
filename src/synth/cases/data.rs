//! `geodata/issues/demo.json`: how many cases of which kind a town has in half a year, and the
//! sentences that people say.

use super::super::figures::PlaceKey;
use crate::atlas::Ident;
use serde::Deserialize;
use std::collections::BTreeMap;

const TEXT: &str = include_str!("../../../geodata/issues/demo.json");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    #[serde(rename = "note")]
    _note: String,
    places: BTreeMap<String, Amounts>,
    pub categories: BTreeMap<String, Texts>,
    pub words: Words,
}

/// A town's half-year, by category.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    pub cases: BTreeMap<String, u32>,
    /// What their quantities add up to.
    pub amounts: BTreeMap<String, (Ident, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Season {
    Flat,
    Rain,
    Summer,
    Winter,
    Spring,
    Dry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// In front of a building.
    Street,
    /// At it.
    Building,
}

/// What is said of a category; `{a}` is the address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub season: Season,
    #[serde(rename = "where")]
    pub site: Site,
    pub reports: Vec<String>,
    pub results: Vec<String>,
    /// Where another level solved it.
    #[serde(default)]
    pub passed_up: Vec<String>,
}

/// What is said whatever it is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub reject: Vec<String>,
    #[serde(rename = "return")]
    pub give_back: Vec<String>,
    pub escalate: Vec<String>,
    pub extend: Vec<String>,
    pub suspend: Vec<String>,
    pub fail: Vec<String>,
    pub explain: Vec<String>,
    pub void: Vec<String>,
    pub join: Vec<String>,
    pub reopen: Vec<String>,
    pub comment: Vec<String>,
    pub answer: Vec<String>,
    pub rating: Vec<String>,
}

impl Demo {
    pub fn built_in() -> Self {
        serde_json::from_str(TEXT).unwrap_or_else(|e| unreachable!("geodata/issues/demo.json: {e}"))
    }

    pub fn of(&self, key: PlaceKey) -> &Amounts {
        &self.places[key.as_str()]
    }
}
