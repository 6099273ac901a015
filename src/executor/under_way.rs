//! Whether what an address names is under way already. A browser is led away from an address with a token; a program sends
//! the page's whole query with every request, and is not to begin anew each time.

use super::open::LINK_TOKEN;
use super::plan::{self, Opening};
use super::{Executor, Result, stage};
use crate::domain::enrollment::Enrollment;
use crate::domain::id::{BindingId, InvitationId};

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

fn is_named(enrollment: &Enrollment, opening: &Opening<'_>) -> bool {
    let course = &enrollment.context.course;
    if let Some((_, token)) = opening.query.iter().rev().find(|(key, _)| key == LINK_TOKEN) {
        return course.confirmed.is_some() || course.unconfirmed == Some(stage::hash(token));
    }
    opening.token.is_none_or(|token| InvitationId::parse(token).is_some_and(|id| enrollment.invitation == Some(id)))
}
