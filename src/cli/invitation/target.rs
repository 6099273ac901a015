//! Where an invitation leads: its own flow, or for an invitation to any flow, the only one that takes invitations.

use crate::cli::error::CliError;
use crate::domain::diagnosis::{Problem, any_flow_problems, diagnose};
use crate::domain::flow::{Designation, Outline};
use crate::domain::id::FlowId;
use crate::domain::invitation::{Invitation, link};
use crate::domain::slug::Slug;
use crate::domain::text::printable;
use crate::store::{Result, Tx, flows};

/// Every flow with its stages: what a link and a diagnosis need.
pub struct Targets {
    outlines: Vec<Outline>,
}

impl Targets {
    /// Reads them.
    pub async fn read(tx: &mut Tx) -> Result<Self> {
        let mut outlines = Vec::new();
        for flow in flows::list(tx).await? {
            outlines.push(flows::outline(tx, flow).await?);
        }
        Ok(Self { outlines })
    }

    /// The flow that an invitation leads to, if there is one and only one.
    pub fn of(&self, flow: Option<FlowId>) -> Option<&Outline> {
        if let Some(id) = flow {
            return self.outlines.iter().find(|outline| outline.flow.id == id);
        }
        let mut open = self.open();
        match (open.next(), open.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The link, if it is clear through which flow.
    pub fn link(&self, invitation: &Invitation, public_url: &str) -> Option<String> {
        let outline = self.of(invitation.settings.flow)?;
        Some(link(public_url, &outline.flow.slug, invitation.id))
    }

    /// What will go wrong with an invitation.
    pub fn problems(&self, invitation: &Invitation) -> Vec<Problem> {
        match self.of(invitation.settings.flow) {
            Some(outline) => diagnose(&invitation.settings.fixed_data, outline),
            None => any_flow_problems(&self.slugs()),
        }
    }

    /// Why there is no link to an invitation to any flow.
    pub fn ambiguous(&self, name: &str) -> CliError {
        let name = printable(name);
        CliError::Failed(match self.slugs().as_slice() {
            [] => format!(
                "{name} is for any flow, and no enrollment flow has an invitation stage. `guestlist flow \
                 bind-invitation-stage SLUG` gives it one."
            ),
            slugs => {
                let slugs: Vec<String> = slugs.iter().map(ToString::to_string).collect();
                format!("{name} is for any flow. Choose one with --flow: {}.", slugs.join(", "))
            }
        })
    }

    fn open(&self) -> impl Iterator<Item = &Outline> {
        self.outlines
            .iter()
            .filter(|outline| outline.flow.designation == Designation::Enrollment && outline.has_invitation_stage())
    }

    fn slugs(&self) -> Vec<Slug> {
        self.open().map(|outline| outline.flow.slug.clone()).collect()
    }
}
