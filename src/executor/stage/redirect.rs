//! The redirect stage: leads to an address, or into another flow.

use serde_json::{Value, json};

use crate::domain::enrollment::{Context, is_local};
use crate::domain::flow::Flow;
use crate::domain::stage::{RedirectMode, RedirectStage};
use crate::store::{Tx, flows};

use super::super::memo::Halt;
use super::super::walk::Walk;
use super::super::{plan, planning};
use super::Ran;

/// What a policy puts before the slug of a flow.
const FLOW_SCHEME: &str = "ak-flow://";

/// Leads on.
pub(crate) async fn run(walk: &mut Walk<'_>, tx: &mut Tx, stage: &RedirectStage) -> Result<Ran, Halt> {
    let said = walk.enrollment.context.other.get("redirect_stage_target").and_then(Value::as_str).map(str::to_owned);
    let flow = match (&said, stage.mode) {
        (Some(said), _) => match said.strip_prefix(FLOW_SCHEME) {
            Some(slug) => flows::find_by_slug(tx, slug).await?,
            None => return to_address(walk, said),
        },
        (None, RedirectMode::Static) => return to_address(walk, &stage.target_static),
        (None, RedirectMode::Flow) => match stage.target_flow {
            Some(id) => flows::find(tx, id).await?,
            None => None,
        },
    };
    let Some(flow) = flow else {
        return Err(Halt::misconfigured("the redirect stage leads to a flow that is not there"));
    };
    into(walk, tx, flow, stage.keep_context).await
}

/// The last stage ends the flow there; any other waits for a person who comes back.
fn to_address(walk: &mut Walk<'_>, to: &str) -> Result<Ran, Halt> {
    if !is_followed(to) {
        return Err(Halt::misconfigured("the redirect stage leads to no http address"));
    }
    walk.enrollment.context.other.insert("redirect".into(), json!(to));
    let is_last = walk.enrollment.position + 1 >= walk.enrollment.plan.len();
    Ok(if is_last && walk.acting { Ran::Passed } else { Ran::Waits })
}

/// Whether anybody is led to an address: `http`, `https`, or a path of ours.
pub(crate) fn is_followed(to: &str) -> bool {
    let has_host = |rest: &str| !rest.is_empty() && !rest.starts_with('/');
    let web = to.strip_prefix("https://").or_else(|| to.strip_prefix("http://")).is_some_and(has_host);
    is_local(to) || web && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Goes on in another flow, with what is known already or without it.
async fn into(walk: &mut Walk<'_>, tx: &mut Tx, flow: Flow, keep_context: bool) -> Result<Ran, Halt> {
    let before = &walk.enrollment.context;
    let mut context = if keep_context {
        before.clone()
    } else {
        Context { query: before.query.clone(), use_counted: before.use_counted, ..Context::default() }
    };
    context.other.remove("redirect_stage_target");
    context.other.insert("is_redirected".into(), json!(true));
    context.course.mailed = None;
    context.course.confirmed = None;
    walk.enrollment.flow = flow.id;
    walk.outline = flows::outline(tx, flow).await?;
    walk.enrollment.context = context;
    walk.switched = true;
    if let Some(refusal) = plan::not_for(tx, &walk.enrollment, &walk.session, &walk.outline).await? {
        return Err(Halt::Refused(refusal));
    }
    planning::plan(walk, tx).await?;
    Ok(Ran::Moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_a_script() {
        for good in ["https://example.com/x?y=1", "http://intern", "/if/flow/x/"] {
            assert!(is_followed(good), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "//evil", "https://", "https:///x", "x", "http://a b", ""]
        {
            assert!(!is_followed(bad), "{bad}");
        }
    }
}
