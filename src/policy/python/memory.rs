//! How much memory expressions take.
//!
//! The interpreter compares two counters, which its own allocator would keep, with a limit. Here they are fed with what
//! the process occupies: when the first of several expressions begins, and every few milliseconds while one runs. So
//! what the rest of the server takes meanwhile counts too, and some growth is free; a single value that is too large is
//! refused by its size before it is made.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use monty_types::{BASELINE_MEMORY, LIVE_MEMORY};

/// How large one value may be.
pub(super) const LIMIT: usize = 64 << 20;
/// By how much more the process may grow.
const FREE: usize = 256 << 20;

/// How often to look.
pub(in crate::policy) const EVERY: Duration = Duration::from_millis(5);

static RUNNING: Mutex<usize> = Mutex::new(0);

/// Held while an expression runs.
#[derive(Debug)]
pub(in crate::policy) struct Watch(());

impl Watch {
    /// Begins to watch.
    pub(in crate::policy) fn begin() -> Self {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if *running == 0 {
            let now = occupied();
            LIVE_MEMORY.store(now, Ordering::Relaxed);
            BASELINE_MEMORY.store(now, Ordering::Relaxed);
        }
        *running += 1;
        Self(())
    }

    /// Looks.
    pub(in crate::policy) fn look() {
        let growth = occupied().saturating_sub(BASELINE_MEMORY.load(Ordering::Relaxed));
        let counted = BASELINE_MEMORY.load(Ordering::Relaxed).saturating_add(growth.saturating_sub(FREE));
        LIVE_MEMORY.store(counted, Ordering::Relaxed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        *running = running.saturating_sub(1);
        // What this one took must not count against the others.
        Self::look();
    }
}

/// What the process occupies, where the system says so; elsewhere only single values are limited.
fn occupied() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.as_deref().and_then(|text| text.split(' ').nth(1)).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default().saturating_mul(4096)
}
