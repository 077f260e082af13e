//! Which database: a GeoPackage file or a PostgreSQL server. Never shows a password.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A checked `--database`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file whose name ends in `.gpkg`.
    Geopackage(PathBuf),
    /// `postgres://…`, as the user wrote it.
    Postgis(String),
}

/// Why a text names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    #[error("the database must be a file ending in .gpkg or a postgres:// address, not {0:?}")]
    Kind(String),
    /// The address itself is left out: it may hold a password.
    #[error("the postgres:// address cannot be read: {0}")]
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            sqlx::postgres::PgConnectOptions::from_str(text).map_err(|e| DatabaseUrlError::Postgres(e.to_string()))?;
            return Ok(Self::Postgis(text.to_owned()));
        }
        let path = PathBuf::from(text);
        let gpkg = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        if gpkg && !text.contains("://") {
            return Ok(Self::Geopackage(path));
        }
        Err(DatabaseUrlError::Kind(redact(text)))
    }
}

/// The address without what stands between `//` and `@`, and without parameters, which may
/// hold a password too.
fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
    let user = user.split(':').next().unwrap_or_default();
    if user.is_empty() { format!("{scheme}://{place}") } else { format!("{scheme}://{user}@{place}") }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Geopackage(path) => path.display().fmt(f),
            Self::Postgis(url) => f.write_str(&redact(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://ann:s3cret@db.example:5432/town?password=s3cret",
            "postgres://ann:s3cr@et@db.example:5432/town",
            "postgresql://db.example/town?user=ann&password=s3cret",
        ] {
            let parsed: DatabaseUrl = url.parse().expect("an address");
            assert!(!format!("{parsed} {parsed:?}").contains("s3cr"), "{parsed}");
        }
        let wrong = "mysql://ann:s3cret@host/db".parse::<DatabaseUrl>().expect_err("no such kind");
        assert!(!wrong.to_string().contains("s3cret"));
        let wrong = "postgres://ann:s3cret@host:port/db".parse::<DatabaseUrl>().expect_err("no such port");
        assert!(!wrong.to_string().contains("s3cret"));
    }

    #[test]
    fn a_file_must_be_a_gpkg() {
        assert_eq!("a/b.gpkg".parse(), Ok(DatabaseUrl::Geopackage("a/b.gpkg".into())));
        assert!("town.db".parse::<DatabaseUrl>().is_err());
        assert!("".parse::<DatabaseUrl>().is_err());
    }
}
