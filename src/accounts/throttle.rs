//! Failed logins are slowed down: per name and address with growing waits, and per address. Never
//! per name alone, so nobody can lock somebody else out from elsewhere. Time is an argument; the
//! table never grows beyond [`MOST`] entries.

use super::name::UserName;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Failures of one name from one address before there is a wait.
const FREE: u32 = 4;
/// The longest wait of a pair, seconds.
const LONGEST: i64 = 900;
/// A pair that has been quiet for so long begins anew.
const FORGET: TimeDelta = TimeDelta::hours(1);
/// Failures an address may have at once, whatever the names (an office shares one), …
const BURST: f64 = 30.0;
/// … and how many seconds give one back.
const REFILL: f64 = 10.0;
/// Entries of either table.
const MOST: usize = 50_000;

/// What failed lately.
#[derive(Debug, Default)]
pub struct Throttle {
    pairs: HashMap<(UserName, Source), Pair>,
    sources: HashMap<Source, Bucket>,
}

/// An address as the throttle sees it: of IPv6 the network of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Source(IpAddr);

impl Source {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
            v4 => Self(v4),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    failures: u32,
    last: DateTime<Utc>,
    until: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Failures not yet forgiven at `at`.
    level: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    fn level(&self, now: DateTime<Utc>) -> f64 {
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1000.0;
        (self.level - seconds / REFILL).max(0.0)
    }
}

/// How long to wait before the next attempt, whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub u32);

impl Throttle {
    /// Counts an attempt as failed before it is judged, so that many at once gain nothing;
    /// [`Self::succeeded`] takes it back. `Err`: not to be judged at all.
    pub fn attempt(&mut self, name: &UserName, address: IpAddr, now: DateTime<Utc>) -> Result<(), Wait> {
        let source = Source::of(address);
        let level = self.sources.get(&source).map_or(0.0, |b| b.level(now));
        if level + 1.0 > BURST {
            return Err(wait(((level + 1.0 - BURST) * REFILL * 1000.0) as i64));
        }
        let pair = self.pairs.get(&(name.clone(), source)).copied().filter(|p| now - p.last < FORGET);
        if let Some(pair) = pair.filter(|p| p.until > now) {
            return Err(wait((pair.until - now).num_milliseconds()));
        }
        let failures = pair.map_or(0, |p| p.failures) + 1;
        let until = now + TimeDelta::seconds(pause(failures));
        room(&mut self.pairs, |p| now - p.last >= FORGET, |p| p.last);
        room(&mut self.sources, |b| b.level(now) == 0.0, |b| b.at);
        self.pairs.insert((name.clone(), source), Pair { failures, last: now, until });
        self.sources.insert(source, Bucket { level: level + 1.0, at: now });
        Ok(())
    }

    /// The attempt was right: it does not count, and the pair begins anew.
    pub fn succeeded(&mut self, name: &UserName, address: IpAddr) {
        let source = Source::of(address);
        self.pairs.remove(&(name.clone(), source));
        if let Some(bucket) = self.sources.get_mut(&source) {
            bucket.level = (bucket.level - 1.0).max(0.0);
        }
    }
}

/// Seconds to wait after so many failures: 1, 2, 4, …
fn pause(failures: u32) -> i64 {
    match failures.checked_sub(FREE) {
        None => 0,
        Some(n) => LONGEST.min(1 << n.min(20)),
    }
}

fn wait(milliseconds: i64) -> Wait {
    Wait(u32::try_from((milliseconds + 999) / 1000).unwrap_or(u32::MAX).max(1))
}

/// Makes room for one more: what may be forgotten goes first, then the oldest tenth.
fn room<K: Hash + Eq, V>(table: &mut HashMap<K, V>, old: impl Fn(&V) -> bool, age: impl Fn(&V) -> DateTime<Utc>) {
    if table.len() < MOST {
        return;
    }
    table.retain(|_, v| !old(v));
    if table.len() >= MOST {
        let mut ages: Vec<_> = table.values().map(&age).collect();
        let (_, tenth, _) = ages.select_nth_unstable(MOST / 10);
        let tenth = *tenth;
        table.retain(|_, v| age(v) > tenth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> UserName {
        UserName::new(text).expect("a name")
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    #[test]
    fn guesses_at_one_name_become_slower_and_slower() {
        let mut throttle = Throttle::default();
        let (ann, thief) = (name("ann"), ip("10.0.0.9"));
        let mut guesses = 0;
        for second in 0..86_400 {
            while guesses < 9_999 && throttle.attempt(&ann, thief, at(second)).is_ok() {
                guesses += 1;
            }
        }
        assert!((100..=110).contains(&guesses), "{guesses} guesses in a day");
    }

    #[test]
    fn a_stranger_cannot_lock_a_user_out() {
        let mut throttle = Throttle::default();
        let (ann, thief, home) = (name("ann"), ip("10.0.0.9"), ip("10.0.0.1"));
        while throttle.attempt(&ann, thief, at(0)).is_ok() {}
        assert_eq!(throttle.attempt(&ann, thief, at(0)), Err(Wait(1)));
        assert_eq!(throttle.attempt(&ann, home, at(0)), Ok(()));
        throttle.succeeded(&ann, home);
        assert_eq!(throttle.attempt(&ann, thief, at(0)), Err(Wait(1)), "her success does not help him");
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_down_too() {
        let mut throttle = Throttle::default();
        let thief = ip("2001:db8:1:2::1");
        let tried = (0..1000).filter(|n| throttle.attempt(&name(&format!("u{n}")), thief, at(0)).is_ok()).count();
        assert_eq!(tried, 30);
        assert_eq!(throttle.attempt(&name("x"), ip("2001:db8:1:2:ffff::"), at(0)), Err(Wait(10)), "the same network");
        assert_eq!(throttle.attempt(&name("x"), ip("2001:db8:1:3::"), at(0)), Ok(()));
        assert_eq!(throttle.attempt(&name("x"), thief, at(10)), Ok(()));
        assert_eq!(throttle.attempt(&name("y"), thief, at(10)), Err(Wait(10)));
    }

    #[test]
    fn logging_in_rightly_is_never_slowed_down() {
        let mut throttle = Throttle::default();
        let (ann, office) = (name("ann"), ip("10.0.0.1"));
        for _ in 0..1000 {
            assert_eq!(throttle.attempt(&ann, office, at(0)), Ok(()));
            throttle.succeeded(&ann, office);
        }
    }

    #[test]
    fn the_tables_do_not_grow_without_end() {
        let mut throttle = Throttle::default();
        for n in 0..(MOST as u32 * 2) {
            let _judged = throttle.attempt(&name("ann"), IpAddr::from((n + 1).to_be_bytes()), at(i64::from(n) / 100));
        }
        assert!(throttle.pairs.len() <= MOST && throttle.sources.len() <= MOST);
        let last = IpAddr::from((MOST as u32 * 2).to_be_bytes());
        assert!(throttle.pairs.contains_key(&(name("ann"), Source::of(last))), "the newest are kept");
    }
}
