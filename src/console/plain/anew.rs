//! Reading a row again before it is shown or something is done to it: somebody else may have been faster than the answer.

use std::io::{BufRead, Write};

use super::Plain;
use super::list::Kind;
use super::talk::Stop;
use crate::console::runtime::sentence;
use crate::console::widget::text;
use crate::domain::group::GroupView;
use crate::domain::invitation::InvitationView;
use crate::domain::user::UserView;
use crate::store::flows::FlowView;
use crate::store::page::Anchor;
use crate::store::{StoreError, Tx, flows, groups, invitations, users};

/// So many rows are read to find one among those around its name.
const AROUND: usize = 4;

/// A row that can be read again by its id.
pub(super) trait Anew: Kind {
    /// It as it is now; none where it is gone.
    async fn anew(&self, tx: &mut Tx) -> Result<Option<Self>, StoreError>;
    /// Its name, for people.
    fn name(&self) -> String;
    /// Why it is gone.
    async fn why_gone(&self, _: &mut Tx) -> Result<String, StoreError> {
        Ok(format!("{} is gone: somebody deleted it in the meantime.", text::safe(&self.name())))
    }
}

impl Anew for InvitationView {
    async fn anew(&self, tx: &mut Tx) -> Result<Option<Self>, StoreError> {
        invitations::find(tx, self.invitation.id).await
    }

    fn name(&self) -> String {
        self.invitation.settings.name.to_string()
    }

    async fn why_gone(&self, tx: &mut Tx) -> Result<String, StoreError> {
        let name = self.name();
        Ok(match invitations::find_by_name(tx, &name).await? {
            Some(_) => format!("{name} has another link now: somebody gave it one in the meantime. Open it again."),
            None => format!("{name} is gone: somebody deleted it in the meantime."),
        })
    }
}

impl Anew for UserView {
    async fn anew(&self, tx: &mut Tx) -> Result<Option<Self>, StoreError> {
        let Some(user) = users::find(tx, self.user.id).await? else { return Ok(None) };
        users::find_by_username(tx, &user.username).await
    }

    fn name(&self) -> String {
        self.user.username.to_string()
    }
}

impl Anew for GroupView {
    async fn anew(&self, tx: &mut Tx) -> Result<Option<Self>, StoreError> {
        let Some(group) = groups::find(tx, self.group.id).await? else { return Ok(None) };
        let view = Self { group, ..self.clone() };
        let around = Anchor::Around(groups::place(&view, groups::Sort::default().by));
        let page = groups::page(tx, &[], groups::Sort::default(), &around, AROUND).await?;
        Ok(page.rows.into_iter().find(|row| row.group.id == view.group.id))
    }

    fn name(&self) -> String {
        self.group.name.clone()
    }
}

impl Anew for FlowView {
    async fn anew(&self, tx: &mut Tx) -> Result<Option<Self>, StoreError> {
        let Some(flow) = flows::find(tx, self.flow.id).await? else { return Ok(None) };
        let view = Self { flow, ..self.clone() };
        let around = Anchor::Around(flows::place(&view, flows::Sort::default().by));
        let page = flows::page(tx, &[], flows::Sort::default(), &around, AROUND).await?;
        Ok(page.rows.into_iter().find(|row| row.flow.id == view.flow.id))
    }

    fn name(&self) -> String {
        self.flow.slug.to_string()
    }
}

impl<R: BufRead, W: Write> Plain<R, W> {
    /// Reads a row again; whether it is still there. That it is not is said.
    pub(super) async fn is_there<T: Anew>(&mut self, row: &mut T) -> Result<bool, Stop> {
        let read = async {
            let mut tx = self.world.store.begin().await?;
            match row.anew(&mut tx).await? {
                Some(now) => Ok(Ok(now)),
                None => row.why_gone(&mut tx).await.map(Err),
            }
        };
        match read.await {
            Ok(Ok(now)) => {
                *row = now;
                Ok(true)
            }
            Ok(Err(why)) => self.talk.say(&format!("Error: {why}")).map(|()| false),
            Err(error) => {
                let error: StoreError = error;
                self.talk.say(&format!("Error: {}", sentence(&error))).map(|()| true)
            }
        }
    }

    /// Takes the last thing back; whether a row is still there after it, which then is as it was.
    pub(super) async fn take_back_at<T: Anew>(&mut self, row: &mut T) -> Result<bool, Stop> {
        self.take_back().await?;
        let read = async {
            let mut tx = self.world.store.begin().await?;
            row.anew(&mut tx).await
        };
        match read.await {
            Ok(Some(now)) => {
                *row = now;
                Ok(true)
            }
            // Nobody else is to blame: it was made, or had another link, until now.
            Ok(None) => Ok(false),
            Err(error) => self.talk.say(&format!("Error: {}", sentence(&error))).map(|()| true),
        }
    }

    /// What a menu offers to take back, where there is something.
    pub(super) fn undo_label(&self) -> Option<String> {
        self.undo.label()?;
        self.undo.last().map(|(_, undo)| format!("Undo: {}", undo.label()))
    }
}
