//! Something done to several invitations at once.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use super::Plain;
use super::list::Shelf;
use super::talk::Stop;
use crate::console::event::{Bulk, CopiedCount, Effect, Named, Outcome, Query, Rows, Selection};
use crate::console::pane::invitations::filter;
use crate::console::widget::text;
use crate::domain::invitation::InvitationView;
use crate::store::invitations::Sort;
use crate::store::page::Anchor;

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
    pub(super) async fn many(&mut self, list: &Shelf<InvitationView>) -> Result<(), Stop> {
        let Some(named) = self.which(list).await? else { return self.talk.say("Given up, nothing was done.") };
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
        match self.talk.choose(&format!("All {count}"), &acts)? {
            Some(Act::Copy) => self.copy_links(named).await,
            Some(Act::Send) => self.send(named, None).await,
            Some(Act::Revoke) => self.perform(Effect::Bulk(Bulk::Revoke, named)).await,
            Some(Act::Restore) => self.perform(Effect::Bulk(Bulk::Restore, named)).await,
            Some(Act::Reissue) => self.perform(Effect::Bulk(Bulk::Reissue, named)).await,
            Some(Act::Delete) if self.talk.typed_word(&format!("This deletes {count}."), "delete")? => {
                self.perform(Effect::Bulk(Bulk::Delete, named)).await
            }
            None | Some(Act::Delete) => Ok(()),
        }
    }

    /// Which ones are meant: numbers of the page that was read out, names, or all that the filter keeps.
    async fn which(&mut self, list: &Shelf<InvitationView>) -> Result<Option<Vec<Named>>, Stop> {
        loop {
            let label = "Which ones: numbers of this page as 1 3-5, names, or all that the filter keeps";
            let Some(typed) = self.talk.ask(label, "")?.filter(|typed| !typed.is_empty()) else { return Ok(None) };
            match self.named(&typed, list).await? {
                Ok(named) if named.is_empty() => self.talk.say("Error: there is none.")?,
                Ok(named) => return Ok(Some(named)),
                Err(word) => self.talk.say(&format!("Error: there is no invitation `{}`.", text::safe(&word)))?,
            }
        }
    }

    async fn named(&mut self, typed: &str, list: &Shelf<InvitationView>) -> Result<Result<Vec<Named>, String>, Stop> {
        if typed == "all" {
            return Ok(Ok(
                match self.world.perform(Effect::Select(Selection::Invitations(filter(&list.filter)))).await {
                    Some(Outcome::Selected(found)) => {
                        found.invitations.into_iter().map(|(id, (name, _))| Named { id, name }).collect()
                    }
                    Some(other) => self.tell(other).map(|()| Vec::new())?,
                    None => Vec::new(),
                },
            ));
        }
        let mut named: Vec<Named> = Vec::new();
        for word in typed.split([' ', ',']).filter(|word| !word.is_empty()) {
            let found = match numbers(word, list.shown().len()) {
                Some(numbers) => numbers.into_iter().map(|number| of(&list.shown()[number - 1])).collect(),
                None => self.by_name(word).await?.into_iter().collect::<Vec<_>>(),
            };
            if found.is_empty() {
                return Ok(Err(word.to_owned()));
            }
            named.extend(found);
        }
        let mut seen = BTreeSet::new();
        named.retain(|it| seen.insert(it.id));
        Ok(Ok(named))
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Named>, Stop> {
        let query = Query::Invitations(filter(name), Sort::default(), Anchor::First);
        match self.world.perform(Effect::Load { generation: 0, query }).await {
            Some(Outcome::Loaded { rows: Rows::Invitations(page), .. }) => {
                Ok(page.rows.iter().find(|row| row.invitation.settings.name.as_str() == name).map(of))
            }
            Some(other) => self.tell(other).map(|()| None),
            None => Ok(None),
        }
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

fn of(row: &InvitationView) -> Named {
    Named { id: row.invitation.id, name: row.invitation.settings.name.clone() }
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
