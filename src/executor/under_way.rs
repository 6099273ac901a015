//! Whether what an address names is under way already. A browser is led away from an address with a token; a program sends
//! the page's whole query with every request, and is not to begin anew each time.

use super::open::LINK_TOKEN;
use super::plan::{self, Looking, Opening};
use super::{Answers, Executor, Refusal, Result, stage};
use crate::domain::enrollment::Enrollment;
use crate::domain::flow::Outline;
use crate::domain::id::{BindingId, InvitationId};
use crate::domain::prompt::PromptType;

/// An enrollment that is under way, or has just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// The stage that waits for an answer; none where the plan is to be made anew.
    pub stage: Option<BindingId>,
}

impl Executor {
    /// The enrollment that opening this would begin, where the session has it already: one through this flow, and with
    /// the same invitation or link of a mail if a token names one. Changes nothing.
    pub async fn under_way(&self, opening: &Opening<'_>) -> Result<Option<UnderWay>> {
        let mut tx = self.store.begin().await?;
        let Some(outline) = plan::outline(&mut tx, opening.slug).await? else { return Ok(None) };
        let current = plan::current(&mut tx, opening.session.as_deref(), &outline, opening.act.at).await?;
        let Some((_, enrollment)) = current.filter(|(_, it)| is_named(it, opening)) else { return Ok(None) };
        let waiting = enrollment.plan.get(enrollment.position).or(enrollment.plan.last());
        Ok(Some(UnderWay { stage: waiting.copied() }))
    }
}

impl Executor {
    /// Whether the flow has come to its end in this session. Changes nothing.
    pub async fn has_ended(&self, looking: &Looking<'_>) -> Result<bool> {
        Ok(self.ended(looking).await?.is_some())
    }

    /// Whether an answer is a copy of the one that ended the flow; none where it has not ended. Changes nothing.
    pub async fn repeats(&self, looking: &Looking<'_>, answers: &Answers) -> Result<Option<bool>> {
        let ended = self.ended(looking).await?;
        Ok(ended.map(|(outline, enrollment)| is_last(&enrollment, &outline, answers)))
    }

    /// What is said to who sends something else after the end.
    pub async fn finished(&self, slug: &str) -> Result<Refusal> {
        let mut tx = self.store.begin().await?;
        let outline = plan::outline(&mut tx, slug).await?;
        Ok(outline.map_or(Refusal::NoSuchFlow, |outline| finished(&outline)))
    }

    async fn ended(&self, looking: &Looking<'_>) -> Result<Option<(Outline, Enrollment)>> {
        let mut tx = self.store.begin().await?;
        let Some(outline) = plan::outline(&mut tx, looking.slug).await? else { return Ok(None) };
        let current = plan::current(&mut tx, looking.session, &outline, looking.act.at).await?;
        Ok(current.filter(|(_, it)| it.done).map(|(_, enrollment)| (outline, enrollment)))
    }
}

/// See [`Refusal::Finished`].
pub(super) fn finished(outline: &Outline) -> Refusal {
    Refusal::Finished { can_begin_again: !stage::needs_invitation(outline) }
}

/// What an answer is known by once it has ended a flow.
pub(super) fn fingerprint(enrollment: &Enrollment, outline: &Outline, answers: &Answers) -> Vec<u8> {
    let secret = outline.prompts().filter(|prompt| prompt.kind == PromptType::Password);
    let except: Vec<&str> = secret.map(|prompt| prompt.field_key.as_str()).chain([stage::PASSWORD]).collect();
    answers.fingerprint(enrollment.id.0, &except)
}

/// Whether it is the answer that ended the flow. Where no answer did, any is.
pub(super) fn is_last(enrollment: &Enrollment, outline: &Outline, answers: &Answers) -> bool {
    let last = enrollment.context.course.last_answer.as_ref();
    last.is_none_or(|last| *last == fingerprint(enrollment, outline, answers))
}

fn is_named(enrollment: &Enrollment, opening: &Opening<'_>) -> bool {
    let course = &enrollment.context.course;
    if let Some((_, token)) = opening.query.iter().rev().find(|(key, _)| key == LINK_TOKEN) {
        return course.confirmed.is_some() || course.unconfirmed == Some(stage::hash(token));
    }
    opening.token.is_none_or(|token| InvitationId::parse(token).is_some_and(|id| enrollment.invitation == Some(id)))
}
