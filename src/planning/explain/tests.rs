//! Sketched towns in which a place is outside for one known reason.

use super::*;
use crate::walk::sketch::{at, streets};
use crate::walk::{Barrier, BarrierKind, Street, Tags};

const CELL: f64 = 50.0;

fn query(origin: LonLat, to: LonLat, minutes: u32) -> ExplainQuery<'static> {
    let profile = Profile::by_id("adult").expect("built in");
    ExplainQuery { origin, to, extent: Extent::Minutes(minutes), profile, direction: Direction::From }
}

fn line(c0: f64, r0: f64, c1: f64, r1: f64) -> geo::Geometry {
    geo::LineString::from(vec![at(c0, r0, CELL).coord(), at(c1, r1, CELL).coord()]).into()
}

/// ```text
/// a----------b      the river runs between the two streets,
/// ~~~~~~~~~~~|      the bridge is at the eastern end
/// c----------d
/// ```
fn river() -> Network {
    let mut s = streets("a----------b\n           |\n           |\n           |\nc----------d", CELL);
    for (row, kind) in [(1.0, BarrierKind::Water), (3.0, BarrierKind::Water), (3.5, BarrierKind::Wall)] {
        s.barriers.push(Barrier { kind, geometry: line(-3.0, row, 10.9, row) });
    }
    Network::build(&s)
}

#[test]
fn over_the_river_it_is_a_detour_and_a_footbridge_would_help() {
    let network = river();
    let (from, to) = (at(0.0, 0.0, CELL), at(0.0, 4.0, CELL));
    let found = explain_on(&network, &query(from, to, 10));
    // 550 m there, 200 m over, 550 m back: 1,300 m against 200 m.
    let walk = found.route.as_ref().expect("a way").walk.0;
    assert!(!found.inside && (walk - 1040.0).abs() < 0.1, "{walk}");
    assert!((found.over.expect("over").0 - 440.0).abs() < 0.1 && (found.line.0 - 200.0).abs() < 0.1);
    assert!(matches!(found.reasons[0], Reason::Detour { ratio } if (ratio - 6.5).abs() < 0.01), "{:?}", found.reasons);
    let Reason::Barrier { kinds, at: bank } = &found.reasons[1] else { panic!("{:?}", found.reasons) };
    assert_eq!(kinds, &[BarrierKind::Water, BarrierKind::Wall]);
    assert!((bank.lat() - at(0.0, 1.0, CELL).lat()).abs() < 1e-9);
    assert_eq!(found.reasons.len(), 2);
    assert_eq!(found.remedies[..2], [Remedy::MoreMinutes(18), Remedy::Faster(2.17)]);
    let Remedy::Link { length, walk, crosses, .. } = found.remedies[2] else { panic!("{:?}", found.remedies) };
    assert!((length.0 - 200.0).abs() < 0.1 && walk.0 <= 600.0, "{:?}", found.remedies);
    assert_eq!(crosses, Some(BarrierKind::Water));
    let near = explain_on(&network, &query(from, to, 18));
    assert!(near.inside && near.reasons.is_empty() && near.remedies.is_empty() && near.over.is_none());
}

#[test]
fn to_the_place_reads_the_line_the_other_way() {
    let q = ExplainQuery { direction: Direction::To, ..query(at(0.0, 0.0, CELL), at(0.0, 4.0, CELL), 10) };
    let found = explain_on(&river(), &q);
    let Reason::Barrier { kinds, .. } = &found.reasons[1] else { panic!("{:?}", found.reasons) };
    assert_eq!(kinds, &[BarrierKind::Wall, BarrierKind::Water]);
    let start = found.route.expect("a way").line.0[0];
    assert!((start.y - at(0.0, 4.0, CELL).lat()).abs() < 1e-9, "in walking order");
}

/// ```text
/// a--b==c--d     stairs from b to c, or round over e and f
///    |  |
///    e--f
/// ```
fn stairs(kind: &[(&str, &str)]) -> Network {
    let mut s = streets("a--b--c--d\n   |  |   \n   |  |   \n   |  |   \n   |  |   \n   e--f   ", CELL);
    s.ways.retain(|w| w.points != [0, 1, 2, 3]);
    let tags = |all: &[(&str, &str)]| -> Tags { all.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect() };
    s.ways.push(Street { points: vec![0, 1], tags: tags(&[("highway", "footway")]) });
    s.ways.push(Street { points: vec![1, 2], tags: tags(kind) });
    s.ways.push(Street { points: vec![2, 3], tags: tags(&[("highway", "footway")]) });
    Network::build(&s)
}

#[test]
fn stairs_are_the_reason_for_a_wheelchair_and_a_ramp_the_remedy() {
    let wheelchair = Profile::by_id("wheelchair").expect("built in");
    let q = ExplainQuery { profile: wheelchair, ..query(at(0.0, 0.0, CELL), at(9.0, 0.0, CELL), 10) };
    let found = explain_on(&stairs(&[("highway", "steps")]), &q);
    let steps = found.reasons.iter().find_map(|r| if let Reason::Steps { adult } = r { Some(adult.0) } else { None });
    assert!(steps.is_some_and(|s| (s - 450.0 / 1.25).abs() < 0.1), "{:?}", found.reasons);
    assert!(matches!(found.reasons[0], Reason::Detour { .. }));
    // Beside the stairs, 150 m; 562.5 s in all.
    let ramp = found
        .remedies
        .iter()
        .find_map(|r| if let Remedy::Link { length, walk, .. } = r { Some((length.0, walk.0)) } else { None });
    assert!(ramp.is_some_and(|(l, w)| (l - 150.0).abs() < 0.1 && (w - 562.5).abs() < 0.1), "{:?}", found.remedies);
    assert!(explain_on(&stairs(&[("highway", "steps")]), &query(q.origin, q.to, 10)).inside);
}

#[test]
fn a_soft_path_is_closed_to_a_wheelchair_without_being_stairs() {
    let wheelchair = Profile::by_id("wheelchair").expect("built in");
    let q = ExplainQuery { profile: wheelchair, ..query(at(0.0, 0.0, CELL), at(9.0, 0.0, CELL), 10) };
    let found = explain_on(&stairs(&[("highway", "path"), ("wheelchair", "no")]), &q);
    assert!(found.reasons.iter().any(|r| matches!(r, Reason::ClosedWay { .. })), "{:?}", found.reasons);
}

#[test]
fn an_escalator_down_is_no_way_up() {
    let network = stairs(&[("highway", "steps"), ("conveying", "forward")]);
    let (from, to) = (at(9.0, 0.0, CELL), at(0.0, 0.0, CELL));
    let found = explain_on(&network, &query(from, to, 7));
    let back = found.reasons.iter().find_map(|r| if let Reason::OneWay { back } = r { Some(back.0) } else { None });
    assert!(back.is_some_and(|s| (s - 360.0).abs() < 0.1), "{:?}", found.reasons);
    assert!(explain_on(&network, &ExplainQuery { direction: Direction::To, ..query(from, to, 7) }).inside);
}

#[test]
fn too_far_is_too_far_even_straight() {
    let network = Network::build(&streets("a--------------------b", CELL));
    let found = explain_on(&network, &query(at(0.0, 0.0, CELL), at(20.0, 0.0, CELL), 10));
    assert!(matches!(found.reasons[..], [Reason::TooFar { straight }] if (straight.0 - 800.0).abs() < 0.1));
    assert_eq!(found.remedies, [Remedy::MoreMinutes(14), Remedy::Faster(1.67)]);
    let metres = ExplainQuery { extent: Extent::Metres(500), ..query(at(0.0, 0.0, CELL), at(20.0, 0.0, CELL), 1) };
    assert_eq!(explain_on(&network, &metres).remedies, [Remedy::MoreMetres(1000)]);
}

#[test]
fn streets_round_two_corners_are_just_long() {
    let network = Network::build(&streets("a-----b\n      |\n      |\n      |\n      |\n      c", CELL));
    let found = explain_on(&network, &query(at(0.0, 0.0, CELL), at(6.0, 5.0, CELL), 7));
    assert_eq!(found.reasons, [Reason::Streets]);
    assert!(found.remedies.iter().any(|r| matches!(r, Remedy::Link { crosses: None, .. })), "{:?}", found.remedies);
}

/// ```text
/// a--b  c--d     two towns; a hermit far north of b
/// ```
#[test]
fn what_lies_off_the_network_or_on_another_one_is_told() {
    let network = Network::build(&streets("a--b      c--d", CELL));
    let hermit = explain_on(&network, &query(at(0.0, 0.0, CELL), at(3.0, -4.0, CELL), 15));
    let [Reason::OutsideNetwork { end: End::Place, distance: Some(d), blocked: false }] = hermit.reasons[..] else {
        panic!("{:?}", hermit.reasons)
    };
    assert!((d.0 - 200.0).abs() < 0.1 && hermit.remedies.is_empty() && hermit.route.is_none());
    let island = explain_on(&network, &query(at(0.0, 0.0, CELL), at(13.0, 0.0, CELL), 15));
    assert_eq!(island.reasons, [Reason::NoWay]);
    assert!(island.remedies.is_empty(), "350 m are too long a link: {:?}", island.remedies);
    let near =
        explain_on(&Network::build(&streets("a--b  c--d", CELL)), &query(at(0.0, 0.0, CELL), at(9.0, 0.0, CELL), 15));
    assert!(matches!(near.remedies[..], [Remedy::Link { length, .. }] if (length.0 - 150.0).abs() < 0.1));
}

#[test]
fn a_locked_gate_is_to_be_opened() {
    let mut s = streets("a--b--c", CELL);
    s.point_tags.insert(1, vec![("barrier".into(), "gate".into()), ("access".into(), "private".into())]);
    s.barriers.push(Barrier { kind: BarrierKind::Wall, geometry: line(3.0, -2.0, 3.0, 2.0) });
    let q = query(at(0.0, 0.0, CELL), at(6.0, 0.0, CELL), 15);
    let found = explain_on(&Network::build(&s), &q);
    assert!(matches!(found.reasons[..], [Reason::NoWay, Reason::Barrier { .. }]), "{:?}", found.reasons);
    assert!(
        matches!(found.remedies[..], [Remedy::Open { walk, .. }] if (walk.0 - 240.0).abs() < 0.1),
        "{:?}",
        found.remedies
    );
}
