//! Where keys mean something.

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// In the list of invitations.
    Invitations,
    /// In the list of flows.
    Flows,
    /// In the list of users.
    Users,
    /// In the list of groups.
    Groups,
    /// In the log.
    Events,
    /// In any list.
    Lists,
    /// While a filter is typed.
    Filter,
    /// In the Create and Edit Invitation dialog.
    Form,
    /// In the small dialogs.
    Record,
    /// In the stages of a flow.
    Stages,
    /// Where is shown what a batch would make.
    BatchPlan,
    /// While a batch is made.
    BatchMaking,
    /// Where the links of a batch are shown.
    BatchDone,
    /// In the calendar of a dialog.
    Calendar,
    /// In a drop-down that is open.
    DropDown,
    /// In the dialog that asks what to import.
    Import,
    /// Where values for a blueprint are asked.
    Values,
    /// In the list of what is wrong with a blueprint.
    Problems,
    /// In the preview of an import.
    Preview,
    /// While an import is under way.
    Working,
    /// While something is done to many.
    Busy,
    /// In the dialog that asks where to export to.
    Export,
    /// In the offer to import the first flow.
    Offer,
    /// In a question.
    Question,
    /// Where a word is typed before many are deleted.
    Confirm,
    /// Where is said what became of many.
    Report,
    /// In the overview of keys.
    Help,
    /// Where a command is typed.
    Palette,
    /// Where is said which way copying takes.
    Clipboard,
    /// Where is shown what somebody sees who follows a link.
    Walkthrough,
    /// Where the link is shown alone.
    BareLink,
    /// Everywhere.
    Anywhere,
}

impl Context {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitations => "invitations",
            Self::Flows => "flows",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Events => "log",
            Self::Lists => "lists",
            Self::Filter => "filter",
            Self::Form => "invitation-dialog",
            Self::Record => "dialog",
            Self::Stages => "stages",
            Self::BatchPlan => "batch-plan",
            Self::BatchMaking => "batch-making",
            Self::BatchDone => "batch-links",
            Self::Calendar => "calendar",
            Self::DropDown => "drop-down",
            Self::Import => "import",
            Self::Values => "values",
            Self::Problems => "problems",
            Self::Preview => "preview",
            Self::Working => "working",
            Self::Busy => "busy",
            Self::Export => "export",
            Self::Offer => "offer",
            Self::Question => "question",
            Self::Confirm => "confirm",
            Self::Report => "report",
            Self::Help => "help",
            Self::Palette => "command",
            Self::Clipboard => "clipboard",
            Self::Walkthrough => "invitation-preview",
            Self::BareLink => "bare-link",
            Self::Anywhere => "anywhere",
        }
    }

    /// Whether it is a pane, or all of them.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Invitations | Self::Flows | Self::Users | Self::Groups | Self::Events | Self::Lists)
    }

    /// Whether letters are typed there.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Self::Filter
                | Self::Form
                | Self::Record
                | Self::Calendar
                | Self::DropDown
                | Self::Import
                | Self::Values
                | Self::Export
                | Self::Confirm
                | Self::Palette
                | Self::Anywhere
        )
    }

    /// The heading of its keys.
    pub fn label(self) -> &'static str {
        match self {
            Self::Invitations => "Invitations",
            Self::Flows => "Flows",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Events => "Log",
            Self::Lists => "Every list",
            Self::Filter => "Filter",
            Self::Form => "Create and Edit Invitation",
            Self::Record => "Users, groups, members, passwords, prompts, batches",
            Self::Stages => "Stages of a flow",
            Self::BatchPlan => "What a batch would make",
            Self::BatchMaking => "While a batch is made",
            Self::BatchDone => "Links of a batch",
            Self::Calendar => "Calendar",
            Self::DropDown => "Drop-down",
            Self::Import => "Import",
            Self::Values => "Values of a blueprint",
            Self::Problems => "Problems of a blueprint",
            Self::Preview => "Preview of an import",
            Self::Working => "Import under way",
            Self::Busy => "Work on many under way",
            Self::Export => "Export",
            Self::Offer => "First start",
            Self::Question => "Question",
            Self::Confirm => "Deletion of much",
            Self::Report => "Report",
            Self::Help => "Help",
            Self::Palette => "Command",
            Self::Clipboard => "Clipboard",
            Self::Walkthrough => "Preview of an invitation",
            Self::BareLink => "Bare link",
            Self::Anywhere => "Everywhere",
        }
    }
}
