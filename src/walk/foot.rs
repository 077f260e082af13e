//! Foot rules: what the tags of a way or point say to a person on foot. Pure; knows only tags.
//!
//! After the OpenStreetMap wiki's access restrictions (default row "worldwide" for `foot`) and
//! `Key:foot`, `Key:oneway:foot`, `Key:conveying`, `Key:barrier`.

use super::streets::{Tags, tag};
use serde::{Deserialize, Serialize};

/// What walking on a way is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footing {
    /// May be walked in the way's own direction.
    pub forward: bool,
    pub backward: bool,
    /// Stairs: closed to profiles that cannot climb.
    pub steps: bool,
    /// A bridge or tunnel: it is entered and left at its ends, not over its sides.
    pub enclosed: bool,
}

/// Footing of a way; `None` when nobody may or can walk it.
pub fn footing(tags: &Tags) -> Option<Footing> {
    if !walkable_kind(tags) || !may_enter(tags) {
        return None;
    }
    let steps = tag(tags, "highway") == Some("steps");
    let (forward, backward) = directions(tags, steps);
    let set = |key: &str| tag(tags, key).is_some_and(|v| v != "no");
    Some(Footing { forward, backward, steps, enclosed: set("bridge") || set("tunnel") })
}

fn walkable_kind(tags: &Tags) -> bool {
    let foot_says_yes = matches!(tag(tags, "foot"), Some("yes" | "designated" | "permissive"));
    match tag(tags, "highway") {
        Some("motorway" | "motorway_link" | "busway" | "bus_guideway") => foot_says_yes,
        Some("trunk" | "trunk_link") => foot_says_yes || tag(tags, "motorroad") != Some("yes"),
        Some("proposed" | "construction" | "raceway" | "escape" | "razed" | "abandoned" | "rest_area" | "services") => {
            false
        }
        Some(_) => true,
        None => tag(tags, "railway") == Some("platform") || tag(tags, "public_transport") == Some("platform"),
    }
}

fn may_enter(tags: &Tags) -> bool {
    match tag(tags, "foot") {
        Some("no" | "private" | "use_sidepath") => false,
        Some(_) => true,
        None => !matches!(tag(tags, "access"), Some("no" | "private")),
    }
}

fn directions(tags: &Tags, steps: bool) -> (bool, bool) {
    let oneway = tag(tags, "oneway:foot").or(if steps { tag(tags, "conveying") } else { None });
    match oneway {
        Some("yes" | "1" | "forward") => (true, false),
        Some("-1" | "reverse" | "backward") => (false, true),
        _ => (tag(tags, "foot:forward") != Some("no"), tag(tags, "foot:backward") != Some("no")),
    }
}

/// Whether a point on a way (a gate, a bollard) stops people on foot.
pub fn blocks(tags: &Tags) -> bool {
    if tag(tags, "barrier").is_none() {
        return false;
    }
    match tag(tags, "foot") {
        Some("no" | "private") => true,
        Some(_) => false,
        None => matches!(tag(tags, "access"), Some("no" | "private")) || tag(tags, "locked") == Some("yes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Tags {
        text.split_whitespace().filter_map(|kv| kv.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect()
    }

    #[rstest::rstest]
    #[case("highway=residential", true)]
    #[case("highway=motorway", false)]
    #[case("highway=motorway foot=yes", true)]
    #[case("highway=trunk motorroad=yes", false)]
    #[case("highway=footway access=no", false)]
    #[case("highway=service access=private foot=permissive", true)]
    #[case("highway=cycleway foot=no", false)]
    #[case("highway=construction", false)]
    #[case("railway=platform", true)]
    #[case("route=ferry", false)]
    fn a_way_is_walkable_by_its_tags(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(footing(&tags(text)).is_some(), expected);
    }

    #[test]
    fn an_escalator_goes_one_way_and_a_vehicle_oneway_does_not_bind_feet() {
        let up = footing(&tags("highway=steps conveying=forward")).expect("walkable");
        assert!(up.steps && up.forward && !up.backward);
        let street = footing(&tags("highway=residential oneway=yes")).expect("walkable");
        assert!(street.forward && street.backward);
    }

    #[test]
    fn a_private_gate_blocks_and_a_bollard_does_not() {
        assert!(blocks(&tags("barrier=gate access=private")));
        assert!(!blocks(&tags("barrier=gate access=private foot=yes")));
        assert!(!blocks(&tags("barrier=bollard")));
    }
}
