//! What reaches the program and what it asks for: plain data, so that a test is keys in, effects and screen out.

use chrono::{DateTime, Utc};
use crossterm::event::{KeyEvent, MouseEvent};

mod change;

pub use change::{Bulk, Change, Secret};

use super::form::live::{Findings, Question};
use super::import::{Answer, Ask, Completion};
use super::pane::Pane;
use super::pane::marks::Marks;
use super::{ServerStatus, batch, stages};
use crate::blueprint::Drift;
use crate::domain::diagnosis::Problem;
use crate::domain::event::Event as LogEntry;
use crate::domain::flow::Outline;
use crate::domain::group::GroupView;
use crate::domain::guard::Names;
use crate::domain::id::{EventId, FlowId, GroupId, InvitationId, UserId};
use crate::domain::invitation::{Invitation, InvitationView, Settings, Use};
use crate::domain::prompt::Prompt;
use crate::domain::slug::Slug;
use crate::domain::user::UserView;
use crate::executor::preview::Preview;
use crate::mail::Language;
use crate::store::flows::FlowView;
use crate::store::invitations::{Filter, Place, Sort};
use crate::store::page::{self, Anchor, Page, Term};
use crate::store::{events, flows, groups, users};

/// Something that happened, and when: the only clock that [`App`](super::app::App) knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size, or was away.
    Resized,
    /// The time that the program waited for has come: another minute, or the end of a message.
    Time,
    /// The server's state changed.
    Server(ServerStatus),
    /// An effect came to its end, or the database changed.
    Outcome(Box<Outcome>),
}

/// Something that only the world outside can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read a window of a list.
    Load {
        /// Which request this is: an answer to an older one is dropped.
        generation: u64,
        /// Of what.
        query: Query,
    },
    /// Count, and learn which flows accept invitations.
    LoadOverview,
    /// Read what belongs to a row.
    LoadDetail(Subject),
    /// Read the flows that an invitation can be for.
    LoadFlowChoices,
    /// Find out what will go wrong with custom attributes.
    Diagnose(Box<Question>),
    /// Look at what somebody sees who follows an invitation's link.
    Preview(Box<Visit>),
    /// Find out whether another invitation than that one has a name.
    CheckName(Slug, Option<InvitationId>),
    /// Write an invitation.
    SaveInvitation {
        /// The one to change, as it was read; none for a new one.
        edited: Option<(InvitationId, i64)>,
        /// What to write.
        settings: Settings,
    },
    /// Revoke an invitation or take that back.
    SetRevoked(Named, bool),
    /// Delete an invitation, or take that back.
    SetDeleted(Named, bool),
    /// Learn what a filter keeps.
    Select(Selection),
    /// Do something to many invitations.
    Bulk(Bulk, Vec<Named>),
    /// Send invitations by letter.
    SendLetters(Box<Letters>),
    /// Do something that takes its time, under that number.
    Work(u64, Box<Effect>),
    /// Do something that keys wait for, under that number.
    Counted(u64, Box<Effect>),
    /// Find users to put into a group or to take out of it.
    FindUsers(UserQuestion),
    /// Give an invitation a new link.
    Reissue(Named),
    /// Take that back: what it is with the new link, and the old link.
    TakeBackReissue(Named, InvitationId),
    /// The same for many.
    TakeBackReissues(Vec<(Named, InvitationId)>),
    /// Undo the step of that number in this way.
    TakeBack(u64, Box<Effect>),
    /// Change a user, a group or a flow.
    Change(Box<Change>),
    /// Make many changes. One that can't be made does not keep the others from it.
    ChangeAll(Vec<Change>),
    /// Plan, make or give up many invitations.
    Batch(Box<batch::Ask>),
    /// Bind an invitation stage to a flow, first in order.
    BindInvitationStage(FlowId),
    /// Read or rearrange the stages of a flow.
    Stages(Box<stages::Ask>),
    /// Complete a path.
    Complete(String),
    /// Read, try, import or write a blueprint.
    Blueprint(Box<Ask>),
    /// Copy a text to the clipboard of the person's own machine; what it is, for what is said of it.
    Copy(String, String),
    /// Copy the links of many invitations, one a line.
    CopyLinks {
        /// Whose.
        named: Vec<Named>,
        /// What links begin with.
        public_url: String,
        /// The flow that links of invitations for any flow lead to.
        open_flow: Option<Slug>,
    },
    /// Say which way copying takes.
    ExplainClipboard,
    /// Copy a text to see whether that works.
    TestClipboard(String),
    /// Read the commands that were typed before.
    LoadHistory,
    /// Keep a command that was typed.
    KeepCommand(String),
    /// Write control sequences to the terminal, between two frames.
    Write(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Draw everything again.
    Redraw,
    /// Stop, as Ctrl-Z does.
    Suspend,
    /// End.
    Quit,
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A window of a list.
    Loaded {
        /// The request's.
        generation: u64,
        /// The rows.
        rows: Rows,
    },
    /// The counts.
    Overview(Overview),
    /// What belongs to a row; none where the row is gone.
    Detail(Subject, Option<Detail>),
    /// The flows that an invitation can be for.
    FlowChoices(Vec<Outline>),
    /// What will go wrong with custom attributes.
    Diagnosed(Box<Question>, Findings),
    /// What somebody sees who follows an invitation's link, or why that can't be told.
    Previewed(Box<Visit>, Result<Box<Preview>, String>),
    /// Which name is free, where that one is taken.
    NameChecked(Slug, Option<Slug>),
    /// An invitation was written: as it is now.
    Saved(Box<InvitationView>),
    /// An invitation was not written.
    NotSaved(Refusal),
    /// Revoked, or restored.
    Revoked(Named, bool),
    /// Deleted.
    Deleted(Named),
    /// No longer deleted: as it is now.
    Undeleted(Box<InvitationView>),
    /// A user, a group or a flow was changed: what to say, and which row of the pane to show.
    Done(String, Option<(Pane, String)>),
    /// It was not, for reasons at fields.
    NotDone(Vec<(String, String)>),
    /// It was not, because somebody else changed the same meanwhile.
    Conflict(Box<super::conflict::Conflict>),
    /// A user can sign in now, or not any more.
    Activated(UserId, String, bool),
    /// What became of changes.
    ChangedAll {
        /// Those that were made.
        done: Vec<Change>,
        /// What takes them back, where there is something for each of them.
        back: Option<Vec<Change>>,
        /// The names of those that were not made, each with the reason.
        left: Vec<(String, String)>,
    },
    /// What a filter keeps.
    Selected(Marks),
    /// What was done to which, and to which not for which reason.
    BulkDone(Bulk, Vec<Named>, Vec<(Named, String)>),
    /// How many letters were written, and which were not for which reason.
    Mailed(usize, Vec<(Named, String)>),
    /// Of the work of that number so many are done with.
    Working(u64, usize),
    /// The work of that number is over, with this outcome.
    Worked(u64, Option<Box<Outcome>>),
    /// What keys wait for under that number is over, with this outcome.
    Counted(u64, Option<Box<Outcome>>),
    /// The users that a question is about: user names, and the names to show.
    FoundUsers(UserQuestion, Vec<(String, String)>),
    /// It has a new link: the old one, and it as it is now.
    Reissued(InvitationId, Box<InvitationView>),
    /// Many have a new link: the old one of each and what it is with the new one; and which have none for which reason.
    ReissuedAll(Vec<(InvitationId, Named)>, Vec<(Named, String)>),
    /// What became of undoing the step of that number.
    TakenBack(u64, Box<Outcome>),
    /// There is nothing left that could be undone, for this reason.
    Lost(String),
    /// What became of many invitations.
    Batch(Box<batch::Answer>),
    /// The flow of that slug has an invitation stage now.
    Bound(Slug),
    /// What became of reading or rearranging the stages of a flow.
    Stages(Box<stages::Answer>),
    /// A prompt was changed: as it was, and as it is now.
    PromptSaved(Box<Prompt>, Box<Prompt>),
    /// Paths that begin as typed.
    Completed(Completion),
    /// What became of reading, trying, importing or writing a blueprint.
    Blueprint(Box<Answer>),
    /// Which way a text went to the clipboard.
    Copied(super::clipboard::Copied, String),
    /// Which way links went there, and how many.
    CopiedLinks(super::clipboard::Copied, CopiedCount),
    /// Which way copying takes, a line each.
    ClipboardExplained(Vec<String>),
    /// Which way the test text went.
    ClipboardTested(super::clipboard::Copied, String),
    /// The commands that were typed before, oldest first.
    History(Vec<String>),
    /// Something else failed; one sentence.
    Failed(String),
    /// Somebody changed the database.
    Changed,
    /// The database does not answer.
    Unreachable(String),
    /// Something has waited for the database for a while, or nothing does any more.
    Waiting(bool),
}

impl CopiedCount {
    /// What was copied, for people.
    pub fn what(self) -> String {
        if self.links == 1 { "The link".to_owned() } else { format!("A list of {} links", self.links) }
    }
}

/// How many links were copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopiedCount {
    /// All that were.
    pub links: usize,
    /// How many invitations have none.
    pub without: usize,
    /// How many of the links let nobody enroll.
    pub dead: usize,
}

/// An invitation and the name to speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: InvitationId,
    /// Its name.
    pub name: Slug,
}

/// An invitation and the flow through which to look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The invitation, as it is saved or as it is being typed.
    pub invitation: Invitation,
    /// The flow.
    pub flow: Slug,
    /// What links begin with.
    pub public_url: String,
}

impl Named {
    /// An invitation's.
    pub fn of(view: &InvitationView) -> Self {
        Self { id: view.invitation.id, name: view.invitation.settings.name.clone() }
    }
}

/// Which users are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserQuestion {
    /// What is typed of a user.
    pub typed: String,
    /// Only members of this group.
    pub member_of: Option<GroupId>,
}

/// Invitations to be sent by letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Letters {
    /// Which.
    pub named: Vec<Named>,
    /// Whether more than one was meant.
    pub many: bool,
    /// To which address; none for each to the one that its custom attributes name.
    pub to: Option<String>,
    /// In which language.
    pub language: Language,
    /// What the administrator adds.
    pub message: String,
    /// What links begin with.
    pub public_url: String,
    /// The flow that invitations for any flow lead to.
    pub any_flow: Option<Slug>,
}

/// What is to be marked: what a filter keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Of the flows.
    Flows(Vec<Term>),
    /// Of the users.
    Users(users::Filter),
    /// Of the groups.
    Groups(Vec<Term>),
    /// Of the invitations.
    Invitations(Filter),
}

/// Why an invitation was not written.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Its name is taken.
    NameTaken,
    /// Somebody changed it since it was read: as it is now, and who did it.
    Stale(Box<InvitationView>, Option<super::conflict::Author>),
    /// Somebody deleted it: who, where the log tells.
    Gone(Option<super::conflict::Author>),
    /// So many uses are spent: more than there would be.
    Spent(u32),
    /// Anything else.
    Other(String),
}

/// A window of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Of flows.
    Flows(Vec<Term>, flows::Sort, Anchor<page::Place>),
    /// Of users.
    Users(users::Filter, users::Sort, Anchor<page::Place>),
    /// Of groups.
    Groups(Vec<Term>, groups::Sort, Anchor<page::Place>),
    /// Of invitations.
    Invitations(Filter, Sort, Anchor<Place>),
    /// Of the log, newest first.
    Events(events::Filter, Anchor<EventId>),
}

/// The rows of a window.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// Flows.
    Flows(Page<FlowView>),
    /// Users.
    Users(Page<UserView>),
    /// Groups.
    Groups(Page<GroupView>),
    /// Invitations.
    Invitations(Page<InvitationView>),
    /// Events.
    Events(Page<LogEntry>),
}

/// How many there are of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Flows.
    pub flows: u64,
    /// Users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Invitations.
    pub invitations: u64,
    /// The enrollment flows that have an invitation stage: where an invitation for any flow leads.
    pub open_flows: Vec<Slug>,
}

/// A row whose details are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A flow.
    Flow(FlowId),
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// An event.
    Event(EventId),
    /// An invitation and the flow that it is for.
    Invitation(InvitationId, Option<FlowId>),
}

impl Subject {
    /// Whether both are the same row, whatever became of it meanwhile.
    pub fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Invitation(one, _), Self::Invitation(other, _)) => one == other,
            _ => self == other,
        }
    }
}

/// What belongs to a row, beyond the row.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// A flow's stages and prompts, who decides there, and the blueprints that asked for it.
    Flow(Box<(Outline, Names)>, Vec<Drift>),
    /// A group's members.
    Group(Vec<String>),
    /// An invitation's uses, latest first, and what will go wrong with it.
    Invitation {
        /// The uses.
        uses: Vec<Use>,
        /// What will go wrong, for the flow that it is for, or for every flow that accepts invitations.
        problems: Vec<(Slug, Vec<Problem>)>,
    },
}
