//! Many people at the same moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use guestlist::domain::id::InvitationId;
use guestlist::domain::invitation::Settings;
use guestlist::store::Store;
use tokio::sync::Barrier;

use super::browser::{Browser, CREDENTIALS, DETAILS, Page, page};
use super::running::{Running, start};
use crate::support::fixture::{invite, settings, two_pages, use_rows, user_count, uses};
use crate::support::stores::{Database, on_both};

const PEOPLE: usize = 40;
/// How often each race is run.
const ROUNDS: usize = 3;

/// Servers that share a database, each with connections of its own.
struct House {
    servers: Vec<Running>,
    store: Store,
}

async fn house(database: &Database, servers: usize) -> House {
    let store = Store::open(&database.url).await.unwrap();
    store.migrate().await.unwrap();
    two_pages(&store).await;
    let mut running = Vec::new();
    for _ in 0..servers {
        running.push(start(&Store::open(&database.url).await.unwrap()).await);
    }
    House { servers: running, store }
}

impl House {
    async fn invite(&self, name: &str, max_uses: Option<u32>) -> InvitationId {
        invite(&self.store, &Settings { max_uses, ..settings(name) }).await
    }

    /// Everybody opens the link and fills in the first page with a user name; then all send the last page at once.
    /// How many got each status, and what they got.
    async fn race(&self, id: InvitationId, name: impl Fn(usize) -> String) -> (BTreeMap<u16, usize>, Vec<Page>) {
        let mut ready = Vec::new();
        for person in 0..PEOPLE {
            let server = &self.servers[person % self.servers.len()];
            let (browser, first) = Browser::at(server, &server.link("enroll", id)).await;
            let name = name(person);
            let second =
                browser.go_on(&first, &[("username", &name), ("password", "x"), ("password_repeat", "x")]).await;
            ready.push((browser, second));
        }
        let barrier = Arc::new(Barrier::new(PEOPLE));
        let finish = |(browser, second): (Browser, Page)| {
            let barrier = barrier.clone();
            tokio::spawn(async move {
                let request = browser.form(&second, DETAILS);
                barrier.wait().await;
                page(request).await
            })
        };
        let finishing: Vec<_> = ready.into_iter().map(finish).collect();
        let mut pages = Vec::new();
        for one in finishing {
            pages.push(one.await.unwrap());
        }
        let mut statuses = BTreeMap::new();
        for page in &pages {
            *statuses.entry(page.status.as_u16()).or_insert(0) += 1;
        }
        (statuses, pages)
    }

    /// Forty people, an invitation for so many of them.
    async fn only(&self, allowed: usize) {
        for round in 0..ROUNDS {
            let before = user_count(&self.store).await;
            let id = self.invite(&format!("race-{round}"), Some(u32::try_from(allowed).unwrap())).await;
            let (statuses, pages) = self.race(id, |person| format!("guest-{round}-{person}")).await;
            assert_eq!(statuses, BTreeMap::from([(303, allowed), (410, PEOPLE - allowed)]));
            for refused in pages.iter().filter(|page| page.status == 410) {
                refused.check_calm(410);
                refused.check_no_form();
            }
            assert_eq!(user_count(&self.store).await - before, allowed as u64);
            assert_eq!(uses(&self.store, id).await as usize, allowed);
            assert_eq!(use_rows(&self.store, id).await.len(), allowed);
        }
    }
}

on_both! {
    async fn forty_people_at_once_make_one_account_of_a_single_use_link(database: Database) {
        house(&database, 1).await.only(1).await;
    }

    async fn forty_people_at_two_servers_make_one_account_of_a_single_use_link(database: Database) {
        house(&database, 2).await.only(1).await;
    }

    async fn forty_people_at_two_servers_make_five_accounts_of_a_link_for_five(database: Database) {
        house(&database, 2).await.only(5).await;
    }

    async fn forty_people_at_once_who_want_one_name_make_one_account(database: Database) {
        let house = house(&database, 2).await;
        for round in 0..ROUNDS {
            let before = user_count(&house.store).await;
            let id = house.invite(&format!("race-{round}"), None).await;
            let (statuses, pages) = house.race(id, |_| format!("wanted-{round}")).await;
            assert_eq!(statuses, BTreeMap::from([(303, 1), (409, PEOPLE - 1)]));
            for taken in pages.iter().filter(|page| page.status == 409) {
                taken.check_calm(409);
                assert_eq!(taken.value("username"), format!("wanted-{round}"));
            }
            assert_eq!(user_count(&house.store).await - before, 1);
            assert_eq!(uses(&house.store, id).await, 1);
        }
    }

    async fn one_person_who_sends_the_last_form_ten_times_at_once_gets_one_account(database: Database) {
        let house = house(&database, 2).await;
        for round in 0..ROUNDS {
            let before = user_count(&house.store).await;
            let id = house.invite(&format!("race-{round}"), None).await;
            let server = &house.servers[0];
            let (browser, first) = Browser::at(server, &server.link("enroll", id)).await;
            let name = format!("jane-{round}");
            let mut answers = CREDENTIALS.to_vec();
            answers[0].1 = &name;
            let second = browser.go_on(&first, &answers).await;
            let barrier = Arc::new(Barrier::new(10));
            let send = || {
                let (barrier, request) = (barrier.clone(), browser.form(&second, DETAILS));
                tokio::spawn(async move {
                    barrier.wait().await;
                    page(request).await
                })
            };
            let sending: Vec<_> = (0..10).map(|_| send()).collect();
            for one in sending {
                let answer = one.await.unwrap();
                assert_eq!((answer.status.as_u16(), answer.location()), (303, "/if/flow/enroll/end/"), "{answer:?}");
            }
            let closing = browser.get(&server.flow("enroll")).await;
            assert!(closing.body.contains(&format!("signed in as {name}")), "{closing:?}");
            assert_eq!(user_count(&house.store).await - before, 1);
            assert_eq!(uses(&house.store, id).await, 1);
        }
    }
}
