//! `/metrics`: for Prometheus.

use super::error::Problem;
use crate::app::App;
use axum::extract::State;
use axum::http::{HeaderName, header};
use std::sync::Arc;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Metrics (Prometheus, OpenMetrics text)
#[utoipa::path(get, path = "/metrics", tag = "service", responses(
    (status = 200, content_type = "application/openmetrics-text", body = String),
    ))]
pub async fn metrics(State(app): State<Arc<App>>) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let text = app.metrics_text().map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text))
}
