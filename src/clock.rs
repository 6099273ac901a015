//! The only source of time, ids and randomness. Everything else takes them as arguments, so that tests can fix them.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

/// The current instant, cut to microseconds: what both databases keep.
#[allow(clippy::disallowed_methods)]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A new random id: 122 bits that can't be guessed.
#[allow(clippy::disallowed_methods)]
pub fn new_id() -> Uuid {
    Uuid::new_v4()
}

/// A new id that sorts by time.
#[allow(clippy::disallowed_methods)]
pub fn new_ordered_id() -> Uuid {
    Uuid::now_v7()
}

/// 256 random bits from the operating system's generator, as 64 hexadecimal digits.
#[allow(clippy::disallowed_methods)]
pub fn new_secret() -> Result<String, getrandom::Error> {
    let mut halves = [[0u8; 16]; 2];
    for half in &mut halves {
        getrandom::fill(half)?;
    }
    Ok(format!("{:032x}{:032x}", u128::from_be_bytes(halves[0]), u128::from_be_bytes(halves[1])))
}
