//! `/api/categories` and `/api/profiles`: what may be asked for.

use super::extract::{Asked, Nothing};
use crate::atlas::layer::Title;
use crate::walk::Profile;
use crate::walk::footing::{Kerb, Smoothness, Surface};
use crate::walk::profile::Wheels;
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
    /// Off the network, metres a second.
    off_network_speed_m_s: f64,
    /// May climb steps.
    steps: bool,
    /// What rolls: `wheelchair` or `stroller`; ways with such a tag obey it outright.
    #[schema(value_type = Option<String>)]
    wheels: Option<Wheels>,
    /// Narrower ways are closed to it.
    min_width_m: Option<f64>,
    /// Steeper ways are closed to it.
    max_incline_percent: Option<f64>,
    /// Surfaces closed to it.
    #[schema(value_type = Vec<String>)]
    surfaces: &'static [Surface],
    /// The worst smoothness (OSM's words) that is open to it.
    #[schema(value_type = Option<String>)]
    smoothness: Option<Smoothness>,
    /// Kerbs closed to it.
    #[schema(value_type = Vec<String>)]
    kerbs: &'static [Kerb],
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
        off_network_speed_m_s: p.off_network_speed(),
        steps: p.steps,
        wheels: p.wheels,
        min_width_m: p.min_width_m,
        max_incline_percent: p.max_incline_percent,
        surfaces: &p.surfaces,
        smoothness: p.smoothness,
        kerbs: &p.kerbs,
    });
    Json(Profiles { profiles: all.collect() })
}
