//! Hand-drawn towns: what a walker can and cannot reach.

use super::sketch::{at, sketch, streets};
use super::streets::{Barrier, BarrierKind};
use super::*;
use crate::geometry::{LonLat, Seconds};
use geo::Contains;

fn adult() -> &'static Profile {
    Profile::by_id("adult").expect("built in")
}

fn query(origin: LonLat, minutes: f64) -> ReachQuery<'static> {
    ReachQuery { origin, profile: adult(), direction: Direction::From, budget: Seconds::from_minutes(minutes) }
}

#[track_caller]
fn close(actual: Option<Seconds>, expected: f64) {
    let actual = actual.expect("reached").0;
    assert!((actual - expected).abs() < 0.01, "{actual} is not {expected}");
}

#[test]
fn time_along_a_street_is_length_over_speed_with_partial_edges() {
    let network = sketch("a---------b", 50.0);
    let reach = network.reach(&query(at(1.0, 0.0, 50.0), 15.0)).expect("on the street");
    close(reach.time_at(at(8.0, 0.0, 50.0)), 350.0 / 1.25);
    close(reach.time_at(at(0.0, 0.0, 50.0)), 50.0 / 1.25);
    assert!(reach.snap().0 < 0.001);
}

#[test]
fn off_the_network_walking_is_half_as_fast_and_leaves_the_street_at_an_angle() {
    let network = sketch("a---------b", 50.0);
    let reach = network.reach(&query(at(0.0, 0.0, 50.0), 15.0)).expect("on the street");
    // 60 m beside the street: straight over the lawn the last 60/cos(30°) m.
    let expected = 200.0 - 60.0 * 30f64.to_radians().tan() + 2.0 * 60.0 / 30f64.to_radians().cos();
    close(reach.time_at(at(4.0, 1.2, 50.0)), expected / 1.25);
    assert_eq!(reach.time_at(at(4.0, 2.1, 50.0)), None, "105 m off");
}

#[test]
fn two_doors_of_one_street_need_not_go_through_its_ends() {
    let network = sketch("a---------b", 50.0);
    let reach = network.reach(&query(at(4.0, 0.2, 50.0), 15.0)).expect("near");
    close(reach.time_at(at(4.0, -0.2, 50.0)), 2.0 * 20.0 / 1.25);
    let route = reach.route(at(7.0, -0.2, 50.0)).expect("reached");
    assert!((route.walk.0 - reach.time_at(at(7.0, -0.2, 50.0)).expect("reached").0).abs() < 1e-9);
    assert_eq!(route.steps.len(), 3, "off, along, off: {:?}", route.steps);
}

#[test]
fn nothing_is_reached_that_takes_longer_than_the_budget_at_an_odd_speed() {
    let network = sketch("a---------b", 50.0);
    let odd = &adult().with_speed(0.333_377);
    let query = ReachQuery { profile: odd, ..query(at(0.0, 0.0, 50.0), 1.0) };
    let reach = network.reach(&query).expect("on the street");
    // A minute is 20.002 62 m, of which 20.002 are whole millimetres.
    let times = (0..40).map(|i| reach.time_at(at(0.4 + f64::from(i) * 4e-6, 0.0, 50.0)));
    let reached: Vec<Seconds> = times.flatten().collect();
    assert!(reached.len() > 5 && reached.len() < 30, "{}", reached.len());
    assert!(reached.iter().all(|t| t.0 <= 60.0), "{reached:?}");
}

#[test]
fn streets_that_a_walker_may_not_use_are_closed_and_not_hidden() {
    let mut s = streets("a---------b", 50.0);
    s.ways.iter_mut().for_each(|way| way.tags = vec![("highway".into(), "steps".into())]);
    let network = Network::build(&s);
    let wheels = Profile::by_id("wheelchair").expect("built in");
    let outside = network.reach(&ReachQuery { profile: wheels, ..query(at(4.0, 0.2, 50.0), 15.0) }).map(|_| ());
    assert!(matches!(outside, Err(OutsideNetwork::Closed(d)) if (d.0 - 10.0).abs() < 0.1), "{outside:?}");
}

#[test]
fn the_far_bank_is_not_near() {
    let mut s = streets("a---------b", 50.0);
    let river = geo::LineString::from(vec![at(-3.0, 1.0, 50.0).coord(), at(14.0, 1.0, 50.0).coord()]);
    s.barriers.push(Barrier { kind: BarrierKind::Water, geometry: river.into() });
    let network = Network::build(&s);
    let reach = network.reach(&query(at(2.0, 0.0, 50.0), 15.0)).expect("near");
    assert!(reach.time_at(at(4.0, 0.9, 50.0)).is_some());
    assert_eq!(reach.time_at(at(4.0, 1.1, 50.0)), None);
    let outside = network.reach(&query(at(4.0, 1.2, 50.0), 15.0)).map(|_| ());
    assert!(matches!(outside, Err(OutsideNetwork::Blocked(d)) if (d.0 - 60.0).abs() < 0.1), "{outside:?}");
    let circle = &reach.outlines(&[Seconds(600.0)])[0];
    assert!(!circle.shape.contains(&geo::Point::from(at(4.0, 1.4, 50.0).coord())));
}

#[test]
fn a_bridge_is_left_at_its_ends() {
    let mut s = streets("a--b-----c--d", 50.0);
    s.ways.clear();
    for (points, bridge) in [(vec![0, 1], false), (vec![1, 2], true), (vec![2, 3], false)] {
        let mut tags: Tags = vec![("highway".into(), "footway".into())];
        if bridge {
            tags.push(("bridge".into(), "yes".into()));
        }
        s.ways.push(Street { points, tags });
    }
    let network = Network::build(&s);
    let reach = network.reach(&query(at(0.0, 0.0, 50.0), 15.0)).expect("near");
    assert!(reach.time_at(at(6.0, 0.2, 50.0)).is_some(), "on the deck");
    assert_eq!(reach.time_at(at(6.0, 0.5, 50.0)), None, "in the river");
    assert!(reach.time_at(at(10.5, 0.5, 50.0)).is_some(), "beyond");
}

#[test]
fn steps_stop_a_wheelchair() {
    let mut s = streets("a--b--c", 50.0);
    s.ways = vec![
        Street { points: vec![0, 1], tags: vec![("highway".into(), "footway".into())] },
        Street { points: vec![1, 2], tags: vec![("highway".into(), "steps".into())] },
    ];
    let network = Network::build(&s);
    let profile = Profile::by_id("wheelchair").expect("built in");
    let q = ReachQuery { profile, ..query(at(0.0, 0.0, 50.0), 15.0) };
    let reach = network.reach(&q).expect("near");
    assert!(reach.time_at(at(3.0, 0.0, 50.0)).is_some());
    assert_eq!(reach.time_at(at(6.0, 0.0, 50.0)), None);
    assert!(network.reach(&query(at(0.0, 0.0, 50.0), 15.0)).expect("near").time_at(at(6.0, 0.0, 50.0)).is_some());
}

#[test]
fn a_one_way_walk_differs_by_direction() {
    let mut s = streets("a---b\n|   |\nc---d", 50.0);
    for way in &mut s.ways {
        if way.points == [0, 1] {
            way.tags.push(("oneway:foot".into(), "yes".into()));
        }
    }
    let network = Network::build(&s);
    let time = |from, to, direction| {
        let q = ReachQuery { direction, ..query(from, 15.0) };
        network.reach(&q).expect("near").time_at(to)
    };
    let (a, b) = (at(0.0, 0.0, 50.0), at(4.0, 0.0, 50.0));
    close(time(a, b, Direction::From), 160.0);
    close(time(b, a, Direction::To), 160.0);
    let back = time(b, a, Direction::From).expect("reached").0;
    assert!(back > 161.0 && (back - time(a, b, Direction::To).expect("reached").0).abs() < 1e-6);
}

#[test]
fn contours_nest_and_are_valid() {
    use geo::{Area, BooleanOps, Validation};
    let network = sketch("a---b---c---d\n|   |   |   |\ne---f---g   h\n|       |   |\ni---j---k---l", 60.0);
    let reach = network.reach(&query(at(4.3, 2.2, 60.0), 9.0)).expect("near");
    let circles = reach.outlines(&[Seconds(540.0), Seconds(300.0), Seconds(120.0)]);
    for pair in circles.windows(2) {
        assert!(pair[0].area_m2 > pair[1].area_m2);
        assert!(pair[1].shape.difference(&pair[0].shape).unsigned_area() < 1e-14);
    }
    assert!(circles.iter().all(|c| c.shape.is_valid()));
}

#[test]
fn the_contour_passes_where_the_field_says() {
    let network = sketch("a---b---c---d\n|   |   |   |\ne---f---g   h\n|       |   |\ni---j---k---l", 60.0);
    let reach = network.reach(&query(at(4.3, 2.2, 60.0), 5.0)).expect("near");
    let circle = &reach.outlines(&[Seconds(300.0)])[0];
    let (mut wrong, mut all) = (0, 0);
    for i in 0..60 {
        for j in 0..60 {
            let p = at(f64::from(i) * 0.25 - 1.0, f64::from(j) * 0.1 - 1.0, 60.0);
            let inside = circle.shape.contains(&geo::Point::from(p.coord()));
            wrong += usize::from(inside != reach.time_at(p).is_some());
            all += usize::from(inside);
        }
    }
    assert!(wrong * 100 < all * 2, "{wrong} of {all}");
}

#[test]
fn a_route_is_as_long_as_its_time_says() {
    let network = sketch("a---b---c---d\n|   |   |   |\ne---f---g   h\n|       |   |\ni---j---k---l", 60.0);
    let reach = network.reach(&query(at(4.3, 2.2, 60.0), 20.0)).expect("near");
    for (c, r) in [(0.0, 0.0), (12.0, 0.0), (11.0, 3.6), (4.1, 2.1), (0.4, 3.0), (6.0, 4.0)] {
        let p = at(c, r, 60.0);
        let route = reach.route(p).expect("reached");
        let sum: f64 = route.steps.iter().map(|s| s.walk.0).sum();
        assert!((sum - route.walk.0).abs() < 0.05, "{c},{r}: {sum} {}", route.walk.0);
    }
}

#[test]
fn who_crosses_at_a_signal_waits_and_who_walks_along_the_street_does_not() {
    // The footway a-b-c crosses the street d-b-e.
    let mut s = streets("   e   \n   |   \na--b--c\n   |   \n   d   ", 50.0);
    for way in &mut s.ways {
        if way.points.contains(&0) {
            way.tags = vec![("highway".into(), "footway".into())];
        }
    }
    let tags = [("highway", "crossing"), ("crossing", "traffic_signals")];
    s.point_tags.insert(1, tags.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec());
    let network = Network::build(&s);
    let patient = adult().with_signal_wait(30.0);
    let seconds = |profile: &Profile, from: (f64, f64), to: (f64, f64)| {
        let query = ReachQuery {
            origin: at(from.0, from.1, 50.0),
            profile,
            direction: Direction::From,
            budget: Seconds::from_minutes(15.0),
        };
        let reach = network.reach(&query).expect("near");
        let there = at(to.0, to.1, 50.0);
        assert_eq!(reach.time_to(&Doorstep::new(there)), reach.time_at(there));
        reach.time_at(there)
    };
    close(seconds(adult(), (0.0, 2.0), (6.0, 2.0)), 300.0 / 1.25);
    close(seconds(&patient, (0.0, 2.0), (6.0, 2.0)), 300.0 / 1.25 + 30.0);
    close(seconds(&patient, (3.0, 4.0), (3.0, 0.0)), 200.0 / 1.25);
}
