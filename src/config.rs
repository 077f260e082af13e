//! The only reader of environment and arguments that hold for every command.

use crate::store::DatabaseUrl;
use clap::Args;
use std::io::IsTerminal;

/// Options of every command, before or after its name.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The database: a GeoPackage file or postgres://user@host/name
    #[arg(long, global = true, env = "WANGGE_DATABASE", default_value = "wangge.gpkg", value_name = "PATH|URL")]
    #[arg(hide_env_values = true)]
    pub database: DatabaseUrl,
    /// What is logged on standard error, e.g. info or wangge=debug
    #[arg(long, global = true, env = "WANGGE_LOG", default_value = "info,sqlx=warn", value_name = "FILTER")]
    pub log: String,
}

/// Where and how the service answers.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
    /// Address that links carry when a proxy stands before the service, e.g. https://map.example.cn
    #[arg(long, env = "WANGGE_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
}

fn public_url(text: &str) -> Result<String, String> {
    let wrong = || "expected http(s)://host without query".to_owned();
    let uri: http::Uri = text.parse().map_err(|_| wrong())?;
    let plain = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none() && uri.host().is_some();
    if plain { Ok(text.trim_end_matches('/').to_owned()) } else { Err(wrong()) }
}

/// Starts the log on standard error; a filter that cannot be read is a usage error.
pub fn start_log(filter: &str) -> Result<(), String> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(filter).map_err(|e| format!("--log {filter:?}: {e}"))?;
    // A second start (tests) keeps the first log.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _started = log.with_ansi(std::io::stderr().is_terminal()).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_http_and_loses_its_last_slash() {
        assert_eq!(public_url("https://map.example.cn/").as_deref(), Ok("https://map.example.cn"));
        for bad in ["map.example.cn", "ftp://x", "http://x/?a", ""] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
