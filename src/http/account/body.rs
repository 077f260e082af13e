//! How users and grants look on the wire.

use super::super::error::Problem;
pub use super::super::wire::moment;
use crate::accounts::{Grant, Role, User, area_of};
use crate::atlas::Snapshot;
use crate::store::accounts::UserRow;
use serde::Serialize;
use utoipa::ToSchema;

/// A role in an area
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantBody {
    id: i64,
    role: Role,
    /// `null`: everywhere.
    area: Option<GrantArea>,
}

/// The area of a grant; name and layer are `null` when the map does not have it
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantArea {
    code: String,
    name: Option<String>,
    layer: Option<String>,
}

impl GrantBody {
    /// The names of areas are read off the map, when it is loaded.
    pub fn of(grant: &Grant, map: Option<&Snapshot>) -> Self {
        let area = grant.area.as_ref().map(|code| {
            let found = map.and_then(|map| {
                let (layer, area) = area_of(map, code)?;
                let layer = &map.catalogue.get(layer.as_str())?.layer;
                Some((layer.id.to_string(), area.feature.name(layer).map(str::to_owned)))
            });
            let (layer, name) = found.map_or((None, None), |(layer, name)| (Some(layer), name));
            GrantArea { code: code.0.clone(), name, layer }
        });
        Self { id: grant.id.0, role: grant.role, area }
    }
}

/// Somebody who is logged in
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    name: String,
    display_name: Option<String>,
    grants: Vec<GrantBody>,
}

impl Me {
    pub fn of(user: &User, map: Option<&Snapshot>) -> Self {
        let grants = user.grants.iter().map(|g| GrantBody::of(g, map)).collect();
        Self { name: user.name.clone(), display_name: user.display_name.clone(), grants }
    }
}

/// A user, as an administrator sees it
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserBody {
    name: String,
    display_name: Option<String>,
    disabled: bool,
    created_at: String,
    last_login_at: Option<String>,
    grants: Vec<GrantBody>,
}

impl UserBody {
    pub fn of(row: &UserRow, map: Option<&Snapshot>) -> Self {
        let Me { name, display_name, grants } = Me::of(&row.user, map);
        let last_login_at = row.last_login_at.map(moment);
        Self { name, display_name, disabled: row.disabled, created_at: moment(row.created_at), last_login_at, grants }
    }
}

/// Fresh random bytes, or the problem that there are none.
pub fn random<const N: usize>() -> Result<[u8; N], Problem> {
    crate::app::random().map_err(Problem::internal)
}
