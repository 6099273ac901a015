//! Taking an answer: checks it, then runs every stage that needs no person, all in one transaction.

use std::time::Duration;

use super::challenge::{self, Challenge, Faults};
use super::memo::{Halt, Memo};
use super::walk::{Reached, Walk};
use super::{Answers, Attempt, Executor, ExecutorError, Refusal, Result, plan, planning, stage, under_way};
use crate::domain::enrollment::{Context, Draft, Enrollment, Notice, SessionHash};
use crate::domain::event::Act;
use crate::domain::flow::Outline;
use crate::domain::id::BindingId;
use crate::domain::prompt::{AnswerFault, Prompt, PromptType};
use crate::domain::prompt_data;
use crate::domain::stage::{OtherModel, StageKind};
use crate::policy::Http;
use crate::store::{Tx, enrollments, sessions};

/// A posted form.
#[derive(Debug)]
pub struct Response<'a> {
    /// The flow's slug.
    pub slug: &'a str,
    /// The visitor's session.
    pub session: SessionHash,
    /// The hash of a new token, which the session gets when somebody is signed in or out.
    pub fresh: SessionHash,
    /// Which stage the form came from.
    pub stage: BindingId,
    /// What was entered.
    pub answers: &'a Answers,
    /// The browser's request, as policies see it.
    pub http: Option<Http>,
    /// Who, from where, when.
    pub act: Act<'a>,
}

/// What a posted form leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Answered {
    /// The same page again, with what was wrong; nothing was kept.
    Again(Box<Challenge>),
    /// On to the next page, or the closing page: look again.
    Next {
        /// Whether somebody was signed in or out by it: the session has the new token.
        login: Option<Login>,
    },
    /// The flow has led into another one: look there.
    Switched {
        /// That flow's slug.
        slug: String,
        /// See [`Answered::Next`].
        login: Option<Login>,
    },
    /// The flow is not for this visitor, who is led on: to a path of ours.
    Elsewhere(String),
    /// The flow does not go on.
    Refused(Refusal),
    /// No enrollment is under way in this session.
    NotBegun,
    /// Too many passwords were sent, from there or for that account. The form was not taken, and nothing was kept or
    /// lost; it can be sent again after so long.
    TooOften(Duration),
}

/// The session has a new token: somebody was signed in, or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// For how many seconds; none means until the browser is closed.
    pub seconds: Option<i64>,
}

/// What of a response is committed already, where it takes several transactions.
struct Begun {
    session: SessionHash,
    login: Option<Login>,
    answered: bool,
    slug: String,
}

/// Where a posted form leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// On, with its answers.
    On,
    /// Back to the page before, without them.
    Back,
}

impl Executor {
    /// Takes a posted form. A form that was posted twice, or that belongs to an earlier page, changes nothing.
    pub async fn respond(&self, response: Response<'_>) -> Result<Answered> {
        self.go(response, Way::On).await
    }

    /// Goes back from the page of a form to the one before, where [`Challenge::can_go_back`] says so. What was answered
    /// there stands in its fields.
    pub async fn go_back(&self, response: Response<'_>) -> Result<Answered> {
        self.go(response, Way::Back).await
    }

    async fn go(&self, response: Response<'_>, way: Way) -> Result<Answered> {
        let mut memo = Memo::default();
        // A page with a new password counts once, however often something has to be found out about it.
        let mut is_counted = false;
        let mut begun =
            Begun { session: response.session.clone(), login: None, answered: false, slug: response.slug.to_owned() };
        loop {
            let mut tx = self.store.begin_write().await?;
            match take(self, &mut tx, &response, way, &mut begun, &memo).await {
                Ok(answered @ Answered::NotBegun) => return Ok(answered),
                Ok(answered) => {
                    tx.commit().await?;
                    return Ok(answered);
                }
                Err(Halt::Needs(question)) => {
                    // The lock is not held while the answer is found; what was read before is read again after.
                    tx.rollback().await?;
                    // Where a part is committed already the rest has to follow.
                    if !begun.answered
                        && let Some(attempt) = question.attempt()
                        && !(is_counted && attempt == Attempt::NewPassword)
                        && let Err(wait) = self.gate.pass(&response.act.by.address, attempt)
                    {
                        return Ok(Answered::TooOften(wait));
                    }
                    is_counted |= question.attempt() == Some(Attempt::NewPassword);
                    match self.find_out(&mut memo, question).await {
                        Err(ExecutorError::Endless) => return Ok(Answered::Refused(Refusal::endless())),
                        found => found?,
                    }
                }
                Err(Halt::CommitFirst) => tx.commit().await?,
                Err(Halt::Denied(refusal)) => {
                    tx.commit().await?;
                    return Ok(Answered::Refused(refusal));
                }
                Err(Halt::Elsewhere(to)) => return Ok(Answered::Elsewhere(to)),
                Err(Halt::Refused(refusal)) => return Ok(Answered::Refused(refusal)),
                Err(Halt::UsernameTaken) => return Ok(Answered::Refused(Refusal::UsernameTaken)),
                Err(Halt::Failed(error)) => return Err(error),
            }
        }
    }
}

async fn take(
    executor: &Executor,
    tx: &mut Tx,
    response: &Response<'_>,
    way: Way,
    begun: &mut Begun,
    memo: &Memo,
) -> std::result::Result<Answered, Halt> {
    let now = response.act.at;
    let Some(outline) = plan::outline(tx, &begun.slug).await? else {
        return Err(Halt::Refused(Refusal::NoSuchFlow));
    };
    let Some(session) = sessions::find(tx, &begun.session, now).await? else { return Ok(Answered::NotBegun) };
    let Some(enrollment) = enrollments::lock(tx, &begun.session, now).await?.filter(|it| it.flow == outline.flow.id)
    else {
        return Ok(Answered::NotBegun);
    };
    let next = Answered::Next { login: begun.login };
    if enrollment.done {
        // What was committed already may have ended it; the same form twice does no harm.
        let is_copy = begun.answered || under_way::is_last(&enrollment, &outline, response.answers);
        return if is_copy { Ok(next) } else { Err(Halt::Refused(under_way::finished(&outline))) };
    }
    if let Some(refusal) = plan::obstacle(tx, &enrollment, &session, &outline, now).await? {
        return Err(Halt::Refused(refusal));
    }
    if enrollment.context.course.dropped || plan::has_changed(&enrollment, &outline) {
        return Ok(next);
    }
    if let Some(refusal) = stage::not_executed(&enrollment, &outline) {
        return Err(Halt::Refused(refusal));
    }
    // At the plan's end the last stage stands for the question whether to go on.
    let waiting_at = enrollment.plan.get(enrollment.position).or(enrollment.plan.last()).copied();
    let is_late = waiting_at != Some(response.stage) && !begun.answered;
    let mut walk = Walk {
        http: response.http.as_ref(),
        fresh: &response.fresh,
        place: executor.place(),
        login: begun.login,
        switched: begun.slug != response.slug,
        ..Walk::new(memo, response.act, outline, enrollment, session)
    };
    match way {
        _ if is_late => {
            late(&mut walk, tx, response, way).await?;
            Ok(next)
        }
        Way::On => go_on(&mut walk, tx, response, begun).await,
        Way::Back => back(&mut walk, tx, response.answers).await.map(|()| next),
    }
}

/// A form of an earlier page. A copy of what was posted before is not worth a word; what differs is not taken silently.
async fn late(walk: &mut Walk<'_>, tx: &mut Tx, response: &Response<'_>, way: Way) -> std::result::Result<(), Halt> {
    let said = &walk.enrollment.context.notices;
    let Some(step) = challenge::step(&walk.outline, response.stage).filter(|_| !said.contains(&Notice::AnsweredBefore))
    else {
        return Ok(());
    };
    let data = &walk.enrollment.context.prompt_data;
    let differs = |prompt: &Prompt| {
        let posted = response.answers.get(&prompt.field_key).map(str::trim);
        let known = prompt_data::find(data, &prompt.field_key).map(prompt_data::as_text);
        let is_kept = !matches!(prompt.kind, PromptType::Password | PromptType::File | PromptType::Checkbox);
        is_kept && prompt.is_asked() && posted.is_some_and(|posted| known.is_some_and(|known| known.trim() != posted))
    };
    if way == Way::On && step.prompts.iter().any(differs) {
        walk.enrollment.context.notices.push(Notice::AnsweredBefore);
        walk.save(tx).await?;
    }
    Ok(())
}

/// To the page before. The plan is made anew: what a policy left out after the old answers may belong in it after new ones.
/// What was typed on the page that is left stays as it is.
async fn back(walk: &mut Walk<'_>, tx: &mut Tx, typed: &Answers) -> std::result::Result<(), Halt> {
    let Some(previous) = challenge::previous(&walk.enrollment, &walk.outline) else { return Ok(()) };
    leave(&mut walk.enrollment, &walk.outline, typed);
    unidentify(&mut walk.enrollment, &walk.outline, previous);
    walk.enrollment.context.notices.clear();
    planning::plan(walk, tx).await?;
    walk.enrollment.position = walk.enrollment.plan.iter().position(|id| *id == previous).unwrap_or(0);
    walk.save(tx).await
}

/// Keeps what was typed on the page that waits. Passwords and files are not kept.
fn leave(enrollment: &mut Enrollment, outline: &Outline, typed: &Answers) {
    let Some(step) = challenge::asking(enrollment, outline).filter(|_| !typed.is_empty()) else { return };
    let is_kept =
        |prompt: &&Prompt| prompt.is_asked() && !matches!(prompt.kind, PromptType::Password | PromptType::File);
    let texts = step.prompts.iter().filter(is_kept).filter_map(|prompt| {
        // PostgreSQL keeps no zero characters, and no answer has any.
        let text = typed.get(&prompt.field_key)?;
        let fits = text.chars().count() <= Prompt::MAX_AREA && !text.contains('\0');
        fits.then(|| (prompt.field_key.clone(), text.to_owned()))
    });
    keep(&mut enrollment.context, Draft { stage: step.binding.id, typed: texts.collect() });
}

/// Whoever goes back to the question who they are is nobody again.
fn unidentify(enrollment: &mut Enrollment, outline: &Outline, to: BindingId) {
    let asks = challenge::step(outline, to).is_some_and(
        |step| matches!(&step.stage.kind, StageKind::Other(other) if other.model == OtherModel::Identification),
    );
    if !asks {
        return;
    }
    let context = &mut enrollment.context;
    context.pending_user = None;
    context.course.mailed = None;
    if let Some(identifier) = context.identifier.take() {
        keep(context, Draft { stage: to, typed: [(stage::UID.to_owned(), identifier)].into() });
    }
}

fn keep(context: &mut Context, draft: Draft) {
    context.course.drafts.retain(|known| known.stage != draft.stage);
    context.course.drafts.push(draft);
}

/// Lets the waiting stage take the answer, then goes on as far as no person is needed.
async fn go_on(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    response: &Response<'_>,
    begun: &mut Begun,
) -> std::result::Result<Answered, Halt> {
    if !begun.answered
        && let Some(step) = walk.step()
    {
        let said = std::mem::take(&mut walk.enrollment.context.notices);
        if walk.is_still_entered(tx, &step, &said).await? {
            let told = walk.enrollment.context.notices.clone();
            let faults = stage::answer(walk, tx, &step, response.answers).await?;
            if !faults.is_empty() && !walk.begins_again(tx, &step).await? {
                walk.enrollment.context.notices = said.into_iter().chain(told).collect();
                walk.save(tx).await?;
                return again(walk, tx, Some(response.answers), faults).await;
            }
        }
    }
    let reached = match walk.onward(tx).await {
        Err(Halt::UsernameTaken) => return back_to_username(walk, tx).await,
        Err(Halt::CommitFirst) => {
            walk.save(tx).await?;
            *begun = Begun {
                session: walk.session.token_hash.clone(),
                login: walk.login,
                answered: true,
                slug: walk.outline.flow.slug.to_string(),
            };
            return Err(Halt::CommitFirst);
        }
        other => other?,
    };
    match reached {
        Reached::Waits => {}
        Reached::End => {
            stage::user_write::claim(walk, tx).await?;
            walk.enrollment.done = true;
            let last = under_way::fingerprint(&walk.enrollment, &walk.outline, response.answers);
            walk.enrollment.context.course.last_answer = Some(last);
            // What was answered has become the account; nobody reads it here any more.
            walk.enrollment.context.prompt_data.clear();
            walk.enrollment.context.course.drafts.clear();
            walk.enrollment.context.password = None;
        }
        Reached::Denied(messages) => {
            walk.give_up(tx).await?;
            return Err(Halt::Denied(Refusal::Denied { messages }));
        }
    }
    walk.save(tx).await?;
    let login = walk.login;
    if walk.switched {
        return Ok(Answered::Switched { slug: walk.outline.flow.slug.to_string(), login });
    }
    Ok(Answered::Next { login })
}

/// The user name was free when it was entered and is taken now: back to the page that asks for it, with everything else
/// kept. Nothing has been written.
async fn back_to_username(walk: &mut Walk<'_>, tx: &mut Tx) -> std::result::Result<Answered, Halt> {
    let asks = |id: &BindingId| {
        let prompts = challenge::step(&walk.outline, *id).map(|step| step.prompts.as_slice()).unwrap_or_default();
        prompts
            .iter()
            .any(|prompt| prompt.field_key == "username" && prompt.kind != PromptType::Hidden && prompt.is_asked())
    };
    let Some(position) = walk.enrollment.plan.iter().position(asks) else { return Err(Halt::UsernameTaken) };
    if walk.login.is_some() || walk.switched {
        return Err(Halt::UsernameTaken);
    }
    walk.enrollment.position = position;
    walk.save(tx).await?;
    again(walk, tx, None, Faults::at("username", AnswerFault::Taken)).await
}

async fn again(
    walk: &Walk<'_>,
    tx: &mut Tx,
    typed: Option<&Answers>,
    faults: Faults,
) -> std::result::Result<Answered, Halt> {
    let page = walk.page(challenge::asking(&walk.enrollment, &walk.outline))?;
    match challenge::build(tx, walk.place, &walk.enrollment, &walk.outline, &page, typed, faults).await? {
        Some(challenge) => Ok(Answered::Again(Box::new(challenge))),
        None => Err(Halt::misconfigured("the flow has no stages")),
    }
}
