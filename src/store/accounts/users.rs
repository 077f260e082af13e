//! Users and their grants.

use super::AccountError;
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{AreaCode, Grant, GrantId, PasswordHash, Role, SessionId, User, UserId, UserName};
use crate::store::plain::{Arg, PlainRow, PlainTx};
use crate::store::{Store, StoreError, audit, time};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A user as stored, without the password.
#[derive(Debug, Clone, PartialEq)]
pub struct UserRow {
    pub user: User,
    pub disabled: bool,
    pub created_at: DateTime<Utc>,
    pub last_login_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
pub struct NewUser {
    pub name: UserName,
    pub display_name: Option<String>,
    pub password: PasswordHash,
    pub grants: Vec<(Role, Option<AreaCode>)>,
}

/// What is to be changed; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// `Some(None)` takes it away.
    pub display_name: Option<Option<String>>,
    /// Ends all sessions; tokens are refused as long as it holds.
    pub disabled: Option<bool>,
    /// Ends all sessions but `keep`.
    pub password: Option<PasswordHash>,
    pub keep: Option<SessionId>,
}

/// What may be changed of whom: a rule over the user as stored, asked inside the transaction.
pub trait May: Fn(&UserRow) -> bool + Send + Sync {}
impl<F: Fn(&UserRow) -> bool + Send + Sync> May for F {}

impl UserRow {
    /// As the audit tells it.
    fn told(&self) -> Value {
        let grants: Vec<Value> = self.user.grants.iter().map(|g| told(g.role, g.area.as_ref())).collect();
        json!({"display_name": self.user.display_name, "disabled": self.disabled, "grants": grants})
    }
}

fn told(role: Role, area: Option<&AreaCode>) -> Value {
    json!({"role": role, "area": area})
}

const USER: &str =
    "SELECT id, name, display_name, disabled, created_at, last_login_at FROM wangge_user WHERE name = $1";
const USERS: &str = "SELECT id, name, display_name, disabled, created_at, last_login_at FROM wangge_user ORDER BY name";
const GRANTS: &str = "SELECT user_id, id, role, area FROM wangge_grant WHERE user_id = $1 ORDER BY id";
const ALL_GRANTS: &str = "SELECT user_id, id, role, area FROM wangge_grant ORDER BY id";
const PASSWORD: &str = "SELECT password FROM wangge_user WHERE id = $1";
const ADD: &str = "INSERT INTO wangge_user (name, display_name, password, created_at) VALUES ($1, $2, $3, $4)";
const CHANGE: &str = "UPDATE wangge_user SET display_name = $2, disabled = $3 WHERE id = $1";
const SET_PASSWORD: &str = "UPDATE wangge_user SET password = $2 WHERE id = $1";
const END_SESSIONS: &str = "DELETE FROM wangge_session WHERE user_id = $1 AND id <> $2";
const GRANT: &str = "INSERT INTO wangge_grant (user_id, role, area) VALUES ($1, $2, $3)";
const REVOKE: &str = "DELETE FROM wangge_grant WHERE user_id = $1 AND id = $2";
const ADMINS: &str = "SELECT count(*) FROM wangge_grant g JOIN wangge_user u ON u.id = g.user_id \
                      WHERE g.role = 'admin' AND g.area IS NULL AND NOT u.disabled";

fn user(row: &PlainRow, grants: Vec<Grant>) -> Result<UserRow, StoreError> {
    let user = User { id: UserId(row.int(0)?), name: row.text(1)?, display_name: row.maybe(2)?, grants };
    let login = row.maybe(5)?.map(|t| time::read(&t)).transpose()?;
    Ok(UserRow { user, disabled: row.bool(3)?, created_at: time::read(&row.text(4)?)?, last_login_at: login })
}

/// A grant and whose it is; `None` where another program wrote a role that is none.
fn grant(row: &PlainRow) -> Result<Option<(UserId, Grant)>, StoreError> {
    let Some(role) = Role::read(&row.text(2)?) else { return Ok(None) };
    let grant = Grant { id: GrantId(row.int(1)?), role, area: row.maybe(3)?.map(AreaCode) };
    Ok(Some((UserId(row.int(0)?), grant)))
}

pub(super) async fn grants_of(tx: &mut PlainTx, user: i64) -> Result<Vec<Grant>, StoreError> {
    let rows = tx.rows(GRANTS, vec![user.into()]).await?;
    let mut grants = Vec::with_capacity(rows.len());
    for row in &rows {
        grants.extend(grant(row)?.map(|(_, grant)| grant));
    }
    Ok(grants)
}

async fn find(tx: &mut PlainTx, name: &UserName) -> Result<Option<UserRow>, StoreError> {
    let Some(row) = tx.row(USER, vec![name.as_str().into()]).await? else { return Ok(None) };
    let grants = grants_of(tx, row.int(0)?).await?;
    user(&row, grants).map(Some)
}

/// The user, when the rule lets it be changed.
async fn theirs(tx: &mut PlainTx, name: &UserName, may: &impl May) -> Result<UserRow, AccountError> {
    let user = find(tx, name).await?.ok_or(AccountError::NoUser)?;
    if may(&user) { Ok(user) } else { Err(AccountError::Refused) }
}

async fn admins(tx: &mut PlainTx) -> Result<i64, StoreError> {
    let row = tx.row(ADMINS, Vec::new()).await?;
    row.map_or(Ok(0), |r| r.int(0))
}

async fn give(tx: &mut PlainTx, user: UserId, role: Role, area: Option<&AreaCode>) -> Result<(), StoreError> {
    let area = area.map(|a| a.0.clone());
    tx.run(GRANT, vec![user.0.into(), role.as_str().into(), area.into()]).await?;
    Ok(())
}

impl Store {
    /// All users, by name.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let mut tx = self.plain_read().await?;
        let mut grants: HashMap<UserId, Vec<Grant>> = HashMap::new();
        for row in &tx.rows(ALL_GRANTS, Vec::new()).await? {
            if let Some((user, grant)) = grant(row)? {
                grants.entry(user).or_default().push(grant);
            }
        }
        let rows = tx.rows(USERS, Vec::new()).await?;
        rows.iter().map(|row| user(row, grants.remove(&UserId(row.int(0)?)).unwrap_or_default())).collect()
    }

    pub async fn user(&self, name: &UserName) -> Result<Option<UserRow>, StoreError> {
        find(&mut self.plain_read().await?, name).await
    }

    /// The user with the hash of the password, for a login.
    pub async fn user_with_password(&self, name: &UserName) -> Result<Option<(UserRow, PasswordHash)>, StoreError> {
        let mut tx = self.plain_read().await?;
        let Some(user) = find(&mut tx, name).await? else { return Ok(None) };
        let row = tx.row(PASSWORD, vec![user.user.id.0.into()]).await?;
        Ok(row.map(|r| r.text(0)).transpose()?.map(|hash| (user, PasswordHash(hash))))
    }

    pub async fn add_user(&self, new: &NewUser, stamp: &Stamp) -> Result<UserRow, AccountError> {
        let mut tx = self.plain_write().await?;
        if find(&mut tx, &new.name).await?.is_some() {
            return Err(AccountError::NameTaken);
        }
        let args: Vec<Arg> = vec![
            new.name.as_str().into(),
            new.display_name.clone().into(),
            new.password.0.clone().into(),
            time::text(stamp.at).into(),
        ];
        tx.run(ADD, args).await?;
        let id = find(&mut tx, &new.name).await?.ok_or(AccountError::NoUser)?.user.id;
        let mut grants: Vec<_> = new.grants.iter().collect();
        grants.sort();
        grants.dedup();
        for (role, area) in grants {
            give(&mut tx, id, *role, area.as_ref()).await?;
        }
        let user = find(&mut tx, &new.name).await?.ok_or(AccountError::NoUser)?;
        audit::add(&mut tx, &Entry::new(stamp, "user.add").on(&new.name).after(user.told())).await?;
        tx.commit().await?;
        Ok(user)
    }

    pub async fn change_user(
        &self,
        name: &UserName,
        change: &UserChange,
        may: impl May,
        stamp: &Stamp,
    ) -> Result<UserRow, AccountError> {
        let mut tx = self.plain_write().await?;
        let before = theirs(&mut tx, name, &may).await?;
        let (id, had) = (before.user.id.0, admins(&mut tx).await?);
        let display = change.display_name.clone().unwrap_or_else(|| before.user.display_name.clone());
        let disabled = change.disabled.unwrap_or(before.disabled);
        tx.run(CHANGE, vec![id.into(), display.into(), disabled.into()]).await?;
        if let Some(hash) = &change.password {
            tx.run(SET_PASSWORD, vec![id.into(), hash.0.clone().into()]).await?;
            audit::add(&mut tx, &Entry::new(stamp, "user.password").on(name)).await?;
        }
        if disabled || change.password.is_some() {
            let keep = change.keep.map_or(0, |s| s.0);
            tx.run(END_SESSIONS, vec![id.into(), keep.into()]).await?;
        }
        let after = find(&mut tx, name).await?.ok_or(AccountError::NoUser)?;
        if had > 0 && admins(&mut tx).await? == 0 {
            return Err(AccountError::LastAdmin);
        }
        if before.told() != after.told() {
            let entry = Entry::new(stamp, "user.change").on(name).before(before.told()).after(after.told());
            audit::add(&mut tx, &entry).await?;
        }
        tx.commit().await?;
        Ok(after)
    }

    pub async fn add_grant(
        &self,
        name: &UserName,
        (role, area): (Role, Option<&AreaCode>),
        may: impl May,
        stamp: &Stamp,
    ) -> Result<Grant, AccountError> {
        let mut tx = self.plain_write().await?;
        let before = theirs(&mut tx, name, &may).await?;
        let same = |g: &&Grant| g.role == role && g.area.as_ref() == area;
        if before.user.grants.iter().any(|g| same(&g)) {
            return Err(AccountError::GrantExists);
        }
        give(&mut tx, before.user.id, role, area).await?;
        let grants = grants_of(&mut tx, before.user.id.0).await?;
        let grant = grants.into_iter().find(|g| same(&g)).ok_or(AccountError::NoGrant)?;
        audit::add(&mut tx, &Entry::new(stamp, "grant.add").on(name).after(told(role, area))).await?;
        tx.commit().await?;
        Ok(grant)
    }

    pub async fn remove_grant(
        &self,
        name: &UserName,
        id: GrantId,
        may: impl Fn(&UserRow, &Grant) -> bool + Send + Sync,
        stamp: &Stamp,
    ) -> Result<(), AccountError> {
        let mut tx = self.plain_write().await?;
        let before = find(&mut tx, name).await?.ok_or(AccountError::NoUser)?;
        let grant = before.user.grants.iter().find(|g| g.id == id).ok_or(AccountError::NoGrant)?;
        if !may(&before, grant) {
            return Err(AccountError::Refused);
        }
        let had = admins(&mut tx).await?;
        tx.run(REVOKE, vec![before.user.id.0.into(), id.0.into()]).await?;
        if had > 0 && admins(&mut tx).await? == 0 {
            return Err(AccountError::LastAdmin);
        }
        let entry = Entry::new(stamp, "grant.remove").on(name).before(told(grant.role, grant.area.as_ref()));
        audit::add(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
