//! The wire: one file a resource. Status codes live only here; nothing is decided here.

mod account;
mod audit;
pub mod authorization;
mod body;
mod caller;
mod changes;
mod collections;
mod compute;
mod credentials;
mod docs;
mod document;
mod edit;
pub mod error;
pub mod etag;
pub mod extract;
mod feed;
mod fields;
pub mod front;
mod health;
mod issues;
mod items;
mod json_body;
mod landing;
pub mod life_circle;
mod link;
mod locate;
mod locate_batch;
mod matrix;
mod metrics;
mod nearest;
mod open311;
mod page;
pub mod params;
mod personal;
mod pipe;
mod place;
mod planning;
mod same_origin;
mod search;
mod security;
mod shape;
mod sheet;
mod statistics;
mod tiles;
mod visible;
mod vocabulary;
mod walk;
mod walking;
mod wire;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use compute::compute;
use error::{Kind, Problem};
use front::limits::Gate;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every address of the service and the document that describes them, from one list.
fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::metrics))
        .routes(routes!(landing::landing))
        .routes(routes!(landing::conformance))
        .routes(routes!(docs::openapi))
        .routes(routes!(docs::docs))
        .routes(routes!(place::place))
        .routes(routes!(collections::collections, edit::layers::post))
        .routes(routes!(collections::collection))
        .routes(routes!(items::items, edit::posted::post))
        .routes(routes!(items::item, edit::features::put, edit::features::patch, edit::features::delete))
        .routes(routes!(locate::get, locate_batch::post))
        .routes(routes!(search::get))
        .routes(routes!(nearest::get))
        .routes(routes!(life_circle::get, life_circle::post))
        .routes(routes!(life_circle::explain::get))
        .routes(routes!(walk::get))
        .routes(routes!(matrix::post))
        .routes(routes!(tiles::tile))
        .routes(routes!(tiles::description))
        .routes(routes!(tiles::get_style))
        .routes(routes!(changes::changes))
        .routes(routes!(vocabulary::categories))
        .routes(routes!(vocabulary::profiles))
        .routes(routes!(account::session::get, account::session::post, account::session::delete))
        .routes(routes!(account::password::put))
        .routes(routes!(account::sessions::get))
        .routes(routes!(account::sessions::delete))
        .routes(routes!(account::tokens::get, account::tokens::post))
        .routes(routes!(account::tokens::delete))
        .routes(routes!(account::users::get, account::users::post))
        .routes(routes!(account::users::patch))
        .routes(routes!(account::grants::post))
        .routes(routes!(account::grants::delete))
        .routes(routes!(audit::get))
        .routes(routes!(issues::list::get, issues::report::post))
        .routes(routes!(issues::categories::get))
        .routes(routes!(issues::duplicates::get))
        .routes(routes!(issues::board::get))
        .routes(routes!(issues::map::get))
        .routes(routes!(issues::tasks::get))
        .routes(routes!(issues::stream::get))
        .routes(routes!(issues::bulk::post))
        .routes(routes!(issues::absences::get, issues::absences::post))
        .routes(routes!(issues::absences::delete))
        .routes(routes!(issues::one::get))
        .routes(routes!(issues::act::post))
        .routes(routes!(issues::photos::get))
        .routes(routes!(statistics::get))
        .routes(routes!(planning::coverage::get))
        .routes(routes!(planning::tiles::get))
        .routes(routes!(planning::buildings::get))
        .routes(routes!(planning::hours::get))
        .routes(routes!(planning::dependents::get))
        .routes(routes!(planning::grid_size::get))
        .routes(routes!(planning::parking::get))
        .routes(routes!(planning::score::get))
        .routes(routes!(planning::siting::post))
        .routes(routes!(planning::missing::post))
        .routes(routes!(planning::runs::get, planning::runs::delete))
        .routes(routes!(planning::runs::get_marginal))
        .routes(routes!(planning::scenarios::list::get, planning::scenarios::list::post))
        .routes(routes!(planning::scenarios::one::get, planning::scenarios::one::put, planning::scenarios::one::delete))
        .routes(routes!(planning::scenarios::comparison::get))
        .routes(routes!(planning::scenarios::adopt::post))
        .routes(routes!(open311::get, open311::post))
        .routes(routes!(open311::service))
        .routes(routes!(open311::request))
        .routes(routes!(open311::token))
}

/// The whole service. A request goes through the layers from the last to the first.
pub fn router(app: Arc<App>) -> Router {
    let (router, _document) = api().split_for_parts();
    let gate = Arc::new(Gate::new(&app.settings.limits));
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(page::page)
        .with_state(Arc::clone(&app))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(front::limits::charge))
        .layer(from_fn_with_state(Arc::clone(&app), authorization::enforce))
        .layer(CatchPanicLayer::custom(error::on_panic))
        .layer(from_fn_with_state(gate, front::limits::guard))
        .layer(from_fn_with_state(Arc::clone(&app), front::record::finish))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::headers))
        .layer(from_fn_with_state(Arc::clone(&app), front::record::record))
        .layer(from_fn_with_state(app, front::whence::note))
}

async fn method_not_allowed() -> impl IntoResponse {
    Problem::new(Kind::MethodNotAllowed, "See the Allow header.")
}
