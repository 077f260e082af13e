//! Users, their grants, sessions and tokens. Every write is one transaction together with the line
//! of the audit that tells of it.

mod sessions;
mod tokens;
mod users;

pub use sessions::{IDLE, NewSession, SessionRow};
pub use tokens::{NewToken, TokenRow};
pub use users::{NewUser, UserChange, UserRow};

use super::plain::PlainTx;
use super::{Store, StoreError};

/// An account was not changed; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("there is a user of this name already")]
    NameTaken,
    #[error("there is no such user")]
    NoUser,
    #[error("the user has no such grant")]
    NoGrant,
    #[error("the user has this grant already")]
    GrantExists,
    /// Somebody must be able to manage the accounts.
    #[error("nobody would be admin everywhere any more")]
    LastAdmin,
    /// The rule of the caller said no.
    #[error("this user is not the caller's to change")]
    Refused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    pub(super) async fn plain_read(&self) -> Result<PlainTx, StoreError> {
        Ok(match self {
            Self::Geopackage(db) => PlainTx::Geopackage(db.plain_read().await?),
            Self::Postgis(db) => PlainTx::Postgis(db.plain_read().await?),
        })
    }

    /// For what the change log tells of.
    pub(super) async fn plain_logged(&self) -> Result<PlainTx, StoreError> {
        Ok(match self {
            Self::Geopackage(db) => PlainTx::Geopackage(db.plain_logged().await?),
            Self::Postgis(db) => PlainTx::Postgis(db.plain_logged().await?),
        })
    }

    pub(super) async fn plain_write(&self) -> Result<PlainTx, StoreError> {
        Ok(match self {
            Self::Geopackage(db) => PlainTx::Geopackage(db.plain_write().await?),
            Self::Postgis(db) => PlainTx::Postgis(db.plain_write().await?),
        })
    }
}
