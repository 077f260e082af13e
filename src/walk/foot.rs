//! Foot rules: what the tags of a way or point say to a person on foot. Pure; knows only tags.
//! `docs/walking-network.md` is the same as a table, with the wiki page behind each rule.

use super::footing::{Access, Footing, Kerb, centimetres};
use super::streets::{Tags, tag};

/// Ways that are open to feet unless their tags say otherwise.
const OPEN: [&str; 27] = [
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
    "pedestrian",
    "footway",
    "path",
    "steps",
    "cycleway",
    "bridleway",
    "corridor",
    "platform",
    "elevator",
    "ladder",
    "crossing",
    "byway",
    "unsurfaced",
];

/// Ways that are closed to feet unless their tags say otherwise.
const CLOSED: [&str; 4] = ["motorway", "motorway_link", "busway", "bus_guideway"];

/// Roads nobody walks on when their pavements are mapped as ways of their own.
const BIG: [&str; 6] = ["trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"];

/// Footing of a way; `None` when nobody may or can walk it.
pub(super) fn footing(tags: &Tags) -> Option<Footing> {
    if !walkable_kind(tags) || shuts_out(tags) || separate_pavement(tags) {
        return None;
    }
    let steps = matches!(tag(tags, "highway"), Some("steps" | "ladder"));
    let (forward, backward) = directions(tags, steps);
    let ground = Footing::of_ground(tags);
    // On a street the tag describes its edge, which nobody crosses who walks along.
    let kerb = if is_path(tags) { ground.kerb } else { Kerb::Unknown };
    Some(Footing { forward, backward, steps, kerb, ..ground })
}

/// A way for feet rather than for wheels: one that crosses a street where the two meet.
pub(super) fn is_path(tags: &Tags) -> bool {
    match tag(tags, "highway") {
        Some(kind) => matches!(
            kind,
            "footway"
                | "path"
                | "pedestrian"
                | "steps"
                | "cycleway"
                | "bridleway"
                | "corridor"
                | "crossing"
                | "platform"
                | "elevator"
                | "ladder"
        ),
        None => true,
    }
}

fn walkable_kind(tags: &Tags) -> bool {
    let invited = matches!(tag(tags, "foot"), Some("yes" | "designated" | "permissive"));
    if tag(tags, "route") == Some("ferry") {
        return false;
    }
    match tag(tags, "highway") {
        Some(kind) if CLOSED.contains(&kind) => invited,
        Some(kind) => OPEN.contains(&kind) && (invited || tag(tags, "motorroad") != Some("yes")),
        None => {
            tag(tags, "railway") == Some("platform")
                || tag(tags, "public_transport") == Some("platform")
                || tag(tags, "man_made") == Some("pier")
        }
    }
}

/// Whether `foot` or, where that is missing, `access` keeps people out. Whoever has business
/// there (destination, customers, residents, delivery) may enter: that is where people walk to.
fn shuts_out(tags: &Tags) -> bool {
    match tag(tags, "foot") {
        Some("no" | "private" | "use_sidepath" | "restricted" | "military" | "emergency" | "permit") => true,
        Some(_) => false,
        None => {
            matches!(tag(tags, "access"), Some("no" | "private" | "restricted" | "military" | "emergency" | "permit"))
        }
    }
}

/// A big road whose pavements are mapped beside it.
fn separate_pavement(tags: &Tags) -> bool {
    let big = tag(tags, "highway").is_some_and(|kind| BIG.contains(&kind));
    let side = |key: &str| tag(tags, key);
    let separate = match (side("sidewalk:both").or(side("sidewalk")), side("sidewalk:left"), side("sidewalk:right")) {
        (Some(both), ..) => both == "separate",
        (None, left, right) => {
            let beside = |s: Option<&str>| matches!(s, Some("separate" | "no" | "none"));
            (left == Some("separate") || right == Some("separate")) && beside(left) && beside(right)
        }
    };
    big && separate && tag(tags, "foot").is_none()
}

fn directions(tags: &Tags, steps: bool) -> (bool, bool) {
    let on_stairs = || if steps { tag(tags, "oneway") } else { None };
    match tag(tags, "oneway:foot").or(tag(tags, "conveying")).or_else(on_stairs) {
        Some("yes" | "1" | "forward") if !is_reversible(tags) => (true, false),
        Some("-1" | "reverse" | "backward") => (false, true),
        _ => (tag(tags, "foot:forward") != Some("no"), tag(tags, "foot:backward") != Some("no")),
    }
}

/// `conveying=yes` says that something moves, but not which way.
fn is_reversible(tags: &Tags) -> bool {
    tag(tags, "oneway:foot").is_none() && tag(tags, "conveying") == Some("yes")
}

/// What a point does to those who pass it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    Free,
    /// Nobody passes.
    Shut,
    /// Whoever goes through the point has this footing for a moment.
    Link(Footing, Sides),
}

/// Which of the ways that meet in a point are beyond the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    All,
    /// Paths only: a kerb or signal stops who crosses the street, not who walks along it.
    Paths,
}

/// What a point (a gate, a kerb, a crossing) does; `on_crossing` when a way passes it that is
/// mapped as a crossing.
pub(super) fn passage(tags: &Tags, on_crossing: bool) -> Passage {
    let barrier = tag(tags, "barrier");
    let lift = tag(tags, "highway") == Some("elevator");
    if (barrier.is_some() || lift) && (shuts_out(tags) || (is_locked(tags) && tag(tags, "foot").is_none())) {
        return Passage::Shut;
    }
    let kerb = Kerb::of(tags);
    // What one has to step over or squeeze through.
    let squeeze = matches!(barrier, Some("stile" | "kissing_gate" | "turnstile" | "full-height_turnstile"));
    let says = |key: &str| match Access::of(tags, key) {
        Access::Unknown if squeeze => Access::No,
        known => known,
    };
    let width = tag(tags, "maxwidth:physical").or(if barrier.is_some() { tag(tags, "width") } else { None });
    let link = Footing {
        kerb,
        signal: has_signal(tags, on_crossing),
        wheelchair: says("wheelchair"),
        stroller: says("stroller"),
        width_cm: width.and_then(centimetres),
        ..Footing::OPEN
    };
    let narrow = link.width_cm.is_some_and(|cm| cm < 150);
    let hinders = link.wheelchair == Access::No || link.stroller == Access::No || narrow;
    let sides = if barrier.is_some_and(|b| b != "kerb") || lift { Sides::All } else { Sides::Paths };
    let about_a_passage = barrier.is_some() || lift || on_crossing || tag(tags, "highway") == Some("crossing");
    let stops = matches!(kerb, Kerb::Raised | Kerb::Rolled) || link.signal || (hinders && about_a_passage);
    if stops { Passage::Link(link, sides) } else { Passage::Free }
}

fn is_locked(tags: &Tags) -> bool {
    tag(tags, "locked") == Some("yes")
}

fn has_signal(tags: &Tags, on_crossing: bool) -> bool {
    let is = |key: &str, value: &str| tag(tags, key) == Some(value);
    let crossing = on_crossing || is("highway", "crossing") || tag(tags, "crossing").is_some_and(|c| c != "no");
    let signal = is("crossing", "traffic_signals") || is("crossing:signals", "yes") || is("highway", "traffic_signals");
    crossing && signal && !is("crossing:signals", "no")
}

#[cfg(test)]
mod tests {
    use super::super::footing::Surface;
    use super::*;

    fn tags(text: &str) -> Tags {
        text.split_whitespace().filter_map(|kv| kv.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect()
    }

    #[rstest::rstest]
    #[case("highway=residential", true)]
    #[case("highway=motorway", false)]
    #[case("highway=motorway foot=yes", true)]
    #[case("highway=trunk motorroad=yes", false)]
    #[case("highway=primary motorroad=yes foot=designated", true)]
    #[case("highway=footway access=no", false)]
    #[case("highway=service access=private", false)]
    #[case("highway=service access=private foot=permissive", true)]
    #[case("highway=service access=destination", true)]
    #[case("highway=service access=customers", true)]
    #[case("highway=service access=residents", true)]
    #[case("highway=service access=military", false)]
    #[case("highway=cycleway foot=no", false)]
    #[case("highway=cycleway foot=use_sidepath", false)]
    #[case("highway=construction", false)]
    #[case("highway=via_ferrata", false)]
    #[case("highway=corridor indoor=yes", true)]
    #[case("highway=elevator", true)]
    #[case("railway=platform", true)]
    #[case("man_made=pier", true)]
    #[case("man_made=pier access=private", false)]
    #[case("route=ferry", false)]
    #[case("route=ferry foot=yes highway=path", false)]
    #[case("highway=primary sidewalk=separate", false)]
    #[case("highway=primary sidewalk=separate foot=yes", true)]
    #[case("highway=primary sidewalk:left=separate sidewalk:right=no", false)]
    #[case("highway=primary sidewalk:left=separate sidewalk:right=yes", true)]
    #[case("highway=primary sidewalk=no", true)]
    #[case("highway=residential sidewalk=separate", true)]
    fn a_way_is_walkable_by_its_tags(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(footing(&tags(text)).is_some(), expected);
    }

    #[rstest::rstest]
    #[case("highway=steps conveying=forward", (true, false))]
    #[case("highway=footway conveying=backward", (false, true))]
    #[case("highway=steps conveying=yes", (true, true))]
    #[case("highway=steps oneway=yes", (true, false))]
    #[case("highway=residential oneway=yes", (true, true))]
    #[case("highway=footway oneway:foot=-1", (false, true))]
    #[case("highway=footway foot:backward=no", (true, false))]
    fn an_escalator_goes_one_way_and_a_vehicle_oneway_does_not_bind_feet(
        #[case] text: &str,
        #[case] expected: (bool, bool),
    ) {
        let f = footing(&tags(text)).expect("walkable");
        assert_eq!((f.forward, f.backward), expected);
    }

    #[test]
    fn a_way_keeps_what_profiles_ask_about() {
        let f =
            footing(&tags("highway=steps ramp:wheelchair=yes surface=sett width=1.2 incline=30%")).expect("walkable");
        assert!(f.steps && f.wheelchair_ramp && !f.ramp);
        assert_eq!((f.surface, f.width_cm, f.incline_permille), (Surface::Cobble, Some(120), Some(300)));
        let kerb = |text| footing(&tags(text)).map(|f| f.kerb);
        assert_eq!(kerb("highway=footway footway=crossing kerb=raised"), Some(Kerb::Raised));
        assert_eq!(kerb("highway=residential kerb=raised"), Some(Kerb::Unknown));
    }

    #[test]
    fn a_private_gate_blocks_and_a_bollard_does_not() {
        assert_eq!(passage(&tags("barrier=gate access=private"), false), Passage::Shut);
        assert_eq!(passage(&tags("barrier=gate locked=yes"), false), Passage::Shut);
        assert_eq!(passage(&tags("highway=elevator access=no"), false), Passage::Shut);
        assert_eq!(passage(&tags("barrier=gate access=private foot=yes"), false), Passage::Free);
        assert_eq!(passage(&tags("barrier=gate locked=yes foot=yes"), false), Passage::Free);
        assert_eq!(passage(&tags("barrier=bollard"), false), Passage::Free);
    }

    fn link(text: &str, on_crossing: bool) -> Option<(Footing, Sides)> {
        match passage(&tags(text), on_crossing) {
            Passage::Link(footing, sides) => Some((footing, sides)),
            _ => None,
        }
    }

    #[test]
    fn a_kissing_gate_hinders_wheels_on_every_way_unless_it_says_otherwise() {
        let (f, sides) = link("barrier=kissing_gate", false).expect("hinders");
        assert_eq!((f.wheelchair, f.stroller, sides), (Access::No, Access::No, Sides::All));
        let (f, _) = link("barrier=kissing_gate wheelchair=yes", false).expect("a stroller");
        assert_eq!((f.wheelchair, f.stroller), (Access::Yes, Access::No));
        assert_eq!(link("barrier=bollard maxwidth:physical=0.6", false).map(|l| l.0.width_cm), Some(Some(60)));
    }

    #[test]
    fn a_raised_kerb_and_a_signal_concern_who_crosses() {
        assert_eq!(
            link("highway=crossing kerb=raised", false).map(|l| (l.0.kerb, l.1)),
            Some((Kerb::Raised, Sides::Paths))
        );
        assert_eq!(link("barrier=kerb kerb=lowered", false), None);
        for text in ["highway=crossing crossing=traffic_signals", "highway=crossing crossing:signals=yes"] {
            assert!(link(text, false).is_some_and(|l| l.0.signal), "{text}");
        }
        assert!(link("highway=traffic_signals", true).is_some_and(|l| l.0.signal));
        assert_eq!(link("highway=traffic_signals", false), None, "signals for cars");
        assert_eq!(link("highway=crossing crossing=zebra", true), None);
    }
}
