//! Work that takes its time: how far it has got is said now and then, a line each time.

use std::io::{BufRead, Write};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Plain;
use super::talk::Stop;
use crate::console::app::many;
use crate::console::event::{Effect, Outcome};
use crate::console::runtime::World;
use crate::console::widget::text;
use crate::console::{batch, import};

/// Somebody who listens to the lines hears no more often than that how far it has got.
const PAUSE: Duration = Duration::from_secs(3);

/// So long the database may take before it is said that it does.
const UNSAID: Duration = Duration::from_secs(2);

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Performs an effect, and says that it waits for the database where that takes long.
    pub(super) async fn answer(&mut self, effect: Effect) -> Result<Option<Outcome>, Stop> {
        let world = self.world.clone();
        let work = Box::pin(async move { world.perform(effect).await });
        tokio::pin!(work);
        if let Ok(outcome) = tokio::time::timeout(UNSAID, &mut work).await {
            return Ok(outcome);
        }
        self.talk.say("Waiting for the database…")?;
        Ok(work.await)
    }

    /// Performs an effect, and says how far it has got while it takes its time.
    pub(super) async fn watch(&mut self, effect: Effect) -> Result<Option<Outcome>, Stop> {
        let (sender, mut told) = mpsc::unbounded_channel();
        let world = World { telling: Some(sender), ..self.world.clone() };
        let effect = if many(&effect).is_some() { Effect::Work(1, Box::new(effect)) } else { effect };
        let work = Box::pin(async move { world.perform(effect).await });
        tokio::pin!(work);
        let mut said: Option<Instant> = None;
        loop {
            let outcome = tokio::select! {
                biased;
                Some(outcome) = told.recv() => outcome,
                outcome = &mut work => {
                    return Ok(match outcome {
                        Some(Outcome::Worked(_, outcome)) => outcome.map(|outcome| *outcome),
                        other => other,
                    });
                }
            };
            let due = said.is_none_or(|said| said.elapsed() >= PAUSE);
            if let Some(line) = how_far(&outcome).filter(|_| due) {
                self.talk.say(&line)?;
                said = Some(Instant::now());
            }
        }
    }
}

/// How far it has got, where an outcome tells that.
fn how_far(outcome: &Outcome) -> Option<String> {
    let done = |count: usize| text::number(count as u64);
    match outcome {
        Outcome::Working(_, count) if *count > 0 => Some(format!("{} are done, more to do.", done(*count))),
        Outcome::Batch(answer) => match answer.as_ref() {
            batch::Answer::Progress(count) => Some(format!("{} are made, more to do.", done(*count))),
            _ => None,
        },
        Outcome::Blueprint(answer) => match answer.as_ref() {
            import::Answer::Progress(_, progress) if progress.total > 0 => {
                Some(format!("{} of {} entries.", done(progress.done), done(progress.total)))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::Progress;

    #[test]
    fn only_what_tells_how_far_it_has_got_is_said() {
        let import =
            |done, total| how_far(&Outcome::Blueprint(Box::new(import::Answer::Progress(1, Progress { done, total }))));
        assert_eq!(import(1_200, 2_000).as_deref(), Some("1,200 of 2,000 entries."));
        assert_eq!(import(0, 0), None);
        assert_eq!(how_far(&Outcome::Working(1, 400)).as_deref(), Some("400 are done, more to do."));
        assert_eq!(how_far(&Outcome::Working(1, 0)), None);
        let batch = Outcome::Batch(Box::new(batch::Answer::Progress(50)));
        assert_eq!(how_far(&batch).as_deref(), Some("50 are made, more to do."));
        assert_eq!(how_far(&Outcome::Changed), None);
    }
}
