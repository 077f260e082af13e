//! `/healthz` and `/readyz`: is the process alive, and has it loaded the map.

use super::error::{Kind, Problem};
use super::extract::map_of;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `ready`.
    status: &'static str,
}

/// Alive
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, body = Health)))]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Ready: the map is loaded and the service is not stopping
#[utoipa::path(get, path = "/readyz", tag = "service", responses(
    (status = 200, body = Health),
    (status = 503),
    ))]
pub async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    if app.is_stopping() {
        return Err(Problem::new(Kind::Busy, "The service is stopping."));
    }
    map_of(&app).map(|_| Json(Health { status: "ready" }))
}
