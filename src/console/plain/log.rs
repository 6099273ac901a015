//! The log: its pages, and its newest as they come.

use std::io::{BufRead, Write};
use std::time::Duration;

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::event::{Effect, Outcome, Query, Rows};
use crate::domain::event::Event;
use crate::domain::id::EventId;
use crate::store::events::Filter;
use crate::store::page::Anchor;

/// How long to wait before a database that does not answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn events(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<Event>::default();
        loop {
            let words = self.words(&["follow"], &[]);
            match self.pick("Events", &mut list, &words).await? {
                Picked::Row(row) => self.describe(&*row, row.action.as_str()).await?,
                Picked::Word(word) => {
                    if word == "follow" {
                        self.follow().await?;
                    } else {
                        self.take_back().await?;
                    }
                    list.forget();
                }
                Picked::Back => return Ok(()),
            }
        }
    }

    /// Reads new events out as they come, until Enter is pressed.
    async fn follow(&mut self) -> Result<(), Stop> {
        // Watching begins before the first look, so that nothing falls between.
        let mut changes = match self.world.store.changes().await {
            Ok(changes) => changes,
            Err(error) => return self.talk.say(&format!("Error: {error}.")),
        };
        let mut last = self.newest().await?.first().map(|event| event.id);
        self.talk.say("New events are read out as they come. Enter stops.")?;
        let mut pressed = self.talk.pressed();
        loop {
            tokio::select! {
                biased;
                () = &mut pressed => return self.talk.enter(),
                told = changes.next() => if told.is_err() {
                    tokio::time::sleep(AGAIN).await;
                    continue;
                },
            }
            let fresh = self.newest().await?;
            let fresh: Vec<Event> = fresh.into_iter().take_while(|event| Some(event.id) != last).collect();
            last = fresh.first().map(|event| event.id).or(last);
            for event in fresh.iter().rev() {
                let line = self.sentence(event);
                self.talk.say(&line)?;
            }
        }
    }

    /// A window of the newest events, newest first.
    async fn newest(&mut self) -> Result<Vec<Event>, Stop> {
        let query = Query::Events(Filter::default(), Anchor::<EventId>::First);
        match self.answer(Effect::Load { generation: 0, query }).await? {
            Some(Outcome::Loaded { rows: Rows::Events(page), .. }) => Ok(page.rows),
            Some(other) => self.tell(other).map(|()| Vec::new()),
            None => Ok(Vec::new()),
        }
    }
}
