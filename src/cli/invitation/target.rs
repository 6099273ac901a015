//! Where an invitation leads: its own flow, or for an invitation to any flow, the only one that takes invitations.

use chrono::{DateTime, Utc};

use crate::cli::error::CliError;
use crate::domain::diagnosis::{Broken, Problem, any_flow_problems, local_address};
use crate::domain::flow::{Designation, Outline};
use crate::domain::id::FlowId;
use crate::domain::invitation::{Invitation, Status, link};
use crate::domain::slug::Slug;
use crate::domain::text::printable;
use crate::executor::{ExecutorError, findings};
use crate::policy::Policies;
use crate::store::{Tx, flows};

/// Every flow with its stages: what a link and a diagnosis need.
pub struct Targets {
    outlines: Vec<(Outline, Vec<Broken>)>,
    policies: Policies,
}

impl Targets {
    /// Reads them.
    pub async fn read(tx: &mut Tx) -> Result<Self, CliError> {
        let mut outlines = Vec::new();
        for flow in flows::list(tx).await? {
            let outline = flows::outline(tx, flow).await?;
            let broken = findings::broken(tx, &outline).await.map_err(failed)?;
            outlines.push((outline, broken));
        }
        Ok(Self { outlines, policies: Policies::new() })
    }

    /// The flow that an invitation leads to, if there is one and only one.
    pub fn of(&self, flow: Option<FlowId>) -> Option<&Outline> {
        if let Some(id) = flow {
            return self.outlines().find(|outline| outline.flow.id == id);
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

    /// What will go wrong with an invitation whose links begin so.
    pub async fn problems(
        &self,
        tx: &mut Tx,
        invitation: &Invitation,
        public_url: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Problem>, CliError> {
        let mut problems = match self.of(invitation.settings.flow) {
            Some(outline) => {
                let data = &invitation.settings.fixed_data;
                let is_open = invitation.status(now) == Status::Active;
                let mine = self.outlines.iter().find(|(other, _)| other.flow.id == outline.flow.id);
                let broken = mine.map_or(&[][..], |(_, broken)| broken);
                findings::examine(&self.policies, tx, data, is_open, outline, broken, now).await.map_err(failed)?
            }
            None => any_flow_problems(&self.slugs()),
        };
        problems.extend(local_address(public_url));
        Ok(problems)
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

    fn outlines(&self) -> impl Iterator<Item = &Outline> {
        self.outlines.iter().map(|(outline, _)| outline)
    }

    fn open(&self) -> impl Iterator<Item = &Outline> {
        self.outlines()
            .filter(|outline| outline.flow.designation == Designation::Enrollment && outline.has_invitation_stage())
    }

    fn slugs(&self) -> Vec<Slug> {
        self.open().map(|outline| outline.flow.slug.clone()).collect()
    }
}

/// A fault of ours on the way.
pub fn failed(error: ExecutorError) -> CliError {
    match error {
        ExecutorError::Store(error) => error.into(),
        other => CliError::Failed(other.to_string()),
    }
}
