//! Marked rows: what is done to all of them at once, and what became of that.

use super::undo::Undo;
use super::{App, on_list};
use crate::console::action::Action;
use crate::console::clipboard::Copied;
use crate::console::event::{Bulk, Change, CopiedCount, Effect, Named, Selection};
use crate::console::overlay::Overlay;
use crate::console::overlay::confirm::Confirm;
use crate::console::overlay::export::ExportDialog;
use crate::console::overlay::question::Question;
use crate::console::overlay::report::Report;
use crate::console::pane::Pane;
use crate::console::pane::Row;
use crate::console::pane::invitations::filter;
use crate::console::pane::marks::Marks;
use crate::console::pane::users;
use crate::console::pane::words::terms;
use crate::console::widget::text;
use crate::domain::id::InvitationId;
use crate::domain::text::printable;

/// The most that are marked at once: more is work for a script.
pub const MOST: usize = 10_000;

/// What a pane's rows are called.
fn noun(pane: Pane) -> &'static str {
    match pane {
        Pane::Flows => "flow",
        Pane::Users => "user",
        Pane::Groups => "group",
        Pane::Invitations | Pane::Events => "invitation",
    }
}

/// Actions that mean one row, and have nothing to do with marks.
pub(super) fn is_for_one(action: Action) -> bool {
    matches!(
        action,
        Action::Edit
            | Action::Duplicate
            | Action::Batch
            | Action::BareLink
            | Action::QrCode
            | Action::Preview
            | Action::Password
            | Action::AddMember
            | Action::RemoveMember
            | Action::Bind
    )
}

impl App {
    /// Marks the selected row, or takes its mark away, and goes one further.
    pub(super) fn mark(&mut self) -> Vec<Effect> {
        let (pane, marks) = (self.pane, &mut self.marks);
        let full = marks.count(pane) >= MOST;
        on_list!(self, list => {
            let Some(row) = list.selected() else { return Vec::new() };
            if !full || row.is_marked(marks) {
                row.mark(marks);
            }
            list.step(true).into_iter().collect()
        })
    }

    /// Whether keys mean the marked ones.
    pub(super) fn has_marks(&self) -> bool {
        self.marks.count(self.pane) > 0
    }

    /// Asks which ones the filter keeps.
    pub(super) fn mark_all(&mut self) -> Vec<Effect> {
        if on_list!(self, list => list.left_out()) > 0 {
            self.toasts.bad("Nothing is marked: the filter has more words than are looked for. Take some away.");
            return Vec::new();
        }
        let typed = on_list!(self, list => list.filter().0.text().to_owned());
        let selection = match self.pane {
            Pane::Flows => Selection::Flows(terms(&typed)),
            Pane::Users => Selection::Users(users::filter(&typed)),
            Pane::Groups => Selection::Groups(terms(&typed)),
            Pane::Invitations => Selection::Invitations(filter(&typed)),
            Pane::Events => return Vec::new(),
        };
        vec![Effect::Select(selection)]
    }

    /// Marks what the filter keeps.
    pub(super) fn take_selection(&mut self, found: Marks) {
        self.marks.extend(found, MOST);
        let count = self.marks.count(self.pane);
        let keys = match self.pane {
            Pane::Invitations if self.setting.read_only => "c copies the links",
            Pane::Flows if self.setting.read_only => "o exports",
            Pane::Invitations => "c copies the links, x revokes, R re-issues, d deletes",
            Pane::Users => "t activates or deactivates, d deletes",
            Pane::Flows => "o exports, d deletes",
            Pane::Groups | Pane::Events => "d deletes",
        };
        let marked = text::count(count as u64, noun(self.pane));
        let more = if count == MOST { " That is the most at once." } else { "" };
        self.toasts.good(format!("Marked {marked}. {keys}, Esc takes the marks away.{more}"), self.now);
    }

    /// Does to all marked ones what a key asks for, or says that it is for one row; none where nothing is marked, or the
    /// key has nothing to do with rows.
    pub(super) fn act_on_marks(&mut self, action: Action) -> Option<Vec<Effect>> {
        if !self.has_marks() {
            return None;
        }
        if is_for_one(action) {
            let key = self.key_of(action);
            self.toasts.note(format!("{key} is for one row. Esc takes the marks away."), self.now);
            return Some(Vec::new());
        }
        match self.pane {
            Pane::Invitations => self.act_on_marked_invitations(action),
            Pane::Users => self.act_on_marked_users(action),
            Pane::Groups if action == Action::Delete => {
                let all = self.marks.groups.values().map(|group| Change::DeleteGroup(Box::new(group.clone())));
                let all = sorted(all);
                Some(self.confirm_changes(all, "Their members stay; u brings the groups back."))
            }
            Pane::Flows if action == Action::Delete => {
                let all = sorted(self.marks.flows.iter().map(|(id, slug)| Change::DeleteFlow(*id, slug.clone())));
                Some(self.confirm_changes(all, "This can't be undone. Their stages stay."))
            }
            Pane::Flows if action == Action::CopyLink => {
                let addresses: Vec<_> =
                    by_name(self.marks.flows.values().cloned()).iter().map(|slug| self.address(slug)).collect();
                let what = match addresses.len() {
                    1 => "The address".to_owned(),
                    many => format!("A list of {} addresses", text::number(many as u64)),
                };
                Some(vec![Effect::Copy(addresses.join("\n"), what)])
            }
            Pane::Flows if action == Action::Export => {
                let slugs = by_name(self.marks.flows.values().cloned());
                Some(self.open(Overlay::Export(ExportDialog::many(slugs))))
            }
            Pane::Groups | Pane::Flows | Pane::Events => None,
        }
    }

    /// The key that asks for something here.
    fn key_of(&mut self, action: Action) -> String {
        let contexts = self.contexts();
        let keymap = self.setting.preferences.keymap.clone();
        let key = keymap.rows(&contexts).find(|(row, _)| row.action == action).map(|(_, keys)| keys[0].to_string());
        key.unwrap_or_else(|| action.name().to_owned())
    }

    fn act_on_marked_invitations(&mut self, action: Action) -> Option<Vec<Effect>> {
        let named = self.marks.invitations.iter().map(|(id, (name, _))| Named { id: *id, name: name.clone() });
        let mut named: Vec<_> = named.collect();
        named.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        let count = text::count(named.len() as u64, "invitation");
        match action {
            Action::Revoke => {
                let all_revoked = self.marks.invitations.values().all(|(_, revoked)| *revoked);
                let (bulk, what) = if all_revoked {
                    (Bulk::Restore, format!("Restore {count}? Their links work again."))
                } else {
                    (Bulk::Revoke, format!("Revoke {count}? Their links stop working; u restores them."))
                };
                Some(self.sure(named.len(), what, Effect::Bulk(bulk, named)))
            }
            Action::Reissue => {
                let what = format!("Give {count} a new link each? The old ones are dead at once; u takes it back.");
                Some(self.sure(named.len(), what, Effect::Bulk(Bulk::Reissue, named)))
            }
            Action::CopyLink => {
                let open = &self.overview.open_flows;
                let open_flow = open.get(self.link_flow % open.len().max(1)).cloned();
                Some(vec![Effect::CopyLinks { named, public_url: self.setting.public_url.clone(), open_flow }])
            }
            Action::Delete => {
                let listed: Vec<String> = named.iter().map(|it| it.name.to_string()).collect();
                let what = format!("Delete {count}? Their links are dead at once; u brings them back.");
                let confirm = Confirm::new(what, &listed, Effect::Bulk(Bulk::Delete, named));
                Some(self.open(Overlay::Confirm(confirm)))
            }
            Action::Email => Some(self.email(named, None)),
            _ => None,
        }
    }

    fn act_on_marked_users(&mut self, action: Action) -> Option<Vec<Effect>> {
        let users = &self.marks.users;
        match action {
            Action::Activate => {
                let active = users.values().all(|(_, active)| !active);
                let all = sorted(users.iter().map(|(id, (name, _))| Change::Active(*id, name.clone(), active)));
                let count = text::count(all.len() as u64, "user");
                let what = if active {
                    format!("Let {count} sign in again?")
                } else {
                    format!("Keep {count} from signing in? Who is signed in is signed out; u takes it back.")
                };
                Some(self.sure(all.len(), what, Effect::ChangeAll(all)))
            }
            Action::Delete => {
                let all = sorted(users.iter().map(|(id, (name, _))| Change::DeleteUser(*id, name.clone())));
                Some(self.confirm_changes(
                    all,
                    "u brings them back; t deactivates instead. Invitations that they made stay.",
                ))
            }
            _ => None,
        }
    }

    /// Asks first, where it is about many.
    fn sure(&mut self, count: usize, what: String, effect: Effect) -> Vec<Effect> {
        if count < 2 {
            return vec![effect];
        }
        self.open(Overlay::Question(Question::Sure(what, Box::new(effect))))
    }

    /// Asks for a word before many are deleted that don't come back.
    fn confirm_changes(&mut self, all: Vec<Change>, more: &str) -> Vec<Effect> {
        let names: Vec<String> = all.iter().map(Change::name).collect();
        let count = text::count(all.len() as u64, noun(self.pane));
        let what = format!("Delete {count}? {more}");
        self.open(Overlay::Confirm(Confirm::new(what, &names, Effect::ChangeAll(all))))
    }

    /// Takes which way the links of the marked ones went.
    pub(super) fn copied_links(&mut self, copied: Copied, count: CopiedCount) -> Vec<Effect> {
        let CopiedCount { links, without, dead } = count;
        let what = count.what();
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
        self.tell_copied(copied, (good, said))
    }

    /// Takes what became of it: what was done, and what was not for which reason.
    pub(super) fn bulk_done(&mut self, bulk: Bulk, done: Vec<Named>, left: &[(Named, String)]) -> Vec<Effect> {
        self.marks.clear(Pane::Invitations);
        let count = text::count(done.len() as u64, "invitation");
        let undo = if bulk.undone_by().is_some() && !done.is_empty() { self.undo.hint() } else { "" };
        self.tell_of_many(&format!("{} {count}", bulk.past()), undo, named(left));
        if let (Some(back), false) = (bulk.undone_by(), done.is_empty()) {
            self.undo.push(Undo::Bulk(back, done));
        }
        self.reload()
    }

    /// Takes that many have new links. They stay marked: their links are wanted next.
    pub(super) fn reissued_all(&mut self, done: Vec<(InvitationId, Named)>, left: &[(Named, String)]) -> Vec<Effect> {
        for (old, now) in &done {
            self.marks.carry(*old, now.id);
        }
        let count = text::count(done.len() as u64, "invitation");
        let undo = if done.is_empty() { "" } else { " c copies the new links, u undoes it." };
        self.tell_of_many(&format!("Re-issued {count}"), undo, named(left));
        if !done.is_empty() {
            self.undo.push(Undo::Reissues(done.into_iter().map(|(old, now)| (now, old)).collect()));
        }
        self.reload()
    }

    /// Takes which changes were made, what takes them back, and which were not for which reason.
    pub(super) fn changed_all(
        &mut self,
        done: &[Change],
        back: Option<Vec<Change>>,
        mut left: Vec<(String, String)>,
    ) -> Vec<Effect> {
        if done.is_empty() && left.len() == 1 {
            let (_, why) = left.remove(0);
            self.toasts.bad(printable(&why));
            return self.reload();
        }
        let (past, noun, pane) = done.first().map_or(("Changed", "row", self.pane), kind);
        if self.undo.is_new() {
            self.marks.clear(pane);
        }
        let summary = match done {
            [one] => format!("{past} {}", text::safe(&one.name())),
            all => format!("{past} {}", text::count(all.len() as u64, noun)),
        };
        let undo = if back.is_some() && !done.is_empty() { self.undo.hint() } else { "" };
        self.tell_of_many(&summary, undo, left);
        match back {
            _ if done.is_empty() => {}
            Some(back) => self.undo.push(Undo::Changes(back)),
            None => self.undo.never(format!("{summary}.")),
        }
        match done {
            // Whoever came back is what is looked for.
            [Change::RestoreUser(kept)] if self.pane == Pane::Users => {
                vec![self.users.show_named(&kept.user.username.key()), Effect::LoadOverview]
            }
            [Change::RestoreGroup(kept)] if self.pane == Pane::Groups => {
                vec![self.groups.show_named(&kept.group.name), Effect::LoadOverview]
            }
            _ => self.reload(),
        }
    }

    /// Says what became of many: in a line where all went well, else row by row.
    pub(super) fn tell_of_many(&mut self, summary: &str, undo: &str, left: Vec<(String, String)>) {
        if left.is_empty() {
            self.toasts.good(format!("{summary}.{undo}"), self.now);
            return;
        }
        let summary = format!("{summary}, {} not:", text::number(left.len() as u64));
        let lines = left.into_iter().map(|(name, why)| format!("{name}: {why}")).collect();
        self.overlays.push(Overlay::Report(Report::new(summary, lines)));
    }
}

/// Marks are kept by id; people look for names.
fn by_name<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}

fn sorted(all: impl Iterator<Item = Change>) -> Vec<Change> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(Change::name);
    all
}

/// What was done, to what, and where it is listed.
pub(in crate::console) fn kind(change: &Change) -> (&'static str, &'static str, Pane) {
    match change {
        Change::Active(_, _, true) => ("Activated", "user", Pane::Users),
        Change::Active(_, _, false) => ("Deactivated", "user", Pane::Users),
        Change::DeleteFlow(..) => ("Deleted", "flow", Pane::Flows),
        Change::DeleteGroup(_) => ("Deleted", "group", Pane::Groups),
        Change::RestoreUser(_) => ("Brought back", "user", Pane::Users),
        Change::RestoreGroup(_) => ("Brought back", "group", Pane::Groups),
        Change::DeleteUser(..) => ("Deleted", "user", Pane::Users),
        _ => ("Changed", "user", Pane::Users),
    }
}

fn named(left: &[(Named, String)]) -> Vec<(String, String)> {
    left.iter().map(|(named, why)| (named.name.to_string(), why.clone())).collect()
}
