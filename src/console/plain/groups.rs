//! The list of groups, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::invitation_form::on_one_line;
use super::list::{Picked, Shelf};
use super::questions::{Questions, yes_or_no};
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::Change;
use crate::console::overlay::confirm::superusers;
use crate::console::widget::text;
use crate::domain::group::{Group, GroupView, check_name};
use crate::domain::validation::FieldErrors;

#[derive(Debug, Clone, Copy)]
enum Act {
    Show,
    Edit,
    Add,
    Remove,
    Delete,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn groups(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<GroupView>::default();
        loop {
            let words = self.words(&[], &["new", "many"]);
            match self.pick("Groups", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    self.group_form(None).await?;
                }
                Picked::Word("many") => self.many(&list).await?,
                Picked::Word(_) => self.take_back().await?,
                Picked::Row(row) => self.group(&row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    async fn group(&mut self, row: &GroupView) -> Result<(), Stop> {
        let group = &row.group;
        let name = text::safe(&group.name);
        self.describe(row, &group.name).await?;
        let mut acts = vec![(Act::Show, "Show everything".to_owned())];
        if !self.setting.read_only {
            acts.extend(
                [
                    (Act::Edit, "Edit"),
                    (Act::Add, "Add a member"),
                    (Act::Remove, "Remove a member"),
                    (Act::Delete, "Delete"),
                ]
                .map(|(act, label)| (act, label.to_owned())),
            );
        }
        loop {
            let Some(act) = self.talk.choose(&format!("Group {name}"), &acts)? else { return Ok(()) };
            match act {
                Act::Show => self.describe(row, &group.name).await?,
                Act::Edit => {
                    if self.group_form(Some(group)).await? {
                        return Ok(());
                    }
                }
                Act::Add | Act::Remove => {
                    let member = matches!(act, Act::Add);
                    if let Some(username) = self.talk.ask("Username", "")?.filter(|name| !name.is_empty()) {
                        self.change(Change::Member { group: Box::new(group.clone()), username, member }).await?;
                    }
                }
                Act::Delete if self.asks_to_delete(row)? => {
                    if self.change(Change::DeleteGroup(Box::new(group.clone()))).await? {
                        return Ok(());
                    }
                }
                Act::Delete => {}
            }
        }
    }

    /// Asks before a group is deleted; for one of superusers its own name.
    fn asks_to_delete(&mut self, row: &GroupView) -> Result<bool, Stop> {
        let name = text::safe(&row.group.name);
        let question = format!("This deletes {name}.");
        if row.group.is_superuser {
            let lost = superusers(row.member_count);
            return self.talk.typed_word(&format!("{question} {lost}"), row.group.name.trim());
        }
        self.talk.typed_word(&question, "delete")
    }

    async fn group_form(&mut self, read: Option<&Group>) -> Result<bool, Stop> {
        let superuser = if read.is_some_and(|group| group.is_superuser) { "yes" } else { "no" };
        let questions = Questions::default()
            .with("name", "Name", read.map_or("", |group| &group.name))
            .with("is_superuser", "Superuser: its members may do everything", superuser)
            .with(
                "attributes",
                "Attributes, YAML or JSON on one line",
                read.map(|group| on_one_line(&group.attributes)).unwrap_or_default(),
            );
        let change = |answers: &Questions| {
            let mut errors = FieldErrors::new();
            let name = errors.keep("name", check_name(answers.answer("name")));
            let is_superuser = errors.keep("is_superuser", yes_or_no(answers.answer("is_superuser")));
            let attributes = errors.keep("attributes", attributes::read(answers.answer("attributes")));
            errors.into_result()?;
            Ok(Change::Group {
                read: read.cloned().map(Box::new),
                name: name.unwrap_or_default(),
                is_superuser: is_superuser.unwrap_or_default(),
                attributes: attributes.unwrap_or_default(),
            })
        };
        self.told_of_form(questions, change).await
    }
}
