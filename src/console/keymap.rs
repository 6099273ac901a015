//! The key table: what each key means where, and in which words. Dispatch, the footer, the help overlay and the key
//! table in the README all come from it, so that they can't disagree. A key is added by adding a row.

use std::fmt::Write;

use crossterm::event::KeyCode;

use super::action::Action;
use super::key::{Key, char, ctrl, named};

mod bound;
mod context;

pub use bound::{Change, Fault, Keymap, written};
pub use context::Context;

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    /// Where.
    pub context: Context,
    /// Which keys, the one to show first.
    pub keys: &'static [Key],
    /// What they mean.
    pub action: Action,
    /// In one or two words, for the footer; empty where the footer leaves it out.
    pub short: &'static str,
    /// In a sentence's length, for help and README.
    pub long: &'static str,
}

const fn row(
    context: Context,
    keys: &'static [Key],
    action: Action,
    short: &'static str,
    long: &'static str,
) -> Binding {
    Binding { context, keys, action, short, long }
}

const ENTER: Key = named(KeyCode::Enter);
const ESC: Key = named(KeyCode::Esc);
const TAB: Key = named(KeyCode::Tab);
const BACK_TAB: Key = named(KeyCode::BackTab);
const UP: Key = named(KeyCode::Up);
const DOWN: Key = named(KeyCode::Down);
const LEFT: Key = named(KeyCode::Left);
const RIGHT: Key = named(KeyCode::Right);
const PAGE_UP: Key = named(KeyCode::PageUp);
const PAGE_DOWN: Key = named(KeyCode::PageDown);

/// Every key.
pub const TABLE: &[Binding] = &[
    row(Context::Invitations, &[char('n')], Action::New, "New", "Create an invitation"),
    row(Context::Invitations, &[char('e')], Action::Edit, "Edit", "Edit the invitation"),
    row(Context::Invitations, &[char('c'), char('y')], Action::CopyLink, "Copy link", "Copy its link to the clipboard"),
    row(Context::Invitations, &[char('L')], Action::BareLink, "Bare link", "Show its link alone, to select by hand"),
    row(Context::Invitations, &[char('Q')], Action::QrCode, "", "Show its link as a QR code, for a phone"),
    row(Context::Invitations, &[char('m')], Action::Email, "Email", "Send its link by letter"),
    row(Context::Invitations, &[char('x')], Action::Revoke, "Revoke", "Revoke it, or restore it"),
    row(Context::Invitations, &[char('d')], Action::Delete, "Delete", "Delete it (asks first)"),
    row(Context::Invitations, &[char('p')], Action::Preview, "Preview", "Show what an invited person sees"),
    row(Context::Invitations, &[char('R')], Action::Reissue, "Re-issue", "Give it a new link; the old one is dead"),
    row(Context::Invitations, &[char('D')], Action::Duplicate, "Duplicate", "Create another one like it"),
    row(
        Context::Invitations,
        &[char('B')],
        Action::Batch,
        "Batch",
        "Create many like it: numbered, or one for each row of a CSV file",
    ),
    row(Context::Invitations, &[char('b')], Action::Bind, "Bind stage", "Bind an invitation stage to its flow"),
    row(Context::Invitations, &[char(']')], Action::NextFlow, "Other flow", "Any flow: show the link to the next flow"),
    row(Context::Invitations, &[char('[')], Action::PreviousFlow, "", "Any flow: show the link to the previous flow"),
    row(Context::Flows, &[char('i')], Action::Import, "Import", "Import a blueprint"),
    row(Context::Flows, &[char('o')], Action::Export, "Export", "Export it as a blueprint"),
    row(
        Context::Flows,
        &[char('e')],
        Action::Edit,
        "Stages",
        "Edit its stages and prompts: bind, move, unbind, change",
    ),
    row(Context::Flows, &[char('b')], Action::Bind, "Bind stage", "Bind an invitation stage, first in order"),
    row(
        Context::Flows,
        &[char('c'), char('y')],
        Action::CopyLink,
        "Copy link",
        "Copy its address, without an invitation",
    ),
    row(Context::Flows, &[char('L')], Action::BareLink, "", "Show its address alone, to select by hand"),
    row(Context::Flows, &[char('B')], Action::Batch, "Batch", "Create many invitations to it"),
    row(Context::Flows, &[char('d')], Action::Delete, "Delete", "Delete it (asks first)"),
    row(Context::Users, &[char('n')], Action::New, "New", "Create a user"),
    row(Context::Users, &[char('e')], Action::Edit, "Edit", "Edit the user"),
    row(Context::Users, &[char('w')], Action::Password, "Password", "Set the password"),
    row(Context::Users, &[char('t')], Action::Activate, "Activate", "Let the user sign in, or not any more"),
    row(Context::Users, &[char('d')], Action::Delete, "Delete", "Delete the user (asks first)"),
    row(Context::Groups, &[char('n')], Action::New, "New", "Create a group"),
    row(Context::Groups, &[char('e')], Action::Edit, "Edit", "Edit the group"),
    row(Context::Groups, &[char('+')], Action::AddMember, "Add member", "Put a user into the group"),
    row(Context::Groups, &[char('-')], Action::RemoveMember, "Remove member", "Take a user out of the group"),
    row(Context::Groups, &[char('d')], Action::Delete, "Delete", "Delete the group (asks first)"),
    row(Context::Events, &[char('f')], Action::Follow, "Follow", "Keep the newest in view as they come, or stop"),
    row(Context::Lists, &[char('u')], Action::Undo, "Undo", "Undo what was done last, where that can be undone"),
    row(Context::Lists, &[ENTER], Action::Toggle, "Expand", "Expand or collapse the row"),
    row(Context::Lists, &[char(' ')], Action::Mark, "Mark", "Mark the row, or take the mark away"),
    row(
        Context::Lists,
        &[char('a')],
        Action::MarkAll,
        "Mark all",
        "Mark all that the filter keeps; keys that make sense for many act on the marked",
    ),
    row(Context::Lists, &[char('s')], Action::Sort, "Sort", "Sort by what comes next"),
    row(Context::Lists, &[char('S')], Action::ReverseSort, "", "Sort the other way round"),
    row(
        Context::Lists,
        &[char('/')],
        Action::Filter,
        "Filter",
        "Filter as you type: words, `active` or `!expired`, `!word` without, `~ltrs` fuzzy, `\"in a row\"`, a user's `/path`",
    ),
    row(Context::Lists, &[char('?')], Action::Help, "Help", "Show the keys"),
    row(Context::Lists, &[char(':')], Action::Palette, "Command", "Type a command: `:inv eng`, `:import x.yaml`"),
    row(Context::Lists, &[char('q')], Action::Quit, "Quit", "Quit"),
    row(Context::Lists, &[TAB], Action::NextPane, "Next pane", "Next pane"),
    row(Context::Lists, &[BACK_TAB], Action::PreviousPane, "", "Previous pane"),
    row(Context::Lists, &[char('1')], Action::Pane(1), "", "Flows"),
    row(Context::Lists, &[char('2')], Action::Pane(2), "", "Users"),
    row(Context::Lists, &[char('3')], Action::Pane(3), "", "Groups"),
    row(Context::Lists, &[char('4')], Action::Pane(4), "", "Invitations"),
    row(Context::Lists, &[char('5')], Action::Pane(5), "", "Log"),
    row(Context::Lists, &[char('j'), DOWN], Action::Down, "", "Down"),
    row(Context::Lists, &[char('k'), UP], Action::Up, "", "Up"),
    row(Context::Lists, &[char('g'), named(KeyCode::Home)], Action::First, "", "First row"),
    row(Context::Lists, &[char('G'), named(KeyCode::End)], Action::Last, "", "Last row"),
    row(Context::Lists, &[ctrl('d')], Action::HalfDown, "", "Half a screen down"),
    row(Context::Lists, &[ctrl('u')], Action::HalfUp, "", "Half a screen up"),
    row(Context::Lists, &[PAGE_DOWN, ctrl('f')], Action::PageDown, "", "A screen down"),
    row(Context::Lists, &[PAGE_UP, ctrl('b')], Action::PageUp, "", "A screen up"),
    row(Context::Lists, &[char('l'), RIGHT], Action::Expand, "", "Expand the row"),
    row(Context::Lists, &[char('h'), LEFT], Action::Collapse, "", "Collapse the row"),
    row(Context::Lists, &[char('r')], Action::Reload, "", "Read again"),
    row(Context::Lists, &[char('M')], Action::Mouse, "", "Take the mouse, or leave it to the terminal"),
    row(Context::Lists, &[ESC], Action::Dismiss, "Dismiss", "Dismiss the message, else the marks, else the filter"),
    row(Context::Filter, &[ENTER], Action::Accept, "Keep", "Keep the filter and go back to the list"),
    row(Context::Filter, &[ESC], Action::Dismiss, "Clear", "Clear the filter"),
    row(Context::Filter, &[UP], Action::Up, "", "Up"),
    row(Context::Filter, &[DOWN], Action::Down, "", "Down"),
    row(Context::Form, &[ctrl('s')], Action::Submit, "Save", "Save, from anywhere in the dialog"),
    row(Context::Form, &[ESC], Action::Dismiss, "Cancel", "Cancel (asks if there is unsaved input)"),
    row(Context::Form, &[TAB], Action::NextField, "Next field", "Next field"),
    row(Context::Form, &[BACK_TAB], Action::PreviousField, "", "Previous field"),
    row(Context::Form, &[ctrl('o')], Action::Bind, "Bind stage", "Bind an invitation stage to the chosen flow"),
    row(Context::Form, &[ctrl('f')], Action::FreeName, "Free name", "Take the name that is proposed"),
    row(Context::Form, &[ctrl('p')], Action::Preview, "Preview", "Show what an invited person would see"),
    row(Context::Form, &[ctrl('t')], Action::TakeTheirs, "Take theirs", "Take what somebody else wrote meanwhile"),
    row(
        Context::Form,
        &[ctrl(' ')],
        Action::Suggest,
        "Choose",
        "Open the calendar, the list of flows, or the list of keys",
    ),
    row(Context::Calendar, &[LEFT], Action::Collapse, "", "The day before"),
    row(Context::Calendar, &[RIGHT], Action::Expand, "", "The next day"),
    row(Context::Calendar, &[UP], Action::Up, "", "A week earlier"),
    row(Context::Calendar, &[DOWN], Action::Down, "", "A week later"),
    row(Context::Calendar, &[PAGE_UP], Action::PageUp, "Month before", "A month earlier"),
    row(Context::Calendar, &[PAGE_DOWN], Action::PageDown, "Next month", "A month later"),
    row(Context::Calendar, &[named(KeyCode::Home)], Action::First, "Today", "Today"),
    row(Context::Calendar, &[ENTER, TAB], Action::Accept, "Take", "Take the day"),
    row(Context::Calendar, &[ESC], Action::Dismiss, "Close", "Close without choosing"),
    row(Context::Record, &[ctrl('s')], Action::Submit, "Save", "Save, from anywhere in the dialog"),
    row(Context::Record, &[ESC], Action::Dismiss, "Cancel", "Cancel (asks if there is unsaved input)"),
    row(Context::Record, &[TAB], Action::NextField, "Next field", "Next field"),
    row(Context::Record, &[BACK_TAB], Action::PreviousField, "", "Previous field"),
    row(Context::Stages, &[char('J')], Action::MoveDown, "Move down", "Let the stage come later"),
    row(Context::Stages, &[char('K')], Action::MoveUp, "Move up", "Let the stage come earlier"),
    row(Context::Stages, &[char('e'), ENTER], Action::Edit, "Edit prompt", "Change how the prompt asks"),
    row(Context::Stages, &[char('a')], Action::BindStage, "Bind stage", "Bind an existing stage, last in order"),
    row(Context::Stages, &[char('i')], Action::Bind, "Invitation stage", "Bind an invitation stage, first in order"),
    row(
        Context::Stages,
        &[char('d'), char('x')],
        Action::Unbind,
        "Unbind",
        "Unbind the stage (asks first); the stage stays",
    ),
    row(Context::Stages, &[char('u')], Action::Undo, "Undo", "Undo what was done here last"),
    row(Context::Stages, &[ESC, char('q')], Action::Dismiss, "Close", "Close"),
    row(Context::Stages, &[char('j'), DOWN], Action::Down, "", "Down"),
    row(Context::Stages, &[char('k'), UP], Action::Up, "", "Up"),
    row(Context::Stages, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::Stages, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Stages, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Stages, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Stages, &[char('r')], Action::Reload, "", "Read again"),
    row(Context::Record, &[ctrl('t')], Action::TakeTheirs, "Take theirs", "Take what somebody else wrote meanwhile"),
    row(Context::BatchPlan, &[char('y')], Action::Yes, "Make them", "Make them, all or none"),
    row(Context::BatchPlan, &[char('f')], Action::Switch, "Free names", "Take free names in place of the taken ones"),
    row(Context::BatchPlan, &[char('j'), DOWN], Action::Down, "", "Down"),
    row(Context::BatchPlan, &[char('k'), UP], Action::Up, "", "Up"),
    row(Context::BatchPlan, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::BatchPlan, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::BatchPlan, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::BatchPlan, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::BatchPlan, &[ESC, char('n')], Action::Dismiss, "Back", "Back to the dialog"),
    row(Context::BatchMaking, &[ESC], Action::Dismiss, "Give up", "Give up; nothing is left behind"),
    row(Context::BatchDone, &[char('c'), char('y')], Action::CopyLink, "Copy links", "Copy all links as CSV"),
    row(Context::BatchDone, &[char('j'), DOWN], Action::Down, "Down", "Down"),
    row(Context::BatchDone, &[char('k'), UP], Action::Up, "Up", "Up"),
    row(Context::BatchDone, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::BatchDone, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::BatchDone, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::BatchDone, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::BatchDone, &[ESC, ENTER, char('q')], Action::Dismiss, "Close", "Close"),
    row(Context::DropDown, &[ENTER, TAB], Action::Accept, "Choose", "Choose; type to filter"),
    row(Context::DropDown, &[ESC], Action::Dismiss, "Close", "Close without choosing"),
    row(Context::DropDown, &[UP, ctrl('p')], Action::Up, "", "Up"),
    row(Context::DropDown, &[DOWN, ctrl('n')], Action::Down, "", "Down"),
    row(Context::Import, &[ENTER], Action::Accept, "Preview", "Show what would be created and changed"),
    row(Context::Import, &[TAB], Action::Complete, "Complete", "Complete the path"),
    row(Context::Import, &[UP], Action::Up, "", "Up"),
    row(Context::Import, &[DOWN], Action::Down, "", "Down"),
    row(Context::Import, &[ESC], Action::Dismiss, "Cancel", "Cancel"),
    row(Context::Values, &[ctrl('s')], Action::Submit, "Preview", "Show what would be created and changed"),
    row(Context::Values, &[TAB], Action::NextField, "Next value", "Next value"),
    row(Context::Values, &[BACK_TAB], Action::PreviousField, "", "Previous value"),
    row(Context::Values, &[ESC], Action::Dismiss, "Back", "Back"),
    row(Context::Problems, &[char('r')], Action::Reload, "Read again", "Read it again"),
    row(Context::Problems, &[char('s')], Action::LeaveOut, "Leave out", "Leave out what is not known here"),
    row(
        Context::Problems,
        &[char('a')],
        Action::LetRead,
        "",
        "Let it read the environment and files beside it (asks again)",
    ),
    row(Context::Problems, &[char('j'), DOWN], Action::Down, "Down", "Down"),
    row(Context::Problems, &[char('k'), UP], Action::Up, "", "Up"),
    row(Context::Problems, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::Problems, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Problems, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Problems, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Problems, &[ESC, char('q')], Action::Dismiss, "Back", "Back"),
    row(Context::Working, &[ESC], Action::Dismiss, "Give up", "Give up; nothing is left behind"),
    row(Context::Busy, &[ESC], Action::Dismiss, "Leave the rest", "Leave the rest; what is done stays done"),
    row(Context::Preview, &[char('y')], Action::Yes, "Import", "Import"),
    row(Context::Preview, &[char('b')], Action::Switch, "Bind or not", "Whether flows get an invitation stage"),
    row(Context::Preview, &[char('j'), DOWN], Action::Down, "", "Down"),
    row(Context::Preview, &[char('k'), UP], Action::Up, "", "Up"),
    row(Context::Preview, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::Preview, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Preview, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Preview, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Preview, &[ESC, char('n')], Action::Dismiss, "Back", "Back"),
    row(Context::Export, &[ENTER], Action::Accept, "Write", "Write the file"),
    row(Context::Export, &[TAB], Action::Complete, "Complete", "Complete the path"),
    row(Context::Export, &[ctrl('s')], Action::Overwrite, "", "Overwrite the file that is there, once that was asked"),
    row(Context::Export, &[ESC], Action::Dismiss, "Cancel", "Cancel"),
    row(Context::Offer, &[ENTER], Action::Accept, "Import", "Import the shipped flow"),
    row(Context::Offer, &[ESC], Action::Dismiss, "Not now", "Not now; `i` in Flows imports later"),
    row(Context::Question, &[char('y')], Action::Yes, "Yes", "Yes"),
    row(Context::Question, &[char('n'), ESC], Action::No, "No", "No"),
    row(Context::Confirm, &[ENTER], Action::Accept, "Delete", "Delete, once the word is typed"),
    row(Context::Confirm, &[ESC], Action::Dismiss, "Cancel", "Cancel"),
    row(Context::Report, &[ESC, ENTER, char('q')], Action::Dismiss, "Close", "Close"),
    row(Context::Report, &[char('j'), DOWN], Action::Down, "Down", "Down"),
    row(Context::Report, &[char('k'), UP], Action::Up, "Up", "Up"),
    row(Context::Report, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::Report, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Report, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Report, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Walkthrough, &[ESC, char('q')], Action::Dismiss, "Close", "Close"),
    row(Context::Walkthrough, &[char('j'), DOWN], Action::Down, "Down", "Down"),
    row(Context::Walkthrough, &[char('k'), UP], Action::Up, "Up", "Up"),
    row(Context::Walkthrough, &[PAGE_DOWN, ctrl('d'), char(' ')], Action::PageDown, "Page", "A screen down"),
    row(Context::Walkthrough, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Walkthrough, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Walkthrough, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Walkthrough, &[char('r')], Action::Reload, "Look again", "Look again"),
    row(Context::Help, &[char('/')], Action::Filter, "Find", "Find keys by what they do"),
    row(Context::Help, &[ESC, char('q'), char('?')], Action::Dismiss, "Close", "Close"),
    row(Context::Help, &[char('j'), DOWN], Action::Down, "Down", "Down"),
    row(Context::Help, &[char('k'), UP], Action::Up, "Up", "Up"),
    row(Context::Help, &[PAGE_DOWN, ctrl('d')], Action::PageDown, "", "A screen down"),
    row(Context::Help, &[PAGE_UP, ctrl('u')], Action::PageUp, "", "A screen up"),
    row(Context::Help, &[char('g'), named(KeyCode::Home)], Action::First, "", "To the beginning"),
    row(Context::Help, &[char('G'), named(KeyCode::End)], Action::Last, "", "To the end"),
    row(Context::Palette, &[ENTER], Action::Accept, "Run", "Run the command"),
    row(Context::Palette, &[TAB], Action::Complete, "Complete", "Complete the command or the path; again for the next"),
    row(Context::Palette, &[BACK_TAB], Action::PreviousField, "", "Complete with the one before"),
    row(Context::Palette, &[UP, ctrl('p')], Action::Up, "Earlier", "The command typed before"),
    row(Context::Palette, &[DOWN, ctrl('n')], Action::Down, "", "The command typed after"),
    row(Context::Palette, &[ESC], Action::Dismiss, "Close", "Close"),
    row(Context::Clipboard, &[char('t'), ENTER], Action::Accept, "Test", "Copy a test text"),
    row(Context::Clipboard, &[ESC, char('q')], Action::Dismiss, "Close", "Close"),
    row(Context::Anywhere, &[ctrl('c')], Action::Quit, "", "Quit (asks if there is unsaved input)"),
    row(Context::Anywhere, &[ctrl('z')], Action::Suspend, "", "Suspend; `fg` comes back"),
    row(Context::Anywhere, &[ctrl('l')], Action::Redraw, "", "Draw everything again"),
];

/// The rows of some contexts, in the order of the table.
pub fn bindings(contexts: &[Context]) -> impl Iterator<Item = &'static Binding> {
    TABLE.iter().filter(move |binding| contexts.contains(&binding.context))
}

/// The contexts in the order in which help and README show them.
pub const CONTEXTS: &[Context] = &[
    Context::Invitations,
    Context::Flows,
    Context::Users,
    Context::Groups,
    Context::Events,
    Context::Lists,
    Context::Filter,
    Context::Form,
    Context::Record,
    Context::Stages,
    Context::BatchPlan,
    Context::BatchMaking,
    Context::BatchDone,
    Context::Calendar,
    Context::DropDown,
    Context::Import,
    Context::Values,
    Context::Problems,
    Context::Preview,
    Context::Working,
    Context::Busy,
    Context::Export,
    Context::Offer,
    Context::Question,
    Context::Confirm,
    Context::Report,
    Context::Walkthrough,
    Context::Help,
    Context::Palette,
    Context::Clipboard,
    Context::Anywhere,
];

/// The key table for the README, as Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| where | keys | what they do |\n| --- | --- | --- |\n");
    for context in CONTEXTS {
        for binding in bindings(&[*context]) {
            let keys: Vec<_> = binding.keys.iter().map(|key| format!("`{key}`")).collect();
            // Writing to a String can't fail.
            let _ = writeln!(text, "| {} | {} | {} |", context.label(), keys.join(" "), binding.long);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for context in CONTEXTS {
            let mut seen: Vec<Key> = Vec::new();
            for key in bindings(&[*context]).flat_map(|binding| binding.keys) {
                assert!(!seen.contains(key), "{key} in {context:?}");
                seen.push(*key);
            }
        }
    }

    #[test]
    fn the_key_that_asks_is_never_the_key_that_confirms() {
        let confirms: Vec<Key> = bindings(&[Context::Question, Context::BatchPlan, Context::Preview])
            .filter(|binding| binding.action == Action::Yes)
            .flat_map(|binding| binding.keys.iter().copied())
            .collect();
        for asks in TABLE.iter().filter(|row| {
            matches!(row.action, Action::Delete | Action::Unbind | Action::Quit | Action::Batch | Action::Import)
        }) {
            assert!(asks.keys.iter().all(|key| !confirms.contains(key)));
        }
    }
}
