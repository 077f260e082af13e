//! `POST /api/locate`: many points at once, as CSV or NDJSON. Rows go out as they come in, each
//! with its answer; a bad row carries its fault in `error` and does not stop the others.

use super::error::{Kind, Problem};
use super::front::cost;
use super::front::rate::Budget;
use super::locate::LocationBody;
use super::params::{Params, number, quoted};
use super::pipe::{MAX_ROW, Reader, Writer, pipe};
use crate::accounts::Seen;
use crate::atlas::layer::AreaRole;
use crate::atlas::locate::locate;
use crate::atlas::{Ident, Snapshot};
use crate::geometry::LonLat;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Each batch holds a thread for as long as its caller sends.
static BATCHES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(16)));

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Csv,
    Ndjson,
}

impl Format {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim();
        match kind.to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// In which areas many points lie
///
/// CSV with the columns `lon` and `lat`, or one JSON object a line. All columns are kept; the
/// answer is added, or `error` says what is wrong with the row.
#[utoipa::path(post, path = "/api/locate", tag = "questions",
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses(
        (status = 200, content((String = "text/csv"), (String = "application/x-ndjson"))),
    ))]
pub async fn post(
    map: Seen,
    headers: HeaderMap,
    budget: Budget,
    params: Params,
    body: Body,
) -> Result<Response, Problem> {
    params.finish()?;
    let format = Format::of(&headers)
        .ok_or_else(|| Problem::new(Kind::UnsupportedMediaType, "Send text/csv or application/x-ndjson."))?;
    let turn = Arc::clone(&BATCHES).try_acquire_owned();
    let turn = turn.map_err(|_| Problem::new(Kind::Busy, "Too many batches at once; try again in a moment."))?;
    let (reader, writer, answer) = pipe(body);
    let break_off = writer.breaker();
    let (ready, started) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let done = match format {
            Format::Csv => csv_rows(&map, &mut Paid::new(budget), reader, writer, ready),
            Format::Ndjson => ndjson_rows(&map, &mut Paid::new(budget), reader, writer, ready),
        };
        if let Err(error) = done {
            tracing::debug!(%error, "a batch ended early");
            break_off(error);
        }
    });
    // The first row decides whether there is anything to stream.
    match started.await {
        Ok(Ok(())) => Ok(([(header::CONTENT_TYPE, format.content_type())], answer).into_response()),
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(Problem::new(Kind::InvalidBody, "The body broke off.")),
    }
}

/// Pays for rows; a caller who has had its share is answered more slowly.
struct Paid {
    budget: Budget,
    rows: usize,
}

impl Paid {
    const fn new(budget: Budget) -> Self {
        Self { budget, rows: 0 }
    }

    fn row(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(cost::ROWS) {
            self.budget.wait(1);
        }
    }
}

type Ready = tokio::sync::oneshot::Sender<Result<(), Problem>>;

/// The position in two texts, or what is wrong with it.
fn position(lon: &str, lat: &str) -> Result<LonLat, String> {
    let degrees =
        |name: &str, text: &str| number(text).ok_or_else(|| format!("{name}: {} is not a number", quoted(text)));
    let (lon, lat) = (degrees("lon", lon)?, degrees("lat", lat)?);
    LonLat::new(lon, lat).map_err(|e| match LonLat::new(lat, lon) {
        Ok(_) => format!("lat: {e}; lon and lat look swapped"),
        Err(_) => e.to_string(),
    })
}

/// The columns that CSV answers add.
struct Columns {
    levels: Vec<Ident>,
}

impl Columns {
    fn of(map: &Snapshot) -> Self {
        let level = |e: &crate::atlas::CatalogueEntry| matches!(e.layer.area, Some(AreaRole::Level(_)));
        let levels = map.shown().map(|(e, _)| e).filter(|e| level(e));
        Self { levels: levels.map(|e| e.layer.id.clone()).collect() }
    }

    fn names(&self) -> Vec<String> {
        let areas = self.levels.iter().flat_map(|id| [format!("{id}_code"), format!("{id}_name")]);
        areas.chain(["zones", "border_m", "neighbours", "workers", "error"].map(str::to_owned)).collect()
    }

    fn values(&self, found: Result<LocationBody, String>) -> Vec<String> {
        let found = match found {
            Ok(found) => found,
            Err(fault) => return std::iter::repeat_n(String::new(), self.names().len() - 1).chain([fault]).collect(),
        };
        let area = |id: &Ident| {
            let area = found.areas.iter().find(|a| a.layer == *id);
            let text = |value: Option<&Option<String>>| value.cloned().flatten().unwrap_or_default();
            [text(area.map(|a| &a.code)), text(area.map(|a| &a.name))]
        };
        let names = |all: &[crate::atlas::locate::AreaRef]| {
            let each = all.iter().filter_map(|a| a.name.clone().or_else(|| a.code.clone()));
            each.collect::<Vec<_>>().join(";")
        };
        let workers: Vec<String> = found.workers.iter().map(|w| w.name.clone()).collect();
        let border = found.border_m.map(|m| m.to_string()).unwrap_or_default();
        let rest = [names(&found.zones), border, names(&found.neighbours), workers.join(";"), String::new()];
        self.levels.iter().flat_map(area).chain(rest).collect()
    }
}

fn csv_rows(map: &Snapshot, paid: &mut Paid, reader: Reader, writer: Writer, ready: Ready) -> io::Result<()> {
    let mut rows = ReaderBuilder::new().flexible(true).from_reader(reader);
    let header = rows.byte_headers().map_err(io::Error::other)?.clone();
    // Spreadsheets put a byte order mark before the first name.
    let clean = |name: &[u8]| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned();
    let names: Vec<String> = header.iter().map(clean).collect();
    let column = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
    let (Some(lon), Some(lat)) = (column("lon"), column("lat")) else {
        let missing = ["lon", "lat"].into_iter().filter(|n| column(n).is_none());
        let faults = missing.map(|n| super::error::FieldError { field: n.into(), detail: "is not a column".into() });
        let problem = Problem { kind: Kind::InvalidBody, ..Problem::parameters(faults.collect()) };
        let _gone = ready.send(Err(problem));
        return Ok(());
    };
    let _gone = ready.send(Ok(()));
    let columns = Columns::of(map);
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(writer);
    out.write_record(names.iter().cloned().chain(columns.names())).map_err(io::Error::other)?;
    let mut row = ByteRecord::new();
    loop {
        match rows.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return out.flush(),
            // A row of its own tells the reason. A body that broke off has nobody to tell.
            Err(error) if is_too_long(&error) => {
                out.write_record(names.iter().map(|_| String::new()).chain(columns.values(Err(error.to_string()))))
                    .map_err(io::Error::other)?;
                return out.flush();
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        rows.get_mut().begin_row();
        paid.row();
        let found = csv_position(&row, lon, lat, names.len()).map(|at| LocationBody::from(locate(map, at)));
        let mut answered = row.clone();
        // A short row is filled up, so that the answer stands in its columns.
        while answered.len() < names.len() {
            answered.push_field(b"");
        }
        columns.values(found).iter().for_each(|v| answered.push_field(v.as_bytes()));
        out.write_byte_record(&answered).map_err(io::Error::other)?;
    }
}

fn is_too_long(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::InvalidData)
}

fn csv_position(row: &ByteRecord, lon: usize, lat: usize, columns: usize) -> Result<LonLat, String> {
    if row.len() > columns {
        return Err(format!("the row has {} fields, the header {columns}", row.len()));
    }
    let text = |i: usize| row.get(i).map(String::from_utf8_lossy).unwrap_or_default();
    position(&text(lon), &text(lat))
}

fn ndjson_rows(map: &Snapshot, paid: &mut Paid, reader: Reader, mut writer: Writer, ready: Ready) -> io::Result<()> {
    let _gone = ready.send(Ok(()));
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        lines.get_mut().begin_row();
        if lines.by_ref().take(MAX_ROW as u64).read_until(b'\n', &mut line)? == 0 {
            return writer.flush();
        }
        if line.len() == MAX_ROW && line.last() != Some(&b'\n') {
            writeln!(writer, "{{\"error\":\"the line is longer than {MAX_ROW} bytes; the rest is not read\"}}")?;
            return writer.flush();
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        paid.row();
        serde_json::to_writer(&mut writer, &ndjson_row(map, &line)).map_err(io::Error::other)?;
        writer.write_all(b"\n")?;
    }
}

fn ndjson_row(map: &Snapshot, line: &[u8]) -> Map<String, Value> {
    let mut row = match serde_json::from_slice(line) {
        Ok(Value::Object(row)) => row,
        Ok(_) => return Map::from_iter([("error".into(), "the line is not a JSON object".into())]),
        Err(error) => return Map::from_iter([("error".into(), format!("the line is not JSON: {error}").into())]),
    };
    let text = |name: &str| match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    match position(&text("lon"), &text("lat")) {
        Ok(at) => match serde_json::to_value(LocationBody::from(locate(map, at))) {
            Ok(Value::Object(found)) => row.extend(found),
            _ => row.extend([("error".to_owned(), Value::from("no answer"))]),
        },
        Err(fault) => row.extend([("error".to_owned(), Value::from(fault))]),
    }
    row
}
