//! The list of invitations, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::event::{Effect, Named, Outcome, Visit};
use crate::console::overlay::qr::Qr;
use crate::domain::invitation::{InvitationView, link};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Link,
    Copy,
    Qr,
    Send,
    Show,
    Preview,
    Edit,
    Duplicate,
    Batch,
    Revoke,
    Restore,
    Reissue,
    Delete,
    Bind,
    Undo,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn invitations(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<InvitationView>::default();
        loop {
            let words = self.words(&["many"], &["new", "batch"]);
            match self.pick("Invitations", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    if let Some(made) = self.invitation_form(None, None).await? {
                        self.invitation(made).await?;
                    }
                }
                Picked::Word("batch") => self.batch(None, None).await?,
                Picked::Word("many") => self.many(&list).await?,
                Picked::Word(_) => self.take_back().await?,
                Picked::Row(row) => self.invitation(*row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    /// One invitation, until the person goes back or it is gone. It is read again before each menu and after each choice.
    async fn invitation(&mut self, mut row: InvitationView) -> Result<(), Stop> {
        if !self.is_there(&mut row).await? {
            return Ok(());
        }
        let name = row.invitation.settings.name.to_string();
        self.describe(&row, &name).await?;
        while self.is_there(&mut row).await? {
            let title = format!("Invitation {}", row.invitation.settings.name);
            let Some(act) = self.talk.choose(&title, &self.acts(&row))? else { return Ok(()) };
            if !self.is_there(&mut row).await? || !self.do_to_invitation(act, &mut row).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Does something to an invitation; whether it is still there.
    async fn do_to_invitation(&mut self, act: Act, row: &mut InvitationView) -> Result<bool, Stop> {
        let named = Named::of(row);
        let done = match act {
            Act::Show | Act::Link | Act::Copy | Act::Qr | Act::Send | Act::Batch | Act::Preview => {
                // Where links lead may have changed, too.
                self.refresh().await?;
                return self.around(act, row).await.map(|()| true);
            }
            Act::Edit => self.invitation_form(Some(row), None).await?.map(|view| Outcome::Saved(Box::new(view))),
            Act::Duplicate => {
                if let Some(made) = self.invitation_form(None, Some(row)).await? {
                    *row = made;
                }
                return Ok(true);
            }
            Act::Undo => return self.take_back_at(row).await,
            Act::Bind => {
                if let Some(flow) = row.invitation.settings.flow {
                    self.perform(Effect::BindInvitationStage(flow)).await?;
                }
                return self.refresh().await.map(|()| true);
            }
            Act::Revoke | Act::Restore => {
                let revoked = act == Act::Revoke;
                if row.invitation.revoked_at.is_some() == revoked {
                    let how = if revoked { "revoked" } else { "restored" };
                    return self.talk.say(&format!("Somebody {how} it in the meantime.")).map(|()| true);
                }
                self.answer(Effect::SetRevoked(named, revoked)).await?
            }
            Act::Reissue if self.talk.confirm("The old link stops working. Make a new one?")? => {
                self.answer(Effect::Reissue(named)).await?
            }
            Act::Delete if self.talk.typed_word(&format!("This deletes {}.", named.name), "delete")? => {
                self.answer(Effect::SetDeleted(named, true)).await?
            }
            Act::Reissue | Act::Delete => return Ok(true),
        };
        match done {
            Some(outcome) => self.became(row, outcome),
            None => Ok(true),
        }
    }

    /// Does what does not change the invitation itself.
    async fn around(&mut self, act: Act, row: &InvitationView) -> Result<(), Stop> {
        match act {
            Act::Link => self.print_link(row),
            Act::Copy => self.copy_link(row).await,
            Act::Qr => self.print_codes(row),
            Act::Send => self.send_one(row).await,
            Act::Batch => self.batch(Some(row), None).await,
            Act::Preview => self.walk_through(row).await,
            _ => self.describe(row, row.invitation.settings.name.as_str()).await,
        }
    }

    /// Takes what became of an invitation; whether it is still there.
    fn became(&mut self, row: &mut InvitationView, outcome: Outcome) -> Result<bool, Stop> {
        match &outcome {
            Outcome::Deleted(_) => {
                self.tell(outcome)?;
                return Ok(false);
            }
            // Said where it was written.
            Outcome::Saved(view) => {
                *row = (**view).clone();
                return Ok(true);
            }
            Outcome::Reissued(_, view) => {
                *row = (**view).clone();
                self.tell(outcome)?;
                self.print_link(row)?;
                return Ok(true);
            }
            _ => {}
        }
        self.tell(outcome)?;
        Ok(true)
    }

    fn acts(&self, row: &InvitationView) -> Vec<(Act, String)> {
        let revoke = match row.invitation.revoked_at {
            Some(_) => (Act::Restore, "Restore"),
            None => (Act::Revoke, "Revoke"),
        };
        let open = &self.overview.open_flows;
        let lacks = row.flow_slug.as_ref().is_some_and(|slug| !open.contains(slug));
        let all = [
            (Act::Link, "Print the link"),
            (Act::Copy, "Copy the link to the clipboard"),
            (Act::Show, "Show everything"),
            (Act::Qr, "QR code of the link"),
            (Act::Send, "Send the link by letter"),
            (Act::Edit, "Edit"),
            (Act::Duplicate, "Duplicate"),
            (Act::Batch, "Batch: many like it"),
            revoke,
            (Act::Reissue, "New link, the old one stops working"),
            (Act::Delete, "Delete"),
            (Act::Preview, "Preview: what an invited person sees"),
            (Act::Bind, "Invitation stage: bind one to its flow"),
        ];
        let reads = |act: Act| matches!(act, Act::Link | Act::Copy | Act::Show | Act::Qr | Act::Preview);
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || reads(*act));
        let offered = offered.filter(|(act, _)| match act {
            Act::Send => self.setting.mail,
            Act::Bind => lacks,
            _ => true,
        });
        let offered = offered.map(|(act, label)| (act, label.to_owned()));
        offered.chain(self.undo_label().map(|label| (Act::Undo, label))).collect()
    }

    /// An invitation's links with the flows that they lead to: one for each flow where the invitation is for any.
    fn links(&self, row: &InvitationView) -> Vec<(String, String)> {
        let open = self.overview.open_flows.iter();
        let flows = row.flow_slug.as_ref().map_or_else(|| open.collect(), |slug| vec![slug]);
        let link = |slug| (format!("to {slug}"), link(&self.setting.public_url, slug, row.invitation.id));
        flows.into_iter().map(link).collect()
    }

    /// The link alone on its line; one for each flow where the invitation is for any.
    fn print_link(&mut self, row: &InvitationView) -> Result<(), Stop> {
        self.say_why_dead(row)?;
        let links = self.links(row);
        if links.is_empty() {
            return self.no_link();
        }
        links.iter().try_for_each(|(_, link)| self.talk.say(link))
    }

    /// Says why the link lets nobody enroll, where that is so.
    fn say_why_dead(&mut self, row: &InvitationView) -> Result<(), Stop> {
        row.invitation.why_dead((self.world.clock)()).map_or(Ok(()), |why| self.talk.say(&why))
    }

    fn no_link(&mut self) -> Result<(), Stop> {
        self.talk.say("There is no link: no flow has an invitation stage yet. Flows, bind adds one.")
    }

    /// The link that is meant; asks where there are several. None where there is none, or the person goes back.
    fn one_link(&mut self, row: &InvitationView) -> Result<Option<String>, Stop> {
        let links = self.links(row);
        match links.as_slice() {
            [] => self.no_link().map(|()| None),
            [(_, only)] => Ok(Some(only.clone())),
            several => {
                let choices: Vec<_> = several.iter().enumerate().map(|(at, (flow, _))| (at, flow.clone())).collect();
                Ok(self.talk.choose("Which link", &choices)?.map(|at| several[at].1.clone()))
            }
        }
    }

    /// The link as a QR code, for a phone.
    fn print_codes(&mut self, row: &InvitationView) -> Result<(), Stop> {
        let Some(link) = self.one_link(row)? else { return Ok(()) };
        self.say_why_dead(row)?;
        match Qr::new(&link, None, self.setting.theme.ascii) {
            Some(code) => code.lines().iter().try_for_each(|line| self.talk.picture(line)),
            None => self.talk.say("Error: the link is too long for a QR code."),
        }
    }

    /// What somebody sees who follows the link, for each flow where the invitation is for any.
    async fn walk_through(&mut self, row: &InvitationView) -> Result<(), Stop> {
        let flows = row.flow_slug.as_ref().map_or_else(|| self.overview.open_flows.clone(), |slug| vec![slug.clone()]);
        if flows.is_empty() {
            return self.print_link(row);
        }
        for flow in flows {
            let visit = Visit { invitation: row.invitation.clone(), flow, public_url: self.setting.public_url.clone() };
            match self.answer(Effect::Preview(Box::new(visit))).await? {
                Some(Outcome::Previewed(_, Ok(seen))) => {
                    for line in seen.told() {
                        self.talk.say(&format!("{}{}", "  ".repeat(line.depth), line.text))?;
                    }
                }
                Some(Outcome::Previewed(_, Err(why))) => self.talk.say(&format!("Error: {why}"))?,
                Some(other) => self.tell(other)?,
                None => {}
            }
        }
        Ok(())
    }

    async fn copy_link(&mut self, row: &InvitationView) -> Result<(), Stop> {
        let Some(link) = self.one_link(row)? else { return Ok(()) };
        self.say_why_dead(row)?;
        match self.world.perform(Effect::Copy(link, String::new())).await {
            Some(Outcome::Copied(copied, _)) => self.copied(&copied, "The link", "1 prints it."),
            Some(other) => self.tell(other),
            None => Ok(()),
        }
    }
}
