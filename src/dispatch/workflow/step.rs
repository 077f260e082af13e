//! What somebody wants to do with a case, and what is known around it.

use crate::atlas::Ident;
use crate::dispatch::assign::Assignment;
use crate::dispatch::case::{CaseNumber, Ladder, Owner};
use crate::dispatch::category::Categories;
use crate::dispatch::clock::WorkCalendar;
use crate::dispatch::words::{Action, Source};
use crate::geometry::LonLat;
use chrono::{DateTime, Utc};

/// An action with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub action: Action,
    pub note: Option<String>,
    /// How many photos come with it.
    pub photos: u32,
    /// Extend or suspend until then.
    pub until: Option<DateTime<Utc>>,
    /// Dispatch or reassign to. That the actor may give cases there was made sure of.
    pub to: Option<Owner>,
    /// Void, because it repeats that one.
    pub joined_to: Option<CaseNumber>,
    /// Reassign by a place or category put right.
    pub reroute: Option<Box<Reroute>>,
    pub rating: Option<u8>,
    /// The comment answers the reporter.
    pub answer: bool,
}

impl Step {
    pub fn new(action: Action) -> Self {
        let (note, until, to, joined_to, reroute, rating) = (None, None, None, None, None, None);
        Self { action, note, photos: 0, until, to, joined_to, reroute, rating, answer: false }
    }

    pub fn noting(self, note: &str) -> Self {
        Self { note: Some(note.to_owned()), ..self }
    }

    pub fn until(self, at: DateTime<Utc>) -> Self {
        Self { until: Some(at), ..self }
    }

    pub fn to(self, owner: Owner) -> Self {
        Self { to: Some(owner), ..self }
    }

    pub fn with_photos(self, photos: u32) -> Self {
        Self { photos, ..self }
    }

    pub(super) fn reason(&self) -> Option<&str> {
        self.note.as_deref().map(str::trim).filter(|note| !note.is_empty())
    }
}

/// The place or category as it should have been, and whose it is then.
#[derive(Debug, Clone, PartialEq)]
pub struct Reroute {
    pub place: LonLat,
    pub category: Ident,
    pub assignment: Assignment,
}

/// A report, as far as the workflow is concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub number: CaseNumber,
    pub category: Ident,
    pub source: Source,
    pub place: LonLat,
}

/// What is known around a case at the moment of a step.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    pub categories: &'a Categories,
    pub calendar: &'a WorkCalendar,
    /// Whose the case is on each level, as things are now.
    pub ladder: &'a Ladder,
}
