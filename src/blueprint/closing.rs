//! What follows once every entry is granted: invitation stages, the record of what was applied, the event.

use super::apply::Run;
use super::document::{Document, Entry};
use super::drift;
use super::origin::{self, Origin};
use super::report::Action;
use super::wish::Wish;
use crate::domain::applied::{Applied, AppliedObject};
use crate::domain::event::Action as Event;
use crate::domain::flow::Designation;
use crate::store::events::{self, Object};
use crate::store::{StoreError, blueprints, flows};
use serde_json::{Value, json};

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

    /// Notes the application, unless it is the last one again and nothing was changed since. One of a file that was moved
    /// since takes the other one's place.
    pub(super) async fn note(
        &mut self,
        origin: &Origin,
        document: &Document,
        hash: String,
        objects: Vec<AppliedObject>,
    ) -> Result<(), StoreError> {
        let found = origin.applied(document, hash, objects);
        let applied = Applied { at: self.act.at, by: self.act.by.name.clone(), ..found };
        let all = blueprints::list(&mut self.tx).await?;
        let is_same = |last: &Applied| {
            let objects = || last.objects.iter().zip(&applied.objects).all(|(last, object)| last.is_about(object));
            let is_same = (&last.place, &last.hash) == (&applied.place, &applied.hash) && last.source == applied.source;
            is_same && last.objects.len() == applied.objects.len() && objects()
        };
        if !self.report.has_changes() && all.iter().any(is_same) {
            return Ok(());
        }
        for earlier in all.iter().filter(|earlier| origin::continues(&applied, earlier)) {
            blueprints::forget(&mut self.tx, &earlier.place).await?;
        }
        blueprints::replace(&mut self.tx, &applied).await
    }

    /// Notes what every blueprint of this run asked for.
    pub(super) async fn note_all(&mut self) -> Result<(), StoreError> {
        let applied = std::mem::take(&mut self.applied);
        let takes_away = applied.iter().any(|one| one.3.iter().any(|object| object.absent));
        for (origin, document, hash, mut objects) in applied {
            if takes_away {
                drift::settle(&mut self.tx, &mut objects).await?;
            }
            self.note(&origin, &document, hash, objects).await?;
        }
        Ok(())
    }

    /// Notes what an entry asked for. Where several are about one object, all of it is asked of that.
    pub(super) fn ask_for(&mut self, object: AppliedObject) {
        match self.asked_for.iter_mut().rev().find(|earlier| earlier.is_about(&object)) {
            Some(earlier) => {
                earlier.values.extend(object.values);
                earlier.title = object.title;
            }
            None => self.asked_for.push(object),
        }
    }

    /// Notes that an entry's object shall not be there, by what it is found.
    pub(super) fn ask_absent(&mut self, entry: &Entry, wish: &Wish, title: Option<&str>) {
        let spec = wish.model.spec();
        let is_told = |(name, value): (&String, &Value)| {
            spec.attributes.iter().any(|known| known.name == name && known.kind.show(value).is_some())
        };
        // What is found by a secret, or by a look-up that found nothing, can't be found again.
        if wish.finds_nothing || !wish.identifiers.iter().all(is_told) {
            return;
        }
        let title = title.or(entry.label()).unwrap_or_default().to_owned();
        let (key, values) = (wish.pk.unwrap_or_default(), wish.identifiers.clone());
        self.ask_for(AppliedObject { model: spec.name.to_owned(), key, title, values, absent: true });
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
