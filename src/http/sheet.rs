//! A table for a spreadsheet: CSV in UTF-8 with a byte order mark, or Excel takes it for something
//! else; what would run as a formula is quoted.

use super::error::Problem;
use crate::exchange::csv::guarded;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A file of this name (ASCII, without ending) with the headings and rows.
pub fn sheet<H: Into<String>>(
    name: &str,
    headings: impl IntoIterator<Item = H>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Response, Problem> {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(headings.into_iter().map(|heading| guarded(heading.into()))).map_err(Problem::internal)?;
    for row in rows {
        out.write_record(row.into_iter().map(guarded)).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
