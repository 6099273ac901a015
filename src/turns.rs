//! Turns at slow work: so many at once, so many waiting, and whoever comes then is told to come back. Without the second
//! bound a crowd would wait in memory for longer than anybody stays.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long anybody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// More wait than may, or a turn did not come for long: nothing was done, and it can be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too much is waiting for its turn")]
pub struct Busy;

/// Gives turns. A clone gives of the same ones.
#[derive(Debug, Clone)]
pub struct Turns {
    /// For those who work and those who wait.
    places: Arc<Semaphore>,
    /// For those who work.
    working: Arc<Semaphore>,
}

/// A turn; it ends when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _working: OwnedSemaphorePermit,
}

impl Turns {
    /// As many turns at once as the machine has cores (more would only make everybody wait longer and take memory for
    /// each), and so many who wait.
    pub fn new(waiting: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::of(cores, waiting)
    }

    fn of(at_once: usize, waiting: u32) -> Self {
        let waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
        let places = at_once.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(places)), working: Arc::new(Semaphore::new(at_once)) }
    }

    /// Waits for a turn, unless too many wait already.
    pub async fn take(&self) -> Result<Turn, Busy> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Busy)?;
        let working = tokio::time::timeout(PATIENCE, self.working.clone().acquire_owned()).await;
        let working = working.map_err(|_| Busy)?.map_err(|_| Busy)?;
        Ok(Turn { _place: place, _working: working })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_work_so_many_wait_and_the_rest_is_told() {
        let turns = Turns::of(2, 3);
        let working = [turns.take().await.unwrap(), turns.take().await.unwrap()];
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                tokio::spawn({
                    let turns = turns.clone();
                    async move { turns.take().await.map(drop) }
                })
            })
            .collect();
        while turns.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(turns.take().await.unwrap_err(), Busy);
        drop(working);
        for one in waiting {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        assert!(turns.take().await.is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_leaves_the_place_to_others() {
        let turns = Turns::of(1, 1);
        let working = turns.take().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(1), turns.take()).await.is_err());
        assert_eq!(turns.places.available_permits(), 1);
        drop(working);
        assert!(turns.take().await.is_ok());
    }
}
