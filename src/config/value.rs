//! How the types of settings are read from text and written as TOML.

use super::settings::{LogFormat, RuleFile};
use crate::store::DatabaseUrl;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// A setting's type. What is wrong is told without the value where that may be a secret.
pub trait Value: Sized {
    fn read(text: &str) -> Result<Self, String>;
    /// TOML; a secret is left out.
    fn show(&self) -> String;
}

fn quoted(text: &str) -> String {
    // A JSON string is a TOML string.
    serde_json::Value::from(text).to_string()
}

impl Value for DatabaseUrl {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|e: crate::store::DatabaseUrlError| e.to_string())
    }

    fn show(&self) -> String {
        quoted(&self.to_string())
    }
}

/// A filter of the log.
impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        let read = tracing_subscriber::EnvFilter::try_new(text);
        read.map(|_| text.to_owned()).map_err(|e| format!("{text:?} is no log filter: {e}"))
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is neither text nor json")),
        }
    }

    fn show(&self) -> String {
        quoted(if *self == Self::Text { "text" } else { "json" })
    }
}

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is neither true nor false"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for RuleFile {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self((!text.trim().is_empty()).then(|| text.trim().into())))
    }

    fn show(&self) -> String {
        quoted(&self.path().map(|path| path.display().to_string()).unwrap_or_default())
    }
}

impl Value for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is no address with a port, e.g. 127.0.0.1:8080"))
    }

    fn show(&self) -> String {
        quoted(&self.to_string())
    }
}

/// The address that links carry; empty: none is named.
impl Value for Option<String> {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || format!("{text:?} is not http(s)://host without query");
        let uri: http::Uri = text.parse().map_err(|_| wrong())?;
        let web = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        let plain = uri.query().is_none() && !text.contains(['#', '@']);
        if web && plain { Ok(Some(text.trim_end_matches('/').to_owned())) } else { Err(wrong()) }
    }

    fn show(&self) -> String {
        quoted(self.as_deref().unwrap_or_default())
    }
}

/// Addresses and networks, separated by commas.
impl Value for Vec<IpNet> {
    fn read(text: &str) -> Result<Self, String> {
        let named = text.split(',').map(str::trim).filter(|t| !t.is_empty());
        let one = |t: &str| t.parse::<IpNet>().ok().or_else(|| t.parse::<IpAddr>().ok().map(IpNet::from));
        named.map(|t| one(t).ok_or_else(|| format!("{t:?} is no address or network, e.g. 10.0.0.0/8"))).collect()
    }

    fn show(&self) -> String {
        let each: Vec<String> = self.iter().map(|net| quoted(&net.to_string())).collect();
        format!("[{}]", each.join(", "))
    }
}

/// A whole number within bounds.
pub fn whole(text: &str, bounds: std::ops::RangeInclusive<u64>) -> Result<u64, String> {
    let number = text.replace('_', "").parse().ok().filter(|n| bounds.contains(n));
    number.ok_or_else(|| format!("{text:?} is not a whole number from {} to {}", bounds.start(), bounds.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_http_and_loses_its_last_slash() {
        let read = <Option<String> as Value>::read;
        assert_eq!(read("https://map.example.cn/"), Ok(Some("https://map.example.cn".into())));
        assert_eq!(read("https://example.cn/map"), Ok(Some("https://example.cn/map".into())));
        for bad in ["map.example.cn", "ftp://x", "http://x/?a", "http://a@b"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn networks_are_listed_with_commas_and_a_bare_address_is_one() {
        let nets = <Vec<IpNet> as Value>::read("10.0.0.0/8, ::1,").expect("networks");
        assert_eq!(nets.show(), r#"["10.0.0.0/8", "::1/128"]"#);
        assert!(<Vec<IpNet> as Value>::read("10.0.0.0/8, everyone").is_err_and(|e| e.contains("everyone")));
    }
}
