//! The list of users, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::{Change, Secret};
use crate::domain::user::{Profile, ProfileDraft, User, UserView, Username, check_password, check_path};

#[derive(Debug, Clone, Copy)]
enum Act {
    Show,
    Edit,
    Active,
    Password,
    Delete,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn users(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<UserView>::default();
        loop {
            let words = self.words(&[], &["new"]);
            match self.pick("Users", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    self.user_form(None).await?;
                }
                Picked::Word(_) => self.take_back().await?,
                Picked::Row(row) => self.user(*row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    async fn user(&mut self, mut row: UserView) -> Result<(), Stop> {
        let name = row.user.username.to_string();
        self.describe(&row, &name).await?;
        loop {
            let acts = self.acts_on(&row.user);
            let Some(act) = self.talk.choose(&format!("User {name}"), &acts)? else { return Ok(()) };
            let user = &row.user;
            let change = match act {
                Act::Show => {
                    self.describe(&row, &name).await?;
                    continue;
                }
                Act::Edit => {
                    if self.user_form(Some(user)).await? {
                        return Ok(());
                    }
                    continue;
                }
                Act::Active => {
                    let active = !user.is_active;
                    if self.change(Change::Active(user.id, name.clone(), active)).await? {
                        row.user.is_active = active;
                    }
                    continue;
                }
                Act::Password => match self.new_password()? {
                    Some(password) => Change::Password(user.id, name.clone(), Secret(password)),
                    None => continue,
                },
                Act::Delete if self.talk.typed_word(&format!("This deletes {name}."), "delete")? => {
                    Change::DeleteUser(user.id, name.clone())
                }
                Act::Delete => continue,
            };
            if self.change(change).await? {
                return Ok(());
            }
        }
    }

    fn acts_on(&self, user: &User) -> Vec<(Act, String)> {
        let active = if user.is_active { "Deactivate: can't sign in any more" } else { "Activate: can sign in again" };
        let all = [
            (Act::Show, "Show everything"),
            (Act::Edit, "Edit"),
            (Act::Active, active),
            (Act::Password, "Set the password"),
            (Act::Delete, "Delete"),
        ];
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || matches!(act, Act::Show));
        offered.map(|(act, label)| (act, label.to_owned())).collect()
    }

    fn new_password(&mut self) -> Result<Option<String>, Stop> {
        let first = self.talk.secret("New password")?;
        if let Err(why) = check_password(&first) {
            self.talk.say(&format!("Error: {why}"))?;
            return Ok(None);
        }
        if self.talk.secret("Once more")? == first {
            return Ok(Some(first));
        }
        self.talk.say("Error: the two passwords differ. Nothing was done.")?;
        Ok(None)
    }

    async fn user_form(&mut self, read: Option<&User>) -> Result<bool, Stop> {
        self.talk.say("Enter keeps what stands in brackets, - empties it, a single dot gives up.")?;
        if let Some(profile) = self.ask_profile(read)? {
            return self.change(Change::User(read.cloned().map(Box::new), profile)).await;
        }
        self.talk.say("Given up, nothing was saved.")?;
        Ok(false)
    }

    fn ask_profile(&mut self, read: Option<&User>) -> Result<Option<Profile>, Stop> {
        let name = |typed: &str| Username::parse(typed).map(|name| name.to_string());
        let kept = read.map_or("", |user| user.username.as_str());
        let Some(username) = self.talk.ask_for("Username", kept, name)? else { return Ok(None) };
        let Some(name) = self.talk.ask("Name", read.map_or("", |user| &user.name))? else { return Ok(None) };
        let Some(email) = self.talk.ask("Email", read.map_or("", |user| &user.email))? else { return Ok(None) };
        let path = |typed: &str| check_path(typed).map(|()| typed.to_owned());
        let kept = read.map_or("users", |user| &user.path);
        let Some(path) = self.talk.ask_for("Path", kept, path)? else { return Ok(None) };
        let data = read.map(|user| &user.attributes).filter(|data| !data.is_empty());
        let data = data.and_then(|data| serde_json::to_string(data).ok()).unwrap_or_default();
        let label = "Attributes, YAML or JSON on one line";
        let Some(attributes) = self.talk.ask_for(label, &data, attributes::read)? else { return Ok(None) };
        let checked = Profile::check(ProfileDraft { username, name, email, path, attributes });
        if let Err(faults) = &checked {
            faults.iter().try_for_each(|(field, why)| self.talk.say(&format!("Error: {field}: {why}")))?;
        }
        Ok(checked.ok())
    }
}
