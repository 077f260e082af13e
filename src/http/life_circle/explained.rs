//! An explanation on the wire.

use crate::http::wire;
use crate::planning::Explanation;
use crate::planning::explain::{End, Reason, Remedy};
use crate::walk::{BarrierKind, OutsideNetwork, Route};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Why a place is inside or outside
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub struct ExplanationBody {
    inside: bool,
    /// `null` when there is no way at all, as are `distance_m` and `route`.
    walk_s: Option<u32>,
    distance_m: Option<f64>,
    /// The straight line.
    line_m: f64,
    /// How much longer the walk takes than it may; `null` inside and where there is no way.
    over_s: Option<u32>,
    /// GeoJSON Feature: the quickest walk as a LineString, in walking order.
    #[schema(value_type = Option<Object>)]
    route: Option<Value>,
    snap_m: SnapBody,
    /// Why it is outside, most telling first; empty when it is inside.
    reasons: Vec<ReasonBody>,
    /// What would bring it inside, each alone.
    remedies: Vec<RemedyBody>,
}

/// Distance to the walking network; `null` where it is too far or something lies between.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationSnap)]
pub struct SnapBody {
    origin: Option<f64>,
    to: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReasonBody {
    /// One end is too far from any street that this walker may use, or (`blocked`) a barrier lies
    /// between.
    OutsideNetwork {
        /// `origin` or `to`.
        end: &'static str,
        distance_m: Option<f64>,
        blocked: bool,
    },
    /// No streets join the two.
    NoWay,
    /// Even a straight street would be too long.
    TooFar { straight_s: u32 },
    /// The way is so many times as long as the line.
    Detour { ratio: f64 },
    /// What the straight line crosses, in walking order, each kind once; where it first does.
    Barrier {
        /// The first: `water`, `railway`, `motorway` or `wall`.
        #[schema(value_type = String)]
        barrier: Option<BarrierKind>,
        #[schema(value_type = Vec<String>)]
        barriers: Vec<BarrierKind>,
        lon: f64,
        lat: f64,
    },
    /// Stairs that this walker cannot use; the adult's time.
    Steps { adult_s: u32 },
    /// Ways too narrow, steep, rough or high-kerbed for this walker; the adult's time.
    ClosedWay { adult_s: u32 },
    /// The other way round it is nearer.
    OneWay { back_s: u32 },
    /// Nothing special: the streets are that long.
    Streets,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Remedy)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RemedyBody {
    MoreTime {
        minutes: u32,
    },
    MoreMetres {
        metres: u32,
    },
    Faster {
        speed_m_s: f64,
    },
    /// The shortest new straight path between two bends, ends or crossings of streets, no longer
    /// than 200 m.
    Link {
        /// GeoJSON LineString.
        #[schema(value_type = Object)]
        geometry: Value,
        length_m: f64,
        /// The whole walk over it.
        walk_s: u32,
        /// The first barrier it crosses.
        #[schema(value_type = Option<String>)]
        barrier: Option<BarrierKind>,
    },
    /// Streets come together here and nobody may pass: open a gate, lower a kerb.
    Open {
        lon: f64,
        lat: f64,
        walk_s: u32,
    },
}

impl From<Reason> for ReasonBody {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::OutsideNetwork { end, distance, blocked } => Self::OutsideNetwork {
                end: if end == End::Origin { "origin" } else { "to" },
                distance_m: distance.map(|d| wire::metres(d.0)),
                blocked,
            },
            Reason::NoWay => Self::NoWay,
            Reason::TooFar { straight } => Self::TooFar { straight_s: straight.whole() },
            Reason::Detour { ratio } => Self::Detour { ratio: (ratio * 100.0).round() / 100.0 },
            Reason::Barrier { kinds, at } => Self::Barrier {
                barrier: kinds.first().copied(),
                barriers: kinds,
                lon: wire::degrees(at.lon()),
                lat: wire::degrees(at.lat()),
            },
            Reason::Steps { adult } => Self::Steps { adult_s: adult.whole() },
            Reason::ClosedWay { adult } => Self::ClosedWay { adult_s: adult.whole() },
            Reason::OneWay { back } => Self::OneWay { back_s: back.whole() },
            Reason::Streets => Self::Streets,
        }
    }
}

impl From<Remedy> for RemedyBody {
    fn from(remedy: Remedy) -> Self {
        match remedy {
            Remedy::MoreMinutes(minutes) => Self::MoreTime { minutes },
            Remedy::MoreMetres(metres) => Self::MoreMetres { metres },
            Remedy::Faster(speed_m_s) => Self::Faster { speed_m_s },
            Remedy::Link { line, length, walk, crosses } => Self::Link {
                geometry: wire::geometry(&geo::LineString::from(line.map(|p| p.coord()).to_vec()).into()),
                length_m: wire::metres(length.0),
                walk_s: walk.whole(),
                barrier: crosses,
            },
            Remedy::Open { at, walk } => {
                Self::Open { lon: wire::degrees(at.lon()), lat: wire::degrees(at.lat()), walk_s: walk.whole() }
            }
        }
    }
}

impl From<Explanation> for ExplanationBody {
    fn from(found: Explanation) -> Self {
        let snap = |end: Result<crate::geometry::Metres, OutsideNetwork>| end.ok().map(|m| wire::metres(m.0));
        let [origin, to] = found.snap.map(snap);
        let feature = |route: Route| {
            let properties = json!({"walk_s": route.walk.whole(), "distance_m": wire::metres(route.distance.0)});
            json!({"type": "Feature", "geometry": wire::geometry(&route.line.into()), "properties": properties})
        };
        Self {
            inside: found.inside,
            walk_s: found.route.as_ref().map(|r| r.walk.whole()),
            distance_m: found.route.as_ref().map(|r| wire::metres(r.distance.0)),
            line_m: wire::metres(found.line.0),
            over_s: found.over.map(|s| s.whole()),
            route: found.route.map(feature),
            snap_m: SnapBody { origin, to },
            reasons: found.reasons.into_iter().map(ReasonBody::from).collect(),
            remedies: found.remedies.into_iter().map(RemedyBody::from).collect(),
        }
    }
}
