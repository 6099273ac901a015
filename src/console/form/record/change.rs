//! What a small dialog wants written, or what is wrong with that.

use super::{ATTRIBUTES, Ask, Record, RecordForm};
use crate::console::attributes;
use crate::console::event::{Change, Letters, Secret};
use crate::domain::Mapping;
use crate::domain::group::check_name;
use crate::domain::prompt::PromptDraft;
use crate::domain::user::{Profile, ProfileDraft, check_password};
use crate::domain::validation::FieldErrors;
use crate::policy::check_prompt;

impl RecordForm {
    pub(super) fn wanted(&self) -> Result<Ask, Vec<(String, String)>> {
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
                let attributes = self.attributes(read.as_deref().map(|user| &user.attributes));
                let draft = ProfileDraft {
                    username: self.text("username"),
                    name: self.text("name"),
                    email: self.text("email"),
                    path: self.text("path"),
                    attributes: attributes.clone().unwrap_or_default(),
                };
                let checked = Profile::check(draft);
                let mut errors: Vec<_> = checked.as_ref().err().into_iter().flat_map(FieldErrors::iter).collect();
                errors.extend(attributes.as_ref().err().map(|why| (ATTRIBUTES, why.as_str())));
                match &checked {
                    Ok(profile) if errors.is_empty() => Ok(Change::User(read.clone(), profile.clone())),
                    _ => Err(errors.into_iter().map(|(name, why)| (name.to_owned(), why.to_owned())).collect()),
                }
            }
            Record::Group(read) => {
                let name = check_name(&self.text("name")).map_err(at("name"))?;
                let attributes =
                    self.attributes(read.as_deref().map(|group| &group.attributes)).map_err(at(ATTRIBUTES))?;
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
                    placeholder: self.text_over("placeholder", &read.placeholder),
                    initial_value: self.text_over("initial_value", &read.initial_value),
                    sub_text: self.text_over("sub_text", &read.sub_text),
                };
                let prompt = check_prompt(&draft, read).map_err(|errors| owned(&errors))?;
                Ok(Change::Prompt(read.clone(), Box::new(prompt)))
            }
            // Letters change nothing that a dialog shows: see `wanted`.
            Record::Letters(_) => Err(Vec::new()),
        }
    }

    /// Whether what was read stands in a field as the dialog shows it.
    fn is_untouched(&self, name: &str) -> bool {
        let place = self.fields.iter().position(|field| field.name == name);
        place.is_some_and(|place| self.fields[place].input.text() == self.initial[place])
    }

    /// The text of a field; the one that was `read` to the letter where it was not touched, for a dialog shows no tabs and no
    /// hidden characters, and takes line breaks of every kind for the same.
    fn text_over(&self, name: &str, read: &str) -> String {
        if self.is_untouched(name) { read.to_owned() } else { self.text(name) }
    }

    /// The attributes; those that were `read` where they were not touched.
    fn attributes(&self, read: Option<&Mapping>) -> Result<Mapping, String> {
        match read {
            Some(read) if self.is_untouched(ATTRIBUTES) => Ok(read.clone()),
            _ => attributes::read(&self.text(ATTRIBUTES)),
        }
    }
}

fn owned(errors: &FieldErrors) -> Vec<(String, String)> {
    errors.iter().map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}
