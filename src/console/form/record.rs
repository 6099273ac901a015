//! The small dialogs: users, groups, members, passwords, prompts. Which fields one has is data.

mod change;
mod input;
mod merge;
mod sheet;

use crossterm::event::{KeyCode, KeyEvent};

use super::live::{Findings, Live, Question};
use super::prompt;
use super::user_field::UserField;
use crate::console::action::Action;
use crate::console::event::{Change, Effect, Letters, UserQuestion};
use crate::console::widget::line::Line;
use crate::console::widget::text;
use crate::domain::Mapping;
use crate::domain::group::Group;
use crate::domain::id::UserId;
use crate::domain::prompt::Prompt;
use crate::domain::slug::Slug;
use crate::domain::user::User;
use crate::mail::Language;
pub(super) use input::{Field, Input, line, text_field};
use input::{Took, mapping};

/// The field of attributes, as errors call it.
const ATTRIBUTES: &str = "attributes";

/// The languages of letters, as the dialog names them.
const LANGUAGES: &[&str] = &["English", "German"];

/// What a dialog is about.
#[derive(Debug)]
enum Record {
    User(Option<Box<User>>),
    Group(Option<Box<Group>>),
    Password(UserId, String),
    Member(Box<Group>, bool),
    Letters(Box<Letters>),
    /// A prompt as it was read, and the other flows that have it, too.
    Prompt(Box<Prompt>, Vec<Slug>),
}

/// A dialog.
#[derive(Debug)]
pub struct RecordForm {
    record: Record,
    fields: Vec<Field>,
    /// Past the last field it is the Save button.
    focus: usize,
    errors: Vec<(String, String)>,
    initial: Vec<String>,
    /// The fields in which somebody else wrote something else than what is typed here, and what.
    contested: Vec<(usize, Input)>,
    saving: bool,
    merged: Option<String>,
    /// What is wrong with attributes while they are typed.
    live: Live,
}

/// What the dialog wants done.
#[derive(Debug)]
pub enum Ask {
    /// Nothing.
    Nothing,
    /// Close it; ask first where something was typed.
    Cancel,
    /// Write.
    Change(Change),
    /// Send letters.
    Send(Box<Letters>),
}

impl RecordForm {
    /// Create or edit a user.
    pub fn user(read: Option<User>) -> Self {
        let blank = Mapping::new();
        let fields = vec![
            line("username", "Username *", read.as_ref().map_or("", |user| user.username.as_str())),
            line("name", "Name", read.as_ref().map_or("", |user| &user.name)),
            line("email", "Email", read.as_ref().map_or("", |user| &user.email)),
            line("path", "Path *", read.as_ref().map_or("users", |user| &user.path)),
            mapping(read.as_ref().map_or(&blank, |user| &user.attributes)),
        ];
        Self::new(Record::User(read.map(Box::new)), fields)
    }

    /// Create or edit a group.
    pub fn group(read: Option<Group>) -> Self {
        let blank = Mapping::new();
        let superuser = Input::Switch(read.as_ref().is_some_and(|group| group.is_superuser));
        let fields = vec![
            line("name", "Name *", read.as_ref().map_or("", |group| &group.name)),
            Field { name: "is_superuser", label: "Superuser", input: superuser },
            mapping(read.as_ref().map_or(&blank, |group| &group.attributes)),
        ];
        Self::new(Record::Group(read.map(Box::new)), fields)
    }

    /// Give a user another password.
    pub fn password(id: UserId, username: String) -> Self {
        let secret = |name, label| Field { name, label, input: Input::Secret(Line::default()) };
        let fields = vec![secret("password", "New password *"), secret("again", "Once more *")];
        Self::new(Record::Password(id, username), fields)
    }

    /// Put a user into a group, or take one out.
    pub fn member(group: Group, member: bool) -> Self {
        let input = Input::User(UserField::new((!member).then_some(group.id)));
        let field = Field { name: "username", label: "Username *", input };
        Self::new(Record::Member(Box::new(group), member), vec![field])
    }

    /// Send invitations by letter.
    pub fn letters(letters: Letters) -> Self {
        let to = letters.to.as_deref().map(|to| line("to", "To *", to));
        let language = Field { name: "language", label: "Language", input: Input::Choice(LANGUAGES, 0) };
        let message = Field { name: "message", label: "Message", input: Input::editor("") };
        Self::new(Record::Letters(Box::new(letters)), to.into_iter().chain([language, message]).collect())
    }

    /// Change how a prompt asks, here and in these other flows.
    pub fn prompt(prompt: Prompt, others: Vec<Slug>) -> Self {
        let fields = prompt::fields(&prompt);
        Self::new(Record::Prompt(Box::new(prompt), others), fields)
    }

    fn language(&self) -> Language {
        if self.text("language") == LANGUAGES[0] { Language::English } else { Language::German }
    }

    fn new(record: Record, fields: Vec<Field>) -> Self {
        let initial = fields.iter().map(|field| field.input.text()).collect();
        Self {
            record,
            fields,
            focus: 0,
            errors: Vec::new(),
            initial,
            contested: Vec::new(),
            saving: false,
            merged: None,
            live: Live::default(),
        }
    }

    /// The title.
    pub fn title(&self) -> String {
        match &self.record {
            Record::User(None) => "Create User".to_owned(),
            Record::User(Some(_)) => "Edit User".to_owned(),
            Record::Group(None) => "Create Group".to_owned(),
            Record::Group(Some(_)) => "Edit Group".to_owned(),
            Record::Password(_, name) => format!("Set the password of {name}"),
            Record::Member(group, true) => format!("Add a member to {}", group.name),
            Record::Member(group, false) => format!("Remove a member from {}", group.name),
            Record::Prompt(prompt, _) => format!("Edit Prompt {}", prompt.name),
            Record::Letters(letters) => match letters.named.as_slice() {
                [one] => format!("Email {}", one.name),
                all => format!("Email {}", text::count(all.len() as u64, "invitation")),
            },
        }
    }

    /// Whether something was typed that would be lost.
    pub fn is_changed(&self) -> bool {
        self.fields.iter().map(|field| field.input.text()).ne(self.initial.iter().cloned())
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) -> Ask {
        // Past the fields are the two buttons.
        let places = self.fields.len() + 2;
        match action {
            Action::Submit => return self.submit(),
            Action::Dismiss => return Ask::Cancel,
            Action::NextField => self.focus = (self.focus + 1) % places,
            Action::PreviousField => self.focus = (self.focus + places - 1) % places,
            Action::TakeTheirs => self.take_theirs(),
            _ => {}
        }
        Ask::Nothing
    }

    /// Takes a key that the key table leaves to the field.
    pub fn key(&mut self, key: KeyEvent) -> Ask {
        let last = self.focus + 1 == self.fields.len();
        let save = self.fields.len();
        let Some(field) = self.fields.get_mut(self.focus) else {
            return match key.code {
                KeyCode::Enter | KeyCode::Char(' ') if self.focus == save => self.submit(),
                KeyCode::Enter | KeyCode::Char(' ') => Ask::Cancel,
                KeyCode::Left | KeyCode::Right => {
                    self.focus = if self.focus == save { save + 1 } else { save };
                    Ask::Nothing
                }
                other => self.arrow(other),
            };
        };
        match field.input.key(key, last) {
            Took::Changed => self.touch(self.focus),
            Took::Moved => {}
            Took::Submit => return self.submit(),
            Took::Next => return self.act(Action::NextField),
            Took::Nothing => return self.arrow(key.code),
        }
        Ask::Nothing
    }

    /// Forgets what was wrong with a field: it is another now.
    fn touch(&mut self, place: usize) {
        let Some(field) = self.fields.get(place) else { return };
        self.live.changed |= field.name == ATTRIBUTES;
        self.contested.retain(|(at, _)| *at != place);
        self.errors.retain(|(at, _)| at != field.name && !at.is_empty());
    }

    fn arrow(&mut self, code: KeyCode) -> Ask {
        match code {
            KeyCode::Down => self.act(Action::NextField),
            KeyCode::Up => self.act(Action::PreviousField),
            _ => Ask::Nothing,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if self.fields.get_mut(self.focus).is_some_and(|field| field.input.paste(text)) {
            self.touch(self.focus);
        }
    }

    fn has_attributes(&self) -> bool {
        self.fields.iter().any(|field| field.name == ATTRIBUTES)
    }

    fn text(&self, name: &str) -> String {
        self.fields.iter().find(|field| field.name == name).map(|field| field.input.text()).unwrap_or_default()
    }

    fn submit(&mut self) -> Ask {
        if self.saving {
            return Ask::Nothing;
        }
        match self.wanted() {
            Ok(ask) => {
                self.saving = true;
                self.errors.clear();
                ask
            }
            Err(errors) => {
                self.refuse(errors);
                Ask::Nothing
            }
        }
    }

    /// What is to be found out about what is typed now.
    pub fn questions(&mut self) -> Vec<Effect> {
        let users = self.fields.iter_mut().find_map(|field| match &mut field.input {
            Input::User(users) => users.question(),
            _ => None,
        });
        let text = if self.live.changed { self.text(ATTRIBUTES) } else { String::new() };
        let attributes = self.live.ask(|| Question { text, outline: None, is_open: false, public_url: String::new() });
        users.map(Effect::FindUsers).into_iter().chain(attributes).collect()
    }

    /// Takes what was found out about attributes.
    pub fn take_findings(&mut self, question: &Question, findings: Findings) {
        self.live.answer(question, findings);
    }

    /// Takes the users that were looked for.
    pub fn take_users(&mut self, question: &UserQuestion, found: Vec<(String, String)>) {
        for field in &mut self.fields {
            if let Input::User(users) = &mut field.input {
                users.take(question, found);
                return;
            }
        }
    }

    /// What saving is called here.
    pub fn submit_word(&self) -> &'static str {
        match &self.record {
            Record::Letters(_) => "Send",
            Record::Member(_, true) => "Add",
            Record::Member(_, false) => "Remove",
            _ => "Save",
        }
    }

    /// Takes what is wrong, field by field; an empty name is the dialog as a whole. Everything that was typed stays.
    pub fn refuse(&mut self, errors: Vec<(String, String)>) {
        self.saving = false;
        if let Some(place) = self.fields.iter().position(|field| errors.iter().any(|(name, _)| name == field.name)) {
            self.focus = place;
        }
        self.errors = errors;
    }
}
