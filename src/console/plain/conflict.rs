//! Somebody else changed the same meanwhile: who, when, from what to what, and whose is kept.

use std::io::{BufRead, Write};

use super::Plain;
use super::talk::Stop;
use crate::console::conflict::{Author, Conflict, Now, named};
use crate::console::event::{Change, Effect, Outcome};
use crate::console::form::values::{Pair, group_values, invitation_values, pairs, user_values};
use crate::console::widget::text;
use crate::domain::invitation::InvitationView;

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Performs a change and says how it ended; whether it was made. Where somebody else was faster it is shown what they
    /// changed, and asked whether to write over it.
    pub(super) async fn change(&mut self, mut change: Change) -> Result<bool, Stop> {
        loop {
            match self.world.perform(Effect::Change(Box::new(change.clone()))).await {
                Some(Outcome::Conflict(conflict)) => {
                    if !self.keeps_ours(&mut change, *conflict)? {
                        return Ok(false);
                    }
                }
                Some(outcome) => {
                    let done = match &outcome {
                        Outcome::Done(..) | Outcome::Activated(..) => true,
                        Outcome::ChangedAll { done, .. } => !done.is_empty(),
                        _ => false,
                    };
                    self.tell(outcome)?;
                    return Ok(done);
                }
                None => return Ok(false),
            }
        }
    }

    fn keeps_ours(&mut self, change: &mut Change, conflict: Conflict) -> Result<bool, Stop> {
        let Conflict { now, author } = conflict;
        let pairs = match (change, now) {
            (Change::User(Some(read), _), Now::User(now)) => {
                let pairs = pairs(user_values(read), user_values(&now));
                *read = now;
                pairs
            }
            (Change::Group { read: Some(read), .. }, Now::Group(now)) => {
                let pairs = pairs(group_values(read), group_values(&now));
                *read = now;
                pairs
            }
            _ => Vec::new(),
        };
        self.ask_whose(author.as_ref(), pairs)
    }

    /// The same of an invitation: as it was read, and as it is now.
    pub(super) fn keeps_ours_of(
        &mut self,
        read: &InvitationView,
        now: &InvitationView,
        author: Option<&Author>,
    ) -> Result<bool, Stop> {
        let zone = self.setting.zone;
        self.ask_whose(author, pairs(invitation_values(read, zone), invitation_values(now, zone)))
    }

    fn ask_whose(&mut self, author: Option<&Author>, pairs: Vec<Pair>) -> Result<bool, Stop> {
        let (who, when) = named(author, self.setting.zone);
        self.talk.say(&format!("Error: not saved. {who} changed it{when}."))?;
        for (name, before, after) in pairs.into_iter().filter(|(_, before, after)| before != after) {
            let shown = |value: &str| text::cut(&text::safe(value.trim_end()), 200);
            self.talk.say(&format!("  {name}: from `{}` to `{}`", shown(&before), shown(&after)))?;
        }
        let ours = self.talk.confirm("Save yours over that?")?;
        if !ours {
            self.talk.say("Nothing was saved.")?;
        }
        Ok(ours)
    }
}
