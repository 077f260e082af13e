//! Why a file cannot be read or written: always one line that names the file.

use std::path::Path;

/// What is wrong with a file as a whole. Faults of single rows are reported beside it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("{file}: no such file")]
    Missing { file: String },
    #[error("{file} is a directory; name a file")]
    Directory { file: String },
    #[error("{file} is empty")]
    Empty { file: String },
    #[error("{file}: {error}")]
    Io { file: String, error: std::io::Error },
    /// The bytes are not what the name or the command says.
    #[error("{file} is not {expected}: {detail}")]
    Format { file: String, expected: &'static str, detail: String },
    #[error("{file}: the name's ending says no format; use .geojson or .csv")]
    Unknown { file: String },
    #[error("{file}: this format cannot be {what} yet; use .geojson or .csv")]
    NotYet { file: String, what: &'static str },
    /// The beginning was right and then the file breaks.
    #[error("{file} is damaged: {detail}")]
    Damaged { file: String, detail: String },
}

/// The name a message shows for a path.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl ExchangeError {
    /// Sorts out why a path cannot be opened.
    pub(crate) fn io(path: &Path, error: std::io::Error) -> Self {
        let file = shown(path);
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing { file },
            std::io::ErrorKind::IsADirectory => Self::Directory { file },
            _ => Self::Io { file, error },
        }
    }
}

/// Length of a regular, non-empty file.
pub(crate) fn check_file(path: &Path) -> Result<u64, ExchangeError> {
    let meta = std::fs::metadata(path).map_err(|e| ExchangeError::io(path, e))?;
    if meta.is_dir() {
        return Err(ExchangeError::Directory { file: shown(path) });
    }
    if meta.is_file() && meta.len() == 0 {
        return Err(ExchangeError::Empty { file: shown(path) });
    }
    Ok(meta.len())
}
