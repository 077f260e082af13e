//! Is this the password? Slowed down where it often was not, and never answered in a way that
//! tells whether there is such a user.

use super::super::compute;
use super::super::error::Problem;
use crate::accounts::audit::{Entry, Stamp};
use crate::accounts::{Password, Throttle, UserName};
use crate::app::App;
use crate::store::accounts::UserRow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, MutexGuard, PoisonError};

fn throttle(app: &App) -> MutexGuard<'_, Throttle> {
    // A panic in between would leave counts, which are right or too high.
    app.throttle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The user whose password it is; `None` when there is none, also when the user is disabled.
pub async fn check(
    app: &Arc<App>,
    name: &UserName,
    password: Password,
    stamp: &Stamp,
) -> Result<Option<UserRow>, Problem> {
    let address = stamp.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    throttle(app).attempt(name, address, stamp.at).map_err(|wait| {
        Problem::too_many_requests(format!("Too many wrong attempts; try again in {} s.", wait.0), wait.0)
    })?;
    let found = app.store.user_with_password(name).await.map_err(Problem::store)?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), Some(hash)));
    let fits = compute(move || password.fits(hash.as_ref())).await?;
    if let Some(user) = user.clone().filter(|user| fits && !user.disabled) {
        throttle(app).succeeded(name, address);
        return Ok(Some(user));
    }
    // What somebody typed who is no user may be a password in the wrong place.
    let mut entry = Entry::new(stamp, "session.refused");
    if let Some(user) = user {
        entry = entry.on(user.user.name);
    }
    app.store.audit(&[entry]).await.map_err(Problem::store)?;
    Ok(None)
}
