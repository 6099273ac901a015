//! The invitation stage: takes the invitation that the link named into the context. It spends nothing: the account's
//! writing does (where authentik deletes a single-use invitation when this stage runs).

use crate::domain::prompt_data;
use crate::domain::stage::InvitationStage;
use crate::store::{Tx, invitations};

use super::super::Refusal;
use super::super::memo::Halt;
use super::super::walk::Walk;
use super::Ran;

/// Takes the invitation into the context, or refuses to go on without one.
pub(crate) async fn enter(walk: &mut Walk<'_>, tx: &mut Tx, stage: &InvitationStage) -> Result<Ran, Halt> {
    let enrollment = &mut walk.enrollment;
    if enrollment.context.invitation_in_effect {
        return Ok(Ran::Passed);
    }
    let invitation = match enrollment.invitation {
        Some(id) => invitations::find(tx, id).await?,
        None => None,
    };
    match invitation {
        Some(view) => {
            prompt_data::merge(&mut enrollment.context.prompt_data, &view.invitation.settings.fixed_data);
            enrollment.context.invitation_in_effect = true;
            Ok(Ran::Passed)
        }
        None if stage.continue_flow_without_invitation => Ok(Ran::Passed),
        None => Err(Halt::Refused(Refusal::InvitationNeeded)),
    }
}
