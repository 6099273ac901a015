//! The list of flows, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::event::{Change, Effect, Outcome};
use crate::domain::flow::Designation;
use crate::domain::slug::Slug;
use crate::store::flows::FlowView;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Show,
    Link,
    Copy,
    Export,
    Stages,
    Bind,
    Batch,
    Delete,
    Undo,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) async fn flows(&mut self) -> Result<(), Stop> {
        let mut list = Shelf::<FlowView>::default();
        loop {
            let words = self.words(&["many"], &["import"]);
            match self.pick("Flows", &mut list, &words).await? {
                Picked::Back => return Ok(()),
                Picked::Word("import") => self.import().await?,
                Picked::Word("many") => self.many(&list).await?,
                Picked::Word(_) => self.take_back().await?,
                Picked::Row(row) => self.flow(*row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    /// One flow, read again before each menu and after each choice.
    async fn flow(&mut self, mut row: FlowView) -> Result<(), Stop> {
        if !self.is_there(&mut row).await? {
            return Ok(());
        }
        let slug = row.flow.slug.to_string();
        self.describe(&row, &slug).await?;
        while self.is_there(&mut row).await? {
            let title = format!("Flow {}", row.flow.slug);
            let Some(act) = self.talk.choose(&title, &self.acts_on_flow(&row))? else { return Ok(()) };
            if !self.is_there(&mut row).await? || !self.do_to_flow(act, &mut row).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn acts_on_flow(&self, row: &FlowView) -> Vec<(Act, String)> {
        let lacks = !row.has_invitation_stage && row.flow.designation == Designation::Enrollment;
        let all = [
            (Act::Show, "Show everything"),
            (Act::Link, "Print its address"),
            (Act::Copy, "Copy its address to the clipboard"),
            (Act::Export, "Export it as a blueprint"),
            (Act::Stages, "Edit its stages and prompts"),
            (Act::Bind, "Bind an invitation stage, so that invitations lead here"),
            (Act::Batch, "Batch: many invitations to it"),
            (Act::Delete, "Delete"),
        ];
        let reads = |act| matches!(act, Act::Show | Act::Link | Act::Copy | Act::Export);
        let offered = all.into_iter().filter(|(act, _)| !self.setting.read_only || reads(*act));
        let offered = offered.filter(|(act, _)| lacks || *act != Act::Bind);
        let offered = offered.map(|(act, label)| (act, label.to_owned()));
        offered.chain(self.undo_label().map(|label| (Act::Undo, label))).collect()
    }

    /// Does something to a flow; whether the menu stays.
    async fn do_to_flow(&mut self, act: Act, row: &mut FlowView) -> Result<bool, Stop> {
        let (flow, slug) = (row.flow.id, row.flow.slug.clone());
        match act {
            Act::Show => self.describe(row, slug.as_str()).await?,
            Act::Link => self.talk.say(&self.address(&slug))?,
            Act::Copy => match self.world.perform(Effect::Copy(self.address(&slug), String::new())).await {
                Some(Outcome::Copied(copied, _)) => self.copied(&copied, "The address", "2 prints it.")?,
                Some(other) => self.tell(other)?,
                None => {}
            },
            Act::Export => self.export(&slug).await?,
            Act::Batch => self.batch(None, Some((flow, &slug))).await?,
            Act::Undo => return self.take_back_at(row).await,
            Act::Stages => return self.stages(row).await.map(|()| false),
            Act::Bind => return self.perform(Effect::BindInvitationStage(flow)).await.map(|()| false),
            Act::Delete if self.talk.typed_word(&format!("This deletes {slug} for good."), "delete")? => {
                return self.change(Change::DeleteFlow(flow, slug)).await.map(|done| !done);
            }
            Act::Delete => {}
        }
        Ok(true)
    }

    fn address(&self, slug: &Slug) -> String {
        format!("{}/if/flow/{slug}/", self.setting.public_url.trim_end_matches('/'))
    }
}
