//! Roles and grants. A resident needs no account, hence no role.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What somebody does here. Roles stand beside each other: none contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks after a grid.
    Worker,
    /// Gives reports to workers and sees who reported.
    Dispatcher,
    /// Edits the map and plans on it.
    Planner,
    /// Decides who has an account, adds layers, reads the audit.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Worker, Self::Dispatcher, Self::Planner, Self::Admin];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Dispatcher => "dispatcher",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Code of a district, town, community or grid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AreaCode(pub String);

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub i64);

/// A role in an area; it holds for what lies inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub role: Role,
    /// `None`: everywhere.
    pub area: Option<AreaCode>,
}
