//! Too often and too many: what is limited, what is said, and that nothing is lost by it.

use std::net::IpAddr;
use std::num::NonZeroU32;

use guestlist::config::{Rate, RateLimits};
use guestlist::domain::flow::Designation;
use guestlist::domain::invitation::Settings;
use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::OtherModel;
use guestlist::domain::user::User;
use guestlist::secret::{Hasher, Hashing};
use guestlist::server::{Options, Patience};
use guestlist::store::{Store, events, invitations, stages};
use serde_json::json;

use super::browser::{Browser, CREDENTIALS, DETAILS, Page, page, unchecked};
use super::running::{Running, run};
use crate::support::fixture::{
    QUICK, add_user, invite, making, policy, prompt, read, settings, two_pages, user, user_count,
};
use crate::support::stores::on_both;

/// So many at once, and then hardly any more.
fn only(burst: u32) -> Rate {
    Rate { burst: NonZeroU32::new(burst).unwrap(), per_minute: NonZeroU32::MIN }
}

fn options(rate_limits: RateLimits) -> Options {
    let here: IpAddr = "127.0.0.1".parse().unwrap();
    Options {
        public_url: "http://127.0.0.1:9000".into(),
        hashing: QUICK,
        leaked_passwords: None,
        rate_limits,
        trusted_proxies: vec![here],
        patience: Patience::default(),
    }
}

/// A server behind a proxy, with a sign-in on one page (`one`) and on two (`two`), and an account with a password.
async fn sign_ins(store: &Store, rate_limits: RateLimits) -> Running {
    let hash = Hasher::new(QUICK).unwrap().hash("s3cret".into()).await.unwrap();
    add_user(store, &User { password: Some(hash), ..user("jane") }).await;
    let backends = json!({ "backends": ["authentik.core.auth.InbuiltBackend"], "failed_attempts_before_cancel": 50 });
    let pretends = json!({ "user_fields": ["username"], "pretend_user_exists": true });
    let two = making("two").to(Designation::Authentication).other(OtherModel::Identification, pretends);
    two.other(OtherModel::Password, backends).login().insert(store).await;
    let password = read(store, async |tx| stages::find_by_name(tx, "two-10").await.unwrap().unwrap()).await;
    let asks = json!({ "user_fields": ["username"], "password_stage": password.id });
    let one = making("one").to(Designation::Authentication).other(OtherModel::Identification, asks);
    one.login().insert(store).await;
    run(store, options(rate_limits)).await
}

/// Sends a page's form from an address.
async fn from(address: &str, browser: &Browser, shown: &Page, answers: &[(&str, &str)]) -> Page {
    page(browser.form(shown, answers).header("x-forwarded-for", address)).await
}

/// Tries a password on the page that asks for both; its status.
async fn tries(server: &Running, address: &str, name: &str, password: &str) -> u16 {
    let (browser, asked) = Browser::at_flow(server, "one").await;
    let answers = [("uid_field", name), ("password", password)];
    from(address, &browser, &asked, &answers).await.status.as_u16()
}

async fn failed_logins(store: &Store) -> usize {
    let told = read(store, async |tx| events::list(tx, 100).await.unwrap()).await;
    told.iter().filter(|event| event.action.as_str() == "login_failed").count()
}

impl Browser {
    /// A new browser at the first page of a flow that anybody may begin.
    async fn at_flow(server: &Running, slug: &str) -> (Browser, Page) {
        let browser = Browser::new(server);
        let shown = browser.get(&server.flow(slug)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        (browser, shown)
    }
}

impl Page {
    /// Checks that this asks to wait, and for how long at most.
    fn check_waits(&self, status: u16, at_most: u64) {
        self.check_calm(status);
        self.check_no_form();
        let seconds: u64 = self.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=at_most).contains(&seconds), "{seconds}");
    }
}

on_both! {
    async fn programs_are_limited_as_pages_are(store: Store) {
        two_pages(&store).await;
        let server = run(&store, options(RateLimits { links: Some(only(10)), ..RateLimits::default() })).await;
        let url = format!("{}/api/v3/flows/executor/enroll/?query=itoken%3Dnonsense", server.url);
        assert_eq!(page(Browser::new(&server).client.get(&url)).await.status, 200, "denied, and told so in a challenge");
        let refused = page(Browser::new(&server).client.get(&url)).await;
        assert_eq!(refused.status, 429);
        assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
        assert!(refused.body.contains("Request was throttled."), "{refused:?}");
    }

    async fn passwords_are_limited_for_each_account_whether_or_not_there_is_one(store: Store) {
        let server = sign_ins(&store, RateLimits { account: Some(only(3)), ..RateLimits::default() }).await;
        for name in ["jane", "nobody"] {
            for (number, written) in [name, &name.to_uppercase(), name].into_iter().enumerate() {
                assert_eq!(tries(&server, &format!("203.0.113.{number}"), written, "wrong").await, 422);
            }
            let failed = failed_logins(&store).await;
            assert_eq!(tries(&server, "198.51.100.1", name, "s3cret").await, 429, "{name}");
            assert_eq!(failed_logins(&store).await, failed, "what was not tried is no failure");
        }
        assert_eq!(tries(&server, "203.0.113.1", "somebody-else", "wrong").await, 422);
    }

    async fn who_waits_is_told_so_in_their_language_and_goes_on_where_they_were(store: Store) {
        let server = sign_ins(&store, RateLimits { account: Some(only(2)), passwords: Some(only(3)), ..RateLimits::default() }).await;
        let (browser, asked) = Browser::at_flow(&server, "two").await;
        let asked = browser.go_on(&asked, &[("uid_field", "Jane")]).await;
        for _ in 0..2 {
            let again = from("203.0.113.1", &browser, &asked, &[("password", "wrong")]).await;
            assert_eq!(again.status, 422, "{again:?}");
        }
        let wait = from("203.0.113.2", &browser, &asked, &[("password", "s3cret")]).await;
        wait.check_waits(429, 60);
        assert!(wait.body.contains("Please wait a little") && wait.body.contains("in 1 minute."), "{wait:?}");
        assert!(wait.body.contains("href=\"/if/flow/two/\""), "{wait:?}");
        let german = browser.form(&asked, &[("password", "s3cret")]).header("accept-language", "de");
        let german = page(german.header("x-forwarded-for", "203.0.113.2")).await;
        german.check_waits(429, 60);
        assert!(german.body.contains("Bitte warten Sie ein wenig") && german.body.contains("in 1 Minute noch"), "{german:?}");
        let still = browser.get(&server.flow("two")).await;
        assert!(still.input("password").contains("type=\"password\""), "{still:?}");
        let (other, asked) = Browser::at_flow(&server, "two").await;
        let asked = other.go_on(&asked, &[("uid_field", "nobody")]).await;
        let again = from("203.0.113.1", &other, &asked, &[("password", "wrong")]).await;
        assert_eq!(again.status, 422, "{again:?}");
        from("203.0.113.1", &other, &asked, &[("password", "wrong")]).await.check_waits(429, 60);
    }

    async fn passwords_are_limited_for_each_address_as_a_trusted_proxy_tells_it(store: Store) {
        let server = sign_ins(&store, RateLimits { passwords: Some(only(2)), ..RateLimits::default() }).await;
        for (address, status) in [
            ("2001:db8:1:2::1", 422),
            ("2001:db8:1:2::2", 422),
            ("2001:db8:1:2:3:4:5:6", 429),
            ("2001:db8:1:3::1", 422),
            ("6.6.6.6, 203.0.113.1", 422),
            ("7.7.7.7, 203.0.113.1", 422),
            ("8.8.8.8, 203.0.113.1", 429),
            ("203.0.113.2", 422),
        ] {
            assert_eq!(tries(&server, address, &format!("user of {address}"), "wrong").await, status, "{address}");
        }
        let plain = Options { trusted_proxies: vec![], ..options(RateLimits { passwords: Some(only(2)), ..RateLimits::default() }) };
        let server = run(&store, plain).await;
        for (address, status) in [("203.0.113.1", 422), ("203.0.113.2", 422), ("203.0.113.3", 429)] {
            assert_eq!(tries(&server, address, "jane", "wrong").await, status, "who claims an address is not believed");
        }
    }

    async fn links_are_limited_for_each_address_and_bad_ones_count_ten_times(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = run(&store, options(RateLimits { links: Some(only(22)), ..RateLimits::default() })).await;
        let open = async |address: &str, link: &str| {
            page(Browser::new(&server).client.get(link).header("x-forwarded-for", address)).await
        };
        let (good, bad) = (server.link("enroll", id), format!("{}?itoken=guessed", server.flow("enroll")));
        open("203.0.113.1", &bad).await.check_calm(404);
        open("203.0.113.1", &format!("{}?flow_token=guessed", server.flow("enroll"))).await.check_calm(410);
        for _ in 0..2 {
            assert_eq!(open("203.0.113.1", &good).await.status, 303);
        }
        for link in [&good, &bad] {
            open("203.0.113.1", link).await.check_waits(429, 60);
        }
        let opened = read(&store, async |tx| invitations::get(tx, id).await.unwrap().opens).await;
        assert_eq!(opened, 2, "what was not looked up is not counted");
        assert_eq!(open("203.0.113.2", &good).await.status, 303);
        let without = page(Browser::new(&server).client.get(server.flow("enroll")).header("x-forwarded-for", "203.0.113.1")).await;
        without.check_calm(403);
    }

    async fn new_passwords_are_limited_for_each_address_and_nothing_is_lost(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        let server = run(&store, options(RateLimits { new_passwords: Some(only(2)), ..RateLimits::default() })).await;
        for name in ["a", "b"] {
            let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
            let answers = [("username", name), ("password", "x"), ("password_repeat", "x")];
            assert_eq!(from("203.0.113.1", &browser, &first, &answers).await.status, 303);
        }
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        from("203.0.113.1", &browser, &first, CREDENTIALS).await.check_waits(429, 60);
        let first = browser.get(&server.flow("enroll")).await;
        assert!(first.body.contains("Step 1 of 2"), "{first:?}");
        let done = from("203.0.113.2", &browser, &first, CREDENTIALS).await;
        let second = browser.follow(done).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!(user_count(&store).await, 1);
    }

    async fn a_new_password_counts_once_whether_or_not_a_policy_takes_it(store: Store) {
        let check = policy(&store, "long", PolicyModel::Password, json!({ "length_min": 9 })).await;
        let fields = || vec![prompt("username", PromptType::Username), prompt("password", PromptType::Password)];
        making("enroll").checked(fields(), vec![check]).user_write().insert(&store).await;
        let server = run(&store, options(RateLimits { new_passwords: Some(only(3)), ..RateLimits::default() })).await;
        let (browser, first) = Browser::at_flow(&server, "enroll").await;
        let (short, long) = ([("username", "jane"), ("password", "short")], [("username", "jane"), ("password", "long-enough")]);
        for _ in 0..2 {
            assert_eq!(from("203.0.113.1", &browser, &first, &short).await.status, 422);
        }
        let (other, page) = Browser::at_flow(&server, "enroll").await;
        assert_eq!(from("203.0.113.1", &other, &page, &long).await.status, 303);
        // Another name: one that is taken is told before any policy is asked.
        let other = [("username", "joan"), ("password", "short")];
        from("203.0.113.1", &browser, &first, &other).await.check_waits(429, 60);
        assert_eq!(user_count(&store).await, 1);
    }

    async fn without_limits_nobody_waits(store: Store) {
        let server = sign_ins(&store, RateLimits::OFF).await;
        for _ in 0..15 {
            assert_eq!(tries(&server, "203.0.113.1", "jane", "wrong").await, 422);
        }
    }

    async fn where_too_many_passwords_wait_to_be_hashed_the_rest_is_asked_to_come_back(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &Settings { max_uses: None, ..settings("welcome") }).await;
        // Slow, so that all the others come while the first are at it.
        let hashing = Hashing { memory_kib: 65_536, iterations: 8, parallelism: 1, waiting: 1 };
        let server = run(&store, Options { hashing, ..options(RateLimits::default()) }).await;
        let people = std::thread::available_parallelism().unwrap().get() + 6;
        let mut sending = Vec::new();
        for number in 0..people {
            let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
            let name = format!("guest-{number}");
            let request = browser.form(&first, &[("username", &name), ("password", "x"), ("password_repeat", "x")]);
            sending.push((tokio::spawn(unchecked(request)), browser));
        }
        let mut refused = Vec::new();
        for (one, browser) in sending {
            let answer = one.await.unwrap();
            if answer.status != 303 {
                answer.check_waits(503, 10);
                assert!(answer.body.contains("your invitation is still good"), "{answer:?}");
                refused.push(browser);
            }
        }
        assert!((1..people).contains(&refused.len()), "{}", refused.len());
        assert_eq!(user_count(&store).await, 0);
        let browser = refused.pop().unwrap();
        let first = browser.get(&server.flow("enroll")).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!(user_count(&store).await, 1, "who comes back goes on");
    }
}
