//! A case in a list.

use super::desk::local;
use crate::app::office::Office;
use crate::dispatch::{Case, Level, Owner, Source, State, Triage, Unit};
use crate::http::wire;
use crate::store::issues::IssueRow;
use serde::Serialize;
use utoipa::ToSchema;

/// An area by code
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueArea)]
pub struct AreaBody {
    pub code: String,
    pub name: Option<String>,
}

impl AreaBody {
    pub fn of(case: &Case, level: Level) -> Option<Self> {
        case.areas.get(&level).map(Self::named)
    }

    pub fn named(unit: &Unit) -> Self {
        Self { code: unit.code.0.clone(), name: unit.name.clone() }
    }
}

/// The unit that has a case
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueOwnerUnit)]
pub struct UnitBody {
    layer: String,
    code: String,
    name: Option<String>,
}

impl UnitBody {
    pub fn of(owner: &Owner) -> Option<Self> {
        let unit = owner.unit.as_ref()?;
        Some(Self { layer: unit.layer.to_string(), code: unit.code.0.clone(), name: unit.name.clone() })
    }
}

/// A case in a list
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = IssueRow)]
pub struct RowBody {
    pub number: String,
    category: String,
    state: State,
    /// Put off (挂账).
    suspended: bool,
    restricted: bool,
    triage: Triage,
    lon: f64,
    lat: f64,
    address: Option<String>,
    /// The first 120 characters.
    description: String,
    level: Level,
    /// `null`: no area of any level holds the place.
    owner: Option<UnitBody>,
    /// `null`: the unit's desk.
    assignee: Option<String>,
    grid: Option<AreaBody>,
    community: Option<AreaBody>,
    source: Source,
    reported_at: String,
    due_at: Option<String>,
    promised_at: Option<String>,
    /// A limit is nearly over.
    warned: bool,
    /// A limit was missed.
    missed: bool,
    photos: u32,
    events: u32,
    updated_at: String,
}

impl RowBody {
    pub fn of(office: &Office, row: &IssueRow) -> Self {
        let IssueRow { case, .. } = row;
        let at = |at| local(office, at);
        Self {
            number: case.number.0.clone(),
            category: case.category.to_string(),
            state: case.state,
            suspended: case.is_suspended(),
            restricted: case.restricted,
            triage: case.triage,
            lon: wire::degrees(case.place.lon()),
            lat: wire::degrees(case.place.lat()),
            address: row.address.clone(),
            description: row.description.clone(),
            level: case.owner.level,
            owner: UnitBody::of(&case.owner),
            assignee: case.owner.worker.as_ref().map(|worker| worker.0.clone()),
            grid: AreaBody::of(case, Level::Grid),
            community: AreaBody::of(case, Level::Community),
            source: case.source,
            reported_at: at(case.reported_at),
            due_at: case.tally.due_at.map(at),
            promised_at: row.promised_at.map(at),
            warned: row.warned,
            missed: row.missed,
            photos: row.photos,
            events: case.events,
            updated_at: at(case.updated_at),
        }
    }
}
