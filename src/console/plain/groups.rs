//! The list of groups, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::Change;
use crate::console::overlay::confirm::superusers;
use crate::console::widget::text;
use crate::domain::group::{Group, GroupView, check_name};

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
            let words = self.words(&[], &["new"]);
            match self.pick("Groups", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    self.group_form(None).await?;
                }
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
        self.talk.say("Enter keeps what stands in brackets, - empties it, a single dot gives up.")?;
        let kept = read.map_or("", |group| &group.name);
        let Some(name) = self.talk.ask_for("Name", kept, check_name)? else { return Ok(false) };
        let yes = |typed: &str| match typed.to_lowercase().as_str() {
            "yes" | "y" => Ok(true),
            "no" | "n" | "" => Ok(false),
            _ => Err("type yes or no.".to_owned()),
        };
        let kept = if read.is_some_and(|group| group.is_superuser) { "yes" } else { "no" };
        let label = "Superuser: its members may do everything";
        let Some(is_superuser) = self.talk.ask_for(label, kept, yes)? else { return Ok(false) };
        let data = read.map(|group| &group.attributes).filter(|data| !data.is_empty());
        let data = data.and_then(|data| serde_json::to_string(data).ok()).unwrap_or_default();
        let label = "Attributes, YAML or JSON on one line";
        let Some(attributes) = self.talk.ask_for(label, &data, attributes::read)? else { return Ok(false) };
        self.change(Change::Group { read: read.cloned().map(Box::new), name, is_superuser, attributes }).await
    }
}
