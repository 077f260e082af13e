//! `/api/categories` and `/api/profiles`: what may be asked for.

use super::extract::{Asked, Nothing};
use crate::atlas::layer::Title;
use crate::walk::Profile;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    categories: Vec<CategoryBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Category)]
pub struct CategoryBody {
    id: String,
    title: Title,
    /// Name of the icon (Maki).
    icon: String,
    /// CSS colour.
    color: String,
    /// One of the five services of "1+5+X".
    basic: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Profiles {
    profiles: Vec<ProfileBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub struct ProfileBody {
    id: &'static str,
    title: Title,
    /// Along the network, metres a second.
    speed_m_s: f64,
    /// May climb steps.
    steps: bool,
}

/// What residents ask for
#[utoipa::path(get, path = "/api/categories", tag = "questions", responses((status = 200, body = Categories)))]
pub async fn categories(Asked { map, .. }: Asked<Nothing>) -> Json<Categories> {
    let all = map.catalogue.categories.iter().map(|c| CategoryBody {
        id: c.id.to_string(),
        title: c.title.clone(),
        icon: c.icon.clone(),
        color: c.color.clone(),
        basic: c.basic,
    });
    Json(Categories { categories: all.collect() })
}

/// Who walks
#[utoipa::path(get, path = "/api/profiles", tag = "questions", responses((status = 200, body = Profiles)))]
pub async fn profiles(_: Asked<Nothing>) -> Json<Profiles> {
    let all = Profile::all().iter().map(|p| ProfileBody {
        id: &p.id,
        title: Title { zh: p.title.zh.clone(), en: p.title.en.clone() },
        speed_m_s: p.speed_m_s,
        steps: p.steps,
    });
    Json(Profiles { profiles: all.collect() })
}
