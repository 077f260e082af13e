//! One's own account, and those of others: sessions, passwords, tokens, users, grants.

pub mod body;
pub mod grants;
pub mod login;
pub mod password;
pub mod session;
pub mod sessions;
pub mod tokens;
pub mod users;

use super::error::{Kind, Problem};
use crate::store::AccountError;

/// Why an account was not changed, on the wire.
fn problem(error: AccountError) -> Problem {
    match error {
        AccountError::NoUser | AccountError::NoGrant => Problem::not_found(error),
        AccountError::NameTaken | AccountError::GrantExists | AccountError::LastAdmin => {
            Problem::new(Kind::Conflict, error.to_string())
        }
        AccountError::Refused => super::authorization::Rights::refused(),
        AccountError::Store(error) => Problem::store(error),
    }
}
