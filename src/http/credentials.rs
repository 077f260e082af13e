//! Who calls, by the session's cookie or a token. Nothing that was sent is ever logged.

use super::error::{Kind, Problem};
use super::extract::whence;
use crate::accounts::audit::Stamp;
use crate::accounts::{Caller, Secret, Via};
use crate::app::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use std::sync::Arc;

pub const COOKIE: &str = "wangge_session";

/// Who calls, and until when the credentials hold.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub caller: Caller,
    pub ends_at: Option<DateTime<Utc>>,
    /// What the browser or program calls itself.
    pub user_agent: Option<String>,
}

/// Characters kept of it.
const AGENT: usize = 200;

/// Whether somebody sat there and asked, or an open page by itself: only the former keeps a session
/// from ending for want of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    Somebody,
    OpenPage,
}

/// Finds out who calls. A cookie that is not valid any more is nobody's: a browser sends it on and
/// on. A token that is not valid is refused.
pub async fn find(app: &Arc<App>, headers: &HeaderMap, asks: Asks) -> Result<Known, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    let (caller, ends_at) = caller(app, headers, asks).await?;
    Ok(Known { caller, ends_at, user_agent: agent.map(|a| a.chars().take(AGENT).collect()) })
}

async fn caller(app: &Arc<App>, headers: &HeaderMap, asks: Asks) -> Result<(Caller, Option<DateTime<Utc>>), Problem> {
    let now = (app.clock)();
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let text = authorization.to_str().unwrap_or_default();
        let (scheme, token) = text.split_once(' ').unwrap_or_default();
        let secret = Secret::from_token(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"));
        let found = match secret {
            Some(secret) => app.store.token(secret.hash(), now).await.map_err(Problem::store)?,
            None => None,
        };
        let refused = || Problem::new(Kind::NotLoggedIn, "The token is not valid, or not any more.");
        let (row, user) = found.ok_or_else(refused)?;
        if row.is_stale(now) {
            note(app, Via::Token(row.id, row.scopes), now);
        }
        return Ok((Caller::Known { user, via: Via::Token(row.id, row.scopes) }, row.expires_at));
    }
    let Some(secret) = cookie(headers) else { return Ok(Default::default()) };
    let found = app.store.session(secret.hash(), now).await.map_err(Problem::store)?;
    let Some((row, user)) = found else { return Ok(Default::default()) };
    if asks == Asks::Somebody && row.is_stale(now) {
        note(app, Via::Session(row.id), now);
    }
    Ok((Caller::Known { user, via: Via::Session(row.id) }, Some(row.ends_at())))
}

/// The session's secret, when the request brings one.
fn cookie(headers: &HeaderMap) -> Option<Secret> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).find_map(|(_, value)| Secret::from_cookie(value))
}

/// Notes the use; nobody waits for it.
pub fn note(app: &Arc<App>, via: Via, now: DateTime<Utc>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let noted = match via {
            Via::Session(id) => app.store.touch_session(id, now).await,
            Via::Token(id, _) => app.store.touch_token(id, now).await,
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a session or token was not noted");
        }
    });
}

/// Who acts, when, and from where, for the audit.
pub struct Acting(pub Stamp);

impl FromRequestParts<Arc<App>> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let address = Some(whence(parts)?.address);
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        let via = match &caller {
            Caller::Anonymous => "anonymous".to_owned(),
            Caller::Known { via: Via::Session(_), .. } => "session".to_owned(),
            Caller::Known { via: Via::Token(id, _), .. } => format!("token:{}", id.0),
        };
        let actor = caller.user().map(|u| u.name.clone());
        Ok(Self(Stamp { at: (app.clock)(), actor, via, address }))
    }
}
