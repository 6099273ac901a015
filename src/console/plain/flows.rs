//! The list of flows, and what can be done to one.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::{Picked, Shelf};
use super::talk::Stop;
use crate::console::event::{Change, Effect};
use crate::domain::flow::Designation;
use crate::store::flows::FlowView;

#[derive(Debug, Clone, Copy)]
enum Act {
    Show,
    Link,
    Export,
    Stages,
    Bind,
    Delete,
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
                Picked::Row(row) => self.flow(&row).await?,
            }
            list.forget();
            self.refresh().await?;
        }
    }

    async fn flow(&mut self, row: &FlowView) -> Result<(), Stop> {
        let slug = row.flow.slug.to_string();
        self.describe(row, &slug).await?;
        let lacks = !row.has_invitation_stage && row.flow.designation == Designation::Enrollment;
        let reads = [
            (Act::Show, "Show everything"),
            (Act::Link, "Print its address"),
            (Act::Export, "Export it as a blueprint"),
        ];
        let mut acts: Vec<(Act, String)> = reads.map(|(act, label)| (act, label.to_owned())).to_vec();
        if !self.setting.read_only {
            acts.push((Act::Stages, "Edit its stages and prompts".to_owned()));
            if lacks {
                acts.push((Act::Bind, "Bind an invitation stage, so that invitations lead here".to_owned()));
            }
            acts.push((Act::Delete, "Delete".to_owned()));
        }
        loop {
            let Some(act) = self.talk.choose(&format!("Flow {slug}"), &acts)? else { return Ok(()) };
            match act {
                Act::Show => self.describe(row, &slug).await?,
                Act::Link => {
                    let address = self.setting.public_url.trim_end_matches('/').to_owned();
                    self.talk.say(&format!("{address}/if/flow/{slug}/"))?;
                }
                Act::Export => self.export(&row.flow.slug).await?,
                Act::Stages => {
                    self.stages(row).await?;
                    return Ok(());
                }
                Act::Bind => {
                    self.perform(Effect::BindInvitationStage(row.flow.id)).await?;
                    return Ok(());
                }
                Act::Delete if self.talk.typed_word(&format!("This deletes {slug} for good."), "delete")? => {
                    if self.change(Change::DeleteFlow(row.flow.id, row.flow.slug.clone())).await? {
                        return Ok(());
                    }
                }
                Act::Delete => {}
            }
        }
    }
}
