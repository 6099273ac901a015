//! The identification stage: asks who somebody is, and perhaps for the password on the same page.

use crate::domain::stage::{IdentificationStage, UserField};
use crate::domain::text;
use crate::domain::user::{User, Username};
use crate::store::{Tx, users};

use super::super::challenge::Faults;
use super::super::memo::Halt;
use super::super::walk::Walk;
use super::super::{Answers, Remark};
use super::password;

/// The field that asks who somebody is.
pub(crate) const FIELD: &str = "uid_field";
/// The longest answer that anybody could be found by.
const LONGEST: usize = 254;

/// Finds who somebody says they are. Unknown people are led on as known ones where the stage says so: what they can't do
/// they learn nothing from.
pub(crate) async fn respond(
    walk: &mut Walk<'_>,
    tx: &mut Tx,
    stage: &IdentificationStage,
    answers: &Answers,
) -> Result<Faults, Halt> {
    let given = answers.get(FIELD).map(str::trim).unwrap_or_default();
    if given.is_empty() || text::check_line(given, LONGEST).is_err() {
        return Ok(Faults::of(Remark::NotAuthenticated));
    }
    let user = find(tx, stage, given).await?;
    if stage.password_stage.is_some() {
        let right = password::is_right(walk, tx, given, user.as_ref(), answers).await?;
        if !right {
            return Ok(Faults::of(Remark::NotAuthenticated));
        }
    } else if user.is_none() && !stage.pretend_user_exists {
        return Ok(Faults::of(Remark::NotAuthenticated));
    }
    let context = &mut walk.enrollment.context;
    context.identifier = Some(given.to_owned());
    context.pending_user = user.map(|user| user.id);
    context.course.own = false;
    context.course.wrong_passwords = 0;
    Ok(Faults::default())
}

/// The user of a name, an address or an UPN, whichever the stage looks by, in its order.
async fn find(tx: &mut Tx, stage: &IdentificationStage, given: &str) -> Result<Option<User>, Halt> {
    for field in &stage.user_fields {
        let (found, known) = match field {
            UserField::Username => {
                let Ok(name) = Username::parse(given) else { continue };
                let user = users::find_by_username(tx, &name).await?.map(|view| view.user);
                let known = user.as_ref().map(|user| user.username.to_string());
                (user, known)
            }
            UserField::Email => {
                let user = users::find_by_email(tx, given).await?;
                let known = user.as_ref().map(|user| user.email.clone());
                (user, known)
            }
            UserField::Upn => {
                let user = users::find_by_upn(tx, given).await?;
                let known = user.as_ref().and_then(|user| Some(user.attributes.get("upn")?.as_str()?.to_owned()));
                (user, known)
            }
        };
        if found.is_some() && (stage.case_insensitive_matching || known.as_deref() == Some(given)) {
            return Ok(found);
        }
    }
    Ok(None)
}
