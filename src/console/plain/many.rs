//! Something done to several rows at once.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Kind, Shelf};
use super::talk::{Stop, repeated};
use crate::console::app::MOST_MARKS;
use crate::console::event::{Bulk, Change, CopiedCount, Effect, Named, Outcome, Selection};
use crate::console::import::{Answer, Ask};
use crate::console::pane::invitations::filter;
use crate::console::pane::marks::Marks;
use crate::console::pane::words::terms;
use crate::console::pane::{Pane, users};
use crate::console::runtime::sentence;
use crate::console::widget::text;
use crate::domain::group::{Group, GroupView};
use crate::domain::id::{FlowId, UserId};
use crate::domain::invitation::InvitationView;
use crate::domain::slug::Slug;
use crate::domain::user::{UserView, Username};
use crate::store::flows::FlowView;
use crate::store::{self, StoreError, flows, groups, invitations};

/// Rows of which several can be meant at once.
pub(super) trait Several: Kind {
    /// Where they are listed.
    const PANE: Pane;
    /// What one is called.
    const NOUN: &'static str;
    /// All that a filter keeps.
    fn all(filter: &str) -> Selection;
}

impl Several for InvitationView {
    const PANE: Pane = Pane::Invitations;
    const NOUN: &'static str = "invitation";
    fn all(typed: &str) -> Selection {
        Selection::Invitations(filter(typed))
    }
}

impl Several for UserView {
    const PANE: Pane = Pane::Users;
    const NOUN: &'static str = "user";
    fn all(typed: &str) -> Selection {
        Selection::Users(users::filter(typed))
    }
}

impl Several for GroupView {
    const PANE: Pane = Pane::Groups;
    const NOUN: &'static str = "group";
    fn all(typed: &str) -> Selection {
        Selection::Groups(terms(typed))
    }
}

impl Several for FlowView {
    const PANE: Pane = Pane::Flows;
    const NOUN: &'static str = "flow";
    fn all(typed: &str) -> Selection {
        Selection::Flows(terms(typed))
    }
}

/// So many names are said before they are deleted.
const NAMED: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Copy,
    Send,
    Revoke,
    Restore,
    Reissue,
    Delete,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Asks which and what, and does it.
    pub(super) async fn many<T: Several>(&mut self, list: &Shelf<T>) -> Result<(), Stop> {
        let Some(marks) = self.which(list).await? else { return self.talk.say("Given up, nothing was done.") };
        if marks.count(T::PANE) == MOST_MARKS {
            self.talk.say(&format!("These are {}, the most at once.", text::number(MOST_MARKS as u64)))?;
        }
        match T::PANE {
            Pane::Users => self.many_users(marks.users).await,
            Pane::Groups => self.many_groups(marks.groups.into_values().collect()).await,
            Pane::Flows => self.many_flows(marks.flows).await,
            Pane::Invitations | Pane::Events => {
                let named = marks.invitations.into_iter().map(|(id, (name, _))| Named { id, name });
                let mut named: Vec<_> = named.collect();
                named.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
                self.many_invitations(named).await
            }
        }
    }

    async fn many_invitations(&mut self, named: Vec<Named>) -> Result<(), Stop> {
        let count = text::count(named.len() as u64, "invitation");
        let all = [
            (Act::Copy, "Copy the links to the clipboard"),
            (Act::Send, "Send each its link by letter"),
            (Act::Revoke, "Revoke"),
            (Act::Restore, "Restore"),
            (Act::Reissue, "Re-issue: a new link each, the old ones are dead"),
            (Act::Delete, "Delete"),
        ];
        let possible = |act: &Act| match act {
            Act::Copy => true,
            Act::Send => self.setting.mail && !self.setting.read_only,
            _ => !self.setting.read_only,
        };
        let acts: Vec<_> = all.into_iter().filter(|(act, _)| possible(act)).map(|(a, l)| (a, l.to_owned())).collect();
        let (bulk, question) = match self.talk.choose(&format!("All {count}"), &acts)? {
            None => return Ok(()),
            Some(Act::Copy) => return self.copy_links(named).await,
            Some(Act::Send) => return self.send(named, None).await,
            Some(Act::Delete) => {
                let listed: Vec<_> = named.iter().map(|it| it.name.to_string()).collect();
                let links = "Their links are dead at once; undo brings them back.";
                let sure = self.asks_to_delete_many(&count, &listed, links)?;
                return if sure { self.perform(Effect::Bulk(Bulk::Delete, named)).await } else { Ok(()) };
            }
            Some(Act::Revoke) => {
                (Bulk::Revoke, format!("Revoke {count}? Their links stop working; undo restores them."))
            }
            Some(Act::Restore) => (Bulk::Restore, format!("Restore {count}? Their links work again.")),
            Some(Act::Reissue) => {
                let what = format!("Give {count} a new link each? The old ones are dead at once; undo takes it back.");
                (Bulk::Reissue, what)
            }
        };
        if self.sure(named.len(), &question)? { self.perform(Effect::Bulk(bulk, named)).await } else { Ok(()) }
    }

    async fn many_users(&mut self, users: BTreeMap<UserId, (String, bool)>) -> Result<(), Stop> {
        let count = text::count(users.len() as u64, "user");
        let acts = [
            (Some(false), "Deactivate: can't sign in any more"),
            (Some(true), "Activate: can sign in again"),
            (None, "Delete"),
        ];
        let acts = acts.map(|(act, label)| (act, label.to_owned()));
        let Some(act) = self.talk.choose(&format!("All {count}"), &acts)? else { return Ok(()) };
        let names: Vec<_> = users.values().map(|(name, _)| name.clone()).collect();
        let sure = match act {
            Some(true) => self.sure(users.len(), &format!("Let {count} sign in again?"))?,
            Some(false) => {
                let what = format!("Keep {count} from signing in? Who is signed in is signed out; undo takes it back.");
                self.sure(users.len(), &what)?
            }
            None => {
                let more = "undo brings them back. Invitations that they made stay.";
                self.asks_to_delete_many(&count, &names, more)?
            }
        };
        let change = |(id, (name, _))| match act {
            Some(active) => Change::Active(id, name, active),
            None => Change::DeleteUser(id, name),
        };
        if sure { self.perform(Effect::ChangeAll(users.into_iter().map(change).collect())).await } else { Ok(()) }
    }

    async fn many_groups(&mut self, groups: Vec<Group>) -> Result<(), Stop> {
        let count = text::count(groups.len() as u64, "group");
        if self.talk.choose(&format!("All {count}"), &[((), "Delete".to_owned())])?.is_none() {
            return Ok(());
        }
        for group in groups.iter().filter(|group| group.is_superuser) {
            self.talk.say(&format!("Whoever is a superuser by {} alone loses that.", text::safe(&group.name)))?;
        }
        let names: Vec<_> = groups.iter().map(|group| group.name.clone()).collect();
        if !self.asks_to_delete_many(&count, &names, "Their members stay; undo brings the groups back.")? {
            return Ok(());
        }
        let all = groups.into_iter().map(|group| Change::DeleteGroup(Box::new(group))).collect();
        self.perform(Effect::ChangeAll(all)).await
    }

    async fn many_flows(&mut self, flows: BTreeMap<FlowId, Slug>) -> Result<(), Stop> {
        let count = text::count(flows.len() as u64, "flow");
        let mut acts = vec![(false, "Export each as a blueprint".to_owned())];
        if !self.setting.read_only {
            acts.push((true, "Delete".to_owned()));
        }
        match self.talk.choose(&format!("All {count}"), &acts)? {
            None => Ok(()),
            Some(false) => self.export_all(flows.into_values().collect()).await,
            Some(true) => {
                let names: Vec<_> = flows.values().map(ToString::to_string).collect();
                if !self.asks_to_delete_many(&count, &names, "This can't be undone. Their stages stay.")? {
                    return Ok(());
                }
                let all = flows.into_iter().map(|(id, slug)| Change::DeleteFlow(id, slug)).collect();
                self.perform(Effect::ChangeAll(all)).await
            }
        }
    }

    async fn export_all(&mut self, slugs: Vec<Slug>) -> Result<(), Stop> {
        let Some(folder) = self.talk.ask("Write them to the folder", ".")?.filter(|folder| !folder.is_empty()) else {
            return self.talk.say("Given up, nothing was written.");
        };
        match self.ask_world(Ask::ExportAll { slugs, folder: folder.clone() }).await? {
            Some(Answer::ExportedAll(done, left)) => {
                self.talk.say(&format!("Written {} to {folder}.", text::count(done as u64, "blueprint")))?;
                left.iter().try_for_each(|(slug, why)| self.talk.say(&format!("Error: {slug}: {why}")))
            }
            _ => Ok(()),
        }
    }

    /// Asks first, where it is about more than one.
    fn sure(&mut self, count: usize, question: &str) -> Result<bool, Stop> {
        let sure = count < 2 || self.talk.confirm(question)?;
        if !sure {
            self.talk.say("Nothing was done.")?;
        }
        Ok(sure)
    }

    /// Names what would be deleted, and asks for a word.
    fn asks_to_delete_many(&mut self, count: &str, names: &[String], more: &str) -> Result<bool, Stop> {
        let mut shown: Vec<_> = names.iter().take(NAMED).map(|name| text::safe(name)).collect();
        if names.len() > NAMED {
            shown.push(format!("and {} more", text::number((names.len() - NAMED) as u64)));
        }
        self.talk.say(&shown.join(", "))?;
        self.talk.typed_word(&format!("This deletes {count}. {more}"), "delete")
    }

    /// Which ones are meant: numbers of the page that was read out, names, or all that the filter keeps.
    async fn which<T: Several>(&mut self, list: &Shelf<T>) -> Result<Option<Marks>, Stop> {
        loop {
            let label = "Which ones: numbers of this page as 1 3-5, names, or all that the filter keeps";
            let Some(typed) = self.talk.ask(label, "")?.filter(|typed| !typed.is_empty()) else { return Ok(None) };
            match self.meant(&typed, list).await? {
                Ok(marks) if marks.count(T::PANE) == 0 => self.talk.say("Error: there is none.")?,
                Ok(marks) => return Ok(Some(marks)),
                Err(word) => {
                    self.talk.say(&format!("Error: there is no {} `{}`.", T::NOUN, repeated(&word)))?;
                }
            }
        }
    }

    /// What the words stand for, or the first one that stands for nothing. Between commas a name may have blanks.
    async fn meant<T: Several>(&mut self, typed: &str, list: &Shelf<T>) -> Result<Result<Marks, String>, Stop> {
        let mut marks = Marks::default();
        if typed == "all" {
            return match self.answer(Effect::Select(T::all(&list.filter))).await? {
                Some(Outcome::Selected(found)) => Ok(Ok(found)),
                Some(other) => self.tell(other).map(|()| Ok(marks)),
                None => Ok(Ok(marks)),
            };
        }
        for piece in typed.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
            if self.means(piece, list, &mut marks).await? {
                continue;
            }
            for word in piece.split_whitespace() {
                if !self.means(word, list, &mut marks).await? {
                    return Ok(Err(word.to_owned()));
                }
            }
        }
        Ok(Ok(marks))
    }

    /// Marks what a word stands for; whether there is such a thing.
    async fn means<T: Several>(&mut self, word: &str, list: &Shelf<T>, marks: &mut Marks) -> Result<bool, Stop> {
        if let Some(numbers) = numbers(word, list.shown().len()) {
            for number in numbers {
                let row = &list.shown()[number - 1];
                if !row.is_marked(marks) {
                    row.mark(marks);
                }
            }
            return Ok(true);
        }
        match self.mark_named(T::PANE, word, marks).await {
            Ok(found) => Ok(found),
            Err(error) => self.talk.say(&format!("Error: {}", sentence(&error))).map(|()| false),
        }
    }

    /// Marks what has exactly this name; whether there is such a thing.
    async fn mark_named(&self, pane: Pane, name: &str, marks: &mut Marks) -> Result<bool, StoreError> {
        let mut tx = self.world.store.begin().await?;
        match pane {
            Pane::Flows => {
                let Some(flow) = flows::find_by_slug(&mut tx, name).await? else { return Ok(false) };
                marks.flows.insert(flow.id, flow.slug);
            }
            Pane::Users => {
                let Ok(name) = Username::parse(name) else { return Ok(false) };
                let Some(row) = store::users::find_by_username(&mut tx, &name).await? else { return Ok(false) };
                marks.users.insert(row.user.id, (row.user.username.to_string(), row.user.is_active));
            }
            Pane::Groups => {
                let Some(group) = groups::find_by_name(&mut tx, name).await? else { return Ok(false) };
                marks.groups.insert(group.id, group);
            }
            Pane::Invitations | Pane::Events => {
                let Some(row) = invitations::find_by_name(&mut tx, name).await? else { return Ok(false) };
                let it = row.invitation;
                marks.invitations.insert(it.id, (it.settings.name, it.revoked_at.is_some()));
            }
        }
        Ok(true)
    }

    async fn copy_links(&mut self, named: Vec<Named>) -> Result<(), Stop> {
        let open_flow = self.overview.open_flows.first().cloned();
        let public_url = self.setting.public_url.clone();
        match self.watch(Effect::CopyLinks { named, public_url, open_flow }).await? {
            Some(Outcome::CopiedLinks(copied, count)) => {
                let CopiedCount { without, dead, .. } = count;
                self.copied(&copied, &count.what(), "Each invitation prints its own.")?;
                if without > 0 {
                    self.talk.say(&format!("{without} of them have none."))?;
                }
                if dead > 0 {
                    self.talk.say(&format!("{dead} of the links let nobody enroll."))?;
                }
                Ok(())
            }
            Some(other) => self.tell(other),
            None => Ok(()),
        }
    }
}

/// The numbers that a word such as `3` or `3-5` stands for, where all of them are on the page.
fn numbers(word: &str, shown: usize) -> Option<Vec<usize>> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (first.parse::<usize>().ok()?, last.parse::<usize>().ok()?);
    (first >= 1 && first <= last && last <= shown).then(|| (first..=last).collect())
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_and_spans_are_those_of_the_page() {
        assert_eq!(numbers("3", 10), Some(vec![3]));
        assert_eq!(numbers("3-5", 10), Some(vec![3, 4, 5]));
        for bad in ["0", "11", "5-3", "9-11", "guest-1", "-", ""] {
            assert_eq!(numbers(bad, 10), None, "{bad}");
        }
    }
}
