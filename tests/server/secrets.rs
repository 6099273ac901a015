//! What must not be written anywhere.

use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

use guestlist::store::{Store, events};

use super::browser::{Browser, CREDENTIALS, DETAILS};
use super::running::start;
use crate::support::fixture::{invite, read, settings, two_pages, uses};
use crate::support::stores::Given;

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Set in the process whose log is looked at.
const INSIDE: &str = "GUESTLIST_TEST_INSIDE";

/// In a process of its own, so that all of the log is this test's. What the test's browser says is left out.
#[test]
fn neither_the_log_nor_the_events_hold_a_token_or_a_password() {
    if std::env::var_os(INSIDE).is_some() {
        return watch();
    }
    let name = std::thread::current().name().unwrap().to_owned();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args([&name, "--exact", "--test-threads=1"]).env(INSIDE, "1").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

fn watch() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter("trace,reqwest=off,hyper_util::client=off,cookie_store=off")
        .with_writer(move || writer.clone())
        .init();
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", home.path().join("guestlist.sqlite").display());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let secrets = runtime.block_on(enroll(&url));
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).to_lowercase();
    assert!(log.contains("insert into user_account"), "the log was captured: {log:.1000}");
    for secret in &secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// Somebody enrolls; what must not be written anywhere comes back.
async fn enroll(url: &str) -> Vec<String> {
    let store = Store::given(url).await;
    two_pages(&store).await;
    let id = invite(&store, &settings("welcome")).await;
    let server = start(&store).await;
    let browser = Browser::new(&server);
    browser.get(&format!("{}&x=%00", server.link("none", id))).await;
    let opened = browser.get(&server.link("enroll", id)).await;
    let session = |cookie: Option<&str>| cookie.unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    let first_session = session(opened.cookie());
    let first = browser.follow(opened).await;
    let second = browser.go_on(&first, CREDENTIALS).await;
    let finished = browser.submit(&second, DETAILS).await;
    let second_session = session(finished.cookie());
    browser.follow(finished).await;
    browser.get(&server.link("enroll", id)).await.check_calm(410);
    assert_eq!(uses(&store, id).await, 1);
    let plain = id.0.simple().to_string();
    let secrets = [id.token(), plain, "s3cret".into(), "argon2id$".into(), first_session, second_session].to_vec();
    let told = format!("{:?}", read(&store, async |tx| events::list(tx, 1_000).await.unwrap()).await);
    for secret in &secrets {
        assert!(!told.contains(secret), "{secret} is in the events");
    }
    secrets
}
