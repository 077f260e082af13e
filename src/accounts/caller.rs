//! The one who asks: anybody, or a user who logged in or sent a token.

use super::role::{Grant, Role};
use super::sight::{Extent, Sight};
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($name:ident) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    };
}
id!(UserId);
id!(SessionId);
id!(TokenId);

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// Unique; what is typed to log in.
    pub name: String,
    pub display_name: Option<String>,
    pub grants: Vec<Grant>,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes {
    pub read: bool,
    pub write: bool,
}

/// How the caller showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Session(SessionId),
    Token(TokenId, Scopes),
}

/// The one who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Caller {
    /// A resident: no account needed.
    #[default]
    Anonymous,
    Known {
        user: User,
        via: Via,
    },
}

impl Caller {
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Anonymous => None,
            Self::Known { user, .. } => Some(user),
        }
    }

    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Known { via: Via::Session(id), .. } => Some(*id),
            _ => None,
        }
    }

    /// What the credentials allow, whoever uses them. A resident may read.
    pub fn scopes(&self) -> Scopes {
        match self {
            Self::Anonymous => Scopes { read: true, write: false },
            Self::Known { via: Via::Session(_), .. } => Scopes { read: true, write: true },
            Self::Known { via: Via::Token(_, scopes), .. } => *scopes,
        }
    }

    /// Has one of the roles somewhere.
    pub fn has(&self, roles: &[Role]) -> bool {
        self.extent(roles) != Extent::Nothing
    }

    /// Where the caller has one of the roles.
    pub fn extent(&self, roles: &[Role]) -> Extent {
        let grants = self.user().map(|u| u.grants.as_slice()).unwrap_or_default();
        Extent::of(grants.iter().filter(|g| roles.contains(&g.role)))
    }

    /// What the caller may see. A token that may not read sees what everybody sees.
    pub fn sight(&self) -> Sight {
        if self.user().is_none() || !self.scopes().read {
            return Sight::default();
        }
        Sight { member: true, area: self.extent(&Role::ALL), restricted: self.extent(&[Role::Dispatcher, Role::Admin]) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::{AreaCode, GrantId};
    use super::*;

    fn caller(via: Via, grants: &[(Role, Option<&str>)]) -> Caller {
        let grant = |(i, (role, area)): (usize, &(Role, Option<&str>))| Grant {
            id: GrantId(i as i64),
            role: *role,
            area: area.map(|a| AreaCode(a.to_owned())),
        };
        let grants = grants.iter().enumerate().map(grant).collect();
        Caller::Known { user: User { id: UserId(1), name: "ann".into(), display_name: None, grants }, via }
    }

    const SESSION: Via = Via::Session(SessionId(1));

    #[test]
    fn the_same_rights_are_the_same_sight_whoever_holds_them() {
        let one = caller(SESSION, &[(Role::Worker, Some("2")), (Role::Planner, Some("1"))]);
        let other = caller(SESSION, &[(Role::Planner, Some("1")), (Role::Planner, Some("2"))]);
        assert_eq!(one.sight(), other.sight());
        assert_ne!(one.sight(), caller(SESSION, &[(Role::Dispatcher, Some("1")), (Role::Worker, Some("2"))]).sight());
    }

    #[test]
    fn a_token_that_may_not_read_sees_what_everybody_sees() {
        let grants = [(Role::Admin, None)];
        let write_only = Via::Token(TokenId(1), Scopes { read: false, write: true });
        assert_eq!(caller(write_only, &grants).sight(), Caller::Anonymous.sight());
        assert_ne!(caller(SESSION, &grants).sight(), Caller::Anonymous.sight());
    }

    #[test]
    fn a_role_is_held_where_it_was_granted() {
        let ann = caller(SESSION, &[(Role::Worker, None), (Role::Planner, Some("1"))]);
        assert!(ann.has(&[Role::Planner]) && !ann.has(&[Role::Admin, Role::Dispatcher]));
        assert_eq!(ann.extent(&[Role::Worker, Role::Planner]), Extent::Everywhere);
        assert_eq!(ann.extent(&[Role::Planner]), Extent::Areas([AreaCode("1".into())].into()));
    }
}
