//! How often who may try what: token buckets per client address and per account, in this process's memory.
//!
//! Attempts are counted, not failures: a count that is made when an answer is known comes too late for guesses that are
//! sent at once. So the buckets of addresses are large: many people may share one.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config::{Rate, RateLimits};
use crate::executor::{Attempt, Gate};

/// After so many attempts what is no longer needed is forgotten.
const TIDY_EVERY: u32 = 1_024;
/// How many attempts more a link counts that leads nowhere.
const BAD_LINK: usize = 9;

type Limiter<C> = RateLimiter<u64, DefaultKeyedStateStore<u64>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// A bucket for each key. Keys are hashes under a secret of this process, so that each takes the same small room whatever
/// was typed.
#[derive(Debug)]
struct Buckets<C: Clock>(Option<(Limiter<C>, C)>);

impl<C: Clock + Clone> Buckets<C> {
    fn new(rate: Option<Rate>, clock: &C) -> Self {
        let limiter = |rate: Rate| {
            let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
            (RateLimiter::dashmap_with_clock(quota, clock.clone()), clock.clone())
        };
        Self(rate.map(limiter))
    }

    fn take(&self, key: u64) -> Result<(), Duration> {
        let Some((limiter, clock)) = &self.0 else { return Ok(()) };
        limiter.check_key(&key).map_err(|not_yet| not_yet.wait_time_from(clock.now()))
    }

    fn tidy(&self) {
        if let Some((limiter, _)) = &self.0 {
            limiter.retain_recent();
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |(limiter, _)| limiter.len())
    }
}

/// All limits.
#[derive(Debug)]
pub struct Limits<C: Clock = DefaultClock> {
    links: Buckets<C>,
    new_passwords: Buckets<C>,
    passwords: Buckets<C>,
    account: Buckets<C>,
    secret: RandomState,
    counted: AtomicU32,
}

impl Limits {
    /// Full buckets.
    pub fn new(limits: &RateLimits) -> Self {
        Self::by(limits, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn by(limits: &RateLimits, clock: &C) -> Self {
        Self {
            links: Buckets::new(limits.links, clock),
            new_passwords: Buckets::new(limits.new_passwords, clock),
            passwords: Buckets::new(limits.passwords, clock),
            account: Buckets::new(limits.account, clock),
            secret: RandomState::new(),
            counted: AtomicU32::new(0),
        }
    }

    /// A bucket is forgotten once it is full again; what memory holds is what was tried within that time.
    fn tidy_now_and_then(&self) {
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            for buckets in [&self.links, &self.new_passwords, &self.passwords, &self.account] {
                buckets.tidy();
            }
        }
    }
}

impl<C: Clock + Clone + std::fmt::Debug + Send + Sync> Gate for Limits<C>
where
    C::Instant: Send + Sync,
{
    fn pass(&self, address: &str, attempt: Attempt<'_>) -> Result<(), Duration> {
        self.tidy_now_and_then();
        let from = self.secret.hash_one(network(address));
        match attempt {
            Attempt::Link => self.links.take(from),
            Attempt::BadLink => (0..BAD_LINK).try_for_each(|_| self.links.take(from)),
            Attempt::NewPassword => self.new_passwords.take(from),
            // The address first: who may not try any more from there can't lock an account either.
            Attempt::Password { account } => {
                self.passwords.take(from)?;
                self.account.take(self.secret.hash_one(account.trim().to_lowercase()))
            }
        }
    }
}

/// Whom an address stands for: an IPv6 network of 64 bits is one household or one machine, whose addresses are free.
fn network(address: &str) -> Option<(IpAddr, u64)> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => Some((address.into(), 0)),
        IpAddr::V6(address) => Some((IpAddr::from([0; 16]), (u128::from(address) >> 64) as u64)),
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limits(clock: &FakeRelativeClock) -> Limits<FakeRelativeClock> {
        Limits::by(&RateLimits::default(), clock)
    }

    fn password(account: &str) -> Attempt<'_> {
        Attempt::Password { account }
    }

    /// How many attempts are taken until one is not.
    fn taken(limits: &Limits<FakeRelativeClock>, address: &str, attempt: Attempt<'_>) -> usize {
        (0..1_000).take_while(|_| limits.pass(address, attempt).is_ok()).count()
    }

    #[test]
    fn an_account_is_limited_from_wherever_and_however_it_is_written() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        assert_eq!(taken(&limits, "203.0.113.1", password("jane")), 10);
        let wait = limits.pass("198.51.100.1", password(" JANE ")).unwrap_err();
        assert_eq!(wait.as_secs(), 60);
        assert!(limits.pass("198.51.100.1", password("joe")).is_ok());
        clock.advance(Duration::from_secs(59));
        assert!(limits.pass("203.0.113.1", password("jane")).is_err());
        clock.advance(Duration::from_secs(1));
        assert_eq!(taken(&limits, "203.0.113.1", password("jane")), 1);
    }

    #[test]
    fn an_address_is_limited_whatever_accounts_it_tries_and_then_locks_no_account() {
        let limits = limits(&FakeRelativeClock::default());
        let names: Vec<String> = (0..100).map(|number| format!("user-{number}")).collect();
        assert!(names.iter().all(|name| limits.pass("203.0.113.1", password(name)).is_ok()));
        assert_eq!(taken(&limits, "203.0.113.1", password("jane")), 0);
        assert_eq!(taken(&limits, "203.0.113.2", password("jane")), 10);
    }

    #[test]
    fn what_is_tried_is_counted_apart() {
        let limits = limits(&FakeRelativeClock::default());
        assert_eq!(taken(&limits, "203.0.113.1", Attempt::Link), 300);
        assert_eq!(taken(&limits, "203.0.113.1", Attempt::NewPassword), 300);
        assert!(limits.pass("203.0.113.1", password("jane")).is_ok());
        assert!(limits.pass("203.0.113.2", Attempt::Link).is_ok());
    }

    #[test]
    fn a_link_that_leads_nowhere_counts_ten_times() {
        let limits = limits(&FakeRelativeClock::default());
        let guess = || limits.pass("203.0.113.1", Attempt::Link).map(|()| limits.pass("203.0.113.1", Attempt::BadLink));
        assert_eq!((0..1_000).take_while(|_| guess().is_ok()).count(), 30);
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        let same = |a: &str, b: &str| network(a) == network(b);
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:203.0.113.1", "203.0.113.1"));
        assert!(!same("203.0.113.1", "203.0.113.2"));
        assert!(!same("::1", "0.0.0.0"));
    }

    #[test]
    fn what_has_recovered_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        for number in 0..1_000_u16 {
            let _ = limits.pass(&format!("10.0.{}.{}", number / 256, number % 256), Attempt::Link);
        }
        assert_eq!(limits.links.len(), 1_000);
        clock.advance(Duration::from_mins(10));
        assert_eq!(taken(&limits, "203.0.113.1", Attempt::Link), 300);
        assert_eq!(limits.links.len(), 1);
    }

    #[test]
    fn without_limits_everything_is_taken() {
        let limits = Limits::by(&RateLimits::OFF, &FakeRelativeClock::default());
        assert_eq!(taken(&limits, "203.0.113.1", password("jane")), 1_000);
        assert_eq!(taken(&limits, "203.0.113.1", Attempt::Link), 1_000);
    }
}
