//! The loop: events in, effects out, frames when nothing waits. Screen, keys and signals are parameters, so that tests
//! drive this very loop.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use crossterm::event::Event as TerminalEvent;
use futures_util::stream::Fuse;
use futures_util::{Stream, StreamExt};
use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::app::App;
use super::event::{Effect, Event, Outcome, What};
use super::reading::Reading;
use super::runtime::{World, sentence};
use super::terminal::Screen;
use super::unfinished::{failure, written};
use super::{ConsoleError, ServerStatus};
use crate::store::StoreError;
use crate::store::changes::Changes;

/// How long unfinished work may take when the program ends.
pub(super) const LAST_WORK: Duration = Duration::from_secs(3);
/// How long to wait before the database is asked again whether it answers.
const AGAIN: Duration = Duration::from_secs(1);
/// How long something may wait for the database before that is said.
const UNSAID: Duration = Duration::from_secs(2);

/// A signal, as far as the console cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End: SIGTERM, SIGHUP.
    End,
    /// Stop: SIGTSTP.
    Suspend,
    /// The process went on after somebody stopped it: SIGCONT.
    Continued,
}

/// Where events come from.
pub struct Sources<I, S> {
    /// The terminal.
    pub input: I,
    /// Signals.
    pub signals: S,
    /// The server's state.
    pub server: Option<watch::Receiver<ServerStatus>>,
}

/// Runs the program until it ends. What was asked for before the end is still done; where that does not work,
/// [`ConsoleError::NotDone`] says what was not.
pub async fn drive<I, S>(
    app: &mut App,
    first: Vec<Effect>,
    screen: &mut impl Screen,
    sources: Sources<I, S>,
    world: World,
) -> Result<(), ConsoleError>
where
    I: Stream<Item = io::Result<TerminalEvent>> + Unpin,
    S: Stream<Item = Signal> + Unpin,
{
    let Sources { input, signals, server } = sources;
    let (sender, outcomes) = mpsc::unbounded_channel();
    let world = World { telling: Some(sender.clone()), ..world };
    // Watching begins before the first look, so that nothing falls between.
    let changes = world.store.changes().await?;
    let watching = tokio::spawn(watch_database(changes, sender.clone()));
    let mut hands = Hands::new(sender, world);
    let mut incoming = Incoming { outcomes, signals: signals.fuse(), input, server };
    let ended = run(app, first, screen, &mut incoming, &mut hands).await;
    watching.abort();
    let left = hands.finish().await;
    for what in &left {
        tracing::error!(what, "not done when the console ended");
    }
    ended?;
    if left.is_empty() { Ok(()) } else { Err(ConsoleError::NotDone(left)) }
}

/// Takes turns: something comes in, what follows from it is done.
async fn run<I, S>(
    app: &mut App,
    first: Vec<Effect>,
    screen: &mut impl Screen,
    incoming: &mut Incoming<I, S>,
    hands: &mut Hands,
) -> Result<(), ConsoleError>
where
    I: Stream<Item = io::Result<TerminalEvent>> + Unpin,
    S: Stream<Item = Signal> + Unpin,
{
    let clock = hands.world.clock;
    let mut pending = first;
    loop {
        if hands.perform(std::mem::take(&mut pending), screen)? {
            return Ok(());
        }
        let quiet = app.quiet_for().to_std().unwrap_or(AGAIN);
        let what = match incoming.next(app.has_changed(), quiet, hands).await {
            Came::This(what) => *what,
            Came::Signal(Signal::Suspend) => {
                screen.suspend()?;
                What::Resized
            }
            Came::Signal(Signal::Continued) => {
                screen.resume()?;
                What::Resized
            }
            Came::Signal(Signal::End) | Came::Input(None) => return Ok(()),
            Came::Input(Some(Err(error))) => return Err(ConsoleError::Terminal(error)),
            Came::Input(Some(Ok(event))) => {
                if matches!(event, TerminalEvent::Resize(..)) {
                    // Terminals drop what did not fit for a moment, also when the size is the old one again by the
                    // time it is asked for: then a comparison with the last frame would find nothing to write.
                    screen.clear()?;
                }
                match translate(event) {
                    Some(what) => what,
                    None => continue,
                }
            }
            Came::Draw => {
                screen.draw(app)?;
                app.drawn();
                continue;
            }
        };
        pending = app.handle(Event { at: clock(), what });
    }
}

/// Something that comes in.
enum Came {
    This(Box<What>),
    Signal(Signal),
    /// From the terminal; none where it has no more to say.
    Input(Option<io::Result<TerminalEvent>>),
    /// Nothing waits, and the screen no longer shows what is.
    Draw,
}

/// Where everything comes from.
struct Incoming<I, S> {
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    signals: Fuse<S>,
    input: I,
    server: Option<watch::Receiver<ServerStatus>>,
}

impl<I, S> Incoming<I, S>
where
    I: Stream<Item = io::Result<TerminalEvent>> + Unpin,
    S: Stream<Item = Signal> + Unpin,
{
    /// What comes next; `changed` is whether the screen no longer shows what is, `quiet` for how long it does.
    async fn next(&mut self, changed: bool, quiet: Duration, hands: &mut Hands) -> Came {
        let this = |what| Came::This(Box::new(what));
        let waiting = |waiting| this(What::Outcome(Box::new(Outcome::Waiting(waiting))));
        let time = Instant::now() + quiet;
        loop {
            let long = hands.waits_long_at();
            tokio::select! {
                biased;
                Some(outcome) = self.outcomes.recv() => return this(What::Outcome(Box::new(outcome))),
                Some(signal) = self.signals.next() => return Came::Signal(signal),
                event = self.input.next() => return Came::Input(event),
                status = next_status(&mut self.server) => return this(What::Server(status)),
                // Asked before it is known which branch is taken: so it must not be forgotten by being asked.
                () = async {}, if changed => return Came::Draw,
                () = tokio::time::sleep_until(time) => return this(What::Time),
                () = until(long) => {
                    hands.said = true;
                    return waiting(true);
                }
                over = hands.joins(), if !hands.tasks.is_empty() => {
                    if over {
                        return waiting(false);
                    }
                }
            }
        }
    }
}

/// What performs effects: the loop itself those on the terminal, tasks the others.
struct Hands {
    /// Each ends with why it failed, if it did.
    tasks: JoinSet<Option<String>>,
    under_way: HashMap<Id, UnderWay>,
    /// Whether it was said that something waits.
    said: bool,
    sender: mpsc::UnboundedSender<Outcome>,
    world: World,
    reading: Reading,
}

/// An effect that is being performed.
struct UnderWay {
    since: Instant,
    /// Where it writes: the effect, and what that is in words.
    writes: Option<(Effect, String)>,
    /// Whether the database is all that it waits for.
    asks: bool,
}

impl Hands {
    fn new(sender: mpsc::UnboundedSender<Outcome>, world: World) -> Self {
        let (tasks, under_way) = (JoinSet::new(), HashMap::new());
        Self { tasks, under_way, said: false, sender, world, reading: Reading::new() }
    }

    /// Performs effects; `true` where one of them is the end.
    fn perform(&mut self, effects: Vec<Effect>, screen: &mut impl Screen) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(true),
                Effect::Redraw => screen.clear()?,
                Effect::Suspend => screen.suspend()?,
                Effect::Write(sequence) => screen.write(&sequence)?,
                Effect::Mouse(on) => screen.mouse(on)?,
                other => self.spawn(other),
            }
        }
        Ok(false)
    }

    fn spawn(&mut self, effect: Effect) {
        let words = written(&effect);
        let same = |task: &UnderWay| task.writes.as_ref().is_some_and(|(other, _)| *other == effect);
        if words.is_some() && self.under_way.values().any(same) {
            // A key that was pressed again because nothing came of it does not do it twice.
            return;
        }
        let asks = asks(&effect);
        let writes = words.map(|words| (effect.clone(), words));
        let (world, sender, reading) = (self.world.clone(), self.sender.clone(), self.reading.clone());
        reading.note(&effect);
        let task = self.tasks.spawn(async move {
            // In a task of its own, so that a panic in it is an answer too; it ends with this one.
            let mut own = JoinSet::new();
            own.spawn(async move { reading.perform(&world, effect).await });
            let outcome = match own.join_next().await {
                Some(Ok(outcome)) => outcome,
                _ => Some(Outcome::Failed("That did not work: a fault of ours, it is in the log.".to_owned())),
            };
            let why = outcome.as_ref().and_then(failure);
            if let Some(outcome) = outcome {
                // Nobody listens any more when the program ends.
                let _ = sender.send(outcome);
            }
            why
        });
        self.under_way.insert(task.id(), UnderWay { since: Instant::now(), writes, asks });
    }

    /// From when on something has waited for the database for long; none where that was said, or nothing waits.
    fn waits_long_at(&self) -> Option<Instant> {
        let oldest = self.under_way.values().filter(|task| task.asks).map(|task| task.since).min()?;
        (!self.said).then_some(oldest + UNSAID)
    }

    /// Waits for the end of a task; whether it is to be withdrawn that something waits.
    async fn joins(&mut self) -> bool {
        self.join().await;
        let since = Instant::now().checked_sub(UNSAID);
        let waits = self.under_way.values().any(|task| task.asks && since.is_some_and(|since| task.since <= since));
        let over = self.said && !waits;
        self.said = waits && self.said;
        over
    }

    /// Waits for the end of a task: what it wrote, and why not.
    async fn join(&mut self) -> Option<(String, String)> {
        let (id, why) = match self.tasks.join_next_with_id().await? {
            Ok((id, why)) => (id, why),
            Err(error) => (error.id(), Some("a fault of ours, it is in the log".to_owned())),
        };
        let (_, words) = self.under_way.remove(&id)?.writes?;
        Some((words, why?))
    }

    /// Lets what is under way come to its end, for a while; what was not done and why.
    async fn finish(mut self) -> Vec<String> {
        let mut left = Vec::new();
        let last = async {
            while !self.tasks.is_empty() {
                left.extend(self.join().await.map(|(words, why)| format!("{words}, {why}")));
            }
        };
        if tokio::time::timeout(LAST_WORK, last).await.is_err() {
            self.tasks.abort_all();
            let words = self.under_way.into_values().filter_map(|task| Some(task.writes?.1));
            left.extend(words.map(|words| format!("{words}, the database did not answer")));
        }
        left
    }
}

/// Whether an effect is over at once where the database answers.
fn asks(effect: &Effect) -> bool {
    match effect {
        Effect::Load { .. }
        | Effect::LoadOverview
        | Effect::LoadDetail(_)
        | Effect::LoadFlowChoices
        | Effect::CheckName(..)
        | Effect::FindUsers(_)
        | Effect::SaveInvitation { .. }
        | Effect::SetRevoked(..)
        | Effect::SetDeleted(..)
        | Effect::Reissue(_)
        | Effect::TakeBackReissue(..)
        | Effect::Change(_)
        | Effect::BindInvitationStage(_)
        | Effect::Stages(_) => true,
        Effect::Work(_, effect) | Effect::Counted(_, effect) | Effect::TakeBack(_, effect) => asks(effect),
        _ => false,
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

fn translate(event: TerminalEvent) -> Option<What> {
    match event {
        TerminalEvent::Key(key) => Some(What::Key(key)),
        TerminalEvent::Paste(text) => Some(What::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
        TerminalEvent::Resize(..) => Some(What::Resized),
        TerminalEvent::Mouse(mouse) => Some(What::Mouse(mouse)),
        TerminalEvent::FocusGained | TerminalEvent::FocusLost => None,
    }
}

async fn next_status(server: &mut Option<watch::Receiver<ServerStatus>>) -> ServerStatus {
    if let Some(receiver) = server {
        if receiver.changed().await.is_ok() {
            return receiver.borrow_and_update().clone();
        }
        // Whoever ran the server is gone: it says no more.
        *server = None;
    }
    std::future::pending().await
}

/// Tells of changes as long as somebody listens. While the database does not answer it says so, and asks again.
async fn watch_database(mut changes: Changes, sender: mpsc::UnboundedSender<Outcome>) {
    let mut replaced = false;
    loop {
        let outcome = match changes.next().await {
            Ok(()) => {
                replaced = false;
                Outcome::Changed
            }
            Err(StoreError::Replaced) => {
                // Said once: it is so until somebody does something about it, and who writes is told again.
                let first = !std::mem::replace(&mut replaced, true);
                if !first {
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
                Outcome::Failed(sentence(&StoreError::Replaced))
            }
            Err(error) => {
                tokio::time::sleep(AGAIN).await;
                Outcome::Unreachable(error.to_string())
            }
        };
        if sender.send(outcome).is_err() {
            return;
        }
    }
}
