//! The email stage: sends a link that leads back here, in whatever browser, and waits until it is followed.
//!
//! Opening the link proves nothing yet: mail scanners open links too. The page that it leads to asks once more, and only
//! the answer to that uses the link up.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::domain::enrollment::{Context, MailLink, Notice};
use crate::domain::flow::OutlineStep;
use crate::domain::stage::EmailStage;
use crate::domain::user::{Email, User};
use crate::mail::{self, Language, Letter, MailError, Template, Values};
use crate::store::events::Object;
use crate::store::{Tx, mail_links, users};

use super::super::challenge::Faults;
use super::super::component::consent_token;
use super::super::memo::Halt;
use super::super::walk::Walk;
use super::super::{Answers, ExecutorError, Remark};
use super::Ran;

/// How much longer than it says a link is good, for clocks that differ.
const GRACE: TimeDelta = TimeDelta::minutes(1);
/// How long a link lasts where the stage's own time makes no sense.
const USUAL: TimeDelta = TimeDelta::minutes(30);
/// The subject that a stage has where nobody chose one; the template's own says more.
const NO_SUBJECT: &str = "authentik";

/// What the database knows of a link's token.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Sends the mail when the stage is reached first; goes on once its link was followed.
pub(crate) async fn run(walk: &mut Walk<'_>, tx: &mut Tx, step: &OutlineStep, stage: &EmailStage) -> Result<Ran, Halt> {
    let course = &walk.enrollment.context.course;
    if course.confirmed == Some(step.binding.id) {
        if let (true, Some(user)) = (stage.activate_user_on_success, walk.enrollment.context.pending_user) {
            users::set_active(tx, user, true, &walk.act).await?;
        }
        return Ok(Ran::Passed);
    }
    if course.mailed != Some(step.binding.id) {
        let remark = send(walk, tx, step, stage).await?;
        if let Remark::TooManyMails { minutes } = remark {
            walk.enrollment.context.notices.push(Notice::TooManyMails(minutes));
        }
        walk.enrollment.context.course.mailed = Some(step.binding.id);
    }
    Ok(Ran::Waits)
}

/// Takes the confirmation of who followed the link, or sends the mail once more.
pub(crate) async fn respond(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    step: &OutlineStep,
    stage: &EmailStage,
    answers: &Answers,
) -> Result<Faults, Halt> {
    let course = &walk.enrollment.context.course;
    if let Some(link) = course.unconfirmed.clone() {
        if answers.get("token") != Some(consent_token(&walk.enrollment).as_str()) {
            return Ok(Faults::of(Remark::ConsentAgain));
        }
        let is_first = mail_links::claim(tx, &link, walk.act.at).await?;
        let course = &mut walk.enrollment.context.course;
        course.unconfirmed = None;
        course.confirmed = is_first.then_some(step.binding.id);
        return Ok(if is_first { Faults::default() } else { Faults::of(Remark::LinkUsed) });
    }
    if course.mailed == Some(step.binding.id) {
        return Ok(Faults::of(send(walk, tx, step, stage).await?));
    }
    Ok(Faults::default())
}

/// Writes the mail, unless that was done too often. For people that there are not nothing is sent and the same is said.
async fn send(walk: &mut Walk<'_>, tx: &mut Tx, step: &OutlineStep, stage: &EmailStage) -> Result<Remark, Halt> {
    let now = walk.act.at;
    let context = &walk.enrollment.context;
    let user = match context.pending_user {
        Some(id) => users::find(tx, id).await?,
        None => None,
    };
    if user.is_none() && !context.is_pretended() {
        return Err(Halt::misconfigured("the email stage knows nobody to write to"));
    }
    let recipient = match (&context.identifier, &user) {
        (Some(identifier), _) => identifier.to_lowercase(),
        (None, user) => user.as_ref().map(|user| user.id.to_string()).unwrap_or_default(),
    };
    let window = TimeDelta::try_seconds(stage.recovery_cache_timeout.0).unwrap_or(USUAL);
    let sent = mail_links::count_since(tx, step.binding.id, &recipient, now - window).await?;
    if sent > u64::from(stage.recovery_max_attempts) {
        return Ok(Remark::TooManyMails { minutes: (window.num_seconds() + 59) / 60 });
    }
    let token = clock::new_secret()?;
    let life = TimeDelta::try_seconds(stage.token_expiry.0).filter(|life| *life > TimeDelta::zero()).unwrap_or(USUAL);
    let link = MailLink {
        token_hash: hash(&token),
        flow: walk.outline.flow.id,
        stage: step.binding.id,
        user: user.as_ref().map(|user| user.id),
        invitation: walk.enrollment.invitation,
        recipient,
        plan: walk.enrollment.plan.clone(),
        position: walk.enrollment.position,
        context: Context { notices: Vec::new(), ..context.clone() },
        created_at: now,
        expires_at: now.checked_add_signed(life + GRACE).unwrap_or(now + USUAL),
        used_at: None,
    };
    mail_links::insert(tx, &link).await?;
    if let Some(user) = user {
        write(walk, tx, step, stage, &user, &token).await?;
    }
    Ok(Remark::MailSent)
}

async fn write(
    walk: &Walk<'_>,
    tx: &mut Tx,
    step: &OutlineStep,
    stage: &EmailStage,
    user: &User,
    token: &str,
) -> Result<(), Halt> {
    let context = &walk.enrollment.context;
    let to = context.other.get("email").and_then(serde_json::Value::as_str).unwrap_or(&user.email);
    if Email::parse(to).is_err() {
        if context.identifier.is_some() {
            // Somebody without an address: who asks learns no more about them than about nobody.
            return Ok(());
        }
        return Err(Halt::misconfigured("the account has no address that the email stage could write to"));
    }
    let template = Template::of_stage(&stage.template).map_err(Halt::misconfigured)?;
    let life = TimeDelta::try_seconds(stage.token_expiry.0).unwrap_or(USUAL);
    let letter = Letter {
        to,
        subject: if stage.subject == NO_SUBJECT { "" } else { &stage.subject },
        template,
        values: Values {
            url: address(walk, token),
            site: host(walk.place.public_url).to_owned(),
            name: user.name.clone(),
            expires: walk.act.at.checked_add_signed(life),
            ..Values::default()
        },
        language: language(walk, user),
        about: Object("user", user.username.as_str()),
        invitation: None,
        stage: Some(&step.stage),
    };
    match mail::enqueue(tx, &letter, &walk.act).await {
        Ok(_) => Ok(()),
        Err(MailError::Store(error)) => Err(error.into()),
        Err(error) => Err(ExecutorError::Mail(error.to_string()).into()),
    }
}

/// The link, with what the page's address said about where to go on.
fn address(walk: &Walk<'_>, token: &str) -> String {
    let next = walk.enrollment.context.next().map(|next| format!("&next={}", encoded(next))).unwrap_or_default();
    format!("{}/if/flow/{}/?flow_token={token}{next}", walk.place.public_url, walk.outline.flow.slug)
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The host of an address, as people call a site.
pub(crate) fn host(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    rest.split(['/', ':']).next().unwrap_or_default()
}

/// The user's own language, else the browser's.
fn language(walk: &Walk<'_>, user: &User) -> Language {
    let own = user.attributes.get("settings").and_then(|settings| settings.get("locale")?.as_str());
    let headers = walk.http.map(|http| http.headers.as_slice()).unwrap_or_default();
    let asked = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("accept-language"));
    let first = asked.and_then(|(_, tags)| tags.split([',', ';']).next());
    Language::of_tag(own.filter(|own| !own.is_empty()).or(first).unwrap_or_default())
}
