//! The list of invitations, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::event::{Effect, Named, Outcome, Visit};
use crate::console::pane::invitations::link_of;
use crate::domain::invitation::{InvitationView, link};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Link,
    Copy,
    Show,
    Preview,
    Edit,
    Duplicate,
    Revoke,
    Reissue,
    Delete,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn invitations(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<InvitationView>::default();
        let mut deleted: Vec<Named> = Vec::new();
        loop {
            let words: &[&'static str] = match (self.setting.read_only, deleted.is_empty()) {
                (true, _) => &[],
                (false, true) => &["new"],
                (false, false) => &["new", "undo"],
            };
            match self.pick("Invitations", &mut list, words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("new") => {
                    if let Some(made) = self.invitation_form(None, None).await? {
                        self.invitation(made, &mut deleted).await?;
                    }
                }
                Picked::Word(_) => {
                    if let Some(named) = deleted.pop() {
                        self.perform(Effect::SetDeleted(named, false)).await?;
                    }
                }
                Picked::Row(row) => self.invitation(*row, &mut deleted).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    /// One invitation, until the person goes back or it is gone.
    async fn invitation(&mut self, mut row: InvitationView, deleted: &mut Vec<Named>) -> Result<(), Stop> {
        let name = row.invitation.settings.name.to_string();
        self.describe(&row, &name).await?;
        loop {
            let named = Named { id: row.invitation.id, name: row.invitation.settings.name.clone() };
            let Some(act) = self.talk.choose(&format!("Invitation {}", named.name), &self.acts(&row))? else {
                return Ok(());
            };
            let done = match act {
                Act::Show => {
                    self.describe(&row, named.name.as_str()).await?;
                    continue;
                }
                Act::Link => {
                    self.print_link(&row)?;
                    continue;
                }
                Act::Copy => {
                    self.copy_link(&row).await?;
                    continue;
                }
                Act::Preview => {
                    self.walk_through(&row).await?;
                    continue;
                }
                Act::Edit => self.invitation_form(Some(&row), None).await?.map(|view| Outcome::Saved(Box::new(view))),
                Act::Duplicate => {
                    if let Some(made) = self.invitation_form(None, Some(&row)).await? {
                        row = made;
                    }
                    continue;
                }
                Act::Revoke => {
                    self.world.perform(Effect::SetRevoked(named.clone(), row.invitation.revoked_at.is_none())).await
                }
                Act::Reissue if self.talk.confirm("The old link stops working. Make a new one?")? => {
                    self.world.perform(Effect::Reissue(named.clone())).await
                }
                Act::Delete if self.talk.typed_word(&format!("This deletes {}.", named.name), "delete")? => {
                    self.world.perform(Effect::SetDeleted(named.clone(), true)).await
                }
                Act::Reissue | Act::Delete => continue,
            };
            if let Some(outcome) = done
                && !self.became(&mut row, outcome, deleted)?
            {
                return Ok(());
            }
        }
    }

    /// Takes what became of an invitation; whether it is still there.
    fn became(&mut self, row: &mut InvitationView, outcome: Outcome, deleted: &mut Vec<Named>) -> Result<bool, Stop> {
        match &outcome {
            Outcome::Deleted(named) => {
                deleted.push(named.clone());
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
            Outcome::Revoked(_, revoked) => {
                row.invitation.revoked_at = revoked.then(|| (self.world.clock)());
                row.invitation.revision += 1;
            }
            _ => {}
        }
        self.tell(outcome)?;
        Ok(true)
    }

    fn acts(&self, row: &InvitationView) -> Vec<(Act, String)> {
        let revoke = if row.invitation.revoked_at.is_some() { "Restore" } else { "Revoke" };
        let all = [
            (Act::Link, "Print the link"),
            (Act::Copy, "Copy the link to the clipboard"),
            (Act::Show, "Show everything"),
            (Act::Edit, "Edit"),
            (Act::Duplicate, "Duplicate"),
            (Act::Revoke, revoke),
            (Act::Reissue, "New link, the old one stops working"),
            (Act::Delete, "Delete"),
            (Act::Preview, "Preview: what an invited person sees"),
        ];
        let reads = |act: Act| matches!(act, Act::Link | Act::Copy | Act::Show | Act::Preview);
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || reads(*act));
        offered.map(|(act, label)| (act, label.to_owned())).collect()
    }

    /// The link alone on its line; one for each flow where the invitation is for any.
    fn print_link(&mut self, row: &InvitationView) -> Result<(), Stop> {
        if let Some(why) = row.invitation.why_dead((self.world.clock)()) {
            self.talk.say(&why)?;
        }
        let open = &self.overview.open_flows;
        let links: Vec<String> = match &row.flow_slug {
            Some(slug) => vec![link(&self.setting.public_url, slug, row.invitation.id)],
            None => open.iter().map(|slug| link(&self.setting.public_url, slug, row.invitation.id)).collect(),
        };
        if links.is_empty() {
            return self.talk.say("There is no link: no flow has an invitation stage yet. Flows, bind adds one.");
        }
        links.iter().try_for_each(|link| self.talk.say(link))
    }

    /// What somebody sees who follows the link, for each flow where the invitation is for any.
    async fn walk_through(&mut self, row: &InvitationView) -> Result<(), Stop> {
        let flows = row.flow_slug.as_ref().map_or_else(|| self.overview.open_flows.clone(), |slug| vec![slug.clone()]);
        if flows.is_empty() {
            return self.print_link(row);
        }
        for flow in flows {
            let visit = Visit { invitation: row.invitation.clone(), flow, public_url: self.setting.public_url.clone() };
            match self.world.perform(Effect::Preview(Box::new(visit))).await {
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
        let Some(link) = link_of(row, &self.view()) else { return self.print_link(row) };
        if let Some(why) = row.invitation.why_dead((self.world.clock)()) {
            self.talk.say(&why)?;
        }
        match self.world.perform(Effect::Copy(link)).await {
            // The terminal's own sequence, which a screen reader does not read.
            Some(Outcome::Copied(copied)) => {
                if let crate::console::clipboard::Copied::Osc52(sequence) = &copied {
                    self.talk.sequence(sequence)?;
                }
                self.tell(Outcome::Copied(copied))
            }
            Some(other) => self.tell(other),
            None => Ok(()),
        }
    }
}
