//! How much work one address and one account may ask for: buckets of tokens. What costs how many
//! tokens is in `cost`.

use super::super::error::Problem;
use super::super::extract::whence;
use crate::config::Limits;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Buckets that are full again are forgotten every so many charges.
const SWEEP: u32 = 10_000;

/// A bucket for every key.
struct Buckets<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    burst: NonZeroU32,
    clock: DefaultClock,
    charges: AtomicU32,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// `None`: no limit.
    fn new(rate: u64, burst: u64) -> Option<Self> {
        Self::of(rate, burst, Quota::per_second)
    }

    fn of(rate: u64, burst: u64, quota: fn(NonZeroU32) -> Quota) -> Option<Self> {
        let number = |n: u64| NonZeroU32::new(u32::try_from(n).unwrap_or(u32::MAX));
        let (rate, burst) = (number(rate)?, number(burst)?);
        let quota = quota(rate).allow_burst(burst);
        Some(Self {
            limiter: RateLimiter::keyed(quota),
            burst,
            clock: DefaultClock::default(),
            charges: AtomicU32::new(0),
        })
    }

    /// Takes the tokens, or tells how long until they are there. Nothing costs more than a full
    /// bucket.
    fn take(&self, key: &K, tokens: u32) -> Result<(), Duration> {
        let Some(tokens) = NonZeroU32::new(tokens) else { return Ok(()) };
        if self.charges.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key_n(key, tokens.min(self.burst)) {
            Ok(Ok(())) | Err(_) => Ok(()),
            Ok(Err(later)) => Err(later.wait_time_from(self.clock.now())),
        }
    }
}

/// The buckets of all addresses and accounts.
pub struct Rates {
    addresses: Option<Buckets<IpAddr>>,
    accounts: Option<Buckets<String>>,
    /// Reports of people without an account.
    reports: Option<Buckets<IpAddr>>,
}

impl Rates {
    pub fn new(limits: &Limits) -> Self {
        Self {
            addresses: Buckets::new(limits.rate, limits.burst),
            accounts: Buckets::new(limits.account_rate, limits.account_burst),
            reports: Buckets::of(limits.reports_per_hour, limits.report_burst, Quota::per_hour),
        }
    }
}

/// What a request may still ask for; on every request.
#[derive(Clone)]
pub struct Budget {
    rates: Arc<Rates>,
    /// `None`: exempt.
    address: Option<IpAddr>,
    account: Option<String>,
}

impl Budget {
    pub fn new(rates: Arc<Rates>, address: IpAddr, limits: &Limits) -> Self {
        let exempt = limits.exempt.iter().any(|net| net.contains(&address));
        Self { rates, address: (!exempt).then(|| household(address)), account: None }
    }

    /// The same for somebody who is known by now. Exempt addresses stay exempt.
    pub fn of_account(&self, name: &str) -> Self {
        Self { account: self.address.is_some().then(|| name.to_owned()), ..self.clone() }
    }

    /// Whether an account pays.
    pub fn is_account(&self) -> bool {
        self.account.is_some()
    }

    /// Takes tokens for work that is going to be done, or refuses it.
    pub fn charge(&self, tokens: u32) -> Result<(), Problem> {
        self.take(tokens).map_err(|wait| {
            let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1);
            Problem::too_many_requests(format!("That is more than you may ask for; try again in {seconds} s."), seconds)
        })
    }

    /// Counts a report; whoever has an account may report as much as they ask.
    pub fn report(&self) -> Result<(), Problem> {
        let (None, Some(address), Some(reports)) = (&self.account, &self.address, &self.rates.reports) else {
            return Ok(());
        };
        reports.take(address, 1).map_err(|wait| {
            let seconds = u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX);
            let detail = format!("So many reports from one address are not taken; try again in {seconds} s, or call.");
            Problem::too_many_requests(detail, seconds)
        })
    }

    /// Waits until the tokens are there; for work that goes on and on, on a thread of its own.
    pub fn wait(&self, tokens: u32) {
        while let Err(wait) = self.take(tokens) {
            std::thread::sleep(wait);
        }
    }

    fn take(&self, tokens: u32) -> Result<(), Duration> {
        let of_account = self.rates.accounts.as_ref().zip(self.account.as_ref());
        let of_address = self.rates.addresses.as_ref().zip(self.address.as_ref());
        // Whoever is known asks on his own account; his neighbours behind one address need not pay.
        match (of_account, of_address) {
            (Some((buckets, name)), _) => buckets.take(name, tokens),
            (None, Some((buckets, address))) => buckets.take(address, tokens),
            (None, None) => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Budget {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        whence(parts)?;
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::internal("a request came past the limits"))
    }
}

/// One IPv6 household has a whole /64.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(address: &str, limits: &Limits) -> Budget {
        Budget::new(Arc::new(Rates::new(limits)), address.parse().expect("an address"), limits)
    }

    #[test]
    fn an_address_has_its_burst_and_is_then_told_when_to_come_back() {
        let limits = Limits { rate: 2, burst: 10, ..Limits::default() };
        let budget = budget("203.0.113.1", &limits);
        assert!(budget.charge(10).is_ok());
        let refused = budget.charge(4).expect_err("empty");
        assert_eq!(refused.retry_after, Some(2));
        let other = Budget::new(Arc::clone(&budget.rates), "203.0.113.2".parse().expect("an address"), &limits);
        assert!(other.charge(50).is_ok(), "what costs more than a bucket costs a bucket");
        assert!(other.charge(1).is_err());
    }

    #[test]
    fn an_account_pays_for_itself_and_exempt_addresses_do_not_pay() {
        let limits = Limits { rate: 1, burst: 1, account_rate: 1, account_burst: 5, ..Limits::default() };
        let anybody = budget("203.0.113.1", &limits);
        let ann = anybody.of_account("ann");
        assert!(ann.charge(5).is_ok() && ann.charge(1).is_err());
        assert!(anybody.charge(1).is_ok());
        let local = budget("127.0.0.1", &limits);
        assert!((0..100).all(|_| local.of_account("ann").charge(100).is_ok()));
        let off = budget("203.0.113.1", &Limits { rate: 0, ..limits });
        assert!((0..100).all(|_| off.charge(100).is_ok()));
    }

    #[test]
    fn one_household_is_one_address() {
        let key = |text: &str| household(text.parse().expect("an address"));
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }
}
