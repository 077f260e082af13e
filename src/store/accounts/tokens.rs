//! API tokens. The database has hashes of their secrets only.

use super::users::grants_of;
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{Scopes, SecretHash, TokenId, User, UserId};
use crate::store::plain::PlainRow;
use crate::store::{Store, StoreError, audit, time};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Uses nearer together than this are not told apart.
const TOUCH: TimeDelta = TimeDelta::minutes(5);

#[derive(Debug, Clone, PartialEq)]
pub struct TokenRow {
    pub id: TokenId,
    pub name: String,
    pub scopes: Scopes,
    pub created_at: DateTime<Utc>,
    /// `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl TokenRow {
    /// Whether a use now should be noted.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.last_used_at.is_none_or(|at| now - at > TOUCH)
    }
}

#[derive(Debug, Clone)]
pub struct NewToken {
    pub secret: SecretHash,
    pub name: String,
    pub scopes: Scopes,
    pub expires_at: Option<DateTime<Utc>>,
}

const BY_SECRET: &str = "SELECT t.id, t.name, t.may_read, t.may_write, t.created_at, t.expires_at, t.last_used_at, \
    u.id, u.name, u.display_name FROM wangge_token t JOIN wangge_user u ON u.id = t.user_id \
    WHERE t.secret = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND NOT u.disabled";
const OF_USER: &str = "SELECT id, name, may_read, may_write, created_at, expires_at, last_used_at FROM wangge_token \
    WHERE user_id = $1 ORDER BY id";
const ADD: &str = "INSERT INTO wangge_token (secret, user_id, name, may_read, may_write, created_at, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ID: &str = "SELECT id FROM wangge_token WHERE secret = $1";
const END: &str = "DELETE FROM wangge_token WHERE id = $1 AND user_id = $2";
const USED: &str = "UPDATE wangge_token SET last_used_at = $2 WHERE id = $1";

fn token(row: &PlainRow) -> Result<TokenRow, StoreError> {
    let moment = |text: Option<String>| text.map(|t| time::read(&t)).transpose();
    Ok(TokenRow {
        id: TokenId(row.int(0)?),
        name: row.text(1)?,
        scopes: Scopes { read: row.bool(2)?, write: row.bool(3)? },
        created_at: time::read(&row.text(4)?)?,
        expires_at: moment(row.maybe(5)?)?,
        last_used_at: moment(row.maybe(6)?)?,
    })
}

impl Store {
    /// The live token with this secret, and its user.
    pub async fn token(&self, secret: SecretHash, now: DateTime<Utc>) -> Result<Option<(TokenRow, User)>, StoreError> {
        let mut tx = self.plain_read().await?;
        let args = vec![secret.0.as_slice().into(), time::text(now).into()];
        let Some(row) = tx.row(BY_SECRET, args).await? else { return Ok(None) };
        let id = row.int(7)?;
        let grants = grants_of(&mut tx, id).await?;
        let user = User { id: UserId(id), name: row.text(8)?, display_name: row.maybe(9)?, grants };
        Ok(Some((token(&row)?, user)))
    }

    /// The user's tokens, also those that have expired, the oldest first.
    pub async fn tokens(&self, user: UserId) -> Result<Vec<TokenRow>, StoreError> {
        self.plain_read().await?.rows(OF_USER, vec![user.0.into()]).await?.iter().map(token).collect()
    }

    pub async fn add_token(&self, user: UserId, new: &NewToken, stamp: &Stamp) -> Result<TokenId, StoreError> {
        let mut tx = self.plain_write().await?;
        let args = vec![
            new.secret.0.as_slice().into(),
            user.0.into(),
            new.name.clone().into(),
            new.scopes.read.into(),
            new.scopes.write.into(),
            time::text(stamp.at).into(),
            new.expires_at.map(time::text).into(),
        ];
        tx.run(ADD, args).await?;
        let row = tx.row(ID, vec![new.secret.0.as_slice().into()]).await?;
        let id = TokenId(row.map_or(Ok(0), |r| r.int(0))?);
        let told = json!({"name": new.name, "read": new.scopes.read, "write": new.scopes.write,
            "expires_at": new.expires_at.map(time::text)});
        audit::add(&mut tx, &Entry::new(stamp, "token.add").on(id.0).after(told)).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Notes that the token was used.
    pub async fn touch_token(&self, id: TokenId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.plain_write().await?;
        tx.run(USED, vec![id.0.into(), time::text(now).into()]).await?;
        tx.commit().await
    }

    /// Takes a token of the user away; whether there was one.
    pub async fn end_token(&self, user: UserId, id: TokenId, stamp: &Stamp) -> Result<bool, StoreError> {
        let mut tx = self.plain_write().await?;
        if tx.run(END, vec![id.0.into(), user.0.into()]).await? == 0 {
            return Ok(false);
        }
        audit::add(&mut tx, &Entry::new(stamp, "token.end").on(id.0)).await?;
        tx.commit().await?;
        Ok(true)
    }
}
