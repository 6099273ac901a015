//! What the world does about blueprints: reading, trying, importing and writing them.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, interval_at};

use super::path::{expand, shown};
use super::{Answer, Ask, Exported, Faults, Request, Source, Step, recent};
use crate::blueprint::{self, ImportError, Options, Origin, Progress, Reads, Report};
use crate::console::event::Outcome;
use crate::console::runtime::{World, sentence};
use crate::domain::slug::Slug;

/// The largest file that is read: more than the reader of blueprints takes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// How often is told how far something has got; what is done sooner is not worth a word.
const TELLING: Duration = Duration::from_millis(150);

impl World {
    /// Does what is asked about blueprints.
    pub(in crate::console) async fn blueprint(&self, ask: Ask) -> Option<Outcome> {
        let answer = match ask {
            Ask::Files => Answer::Files(self.recent().await),
            Ask::Cancel(number) => {
                self.cancelled.send_modify(|upto| *upto = number.max(*upto));
                return None;
            }
            Ask::Step(number, step, request) => {
                let (progress, _) = watch::channel(Progress::default());
                let done = self.watched(number, &progress, self.step(number, step, request, &progress)).await;
                done.unwrap_or(Answer::Cancelled(number))
            }
            Ask::Reads(request) => Answer::Reads(self.reads(&request).await),
            Ask::ExportAll { slugs, folder } => self.export_all(&slugs, &folder).await,
            Ask::Export { slug, path, overwrite } => Answer::Exported(self.export(&slug, &path, overwrite).await),
        };
        Some(Outcome::Blueprint(Box::new(answer)))
    }

    async fn step(&self, number: u64, step: Step, request: Request, progress: &watch::Sender<Progress>) -> Answer {
        match step {
            Step::Open => Answer::Opened(number, open(&request.source).await),
            Step::Preview => {
                // The question about missing invitation stages comes with the preview, so they are still missing there.
                let options = Options { dry_run: true, bind_invitation_stage: false, ..request.options() };
                Answer::Previewed(number, self.import(&request.source, options, progress).await)
            }
            Step::Import => {
                let report = self.import(&request.source, request.options(), progress).await;
                if report.is_ok() {
                    self.remember(&request.source).await;
                }
                Answer::Imported(number, report)
            }
        }
    }

    /// Does something that can be given up, and tells how far it has got. Nothing where it was given up in time: what is
    /// about to be committed is no longer stopped, because then nobody could say whether it happened.
    async fn watched<T>(
        &self,
        number: u64,
        progress: &watch::Sender<Progress>,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::pin!(work);
        let mut cancelled = self.cancelled.subscribe();
        let mut ticks = interval_at(Instant::now() + TELLING, TELLING);
        loop {
            let is_last = || progress.borrow().is_last();
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                _ = cancelled.wait_for(|upto| *upto >= number), if !is_last() => {
                    if !is_last() {
                        return None;
                    }
                }
                _ = ticks.tick() => {
                    let progress = *progress.borrow();
                    self.tell(Outcome::Blueprint(Box::new(Answer::Progress(number, progress))));
                }
            }
        }
    }

    async fn import(
        &self,
        source: &Source,
        options: Options,
        progress: &watch::Sender<Progress>,
    ) -> Result<Report, Faults> {
        let blueprints = self.blueprints.clone();
        let origin = match source {
            Source::Shipped(name) => Origin::shipped(name),
            Source::File(path) => Origin::file(path, &expand(path), blueprints.as_deref()),
        };
        let options = Options { at: Some((self.clock)()), hashing: self.hashing, blueprints, origin, ..options };
        let bytes = read(source).await?;
        let done = blueprint::import_watched(&self.store, &bytes, &options, &self.actor, progress).await;
        done.map_err(|error| match error {
            ImportError::Invalid(problems) => problems.into(),
            ImportError::Store(error) => sentence(&error).into(),
            ImportError::Hashing(error) => error.to_string().into(),
        })
    }

    /// What a file would read; nothing of one that can't be read itself, which a step tells.
    async fn reads(&self, request: &Request) -> Reads {
        let options = Options { blueprints: self.blueprints.clone(), ..request.options() };
        let Ok(bytes) = read(&request.source).await else { return Reads::default() };
        blueprint::reads(&bytes, &options).unwrap_or_default()
    }

    async fn recent(&self) -> Vec<String> {
        let Some(folder) = self.state.clone() else { return Vec::new() };
        let listed = tokio::task::spawn_blocking(move || recent::list(&folder)).await.unwrap_or_default();
        listed.iter().map(|path| shown(path)).collect()
    }

    /// Remembers a file. Where that fails, nothing but the list suffers.
    async fn remember(&self, source: &Source) {
        let (Some(folder), Source::File(path)) = (self.state.clone(), source) else { return };
        let path = expand(path);
        let noted = tokio::task::spawn_blocking(move || recent::note(&folder, &path)).await;
        if let Ok(Err(error)) = noted {
            tracing::warn!(%error, "the list of recent blueprints could not be written");
        }
    }

    async fn export_all(&self, slugs: &[Slug], folder: &str) -> Answer {
        let (mut done, mut left) = (0, Vec::new());
        for slug in slugs {
            let path = std::path::Path::new(folder).join(format!("{slug}.yaml")).display().to_string();
            match self.export(slug, &path, false).await {
                Exported::Written(_) => done += 1,
                Exported::Exists => left.push((slug.to_string(), format!("{path} is there already."))),
                Exported::Failed(why) => left.push((slug.to_string(), why)),
            }
        }
        Answer::ExportedAll(done, left)
    }

    async fn export(&self, slug: &Slug, path: &str, overwrite: bool) -> Exported {
        let exported = async {
            let mut tx = self.store.begin().await?;
            blueprint::export(&mut tx, slug.as_str()).await
        };
        let text = match exported.await {
            Ok(Some(text)) => text,
            Ok(None) => return Exported::Failed(format!("There is no flow {slug} any more.")),
            Err(error) => return Exported::Failed(sentence(&error)),
        };
        let place = expand(path);
        let file = place.clone();
        let written = tokio::task::spawn_blocking(move || blueprint::write_file(&file, &text, overwrite)).await;
        match written {
            Ok(Ok(())) => Exported::Written(shown(&std::path::absolute(&place).unwrap_or(place))),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::AlreadyExists && !overwrite => Exported::Exists,
            Ok(Err(error)) => Exported::Failed(format!("{path} can't be written: {error}.")),
            Err(error) => Exported::Failed(error.to_string()),
        }
    }
}

async fn open(source: &Source) -> Result<Vec<blueprint::Question>, Faults> {
    let bytes = read(source).await?;
    blueprint::questions(&bytes).map_err(Faults::from)
}

async fn read(source: &Source) -> Result<Vec<u8>, String> {
    match source {
        Source::Shipped(name) => {
            let found = blueprint::shipped().iter().find(|shipped| shipped.name == *name);
            found.map(|shipped| shipped.text.as_bytes().to_vec()).ok_or_else(|| format!("{name} is not shipped."))
        }
        Source::File(path) => read_file(path, &expand(path)).await,
    }
}

async fn read_file(path: &str, place: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{path}: {error}");
    let about = tokio::fs::metadata(place).await.map_err(failed)?;
    if !about.is_file() {
        return Err(format!("{path} is not a file."));
    }
    if about.len() > MOST_BYTES {
        return Err(format!("{path} is larger than {} MB.", MOST_BYTES / 1024 / 1024));
    }
    tokio::fs::read(place).await.map_err(failed)
}
