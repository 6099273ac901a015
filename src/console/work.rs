//! Long work on many: how far it has got, and giving it up between two of its transactions.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, interval_at};

use super::event::{Effect, Outcome};
use super::runtime::World;

/// Why something was not done: somebody gave up before its turn came.
pub const GIVEN_UP: &str = "given up before its turn came.";

/// How often is told how far it has got; what is done sooner is not worth a word.
const TELLING: Duration = Duration::from_millis(150);

/// Work under way.
#[derive(Debug, Clone)]
pub(super) struct Work {
    number: u64,
    done: watch::Sender<usize>,
}

impl World {
    /// Performs an effect under a number, tells now and then how far it has got, and wraps its outcome.
    pub(super) async fn work(&self, number: u64, effect: Effect) -> Outcome {
        let withdrawn = matches!(effect, Effect::SaveInvitation { .. } | Effect::Change(_));
        let mut cancelled = self.cancelled.subscribe();
        let (done, _) = watch::channel(0);
        let world = Self { work: Some(Work { number, done: done.clone() }), ..self.clone() };
        let work = Box::pin(async move { world.perform(effect).await });
        tokio::pin!(work);
        let mut ticks = interval_at(Instant::now() + TELLING, TELLING);
        loop {
            tokio::select! {
                biased;
                // It waits for the database, or else it would be over: what is dropped is not written.
                _ = cancelled.wait_for(|upto| *upto >= number), if withdrawn => return Outcome::Worked(number, None),
                outcome = &mut work => return Outcome::Worked(number, outcome.map(Box::new)),
                _ = ticks.tick(), if !withdrawn => {
                    let done = *done.borrow();
                    self.tell(Outcome::Working(number, done));
                }
            }
        }
    }

    /// Notes that so many are done with.
    pub(super) fn note_done(&self, count: usize) {
        if let Some(work) = &self.work {
            work.done.send_replace(count);
        }
    }

    /// Whether this work is to be given up. What is committed by then stays.
    pub(super) fn is_given_up(&self) -> bool {
        self.work.as_ref().is_some_and(|work| *self.cancelled.borrow() >= work.number)
    }
}
