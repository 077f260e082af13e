//! `POST /api/planning/scenarios/{id}/adopt`: the measures become edits, all of them or none, through the
//! door that every edit goes through.

use super::body::ScenarioBody;
use super::{Kept, adopted, no_scenario, place, unfit};
use crate::accounts::audit::Entry;
use crate::accounts::edit::{Draft, Editor};
use crate::accounts::{Caller, Seen};
use crate::atlas::{Feature, FeatureId, Ident, LayerChange};
use crate::http::compute;
use crate::http::edit::features::audit;
use crate::http::edit::precondition::Versions;
use crate::http::edit::{Writing, all_refused, audited, audited_before};
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::planning::scenario::{Applied, apply};
use crate::store::{Adopts, Batch, Op};
use axum::Json;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What became of a scenario's measures
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdoptedScenario)]
pub struct AdoptedBody {
    /// Features that were made, changed or taken away, in the order of the measures
    written: Vec<WrittenBody>,
    scenario: ScenarioBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdoptedFeature)]
pub struct WrittenBody {
    layer: Ident,
    #[schema(value_type = i64)]
    id: FeatureId,
}

/// Adopt a scenario
///
/// Its measures become edits of the map, all of them or none. Everything must lie inside the area where
/// the caller plans. An adopted scenario stays as it is.
#[utoipa::path(post, path = "/api/planning/scenarios/{id}/adopt", operation_id = "adopt_scenario", tag = "planning",
    params(("id" = String, Path, description = "Id of the scenario"),
        ("If-Match" = String, Header, description = "The ETag that the GET gave")),
    responses(
        (status = 200, body = AdoptedBody),
        (status = 404),
        (status = 409, description = "It has been adopted already"),
        (status = 412, description = "Somebody else has changed it, or one of its features, meanwhile"),
        (status = 422, description = "A measure cannot be taken any more; errors name it"),
        (status = 428, description = "If-Match is missing"),
    ))]
pub async fn post(PathOf(id): PathOf<String>, caller: Caller, writing: Writing) -> Result<Json<AdoptedBody>, Problem> {
    let versions = Versions::named(&writing.headers)?;
    let app = Arc::clone(&writing.app);
    let _turn = app.edit_turn().await;
    let kept = Kept::own_at(&app, &id, &caller).await?;
    if kept.is_adopted() {
        return Err(adopted());
    }
    versions.require(kept.row.version)?;
    let seen = writing.seen().await?;
    let writing = Arc::new(writing);
    let decide = {
        let (writing, measures) = (Arc::clone(&writing), kept.measures.clone());
        move || {
            let applied = apply(seen.snapshot(), &measures).map_err(|error| unfit(&error))?;
            decided(&writing, &seen, &applied)
        }
    };
    let (mut batch, mut edited) = compute(decide).await??;
    batch.adopts = Some(Adopts { id: kept.row.id.clone(), expected: kept.row.version, at: writing.stamp.at });
    batch.audit.push(Entry::new(&writing.stamp, "scenario.adopt").on(kept.row.id.as_str()));
    let inserted = writing.write(batch).await?.inserted;
    edited.sort_by_key(|edit| edit.measure);
    let written = edited.into_iter().filter_map(|Edit { layer, what, .. }| {
        let id = match what {
            What::Stored(id) => id,
            What::Inserted(index) => *inserted.get(index)?,
        };
        Some(WrittenBody { layer, id })
    });
    let written = written.collect();
    let (row, measures) = app.store.scenario(&kept.row.id).await.map_err(Problem::store)?.ok_or_else(no_scenario)?;
    Ok(Json(AdoptedBody { written, scenario: ScenarioBody::new(row, measures, None) }))
}

/// An edit that a measure becomes.
struct Edit {
    measure: usize,
    layer: Ident,
    what: What,
}

enum What {
    Stored(FeatureId),
    /// The so-manieth that the batch inserts.
    Inserted(usize),
}

/// The edits with their lines of the audit.
fn decided(writing: &Writing, seen: &Seen, applied: &Applied) -> Result<(Batch, Vec<Edit>), Problem> {
    let (mut batch, mut edited) = (Batch::default(), Vec::new());
    let (new, stored): (Vec<usize>, _) =
        applied.last_of_each().into_iter().partition(|measure| applied.changes[*measure].id.0 < 0);
    // New features of a layer are looked at together: they must not share a code.
    let mut by_layer: BTreeMap<&Ident, Vec<usize>> = BTreeMap::new();
    for measure in new {
        by_layer.entry(&applied.changes[measure].layer).or_default().push(measure);
    }
    let mut inserted = 0;
    for (layer, measures) in by_layer {
        let features = measures.iter().filter_map(|measure| applied.changes[*measure].feature.clone());
        let drafts = features.map(|Feature { geometry, properties, .. }| Draft { geometry, properties }).collect();
        let made = writing.editor(seen, layer.as_str())?.create(drafts);
        let made = made.map_err(|all| all_refused(all, |index| place(measures[index])))?;
        for (measure, feature) in measures.iter().zip(&made) {
            batch.audit.push(audit(writing, "item.create", layer).inserted(inserted).after(audited(feature)));
            edited.push(Edit { measure: *measure, layer: layer.clone(), what: What::Inserted(inserted) });
            inserted += 1;
        }
        batch.ops.push(Op::Insert { layer: layer.clone(), features: made });
    }
    for measure in stored {
        let LayerChange { layer, id, feature, .. } = &applied.changes[measure];
        let editor = writing.editor(seen, layer.as_str())?;
        let Some(old) = seen.whole().feature(layer.as_str(), *id) else { continue };
        let refused = |refusal| all_refused(vec![(measure, refusal)], place);
        editor.delete(old).map_err(refused)?;
        let (layer, id, expected) = (layer.clone(), *id, Some(old.version));
        let line = |action| audit(writing, action, &layer).on(id.0).before(audited_before(old));
        edited.push(Edit { measure, layer: layer.clone(), what: What::Stored(id) });
        match feature {
            None => {
                batch.audit.push(line("item.delete"));
                batch.ops.push(Op::Delete { layer, id, expected });
            }
            Some(moved) => {
                let feature = editor.replace(old, moved_draft(&editor, old, moved)).map_err(refused)?;
                batch.audit.push(line("item.update").after(audited(&feature)));
                batch.ops.push(Op::Update { layer, id, expected, feature });
            }
        }
    }
    Ok((batch, edited))
}

/// What the editor would send: only properties that they are told where the feature lies now.
fn moved_draft(editor: &Editor<'_>, old: &Feature, moved: &Feature) -> Draft {
    let told = editor.told(old);
    let mut properties = moved.properties.clone();
    properties.retain(|name, _| told.contains_key(name));
    Draft { geometry: moved.geometry.clone(), properties }
}
