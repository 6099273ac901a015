//! Marked invitations: what is done to all of them at once, and what became of that.

use super::{App, Undo};
use crate::console::action::Action;
use crate::console::clipboard::Copied;
use crate::console::event::{Bulk, CopiedCount, Effect, Named};
use crate::console::overlay::Overlay;
use crate::console::overlay::confirm::Confirm;
use crate::console::overlay::report::Report;
use crate::console::pane::Pane;
use crate::console::pane::invitations::filter;
use crate::console::widget::text;
use crate::domain::id::InvitationId;
use crate::domain::slug::Slug;
use crate::domain::text::printable;

/// The most that are marked at once: more is work for a script.
pub const MOST: usize = 10_000;

impl App {
    /// Marks the selected invitation, or takes its mark away, and goes one further.
    pub(super) fn mark(&mut self) -> Vec<Effect> {
        let Some(row) = self.invitation() else { return Vec::new() };
        let it = &row.invitation;
        let (id, mark) = (it.id, (it.settings.name.clone(), it.revoked_at.is_some()));
        if self.marks.remove(&id).is_none() && self.marks.len() < MOST {
            self.marks.insert(id, mark);
        }
        self.invitations.step(true).into_iter().collect()
    }

    /// Whether keys mean the marked ones.
    pub(super) fn has_marks(&self) -> bool {
        !self.marks.is_empty() && self.pane == Pane::Invitations
    }

    /// Asks which ones the filter keeps.
    pub(super) fn mark_all(&self) -> Vec<Effect> {
        if self.pane != Pane::Invitations {
            return Vec::new();
        }
        vec![Effect::Select(filter(self.invitations.filter().0.text()))]
    }

    /// Marks what the filter keeps.
    pub(super) fn take_selection(&mut self, found: Vec<(InvitationId, Slug, bool)>) {
        self.marks.extend(found.into_iter().map(|(id, name, revoked)| (id, (name, revoked))));
        while self.marks.len() > MOST {
            self.marks.pop_last();
        }
        let marked = text::count(self.marks.len() as u64, "invitation");
        let more = if self.marks.len() == MOST { " That is the most at once." } else { "" };
        self.toasts.good(
            format!("Marked {marked}. c copies the links, x revokes, d deletes, Esc takes the marks away.{more}"),
            self.now,
        );
    }

    /// Does to all marked ones what a key asks for; none where nothing is marked, or the key is for one row.
    pub(super) fn act_on_marks(&mut self, action: Action) -> Option<Vec<Effect>> {
        if !self.has_marks() {
            return None;
        }
        let named = self.marks.iter().map(|(id, (name, _))| Named { id: *id, name: name.clone() });
        let mut named: Vec<_> = named.collect();
        named.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        match action {
            Action::Revoke => {
                let all_revoked = self.marks.values().all(|(_, revoked)| *revoked);
                Some(vec![Effect::Bulk(if all_revoked { Bulk::Restore } else { Bulk::Revoke }, named)])
            }
            Action::CopyLink => {
                let open = &self.overview.open_flows;
                let open_flow = open.get(self.link_flow % open.len().max(1)).cloned();
                Some(vec![Effect::CopyLinks { named, public_url: self.setting.public_url.clone(), open_flow }])
            }
            Action::Delete => {
                self.overlays.push(Overlay::Confirm(Confirm::new(named)));
                Some(Vec::new())
            }
            Action::Email => Some(self.email(named, None)),
            _ => None,
        }
    }

    /// Takes which way the links of the marked ones went.
    pub(super) fn copied_links(&mut self, copied: Copied, count: CopiedCount) -> Vec<Effect> {
        let CopiedCount { links, without, dead } = count;
        let what = if links == 1 { "The link".to_owned() } else { format!("A list of {links} links") };
        let (good, mut said) = copied.told(&what, "L shows the link of one.");
        if without > 0 {
            said = format!("{said} {without} of the marked have none.");
        }
        if dead > 0 {
            self.toasts.bad(match (dead, links) {
                (1, 1) => "It lets nobody enroll: the invitation is used, expired or revoked.".to_owned(),
                (1, _) => "One of the links lets nobody enroll: its invitation is used, expired or revoked.".to_owned(),
                _ => format!("{dead} of the links let nobody enroll: their invitations are used, expired or revoked."),
            });
        }
        if good {
            self.toasts.good(said, self.now);
        } else {
            self.toasts.bad(printable(&said));
        }
        match copied {
            Copied::Osc52(sequence) => vec![Effect::Write(sequence)],
            _ => Vec::new(),
        }
    }

    /// Takes what became of it: what was done, and what was not for which reason.
    pub(super) fn bulk_done(&mut self, bulk: Bulk, done: Vec<Named>, left: &[(Named, String)]) -> Vec<Effect> {
        self.marks.clear();
        let count = text::count(done.len() as u64, "invitation");
        if left.is_empty() {
            let undo = if bulk.undone_by().is_some() { " u undoes it." } else { "" };
            self.toasts.good(format!("{} {count}.{undo}", bulk.past()), self.now);
        } else {
            let lines = left.iter().map(|(named, why)| format!("{}: {why}", named.name)).collect();
            let summary = format!("{} {count}, {} not:", bulk.past(), text::number(left.len() as u64));
            self.overlays.push(Overlay::Report(Report::new(summary, lines)));
        }
        if let (Some(back), false) = (bulk.undone_by(), done.is_empty()) {
            self.undo.push(Undo::Bulk(back, done));
        }
        self.reload()
    }
}
