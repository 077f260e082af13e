//! What every address about cases needs: the office at one moment, who asks, and what they may see.

use crate::accounts::{Caller, Secret};
use crate::app::App;
use crate::app::office::Office;
use crate::dispatch::{Case, CaseNumber};
use crate::http::error::{Kind, Problem};
use crate::http::extract::whence;
use crate::store::issues::{IssueScope, Stored};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, SecondsFormat, Utc};
use std::net::IpAddr;
use std::sync::Arc;

/// The office and who asks it.
pub struct Desk {
    pub app: Arc<App>,
    pub office: Arc<Office>,
    /// Anybody, where a token does not cover what is asked.
    pub caller: Caller,
    pub scope: IssueScope,
    pub now: DateTime<Utc>,
    pub address: Option<IpAddr>,
}

impl FromRequestParts<Arc<App>> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let office = app.office().ok_or_else(|| Problem::new(Kind::Loading, "Try again in a moment."))?;
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        let scopes = caller.scopes();
        let covered = if parts.method.is_safe() { scopes.read } else { scopes.write };
        let caller = if covered { caller } else { Caller::Anonymous };
        let scope = office.scope(&caller);
        let now = Office::moment((app.clock)());
        let address = Some(whence(parts)?.address);
        Ok(Self { app: Arc::clone(app), office, caller, scope, now, address })
    }
}

/// A case that the asker may see, and why.
pub struct Found {
    pub stored: Stored,
    /// The key of the private link fits.
    pub by_link: bool,
    /// By role, where the case is.
    pub staff: bool,
}

impl Desk {
    /// The case, for who may see it; for all others there is none.
    pub async fn find(&self, number: &str, key: Option<&str>) -> Result<Found, Problem> {
        let number = CaseNumber(number.to_owned());
        let stored = self.app.store.issue(&number).await.map_err(Problem::store)?.ok_or_else(no_case)?;
        let by_link = match key.and_then(Secret::from_cookie) {
            Some(key) => self.app.store.issue_key_fits(stored.id, key.hash()).await.map_err(Problem::store)?,
            None => false,
        };
        let staff = self.sees(&stored.case);
        if by_link || staff { Ok(Found { stored, by_link, staff }) } else { Err(no_case()) }
    }

    /// Whether the asker's role shows the case.
    pub fn sees(&self, case: &Case) -> bool {
        self.office.sees(&self.scope, case)
    }

    /// A moment at the place.
    pub fn local(&self, at: DateTime<Utc>) -> String {
        local(&self.office, at)
    }

    pub fn maybe_local(&self, at: Option<DateTime<Utc>>) -> Option<String> {
        at.map(|at| self.local(at))
    }
}

/// RFC 3339 with the place's offset.
pub fn local(office: &Office, at: DateTime<Utc>) -> String {
    at.with_timezone(&office.calendar.zone()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// The same whether there is none or it is not the asker's to know.
pub fn no_case() -> Problem {
    Problem::not_found("there is no such case")
}
