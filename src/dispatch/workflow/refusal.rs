//! Why something may not be done. Each names the field that is at fault, where one is.

use super::table::Need;
use crate::dispatch::words::{Action, State};

/// An action that was not done; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a case that is {state}{} cannot be given the action {action}", if *.suspended { " and put off" } else { "" })]
    NotNow { state: State, suspended: bool, action: Action },
    #[error("{0} is not for you to do on this case as it stands")]
    NotYou(Action),
    #[error("{}", missing(*.0))]
    Missing(Need),
    #[error("whoever finished it cannot check it")]
    SamePerson,
    #[error("it has not passed its check")]
    NotChecked,
    #[error("it has passed its check already")]
    AlreadyChecked,
    #[error("the limit is over: it can only be extended before")]
    Expired,
    #[error("the limit was extended already")]
    AlreadyExtended,
    #[error("until is not later than what holds now, as the limit counts time")]
    TooEarly,
    #[error("until is too late: {0}")]
    TooLate(&'static str),
    #[error("there is no level above this one")]
    TopLevel,
    #[error("the triage has decided that it is yours: pass it up or say why it cannot be done")]
    Triaged,
    #[error("it is theirs already")]
    SameOwner,
    #[error("that owner is on a wider level: pass the case up instead")]
    WiderOwner,
    #[error("you can hand it only to {0}")]
    NotCoOwner(String),
    #[error("it was reopened once already")]
    ReopenedAlready,
    #[error("a case cannot be joined to itself")]
    JoinedToItself,
    #[error("a rating is a number from 1 to 5, given by the reporter when the case is over")]
    Rating,
    #[error("there is no category {0}")]
    UnknownCategory(String),
}

fn missing(need: Need) -> &'static str {
    match need {
        Need::Reason => "a reason is needed",
        Need::Photo => "a photo is needed",
        Need::Time => "a time is needed: until when",
        Need::Owner => "it must be said to whom",
        Need::Checked => "it has not passed its check",
        Need::AnotherPerson => "another person must do that",
    }
}

impl Refusal {
    /// The field of the request that is at fault.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Missing(Need::Reason) => Some("note"),
            Self::Missing(Need::Photo) => Some("photos"),
            Self::Missing(Need::Time) | Self::TooEarly | Self::TooLate(_) => Some("until"),
            Self::Missing(Need::Owner) | Self::SameOwner | Self::WiderOwner | Self::NotCoOwner(_) => Some("to"),
            Self::JoinedToItself => Some("joined_to"),
            Self::Rating => Some("rating"),
            Self::UnknownCategory(_) => Some("category"),
            _ => None,
        }
    }

    /// The caller lacks the right; all else is the case's state or the request.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::NotYou(_) | Self::SamePerson | Self::NotCoOwner(_))
    }
}
