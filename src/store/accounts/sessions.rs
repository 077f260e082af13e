//! Sessions of people who logged in. The database has hashes of their secrets only.

use super::users::grants_of;
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{SecretHash, SessionId, User, UserId};
use crate::store::plain::PlainRow;
use crate::store::{Store, StoreError, audit, time};
use chrono::{DateTime, TimeDelta, Utc};

/// A session that nobody uses for so long has ended.
pub const IDLE: TimeDelta = TimeDelta::hours(12);
/// Uses nearer together than this are not told apart: a map asks for many tiles at once.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// Ends then, however much it is used.
    pub expires_at: DateTime<Utc>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

impl SessionRow {
    /// When it ends if it is not used any more.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.expires_at.min(self.last_seen_at + IDLE)
    }

    /// Whether a use now should be noted.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        now - self.last_seen_at > TOUCH
    }
}

#[derive(Debug, Clone)]
pub struct NewSession {
    pub secret: SecretHash,
    pub expires_at: DateTime<Utc>,
    pub user_agent: Option<String>,
    /// The session that this one takes the place of.
    pub instead_of: Option<SessionId>,
}

const BY_SECRET: &str = "SELECT s.id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent, \
    u.id, u.name, u.display_name FROM wangge_session s JOIN wangge_user u ON u.id = s.user_id \
    WHERE s.secret = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT u.disabled";
const OF_USER: &str = "SELECT id, created_at, last_seen_at, expires_at, address, user_agent FROM wangge_session \
    WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, id DESC";
const CLEAN: &str = "DELETE FROM wangge_session WHERE expires_at <= $1 OR last_seen_at <= $2";
const END: &str = "DELETE FROM wangge_session WHERE id = $1 AND user_id = $2";
const REPLACE: &str = "DELETE FROM wangge_session WHERE id = $1";
const BEGIN: &str = "INSERT INTO wangge_session (secret, user_id, created_at, last_seen_at, expires_at, address, user_agent) \
    SELECT $1, id, $3, $3, $4, $5, $6 FROM wangge_user WHERE id = $2 AND NOT disabled";
const ID: &str = "SELECT id FROM wangge_session WHERE secret = $1";
const LOGIN: &str = "UPDATE wangge_user SET last_login_at = $2 WHERE id = $1";
const SEEN: &str = "UPDATE wangge_session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";

fn session(row: &PlainRow) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: SessionId(row.int(0)?),
        created_at: time::read(&row.text(1)?)?,
        last_seen_at: time::read(&row.text(2)?)?,
        expires_at: time::read(&row.text(3)?)?,
        address: row.maybe(4)?,
        user_agent: row.maybe(5)?,
    })
}

impl Store {
    /// The live session with this secret, and its user.
    pub async fn session(
        &self,
        secret: SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<(SessionRow, User)>, StoreError> {
        let mut tx = self.plain_read().await?;
        let args = vec![secret.0.as_slice().into(), time::text(now).into(), time::text(now - IDLE).into()];
        let Some(row) = tx.row(BY_SECRET, args).await? else { return Ok(None) };
        let id = row.int(6)?;
        let grants = grants_of(&mut tx, id).await?;
        let user = User { id: UserId(id), name: row.text(7)?, display_name: row.maybe(8)?, grants };
        Ok(Some((session(&row)?, user)))
    }

    /// The user's live sessions, the one used last first.
    pub async fn sessions(&self, user: UserId, now: DateTime<Utc>) -> Result<Vec<SessionRow>, StoreError> {
        let args = vec![user.0.into(), time::text(now).into(), time::text(now - IDLE).into()];
        self.plain_read().await?.rows(OF_USER, args).await?.iter().map(session).collect()
    }

    /// Begins a session. `None`: the user was disabled meanwhile.
    pub async fn begin_session(
        &self,
        user: UserId,
        new: &NewSession,
        stamp: &Stamp,
    ) -> Result<Option<SessionId>, StoreError> {
        let mut tx = self.plain_write().await?;
        let now = time::text(stamp.at);
        tx.run(CLEAN, vec![now.clone().into(), time::text(stamp.at - IDLE).into()]).await?;
        if let Some(old) = new.instead_of {
            tx.run(REPLACE, vec![old.0.into()]).await?;
        }
        let args = vec![
            new.secret.0.as_slice().into(),
            user.0.into(),
            now.clone().into(),
            time::text(new.expires_at).into(),
            stamp.address.map(|a| a.to_string()).into(),
            new.user_agent.clone().into(),
        ];
        if tx.run(BEGIN, args).await? == 0 {
            return Ok(None);
        }
        tx.run(LOGIN, vec![user.0.into(), now.into()]).await?;
        let row = tx.row(ID, vec![new.secret.0.as_slice().into()]).await?;
        let id = row.map(|r| r.int(0)).transpose()?.map(SessionId);
        audit::add(&mut tx, &Entry::new(stamp, "session.begin")).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Notes that the session was used.
    pub async fn touch_session(&self, id: SessionId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.plain_write().await?;
        tx.run(SEEN, vec![id.0.into(), time::text(now).into()]).await?;
        tx.commit().await
    }

    /// Ends a session of the user; whether there was one.
    pub async fn end_session(&self, user: UserId, id: SessionId, stamp: &Stamp) -> Result<bool, StoreError> {
        let mut tx = self.plain_write().await?;
        if tx.run(END, vec![id.0.into(), user.0.into()]).await? == 0 {
            return Ok(false);
        }
        audit::add(&mut tx, &Entry::new(stamp, "session.end").on(id.0)).await?;
        tx.commit().await?;
        Ok(true)
    }
}
