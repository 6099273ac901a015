//! What follows once every entry is granted: invitation stages, the record of what was applied, the event.

use super::apply::Run;
use super::document::Document;
use super::report::Action;
use crate::domain::applied::{Applied, AppliedObject};
use crate::domain::event::Action as Event;
use crate::domain::flow::Designation;
use crate::store::events::{self, Object};
use crate::store::{StoreError, blueprints, flows};
use serde_json::json;

impl Run<'_> {
    /// Looks for enrollment flows that let everybody through, and mends them if asked to.
    pub(super) async fn invitation_stages(&mut self, bind: bool) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.flows) {
            let Some(flow) = flows::find(&mut self.tx, id).await? else { continue };
            if flow.designation != Designation::Enrollment {
                continue;
            }
            if bind && flows::bind_invitation_stage(&mut self.tx, &flow, &self.act).await? {
                self.report.bound.push(flow.slug);
            } else if !flows::outline(&mut self.tx, flow.clone()).await?.has_invitation_stage() {
                self.report.without_invitation_stage.push(flow.slug);
            }
        }
        Ok(())
    }

    /// Notes the application, unless it is the last one again and nothing was changed since.
    pub(super) async fn note(
        &mut self,
        document: &Document,
        hash: String,
        objects: Vec<AppliedObject>,
    ) -> Result<(), StoreError> {
        let name = document.name.clone().unwrap_or_else(|| hash[..12].to_owned());
        let last = blueprints::find(&mut self.tx, &name).await?;
        if !self.report.has_changes() && last.is_some_and(|last| last.hash == hash) {
            return Ok(());
        }
        let by = self.act.by.name.clone();
        blueprints::replace(&mut self.tx, &Applied { name, hash, at: self.act.at, by, objects }).await
    }

    pub(super) async fn event(&mut self, document: &Document) -> Result<(), StoreError> {
        if !self.report.has_changes() {
            return Ok(());
        }
        let detail = json!({
            "created": self.report.count(|action| *action == Action::Created),
            "updated": self.report.count(|action| matches!(action, Action::Updated(_))),
            "deleted": self.report.count(|action| *action == Action::Deleted),
        });
        let name = document.name.as_deref().unwrap_or("unnamed");
        events::log(&mut self.tx, &self.act, Event::BlueprintApplied, Object("blueprint", name), detail).await
    }
}
