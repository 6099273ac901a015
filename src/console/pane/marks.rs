//! What is marked, pane by pane.

use std::collections::BTreeMap;

use super::Pane;
use crate::domain::group::Group;
use crate::domain::id::{FlowId, GroupId, InvitationId, UserId};
use crate::domain::slug::Slug;

/// The marked rows of every pane, with what has to be known to act on them: most are not in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks {
    /// Flows.
    pub flows: BTreeMap<FlowId, Slug>,
    /// Users: the name, and whether they can sign in.
    pub users: BTreeMap<UserId, (String, bool)>,
    /// Groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Invitations: the name, and whether revoked.
    pub invitations: BTreeMap<InvitationId, (Slug, bool)>,
}

impl Marks {
    /// How many rows of a pane are marked.
    pub fn count(&self, pane: Pane) -> usize {
        match pane {
            Pane::Flows => self.flows.len(),
            Pane::Users => self.users.len(),
            Pane::Groups => self.groups.len(),
            Pane::Invitations => self.invitations.len(),
            Pane::Events => 0,
        }
    }

    /// Takes the marks of a pane away.
    pub fn clear(&mut self, pane: Pane) {
        match pane {
            Pane::Flows => self.flows.clear(),
            Pane::Users => self.users.clear(),
            Pane::Groups => self.groups.clear(),
            Pane::Invitations => self.invitations.clear(),
            Pane::Events => {}
        }
    }

    /// Marks more, up to `most` in each pane.
    pub fn extend(&mut self, more: Self, most: usize) {
        fn add<K: Ord, V>(marks: &mut BTreeMap<K, V>, more: BTreeMap<K, V>, most: usize) {
            marks.extend(more);
            while marks.len() > most {
                marks.pop_last();
            }
        }
        add(&mut self.flows, more.flows, most);
        add(&mut self.users, more.users, most);
        add(&mut self.groups, more.groups, most);
        add(&mut self.invitations, more.invitations, most);
    }

    /// An invitation is known by another id from now on, and stays marked where it was.
    pub fn carry(&mut self, from: InvitationId, to: InvitationId) {
        if let Some(mark) = self.invitations.remove(&from) {
            self.invitations.insert(to, mark);
        }
    }
}
