//! What a key can mean. The key table (`keymap`) says which key means what where, and in which words.

/// One thing that a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// The first row.
    First,
    /// The last row.
    Last,
    /// Half a screen up.
    HalfUp,
    /// Half a screen down.
    HalfDown,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// Show what belongs to the row.
    Expand,
    /// Hide it again.
    Collapse,
    /// Show it or hide it.
    Toggle,
    /// The next pane.
    NextPane,
    /// The pane before.
    PreviousPane,
    /// The pane of that number, counted from one.
    Pane(u8),
    /// Begin to type a filter.
    Filter,
    /// Type a command.
    Palette,
    /// Take the mouse, or leave it to the terminal.
    Mouse,
    /// Something new.
    New,
    /// Change the row.
    Edit,
    /// Something new that begins as the row is.
    Duplicate,
    /// Give the invitation a new link.
    Reissue,
    /// Many new ones at once.
    Batch,
    /// Mark the row, or take the mark away.
    Mark,
    /// Mark everything that the filter keeps.
    MarkAll,
    /// Sort by something else.
    Sort,
    /// Sort the other way round.
    ReverseSort,
    /// Copy the link.
    CopyLink,
    /// Show the link alone.
    BareLink,
    /// Show the link as a QR code.
    QrCode,
    /// The link for the flow before, where an invitation is for any flow.
    PreviousFlow,
    /// The link for the next flow.
    NextFlow,
    /// Show what somebody sees who follows the link.
    Preview,
    /// Send the link by letter.
    Email,
    /// Revoke the invitation, or take that back.
    Revoke,
    /// Ask whether to delete the row.
    Delete,
    /// Take back the last deletion or revocation.
    Undo,
    /// Give the user another password.
    Password,
    /// Let the user sign in or not.
    Activate,
    /// Put a user into the group.
    AddMember,
    /// Take a user out of the group.
    RemoveMember,
    /// Keep the newest in view as they come.
    Follow,
    /// Import a blueprint.
    Import,
    /// Write the flow as a blueprint.
    Export,
    /// Write over the file that is there.
    Overwrite,
    /// Try again without what is not known here.
    LeaveOut,
    /// Try again, and let the file read this machine.
    LetRead,
    /// Bind an invitation stage to the flow.
    Bind,
    /// Bind a stage that there is already to the flow.
    BindStage,
    /// Unbind the stage.
    Unbind,
    /// Let it come earlier.
    MoveUp,
    /// Let it come later.
    MoveDown,
    /// Read again.
    Reload,
    /// Show the keys.
    Help,
    /// End.
    Quit,
    /// Stop, to come back with `fg`.
    Suspend,
    /// Draw everything again.
    Redraw,
    /// Close what is on top: a message, a dialog, a filter.
    Dismiss,
    /// Take what is chosen or typed.
    Accept,
    /// Save the form.
    Submit,
    /// The next field.
    NextField,
    /// The field before.
    PreviousField,
    /// Complete the path.
    Complete,
    /// Yes to a question.
    Yes,
    /// No to a question.
    No,
    /// Open what helps to fill the field in.
    Suggest,
    /// Take the name that is proposed.
    FreeName,
    /// Take what somebody else wrote meanwhile.
    TakeTheirs,
    /// Switch an answer on or off.
    Switch,
}

/// Every action and its name, as commands and the configuration write it.
pub const NAMES: &[(&str, Action)] = &[
    ("up", Action::Up),
    ("down", Action::Down),
    ("first", Action::First),
    ("last", Action::Last),
    ("half-up", Action::HalfUp),
    ("half-down", Action::HalfDown),
    ("page-up", Action::PageUp),
    ("page-down", Action::PageDown),
    ("expand", Action::Expand),
    ("collapse", Action::Collapse),
    ("toggle", Action::Toggle),
    ("next-pane", Action::NextPane),
    ("previous-pane", Action::PreviousPane),
    ("pane-flows", Action::Pane(1)),
    ("pane-users", Action::Pane(2)),
    ("pane-groups", Action::Pane(3)),
    ("pane-invitations", Action::Pane(4)),
    ("pane-log", Action::Pane(5)),
    ("filter", Action::Filter),
    ("palette", Action::Palette),
    ("mouse", Action::Mouse),
    ("new", Action::New),
    ("edit", Action::Edit),
    ("duplicate", Action::Duplicate),
    ("batch", Action::Batch),
    ("reissue", Action::Reissue),
    ("mark", Action::Mark),
    ("mark-all", Action::MarkAll),
    ("sort", Action::Sort),
    ("reverse-sort", Action::ReverseSort),
    ("copy-link", Action::CopyLink),
    ("bare-link", Action::BareLink),
    ("qr-code", Action::QrCode),
    ("previous-flow", Action::PreviousFlow),
    ("next-flow", Action::NextFlow),
    ("preview", Action::Preview),
    ("email", Action::Email),
    ("revoke", Action::Revoke),
    ("delete", Action::Delete),
    ("undo", Action::Undo),
    ("password", Action::Password),
    ("activate", Action::Activate),
    ("add-member", Action::AddMember),
    ("remove-member", Action::RemoveMember),
    ("follow", Action::Follow),
    ("import", Action::Import),
    ("export", Action::Export),
    ("overwrite", Action::Overwrite),
    ("leave-out", Action::LeaveOut),
    ("let-read", Action::LetRead),
    ("bind", Action::Bind),
    ("bind-stage", Action::BindStage),
    ("unbind", Action::Unbind),
    ("move-up", Action::MoveUp),
    ("move-down", Action::MoveDown),
    ("reload", Action::Reload),
    ("help", Action::Help),
    ("quit", Action::Quit),
    ("suspend", Action::Suspend),
    ("redraw", Action::Redraw),
    ("dismiss", Action::Dismiss),
    ("accept", Action::Accept),
    ("submit", Action::Submit),
    ("next-field", Action::NextField),
    ("previous-field", Action::PreviousField),
    ("complete", Action::Complete),
    ("yes", Action::Yes),
    ("no", Action::No),
    ("suggest", Action::Suggest),
    ("free-name", Action::FreeName),
    ("take-theirs", Action::TakeTheirs),
    ("switch", Action::Switch),
];

impl Action {
    /// The action of a name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(of, _)| *of == name).map(|(_, action)| *action)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, action)| *action == self).map_or("", |(name, _)| name)
    }

    /// Whether it changes the database: not offered and not done in a read-only console.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::New
                | Self::Edit
                | Self::Duplicate
                | Self::Batch
                | Self::Reissue
                | Self::Password
                | Self::Activate
                | Self::AddMember
                | Self::RemoveMember
                | Self::Email
                | Self::Revoke
                | Self::Delete
                | Self::Undo
                | Self::Import
                | Self::Bind
                | Self::BindStage
                | Self::Unbind
                | Self::MoveUp
                | Self::MoveDown
                | Self::Submit
        )
    }
}
