//! Every setting of the service as a typed value, with its default.

use crate::store::DatabaseUrl;
use ipnet::IpNet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// What a service is told. Which names the settings have: [`super::keys`].
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub database: DatabaseUrl,
    /// What is logged, e.g. `info` or `wangge=debug`.
    pub log: String,
    pub log_format: LogFormat,
    pub listen: SocketAddr,
    /// Address that links carry, without a slash at its end; `None`: the one that was asked.
    pub public_url: Option<String>,
    /// Whose `X-Forwarded-*` and `X-Request-Id` are believed.
    pub trusted_proxies: Vec<IpNet>,
    pub limits: Limits,
    pub dispatch: DispatchFiles,
    pub planning: Planning,
    pub stop: Stop,
}

/// What planners ask, and others may be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planning {
    /// Whether everybody may ask for coverage by area.
    pub public_coverage: bool,
}

/// Files that take the place of those that come with the program (`geodata/issues`,
/// `geodata/calendars`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DispatchFiles {
    pub categories: RuleFile,
    pub routing: RuleFile,
    pub working_hours: RuleFile,
    pub holidays: RuleFile,
}

/// The path of a file; `None`: what comes with the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFile(pub Option<PathBuf>);

impl RuleFile {
    pub fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// How much one caller, and all together, may ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// For the head of a request, and for the next request on an open connection.
    pub header_seconds: u64,
    /// For a whole body that is read before it is answered.
    pub body_seconds: u64,
    /// A caller that sends or reads more slowly than this for `slow_seconds` is cut off.
    pub slow_bytes_per_second: u64,
    pub slow_seconds: u64,
    /// For the answer, once the body is there.
    pub request_seconds: u64,
    pub body_bytes: u64,
    /// Of accounts, sessions and tokens.
    pub small_body_bytes: u64,
    /// Of a body that is answered row by row.
    pub stream_bytes: u64,
    pub connections: u64,
    /// Requests being answered at once.
    pub concurrency: u64,
    /// Open streams of changes.
    pub streams: u64,
    /// A stream of somebody with an account ends after this and is asked for anew, so that a right
    /// that was taken away is gone.
    pub member_stream_seconds: u64,
    /// Tokens a second for one address, and how many may be saved up; 0: no limit.
    pub rate: u64,
    pub burst: u64,
    /// The same for one account, wherever it asks from.
    pub account_rate: u64,
    pub account_burst: u64,
    /// Reports an hour from one address without an account, and how many may be saved up; 0: no limit.
    pub reports_per_hour: u64,
    pub report_burst: u64,
    /// Addresses without a rate.
    pub exempt: Vec<IpNet>,
}

/// How the service ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Between "not ready" and taking no more connections.
    pub delay_seconds: u64,
    /// For the answers that are under way then.
    pub patience_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database: DatabaseUrl::Geopackage("wangge.gpkg".into()),
            log: "info,sqlx=warn".into(),
            log_format: LogFormat::Text,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            dispatch: DispatchFiles::default(),
            planning: Planning::default(),
            stop: Stop { delay_seconds: 0, patience_seconds: 10 },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_seconds: 20,
            body_seconds: 60,
            slow_bytes_per_second: 500,
            slow_seconds: 30,
            request_seconds: 120,
            body_bytes: 16 << 20,
            small_body_bytes: 64 << 10,
            stream_bytes: 4 << 30,
            connections: 4096,
            concurrency: 512,
            streams: 2048,
            member_stream_seconds: 60,
            rate: 100,
            burst: 3000,
            account_rate: 200,
            account_burst: 6000,
            reports_per_hour: 30,
            report_burst: 20,
            exempt: loopback(),
        }
    }
}

fn loopback() -> Vec<IpNet> {
    let nets = [ipnet::Ipv4Net::new(Ipv4Addr::new(127, 0, 0, 0), 8).map(IpNet::V4)];
    nets.into_iter().flatten().chain([IpNet::from(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST))]).collect()
}
