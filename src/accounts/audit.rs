//! What was done, by whom, when and from where: what the audit tells. Never holds a password, a
//! secret or a hash of one.

use crate::atlas::Ident;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::net::IpAddr;

/// Who acts, when, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub at: DateTime<Utc>,
    /// Name of the user.
    pub actor: Option<String>,
    /// `anonymous`, `session`, `token:NUMBER` or `cli`.
    pub via: String,
    pub address: Option<IpAddr>,
}

/// One line of the audit that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub stamp: Stamp,
    /// What was done, e.g. `item.update`; the kinds of action are named where they are done.
    pub action: &'static str,
    pub layer: Option<Ident>,
    pub target: Target,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    #[default]
    Nothing,
    /// A feature's number, a user's name, …
    Known(String),
    /// The feature that the batch inserts as the so-manieth, counted from 0: the database numbers it.
    Inserted(usize),
}

impl Entry {
    pub fn new(stamp: &Stamp, action: &'static str) -> Self {
        let stamp = stamp.clone();
        Self { stamp, action, layer: None, target: Target::Nothing, before: None, after: None }
    }

    pub fn on(mut self, target: impl ToString) -> Self {
        self.target = Target::Known(target.to_string());
        self
    }

    pub fn in_layer(mut self, layer: &Ident) -> Self {
        self.layer = Some(layer.clone());
        self
    }

    pub fn inserted(mut self, index: usize) -> Self {
        self.target = Target::Inserted(index);
        self
    }

    pub fn before(mut self, value: impl Into<Value>) -> Self {
        self.before = Some(value.into());
        self
    }

    pub fn after(mut self, value: impl Into<Value>) -> Self {
        self.after = Some(value.into());
        self
    }
}
