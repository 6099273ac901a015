//! What the world does for a batch: reading the file, planning, making.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, interval_at};

use super::{Answer, Ask, Making, PathOf, Wanted};
use crate::batch::{self, MakeError, Order, Plan, Rows, Table};
use crate::console::event::Outcome;
use crate::console::import::expand;
use crate::console::import::path::complete_among;
use crate::console::runtime::{World, sentence};
use crate::domain::text::printable;

/// How often is told how far it has got.
const TELLING: Duration = Duration::from_millis(150);

impl World {
    /// Does what is asked for a batch.
    pub(in crate::console) async fn batch_asked(&self, ask: Ask) -> Option<Outcome> {
        let answer = match ask {
            Ask::Plan(wanted) => Answer::Planned(self.batch_plan(wanted).await.map(Arc::new)),
            Ask::Make(making) => self.batch_make(&making).await,
            Ask::Copy(links) => Answer::Copied(self.copy(batch::links::csv(&links)).await, links.len()),
            Ask::Complete(field, typed) => {
                let complete = move || complete_among(&typed, endings(field));
                Answer::Completed(field, tokio::task::spawn_blocking(complete).await.unwrap_or_default())
            }
            Ask::Stop(stop) => {
                // A permit stays where nobody waits yet.
                stop.0.notify_one();
                return None;
            }
        };
        Some(Outcome::Batch(Box::new(answer)))
    }

    async fn batch_plan(&self, wanted: Wanted) -> Result<Plan, Vec<String>> {
        let rows = match wanted.file {
            None => Rows::Count(wanted.count),
            Some(path) => {
                let read = tokio::task::spawn_blocking(move || read(&path)).await;
                Rows::Table(read.map_err(|error| vec![error.to_string()])??)
            }
        };
        let names_itself = matches!(&rows, Rows::Table(table) if table.column(batch::NAME).is_some());
        let order = Order {
            rows,
            template: wanted.template.filter(|_| !(wanted.is_proposed && names_itself)),
            first: 1,
            flow: wanted.flow,
            expires: wanted.expires,
            fixed_data: wanted.fixed_data,
            note: wanted.note,
            free_names: wanted.free_names,
        };
        let plan = async {
            let mut tx = self.store.begin().await?;
            batch::plan(&mut tx, &order, (self.clock)()).await
        };
        plan.await.map_err(|error| vec![sentence(&error)])
    }

    async fn batch_make(&self, making: &Making) -> Answer {
        let (progress, _) = watch::channel(0);
        let (path, act) = (making.file.as_deref().map(expand), self.actor.at((self.clock)()));
        let work =
            batch::make(&self.store, &making.plan, &making.public_url, path.as_deref(), &act, self.new_id, &progress);
        tokio::pin!(work);
        let mut ticks = interval_at(Instant::now() + TELLING, TELLING);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return match done {
                    Ok(links) => Answer::Made(Arc::new(links)),
                    Err(MakeError::Store(error)) => Answer::NotMade(Some(sentence(&error))),
                    Err(error) => Answer::NotMade(Some(error.to_string())),
                },
                () = making.stop.0.notified() => return Answer::NotMade(None),
                _ = ticks.tick() => {
                    let count = *progress.borrow();
                    self.tell(Outcome::Batch(Box::new(Answer::Progress(count))));
                }
            }
        }
    }
}

/// What files of a field usually end in.
fn endings(field: PathOf) -> &'static [&'static str] {
    match field {
        PathOf::Rows | PathOf::Links => &["csv", "txt"],
    }
}

fn read(path: &str) -> Result<Table, Vec<String>> {
    let shown = printable(path).into_owned();
    let file = File::open(expand(path)).map_err(|error| vec![format!("{shown} can't be read: {error}.")])?;
    Table::read(file).map_err(|faults| faults.iter().map(|fault| format!("{shown}, {fault}")).collect())
}
