//! The fields of the Batch dialog.

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{PathOf, Wanted};
use crate::batch::Template;
use crate::console::action::Action;
use crate::console::form::draw::unknown_flow;
use crate::console::import::Completion;
use crate::console::pane::invitations::ANY_FLOW;
use crate::console::widget::drop_down::DropDown;
use crate::console::widget::line::Line;
use crate::console::zone::Zone;
use crate::domain::Mapping;
use crate::domain::flow::Outline;
use crate::domain::id::FlowId;
use crate::domain::slug::Slug;
use crate::domain::text::check_line;
use crate::domain::when;

/// What the selected row brings along.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Base {
    /// What the names begin with.
    pub stem: Option<String>,
    /// The flow.
    pub flow: Option<(FlowId, Slug)>,
    /// The custom attributes of each.
    pub fixed_data: Mapping,
    /// The remark.
    pub note: String,
}

/// The fields, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Count,
    File,
    Name,
    Flow,
    Expires,
    Note,
    Links,
    Try,
    Cancel,
}

impl Field {
    const ALL: [Self; 9] = [
        Self::Count,
        Self::File,
        Self::Name,
        Self::Flow,
        Self::Expires,
        Self::Note,
        Self::Links,
        Self::Try,
        Self::Cancel,
    ];

    fn step(self, forward: bool) -> Self {
        let here = Self::ALL.iter().position(|it| *it == self).unwrap_or(0);
        let step = if forward { 1 } else { Self::ALL.len() - 1 };
        Self::ALL[(here + step) % Self::ALL.len()]
    }
}

/// What a key asked for.
pub(super) enum Pressed {
    Nothing,
    Try,
    Cancel,
}

/// What is typed.
#[derive(Debug)]
pub struct BatchForm {
    pub(super) count: Line,
    pub(super) file: Line,
    pub(super) name: Line,
    /// The name that stood there before anybody typed.
    proposed: String,
    pub(super) flow: DropDown,
    flow_ids: Vec<Option<FlowId>>,
    pub(super) expires: Line,
    pub(super) note: Line,
    pub(super) links: Line,
    /// The custom attributes that come along.
    pub(super) fixed_data: Mapping,
    pub(super) focus: Field,
    pub(super) errors: Vec<(Field, String)>,
    /// A path that was completed.
    completed: Option<String>,
    candidates: Vec<String>,
    initial: Vec<String>,
    /// The flow that was chosen before anybody chose one.
    initial_flow: Option<FlowId>,
}

impl BatchForm {
    /// The fields with what comes along.
    pub fn new(base: Base, expiry_days: u32) -> Self {
        let mut labels = vec![ANY_FLOW.to_owned()];
        let mut flow_ids = vec![None];
        if let Some((id, slug)) = base.flow {
            labels.push(slug.to_string());
            flow_ids.push(Some(id));
        }
        let stem = base.stem.unwrap_or_else(|| "guest".to_owned());
        let expires = if expiry_days == 0 { "never".to_owned() } else { format!("+{expiry_days}d") };
        let proposed = format!("{stem}-{{n:2}}");
        let mut form = Self {
            count: Line::new("10"),
            file: Line::default(),
            name: Line::new(proposed.clone()),
            proposed,
            flow: DropDown::new(labels, flow_ids.len() - 1),
            flow_ids,
            expires: Line::new(expires),
            note: Line::new(base.note),
            links: Line::default(),
            fixed_data: base.fixed_data,
            focus: Field::Count,
            errors: Vec::new(),
            completed: None,
            candidates: Vec::new(),
            initial: Vec::new(),
            initial_flow: None,
        };
        form.initial_flow = form.flow_id();
        form.initial = form.typed();
        form
    }

    fn typed(&self) -> Vec<String> {
        let lines = [&self.count, &self.file, &self.name, &self.expires, &self.note, &self.links];
        lines.into_iter().map(|line| line.text().to_owned()).collect()
    }

    /// Whether something was typed or chosen that would be lost.
    pub fn is_changed(&self) -> bool {
        self.typed() != self.initial || self.flow_id() != self.initial_flow
    }

    /// Whether the list of flows is open.
    pub fn is_choosing(&self) -> bool {
        self.flow.is_open()
    }

    /// Takes the flows, the chosen one kept; where none is chosen and only one takes invitations, that one is.
    pub fn take_flows(&mut self, outlines: &[Outline]) {
        let before = self.flow_id();
        let untouched = before == self.initial_flow;
        let label = self.flow.label().to_owned();
        let mut labels = vec![ANY_FLOW.to_owned()];
        let mut flow_ids = vec![None];
        for outline in outlines {
            flow_ids.push(Some(outline.flow.id));
            labels.push(outline.flow.slug.to_string());
        }
        if before.is_some() && !flow_ids.contains(&before) {
            flow_ids.push(before);
            labels.push(label);
        }
        let mut open = outlines.iter().filter(|outline| outline.has_invitation_stage());
        let only = match (open.next(), open.next()) {
            (Some(only), None) => Some(only.flow.id),
            _ => None,
        };
        let wanted = if untouched { before.or(only) } else { before };
        let chosen = flow_ids.iter().position(|id| *id == wanted).unwrap_or(0);
        self.flow.replace(labels, chosen);
        self.flow_ids = flow_ids;
        if untouched {
            self.initial_flow = wanted;
        }
    }

    fn flow_id(&self) -> Option<FlowId> {
        self.flow_ids.get(self.flow.chosen()).copied().flatten()
    }

    /// The file that the links go to.
    pub fn links(&self) -> Option<String> {
        let typed = self.links.text().trim();
        (!typed.is_empty()).then(|| typed.to_owned())
    }

    /// The field of a path that is typed into, and its path, where it may go on.
    pub fn to_complete(&mut self) -> Option<(PathOf, String)> {
        let (field, line) = match self.focus {
            Field::File => (PathOf::Rows, &self.file),
            Field::Links => (PathOf::Links, &self.links),
            _ => return None,
        };
        let typed = line.text().to_owned();
        // What was completed once and not touched since is complete: the key leads on.
        let done = typed.is_empty() || self.completed.as_ref() == Some(&typed);
        (!done).then_some((field, typed))
    }

    /// Takes how a path goes on.
    pub fn take_completion(&mut self, field: PathOf, completion: Completion) {
        let line = match field {
            PathOf::Rows => &mut self.file,
            PathOf::Links => &mut self.links,
        };
        if line.text() == completion.typed {
            if completion.path == completion.typed && completion.candidates.is_empty() {
                // There is nothing more to it: the key leads on.
                self.act(Action::NextField);
                return;
            }
            *line = Line::new(completion.path.clone());
            // A folder goes on with what is in it.
            let open = completion.path.ends_with('/') && completion.path != completion.typed;
            self.completed = (!open).then_some(completion.path);
            self.candidates = completion.candidates;
        }
    }

    /// The names that the path in a field could go on with.
    pub(super) fn candidates(&self, field: Field) -> &[String] {
        if self.focus == field && matches!(field, Field::File | Field::Links) { &self.candidates } else { &[] }
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action) {
        if self.is_choosing() && matches!(action, Action::Up | Action::Down | Action::Accept | Action::Dismiss) {
            self.flow.act(action);
            self.touch(Field::Flow);
            return;
        }
        match action {
            Action::NextField => self.focus = self.focus.step(true),
            Action::PreviousField => self.focus = self.focus.step(false),
            _ => return,
        }
        if self.flow.is_open() {
            self.touch(Field::Flow);
        }
        self.flow.close();
        self.completed = None;
        self.candidates.clear();
    }

    /// Takes a key into the field.
    pub(super) fn key(&mut self, key: KeyEvent) -> Pressed {
        if self.is_choosing() {
            self.flow.key(key);
            self.touch(Field::Flow);
            return Pressed::Nothing;
        }
        let press = matches!(key.code, KeyCode::Enter | KeyCode::Char(' '));
        let control = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match (self.focus, key.code) {
            (Field::Try, _) if press => return Pressed::Try,
            (Field::Cancel, _) if press => return Pressed::Cancel,
            (Field::Flow, KeyCode::Enter | KeyCode::Char(_)) if !control => {
                self.flow.open();
                if !press {
                    self.flow.key(key);
                }
            }
            (_, KeyCode::Down | KeyCode::Enter) => self.focus = self.focus.step(true),
            (_, KeyCode::Up) => self.focus = self.focus.step(false),
            (Field::Try | Field::Cancel, KeyCode::Left | KeyCode::Right) => {
                self.focus = if self.focus == Field::Try { Field::Cancel } else { Field::Try };
            }
            _ => {
                if self.line().is_some_and(|line| line.key(key)) {
                    self.touch(self.focus);
                }
            }
        }
        Pressed::Nothing
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        if self.is_choosing() {
            self.flow.paste(pasted);
            self.touch(Field::Flow);
        } else if let Some(line) = self.line() {
            line.insert(pasted);
            self.touch(self.focus);
        }
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(match self.focus {
            Field::Count => &mut self.count,
            Field::File => &mut self.file,
            Field::Name => &mut self.name,
            Field::Expires => &mut self.expires,
            Field::Note => &mut self.note,
            Field::Links => &mut self.links,
            Field::Flow | Field::Try | Field::Cancel => return None,
        })
    }

    fn touch(&mut self, field: Field) {
        self.completed = None;
        self.candidates.clear();
        self.errors.retain(|(at, _)| *at != field && *at != Field::Try);
    }

    /// Says at the button what is wrong.
    pub fn refuse(&mut self, faults: Vec<String>) {
        self.errors = faults.into_iter().map(|fault| (Field::Try, fault)).collect();
        if !self.errors.is_empty() {
            self.focus = Field::Try;
        }
    }

    /// What is wanted; otherwise what is wrong stands at the fields.
    pub fn wanted(&mut self, zone: Zone, now: DateTime<Utc>) -> Option<Wanted> {
        self.errors.clear();
        // The flow that is marked in the open list is the one that is seen.
        if !self.flow.settle() {
            self.wrong(Field::Flow, &unknown_flow(&self.flow));
        }
        let file = self.file.text().trim().to_owned();
        let count = self.keep(Field::Count, self.parse_count());
        let template = self.keep(Field::Name, self.parse_name());
        let expires = zone.parse_expiry(self.expires.text(), now);
        let expires = expires.and_then(|expires| when::check_future(expires, now).map(|()| expires));
        let expires = self.keep(Field::Expires, expires);
        let note = self.note.text().to_owned();
        self.keep(Field::Note, check_line(&note, 500));
        if let Some((field, _)) = self.errors.first() {
            self.focus = *field;
            return None;
        }
        Some(Wanted {
            count: count?,
            file: (!file.is_empty()).then_some(file),
            template: template?,
            is_proposed: self.name.text() == self.proposed,
            flow: self.flow_id(),
            expires: expires?,
            fixed_data: self.fixed_data.clone(),
            note,
            free_names: false,
        })
    }

    /// How many; zero where a file says so.
    fn parse_count(&self) -> Result<usize, String> {
        if !self.file.text().trim().is_empty() {
            return Ok(0);
        }
        let count = self.count.text().trim().parse().ok().filter(|count| *count > 0);
        count.ok_or_else(|| "Enter how many, or name a CSV file.".to_owned())
    }

    /// How they are named; none where a file's own column may name them.
    fn parse_name(&self) -> Result<Option<Template>, String> {
        let name = self.name.text().trim();
        let by_file = !self.file.text().trim().is_empty();
        if name.is_empty() && by_file {
            return Ok(None);
        }
        let template = Template::parse(name)?;
        match self.parse_count() {
            Ok(count) if !by_file => template.check_for(count).map(|()| Some(template)),
            _ => Ok(Some(template)),
        }
    }

    /// What is wrong with what is typed, told as it is typed. What is still empty is not complained about.
    pub(super) fn fault(&self, field: Field) -> Option<String> {
        match field {
            Field::Count if !self.count.text().trim().is_empty() => self.parse_count().err(),
            Field::Name if !self.name.text().trim().is_empty() => self.parse_name().err(),
            Field::Note => check_line(self.note.text(), 500).err(),
            _ => None,
        }
    }

    fn wrong(&mut self, field: Field, why: &str) {
        self.errors.push((field, why.to_owned()));
    }

    fn keep<T>(&mut self, field: Field, result: Result<T, String>) -> Option<T> {
        result.map_err(|why| self.wrong(field, &why)).ok()
    }
}
