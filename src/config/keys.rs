//! The table of settings: name, meaning, how it is read and shown. The name in the file is the
//! name here (`limits.rate` is `rate` in `[limits]`), in the environment `WANGGE_LIMITS_RATE`,
//! and on the command line `--set limits.rate=…`.

use super::settings::Settings;
use super::value::{Value, whole};

/// A row of the table.
pub struct Key {
    pub name: &'static str,
    pub about: &'static str,
    /// The value as TOML, without secrets.
    pub show: fn(&Settings) -> String,
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

impl Key {
    /// `WANGGE_LIMITS_RATE`.
    pub fn variable(&self) -> String {
        format!("WANGGE_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

/// The key of that name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

macro_rules! key {
    ($name:literal, $($field:ident).+, $about:literal) => {
        Key {
            name: $name,
            about: $about,
            show: |s| s.$($field).+.show(),
            set: |s, text| Value::read(text).map(|value| s.$($field).+ = value),
        }
    };
    ($name:literal, $($field:ident).+, $bounds:expr, $about:literal) => {
        Key {
            name: $name,
            about: $about,
            show: |s| s.$($field).+.to_string(),
            set: |s, text| whole(text, $bounds).map(|value| s.$($field).+ = value),
        }
    };
}

const DAY: u64 = 86_400;
const MANY: u64 = 1_000_000;
const KIB: u64 = 1 << 10;
const TIB: u64 = 1 << 40;

pub const KEYS: &[Key] = &[
    key!("database", database, "A GeoPackage file, or postgres://user@host/name"),
    key!("listen", listen, "Address and port; port 0 takes a free one"),
    key!("public_url", public_url, "Address that links carry, whatever a request says"),
    key!("log", log, "What is logged on standard error, e.g. info or wangge=debug"),
    key!("log_format", log_format, "text, or json: one object a line"),
    key!("proxy.trusted", trusted_proxies, "Reverse proxies whose X-Forwarded-* headers and X-Request-Id are believed"),
    key!(
        "limits.header_seconds",
        limits.header_seconds,
        1..=DAY,
        "For the head of a request, and between two requests of a connection"
    ),
    key!("limits.body_seconds", limits.body_seconds, 1..=DAY, "For the whole body of a request"),
    key!(
        "limits.slow_bytes_per_second",
        limits.slow_bytes_per_second,
        0..=MANY,
        "Whoever sends or reads more slowly than this ..."
    ),
    key!("limits.slow_seconds", limits.slow_seconds, 1..=DAY, "... for so long is cut off"),
    key!("limits.request_seconds", limits.request_seconds, 1..=DAY, "For the answer, once the body is there"),
    key!("limits.body_bytes", limits.body_bytes, KIB..=TIB, "Longest body"),
    key!(
        "limits.small_body_bytes",
        limits.small_body_bytes,
        KIB..=TIB,
        "Longest body for accounts, sessions and tokens"
    ),
    key!("limits.stream_bytes", limits.stream_bytes, KIB..=TIB, "Longest body that is answered row by row"),
    key!("limits.connections", limits.connections, 1..=MANY, "Open connections; more are answered 503 at once"),
    key!(
        "limits.concurrency",
        limits.concurrency,
        1..=MANY,
        "Requests being answered at once; more are answered 503 at once"
    ),
    key!("limits.streams", limits.streams, 1..=MANY, "Open streams of changes"),
    key!(
        "limits.member_stream_seconds",
        limits.member_stream_seconds,
        1..=DAY,
        "Longest stream of somebody with an account; a browser comes back at once, with the rights of then"
    ),
    key!(
        "limits.rate",
        limits.rate,
        0..=MANY,
        "Tokens a second for one address (README: what costs how many); 0: no limit"
    ),
    key!("limits.burst", limits.burst, 1..=MANY, "Tokens that an address can save up"),
    key!(
        "limits.account_rate",
        limits.account_rate,
        0..=MANY,
        "Tokens a second for one account, wherever it asks from; 0: no limit"
    ),
    key!("limits.account_burst", limits.account_burst, 1..=MANY, "Tokens that an account can save up"),
    key!(
        "limits.reports_per_hour",
        limits.reports_per_hour,
        0..=MANY,
        "Reports an hour from one address without an account; 0: no limit"
    ),
    key!("limits.report_burst", limits.report_burst, 1..=MANY, "Reports that an address can save up"),
    key!("limits.exempt", limits.exempt, "Addresses without a rate"),
    key!(
        "planning.public_coverage",
        planning.public_coverage,
        "true: everybody may ask who has what within reach, by area"
    ),
    key!("dispatch.categories", dispatch.categories, "File in the place of geodata/issues/categories.json"),
    key!("dispatch.routing", dispatch.routing, "File in the place of geodata/issues/routing.json"),
    key!("dispatch.working_hours", dispatch.working_hours, "File in the place of geodata/calendars/working_hours.json"),
    key!("dispatch.holidays", dispatch.holidays, "File in the place of geodata/calendars/cn.json"),
    key!("stop.delay_seconds", stop.delay_seconds, 0..=3600, "Between 'not ready' and taking no more connections"),
    key!("stop.patience_seconds", stop.patience_seconds, 0..=3600, "For the answers that are under way then"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice() {
        for (i, key) in KEYS.iter().enumerate() {
            assert!(KEYS[..i].iter().all(|k| k.name != key.name && k.variable() != key.variable()), "{}", key.name);
        }
    }
}
