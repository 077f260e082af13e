//! What walking on an edge is like, distilled from tags when a network is built: compact, and all
//! that a profile asks about. Unknown stays unknown. Knows tags, not who may enter.
//!
//! After the OpenStreetMap wiki: `Key:surface`, `Key:tracktype`, `Key:smoothness`, `Key:incline`,
//! `Key:kerb`, `Key:width`, `Key:wheelchair`, `Key:stroller`, `Key:ramp`, `Key:lit`.

use super::streets::{Tags, tag};
use serde::{Deserialize, Serialize};

/// What walking on an edge is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Footing {
    /// May be walked in the way's own direction.
    pub forward: bool,
    pub backward: bool,
    /// Stairs: closed to profiles that cannot climb.
    pub steps: bool,
    /// The stairs have a ramp that wheels can be pushed on, or one for a wheelchair.
    pub ramp: bool,
    pub wheelchair_ramp: bool,
    /// A bridge, a tunnel or a pier: it is entered and left at its ends, not over its sides.
    pub enclosed: bool,
    /// A bridge or tunnel: what crosses it in the plane does not meet it.
    pub apart: bool,
    /// One side of a crossing with signals; crossing the street passes two of them.
    pub signal: bool,
    pub lit: Option<bool>,
    pub surface: Surface,
    pub smoothness: Option<Smoothness>,
    /// Steepest slope in thousandths, rising in the way's direction.
    pub incline_permille: Option<i16>,
    pub kerb: Kerb,
    pub width_cm: Option<u16>,
    /// What the tags say outright about a wheelchair, and about a stroller.
    pub wheelchair: Access,
    pub stroller: Access,
}

/// Class of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    #[default]
    Unknown,
    /// Asphalt, concrete, slabs, boards.
    Paved,
    /// Setts and cobbles.
    Cobble,
    /// Bound or rolled gravel.
    Compacted,
    /// Loose or soft: gravel, sand, grass, mud.
    Loose,
}

/// How smooth, best first; the wiki's scale from `excellent` down to `impassable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Smoothness {
    Excellent,
    Good,
    Intermediate,
    Bad,
    VeryBad,
    Horrible,
    VeryHorrible,
    Impassable,
}

/// The kerb to be crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kerb {
    #[default]
    Unknown,
    /// No kerb, or level with the street.
    Flush,
    Lowered,
    Rolled,
    Raised,
}

/// A plain yes or no of the tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Access {
    #[default]
    Unknown,
    Yes,
    Limited,
    No,
}

impl Footing {
    /// A plain way, open both ways, of which nothing is known.
    pub const OPEN: Self = Self {
        forward: true,
        backward: true,
        steps: false,
        ramp: false,
        wheelchair_ramp: false,
        enclosed: false,
        apart: false,
        signal: false,
        lit: None,
        surface: Surface::Unknown,
        smoothness: None,
        incline_permille: None,
        kerb: Kerb::Unknown,
        width_cm: None,
        wheelchair: Access::Unknown,
        stroller: Access::Unknown,
    };

    /// What the tags say about the ground; directions and stairs are the foot rules' business.
    pub(super) fn of_ground(tags: &Tags) -> Self {
        let set = |key: &str| tag(tags, key).is_some_and(|v| v != "no");
        let yes = |key: &str| matches!(tag(tags, key), Some("yes" | "separate"));
        let apart = set("bridge") || set("tunnel");
        Self {
            ramp: yes("ramp:stroller") || yes("ramp:bicycle") || tag(tags, "ramp") == Some("yes"),
            wheelchair_ramp: yes("ramp:wheelchair"),
            enclosed: apart,
            apart,
            lit: tag(tags, "lit").map(|v| v != "no"),
            surface: Surface::of(tags),
            smoothness: tag(tags, "smoothness").and_then(Smoothness::of),
            incline_permille: tag(tags, "incline").and_then(incline_permille),
            kerb: Kerb::of(tags),
            width_cm: tag(tags, "width").and_then(centimetres),
            wheelchair: Access::of(tags, "wheelchair"),
            stroller: Access::of(tags, "stroller"),
            ..Self::OPEN
        }
    }
}

impl Surface {
    fn of(tags: &Tags) -> Self {
        match (tag(tags, "surface"), tag(tags, "tracktype")) {
            (Some(surface), _) => Self::named(surface),
            (None, Some("grade1")) => Self::Paved,
            (None, Some("grade2" | "grade3")) => Self::Compacted,
            (None, Some("grade4" | "grade5")) => Self::Loose,
            _ => Self::Unknown,
        }
    }

    /// The class of a value of `surface`.
    pub fn named(value: &str) -> Self {
        match value {
            "paved" | "asphalt" | "chipseal" | "concrete" | "concrete:plates" | "concrete:lanes" | "paving_stones"
            | "bricks" | "brick" | "tiles" | "stone" | "wood" | "metal" | "rubber" | "tartan" | "acrylic"
            | "plastic" => Self::Paved,
            "sett" | "cobblestone" | "cobblestone:flattened" | "unhewn_cobblestone" | "grass_paver" | "metal_grid" => {
                Self::Cobble
            }
            "compacted" | "fine_gravel" | "clay" => Self::Compacted,
            "unpaved" | "gravel" | "pebblestone" | "rock" | "ground" | "dirt" | "earth" | "soil" | "grass" | "mud"
            | "sand" | "woodchips" | "snow" | "ice" | "shells" => Self::Loose,
            _ => Self::Unknown,
        }
    }
}

impl Smoothness {
    fn of(value: &str) -> Option<Self> {
        Some(match value {
            "excellent" => Self::Excellent,
            "good" => Self::Good,
            "intermediate" => Self::Intermediate,
            "bad" => Self::Bad,
            "very_bad" => Self::VeryBad,
            "horrible" => Self::Horrible,
            "very_horrible" => Self::VeryHorrible,
            "impassable" => Self::Impassable,
            _ => return None,
        })
    }
}

impl Kerb {
    pub(super) fn of(tags: &Tags) -> Self {
        match tag(tags, "kerb") {
            Some("flush" | "no") => Self::Flush,
            Some("lowered") => Self::Lowered,
            Some("rolled") => Self::Rolled,
            Some("raised" | "regular") => Self::Raised,
            _ => Self::Unknown,
        }
    }
}

impl Access {
    pub(super) fn of(tags: &Tags, key: &str) -> Self {
        match tag(tags, key) {
            Some("yes" | "designated") => Self::Yes,
            Some("limited") => Self::Limited,
            Some("no" | "bad") => Self::No,
            _ => Self::Unknown,
        }
    }
}

/// A length as tags write it: metres unless a unit says otherwise. `None` when it is no length.
pub(super) fn centimetres(text: &str) -> Option<u16> {
    let text = text.trim().replace(',', ".");
    let number = |t: &str| t.trim().parse::<f64>().ok();
    let feet = |t: &str| {
        let (feet, inches) = t.split_once('\'')?;
        let inches = inches.trim().trim_end_matches(['"', '\'']);
        let inches = if inches.is_empty() { 0.0 } else { number(inches)? };
        Some((number(feet)? * 12.0 + inches) * 2.54)
    };
    let cm = match &text {
        t if t.ends_with("cm") => number(t.trim_end_matches("cm"))?,
        t if t.ends_with("ft") => number(t.trim_end_matches("ft"))? * 30.48,
        t if t.contains('\'') => feet(t)?,
        t => number(t.trim_end_matches('m'))? * 100.0,
    };
    (cm > 0.0 && cm < 65_000.0).then(|| cm.round() as u16)
}

/// A slope as tags write it: per cent, degrees or a ratio; `up` and `down` say no amount.
fn incline_permille(text: &str) -> Option<i16> {
    let text = text.trim().replace(',', ".");
    let number = |t: &str| t.trim().parse::<f64>().ok();
    let share = if let Some(degrees) = text.strip_suffix('°') {
        number(degrees)?.to_radians().tan()
    } else if let Some((rise, run)) = text.split_once(':') {
        number(rise)? / number(run).filter(|r| *r > 0.0)?
    } else {
        number(text.trim_end_matches('%'))? / 100.0
    };
    share.is_finite().then(|| (share.clamp(-1.0, 1.0) * 1000.0).round() as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("1.5", Some(150))]
    #[case("1,5 m", Some(150))]
    #[case("80 cm", Some(80))]
    #[case("3'", Some(91))]
    #[case("3'6\"", Some(107))]
    #[case("narrow", None)]
    #[case("-2", None)]
    #[case("NaN", None)]
    #[case("'", None)]
    fn a_width_is_read_in_the_units_that_tags_use(#[case] text: &str, #[case] expected: Option<u16>) {
        assert_eq!(centimetres(text), expected);
    }

    #[rstest::rstest]
    #[case("8%", Some(80))]
    #[case("-8.3 %", Some(-83))]
    #[case("10°", Some(176))]
    #[case("1:12", Some(83))]
    #[case("1:0", None)]
    #[case("up", None)]
    #[case("inf", None)]
    fn a_slope_is_read_in_the_units_that_tags_use(#[case] text: &str, #[case] expected: Option<i16>) {
        assert_eq!(incline_permille(text), expected);
    }

    #[test]
    fn a_track_without_a_surface_has_that_of_its_grade() {
        let tags = |list: &[(&str, &str)]| list.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect::<Tags>();
        assert_eq!(Surface::of(&tags(&[("tracktype", "grade5")])), Surface::Loose);
        assert_eq!(Surface::of(&tags(&[("tracktype", "grade5"), ("surface", "asphalt")])), Surface::Paved);
        assert_eq!(Surface::of(&tags(&[("surface", "moon_dust")])), Surface::Unknown);
    }
}
