//! The Create and Edit Invitation dialog. Its labels and their order are those of the web dialog.

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::draw::unknown_flow;
use super::fields::{Field, Fields, Start, Typed};
use super::live::{Findings, Live, Question};
use super::suggest::Suggestions;
use crate::console::action::Action;
use crate::console::event::Effect;
use crate::console::pane::invitations::ANY_FLOW;
use crate::console::widget::calendar::Calendar;
use crate::console::widget::line::Line;
use crate::console::zone::Zone;
use crate::domain::diagnosis::{Mend, Problem, any_flow_problems};
use crate::domain::flow::Outline;
use crate::domain::id::{FlowId, InvitationId};
use crate::domain::invitation::{Invitation, InvitationView, Settings};
use crate::domain::slug::Slug;

/// The dialog.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub struct InvitationForm {
    /// The invitation that is edited, as it was read last; none for a new one.
    pub(super) edited: Option<Box<InvitationView>>,
    pub(super) fields: Fields,
    pub(super) focus: Field,
    /// What was wrong when it was saved; an error goes when its field changes.
    pub(super) errors: Vec<(Field, String)>,
    /// The fields in which somebody else wrote something else than what is typed here.
    pub(super) contested: Vec<Field>,
    /// The enrollment flows; none before they are read.
    outlines: Option<Vec<Outline>>,
    pub(super) initial: Typed,
    pub(super) saving: bool,
    /// What somebody else changed meanwhile that is kept.
    pub(super) merged: Option<String>,
    /// Whether to save as soon as the flows are known: whoever types fast must not get another flow than who waits.
    waiting: bool,
    /// Whether the name is one that was proposed: where it is taken, the free one stands there instead.
    proposed: bool,
    /// Whether the flow is chosen already, though nothing was typed.
    chosen: bool,
    /// The calendar, while it is open.
    pub(super) calendar: Option<Calendar>,
    /// The keys that are offered in the custom attributes.
    pub(super) suggestions: Option<Suggestions>,
    pub(super) live: Live,
}

/// What the dialog wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Nothing.
    Nothing,
    /// Close it; ask first where something was typed.
    Cancel,
    /// Save.
    Save(Settings),
    /// Bind an invitation stage to this flow.
    Bind(FlowId),
    /// Look at what somebody would see who followed the link to this flow.
    Preview(Box<Invitation>, Slug),
}

impl InvitationForm {
    /// A blank dialog.
    pub fn create(expiry_days: u32) -> Self {
        let start = Start { name: "", expires: default_expiry(expiry_days), yaml: "", max_uses: Some(1), note: "" };
        Self::new(None, Fields::new(&start, None))
    }

    /// A new dialog that begins as an invitation is. One whose time is over gives its time no further.
    pub fn duplicate(view: InvitationView, zone: Zone, expiry_days: u32, now: DateTime<Utc>) -> Self {
        let name = view.invitation.settings.name.following().to_string();
        let over = view.invitation.settings.expires.is_some_and(|end| end <= now);
        let mut form = Self::edit(view, zone);
        form.edited = None;
        form.proposed = true;
        form.fields.name = Line::new(name);
        if over {
            form.fields.expires = Line::new(default_expiry(expiry_days));
        }
        form.initial = form.fields.typed();
        form.chosen = true;
        form
    }

    /// A dialog that edits an invitation.
    pub fn edit(view: InvitationView, zone: Zone) -> Self {
        let fields = Fields::of(&view, zone);
        Self::new(Some(Box::new(view)), fields)
    }

    fn new(edited: Option<Box<InvitationView>>, fields: Fields) -> Self {
        let initial = fields.typed();
        Self {
            edited,
            fields,
            focus: Field::Name,
            errors: Vec::new(),
            contested: Vec::new(),
            outlines: None,
            initial,
            saving: false,
            merged: None,
            waiting: false,
            proposed: false,
            chosen: false,
            calendar: None,
            suggestions: None,
            live: Live::new(),
        }
    }

    /// The title of the dialog.
    pub fn title(&self) -> &'static str {
        if self.edited.is_some() { "Edit Invitation" } else { "Create Invitation" }
    }

    /// The invitation that is edited and the revision that was read.
    pub fn edited(&self) -> Option<(InvitationId, i64)> {
        self.edited.as_ref().map(|view| (view.invitation.id, view.invitation.revision))
    }

    /// The invitation that is edited, as it was read last; none for a new one.
    pub fn read(&self) -> Option<&InvitationView> {
        self.edited.as_deref()
    }

    /// Whether something was typed that would be lost.
    pub fn is_changed(&self) -> bool {
        self.fields.typed() != self.initial
    }

    /// Whether a list is open.
    pub fn is_choosing(&self) -> bool {
        self.fields.flow.is_open() || self.suggestions.is_some()
    }

    /// Whether the calendar is open.
    pub fn has_calendar(&self) -> bool {
        self.calendar.is_some()
    }

    /// What is to be found out about what is typed now.
    pub fn questions(&mut self, public_url: &str) -> Vec<Effect> {
        let own = self.edited.as_ref().map(|view| view.invitation.id);
        let name = self.live.ask_name(self.fields.name.text(), own);
        let changed = self.live.changed;
        let outline = if changed { self.outline().cloned() } else { None };
        let is_open = self.edited.as_ref().is_none_or(|view| view.invitation.uses == 0);
        let (fields, public_url) = (&self.fields, public_url.to_owned());
        let attributes = self.live.ask(|| Question { text: fields.attributes_text(), outline, is_open, public_url });
        name.into_iter().chain(attributes).collect()
    }

    /// Takes what was found out about custom attributes.
    pub fn take_findings(&mut self, question: &Question, findings: Findings) {
        self.live.answer(question, findings);
    }

    /// Takes whether a name is taken, and which one is free.
    pub fn take_name(&mut self, name: Slug, free: Option<Slug>) {
        let typed = self.fields.name.text() == name.as_str();
        match free {
            Some(free) if self.proposed && typed => {
                let untouched = !self.fields.typed().differs(Field::Name, &self.initial);
                self.fields.name = Line::new(free.to_string());
                if untouched {
                    self.initial.take_name(&self.fields);
                }
            }
            other => self.live.take_name(name, other),
        }
    }

    /// The name that can be had in place of the one that is typed: a free one for one that is taken, the nearest one for
    /// what is no name.
    pub fn free_name(&self) -> Option<Slug> {
        let typed = self.fields.name.text().trim();
        match Slug::parse(typed) {
            Ok(_) => self.live.taken().map(|(_, free)| free.clone()),
            Err(_) => Slug::near(typed),
        }
    }

    /// Takes the flows that an invitation can be for. In a new dialog the only one that can be meant is chosen. `true`
    /// where the dialog waited for them to be saved.
    pub fn take_flows(&mut self, outlines: Vec<Outline>) -> bool {
        let before = self.fields.flow_id();
        let untouched = self.initial.flow == before && !self.chosen;
        let mut flow_ids = vec![None];
        let mut labels = vec![ANY_FLOW.to_owned()];
        for outline in &outlines {
            flow_ids.push(Some(outline.flow.id));
            labels.push(outline.flow.slug.to_string());
        }
        // A flow of another kind, or one that is gone, stays what it was until another is chosen.
        if before.is_some() && !flow_ids.contains(&before) {
            flow_ids.push(before);
            labels.push(self.fields.flow.label().to_owned());
        }
        let mut wanted = before;
        if self.edited.is_none() && self.outlines.is_none() && untouched {
            wanted = match (outlines.as_slice(), accepting(&outlines).as_slice()) {
                ([only], _) => Some(only.flow.id),
                (_, [only]) => Some(only.flow.id),
                _ => None,
            };
            self.initial.flow = wanted;
        }
        let chosen = flow_ids.iter().position(|id| *id == wanted).unwrap_or(0);
        self.fields.flow.replace(labels, chosen);
        self.fields.flow_ids = flow_ids;
        self.outlines = Some(outlines);
        self.live.changed = true;
        std::mem::take(&mut self.waiting)
    }

    /// Whether there is something to choose from at the field.
    pub fn can_suggest(&self) -> bool {
        let open = self.is_choosing() || self.has_calendar();
        !open && matches!(self.focus, Field::Expires | Field::Flow | Field::Attributes)
    }

    /// Does what the key table says.
    pub fn act(&mut self, action: Action, zone: Zone, now: DateTime<Utc>) -> Ask {
        let lists = matches!(action, Action::Up | Action::Down | Action::Accept | Action::Dismiss);
        if self.suggestions.is_some() && lists {
            self.act_on_keys(action);
            return Ask::Nothing;
        }
        if self.fields.flow.is_open() && lists {
            let before = self.fields.flow_id();
            self.fields.flow.act(action);
            self.forget_unknown_flow();
            self.flow_acted(before);
            return Ask::Nothing;
        }
        if self.calendar.is_some() && (Calendar::takes(action) || action == Action::Suggest) {
            self.act_on_calendar(action, zone, now);
            return Ask::Nothing;
        }
        if action == Action::NextField && self.complete_key() {
            return Ask::Nothing;
        }
        self.suggestions = None;
        self.leave_calendar(matches!(action, Action::Submit | Action::Preview), zone, now);
        if matches!(action, Action::NextField | Action::PreviousField) {
            if self.fields.flow.is_open() {
                self.forget_unknown_flow();
            }
            self.fields.flow.close();
        }
        match action {
            Action::Submit => return self.submit(zone, now),
            Action::Dismiss => return Ask::Cancel,
            Action::NextField => self.focus = self.focus.step(true, self.fields.single_use),
            Action::PreviousField => self.focus = self.focus.step(false, self.fields.single_use),
            Action::Suggest => match self.focus {
                Field::Expires => self.open_calendar(zone, now),
                Field::Flow => self.fields.flow.open(),
                Field::Attributes => {
                    self.offer_keys();
                }
                _ => {}
            },
            Action::FreeName => {
                if let Some(free) = self.free_name() {
                    self.fields.name = Line::new(free.to_string());
                    self.touch(Field::Name);
                }
            }
            Action::Preview => return self.preview(zone, now),
            Action::TakeTheirs => self.take_theirs(zone),
            Action::Bind => {
                if let Some(id) = self.bindable() {
                    return Ask::Bind(id);
                }
            }
            _ => {}
        }
        Ask::Nothing
    }

    /// Whether it is being saved, or is going to be as soon as the flows are known.
    pub fn is_saving(&self) -> bool {
        self.saving || self.waiting
    }

    /// The flows don't come: it can be typed into again.
    pub fn give_up(&mut self) {
        self.waiting = false;
    }

    fn submit(&mut self, zone: Zone, now: DateTime<Utc>) -> Ask {
        if self.saving {
            return Ask::Nothing;
        }
        if self.outlines.is_none() && !self.waiting {
            self.waiting = true;
            return Ask::Nothing;
        }
        if !self.settle_flow() {
            return Ask::Nothing;
        }
        match self.fields.settings(zone, now, self.read_and_shown()) {
            Ok(settings) => {
                self.errors.clear();
                self.saving = true;
                Ask::Save(settings)
            }
            Err(errors) => {
                if let Some((field, _)) = errors.first() {
                    self.focus = *field;
                }
                self.errors = errors;
                Ask::Nothing
            }
        }
    }

    /// Takes the flow that is marked in the open list: it is the one that is seen. `false` where there is none.
    fn settle_flow(&mut self) -> bool {
        let before = self.fields.flow_id();
        if self.fields.flow.settle() {
            self.flow_acted(before);
            return true;
        }
        self.errors = vec![(Field::Flow, unknown_flow(&self.fields.flow))];
        self.focus = Field::Flow;
        false
    }

    /// Takes back that no flow has the name that was typed. What somebody else chose is still to be told.
    fn forget_unknown_flow(&mut self) {
        if !self.contested.contains(&Field::Flow) {
            self.errors.retain(|(at, _)| *at != Field::Flow);
        }
    }

    /// Notes that another flow is chosen, where one is.
    fn flow_acted(&mut self, before: Option<FlowId>) {
        if self.fields.flow_id() != before {
            self.live.changed = true;
            self.touch(Field::Flow);
        }
    }

    /// What is edited as it was read, and as it stood in the fields then.
    pub(super) fn read_and_shown(&self) -> Option<(&Settings, &Typed)> {
        self.edited.as_ref().map(|view| (&view.invitation.settings, &self.initial))
    }

    /// Takes a key that the key table leaves to the field.
    pub fn key(&mut self, key: KeyEvent, zone: Zone, now: DateTime<Utc>) -> Ask {
        if self.fields.flow.is_open() {
            self.fields.flow.key(key);
            self.forget_unknown_flow();
            return Ask::Nothing;
        }
        // Whoever types has no need of the calendar.
        self.calendar = None;
        let press = matches!(key.code, KeyCode::Enter | KeyCode::Char(' '));
        let enter = key.code == KeyCode::Enter;
        match self.focus {
            Field::Save if press => return self.submit(zone, now),
            Field::Cancel if press => return Ask::Cancel,
            Field::Name | Field::Expires | Field::MaxUses | Field::Note if enter => {
                self.focus = self.focus.step(true, self.fields.single_use);
                return Ask::Nothing;
            }
            Field::Expires if key.code == KeyCode::Down => {
                self.open_calendar(zone, now);
                return Ask::Nothing;
            }
            Field::Flow => self.flow_key(key),
            Field::SingleUse if press || matches!(key.code, KeyCode::Left | KeyCode::Right) => {
                self.fields.single_use = !self.fields.single_use;
                self.touch(Field::SingleUse);
                self.touch(Field::MaxUses);
                return Ask::Nothing;
            }
            Field::Attributes => {
                self.editor_key(key);
                return Ask::Nothing;
            }
            _ => {}
        }
        let line = self.line();
        if line.is_some_and(|line| line.key(key)) {
            self.touch(self.focus);
            return Ask::Nothing;
        }
        self.arrow(key.code);
        Ask::Nothing
    }

    /// Up and down move between fields where the field has no other use for them.
    fn arrow(&mut self, code: KeyCode) {
        match code {
            KeyCode::Down => self.focus = self.focus.step(true, self.fields.single_use),
            KeyCode::Up => self.focus = self.focus.step(false, self.fields.single_use),
            KeyCode::Left | KeyCode::Right if self.focus == Field::Save => self.focus = Field::Cancel,
            KeyCode::Left | KeyCode::Right if self.focus == Field::Cancel => self.focus = Field::Save,
            _ => {}
        }
    }

    fn flow_key(&mut self, key: KeyEvent) {
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter | KeyCode::Char(' ') => self.fields.flow.open(),
            KeyCode::Char(_) if plain => {
                self.fields.flow.open();
                self.fields.flow.key(key);
            }
            _ => {}
        }
    }

    fn line(&mut self) -> Option<&mut Line> {
        match self.focus {
            Field::Name => Some(&mut self.fields.name),
            Field::Expires => Some(&mut self.fields.expires),
            Field::MaxUses => Some(&mut self.fields.max_uses),
            Field::Note => Some(&mut self.fields.note),
            _ => None,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        self.calendar = None;
        if self.fields.flow.is_open() {
            self.fields.flow.paste(pasted);
            self.forget_unknown_flow();
        } else if self.focus == Field::Attributes {
            self.editor_paste(pasted);
        } else if let Some(line) = self.line() {
            line.insert(pasted);
            self.touch(self.focus);
        }
    }

    pub(super) fn touch(&mut self, field: Field) {
        self.proposed &= field != Field::Name;
        self.contested.retain(|at| *at != field);
        self.errors.retain(|(at, _)| *at != field && *at != Field::Save);
    }

    /// The chosen flow, or for any flow the only one that accepts invitations: with several, who follows the link chooses.
    pub(super) fn outline(&self) -> Option<&Outline> {
        let outlines = self.outlines.as_ref()?;
        match self.fields.flow_id() {
            Some(id) => outlines.iter().find(|outline| outline.flow.id == id),
            None => match accepting(outlines).as_slice() {
                [only] => Some(only),
                _ => None,
            },
        }
    }

    /// What will go wrong with what is typed, as far as it can be read.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.live.findings.problems.clone();
        if let (Some(outlines), None) = (&self.outlines, self.fields.flow_id()) {
            let slugs: Vec<Slug> = accepting(outlines).iter().map(|outline| outline.flow.slug.clone()).collect();
            problems.extend(any_flow_problems(&slugs));
        }
        problems
    }

    /// The chosen flow, where it lacks an invitation stage.
    pub fn bindable(&self) -> Option<FlowId> {
        let outline = self.outline()?;
        let mends = self.problems().iter().any(|problem| problem.mend == Some(Mend::BindInvitationStage));
        mends.then_some(outline.flow.id)
    }
}

/// The flows that accept invitations.
fn accepting(outlines: &[Outline]) -> Vec<&Outline> {
    outlines.iter().filter(|outline| outline.has_invitation_stage()).collect()
}

/// What stands in the field of a new one.
pub(in crate::console) fn default_expiry(days: u32) -> String {
    if days == 0 { "never".to_owned() } else { format!("+{days}d") }
}
