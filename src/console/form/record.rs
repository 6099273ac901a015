//! The small dialogs: users, groups, members, passwords, prompts. Which fields one has is data.

mod sheet;

use crossterm::event::{KeyCode, KeyEvent};
use tui_textarea::TextArea;

use super::editor::{clean, editor};
use super::user_field::{Pressed, UserField};
use super::{highlight, prompt};
use crate::console::action::Action;
use crate::console::attributes;
use crate::console::conflict::{self, Conflict, Now};
use crate::console::event::{Change, Letters, Secret, UserQuestion};
use crate::console::widget::line::Line;
use crate::console::widget::text;
use crate::console::zone::Zone;
use crate::domain::Mapping;
use crate::domain::group::{Group, check_name};
use crate::domain::id::UserId;
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::slug::Slug;
use crate::domain::text::is_harmful;
use crate::domain::user::{Profile, ProfileDraft, User, check_password};
use crate::domain::validation::FieldErrors;
use crate::mail::Language;
use crate::policy::check_prompt;

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

#[derive(Debug)]
pub(super) enum Input {
    Line(Line),
    Secret(Line),
    Switch(bool),
    /// One of some words.
    Choice(&'static [&'static str], usize),
    Editor(Box<TextArea<'static>>),
    /// A user, found by a part of the name.
    User(UserField),
}

#[derive(Debug)]
pub(super) struct Field {
    /// What errors call it.
    pub name: &'static str,
    pub label: &'static str,
    pub input: Input,
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

pub(super) fn line(name: &'static str, label: &'static str, text: &str) -> Field {
    Field { name, label, input: Input::Line(Line::new(text)) }
}

fn mapping(mapping: &Mapping) -> Field {
    let text = attributes::write(mapping);
    Field { name: "attributes", label: "Attributes", input: Input::Editor(Box::new(editor(&text))) }
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
        let message = Field { name: "message", label: "Message", input: Input::Editor(Box::new(editor(""))) };
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
        let enter = key.code == KeyCode::Enter;
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
        let changed = match &mut field.input {
            Input::Editor(area) => {
                let harmful = matches!(key.code, KeyCode::Char(c) if is_harmful(c));
                let changed = !harmful && area.input(key);
                highlight::colour(area);
                changed
            }
            Input::Switch(on) if enter || matches!(key.code, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right) => {
                *on = !*on;
                true
            }
            Input::Choice(words, chosen) if matches!(key.code, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right) => {
                *chosen = (*chosen + 1) % words.len();
                true
            }
            // In a dialog of one line, Enter is all that is wanted.
            Input::User(users) => match users.key(key) {
                Pressed::Changed => true,
                Pressed::Moved => return Ask::Nothing,
                Pressed::Nothing if enter => return self.submit(),
                Pressed::Nothing => false,
            },
            Input::Line(_) | Input::Secret(_) if enter && last => return self.submit(),
            Input::Line(_) | Input::Secret(_) | Input::Choice(..) if enter => return self.act(Action::NextField),
            Input::Line(line) | Input::Secret(line) => line.key(key),
            Input::Switch(_) | Input::Choice(..) => false,
        };
        if !changed {
            return self.arrow(key.code);
        }
        let (name, place) = (field.name, self.focus);
        self.contested.retain(|(at, _)| *at != place);
        self.errors.retain(|(at, _)| at != name && !at.is_empty());
        Ask::Nothing
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
        match self.fields.get_mut(self.focus).map(|field| &mut field.input) {
            Some(Input::Line(line) | Input::Secret(line)) => line.insert(text),
            Some(Input::User(users)) => users.line.insert(text),
            Some(Input::Editor(area)) => {
                area.insert_str(clean(text));
                highlight::colour(area);
            }
            Some(Input::Switch(_) | Input::Choice(..)) | None => {}
        }
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

    fn wanted(&self) -> Result<Ask, Vec<(String, String)>> {
        if let Record::Letters(letters) = &self.record {
            return Ok(Ask::Send(Box::new(self.written(letters))));
        }
        self.change().map(Ask::Change)
    }

    fn written(&self, letters: &Letters) -> Letters {
        Letters {
            to: letters.to.as_ref().map(|_| self.text("to").trim().to_owned()),
            language: self.language(),
            message: self.text("message"),
            ..letters.clone()
        }
    }

    fn change(&self) -> Result<Change, Vec<(String, String)>> {
        let at = |name: &'static str| move |why: String| vec![(name.to_owned(), why)];
        match &self.record {
            Record::User(read) => {
                let attributes = attributes::read(&self.text("attributes"));
                let draft = ProfileDraft {
                    username: self.text("username"),
                    name: self.text("name"),
                    email: self.text("email"),
                    path: self.text("path"),
                    attributes: attributes.clone().unwrap_or_default(),
                };
                let checked = Profile::check(draft);
                let mut errors: Vec<_> = checked.as_ref().err().into_iter().flat_map(FieldErrors::iter).collect();
                errors.extend(attributes.as_ref().err().map(|why| ("attributes", why.as_str())));
                match &checked {
                    Ok(profile) if errors.is_empty() => Ok(Change::User(read.clone(), profile.clone())),
                    _ => Err(errors.into_iter().map(|(name, why)| (name.to_owned(), why.to_owned())).collect()),
                }
            }
            Record::Group(read) => {
                let name = check_name(&self.text("name")).map_err(at("name"))?;
                let attributes = attributes::read(&self.text("attributes")).map_err(at("attributes"))?;
                let is_superuser = self.text("is_superuser") == "true";
                Ok(Change::Group { read: read.clone(), name, is_superuser, attributes })
            }
            Record::Password(id, username) => {
                let password = self.text("password");
                check_password(&password).map_err(at("password"))?;
                if password != self.text("again") {
                    return Err(at("again")("The two passwords differ.".to_owned()));
                }
                Ok(Change::Password(*id, username.clone(), Secret(password)))
            }
            Record::Member(group, member) => {
                let username = self.text("username").trim().to_owned();
                Ok(Change::Member { group: group.clone(), username, member: *member })
            }
            Record::Prompt(read, _) => {
                let draft = PromptDraft {
                    label: self.text("label"),
                    order: self.text("order"),
                    required: self.text("required") == "true",
                    placeholder: self.text("placeholder"),
                    initial_value: self.text("initial_value"),
                    sub_text: self.text("sub_text"),
                };
                let prompt = check_prompt(&draft, read).map_err(|errors| owned(&errors))?;
                Ok(Change::Prompt(read.clone(), Box::new(prompt)))
            }
            // Letters change nothing that a dialog shows: see `wanted`.
            Record::Letters(_) => Err(Vec::new()),
        }
    }

    /// Which users to look for, where that was not asked yet.
    pub fn question(&mut self) -> Option<UserQuestion> {
        self.fields.iter_mut().find_map(|field| match &mut field.input {
            Input::User(users) => users.question(),
            _ => None,
        })
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

    /// Takes it as somebody else left it: what was not touched here becomes what it is there, what both changed is told at
    /// its field. `true` where there is nothing to tell: then it can be saved again at once.
    pub fn take_conflict(&mut self, conflict: Conflict, zone: Zone) -> bool {
        let Conflict { now, author } = conflict;
        let author = author.as_ref();
        let (theirs, activation) = match (&self.record, now) {
            (Record::User(Some(read)), Now::User(now)) => {
                let switched = (read.is_active != now.is_active).then_some(now.is_active);
                (Self::user(Some(*now)), switched.map(|active| conflict::told_of_activation(author, active, zone)))
            }
            (Record::Group(Some(_)), Now::Group(now)) => (Self::group(Some(*now)), None),
            (Record::Prompt(_, others), Now::Prompt(now)) => (Self::prompt(*now, others.clone()), None),
            _ => return false,
        };
        let (mut errors, mut taken): (Vec<(String, String)>, Vec<&str>) = Default::default();
        self.contested.clear();
        let initial = std::mem::replace(&mut self.initial, theirs.initial);
        for (index, (field, theirs)) in self.fields.iter_mut().zip(theirs.fields).enumerate() {
            let (was, is, mine) = (&initial[index], theirs.input.text(), field.input.text());
            if *was == is || mine == is {
                continue;
            }
            if mine == *was {
                field.input = theirs.input;
                taken.push(field.label);
                continue;
            }
            let told = conflict::told(author, &field.input.said(was), &field.input.said(&is), zone);
            errors.push((field.name.to_owned(), told));
            self.contested.push((index, theirs.input));
        }
        self.merged = (!taken.is_empty()).then(|| conflict::told_of_merge(author, &taken, zone));
        self.record = theirs.record;
        errors.extend(activation.map(|told| (String::new(), told)));
        let again = errors.is_empty();
        self.refuse(errors);
        again
    }

    /// Puts into the field under the cursor, or else the first one that is asked about, what somebody else wrote there.
    fn take_theirs(&mut self) {
        let here = self.contested.iter().position(|(field, _)| *field == self.focus).unwrap_or(0);
        if here >= self.contested.len() {
            return;
        }
        let (place, input) = self.contested.remove(here);
        let Some(field) = self.fields.get_mut(place) else { return };
        field.input = input;
        self.focus = place;
        let name = field.name;
        self.errors.retain(|(at, _)| at != name);
    }

    /// What somebody else changed meanwhile that is kept, where there is something.
    pub fn merged(&self) -> Option<&str> {
        self.merged.as_deref()
    }

    /// Whether somebody else wrote something else where something is typed.
    pub fn is_contested(&self) -> bool {
        !self.contested.is_empty()
    }
}

fn owned(errors: &FieldErrors) -> Vec<(String, String)> {
    errors.iter().map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

impl Input {
    /// A value as people say it.
    fn said(&self, value: &str) -> String {
        match (self, value) {
            (Self::Switch(_), "true") => "yes".to_owned(),
            (Self::Switch(_), _) => "no".to_owned(),
            (_, other) => other.to_owned(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Line(line) | Self::Secret(line) => line.text().to_owned(),
            Self::Switch(on) => on.to_string(),
            Self::Choice(words, chosen) => words[*chosen].to_owned(),
            Self::User(users) => users.text().to_owned(),
            Self::Editor(area) => area.lines().join("\n"),
        }
    }
}
