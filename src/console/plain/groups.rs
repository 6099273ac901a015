//! The list of groups, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::invitation_form::on_one_line;
use super::list::{Picked, Shelf};
use super::questions::{Questions, yes_or_no};
use super::talk::{Stop, repeated};
use crate::console::attributes;
use crate::console::event::{Change, Effect, Outcome, UserQuestion};
use crate::console::overlay::confirm::superusers;
use crate::console::runtime::sentence;
use crate::console::widget::text;
use crate::domain::group::{Group, GroupView, check_name};
use crate::domain::user::Username;
use crate::domain::validation::FieldErrors;
use crate::store::{StoreError, users};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Show,
    Edit,
    Add,
    Remove,
    Delete,
    Undo,
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
                Picked::Row(row) => self.group(*row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    /// One group, read again before each menu and after each choice.
    async fn group(&mut self, mut row: GroupView) -> Result<(), Stop> {
        if !self.is_there(&mut row).await? {
            return Ok(());
        }
        let name = row.group.name.clone();
        self.describe(&row, &name).await?;
        while self.is_there(&mut row).await? {
            let title = format!("Group {}", text::safe(&row.group.name));
            let Some(act) = self.talk.choose(&title, &self.acts_on_group())? else { return Ok(()) };
            if !self.is_there(&mut row).await? {
                return Ok(());
            }
            let group = &row.group;
            let stays = match act {
                Act::Show => self.describe(&row, &group.name).await.map(|()| true)?,
                Act::Edit => !self.group_form(Some(group)).await?,
                Act::Add | Act::Remove => self.member(group, act == Act::Add).await.map(|()| true)?,
                Act::Undo => self.take_back_at(&mut row).await?,
                Act::Delete if self.asks_to_delete(&row)? => {
                    !self.change(Change::DeleteGroup(Box::new(group.clone()))).await?
                }
                Act::Delete => true,
            };
            if !stays {
                return Ok(());
            }
        }
        Ok(())
    }

    fn acts_on_group(&self) -> Vec<(Act, String)> {
        let all = [
            (Act::Show, "Show everything"),
            (Act::Edit, "Edit"),
            (Act::Add, "Add a member"),
            (Act::Remove, "Remove a member"),
            (Act::Delete, "Delete"),
        ];
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || *act == Act::Show);
        let offered = offered.map(|(act, label)| (act, label.to_owned()));
        offered.chain(self.undo_label().map(|label| (Act::Undo, label))).collect()
    }

    /// Puts a user into a group or takes one out. Who has not exactly the name that is typed is looked for and chosen by
    /// number.
    async fn member(&mut self, group: &Group, member: bool) -> Result<(), Stop> {
        let label = "Username, or a part of the name to look for";
        let Some(typed) = self.talk.ask(label, "")?.filter(|name| !name.is_empty()) else {
            return self.talk.say("Given up, nothing was done.");
        };
        let is_name = match self.is_username(&typed).await {
            Ok(is_name) => is_name,
            Err(error) => return self.talk.say(&format!("Error: {}", sentence(&error))),
        };
        let username = if is_name { Some(typed) } else { self.find_member(typed, group, member).await? };
        if let Some(username) = username {
            self.change(Change::Member { group: Box::new(group.clone()), username, member }).await?;
        }
        Ok(())
    }

    async fn is_username(&self, typed: &str) -> Result<bool, StoreError> {
        let Ok(name) = Username::parse(typed) else { return Ok(false) };
        let mut tx = self.world.store.begin().await?;
        Ok(users::find_by_username(&mut tx, &name).await?.is_some())
    }

    async fn find_member(&mut self, typed: String, group: &Group, member: bool) -> Result<Option<String>, Stop> {
        let shown = repeated(&typed);
        let question = UserQuestion { typed, member_of: (!member).then_some(group.id) };
        let found = match self.answer(Effect::FindUsers(question)).await? {
            Some(Outcome::FoundUsers(_, found)) => found,
            Some(other) => return self.tell(other).map(|()| None),
            None => return Ok(None),
        };
        if found.is_empty() {
            let whose = if member { "user" } else { "member" };
            return self.talk.say(&format!("Error: no {whose} has `{shown}` in the name.")).map(|()| None);
        }
        let label = |(username, name): &(String, String)| match name.as_str() {
            "" => text::safe(username),
            name => format!("{}, {}", text::safe(username), text::safe(name)),
        };
        let choices: Vec<_> = found.iter().enumerate().map(|(at, user)| (at, label(user))).collect();
        Ok(self.talk.choose("Which user", &choices)?.map(|at| found[at].0.clone()))
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
