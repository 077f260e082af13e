//! What can go wrong with the database, in words for the person who runs it.

use super::row::Misfit;
use super::url::DatabaseUrl;
use crate::atlas::{CatalogueError, FeatureId, Ident};
use sqlx::error::ErrorKind;
use std::path::PathBuf;

/// Opening, reading or changing the set of layers failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open {path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error("cannot open {database}: {reason}")]
    Server { database: DatabaseUrl, reason: String },
    #[error("{database} was made by a newer version of wangge (migration {found}, this one knows up to {known})")]
    Newer { database: DatabaseUrl, found: i64, known: i64 },
    #[error("{0:?} cannot be a layer's id: the database keeps this name for itself")]
    ReservedLayer(Ident),
    #[error("layer {layer}: column {column} is {found} in the database and {wanted} in the descriptor")]
    Column { layer: Ident, column: String, found: String, wanted: String },
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error("the database is busy: another program holds its lock")]
    Busy,
    #[error("the database can only be read: no permission to write it")]
    ReadOnly,
    #[error("database: {}", plain(.0))]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// The database does not answer or cannot be written at the moment; asking again later may help.
    pub fn is_unavailable(&self) -> bool {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        match self {
            Self::Busy | Self::ReadOnly | Self::Server { .. } | Self::File { .. } => true,
            Self::Database(Io(_) | PoolClosed | PoolTimedOut | Protocol(_) | Tls(_) | WorkerCrashed) => true,
            Self::Database(sqlx::Error::Database(e)) => e.code().is_some_and(|code| is_away(&code)),
            _ => false,
        }
    }
}

/// PostgreSQL: connections that break (08), a server that starts or stops (57P), without room (53)
/// or with a broken disk (58). SQLite: I/O error, full disk, no such file.
fn is_away(code: &str) -> bool {
    match sqlite_code(code) {
        Some(primary) => [10, 13, 14].contains(&primary),
        None => ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)),
    }
}

/// SQLite's codes are numbers, the primary one in the low byte; PostgreSQL's have five characters.
fn sqlite_code(code: &str) -> Option<i32> {
    code.parse::<i32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff)
}

/// What the database itself said, without the layers around it.
fn plain(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |e| e.message().to_owned())
}

/// A batch was not written; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("there is no layer {0}")]
    UnknownLayer(Ident),
    #[error("there is no {layer} {}", .id.0)]
    NotFound { layer: Ident, id: FeatureId },
    /// Somebody else wrote the feature since the writer read it.
    #[error("{layer} {} was changed by somebody else (version {actual}, not {expected})", .id.0)]
    LostUpdate { layer: Ident, id: FeatureId, expected: i64, actual: i64 },
    /// The feature does not fit its layer. `index` counts the features of the batch from 0.
    #[error("{layer}, feature {index}, {field}: {detail}")]
    Invalid { layer: Ident, index: usize, field: String, detail: String },
    /// A constraint that the owner of the database added, e.g. a unique code.
    #[error("{layer}, {field}: {detail}")]
    Conflict { layer: Ident, field: String, detail: String },
    /// The scenario that the batch adopts is not the one that the writer read.
    #[error("the scenario was changed, adopted or taken away by somebody else")]
    OtherScenario,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code());
        // SQLite: 5 busy, 6 locked, 8 read-only.
        match (code.as_deref(), code.as_deref().and_then(sqlite_code)) {
            // PostgreSQL: lock_not_available, read_only_sql_transaction.
            (Some("55P03"), _) | (_, Some(5 | 6)) => Self::Busy,
            (Some("25006"), _) | (_, Some(8)) => Self::ReadOnly,
            _ => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// JSON of ours that cannot be read or written: another program was at it.
pub(super) fn garbled(error: serde_json::Error) -> StoreError {
    sqlx::Error::Decode(error.into()).into()
}

/// A feature that does not fit its layer.
pub(super) fn misfit(layer: &Ident, index: usize, misfit: Misfit) -> WriteError {
    WriteError::Invalid { layer: layer.clone(), index, field: misfit.field, detail: misfit.detail }
}

/// Why a write to one feature found none: gone, or changed by somebody else.
pub(super) fn missed(layer: &Ident, id: FeatureId, expected: Option<i64>, actual: Option<i64>) -> WriteError {
    let layer = layer.clone();
    match (expected, actual) {
        (Some(expected), Some(actual)) => WriteError::LostUpdate { layer, id, expected, actual },
        _ => WriteError::NotFound { layer, id },
    }
}

/// A failed statement on the layer's table: constraints get their field's name.
pub(super) fn conflict(layer: &Ident, error: sqlx::Error) -> WriteError {
    let Some(db) = error.as_database_error() else { return error.into() };
    let text = db.message().to_owned();
    let field = match db.kind() {
        ErrorKind::UniqueViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
            // SQLite: "UNIQUE constraint failed: grid.code"; PostgreSQL names the constraint.
            let column = text.rsplit_once('.').map(|(_, column)| column.to_owned());
            column.filter(|_| db.constraint().is_none()).or_else(|| db.constraint().map(str::to_owned))
        }
        _ => return error.into(),
    };
    WriteError::Conflict { layer: layer.clone(), field: field.unwrap_or_default(), detail: text }
}
