//! The consent stage: asks whether to go on. Without applications there is nothing to remember, so it always asks.

use super::super::challenge::Faults;
use super::super::component::consent_token;
use super::super::walk::Walk;
use super::super::{Answers, Remark};

/// Takes the consent of a form that was made for this enrollment.
pub(crate) fn respond(walk: &Walk<'_>, answers: &Answers) -> Faults {
    if answers.get("token") == Some(consent_token(&walk.enrollment).as_str()) {
        Faults::default()
    } else {
        Faults::of(Remark::ConsentAgain)
    }
}
