//! What is typed into the invitation dialog, and what becomes of it.

use chrono::{DateTime, Utc};
use tui_textarea::TextArea;

use super::area::editor;
use crate::console::attributes;
use crate::console::pane::invitations::ANY_FLOW;
use crate::console::widget::drop_down::DropDown;
use crate::console::widget::line::Line;
use crate::console::zone::Zone;
use crate::domain::id::FlowId;
use crate::domain::invitation::{Draft, InvitationView, Settings};
use crate::domain::slug::Slug;
use crate::domain::validation::FieldErrors;

/// The fields, in the order of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Name.
    Name,
    /// Expires.
    Expires,
    /// Flow.
    Flow,
    /// Custom attributes.
    Attributes,
    /// Single use.
    SingleUse,
    /// Max uses: only where single use is off.
    MaxUses,
    /// Note.
    Note,
    /// The Save button.
    Save,
    /// The Cancel button.
    Cancel,
}

impl Field {
    /// What the dialog calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "the name",
            Self::Expires => "when it expires",
            Self::Flow => "the flow",
            Self::Attributes => "the custom attributes",
            Self::SingleUse | Self::MaxUses => "how many may use it",
            Self::Note => "the note",
            Self::Save | Self::Cancel => "the rest",
        }
    }

    const ALL: [Self; 9] = [
        Self::Name,
        Self::Expires,
        Self::Flow,
        Self::Attributes,
        Self::SingleUse,
        Self::MaxUses,
        Self::Note,
        Self::Save,
        Self::Cancel,
    ];

    /// The field of a name that [`Settings::check`] uses.
    pub fn of(name: &str) -> Self {
        match name {
            "expires" => Self::Expires,
            "fixed_data" => Self::Attributes,
            "max_uses" => Self::MaxUses,
            "note" => Self::Note,
            _ => Self::Name,
        }
    }

    /// The next field or the one before, around the ends.
    pub fn step(self, forward: bool, single_use: bool) -> Self {
        let shown: Vec<Self> = Self::ALL.into_iter().filter(|it| !(single_use && *it == Self::MaxUses)).collect();
        let here = shown.iter().position(|it| *it == self).unwrap_or(0);
        let step = if forward { 1 } else { shown.len() - 1 };
        shown[(here + step) % shown.len()]
    }
}

/// What fields begin with.
#[derive(Debug)]
pub struct Start<'a> {
    /// Name.
    pub name: &'a str,
    /// Expires, as it would be typed.
    pub expires: String,
    /// Custom attributes.
    pub yaml: &'a str,
    /// Max uses; none for any number.
    pub max_uses: Option<u32>,
    /// Note.
    pub note: &'a str,
}

/// What stands in the fields.
#[derive(Debug)]
pub struct Fields {
    /// Name.
    pub name: Line,
    /// Expires, as typed.
    pub expires: Line,
    /// Flow.
    pub flow: DropDown,
    /// The flows behind the drop-down's labels.
    pub flow_ids: Vec<Option<FlowId>>,
    /// Custom attributes, as typed.
    pub attributes: TextArea<'static>,
    /// Single use.
    pub single_use: bool,
    /// Max uses, as typed.
    pub max_uses: Line,
    /// Note.
    pub note: Line,
}

/// The same, to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    name: String,
    expires: String,
    /// The chosen flow.
    pub flow: Option<FlowId>,
    attributes: String,
    single_use: bool,
    max_uses: String,
    note: String,
}

impl Typed {
    /// Takes the name as the one that was there from the beginning.
    pub fn take_name(&mut self, fields: &Fields) {
        fields.name.text().clone_into(&mut self.name);
    }

    /// Whether something else stands in a field than in the same one of `other`.
    pub fn differs(&self, field: Field, other: &Self) -> bool {
        match field {
            Field::Name => self.name != other.name,
            Field::Expires => self.expires != other.expires,
            Field::Flow => self.flow != other.flow,
            Field::Attributes => self.attributes != other.attributes,
            Field::SingleUse | Field::MaxUses => {
                (self.single_use, &self.max_uses) != (other.single_use, &other.max_uses)
            }
            Field::Note => self.note != other.note,
            Field::Save | Field::Cancel => false,
        }
    }
}

impl Fields {
    /// Fields with that in them.
    pub fn new(settings: &Start<'_>, flow: Option<(FlowId, Slug)>) -> Self {
        let mut labels = vec![ANY_FLOW.to_owned()];
        let mut flow_ids = vec![None];
        if let Some((id, slug)) = flow {
            labels.push(slug.to_string());
            flow_ids.push(Some(id));
        }
        let max_uses = settings.max_uses.filter(|max| *max != 1).map(|max| max.to_string());
        Self {
            name: Line::new(settings.name),
            expires: Line::new(settings.expires.clone()),
            flow: DropDown::new(labels, flow_ids.len() - 1),
            flow_ids,
            attributes: editor(settings.yaml),
            single_use: settings.max_uses == Some(1),
            max_uses: Line::new(max_uses.unwrap_or_default()),
            note: Line::new(settings.note),
        }
    }

    /// What stands in the fields of an invitation.
    pub fn of(view: &InvitationView, zone: Zone) -> Self {
        let it = &view.invitation.settings;
        let expires = it.expires.map_or_else(|| "never".to_owned(), |at| zone.typed(at));
        let yaml = attributes::write(&it.fixed_data);
        let start =
            Start { name: it.name.as_str(), expires, yaml: &yaml, max_uses: it.max_uses, note: it.note.as_str() };
        Self::new(&start, it.flow.zip(view.flow_slug.clone()))
    }

    /// Puts into a field what stands in the same one of `other`.
    pub fn take(&mut self, field: Field, other: &Self) {
        match field {
            Field::Name => self.name = other.name.clone(),
            Field::Expires => self.expires = other.expires.clone(),
            Field::Flow => self.take_flow(other),
            Field::Attributes => self.attributes = other.attributes.clone(),
            Field::SingleUse | Field::MaxUses => {
                self.single_use = other.single_use;
                self.max_uses = other.max_uses.clone();
            }
            Field::Note => self.note = other.note.clone(),
            Field::Save | Field::Cancel => {}
        }
    }

    fn take_flow(&mut self, other: &Self) {
        let wanted = other.flow_id();
        if !self.flow_ids.contains(&wanted) {
            self.flow_ids.push(wanted);
        }
        let mut labels = self.flow.labels().to_vec();
        if labels.len() < self.flow_ids.len() {
            labels.push(other.flow.label().to_owned());
        }
        let place = self.flow_ids.iter().position(|id| *id == wanted).unwrap_or(0);
        self.flow = DropDown::new(labels, place);
    }

    /// What is typed.
    pub fn typed(&self) -> Typed {
        Typed {
            name: self.name.text().to_owned(),
            expires: self.expires.text().to_owned(),
            flow: self.flow_id(),
            attributes: self.attributes_text(),
            single_use: self.single_use,
            max_uses: self.max_uses.text().to_owned(),
            note: self.note.text().to_owned(),
        }
    }

    /// The chosen flow; none for any flow.
    pub fn flow_id(&self) -> Option<FlowId> {
        self.flow_ids.get(self.flow.chosen()).copied().flatten()
    }

    /// The custom attributes as typed.
    pub fn attributes_text(&self) -> String {
        self.attributes.lines().join("\n")
    }

    /// When it expires.
    pub fn parse_expires(&self, zone: Zone, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, String> {
        zone.parse_expiry(self.expires.text(), now)
    }

    fn parse_max_uses(&self) -> Result<Option<u32>, String> {
        let typed = self.max_uses.text().trim();
        if self.single_use {
            return Ok(Some(1));
        }
        if typed.is_empty() {
            return Ok(None);
        }
        typed.parse().map(Some).map_err(|_| "Enter a whole number, or leave it empty for any number.".to_owned())
    }

    /// Makes settings of it, or says what is wrong, field by field. `read` is what was read, and what stood in the fields
    /// then: an end that was not touched stays as it was, to the microsecond, and so do custom attributes.
    pub fn settings(
        &self,
        zone: Zone,
        now: DateTime<Utc>,
        read: Option<(&Settings, &Typed)>,
    ) -> Result<Settings, Vec<(Field, String)>> {
        self.settings_named(self.name.text(), zone, now, read)
    }

    /// The same with another name.
    pub fn settings_named(
        &self,
        name: &str,
        zone: Zone,
        now: DateTime<Utc>,
        read: Option<(&Settings, &Typed)>,
    ) -> Result<Settings, Vec<(Field, String)>> {
        let typed = self.typed();
        let kept = |field| read.filter(|(_, before)| !typed.differs(field, before)).map(|(read, _)| read);
        let mut errors = FieldErrors::new();
        // Also one that is over: nobody asked for another.
        let kept_end = kept(Field::Expires).map(|read| read.expires);
        let expires = match kept_end {
            Some(_) => None,
            None => errors.keep("expires", self.parse_expires(zone, now)).flatten(),
        };
        let fixed_data = match kept(Field::Attributes) {
            Some(read) => Some(read.fixed_data.clone()),
            None => errors.keep("fixed_data", attributes::read(&self.attributes_text())),
        };
        let max_uses = errors.keep("max_uses", self.parse_max_uses());
        let draft = Draft {
            name: name.to_owned(),
            flow: self.flow_id(),
            expires,
            fixed_data: fixed_data.unwrap_or_default(),
            max_uses: max_uses.flatten(),
            note: self.note.text().trim().to_owned(),
        };
        let checked = Settings::check(draft, now);
        let found = |errors: &FieldErrors| -> Vec<(Field, String)> {
            errors.iter().map(|(field, message)| (Field::of(field), message.to_owned())).collect()
        };
        match checked {
            Ok(settings) if errors.is_empty() => {
                Ok(Settings { expires: kept_end.unwrap_or(settings.expires), ..settings })
            }
            Ok(_) => Err(found(&errors)),
            Err(more) => {
                let mut all: Vec<_> = found(&errors).into_iter().chain(found(&more)).collect();
                all.sort_by_key(|(field, _)| Field::ALL.iter().position(|it| it == field));
                Err(all)
            }
        }
    }
}
