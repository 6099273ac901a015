//! What this program keeps and does not run. Nothing of a flow is skipped in silence: whoever reaches such a part is
//! refused, and lists and diagnosis say so before.

use super::flow::{Authentication, Outline, OutlineStep};
use super::stage::{GeoipBinding, NetworkBinding, OtherStage, StageKind, Typed};
use super::text::printable;

/// Why a stage is not executed here, as the end of a sentence that begins with its name.
pub fn obstacle(step: &OutlineStep) -> Option<String> {
    match &step.stage.kind {
        StageKind::Other(other) => other_obstacle(other),
        StageKind::UserLogin(login)
            if login.network_binding != NetworkBinding::NoBinding || login.geoip_binding != GeoipBinding::NoBinding =>
        {
            Some("binds sessions to networks or places, which is not done here".to_owned())
        }
        StageKind::UserLogin(_) | StageKind::Invitation(_) | StageKind::Prompt(_) | StageKind::UserWrite(_) => None,
    }
}

fn other_obstacle(stage: &OtherStage) -> Option<String> {
    match stage.typed() {
        Err(why) => Some(why),
        Ok(Typed::Captcha) => Some(format!("is {}, which is not executed here", stage.model.noun())),
        Ok(Typed::Identification(asks)) if asks.captcha_stage.is_some() => {
            Some("asks whether somebody is human by a captcha, which is not executed here".to_owned())
        }
        Ok(Typed::Identification(asks)) if asks.user_fields.is_empty() => {
            Some("identifies people by sources only, which there are none of here".to_owned())
        }
        Ok(Typed::Password(asks)) if !asks.is_inbuilt() => {
            Some("looks passwords up elsewhere, which is not done here".to_owned())
        }
        Ok(_) => None,
    }
}

/// Why a flow is not executed here from its very beginning, as the end of a sentence that begins with its slug.
pub fn flow_obstacle(outline: &Outline) -> Option<&'static str> {
    let from_outposts = outline.flow.authentication == Authentication::RequireOutpost;
    from_outposts.then_some("may be begun by outposts only, which there are none of here")
}

/// Every part of a flow that is not executed here, a sentence each, without the full stop.
pub fn obstacles(outline: &Outline) -> Vec<String> {
    let flow = flow_obstacle(outline).map(|why| format!("The flow {} {why}", outline.flow.slug));
    let steps = outline.steps.iter().filter_map(|step| {
        let name = printable(&step.stage.name);
        Some(format!("In {} the stage `{name}` {}", outline.flow.slug, obstacle(step)?))
    });
    flow.into_iter().chain(steps).collect()
}
