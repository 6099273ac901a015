//! The console without a screen, for screen readers, dumb terminals and pipes: numbered menus, one line after the other,
//! nothing drawn and nothing moved.
//!
//! What is done is done by the same [`Effect`]s as in the other console, rows say of themselves what they say there, and
//! dialogs are questions. Reading waits for the person: there is nothing else to do meanwhile.

use std::io::{self, BufRead, IsTerminal, Write};

use super::app::Setting;
use super::app::undo::{Steps, Undo};
use super::event::{Effect, Outcome, Overview};
use super::pane::View;
use super::pane::marks::Marks;
use super::runtime::World;
use super::widget::text;
use super::{ConsoleError, ServerStatus};
pub use talk::Ends;
use talk::{Stop, Talk};

mod anew;
mod answers;
mod batch;
mod clipboard;
mod conflict;
mod flows;
mod groups;
mod import;
mod invitation_form;
mod invitations;
mod letters;
mod list;
mod log;
mod many;
mod questions;
mod stages;
mod talk;
mod undo;
mod users;
mod working;

/// What `?` says.
const HELP: &str = "Type a number or a word of the menu, then Enter. b goes back, q quits, ? shows this. In lists, n and p turn \
pages, r reads again, / and a text filters (/ alone shows everything), s and the name of an order sorts, s alone turns the order round. \
Questions show in brackets what Enter keeps; - empties it, a single dot gives up.";

/// The console under way.
pub struct Plain<R, W> {
    talk: Talk<R, W>,
    world: World,
    setting: Setting,
    overview: Overview,
    marks: Marks,
    /// What was done, and what takes it back.
    undo: Steps,
}

/// Runs it on standard input and output until it is quit or the input ends.
pub(super) async fn run(world: World, setting: Setting, server: Option<ServerStatus>) -> Result<(), ConsoleError> {
    let (input, output) = (io::stdin(), io::stdout());
    let ends = Ends { typed: input.is_terminal(), sequences: output.is_terminal(), stdin: true };
    if let Some(ServerStatus::Listening(address)) = server {
        writeln!(&output, "The enrollment server listens at {}.", text::safe(&address))?;
    }
    converse(world, setting, input.lock(), output.lock(), ends).await
}

/// The same with any input and output.
pub async fn converse<R: BufRead, W: Write>(
    world: World,
    setting: Setting,
    input: R,
    output: W,
    ends: Ends,
) -> Result<(), ConsoleError> {
    // A dumb terminal shows them as they are.
    let ends = Ends { sequences: ends.sequences && world.surroundings.term != "dumb", ..ends };
    let talk = Talk::new(input, output, setting.theme.ascii, ends);
    let mut plain =
        Plain { talk, world, setting, overview: Overview::default(), marks: Marks::default(), undo: Steps::default() };
    match plain.main_menu().await {
        Ok(()) | Err(Stop::Quit) => Ok(()),
        // Whoever read the output is gone: nobody is left to be told.
        Err(Stop::Broken(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Broken(error)) => Err(ConsoleError::Terminal(error)),
    }
}

impl<R: BufRead, W: Write> Plain<R, W> {
    async fn main_menu(&mut self) -> Result<(), Stop> {
        let read_only = if self.setting.read_only { " Read only." } else { "" };
        let actor = text::safe(&self.setting.actor);
        self.talk.say(&format!("guestlist, {}. You act as {actor}.{read_only}", text::safe(&self.setting.place)))?;
        self.talk.say("? shows help, q quits.")?;
        loop {
            self.refresh().await?;
            let counted = |name: &str, count: u64| format!("{name}, {}", text::number(count));
            let overview = &self.overview;
            let mut choices = vec![
                (0, counted("Invitations", overview.invitations)),
                (1, counted("Flows", overview.flows)),
                (2, counted("Users", overview.users)),
                (3, counted("Groups", overview.groups)),
                (4, "Events".to_owned()),
                (5, "Clipboard: which way copying takes".to_owned()),
            ];
            choices.extend(self.undo.last().map(|(_, undo)| {
                let what = match undo {
                    Undo::Never(_) => "what was done last can't be undone".to_owned(),
                    other => other.label(),
                };
                (6, format!("Undo: {what}"))
            }));
            match self.talk.choose("Main menu", &choices)? {
                None => self.talk.say("This is the main menu. q quits.")?,
                Some(0) => self.invitations().await?,
                Some(1) => self.flows().await?,
                Some(2) => self.users().await?,
                Some(3) => self.groups().await?,
                Some(4) => self.events().await?,
                Some(5) => self.clipboard().await?,
                Some(_) => self.take_back().await?,
            }
        }
    }

    /// The words of a list: those that write only where something may be written, and `undo` where there is something.
    fn words(&self, reads: &[&'static str], writes: &[&'static str]) -> Vec<&'static str> {
        let mut words = if self.setting.read_only { Vec::new() } else { writes.to_vec() };
        words.extend(reads);
        if self.undo.label().is_some() {
            words.push("undo");
        }
        words
    }

    /// Counts again, and learns which flows accept invitations.
    async fn refresh(&mut self) -> Result<(), Stop> {
        match self.answer(Effect::LoadOverview).await? {
            Some(Outcome::Overview(overview)) => self.overview = overview,
            Some(other) => self.tell(other)?,
            None => {}
        }
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View {
            now: (self.world.clock)(),
            zone: self.setting.zone,
            public_url: &self.setting.public_url,
            overview: &self.overview,
            link_flow: 0,
            read_only: true,
            keys: false,
            marks: &self.marks,
            marked: 0,
            columns: &[],
        }
    }

    /// Performs an effect and says how it ended.
    async fn perform(&mut self, effect: Effect) -> Result<(), Stop> {
        match self.watch(effect).await? {
            Some(outcome) => self.tell(outcome),
            None => Ok(()),
        }
    }
}
