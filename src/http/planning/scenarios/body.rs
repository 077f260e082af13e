//! How scenarios look on the wire.

use super::MOST;
use crate::http::fields::Fields;
use crate::http::{etag, wire};
use crate::planning::scenario::{Draft, Measure, ScenarioError};
use crate::store::ScenarioRow;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

const LONGEST_NAME: usize = 120;

/// What is to be tried
///
/// Measures are taken in their order: a later one may move or close, under the number -1 - N, what
/// measure N (from 0) adds.
#[derive(ToSchema)]
#[schema(as = ScenarioAsk)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct ScenarioAsk {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[schema(max_length = 1000)]
    description: Option<String>,
    #[schema(max_items = 200)]
    measures: Vec<MeasureBody>,
}

/// One thing done: a place or link is added, moved or closed, or a street is closed
#[derive(ToSchema)]
#[schema(as = Measure)]
#[serde(tag = "do", rename_all = "snake_case")]
#[expect(dead_code, reason = "the measures of planning are told; here for the document only")]
pub enum MeasureBody {
    /// A new place or, in the layer `footpath`, a path, gate or bridge
    Add {
        layer: String,
        #[schema(value_type = Object)]
        geometry: Value,
        #[schema(value_type = Object)]
        properties: Value,
    },
    /// A place moves there with its doors
    Move { layer: String, id: i64, to: [f64; 2] },
    /// A place closes, or a drawn link goes
    Close { layer: String, id: i64 },
    /// Nobody may walk on the street there any more, from crossing to crossing
    CloseStreet { at: [f64; 2] },
}

/// A scenario without its measures
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioHead)]
pub struct Head {
    id: String,
    name: String,
    description: String,
    /// How many measures it has
    count: usize,
    version: i64,
    /// Name of the user whose it is
    owner: String,
    created_at: String,
    updated_at: String,
    /// When its measures became real edits
    adopted_at: Option<String>,
}

impl From<ScenarioRow> for Head {
    fn from(row: ScenarioRow) -> Self {
        Self {
            id: row.id.as_str().to_owned(),
            name: row.name,
            description: row.description,
            count: row.count,
            version: row.version,
            owner: row.owner_name,
            created_at: wire::moment(row.created_at),
            updated_at: wire::moment(row.updated_at),
            adopted_at: row.adopted_at.map(wire::moment),
        }
    }
}

/// A measure that can no longer be taken on the map of today
#[derive(Debug, Serialize, ToSchema)]
pub struct Unfit {
    /// Of the measure, from 0
    number: usize,
    detail: String,
}

impl From<ScenarioError> for Unfit {
    fn from(error: ScenarioError) -> Self {
        Self { number: error.number, detail: error.why.to_string() }
    }
}

/// A scenario
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scenario)]
pub struct ScenarioBody {
    #[serde(flatten)]
    head: Head,
    #[schema(value_type = Vec<MeasureBody>)]
    measures: Vec<Measure>,
    problem: Option<Unfit>,
}

impl ScenarioBody {
    pub fn new(row: ScenarioRow, measures: Vec<Measure>, problem: Option<ScenarioError>) -> Self {
        Self { head: row.into(), measures, problem: problem.map(Unfit::from) }
    }
}

impl IntoResponse for ScenarioBody {
    fn into_response(self) -> Response {
        let tag = etag::quoted(&self.head.version.to_string());
        ([(header::ETAG, tag)], [(header::CACHE_CONTROL, "no-store")], Json(self)).into_response()
    }
}

/// Reads what is to be tried.
pub fn read(fields: &mut Fields) -> Option<Draft> {
    let name = fields.label("name", LONGEST_NAME).flatten();
    if name.is_none() && !fields.is_faulty() {
        fields.fault("name", "is needed");
    }
    let description = fields.text_if_there("description").unwrap_or_default();
    let list = fields.list("measures");
    if list.len() > MOST {
        fields.fault("measures", format!("are {}; at most {MOST} are kept", list.len()));
        return None;
    }
    let mut measures = Vec::with_capacity(list.len());
    for (number, value) in list.into_iter().enumerate() {
        match serde_json::from_value::<Measure>(value) {
            Ok(measure) => measures.push(measure),
            Err(error) => {
                let why: String = error.to_string().chars().take(200).collect();
                fields.fault(&format!("measures[{number}]"), why);
            }
        }
    }
    Some(Draft { name: name?, description, measures })
}
