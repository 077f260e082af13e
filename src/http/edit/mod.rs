//! Editing by API: features of a layer, and new layers. One edit at a time is decided and written, on
//! the map as it is then, in one transaction with its line of the audit; it is answered when the map
//! of this process has it, so whoever asks next finds it.

mod draft;
pub mod features;
pub mod layers;
pub mod posted;
pub mod precondition;

use super::authorization::Rights;
use super::credentials::Acting;
use super::error::{FieldError, Kind, Problem};
use super::extract::{BaseUrl, seen_by};
use super::params::Params;
use crate::accounts::audit::Stamp;
use crate::accounts::edit::{Editor, Refusal};
use crate::accounts::{Caller, Extent, Seen, Sight};
use crate::app::App;
use crate::atlas::{Fault, Feature, FeatureId, NewFeature};
use crate::geometry::BBox;
use crate::store::{Batch, WriteError, Written};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::{Value, json};
use std::sync::Arc;

/// Faults that one problem names.
const NAMED: usize = 100;

/// Who writes, with what rights, and what they see.
pub struct Writing {
    pub app: Arc<App>,
    pub stamp: Stamp,
    pub headers: HeaderMap,
    pub base: String,
    sight: Sight,
    rights: Extent,
}

impl FromRequestParts<Arc<App>> for Writing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Params::of(&parts.uri).finish()?;
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        let Rights(rights) = Rights::from_request_parts(parts, app).await?;
        let Acting(stamp) = Acting::from_request_parts(parts, app).await?;
        let BaseUrl(base) = BaseUrl::from_request_parts(parts, app).await?;
        let (app, headers) = (Arc::clone(app), parts.headers.clone());
        Ok(Self { app, stamp, headers, base, sight: caller.sight(), rights })
    }
}

impl Writing {
    /// What the caller sees now.
    pub async fn seen(&self) -> Result<Seen, Problem> {
        seen_by(&self.app, &self.sight).await
    }

    pub fn editor<'m>(&self, seen: &'m Seen, layer: &str) -> Result<Editor<'m>, Problem> {
        Editor::new(seen, &self.rights, layer).ok_or_else(|| super::collections::no_layer(layer))
    }

    /// Writes the batch; afterwards the map has it, unless the database is slow to tell.
    pub async fn write(&self, batch: Batch) -> Result<Written, Problem> {
        let written = self.app.store.write(batch).await.map_err(not_written)?;
        self.app.caught_up(written.seq).await;
        Ok(written)
    }
}

fn not_written(error: WriteError) -> Problem {
    match error {
        WriteError::UnknownLayer(layer) => super::collections::no_layer(layer.as_str()),
        WriteError::NotFound { layer, id } => Problem::not_found(format!("there is no {layer} {}", id.0)),
        WriteError::LostUpdate { actual, .. } => precondition::lost(actual),
        WriteError::Invalid { field, detail, .. } => faulty(vec![FieldError { field, detail }]),
        WriteError::Conflict { layer, field, detail } => {
            tracing::info!(%layer, field, reason = detail, "the database refused an edit");
            Problem::new(Kind::Conflict, format!("{field}: a rule of the database forbids this value."))
        }
        WriteError::OtherScenario => {
            Problem::new(Kind::Conflict, "The scenario was changed, adopted or taken away meanwhile; read it again.")
        }
        WriteError::Store(error) => Problem::store(error),
    }
}

/// What was sent cannot be kept, and why.
pub fn faulty(mut faults: Vec<FieldError>) -> Problem {
    let more = faults.len().saturating_sub(NAMED);
    faults.truncate(NAMED);
    let mut problem = Problem { kind: Kind::InvalidContent, ..Problem::parameters(faults) };
    if more > 0 {
        problem.detail.push_str(&format!("; and {more} more faults"));
    }
    problem
}

fn refused(refusal: Refusal) -> Problem {
    all_refused(vec![(0, refusal)], |_| String::new())
}

/// Why features that were to be written together are not; `place` names the so-manieth.
pub fn all_refused(all: Vec<(usize, Refusal)>, place: impl Fn(usize) -> String) -> Problem {
    let mut faults = Vec::new();
    for (index, refusal) in all {
        match refusal {
            Refusal::Outside => return Rights::refused(),
            Refusal::Faults(found) => faults.extend(found.into_iter().map(|f| field(f, &place(index)))),
        }
    }
    faulty(faults)
}

/// The fault of a field of the feature that `place` names.
fn field(Fault { field, detail }: Fault, place: &str) -> FieldError {
    FieldError { field: format!("{place}{field}"), detail }
}

/// A feature as it was written.
fn written_feature(new: NewFeature, id: FeatureId, version: i64) -> Option<Feature> {
    let bbox = BBox::of(&new.geometry)?;
    let NewFeature { geometry, properties, source, reference } = new;
    Some(Feature { id, version, geometry, properties, source, reference, updated_at: String::new(), bbox })
}

/// All of a feature, for the audit.
pub fn audited(new: &NewFeature) -> Value {
    let NewFeature { geometry, properties, source, .. } = new;
    json!({"geometry": super::wire::geometry(geometry), "properties": properties, "source": source})
}

pub fn audited_before(old: &Feature) -> Value {
    let Feature { geometry, properties, source, version, .. } = old;
    json!({"geometry": super::wire::geometry(geometry), "properties": properties, "source": source, "version": version})
}
