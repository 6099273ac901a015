//! Making a plan: whom the flow applies to, and which of its stages stay in (flow-execution reference, section 2).

use super::memo::Halt;
use super::walk::Walk;
use crate::store::Tx;

/// Makes the plan of the walk's enrollment, from its first stage.
pub(super) async fn plan(walk: &mut Walk<'_>, tx: &mut Tx) -> Result<(), Halt> {
    if let Err(messages) = walk.flow_applies(tx).await? {
        return Err(walk.not_applicable(messages));
    }
    let mut plan = Vec::new();
    for step in walk.outline.steps.clone() {
        if walk.is_planned(tx, &step).await? {
            plan.push(step.binding.id);
        }
    }
    walk.enrollment.plan = plan;
    walk.enrollment.position = 0;
    Ok(())
}
