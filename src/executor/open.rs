//! Beginning a flow, by a link or without one.

use super::memo::{Halt, Memo};
use super::plan::{self, ENROLLMENT_LIFE, Opened, Opening, SESSION_LIFE};
use super::walk::{Reached, Walk};
use super::{Attempt, Executor, ExecutorError, Refusal, Result, planning, stage};
use crate::clock;
use crate::domain::enrollment::{Context, Course, Enrollment, Session};
use crate::domain::flow::{Designation, Outline};
use crate::domain::id::{EnrollmentId, InvitationId};
use crate::domain::invitation::InvitationView;
use crate::store::{Tx, enrollments, invitations, mail_links, sessions};

/// The key of a query that brings the token of a mail's link.
pub(super) const LINK_TOKEN: &str = "flow_token";

impl Executor {
    /// Opens a flow, with or without a link's token. It counts the opening and spends nothing.
    pub async fn open(&self, opening: Opening<'_>) -> Result<Opened> {
        self.enter(opening, true).await
    }

    /// What opening a flow would lead to. Nothing begins and no opening is counted; what is counted are attempts, as
    /// guesses can be made this way too.
    pub async fn peek(&self, opening: Opening<'_>) -> Result<Opened> {
        self.enter(opening, false).await
    }

    async fn enter(&self, opening: Opening<'_>, stays: bool) -> Result<Opened> {
        let pass = |attempt| self.gate.pass(&opening.act.by.address, attempt);
        if opening.is_by_link()
            && let Err(wait) = pass(Attempt::Link)
        {
            return Ok(Opened::TooOften(wait));
        }
        let mut memo = Memo::default();
        loop {
            let mut tx = self.store.begin_write().await?;
            match begin(self, &mut tx, &opening, &memo).await {
                Ok(opened) if stays => {
                    tx.commit().await?;
                    return Ok(opened);
                }
                Ok(opened) => {
                    let shown = as_shown(&mut tx, &opening, opened).await?;
                    tx.rollback().await?;
                    return Ok(shown);
                }
                Err(Halt::Needs(question)) => {
                    tx.rollback().await?;
                    match self.find_out(&mut memo, question).await {
                        Err(ExecutorError::Endless) => return Ok(Opened::Refused(Refusal::endless())),
                        found => found?,
                    }
                }
                Err(Halt::Elsewhere(to)) => return Ok(Opened::Elsewhere(to)),
                Err(
                    Halt::Refused(refusal @ (Refusal::Denied { .. } | Refusal::NotApplicable)) | Halt::Denied(refusal),
                ) => {
                    // What policies had to log stays.
                    if stays {
                        tx.commit().await?;
                    } else {
                        tx.rollback().await?;
                    }
                    return Ok(Opened::Refused(refusal));
                }
                Err(Halt::Refused(refusal)) => {
                    if matches!(refusal, Refusal::InvitationNotFound | Refusal::LinkUsed) {
                        // Counted for the next time; this answer is known.
                        let _ = pass(Attempt::BadLink);
                    }
                    return Ok(Opened::Refused(refusal));
                }
                Err(Halt::UsernameTaken) => return Ok(Opened::Refused(Refusal::UsernameTaken)),
                Err(Halt::Failed(error)) => return Err(error),
                // Nothing is written where somebody only looks.
                Err(Halt::CommitFirst) => return Ok(Opened::Refused(Refusal::endless())),
            }
        }
    }
}

impl Opening<'_> {
    /// Whether it brings a token, an invitation's or a mail's.
    fn is_by_link(&self) -> bool {
        self.token.is_some() || self.query.iter().any(|(key, _)| key == LINK_TOKEN)
    }
}

/// What the page of a flow that has just begun without a link would show: perhaps that it is not for this visitor.
async fn as_shown(tx: &mut Tx, opening: &Opening<'_>, opened: Opened) -> Result<Opened> {
    let Opened::Begun { fresh } = opened else { return Ok(opened) };
    let session = if fresh { Some(&opening.fresh) } else { opening.session.as_ref() };
    let (Some(outline), false) = (plan::outline(tx, opening.slug).await?, opening.is_by_link()) else {
        return Ok(opened);
    };
    let now = opening.act.at;
    let Some((session, enrollment)) = plan::current(tx, session.map(Vec::as_slice), &outline, now).await? else {
        return Ok(opened);
    };
    let Some(refusal) = plan::obstacle(tx, &enrollment, &session, &outline, now).await? else { return Ok(opened) };
    Ok(match plan::elsewhere(&outline, &enrollment.context).filter(|_| refusal.is_about_visitor()) {
        Some(to) => Opened::Elsewhere(to),
        None => Opened::Refused(refusal),
    })
}

async fn begin(
    executor: &Executor,
    tx: &mut Tx,
    opening: &Opening<'_>,
    memo: &Memo,
) -> std::result::Result<Opened, Halt> {
    let now = opening.act.at;
    let Some(outline) = plan::outline(tx, opening.slug).await? else {
        return Err(Halt::Refused(Refusal::NoSuchFlow));
    };
    let known = match &opening.session {
        Some(hash) => sessions::find(tx, hash, now).await?,
        None => None,
    };
    let fresh = known.is_none();
    let session =
        known.unwrap_or(Session { token_hash: opening.fresh.clone(), user: None, expires_at: now + SESSION_LIFE });
    let link = opening.query.iter().rev().find(|(key, _)| key == LINK_TOKEN);
    if let Some((_, token)) = link {
        return follow_link(tx, &stage::hash(token), &outline, &session, fresh, opening).await;
    }
    let before = left_behind(tx, opening, &outline).await?;
    let found = find_invitation(tx, opening, &outline).await?;
    if let (Some(view), Some(before)) = (&found, &before)
        && goes_on(view, before, &outline)
    {
        invitations::record_open(tx, view.invitation.id, now).await?;
        return Ok(Opened::Begun { fresh });
    }
    let (invitation, is_opened) = match found {
        Some(view) => (Some(view.invitation.id), true),
        None => (before.as_ref().and_then(|before| before.invitation), false),
    };
    if invitation.is_none() && stage::needs_invitation(&outline) {
        return Err(Halt::Refused(Refusal::InvitationNeeded));
    }
    if outline.flow.designation == Designation::Authentication && session.user.is_some() {
        let context = Context { query: query(opening), ..Context::default() };
        return Err(Halt::Elsewhere(context.next().unwrap_or("/").to_owned()));
    }
    let mut enrollment = new_enrollment(&session, &outline, invitation, opening);
    if let Some(before) = before.filter(|before| !is_opened && plan::has_changed(before, &outline)) {
        enrollment.context = before.context;
    }
    let mut walk = Walk {
        http: opening.http.as_ref(),
        fresh: &opening.fresh,
        place: executor.place(),
        acting: false,
        ..Walk::new(memo, opening.act, outline, enrollment, session)
    };
    first_plan(&mut walk, tx).await?;
    if fresh {
        sessions::insert(tx, &walk.session, now).await?;
    }
    // The enrollment before the invitation, as everywhere: two transactions that lock both in turn would wait for
    // each other for ever.
    enrollments::replace(tx, &walk.enrollment).await?;
    if let (Some(id), true) = (invitation, is_opened) {
        invitations::record_open(tx, id, now).await?;
    }
    if walk.switched {
        return Ok(Opened::Switched { slug: walk.outline.flow.slug.to_string(), fresh });
    }
    Ok(Opened::Begun { fresh })
}

/// Makes the plan and goes to the first stage that waits.
async fn first_plan(walk: &mut Walk<'_>, tx: &mut Tx) -> std::result::Result<(), Halt> {
    if plan::not_for(tx, &walk.enrollment, &walk.session, &walk.outline).await?.is_some() {
        // The page says why. The plan is made once it is for this visitor, who may sign out and go on.
        walk.enrollment.context.course.dropped = true;
    } else {
        planning::plan(walk, tx).await?;
        match walk.onward(tx).await? {
            Reached::Waits => {}
            Reached::End => walk.enrollment.done = walk.enrollment.plan.is_empty() && !walk.outline.steps.is_empty(),
            Reached::Denied(messages) => return Err(Halt::Refused(Refusal::Denied { messages })),
        }
    }
    Ok(())
}

/// The invitation of a token, where it may be used for this flow now.
async fn find_invitation(
    tx: &mut Tx,
    opening: &Opening<'_>,
    outline: &Outline,
) -> std::result::Result<Option<InvitationView>, Halt> {
    let Some(token) = opening.token else { return Ok(None) };
    let found = match InvitationId::parse(token) {
        Some(id) => invitations::find(tx, id).await?,
        None => None,
    };
    let Some(view) = found else { return Err(Halt::Refused(Refusal::InvitationNotFound)) };
    match plan::unusable(&view, outline, opening.act.at) {
        Some(refusal) => Err(Halt::Refused(refusal)),
        None => Ok(Some(view)),
    }
}

/// An enrollment whose plan was given up, or whose flow was changed meanwhile: whoever begins again need not look for the
/// link, and in the second case need not type again.
async fn left_behind(
    tx: &mut Tx,
    opening: &Opening<'_>,
    outline: &Outline,
) -> std::result::Result<Option<Enrollment>, Halt> {
    let Some(session) = &opening.session else { return Ok(None) };
    let before = enrollments::find(tx, session, opening.act.at).await?;
    let Some(mut before) = before.filter(|it| it.flow == outline.flow.id && !it.done) else { return Ok(None) };
    if let Some(id) = before.invitation.filter(|_| !before.context.use_counted) {
        let view = invitations::find(tx, id).await?;
        before.invitation = view.filter(|view| plan::unusable(view, outline, opening.act.at).is_none()).map(|_| id);
    }
    Ok(Some(before))
}

/// Whether somebody who opens the same link once more finds the page where they were. The link of several people may be
/// opened by the next of them at the same machine, and what was changed about an invitation has to count.
fn goes_on(view: &InvitationView, before: &Enrollment, outline: &Outline) -> bool {
    let invitation = &view.invitation;
    before.invitation == Some(invitation.id)
        && invitation.settings.max_uses == Some(1)
        && invitation.updated_at <= before.created_at
        && !before.plan.is_empty()
        && !before.context.course.dropped
        && !plan::has_changed(before, outline)
}

/// What the page's address said, without what is secret in it.
fn query(opening: &Opening<'_>) -> Vec<(String, String)> {
    opening.query.iter().filter(|(key, _)| key != LINK_TOKEN).cloned().collect()
}

fn new_enrollment(
    session: &Session,
    outline: &Outline,
    invitation: Option<InvitationId>,
    opening: &Opening<'_>,
) -> Enrollment {
    let now = opening.act.at;
    // Whoever is signed in is whom the flow is about, unless it makes or finds an account.
    let about = session.user.filter(|_| {
        use Designation::{Authentication, Enrollment, Recovery};
        !matches!(outline.flow.designation, Enrollment | Authentication | Recovery)
    });
    Enrollment {
        id: EnrollmentId(clock::new_id()),
        session: session.token_hash.clone(),
        flow: outline.flow.id,
        invitation,
        plan: Vec::new(),
        position: 0,
        context: Context {
            query: query(opening),
            pending_user: about,
            course: Course { own: about.is_some(), ..Course::default() },
            ..Context::default()
        },
        done: false,
        created_at: now,
        updated_at: now,
        expires_at: now + ENROLLMENT_LIFE,
    }
}

/// Follows the link of a mail, perhaps in another browser: the plan is as it was. Programs open links too, so the person
/// is asked, and only the answer uses the link up.
async fn follow_link(
    tx: &mut Tx,
    hash: &[u8],
    outline: &Outline,
    session: &Session,
    fresh: bool,
    opening: &Opening<'_>,
) -> std::result::Result<Opened, Halt> {
    let now = opening.act.at;
    let link = mail_links::find(tx, hash, now).await?.filter(|link| link.flow == outline.flow.id);
    let Some(link) = link.filter(|link| link.used_at.is_none()) else {
        let here = enrollments::find(tx, &session.token_hash, now).await?;
        let goes_on = here.is_some_and(|it| it.flow == outline.flow.id && it.context.course.confirmed.is_some());
        // Whoever follows it twice in one browser is where it led already.
        return if goes_on { Ok(Opened::Begun { fresh }) } else { Err(Halt::Refused(Refusal::LinkUsed)) };
    };
    let mut enrollment = new_enrollment(session, outline, link.invitation, opening);
    enrollment.plan = link.plan;
    enrollment.position = link.position;
    enrollment.context = link.context;
    enrollment.context.course.mailed = Some(link.stage);
    enrollment.context.course.unconfirmed = Some(hash.to_vec());
    enrollment.context.course.own = false;
    if fresh {
        sessions::insert(tx, session, now).await?;
    }
    enrollments::replace(tx, &enrollment).await?;
    Ok(Opened::Begun { fresh })
}
