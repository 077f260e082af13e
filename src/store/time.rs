//! Moments as the service's own tables keep them: RFC 3339 in UTC with milliseconds, which sorts
//! as text.

use super::StoreError;
use chrono::{DateTime, SecondsFormat, Utc};

pub fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub fn read(text: &str) -> Result<DateTime<Utc>, StoreError> {
    let read = DateTime::parse_from_rfc3339(text);
    Ok(read.map_err(|e| sqlx::Error::Decode(format!("{text:?} is no time: {e}").into()))?.to_utc())
}
