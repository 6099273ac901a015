//! The blueprints inside the binary.

/// A blueprint that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// What it is asked for by: its file's name without the ending.
    pub name: &'static str,
    /// One sentence for lists.
    pub description: &'static str,
    /// The file's text.
    pub text: &'static str,
}

/// All of them; the first is the one to offer first.
static ALL: [Shipped; 3] = [
    Shipped {
        name: "default-enrollment-flow",
        description: "Two pages: username and password, then name and email. Without an invitation stage of its own.",
        text: include_str!("../../blueprints/default-enrollment-flow.yaml"),
    },
    Shipped {
        name: "invitation-enrollment",
        description: "By invitation only: a flow for guests, and one for colleagues, who join the group `team`.",
        text: include_str!("../../blueprints/invitation-enrollment.yaml"),
    },
    Shipped {
        name: "minimal",
        description: "By invitation only, on a single page: username and password.",
        text: include_str!("../../blueprints/minimal.yaml"),
    },
];

/// The blueprints that come with the program.
pub fn shipped() -> &'static [Shipped] {
    &ALL
}
