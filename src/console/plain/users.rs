//! The list of users, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::invitation_form::on_one_line;
use super::list::{Picked, Shelf};
use super::questions::Questions;
use super::talk::Stop;
use crate::console::attributes;
use crate::console::event::{Change, Outcome, Secret};
use crate::domain::user::{Profile, ProfileDraft, User, UserView, check_password};
use crate::domain::validation::FieldErrors;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Show,
    Edit,
    Activate,
    Deactivate,
    Password,
    Delete,
    Undo,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn users(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<UserView>::default();
        loop {
            let words = self.words(&[], &["new", "many"]);
            match self.pick("Users", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    self.user_form(None).await?;
                }
                Picked::Word("many") => self.many(&list).await?,
                Picked::Word(_) => self.take_back().await?,
                Picked::Row(row) => self.user(*row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    /// One user, read again before each menu and after each choice.
    async fn user(&mut self, mut row: UserView) -> Result<(), Stop> {
        if !self.is_there(&mut row).await? {
            return Ok(());
        }
        let name = row.user.username.to_string();
        self.describe(&row, &name).await?;
        while self.is_there(&mut row).await? {
            let title = format!("User {}", row.user.username);
            let Some(act) = self.talk.choose(&title, &self.acts_on(&row.user))? else { return Ok(()) };
            if !self.is_there(&mut row).await? || !self.do_to_user(act, &mut row).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Does something to a user; whether the menu stays.
    async fn do_to_user(&mut self, act: Act, row: &mut UserView) -> Result<bool, Stop> {
        let (user, name) = (&row.user, row.user.username.to_string());
        let change = match act {
            Act::Show => return self.describe(row, &name).await.map(|()| true),
            Act::Undo => return self.take_back_at(row).await,
            Act::Edit => return self.user_form(Some(user)).await.map(|done| !done),
            Act::Activate | Act::Deactivate => {
                let active = act == Act::Activate;
                if user.is_active == active {
                    let how = if active { "activated" } else { "deactivated" };
                    return self.talk.say(&format!("Somebody {how} this user in the meantime.")).map(|()| true);
                }
                return self.change(Change::Active(user.id, name, active)).await.map(|_| true);
            }
            Act::Password => match self.new_password()? {
                Some(password) => Change::Password(user.id, name, Secret(password)),
                None => return Ok(true),
            },
            Act::Delete if self.talk.typed_word(&format!("This deletes {name}."), "delete")? => {
                Change::DeleteUser(user.id, name)
            }
            Act::Delete => return Ok(true),
        };
        self.change(change).await.map(|done| !done)
    }

    fn acts_on(&self, user: &User) -> Vec<(Act, String)> {
        let active = if user.is_active {
            (Act::Deactivate, "Deactivate: can't sign in any more")
        } else {
            (Act::Activate, "Activate: can sign in again")
        };
        let all = [
            (Act::Show, "Show everything"),
            (Act::Edit, "Edit"),
            active,
            (Act::Password, "Set the password"),
            (Act::Delete, "Delete"),
        ];
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || matches!(act, Act::Show));
        let offered = offered.map(|(act, label)| (act, label.to_owned()));
        offered.chain(self.undo_label().map(|label| (Act::Undo, label))).collect()
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
        let text = |of: fn(&User) -> &str| read.map(of).unwrap_or_default();
        let questions = Questions::default()
            .with("username", "Username", text(|user| user.username.as_str()))
            .with("name", "Name", text(|user| &user.name))
            .with("email", "Email", text(|user| &user.email))
            .with("path", "Path", read.map_or("users", |user| &user.path))
            .with(
                "attributes",
                "Attributes, YAML or JSON on one line",
                read.map(|user| on_one_line(&user.attributes)).unwrap_or_default(),
            );
        let change = |answers: &Questions| {
            let read = read.cloned().map(Box::new);
            profile(answers).map(|profile| Change::User(read, profile))
        };
        self.told_of_form(questions, change).await
    }

    /// Asks a form's questions, and says how that ended; whether something was changed.
    pub(super) async fn told_of_form(
        &mut self,
        questions: Questions,
        read: impl Fn(&Questions) -> Result<Change, FieldErrors>,
    ) -> Result<bool, Stop> {
        let Some(outcome) = self.fill_and_change(questions, read).await? else { return Ok(false) };
        let done = matches!(outcome, Outcome::Done(..));
        self.tell(outcome)?;
        Ok(done)
    }
}

fn profile(answers: &Questions) -> Result<Profile, FieldErrors> {
    let mut errors = FieldErrors::new();
    let attributes = errors.keep("attributes", attributes::read(answers.answer("attributes")));
    let answer = |field| answers.answer(field).to_owned();
    let draft = ProfileDraft {
        username: answer("username"),
        name: answer("name"),
        email: answer("email"),
        path: answer("path"),
        attributes: attributes.unwrap_or_default(),
    };
    match Profile::check(draft) {
        Ok(profile) => errors.into_result().map(|()| profile),
        Err(faults) => {
            faults.iter().for_each(|(field, why)| errors.add(field, why));
            Err(errors)
        }
    }
}
