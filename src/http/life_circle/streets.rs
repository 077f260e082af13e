//! `format=edges`: the streets that are reached, as lines with the walking time at their ends.

use super::ask::LifeCircleAsk;
use super::body::{Origin, in_words};
use crate::http::shape::Shape;
use crate::planning::{Extent, StreetsReached};
use crate::walk::{Direction, StreetPart};
use serde::Serialize;
use utoipa::ToSchema;

/// The streets that are reached
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedStreets)]
pub struct StreetsBody {
    r#type: &'static str,
    /// Every part of a street that is reached, cut exactly where a band ends and where walkers
    /// from both sides meet.
    features: Vec<StreetBody>,
    origin: Origin,
    profile: String,
    /// Along the network, metres a second.
    speed_m_s: f64,
    #[schema(value_type = String)]
    direction: Direction,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedStreet)]
pub struct StreetBody {
    r#type: &'static str,
    /// GeoJSON LineString, from the end nearer to the origin to the farther.
    #[schema(value_type = Object)]
    geometry: Shape,
    properties: StreetProperties,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedStreetProperties)]
pub struct StreetProperties {
    /// The smallest band that holds the part, when asked by minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    /// The smallest band that holds the part, when asked by metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    metres: Option<u32>,
    /// Walking time at the nearer end, along the streets.
    from_s: u32,
    /// Walking time at the farther end.
    to_s: u32,
    name: Option<String>,
    steps: bool,
}

impl StreetBody {
    fn new(part: StreetPart<'_>, extents: &[Extent]) -> Self {
        let (minutes, metres) = extents.get(part.level).map_or((None, None), |e| in_words(*e));
        let properties = StreetProperties {
            minutes,
            metres,
            from_s: part.near.whole(),
            to_s: part.far.whole(),
            name: part.name.map(str::to_owned),
            steps: part.steps,
        };
        Self { r#type: "Feature", geometry: Shape::Line(part.line), properties }
    }
}

impl StreetsBody {
    pub fn new(ask: &LifeCircleAsk, reached: StreetsReached<'_>) -> Self {
        Self {
            r#type: "FeatureCollection",
            features: reached.parts.into_iter().map(|p| StreetBody::new(p, &ask.extents)).collect(),
            origin: Origin::new(ask, reached.snap),
            profile: ask.profile.id.clone(),
            speed_m_s: ask.profile.speed_m_s,
            direction: ask.direction,
        }
    }
}
