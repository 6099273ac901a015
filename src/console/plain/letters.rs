//! Sending invitations by letter.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::event::{Effect, Letters, Named};
use crate::domain::invitation::{InvitationView, Status};
use crate::mail::{self, Language, address_of};

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks what a letter with one invitation is to say, and queues it.
    pub(super) async fn send_one(&mut self, row: &InvitationView) -> Result<(), Stop> {
        let settings = &row.invitation.settings;
        let status = row.invitation.status((self.world.clock)());
        if status != Status::Active {
            return self.talk.say(&format!("Error: {} is {status}: its link would help nobody.", settings.name));
        }
        let Some(to) = self.talk.ask("To", address_of(&settings.fixed_data).unwrap_or_default())? else {
            return self.talk.say("Given up, nothing was sent.");
        };
        let named = Named { id: row.invitation.id, name: settings.name.clone() };
        self.send(vec![named], Some(to)).await
    }

    /// The same for some invitations; without an address each goes to its own.
    pub(super) async fn send(&mut self, named: Vec<Named>, to: Option<String>) -> Result<(), Stop> {
        let language = |typed: &str| match typed.to_lowercase().as_str() {
            "english" | "en" => Ok(Language::English),
            "german" | "de" => Ok(Language::German),
            _ => Err("type english or german.".to_owned()),
        };
        let Some(language) = self.talk.ask_for("Language, english or german", "english", language)? else {
            return self.talk.say("Given up, nothing was sent.");
        };
        let Some(message) = self.talk.ask("A message of your own, on one line", "")? else {
            return self.talk.say("Given up, nothing was sent.");
        };
        self.talk.say("The letter says:")?;
        for sentence in mail::preview(&self.setting.public_url, language) {
            self.talk.say(&format!("  {sentence}"))?;
        }
        if !self.talk.confirm("Send it?")? {
            return self.talk.say("Nothing was sent.");
        }
        let letters = Letters {
            many: to.is_none(),
            any_flow: self.overview.open_flows.first().cloned(),
            public_url: self.setting.public_url.clone(),
            named,
            to,
            language,
            message,
        };
        self.perform(Effect::SendLetters(Box::new(letters))).await
    }
}
