//! What the writing of an account would do.

use super::walk::Walk;
use super::{Account, Part};
use crate::domain::enrollment::Context;
use crate::domain::policy::Decider;
use crate::domain::prompt_data;
use crate::domain::stage::{UserCreationMode, UserWriteStage};
use crate::domain::user::Username;
use crate::executor::memo::Halt;
use crate::executor::stage::account::{describe, fresh, groups_said};
use crate::executor::{Refusal, Result, stage as stages};
use crate::store::{Tx, policies, users};

impl Walk<'_> {
    /// Looks at what a stage would write.
    pub(super) async fn write(&mut self, tx: &mut Tx, stage: &UserWriteStage) -> Result<Account> {
        let context = self.enrollment.context.clone();
        let existing = match context.pending_user {
            Some(id) => users::find(tx, id).await?,
            None => None,
        };
        let makes = stage.user_creation_mode == UserCreationMode::AlwaysCreate || existing.is_none();
        let before = self.account.as_ref().map(|before| before.username.value.clone());
        let is_new = before.is_none() && makes;
        let mut user = if let Some(user) = existing.filter(|_| !is_new) {
            user
        } else {
            let username = Username::parse(&self.part("username").value).unwrap_or(Username::unknown());
            fresh(stage, &context, stages::host(self.asked.public_url), username, &self.visitor.at(self.now))
        };
        let changes = if is_new { None } else { Some(before.unwrap_or_else(|| user.username.to_string())) };
        let mut fault = described(describe(&mut user, &context, is_new))?;
        let groups = self.groups(tx, stage, &context, &mut fault).await?;
        let username = self.part("username");
        if is_new && stage.user_creation_mode == UserCreationMode::NeverCreate {
            fault = Some("The stage makes no new accounts, and there is none to change.".to_owned());
        } else if is_new {
            fault = fault.or(unnamed(tx, &username).await?);
        }
        let account = Account {
            mode: stage.user_creation_mode,
            changes,
            name: self.part("name"),
            email: self.part("email"),
            username,
            has_password: self.asks_password || context.prompt_data.contains_key(stages::PASSWORD),
            is_active: user.is_active,
            path: user.path,
            kind: user.kind,
            groups,
            attributes: user.attributes,
            fault,
        };
        self.context().course.created |= is_new;
        self.account = Some(account.clone());
        Ok(account)
    }

    fn part(&self, key: &str) -> Part {
        let value = self.data().get(key).map(prompt_data::as_text).unwrap_or_default();
        Part { value, is_asked: self.asks.iter().any(|asked| asked == key) }
    }

    async fn groups(
        &self,
        tx: &mut Tx,
        stage: &UserWriteStage,
        context: &Context,
        fault: &mut Option<String>,
    ) -> Result<Vec<String>> {
        let said = match groups_said(tx, context).await {
            Ok(said) => said,
            Err(halt) => {
                *fault = described(Err(halt))?;
                Vec::new()
            }
        };
        let mut names = Vec::new();
        for group in stage.create_users_group.into_iter().chain(said) {
            names.push(policies::decider_name(tx, Decider::Group(group)).await?);
        }
        Ok(names)
    }
}

/// Why a new account has no user name that it can have.
async fn unnamed(tx: &mut Tx, username: &Part) -> Result<Option<String>> {
    if username.is_asked {
        return Ok(None);
    }
    Ok(match Username::parse(&username.value) {
        _ if username.value.is_empty() => Some("Nobody is asked for a user name, and none is prefilled.".to_owned()),
        Err(why) => Some(why),
        Ok(name) if users::is_taken(tx, &name).await? => {
            Some(format!("The user name {name} is taken, and nobody is asked for another."))
        }
        Ok(_) => None,
    })
}

/// Why an account can't be described; a fault of ours stays one.
fn described(result: std::result::Result<(), Halt>) -> Result<Option<String>> {
    match result {
        Ok(()) => Ok(None),
        Err(Halt::Failed(error)) => Err(error),
        Err(Halt::Refused(Refusal::Misconfigured(why))) => Ok(Some(why)),
        Err(_) => Ok(Some("The account can't be written.".to_owned())),
    }
}
