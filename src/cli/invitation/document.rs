//! What scripts read of an invitation.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::target::Targets;
use crate::cli::error::CliError;
use crate::domain::Mapping;
use crate::domain::invitation::{InvitationView, Status, Use};
use crate::store::Tx;

/// An invitation. Field names are an interface: add to them, don't rename them.
#[derive(Debug, Serialize)]
pub struct Document {
    /// The link's token.
    pub id: String,
    /// The name.
    pub name: String,
    /// The flow's slug; null for any flow.
    pub flow: Option<String>,
    /// When it ends; null for never.
    pub expires: Option<DateTime<Utc>>,
    /// The custom attributes.
    pub fixed_data: Mapping,
    /// Whether one use is all there is.
    pub single_use: bool,
    /// How many may use it; null for any number.
    pub max_uses: Option<u32>,
    /// How many have.
    pub uses: u32,
    /// What it is good for now.
    pub status: Status,
    /// Who made it.
    pub created_by: String,
    /// The link; null where it is not clear through which flow.
    pub link: Option<String>,
    /// What will go wrong.
    pub problems: Vec<ProblemDocument>,
    /// The remark for administrators.
    pub note: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the link was last opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// How often.
    pub opens: i64,
    /// When a letter with the link was last sent.
    pub mailed_at: Option<DateTime<Utc>>,
    /// Who used it, latest first; only where one invitation is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<Vec<UseDocument>>,
}

/// One thing that will go wrong.
#[derive(Debug, Serialize)]
pub struct ProblemDocument {
    /// A stable name.
    pub code: &'static str,
    /// One sentence.
    pub sentence: String,
}

/// One use.
#[derive(Debug, Serialize)]
pub struct UseDocument {
    /// Who, by user name at that time.
    pub username: String,
    /// When.
    pub at: DateTime<Utc>,
    /// From which address.
    pub address: String,
}

impl Document {
    /// Describes an invitation as it is at a moment.
    pub async fn read(
        tx: &mut Tx,
        view: &InvitationView,
        targets: &Targets,
        public_url: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, CliError> {
        let it = &view.invitation;
        let problems = targets.problems(tx, it, public_url, now).await?.into_iter();
        Ok(Self {
            id: it.id.token(),
            name: it.settings.name.to_string(),
            flow: view.flow_slug.as_ref().map(ToString::to_string),
            expires: it.settings.expires,
            fixed_data: it.settings.fixed_data.clone(),
            single_use: it.settings.single_use(),
            max_uses: it.settings.max_uses,
            uses: it.uses,
            status: it.status(now),
            created_by: it.created_by_name.clone(),
            link: targets.link(it, public_url),
            problems: problems.map(|one| ProblemDocument { code: one.code, sentence: one.sentence }).collect(),
            note: it.settings.note.clone(),
            created_at: it.created_at,
            revoked_at: it.revoked_at,
            opened_at: it.opened_at,
            opens: it.opens,
            mailed_at: it.mailed_at,
            used_by: None,
        })
    }

    /// The same with who used it.
    pub fn with_uses(mut self, uses: &[Use]) -> Self {
        let document =
            |one: &Use| UseDocument { username: one.username.clone(), at: one.at, address: one.address.clone() };
        self.used_by = Some(uses.iter().map(document).collect());
        self
    }
}
