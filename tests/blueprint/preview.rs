//! What an import would do, attribute by attribute; how far it has got; and that nothing stays of one that is given up.

use super::{Database, actor, apply, count, open, refuse};
use crate::support::stores::on_both;
use guestlist::blueprint::{Action, Difference, Options, Progress, import, import_watched};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::sync::watch;

const FLOW: &str = "\
entries:
  - {id: team, model: authentik_core.group, identifiers: {name: team}}
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: Old, designation: enrollment}}
  - {id: write, model: authentik_stages_user_write.userwritestage, identifiers: {name: write}, attrs: {create_users_group: !KeyOf team}}
  - {model: authentik_stages_email.emailstage, identifiers: {name: mail}, attrs: {password: one}}
";

fn difference(attribute: &str, before: &str, after: &str) -> Difference {
    Difference { attribute: attribute.to_owned(), before: Some(before.to_owned()), after: after.to_owned() }
}

/// A file of many groups.
fn many(groups: usize) -> String {
    let mut text = "entries:\n".to_owned();
    for number in 0..groups {
        let _ = writeln!(text, "  - {{model: authentik_core.group, identifiers: {{name: g{number}}}}}");
    }
    text
}

on_both! {
    async fn each_attribute_is_shown_before_and_after_references_by_name_and_secrets_not_at_all(database: Database) {
        let store = open(&database).await;
        apply(&store, FLOW).await;
        let text = FLOW.replace("title: Old", "title: New").replace("!KeyOf team", "null").replace("password: one", "password: two, timeout: 5, token_expiry: days=1");
        let options = Options { dry_run: true, ..Options::default() };
        let report = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        let differences: Vec<_> = report.changes.iter().map(|change| change.differences.clone()).collect();
        assert_eq!(differences, [
            vec![],
            vec![difference("title", "Old", "New")],
            vec![difference("create_users_group", "team", "-")],
            vec![difference("password", "•••", "•••"), difference("timeout", "10", "5"), difference("token_expiry", "seconds=1800", "seconds=86400")],
        ]);
        assert_eq!(report.count(|action| matches!(action, Action::Updated(_))), 3);
    }

    async fn an_import_tells_how_far_it_has_got(database: Database) {
        let store = open(&database).await;
        let (progress, watcher) = watch::channel(Progress::default());
        import_watched(&store, many(7).as_bytes(), &Options::default(), &actor(), &progress).await.unwrap();
        assert_eq!(*watcher.borrow(), Progress { done: 7, total: 7 });
    }

    async fn an_import_that_is_given_up_leaves_nothing_behind(database: Database) {
        let store = open(&database).await;
        let (progress, mut watcher) = watch::channel(Progress::default());
        let shared = store.clone();
        let task = tokio::spawn(async move {
            import_watched(&shared, many(2_000).as_bytes(), &Options::default(), &actor(), &progress).await
        });
        watcher.wait_for(|progress| progress.done > 3).await.unwrap();
        task.abort();
        assert!(task.await.is_err());
        assert_eq!(count(&store).await, [0; 5]);
        // The connection is free again.
        tokio::time::timeout(Duration::from_secs(20), apply(&store, &many(3))).await.unwrap();
        assert_eq!(count(&store).await[3], 3);
    }

    async fn what_is_not_known_here_is_left_out_with_what_needs_it(database: Database) {
        let store = open(&database).await;
        let text = "\
entries:
  - {id: flow, model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: enrollment}}
  - {id: source, model: authentik_stages_source.sourcestage, identifiers: {name: source}}
  - {id: totp, model: authentik_stages_authenticator_totp.authenticatortotpstage, identifiers: {name: totp}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf source, order: 1}}
  - {model: authentik_stages_identification.identificationstage, identifiers: {name: who}, attrs: {user_fields: [email], password_stage: !KeyOf totp}}
";
        let first = refuse(&store, text).await.lines().next().map(str::to_owned);
        let expected = "3:25: entry `source`: The model `authentik_stages_source.sourcestage` is unknown here.";
        assert_eq!(first.as_deref(), Some(expected));
        let options = Options { skip_unsupported: true, ..Options::default() };
        let report = import(&store, text.as_bytes(), &options, &actor()).await.unwrap();
        assert_eq!(report.changes.len(), 2);
        let left_out: Vec<String> = report.left_out.iter().map(ToString::to_string).collect();
        assert_eq!(left_out, [
            "3:5: entry `source`: Left out: The model `authentik_stages_source.sourcestage` is unknown here.",
            "4:5: entry `totp`: Left out: The model `authentik_stages_authenticator_totp.authenticatortotpstage` is unknown here.",
            "5:89: entry `flowstagebinding`: Left out: `stage` refers to an entry that is left out.",
        ]);
        assert_eq!(report.notes[0].to_string(), "6:138: entry `who`: Left out: `password_stage` refers to an entry that is left out.");
    }
}
