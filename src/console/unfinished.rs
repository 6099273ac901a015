//! What is written, in words: for who ends the console before it is done.

use super::batch;
use super::event::{Bulk, Change, Effect, Outcome, Refusal};
use super::import;
use super::stages;
use super::widget::text;

/// What an effect writes into the database, in words; none where it only reads.
pub(super) fn written(effect: &Effect) -> Option<String> {
    let many = |verb: &str, count: usize, noun: &str| format!("{verb} {}", text::count(count as u64, noun));
    Some(match effect {
        Effect::SaveInvitation { settings, .. } => format!("save {}", settings.name),
        Effect::SetRevoked(named, true) => format!("revoke {}", named.name),
        Effect::SetRevoked(named, false) => format!("restore {}", named.name),
        Effect::SetDeleted(named, true) => format!("delete {}", named.name),
        Effect::SetDeleted(named, false) => format!("bring back {}", named.name),
        Effect::Reissue(named) => format!("re-issue {}", named.name),
        Effect::TakeBackReissue(named, _) => format!("bring back the old link of {}", named.name),
        Effect::Bulk(bulk, named) => many(of_bulk(*bulk), named.len(), "invitation"),
        Effect::TakeBackReissues(all) => many(of_bulk(Bulk::TakeBackReissue), all.len(), "invitation"),
        Effect::SendLetters(letters) => many("queue", letters.named.len(), "letter"),
        Effect::Change(change) => of_change(change),
        Effect::ChangeAll(all) => match all.as_slice() {
            [one] => of_change(one),
            all => many("make", all.len(), "change"),
        },
        Effect::BindInvitationStage(_) => "bind an invitation stage".to_owned(),
        Effect::Stages(ask) if matches!(**ask, stages::Ask::Edit(_)) => "change the stages of a flow".to_owned(),
        Effect::Batch(ask) => match &**ask {
            batch::Ask::Make(making) => many("make", making.plan.rows.len(), "invitation"),
            _ => return None,
        },
        Effect::Blueprint(ask) => match &**ask {
            import::Ask::Step(_, import::Step::Import, _) => "import a blueprint".to_owned(),
            _ => return None,
        },
        Effect::Work(_, effect) | Effect::Counted(_, effect) | Effect::TakeBack(_, effect) => return written(effect),
        _ => return None,
    })
}

fn of_bulk(bulk: Bulk) -> &'static str {
    match bulk {
        Bulk::Revoke => "revoke",
        Bulk::Restore => "restore",
        Bulk::Delete => "delete",
        Bulk::Undelete => "bring back",
        Bulk::Reissue => "re-issue",
        Bulk::TakeBackReissue => "bring back the old links of",
    }
}

fn of_change(change: &Change) -> String {
    let verb = match change {
        Change::User(..) | Change::Group { .. } | Change::Prompt(..) => "save",
        Change::Active(_, _, true) => "activate",
        Change::Active(_, _, false) => "deactivate",
        Change::Password(..) => "set the password of",
        Change::DeleteUser(..) | Change::DeleteGroup(_) | Change::DeleteFlow(..) => "delete",
        Change::Member { .. } => "change the members of",
        Change::RestoreUser(_) | Change::RestoreGroup(_) => "bring back",
    };
    format!("{verb} {}", text::safe(&change.name()))
}

/// Why something was not done, where an outcome says that it was not.
pub(super) fn failure(outcome: &Outcome) -> Option<String> {
    Some(match outcome {
        Outcome::Failed(why) | Outcome::Lost(why) | Outcome::NotSaved(Refusal::Other(why)) => {
            text::safe(why.trim_end_matches('.'))
        }
        Outcome::Unreachable(_) => "the database does not answer".to_owned(),
        Outcome::Conflict(_) | Outcome::NotSaved(Refusal::Stale(..)) => "somebody else changed it meanwhile".to_owned(),
        Outcome::NotSaved(Refusal::Gone(_)) => "somebody deleted it meanwhile".to_owned(),
        Outcome::NotSaved(_) | Outcome::NotDone(_) => "it was refused".to_owned(),
        Outcome::BulkDone(_, _, left) | Outcome::ReissuedAll(_, left) | Outcome::Mailed(_, left) => {
            text::safe(&left.first()?.1)
        }
        Outcome::ChangedAll { left, .. } => text::safe(&left.first()?.1),
        Outcome::Worked(_, Some(outcome)) | Outcome::Counted(_, Some(outcome)) | Outcome::TakenBack(_, outcome) => {
            return failure(outcome);
        }
        _ => return None,
    })
}
