//! Flows, the stages bound to them, and the outline that everything else reads.

use serde::{Deserialize, Serialize};

use super::id::{BindingId, FlowId, StageId};
use super::policy::PolicyBinding;
use super::prompt::Prompt;
use super::slug::Slug;
use super::stage::{Stage, StageKind};

/// Declares an enum whose variants have fixed names in blueprints and in the database.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every name, in the order of the reference.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The name in blueprints and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The variant of that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use names;

names!(
    /// What a flow is for.
    Designation {
        /// Signing in.
        Authentication = "authentication",
        /// Granting an application access.
        Authorization = "authorization",
        /// Signing out.
        Invalidation = "invalidation",
        /// Making an account.
        Enrollment = "enrollment",
        /// Deleting one's account.
        Unenrollment = "unenrollment",
        /// Getting back into one's account.
        Recovery = "recovery",
        /// Setting up a stage, such as a password change.
        StageConfiguration = "stage_configuration",
    }
);

names!(
    /// Who may start a flow.
    Authentication {
        /// Anybody.
        None = "none",
        /// Only who is signed in.
        RequireAuthenticated = "require_authenticated",
        /// Only who is not signed in.
        RequireUnauthenticated = "require_unauthenticated",
        /// Only members of a superuser group.
        RequireSuperuser = "require_superuser",
        /// Only when another flow's redirect stage led here.
        RequireRedirect = "require_redirect",
        /// Only from an outpost; there are none here.
        RequireOutpost = "require_outpost",
    }
);

names!(
    /// What a visitor sees to whom the flow does not apply.
    DeniedAction {
        /// Go on to the next address if there is one, else a message.
        MessageContinue = "message_continue",
        /// A message.
        Message = "message",
        /// Go on.
        Continue = "continue",
    }
);

names!(
    /// Whether one policy is enough or all must agree.
    PolicyEngineMode {
        /// One is enough.
        Any = "any",
        /// All must agree.
        All = "all",
    }
);

names!(
    /// What happens after a stage refuses a response.
    InvalidResponseAction {
        /// The same challenge again, with errors.
        Retry = "retry",
        /// The flow from its start, without what was entered.
        Restart = "restart",
        /// The flow from its start, with what was entered.
        RestartWithContext = "restart_with_context",
    }
);

names!(
    /// How authentik lays the page out; kept for export, our pages have one layout.
    Layout {
        /// One column.
        Stacked = "stacked",
        /// Content on the left.
        ContentLeft = "content_left",
        /// Content on the right.
        ContentRight = "content_right",
        /// Side bar on the left.
        SidebarLeft = "sidebar_left",
        /// Side bar on the right.
        SidebarRight = "sidebar_right",
        /// Side bar on the left, background in a frame.
        SidebarLeftFrameBackground = "sidebar_left_frame_background",
        /// Side bar on the right, background in a frame.
        SidebarRightFrameBackground = "sidebar_right_frame_background",
    }
);

/// A flow: an ordered way through stages. Fields and defaults as in the model reference, section 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// Its name in links.
    pub slug: Slug,
    /// Its name for administrators.
    pub name: String,
    /// The heading that visitors see.
    pub title: String,
    /// What it is for.
    pub designation: Designation,
    /// Who may start it.
    pub authentication: Authentication,
    /// What the others see.
    pub denied_action: DeniedAction,
    /// How its policies combine.
    pub policy_engine_mode: PolicyEngineMode,
    /// Kept for export.
    pub layout: Layout,
    /// Kept for export.
    pub compatibility_mode: bool,
    /// Kept for export.
    pub background: String,
}

impl Flow {
    /// A flow with the defaults of the model reference. `name` and `title` become the slug's text.
    pub fn new(id: FlowId, slug: Slug, designation: Designation) -> Self {
        Self {
            id,
            name: slug.to_string(),
            title: slug.to_string(),
            slug,
            designation,
            authentication: Authentication::None,
            denied_action: DeniedAction::MessageContinue,
            policy_engine_mode: PolicyEngineMode::Any,
            layout: Layout::Stacked,
            compatibility_mode: false,
            background: String::new(),
        }
    }
}

/// A stage's place in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageBinding {
    /// Its id.
    pub id: BindingId,
    /// The flow.
    pub target: FlowId,
    /// The stage.
    pub stage: StageId,
    /// Lower comes first; ties keep the order of creation.
    pub order: i32,
    /// Whether its policies run when the plan is made.
    pub evaluate_on_plan: bool,
    /// Whether its policies run when the stage is reached.
    pub re_evaluate_policies: bool,
    /// How its policies combine.
    pub policy_engine_mode: PolicyEngineMode,
    /// What happens after the stage refuses a response.
    pub invalid_response_action: InvalidResponseAction,
}

impl StageBinding {
    /// A binding with the defaults of the model reference.
    pub fn new(id: BindingId, target: FlowId, stage: StageId, order: i32) -> Self {
        Self {
            id,
            target,
            stage,
            order,
            evaluate_on_plan: false,
            re_evaluate_policies: true,
            policy_engine_mode: PolicyEngineMode::Any,
            invalid_response_action: InvalidResponseAction::Retry,
        }
    }
}

/// The orders that bindings need so that the one at place `from` stands at place `to` instead: only those that change.
/// The orders that there are stay, each at its place, so that two neighbours swap theirs; equal ones, among which nothing
/// could be moved, become different.
pub fn moved(bindings: &[StageBinding], from: usize, to: usize) -> Vec<(BindingId, i32)> {
    if from >= bindings.len() || to >= bindings.len() {
        return Vec::new();
    }
    let mut orders: Vec<i64> = bindings.iter().map(|binding| binding.order.into()).collect();
    for place in 1..orders.len() {
        orders[place] = orders[place].max(orders[place - 1] + 1);
    }
    // Where that went past the end of numbers, the last ones make room downwards.
    let mut most = i64::from(i32::MAX);
    for order in orders.iter_mut().rev() {
        *order = (*order).min(most);
        most = *order - 1;
    }
    let mut sequence: Vec<&StageBinding> = bindings.iter().collect();
    let it = sequence.remove(from);
    sequence.insert(to, it);
    let wanted = sequence.into_iter().zip(orders);
    let changed = wanted.filter(|(binding, order)| i64::from(binding.order) != *order);
    changed.filter_map(|(binding, order)| Some((binding.id, i32::try_from(order).ok()?))).collect()
}

/// A flow with all that it needs to run: its bindings in order, each with its stage and that stage's prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The flow.
    pub flow: Flow,
    /// Its stages in the order in which they run.
    pub steps: Vec<OutlineStep>,
    /// The policy bindings that guard the whole flow, in order.
    pub policies: Vec<PolicyBinding>,
}

/// One stage of an [`Outline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineStep {
    /// Where and how the stage is bound.
    pub binding: StageBinding,
    /// The stage.
    pub stage: Stage,
    /// A prompt stage's fields in the order in which they are shown; empty for other kinds.
    pub prompts: Vec<Prompt>,
    /// The policy bindings that guard the stage at this place, in order.
    pub policies: Vec<PolicyBinding>,
}

impl Outline {
    /// Whether an invitation stage is bound.
    pub fn has_invitation_stage(&self) -> bool {
        self.position_of(|kind| matches!(kind, StageKind::Invitation(_))).is_some()
    }

    /// Every prompt of the flow, in order.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        self.steps.iter().flat_map(|step| &step.prompts)
    }

    /// The place of the first stage of a kind.
    pub fn position_of(&self, kind: impl Fn(&StageKind) -> bool) -> Option<usize> {
        self.steps.iter().position(|step| kind(&step.stage.kind))
    }

    /// The order for a binding that must come before every other: ten below the first, or 0 in an empty flow.
    pub fn order_before_first(&self) -> i32 {
        self.steps.first().map_or(0, |step| step.binding.order.saturating_sub(10))
    }

    /// The order for a binding that must come after every other: ten above the last, or 0 in an empty flow.
    pub fn order_after_last(&self) -> i32 {
        self.steps.last().map_or(0, |step| step.binding.order.saturating_add(10))
    }

    /// The bindings, in order.
    pub fn bindings(&self) -> Vec<StageBinding> {
        self.steps.iter().map(|step| step.binding.clone()).collect()
    }
}

/// A title with `%(user)s` and `%(app)s` filled in. One that is no pattern stays as it is.
pub fn title(pattern: &str, user: &str, app: &str) -> String {
    filled(pattern, user, app).unwrap_or_else(|| pattern.to_owned())
}

fn filled(pattern: &str, user: &str, app: &str) -> Option<String> {
    let (mut title, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('%') {
        title.push_str(before);
        let values = [("%", "%"), ("(user)s", user), ("(app)s", app)];
        let (name, value) = values.into_iter().find(|(name, _)| after.starts_with(name))?;
        title.push_str(value);
        rest = &after[name.len()..];
    }
    title.push_str(rest);
    Some(title)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn bindings(orders: &[i32]) -> Vec<StageBinding> {
        let one = |(id, order): (u128, &i32)| {
            let id = Uuid::from_u128(id);
            StageBinding::new(BindingId(id), FlowId(Uuid::nil()), StageId(id), *order)
        };
        (0..).zip(orders).map(one).collect()
    }

    /// The places as they were, in their new order, with their new orders.
    fn after(orders: &[i32], from: usize, to: usize) -> Vec<(u128, i32)> {
        let mut bindings = bindings(orders);
        for (id, order) in moved(&bindings.clone(), from, to) {
            for binding in bindings.iter_mut().filter(|binding| binding.id == id) {
                binding.order = order;
            }
        }
        bindings.sort_by_key(|binding| binding.order);
        bindings.iter().map(|binding| (binding.id.0.as_u128(), binding.order)).collect()
    }

    #[test]
    fn neighbours_swap_their_orders() {
        assert_eq!(after(&[10, 20, 30], 0, 1), [(1, 10), (0, 20), (2, 30)]);
        assert_eq!(after(&[10, 20, 30], 2, 1), [(0, 10), (2, 20), (1, 30)]);
        assert_eq!(moved(&bindings(&[10, 20, 30]), 0, 1).len(), 2);
    }

    #[test]
    fn among_equal_orders_something_can_be_moved_too() {
        assert_eq!(after(&[5, 5, 5, 9], 2, 1), [(0, 5), (2, 6), (1, 7), (3, 9)]);
        let most = i32::MAX;
        assert_eq!(after(&[0, most, most], 2, 1), [(0, 0), (2, most - 1), (1, most)]);
    }

    #[test]
    fn what_is_nowhere_is_not_moved() {
        assert_eq!(moved(&bindings(&[1, 2]), 0, 2), []);
        assert_eq!(moved(&bindings(&[1, 2]), 1, 1), []);
    }

    #[test]
    fn a_title_names_user_and_application_and_stays_where_it_is_no_pattern() {
        for (pattern, expected) in [
            ("Welcome", "Welcome"),
            ("Hello %(user)s!", "Hello jane!"),
            ("%(user)s at %(app)s, 100%%", "jane at Wiki, 100%"),
            ("100% yours, %(user)s", "100% yours, %(user)s"),
            ("%(user)d", "%(user)d"),
            ("%(name)s", "%(name)s"),
            ("%", "%"),
        ] {
            assert_eq!(title(pattern, "jane", "Wiki"), expected);
        }
        assert_eq!(title("%(user)s", "%(app)s", "Wiki"), "%(app)s", "what is filled in is no pattern");
    }
}
