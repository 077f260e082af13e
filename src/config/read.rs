//! All sources of settings put together, each value with where it came from, and every fault
//! with its place.

use super::flags::{Global, Listen, given};
use super::keys::{KEYS, Key, find};
use super::settings::Settings;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file that is read when none is named.
const FILE: &str = "wangge.toml";
/// Names the file.
const VARIABLE: &str = "WANGGE_CONFIG";
const PREFIX: &str = "WANGGE_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File { file: PathBuf, line: usize },
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: String,
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

/// The settings that hold, and whence.
#[derive(Debug, Clone)]
pub struct Effective {
    pub settings: Settings,
    /// By name; what is not here is the default.
    origins: BTreeMap<&'static str, Origin>,
    /// Variables that look like settings and are none.
    strange: Vec<String>,
}

impl Effective {
    pub fn origin(&self, name: &str) -> &Origin {
        self.origins.get(name).unwrap_or(&Origin::Default)
    }

    /// Every setting as a line of TOML and where it came from; no secrets.
    pub fn lines(&self) -> Vec<String> {
        let line = |key: &Key| format!("{} = {}  # {}", key.name, (key.show)(&self.settings), self.origin(key.name));
        let strange = self.strange.iter().map(|name| format!("# {name} in the environment is not a setting"));
        KEYS.iter().map(line).chain(strange).collect()
    }
}

/// A settings file that says what every setting means and what it is by default.
pub fn template() -> String {
    let mut text = String::from("# Settings of wangge. A flag wins over the environment, that over this file.\n");
    let mut table = "";
    for key in KEYS {
        let (group, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if group != table {
            text += &format!("\n[{group}]\n");
            table = group;
        }
        text += &format!("# {}\n#{name} = {}\n", key.about, (key.show)(&Settings::default()));
    }
    text
}

/// Reads the file, the environment and the flags of this process.
pub fn effective(global: &Global, listen: Option<&Listen>) -> Result<Effective, Vec<Fault>> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|n| n.starts_with(PREFIX))?;
        Some((name, value.into_string().unwrap_or_else(|bad| bad.to_string_lossy().into_owned())))
    });
    let variables: BTreeMap<String, String> = variables.collect();
    let named = global.config.clone().or_else(|| variables.get(VARIABLE).map(PathBuf::from));
    let file = match (named, Path::new(FILE).exists()) {
        (Some(file), _) => Some(file),
        (None, there) => there.then(|| PathBuf::from(FILE)),
    };
    let text = file.map(|file| match std::fs::read_to_string(&file) {
        Ok(text) => Ok((file, text)),
        Err(e) => Err(vec![Fault { place: file.display().to_string(), detail: e.to_string() }]),
    });
    merged(text.transpose()?, &variables, &given(global, listen))
}

/// The sources put together; a later one wins.
fn merged(
    file: Option<(PathBuf, String)>,
    variables: &BTreeMap<String, String>,
    flags: &[(String, String, &'static str)],
) -> Result<Effective, Vec<Fault>> {
    let mut reading = Reading {
        effective: Effective { settings: Settings::default(), origins: BTreeMap::new(), strange: Vec::new() },
        faults: Vec::new(),
    };
    if let Some((file, text)) = &file {
        reading.file(file, text);
    }
    for key in KEYS {
        let name = key.variable();
        if let Some(text) = variables.get(&name) {
            reading.put(key, text, Origin::Environment(name));
        }
    }
    let known = |name: &&String| *name == VARIABLE || KEYS.iter().any(|key| key.variable() == **name);
    reading.effective.strange = variables.keys().filter(|name| !known(name)).cloned().collect();
    for (name, text, flag) in flags {
        match find(name) {
            Some(key) => reading.put(key, text, Origin::Flag(flag)),
            None => reading.fault(flag.to_string(), format!("{name} is not a setting")),
        }
    }
    if reading.faults.is_empty() { Ok(reading.effective) } else { Err(reading.faults) }
}

struct Reading {
    effective: Effective,
    faults: Vec<Fault>,
}

impl Reading {
    fn fault(&mut self, place: String, detail: String) {
        self.faults.push(Fault { place, detail });
    }

    fn put(&mut self, key: &'static Key, text: &str, origin: Origin) {
        match (key.set)(&mut self.effective.settings, text) {
            Ok(()) => drop(self.effective.origins.insert(key.name, origin)),
            Err(detail) => self.fault(origin.to_string(), format!("{}: {detail}", key.name)),
        }
    }

    fn file(&mut self, file: &Path, text: &str) {
        let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let place = error.span().map_or(1, |span| line(span.start));
            self.fault(format!("{}:{place}", file.display()), error.message().to_owned());
        }
        if !errors.is_empty() {
            return;
        }
        for (name, value) in flat("", table.get_ref()) {
            let origin = Origin::File { file: file.to_owned(), line: line(value.span().start) };
            match (find(&name), text_of(value.get_ref())) {
                (Some(key), Some(text)) => self.put(key, &text, origin),
                (Some(key), None) => self.fault(origin.to_string(), format!("{} is not a plain value", key.name)),
                (None, _) => self.fault(origin.to_string(), format!("{name} is not a setting; see `wangge config`")),
            }
        }
    }
}

/// The values of a file by dotted name.
fn flat<'t, 'i>(prefix: &str, table: &'t DeTable<'i>) -> Vec<(String, &'t Spanned<DeValue<'i>>)> {
    let mut all = Vec::new();
    for (name, value) in table {
        let name = format!("{prefix}{}", name.get_ref());
        match value.get_ref() {
            // A setting that is written as a table is refused by its own name.
            DeValue::Table(inner) if find(&name).is_none() => all.extend(flat(&format!("{name}."), inner)),
            _ => all.push((name, value)),
        }
    }
    all
}

/// A plain value as the other sources write it: lists with commas.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Array(list) => {
            let each: Option<Vec<String>> = list.iter().map(|v| text_of(v.get_ref())).collect();
            each.map(|each| each.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Effective, Vec<String>> {
        let variables = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let flags: Vec<_> = flags.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned(), "--set")).collect();
        let read = merged(Some(("w.toml".into(), file.to_owned())), &variables, &flags);
        read.map_err(|faults| faults.iter().map(Fault::to_string).collect())
    }

    #[test]
    fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
        let file = "[limits]\nrate = 1\nburst = 1\nstreams = 1\n";
        let variables = [("WANGGE_LIMITS_RATE", "2"), ("WANGGE_LIMITS_BURST", "2")];
        let read = read(file, &variables, &[("limits.rate", "3")]).expect("all are right");
        let limits = &read.settings.limits;
        assert_eq!((limits.rate, limits.burst, limits.streams), (3, 2, 1));
        assert_eq!(limits.concurrency, Settings::default().limits.concurrency);
        let from = |name: &str| read.origin(name).to_string();
        assert_eq!(from("limits.rate"), "--set");
        assert_eq!(from("limits.burst"), "WANGGE_LIMITS_BURST");
        assert_eq!(from("limits.streams"), "w.toml:4");
        assert_eq!(from("limits.concurrency"), "default");
    }

    #[test]
    fn everything_that_is_wrong_is_named_with_its_place() {
        let file = "listen = \"here\"\n[limits]\nrat = 5\nburst = \"many\"\nrate.x = 1\n";
        let faults = read(file, &[("WANGGE_STOP_DELAY_SECONDS", "-1")], &[("log", "a=b=c")]).expect_err("faults");
        let begins = [
            "w.toml:1: listen:",
            "w.toml:4: limits.burst:",
            "w.toml:3: limits.rat is not",
            "w.toml:5: limits.rate",
            "WANGGE_STOP_DELAY_SECONDS: stop.delay_seconds:",
            "--set: log:",
        ];
        for begin in begins {
            assert!(faults.iter().any(|f| f.starts_with(begin)), "{begin} in {faults:?}");
        }
        assert_eq!(faults.len(), begins.len(), "{faults:?}");
        let faults = read("a = 1\nb = [1,\nc", &[], &[]).expect_err("no TOML");
        assert!(faults.iter().all(|f| f.starts_with("w.toml:")), "{faults:?}");
    }

    #[test]
    fn what_is_shown_holds_no_password_and_names_variables_that_are_no_settings() {
        let database = ("WANGGE_DATABASE", "postgres://ann:s3cret@db/town");
        let read = read("", &[database, ("WANGGE_LIMIT_RATE", "5")], &[]).expect("right");
        let text = read.lines().join("\n");
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("database = \"postgres://ann@db/town\"  # WANGGE_DATABASE"), "{text}");
        assert!(text.contains("WANGGE_LIMIT_RATE in the environment is not a setting"), "{text}");
        let wrong = super::tests::read("", &[("WANGGE_DATABASE", "postgres://ann:s3cret@db:port/town")], &[]);
        assert!(!format!("{wrong:?}").contains("s3cret"));
    }

    #[test]
    fn the_template_is_a_file_of_the_defaults() {
        let settings = |text: &str| read(text, &[], &[]).expect("right").settings;
        assert_eq!(settings(&template()), Settings::default());
        let lively: String = template()
            .lines()
            .map(|l| l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l).to_owned() + "\n")
            .collect();
        assert_ne!(lively, template());
        assert_eq!(settings(&lively), Settings::default());
    }
}
