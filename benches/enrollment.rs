//! What an enrollment costs: `cargo bench --bench enrollment`.
//!
//! Starts the real server on an embedded database in a temporary folder and lets people enroll one after the other,
//! once with the password hash made cheap and once as it is configured by default. The difference is the hash; what is
//! left is everything else that the server does.

#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails is repeated")]

use std::time::{Duration, Instant};

use guestlist::blueprint::{Options, import, shipped};
use guestlist::clock;
use guestlist::config::RateLimits;
use guestlist::domain::event::Actor;
use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::{Draft, Settings, link};
use guestlist::domain::slug::Slug;
use guestlist::executor::Hashing;
use guestlist::server::{self, bind, serve};
use guestlist::store::{Store, flows, invitations};
use reqwest::Client;

const FLOW: &str = "default-enrollment-flow";
const PEOPLE: u32 = 60;
const CHEAP: Hashing = Hashing { memory_kib: 8, iterations: 1, parallelism: 1, waiting: 64 };

#[tokio::main]
async fn main() {
    for (name, hashing) in [("hash made cheap", CHEAP), ("hash as by default", Hashing::default())] {
        let folder = tempfile::tempdir().unwrap();
        let (url, id) = start(&folder, hashing).await;
        let mut times: Vec<Duration> = Vec::new();
        let begin = Instant::now();
        for person in 0..PEOPLE {
            let one = Instant::now();
            enroll(&url, id, person).await;
            times.push(one.elapsed());
        }
        times.sort();
        let each = begin.elapsed().as_secs_f64() * 1_000.0 / f64::from(PEOPLE);
        let median = times[times.len() / 2].as_secs_f64() * 1_000.0;
        println!("{name:<20} {PEOPLE} enrollments, {each:7.2} ms each, median {median:7.2} ms");
    }
}

/// A server with the shipped flow and an invitation for any number of people.
async fn start(folder: &tempfile::TempDir, hashing: Hashing) -> (String, InvitationId) {
    let store = Store::open(&format!("sqlite://{}/bench.db", folder.path().display())).await.unwrap();
    store.migrate().await.unwrap();
    let blueprint = shipped().iter().find(|blueprint| blueprint.name == FLOW).unwrap();
    let options = Options { bind_invitation_stage: true, ..Options::default() };
    let actor = Actor::system();
    import(&store, blueprint.text.as_bytes(), &options, &actor).await.unwrap();
    let id = InvitationId(clock::new_id());
    let mut tx = store.begin_write().await.unwrap();
    let flow = flows::find_by_slug(&mut tx, FLOW).await.unwrap().unwrap().id;
    let draft = Draft { name: "bench".into(), flow: Some(flow), ..Draft::default() };
    let settings = Settings::check(draft, clock::now()).unwrap();
    invitations::insert(&mut tx, id, &settings, &actor.at(clock::now())).await.unwrap();
    tx.commit().await.unwrap();
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let options = server::Options {
        public_url: url.clone(),
        hashing,
        leaked_passwords: None,
        rate_limits: RateLimits::OFF,
        trusted_proxies: vec![],
        patience: server::Patience::default(),
    };
    tokio::spawn(serve(store, listener, options, std::future::pending()));
    (url, id)
}

/// One person's way: the link, two forms, the closing page.
async fn enroll(url: &str, id: InvitationId, person: u32) {
    let client = Client::builder().cookie_store(true).no_proxy().build().unwrap();
    let name = format!("person-{person}");
    let mut page = text(client.get(link(url, &Slug::parse(FLOW).unwrap(), id))).await;
    let email = format!("{name}@example.com");
    for answers in [
        vec![("username", name.as_str()), ("password", "s3cret"), ("password_repeat", "s3cret")],
        vec![("name", name.as_str()), ("email", email.as_str())],
    ] {
        let hidden = [("__csrf", hidden(&page, "__csrf")), ("__stage", hidden(&page, "__stage"))];
        let form: Vec<(&str, &str)> = hidden.iter().map(|(key, value)| (*key, value.as_str())).chain(answers).collect();
        page = text(client.post(format!("{url}/if/flow/{FLOW}/")).form(&form)).await;
    }
    assert!(page.contains("You are all set"), "{page}");
}

async fn text(request: reqwest::RequestBuilder) -> String {
    request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}
