//! Looks at invitations: what will go wrong with one, and what somebody sees who follows its link.

use super::event::{Outcome, Visit};
use super::form::live::{Findings, Question};
use super::runtime::{World, sentence};
use crate::console::attributes;
use crate::domain::diagnosis::{Problem, local_address};
use crate::domain::flow::Outline;
use crate::domain::invitation::{Invitation, Status};
use crate::domain::slug::Slug;
use crate::executor::preview::{Preview, Previewing, preview};
use crate::executor::{ExecutorError, findings};
use crate::store::{StoreError, Tx, flows};

impl World {
    /// What somebody sees who follows an invitation's link.
    pub(super) async fn preview(&self, visit: Visit) -> Outcome {
        let seen = match self.seen(&visit).await {
            Ok(Some(seen)) => Ok(Box::new(seen)),
            Ok(None) => Err(format!("There is no flow {} any more.", visit.flow)),
            Err(ExecutorError::Store(error)) => Err(sentence(&error)),
            Err(other) => Err(format!("That did not work: {other}.")),
        };
        Outcome::Previewed(Box::new(visit), seen)
    }

    async fn seen(&self, visit: &Visit) -> Result<Option<Preview>, ExecutorError> {
        let mut tx = self.store.begin().await?;
        let Some(flow) = flows::find_by_slug(&mut tx, visit.flow.as_str()).await? else { return Ok(None) };
        let outline = flows::outline(&mut tx, flow).await?;
        let asked = Previewing { outline: &outline, invitation: &visit.invitation, public_url: &visit.public_url };
        let seen = preview(&self.policies, &mut tx, &asked, (self.clock)()).await?;
        tx.rollback().await?;
        Ok(Some(seen))
    }

    /// What will go wrong with custom attributes that are being typed. Reading them may take its time.
    pub(super) async fn diagnose(&self, question: Box<Question>) -> Outcome {
        let text = question.text.clone();
        let read = match tokio::task::spawn_blocking(move || attributes::read(&text)).await {
            Ok(read) => read,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        let fault = read.as_ref().err().cloned();
        let data = read.unwrap_or_default();
        let mut problems = Vec::new();
        if let Some(outline) = &question.outline {
            let looked = async {
                let mut tx = self.store.begin().await?;
                let broken = findings::broken(&mut tx, outline).await?;
                let (is_open, now) = (question.is_open, (self.clock)());
                findings::examine(&self.policies, &mut tx, &data, is_open, outline, &broken, now).await
            };
            match looked.await {
                Ok(found) => problems = found,
                // What is typed must not wait for ever, nor be lost, because the database does not answer.
                Err(error) => tracing::warn!(%error, "custom attributes can't be diagnosed"),
            }
        }
        problems.extend(local_address(&question.public_url));
        Outcome::Diagnosed(question, Findings { fault, problems })
    }

    /// What will go wrong with an invitation, for each flow that it opens.
    pub(super) async fn problems(
        &self,
        tx: &mut Tx,
        invitation: &Invitation,
        outlines: &[Outline],
    ) -> Result<Vec<(Slug, Vec<Problem>)>, StoreError> {
        let now = (self.clock)();
        let is_open = invitation.status(now) == Status::Active;
        let mut all = Vec::new();
        for outline in outlines {
            let data = &invitation.settings.fixed_data;
            let looked = async {
                let broken = findings::broken(tx, outline).await?;
                findings::examine(&self.policies, tx, data, is_open, outline, &broken, now).await
            };
            match looked.await {
                Ok(problems) => all.push((outline.flow.slug.clone(), problems)),
                Err(ExecutorError::Store(error)) => return Err(error),
                Err(error) => tracing::warn!(%error, "an invitation can't be diagnosed"),
            }
        }
        Ok(all)
    }
}
