//! Sends invitations by letter.

use super::event::{Letters, Named, Outcome};
use super::runtime::{World, sentence};
use super::work::GIVEN_UP;
use crate::domain::invitation::link;
use crate::mail::{InviteError, Inviting, MailError, address_of, invite};
use crate::store::{StoreError, Tx, invitations};

/// So many a transaction: on SQLite nobody else writes meanwhile.
const BATCH: usize = 100;

/// What is wrong with a letter: at which field of the dialog, and why.
type Fault = (&'static str, String);

impl World {
    /// Writes the letters into the outbox. What is wrong with one of many does not keep it from the others.
    pub(super) async fn send_letters(&self, letters: Letters) -> Outcome {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for batch in letters.named.chunks(BATCH) {
            self.note_done(done.len() + left.len());
            if self.is_given_up() {
                left.extend(batch.iter().map(|named| (named.clone(), ("", GIVEN_UP.to_owned()))));
                continue;
            }
            match self.write_letters(&letters, batch).await {
                Ok((these, others)) => {
                    done.extend(these);
                    left.extend(others);
                }
                Err(error) => {
                    let fault = ("", sentence(&error));
                    left.extend(batch.iter().map(|named| (named.clone(), fault.clone())));
                }
            }
        }
        if letters.many {
            let left = left.into_iter().map(|(named, (_, why))| (named, why)).collect();
            return Outcome::Mailed(done.len(), left);
        }
        match (done.pop(), left.pop()) {
            (Some(to), _) => Outcome::Done(format!("Queued a letter to {to}; the server sends it."), None),
            (None, Some((_, (field, why)))) => Outcome::NotDone(vec![(field.to_owned(), why)]),
            (None, None) => Outcome::Failed("There was nothing to send.".to_owned()),
        }
    }

    async fn write_letters(
        &self,
        letters: &Letters,
        batch: &[Named],
    ) -> Result<(Vec<String>, Vec<(Named, Fault)>), StoreError> {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        let mut tx = self.store.begin_write().await?;
        for named in batch {
            match self.write_letter(&mut tx, letters, named).await? {
                Ok(to) => done.push(to),
                Err(fault) => left.push((named.clone(), fault)),
            }
        }
        tx.commit().await?;
        Ok((done, left))
    }

    async fn write_letter(
        &self,
        tx: &mut Tx,
        letters: &Letters,
        named: &Named,
    ) -> Result<Result<String, Fault>, StoreError> {
        let Some(view) = invitations::find(tx, named.id).await? else {
            return Ok(Err(("", "somebody deleted it.".to_owned())));
        };
        let Some(slug) = view.flow_slug.as_ref().or(letters.any_flow.as_ref()) else {
            return Ok(Err(("", "there is no link: no flow has an invitation stage yet.".to_owned())));
        };
        let to = letters.to.as_deref().or_else(|| address_of(&view.invitation.settings.fixed_data));
        let Some(to) = to.map(ToOwned::to_owned) else {
            return Ok(Err(("to", "its custom attributes name no `email`.".to_owned())));
        };
        let inviting = Inviting {
            link: link(&letters.public_url, slug, named.id),
            view: &view,
            to: &to,
            language: letters.language,
            message: &letters.message,
        };
        match invite(tx, &inviting, &self.actor.at((self.clock)())).await {
            Ok(_) => Ok(Ok(to)),
            Err(InviteError::Mail(MailError::Store(error))) => Err(error),
            Err(InviteError::Input(errors)) => {
                let field = if errors.at("message").is_some() { "message" } else { "to" };
                Ok(Err((field, errors.at(field).unwrap_or_default().to_owned())))
            }
            Err(other) => Ok(Err(("", other.to_string()))),
        }
    }
}
