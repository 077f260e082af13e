//! Walking times between many places: one search a place of the smaller side.

use super::error::{WalkError, network};
use crate::atlas::Snapshot;
use crate::geometry::{LonLat, Metres, Seconds};
use crate::walk::{Direction, Doorstep, Network, Profile, ReachQuery};
use rayon::prelude::*;

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub struct MatrixQuery<'q> {
    pub from: &'q [LonLat],
    pub to: &'q [LonLat],
    pub profile: &'q Profile,
    /// Longer walks are left out.
    pub longest: Seconds,
}

/// A side of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    From,
    To,
}

/// A place that touches no part of the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OffNetwork {
    pub side: Side,
    pub index: usize,
    /// To the nearest walking street, when there is one at all.
    pub distance: Option<Metres>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// A row for each place to start from; `None` where there is no walk in time.
    pub times: Vec<Vec<Option<Seconds>>>,
    /// The places off the network: their rows and columns are empty.
    pub outside: Vec<OffNetwork>,
}

/// Walking times from every place of one list to every place of another.
pub fn matrix(snapshot: &Snapshot, query: &MatrixQuery<'_>) -> Result<Matrix, WalkError> {
    Ok(matrix_on(network(snapshot)?, query))
}

fn matrix_on(network: &Network, query: &MatrixQuery<'_>) -> Matrix {
    let MatrixQuery { from, to, .. } = *query;
    let outside = [(Side::From, Direction::From, from), (Side::To, Direction::To, to)].into_iter();
    let outside = outside.flat_map(|(side, direction, places)| {
        off_network(network, query.profile, direction, places).map(move |(index, distance)| OffNetwork {
            side,
            index,
            distance,
        })
    });
    let outside = outside.collect();
    // A walk is the same length told from either end.
    let times = if from.len() <= to.len() {
        rows(network, query, Direction::From, (from, to))
    } else {
        let columns = rows(network, query, Direction::To, (to, from));
        (0..from.len()).map(|i| columns.iter().map(|column| column[i]).collect()).collect()
    };
    Matrix { times, outside }
}

fn off_network<'p>(
    network: &'p Network,
    profile: &'p Profile,
    direction: Direction,
    places: &'p [LonLat],
) -> impl Iterator<Item = (usize, Option<Metres>)> + use<'p> {
    places.iter().enumerate().filter_map(move |(index, &origin)| {
        let touch = network.reach(&ReachQuery { origin, profile, direction, budget: Seconds(0.0) });
        touch.err().map(|outside| (index, outside.distance()))
    })
}

fn rows(
    network: &Network,
    query: &MatrixQuery<'_>,
    direction: Direction,
    (origins, places): (&[LonLat], &[LonLat]),
) -> Vec<Vec<Option<Seconds>>> {
    let places: Vec<Doorstep> = places.par_iter().map(|at| Doorstep::prepared(*at, network)).collect();
    let row = |&origin: &LonLat| {
        let search = ReachQuery { origin, profile: query.profile, direction, budget: query.longest };
        match network.reach(&search) {
            Ok(reach) => places.iter().map(|place| reach.time_to(place)).collect(),
            Err(_) => vec![None; places.len()],
        }
    };
    origins.par_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::sketch::{at, streets};

    const CELL: f64 = 50.0;

    /// ```text
    /// a->-b     one way from a to b; round over c and d it is longer
    /// |   |
    /// c---d
    /// ```
    fn town() -> Network {
        let mut s = streets("a---b\n|   |\nc---d", CELL);
        for way in &mut s.ways {
            if way.points == [0, 1] {
                way.tags.push(("oneway:foot".into(), "yes".into()));
            }
        }
        Network::build(&s)
    }

    fn query<'q>(from: &'q [LonLat], to: &'q [LonLat], minutes: f64) -> MatrixQuery<'q> {
        let profile = Profile::by_id("adult").expect("built in");
        MatrixQuery { from, to, profile, longest: Seconds::from_minutes(minutes) }
    }

    #[test]
    fn a_matrix_is_the_same_searched_from_either_side() {
        let network = town();
        let corners = [at(0.0, 0.0, CELL), at(4.0, 0.0, CELL), at(0.0, 2.0, CELL), at(4.0, 2.0, CELL)];
        let wide = matrix_on(&network, &query(&corners[..2], &corners, 60.0));
        let tall = matrix_on(&network, &query(&corners, &corners[..2], 60.0));
        let square = matrix_on(&network, &query(&corners, &corners, 60.0));
        assert_eq!(wide.times, square.times[..2]);
        for (row, whole) in tall.times.iter().zip(&square.times) {
            for (a, b) in row.iter().zip(whole) {
                assert!(a.zip(*b).is_some_and(|(a, b)| (a.0 - b.0).abs() < 0.01), "{a:?} {b:?}");
            }
        }
        let time = |i: usize, j: usize| square.times[i][j].expect("reached").0;
        assert!((time(0, 1) - 160.0).abs() < 0.01 && time(1, 0) > 200.0 && time(0, 0) == 0.0);
        assert!(square.outside.is_empty());
    }

    #[test]
    fn what_is_too_far_or_off_the_network_is_empty_and_told() {
        let network = town();
        let places = [at(0.0, 0.0, CELL), at(0.0, -10.0, CELL), at(4.0, 2.0, CELL)];
        let found = matrix_on(&network, &query(&places[..2], &places, 3.0));
        assert_eq!(found.times[0].iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false]);
        assert!(found.times[1].iter().all(Option::is_none));
        let told: Vec<(Side, usize)> = found.outside.iter().map(|o| (o.side, o.index)).collect();
        assert_eq!(told, [(Side::From, 1), (Side::To, 1)]);
        assert!(found.outside[0].distance.is_some_and(|d| (d.0 - 500.0).abs() < 0.1));
    }
}
