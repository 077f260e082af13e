//! Options of the command line that are settings. They are kept as text and join the other
//! sources in `read`; wrong ones are refused here, so that they are wrong usage.

use super::keys;
use super::settings::Settings;
use clap::Args;
use std::path::PathBuf;

/// Options of every command, before or after its name.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// The database: a GeoPackage file or postgres://user@host/name [default: wangge.gpkg]
    #[arg(long, global = true, value_name = "PATH|URL", value_parser = |t: &str| checked("database", t))]
    pub database: Option<String>,
    /// What is logged on standard error, e.g. info or wangge=debug [default: info,sqlx=warn]
    #[arg(long, global = true, value_name = "FILTER", value_parser = |t: &str| checked("log", t))]
    pub log: Option<String>,
    /// The settings file [default: wangge.toml, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Any setting by its name in the file, e.g. limits.rate=50; see `wangge config`
    #[arg(long = "set", global = true, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
}

/// Where the service answers.
#[derive(Debug, Clone, Default, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = |t: &str| checked("listen", t))]
    pub listen: Option<String>,
    /// Address that links carry, whatever a request says, e.g. https://map.example.cn
    #[arg(long, value_name = "URL", value_parser = |t: &str| checked("public_url", t))]
    pub public_url: Option<String>,
}

/// The options that were given, by name of the setting, with the option's own name.
pub fn given(global: &Global, listen: Option<&Listen>) -> Vec<(String, String, &'static str)> {
    let set = global.set.iter().map(|(name, text)| (name.clone(), text.clone(), "--set"));
    let own = [
        ("database", global.database.as_ref(), "--database"),
        ("log", global.log.as_ref(), "--log"),
        ("listen", listen.and_then(|l| l.listen.as_ref()), "--listen"),
        ("public_url", listen.and_then(|l| l.public_url.as_ref()), "--public-url"),
    ];
    let own = own.into_iter().filter_map(|(name, text, flag)| Some((name.to_owned(), text?.clone(), flag)));
    set.chain(own).collect()
}

fn checked(name: &str, text: &str) -> Result<String, String> {
    let key = keys::find(name).ok_or_else(|| format!("{name} is not a setting; see `wangge config`"))?;
    (key.set)(&mut Settings::default(), text).map(|()| text.to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("is not NAME=VALUE")?;
    checked(name.trim(), value.trim()).map(|value| (name.trim().to_owned(), value))
}
