//! A flow's plan in words: what each stage asks, what guards it, who decides, how several are put together, and when they
//! are asked.

use std::collections::BTreeMap;

use super::execution;
use super::flow::{Authentication, InvalidResponseAction, Outline, OutlineStep, PolicyEngineMode, StageBinding};
use super::id::{GroupId, PolicyId, PromptId, UserId};
use super::policy::{Decider, PolicyBinding, PolicyModel};
use super::prompt::Prompt;
use super::stage::StageKind;
use super::text::printable;

/// What those who decide are called. Outlines know them by their ids only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Policies that guard something or check answers.
    pub policies: BTreeMap<PolicyId, PolicyName>,
    /// Groups whose members pass, or that new accounts join.
    pub groups: BTreeMap<GroupId, String>,
    /// Users who pass.
    pub users: BTreeMap<UserId, String>,
    /// What the expressions of prompts use that is not available here.
    pub prompts: BTreeMap<PromptId, Vec<String>>,
}

/// What a policy is called, and what it can't do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyName {
    /// Its name.
    pub name: String,
    /// What kind of policy.
    pub model: PolicyModel,
    /// What its expression uses that is not available here.
    pub missing: Vec<String>,
}

/// A line of the plan. Its text can't steer a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The line.
    pub text: String,
    /// How far in it stands: what belongs to a line above is one deeper.
    pub depth: usize,
    /// Whether somebody should do something about it.
    pub is_problem: bool,
}

impl Said {
    fn plain(depth: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), depth, is_problem: false }
    }

    fn problem(depth: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), depth, is_problem: true }
    }
}

/// Who may begin a flow.
pub fn may_begin(authentication: Authentication) -> &'static str {
    match authentication {
        Authentication::None => "anybody",
        Authentication::RequireAuthenticated => "only who is signed in",
        Authentication::RequireUnauthenticated => "only who is not signed in",
        Authentication::RequireSuperuser => "only superusers",
        Authentication::RequireRedirect => "only who another flow leads here",
        Authentication::RequireOutpost => "only outposts",
    }
}

/// What guards the flow as a whole.
pub fn of_flow(outline: &Outline, names: &Names) -> Vec<Said> {
    let mut said = Vec::new();
    if let Some(why) = execution::flow_obstacle(outline) {
        said.push(Said::problem(0, format!("not executed here: it {why}")));
    }
    guards(&outline.policies, outline.flow.policy_engine_mode, "", names, &mut said);
    said
}

/// What a stage does at its place: what guards it, what it asks, what checks the answers, and what happens after a wrong
/// one.
pub fn of_step(step: &OutlineStep, names: &Names) -> Vec<Said> {
    let mut said = Vec::new();
    if let Some(why) = execution::obstacle(step) {
        let why = why.trim_end_matches(", which is not executed here");
        said.push(Said::problem(0, format!("not executed here: it {}", printable(why))));
    }
    said.extend(does(&step.stage.kind, names).map(|text| Said::plain(0, text)));
    let asked = if step.policies.is_empty() { "" } else { asked(&step.binding) };
    guards(&step.policies, step.binding.policy_engine_mode, asked, names, &mut said);
    if !step.prompts.is_empty() {
        said.push(Said::plain(0, "asks (* is required):"));
        said.extend(step.prompts.iter().flat_map(|prompt| asks(prompt, names)));
    }
    if let StageKind::Prompt(stage) = &step.stage.kind
        && !stage.validation_policies.is_empty()
    {
        said.push(Said::plain(0, "the answers have to pass:"));
        for id in &stage.validation_policies {
            said.push(Said::plain(1, names.decider(Decider::Policy(*id))));
            said.extend(names.missing(*id));
        }
    }
    match step.binding.invalid_response_action {
        InvalidResponseAction::Retry => {}
        InvalidResponseAction::Restart => said.push(Said::plain(0, "a wrong answer begins the flow again")),
        InvalidResponseAction::RestartWithContext => {
            said.push(Said::plain(0, "a wrong answer begins the flow again, with what was entered"));
        }
    }
    said
}

/// What a stage does that is worth a word.
fn does(kind: &StageKind, names: &Names) -> Option<String> {
    match kind {
        StageKind::Invitation(stage) if stage.continue_flow_without_invitation => {
            Some("goes on without an invitation".to_owned())
        }
        StageKind::Invitation(_) => Some("only with an invitation".to_owned()),
        StageKind::UserWrite(stage) => {
            let inactive = stage.create_users_as_inactive.then(|| "are inactive".to_owned());
            let group = stage.create_users_group;
            let group = group.map(|id| format!("join the {}", names.decider(Decider::Group(id))));
            let words: Vec<String> = inactive.into_iter().chain(group).collect();
            (!words.is_empty()).then(|| format!("new accounts {}", words.join(" and ")))
        }
        StageKind::Prompt(_) | StageKind::UserLogin(_) | StageKind::Other(_) => None,
    }
}

/// What a prompt asks: its label, where the answer goes, its type, whether an answer is needed.
fn asks(prompt: &Prompt, names: &Names) -> Vec<Said> {
    let required = if prompt.is_asked() && prompt.must_be_filled() { " *" } else { "" };
    let (label, key) = (printable(&prompt.label), printable(&prompt.field_key));
    let mut said = vec![Said::plain(1, format!("{label}{required} · {key} · {}", prompt.kind))];
    if let Some(missing) = names.prompts.get(&prompt.id) {
        said.push(Said::problem(2, unavailable(missing)));
    }
    said
}

fn unavailable(missing: &[String]) -> String {
    format!("uses what is not available here: {}", printable(&missing.join(", ")))
}

/// When the policies of a binding are asked.
fn asked(binding: &StageBinding) -> &'static str {
    match (binding.evaluate_on_plan, binding.re_evaluate_policies) {
        (true, true) => ", asked when the flow is planned and when the stage is run",
        (true, false) => ", asked when the flow is planned",
        (false, true) => ", asked when the stage is run",
        (false, false) => ", but never asked",
    }
}

fn guards(policies: &[PolicyBinding], mode: PolicyEngineMode, asked: &str, names: &Names, said: &mut Vec<Said>) {
    let needed = match (policies.iter().filter(|binding| binding.enabled).count(), mode) {
        (0, _) if policies.is_empty() => return,
        (0, _) => "guarded by nothing, all of these are off".to_owned(),
        (1, _) => format!("only if this passes{asked}"),
        (_, PolicyEngineMode::Any) => format!("only if any of these passes{asked}"),
        (_, PolicyEngineMode::All) => format!("only if all of these pass{asked}"),
    };
    said.push(Said::plain(0, needed + ":"));
    for binding in policies {
        said.push(Said::plain(1, guard(binding, names)));
        if let Decider::Policy(id) = binding.decider {
            said.extend(names.missing(id));
        }
    }
}

/// One that decides, and what its place makes of that.
fn guard(binding: &PolicyBinding, names: &Names) -> String {
    let mut text = names.decider(binding.decider);
    for (is_so, word) in [
        (binding.negate, ", negated"),
        (binding.failure_result, ", passes where it fails"),
        (!binding.enabled, ", off"),
    ] {
        if is_so {
            text.push_str(word);
        }
    }
    text
}

impl Names {
    /// Who decides, within a sentence.
    pub fn decider(&self, decider: Decider) -> String {
        let named = |what: &str, name: Option<&str>| match name {
            Some(name) => format!("{what} `{}`", printable(name)),
            None => format!("{what} that is gone"),
        };
        match decider {
            Decider::Policy(id) => match self.policies.get(&id) {
                Some(policy) => format!("{} ({})", named("policy", Some(&policy.name)), policy.model.label()),
                None => named("policy", None),
            },
            Decider::Group(id) => named("group", self.groups.get(&id).map(String::as_str)),
            Decider::User(id) => named("user", self.users.get(&id).map(String::as_str)),
        }
    }

    /// What a policy can't do here.
    fn missing(&self, id: PolicyId) -> Option<Said> {
        let policy = self.policies.get(&id)?;
        if policy.model == PolicyModel::Geoip {
            return Some(Said::problem(2, "fails: where somebody is can't be told here"));
        }
        (!policy.missing.is_empty()).then(|| Said::problem(2, unavailable(&policy.missing)))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::flow::{Designation, Flow};
    use crate::domain::id::{BindingId, FlowId, PolicyBindingId, StageId};
    use crate::domain::policy::Guarded;
    use crate::domain::prompt::PromptType;
    use crate::domain::slug::Slug;
    use crate::domain::stage::{OtherModel, OtherStage, PromptStage, Stage, UserWriteStage};

    fn names() -> Names {
        let policy = PolicyName { name: "staff\u{7}".into(), model: PolicyModel::Expression, missing: Vec::new() };
        let geoip = PolicyName { name: "near".into(), model: PolicyModel::Geoip, missing: Vec::new() };
        Names {
            policies: [(PolicyId(Uuid::from_u128(1)), policy), (PolicyId(Uuid::from_u128(2)), geoip)].into(),
            groups: [(GroupId(Uuid::from_u128(3)), "crew".to_owned())].into(),
            ..Names::default()
        }
    }

    fn binding(decider: Decider) -> PolicyBinding {
        PolicyBinding {
            id: PolicyBindingId(Uuid::nil()),
            target: Guarded::Flow(FlowId(Uuid::nil())),
            decider,
            order: 0,
            negate: false,
            enabled: true,
            timeout: 30,
            failure_result: false,
        }
    }

    fn step(kind: StageKind, policies: Vec<PolicyBinding>) -> OutlineStep {
        let stage = Stage { id: StageId(Uuid::nil()), name: "it".into(), kind };
        let binding = StageBinding::new(BindingId(Uuid::nil()), FlowId(Uuid::nil()), stage.id, 0);
        OutlineStep { binding, stage, prompts: Vec::new(), policies }
    }

    fn texts(said: &[Said]) -> Vec<String> {
        said.iter().map(|it| format!("{}{}{}", it.depth, if it.is_problem { "!" } else { " " }, it.text)).collect()
    }

    #[test]
    fn it_is_told_who_decides_how_and_when() {
        let policy = PolicyBinding { negate: true, ..binding(Decider::Policy(PolicyId(Uuid::from_u128(1)))) };
        let group = binding(Decider::Group(GroupId(Uuid::from_u128(3))));
        let gone = PolicyBinding { enabled: false, ..binding(Decider::User(UserId(Uuid::nil()))) };
        let mut it = step(StageKind::Prompt(PromptStage::default()), vec![policy, group, gone]);
        it.binding.evaluate_on_plan = true;
        it.binding.invalid_response_action = InvalidResponseAction::Restart;
        assert_eq!(
            texts(&of_step(&it, &names())),
            [
                "0 only if any of these passes, asked when the flow is planned and when the stage is run:",
                "1 policy `staff\\u{7}` (expression), negated",
                "1 group `crew`",
                "1 user that is gone, off",
                "0 a wrong answer begins the flow again",
            ]
        );
    }

    #[test]
    fn what_checks_answers_and_what_is_not_run_here_is_told() {
        let checks = PromptStage { validation_policies: vec![PolicyId(Uuid::from_u128(2))], ..PromptStage::default() };
        assert_eq!(
            texts(&of_step(&step(StageKind::Prompt(checks), Vec::new()), &names())),
            ["0 the answers have to pass:", "1 policy `near` (geoip)", "2!fails: where somebody is can't be told here"]
        );
        let captcha = OtherStage { model: OtherModel::Captcha, settings: crate::domain::Mapping::new() };
        let said = of_step(&step(StageKind::Other(captcha), Vec::new()), &names());
        assert_eq!(texts(&said), ["0!not executed here: it is a captcha stage"]);
    }

    #[test]
    fn what_accounts_become_and_what_is_asked_is_told() {
        let write = UserWriteStage {
            create_users_as_inactive: true,
            create_users_group: Some(GroupId(Uuid::from_u128(3))),
            ..UserWriteStage::default()
        };
        let said = of_step(&step(StageKind::UserWrite(write), Vec::new()), &names());
        assert_eq!(texts(&said), ["0 new accounts are inactive and join the group `crew`"]);
        let mut prompt = Prompt::new(PromptId(Uuid::nil()), "ask", "user\u{9b}name", PromptType::Text);
        let lacking = Names { prompts: [(prompt.id, vec!["requests".to_owned()])].into(), ..names() };
        assert_eq!(
            texts(&asks(&prompt, &lacking)),
            ["1 ask * · user\\u{9b}name · text", "2!uses what is not available here: requests"]
        );
        prompt.required = false;
        prompt.kind = PromptType::Static;
        assert_eq!(texts(&asks(&prompt, &names())), ["1 ask · user\\u{9b}name · static"]);
    }

    #[test]
    fn a_flow_without_guards_says_nothing_and_one_that_all_guard_says_so() {
        let slug = Slug::parse("it").unwrap();
        let flow = Flow::new(FlowId(Uuid::nil()), slug, Designation::Enrollment);
        let mut outline = Outline { flow, steps: Vec::new(), policies: Vec::new() };
        assert_eq!(of_flow(&outline, &names()), []);
        let group = || binding(Decider::Group(GroupId(Uuid::from_u128(3))));
        outline.policies = vec![group(), group()];
        outline.flow.policy_engine_mode = PolicyEngineMode::All;
        assert_eq!(of_flow(&outline, &names())[0].text, "only if all of these pass:");
        outline.policies = vec![PolicyBinding { enabled: false, ..group() }];
        assert_eq!(of_flow(&outline, &names())[0].text, "guarded by nothing, all of these are off:");
    }
}
