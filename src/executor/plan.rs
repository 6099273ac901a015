//! Opening a flow, and looking at where an enrollment has got to.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::challenge::{self, Challenge, Faults};
use super::page::{self, Page, has_expressions};
use super::stage;
use super::{Executor, Refusal, Result};
use crate::domain::enrollment::{Context, Enrollment, Session, SessionHash};
use crate::domain::event::Act;
use crate::domain::flow::{Authentication, DeniedAction, Designation, Outline};
use crate::domain::invitation::InvitationView;
use crate::policy::{Http, record};
use crate::store::{Tx, enrollments, flows, groups, invitations, sessions, users};

/// How long the page that a flow ends with is shown to whoever opens the flow again; from then on it begins anew.
const CLOSING_LIFE: TimeDelta = TimeDelta::minutes(2);
/// How long after its last step an enrollment is kept: somebody may look for a document, or sleep over it.
pub(super) const ENROLLMENT_LIFE: TimeDelta = TimeDelta::hours(24);
/// How long a session is kept for somebody who is not signed in.
pub(super) const SESSION_LIFE: TimeDelta = TimeDelta::days(30);

/// A request to begin a flow.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The flow's slug.
    pub slug: &'a str,
    /// The token of the link, as it was sent; none where somebody comes without a link.
    pub token: Option<&'a str>,
    /// The visitor's session, if there is one.
    pub session: Option<SessionHash>,
    /// The hash of a new token, for a visitor without a session.
    pub fresh: SessionHash,
    /// The page's query without the tokens of invitations, of which `next` and `flow_token` mean something here.
    pub query: &'a [(String, String)],
    /// The browser's request, as policies see it.
    pub http: Option<Http>,
    /// Who, from where, when.
    pub act: Act<'a>,
}

/// A request to see a page.
#[derive(Debug)]
pub struct Looking<'a> {
    /// The flow's slug.
    pub slug: &'a str,
    /// The visitor's session, if there is one.
    pub session: Option<&'a [u8]>,
    /// The browser's request, as the expressions of prompts see it.
    pub http: Option<Http>,
    /// Who, from where, when.
    pub act: Act<'a>,
}

/// What became of a request to begin a flow.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    /// The enrollment waits; [`Executor::look`] shows its page.
    Begun {
        /// Whether the session is the new one.
        fresh: bool,
    },
    /// The flow has led into another one, whose page waits.
    Switched {
        /// That flow's slug.
        slug: String,
        /// Whether the session is the new one.
        fresh: bool,
    },
    /// The flow is not for this visitor, who is led on: to a path of ours.
    Elsewhere(String),
    /// The flow does not begin.
    Refused(Refusal),
    /// Too many links were opened from there; nothing was looked up. It can be tried again after so long.
    TooOften(Duration),
}

/// What a visitor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Questions.
    Challenge(Challenge),
    /// The flow is over.
    Closed(Closing),
    /// The flow is not for this visitor, who is led on: to a path of ours.
    Elsewhere(String),
    /// The flow does not go on.
    Refused(Refusal),
    /// Nothing is under way, and the flow can be begun: begin it.
    NotBegun,
}

/// How a flow ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "facts that have nothing to do with one another")]
pub struct Closing {
    /// The flow's title.
    pub title: String,
    /// The account that it was about: its user name.
    pub username: Option<String>,
    /// Whether that user is signed in now.
    pub signed_in: bool,
    /// Whether that account waits for activation.
    pub waits_for_activation: bool,
    /// Whether the account was made by this flow.
    pub created: bool,
    /// Whether the flow can be begun again without an invitation.
    pub can_begin_again: bool,
    /// Whether that is likely to be wanted: settings are changed once more, another person makes an account.
    pub offers_again: bool,
    /// Where to go on: a path of ours, or an `http` or `https` address that a policy or a stage named.
    pub next: Option<String>,
}

impl Executor {
    /// Shows where a visitor's enrollment has got to. Nothing changes; what expressions of prompts want in the log is
    /// written.
    pub async fn look(&self, looking: Looking<'_>) -> Result<View> {
        let mut page = Page::default();
        let view = self.view(&looking, &mut page).await?;
        if !page.events.is_empty() {
            let mut tx = self.store.begin_write().await?;
            record(&page.events, &mut tx, &looking.act).await?;
            tx.commit().await?;
        }
        Ok(view)
    }

    /// The same for a program that only asks whether there is anything: nothing is written.
    pub async fn glance(&self, looking: Looking<'_>) -> Result<View> {
        self.view(&looking, &mut Page::default()).await
    }

    /// What to say to somebody who answers a page of an enrollment that is not under way any more.
    pub async fn forgotten(&self, looking: &Looking<'_>) -> Result<Refusal> {
        let mut tx = self.store.begin().await?;
        let Some(outline) = outline(&mut tx, looking.slug).await? else { return Ok(Refusal::NoSuchFlow) };
        let other = match looking.session {
            Some(hash) => enrollments::find(&mut tx, hash, looking.act.at).await?,
            None => None,
        };
        let needs_invitation = stage::needs_invitation(&outline);
        Ok(match other {
            Some(_) => Refusal::OtherOpened { can_begin_again: !needs_invitation },
            None if needs_invitation => Refusal::InvitationNeeded,
            None => Refusal::Forgotten,
        })
    }

    async fn view(&self, looking: &Looking<'_>, page: &mut Page) -> Result<View> {
        let now = looking.act.at;
        let mut tx = self.store.begin().await?;
        let Some(outline) = outline(&mut tx, looking.slug).await? else {
            return Ok(View::Refused(Refusal::NoSuchFlow));
        };
        let Some((session, enrollment)) = current(&mut tx, looking.session, &outline, now).await? else {
            let needs_invitation = stage::needs_invitation(&outline);
            return Ok(if needs_invitation { View::Refused(Refusal::InvitationNeeded) } else { View::NotBegun });
        };
        if enrollment.done {
            if is_over(&enrollment, &session, &outline, now) {
                return Ok(View::Closed(closing(&mut tx, &enrollment, &session, &outline).await?));
            }
            return Ok(View::NotBegun);
        }
        if let Some(refusal) = obstacle(&mut tx, &enrollment, &session, &outline, now).await? {
            return Ok(match elsewhere(&outline, &enrollment.context).filter(|_| refusal.is_about_visitor()) {
                Some(to) => View::Elsewhere(to),
                None => View::Refused(refusal),
            });
        }
        if enrollment.context.course.dropped {
            let needs_invitation = enrollment.invitation.is_none() && stage::needs_invitation(&outline);
            return Ok(if needs_invitation { View::Refused(Refusal::InvitationNeeded) } else { View::NotBegun });
        }
        if has_changed(&enrollment, &outline) && !outline.steps.is_empty() {
            return Ok(View::NotBegun);
        }
        if let Some(refusal) = stage::not_executed(&enrollment, &outline) {
            return Ok(View::Refused(refusal));
        }
        if let Some(step) = challenge::asking(&enrollment, &outline).filter(|step| has_expressions(&step.prompts)) {
            let request = page::request(&enrollment, &session, &looking.act, looking.http.as_ref(), false);
            // No connection to the database is held while it waits for its turn.
            tx.rollback().await?;
            let policies = self.policies.in_turn().await?;
            tx = self.store.begin().await?;
            *page = page::evaluate(&policies, &mut tx, &step.prompts, &request).await?;
        }
        Ok(
            match challenge::build(&mut tx, self.place(), &enrollment, &outline, page, None, Faults::default()).await? {
                Some(challenge) => View::Challenge(challenge),
                None => View::Refused(Refusal::Misconfigured("the flow has no stages".into())),
            },
        )
    }
}

/// Whether a flow that has ended shows its end. One that needs no invitation can be begun again: a sign-in as soon as
/// nobody is signed in any more.
fn is_over(enrollment: &Enrollment, session: &Session, outline: &Outline, now: DateTime<Utc>) -> bool {
    if enrollment.invitation.is_some() || stage::needs_invitation(outline) {
        return true;
    }
    let recent = now - enrollment.updated_at < CLOSING_LIFE;
    match outline.flow.designation {
        Designation::Authentication => recent && session.user.is_some(),
        Designation::Invalidation => recent && session.user.is_none(),
        _ => recent,
    }
}

/// Where a flow that is not for a visitor leads them, if it does.
pub(super) fn elsewhere(outline: &Outline, context: &Context) -> Option<String> {
    match outline.flow.denied_action {
        DeniedAction::Message => None,
        DeniedAction::MessageContinue => context.next().map(str::to_owned),
        DeniedAction::Continue => Some(context.next().unwrap_or("/").to_owned()),
    }
}

/// The flow with all that it needs to run.
pub(super) async fn outline(tx: &mut Tx, slug: &str) -> Result<Option<Outline>> {
    match flows::find_by_slug(tx, slug).await? {
        Some(flow) => Ok(Some(flows::outline(tx, flow).await?)),
        None => Ok(None),
    }
}

/// A visitor's session and the enrollment in it, where it is one through this flow.
pub(super) async fn current(
    tx: &mut Tx,
    session: Option<&[u8]>,
    outline: &Outline,
    now: DateTime<Utc>,
) -> Result<Option<(Session, Enrollment)>> {
    let Some(hash) = session else { return Ok(None) };
    let Some(session) = sessions::find(tx, hash, now).await? else { return Ok(None) };
    let enrollment = enrollments::find(tx, hash, now).await?.filter(|enrollment| enrollment.flow == outline.flow.id);
    Ok(enrollment.map(|enrollment| (session, enrollment)))
}

/// Why an invitation can't be used for this flow now. The other flow is told first: whether an invitation is used up
/// is nobody's business at another door.
pub(super) fn unusable(view: &InvitationView, outline: &Outline, now: DateTime<Utc>) -> Option<Refusal> {
    if view.invitation.settings.flow.is_some_and(|flow| flow != outline.flow.id) {
        return Some(Refusal::OtherFlow);
    }
    Refusal::of_status(view.invitation.status(now))
}

/// Keeps an enrollment alive after a step.
pub(super) fn touch(enrollment: &mut Enrollment, now: DateTime<Utc>) {
    enrollment.updated_at = now;
    enrollment.expires_at = now + ENROLLMENT_LIFE;
}

/// Whether somebody changed the flow under an enrollment so that its plan no longer fits.
pub(super) fn has_changed(enrollment: &Enrollment, outline: &Outline) -> bool {
    enrollment.plan.iter().any(|id| challenge::step(outline, *id).is_none())
}

/// Why an enrollment under way can't go on: the invitation ended meanwhile, or the flow is not for this visitor.
pub(super) async fn obstacle(
    tx: &mut Tx,
    enrollment: &Enrollment,
    session: &Session,
    outline: &Outline,
    now: DateTime<Utc>,
) -> Result<Option<Refusal>> {
    if let Some(id) = enrollment.invitation.filter(|_| !enrollment.context.use_counted) {
        let refusal = match invitations::find(tx, id).await? {
            Some(view) => unusable(&view, outline, now),
            None => Some(Refusal::InvitationNotFound),
        };
        if refusal.is_some() {
            return Ok(refusal);
        }
    }
    not_for(tx, enrollment, session, outline).await
}

/// The flow's authentication requirement (flow-execution reference, section 2). What the flow itself has changed about who
/// is signed in does not count.
pub(super) async fn not_for(
    tx: &mut Tx,
    enrollment: &Enrollment,
    session: &Session,
    outline: &Outline,
) -> Result<Option<Refusal>> {
    let course = &enrollment.context.course;
    if course.settled {
        return Ok(None);
    }
    if course.own && session.user != enrollment.context.pending_user {
        // Somebody else sits here now, or nobody does.
        return Ok(Some(Refusal::SignInNeeded));
    }
    Ok(match (outline.flow.authentication, session.user) {
        (Authentication::None, _)
        | (Authentication::RequireUnauthenticated, None)
        | (Authentication::RequireAuthenticated, Some(_)) => None,
        (Authentication::RequireUnauthenticated, Some(user)) => {
            let username = users::find(tx, user).await?.map(|user| user.username.to_string()).unwrap_or_default();
            Some(Refusal::SignedIn { username })
        }
        (Authentication::RequireAuthenticated | Authentication::RequireSuperuser, None) => Some(Refusal::SignInNeeded),
        (Authentication::RequireSuperuser, Some(user)) => {
            (!groups::is_superuser(tx, user).await?).then_some(Refusal::NotApplicable)
        }
        (Authentication::RequireRedirect, _) if enrollment.context.other.contains_key("is_redirected") => None,
        (Authentication::RequireRedirect | Authentication::RequireOutpost, _) => Some(Refusal::NotApplicable),
    })
}

/// How a finished enrollment ended.
pub(super) async fn closing(
    tx: &mut Tx,
    enrollment: &Enrollment,
    session: &Session,
    outline: &Outline,
) -> Result<Closing> {
    let user = match enrollment.context.pending_user {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    let can_begin_again = !stage::needs_invitation(outline);
    let offers_again = match outline.flow.designation {
        Designation::StageConfiguration => can_begin_again,
        Designation::Enrollment => can_begin_again && session.user.is_none(),
        _ => false,
    };
    Ok(Closing {
        title: challenge::title(tx, enrollment, outline).await?,
        signed_in: user.as_ref().is_some_and(|user| session.user == Some(user.id)),
        can_begin_again,
        offers_again,
        waits_for_activation: user.as_ref().is_some_and(|user| !user.is_active),
        username: user.map(|user| user.username.to_string()),
        created: enrollment.context.course.created,
        next: next(&enrollment.context),
    })
}

/// Where to go on: what a policy or a stage said, else what the page's address said.
fn next(context: &Context) -> Option<String> {
    let said = context.other.get("redirect").and_then(serde_json::Value::as_str);
    said.filter(|to| stage::is_followed(to)).or(context.next()).map(str::to_owned)
}
