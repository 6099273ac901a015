//! Whatever a person sends, the answer is never a fault of ours: made-up forms, addresses, headers and cookies, on flows
//! with every type of prompt and every stage that has a page.

use std::sync::atomic::{AtomicU32, Ordering};

use guestlist::config::RateLimits;
use guestlist::domain::flow::Designation;
use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::{OtherModel, StageKind, UserCreationMode, UserLoginStage, UserWriteStage};
use guestlist::domain::user::User;
use guestlist::domain::when::Span;
use guestlist::secret::Hasher;
use guestlist::server::{Options, Patience};
use guestlist::store::{Store, events, stages};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::browser::{Browser, Page, attribute, unchecked};
use super::prompts::every;
use super::running::{Running, run};
use crate::support::fixture::{QUICK, add_user, invite, making, mapping, optional, prompt, read, settings, user};
use crate::support::stores::on_both;

const FLOWS: &[&str] = &[
    "everything",
    "sign-in",
    "in-steps",
    "settings",
    "recover",
    "none",
    "EVERYTHING",
    "..",
    "%00",
    "%ff%fe",
    "a%2fb",
    "💥",
];

/// Keys of fields, besides those that a page asks for.
const KEYS: &[&str] = &[
    "username",
    "password",
    "name",
    "email",
    "uid_field",
    "token",
    "remember_me",
    "attributes",
    "attributes.a.b",
    "attributes.",
    "attributes_x",
    "is_active",
    "path",
    "type",
    "__stage",
    "__csrf",
    "__next",
    "component",
    "",
    "\0",
    ".",
    "a[b]",
    "goauthentik.io/x",
];

/// What takes a page further.
const RIGHT: &[&str] =
    &["jane", "s3cret", "jane@example.com", "true", "a", "2", "7", "2027-03-05", "2027-03-05T14:30", "de-DE"];

const ODD: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{1b}[2J",
    "\u{202e}",
    "💥",
    "' OR 1=1 --",
    "{}",
    "[]",
    "null",
    "-1",
    "1e999",
    "9223372036854775808",
    "-9223372036854775809",
    "0x10",
    "NaN",
    "a\r\nb",
    "\u{fffd}",
    "\u{10ffff}",
    "İ",
    "e\u{301}",
    "@",
    "a@b",
    "..",
    "../..",
    "%00",
    "0000-00-00",
    "9999-12-31",
    "-262144-01-01",
    "10000-01-01T00:00",
    "2027-02-30",
    "2027-03-05T25:61",
    "data:,",
    "data:image/png;base64,?",
    "data:image/png;base64,cG5n",
    "//evil.example.com",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
    "%(host)s",
    "<script>",
    "\"><img src=x>",
];

/// Fields that come with a page, and what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hidden {
    Kept,
    Left,
    Twice,
}

#[derive(Debug, Clone)]
struct Form {
    /// Whether it goes to the flow whose page is shown; else to any.
    elsewhere: Option<&'static str>,
    hidden: Hidden,
    in_parts: bool,
    /// What is entered into the page's own fields, one after the other: what fits there, or this.
    entered: Vec<Option<String>>,
    more: Vec<(String, String)>,
    file: Option<(String, String, Vec<u8>)>,
    headers: Vec<(&'static str, Vec<u8>)>,
}

#[derive(Debug, Clone)]
enum Step {
    Look { slug: &'static str, query: Vec<(String, String)>, headers: Vec<(&'static str, Vec<u8>)> },
    Open,
    Fill(Form),
    Raw { slug: &'static str, kind: &'static str, body: Vec<u8> },
    SignOut(Vec<(String, String)>),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => select(RIGHT).prop_map(str::to_owned),
        4 => select(ODD).prop_map(str::to_owned),
        1 => vec(any::<char>(), 0..20).prop_map(String::from_iter),
        1 => (select(ODD), 200_usize..3_000).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(KEYS).prop_map(str::to_owned), 1 => vec(any::<char>(), 0..10).prop_map(String::from_iter)]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    const NAMES: &[&str] = &[
        "cookie",
        "accept-language",
        "x-forwarded-for",
        "user-agent",
        "sec-fetch-site",
        "referer",
        "host",
        "origin",
        "content-language",
        "x-forwarded-host",
        "authorization",
        "range",
        "if-none-match",
    ];
    let value = prop_oneof![
        2 => text().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..30),
        1 => Just(b"guestlist_session=\xff; guestlist_language=xx; =; ;;".to_vec()),
        1 => Just(b"de;q=NaN, ,;q=, en;q=-1, *;q=9e999".to_vec()),
        1 => Just(b"6.6.6.6, ::1%eth0, , 999.1.1.1".to_vec()),
    ];
    // Most requests have none: one odd cookie and nothing else is looked at any more.
    prop_oneof![4 => Just(Vec::new()), 1 => vec((select(NAMES), value), 1..4)]
}

fn form() -> impl Strategy<Value = Form> {
    let hidden = prop_oneof![8 => Just(Hidden::Kept), 1 => Just(Hidden::Left), 1 => Just(Hidden::Twice)];
    let file = (text(), prop_oneof![Just("image/png".to_owned()), text()], vec(any::<u8>(), 0..50));
    let elsewhere = prop_oneof![9 => Just(None), 1 => select(FLOWS).prop_map(Some)];
    let more = vec((key(), text()), 0..4);
    let entered = prop_oneof![1 => Just(vec![None]), 1 => vec(proptest::option::of(text()), 1..6)];
    (elsewhere, hidden, any::<bool>(), entered, more, proptest::option::of(file), headers()).prop_map(
        |(elsewhere, hidden, in_parts, entered, more, file, headers)| Form {
            elsewhere,
            hidden,
            in_parts,
            entered,
            more,
            file,
            headers,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    const KINDS: &[&str] = &[
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json",
        "text/plain",
        "",
    ];
    let query_key = prop_oneof![
        select(&["itoken", "token", "flow_token", "next", "lang", "query"][..]).prop_map(str::to_owned),
        key()
    ];
    let body = prop_oneof![
        vec(any::<u8>(), 0..200),
        Just(b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-8''%ff\r\n\r\nb\r\n--x--".to_vec()),
        Just(b"a=%ff&b=%&=&&__csrf=%00".to_vec()),
    ];
    prop_oneof![
        3 => (select(FLOWS), vec((query_key, text()), 0..3), headers()).prop_map(|(slug, query, headers)| Step::Look { slug, query, headers }),
        1 => Just(Step::Open),
        12 => form().prop_map(Step::Fill),
        1 => (select(FLOWS), select(KINDS), body).prop_map(|(slug, kind, body)| Step::Raw { slug, kind, body }),
        1 => vec((key(), text()), 0..3).prop_map(Step::SignOut),
    ]
}

/// Flows that ask everything that can be asked.
async fn flows(store: &Store) {
    let hash = Hasher::new(QUICK).unwrap().hash("s3cret".into()).await.unwrap();
    add_user(store, &User { password: Some(hash), email: "jane@example.com".into(), ..user("jane") }).await;
    let optional_ones =
        every().into_iter().map(|prompt| guestlist::domain::prompt::Prompt { required: false, ..prompt });
    let remembers = UserLoginStage { remember_me_offset: Span(3_600), ..UserLoginStage::default() };
    let changes = UserWriteStage { user_creation_mode: UserCreationMode::NeverCreate, ..UserWriteStage::default() };
    let email = json!({ "use_global_settings": true });
    making("everything")
        .invitation()
        .other(OtherModel::Dummy, json!({}))
        .other(OtherModel::Consent, json!({}))
        .page(optional_ones.collect())
        .page(vec![
            prompt("email", PromptType::Email),
            optional("password", PromptType::Password),
            optional("attributes.a.b", PromptType::Text),
        ])
        .user_write()
        .login()
        .insert(store)
        .await;
    let password = json!({ "backends": ["authentik.core.auth.InbuiltBackend"], "failed_attempts_before_cancel": 3 });
    making("in-steps")
        .to(Designation::Authentication)
        .other(
            OtherModel::Identification,
            json!({ "user_fields": ["username", "email", "upn"], "pretend_user_exists": true }),
        )
        .other(OtherModel::Password, password)
        .stage(StageKind::UserLogin(remembers))
        .insert(store)
        .await;
    let stage = read(store, async |tx| stages::find_by_name(tx, "in-steps-10").await.unwrap().unwrap()).await;
    making("sign-in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["username"], "password_stage": stage.id }))
        .login()
        .insert(store)
        .await;
    making("settings")
        .to(Designation::StageConfiguration)
        .page(every())
        .stage(StageKind::UserWrite(changes.clone()))
        .insert(store)
        .await;
    making("recover")
        .to(Designation::Recovery)
        .other(OtherModel::Identification, json!({ "user_fields": ["email", "username"] }))
        .other(OtherModel::Email, email)
        .page(vec![prompt("password", PromptType::Password), prompt("password_repeat", PromptType::Password)])
        .stage(StageKind::UserWrite(changes))
        .insert(store)
        .await;
}

/// Somebody who sends anything.
struct Person<'a> {
    server: &'a Running,
    link: &'a str,
    browser: Browser,
    shown: Option<Page>,
    /// Which person this is, for a name of their own.
    number: u32,
}

impl Person<'_> {
    async fn act(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let request = match step {
            Step::Open => self.browser.client.get(self.link),
            Step::Look { slug, query, headers } => {
                let pairs: Vec<String> =
                    query.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
                let request = self.browser.client.get(format!("{}?{}", self.server.flow(slug), pairs.join("&")));
                with(request, headers)
            }
            Step::Fill(form) => with(self.fill(form), &form.headers),
            Step::Raw { slug, kind, body } => {
                let request = self.browser.client.post(self.server.flow(slug));
                request.header("content-type", *kind).body(body.clone())
            }
            Step::SignOut(fields) => {
                let mut form = self.shown.as_ref().map(Page::hidden).unwrap_or_default();
                form.extend(fields.iter().cloned());
                self.browser.client.post(format!("{}/-/sign-out/", self.server.url)).form(&form)
            }
        };
        self.send(request).await
    }

    /// Sends a request and follows where it leads within this site.
    async fn send(&mut self, mut request: RequestBuilder) -> Result<(), TestCaseError> {
        for _ in 0..6 {
            let answer = unchecked(request).await;
            prop_assert!(!answer.status.is_server_error(), "{} {}", answer.status, answer.heading());
            let location = answer.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            if location.starts_with('/') && !location.starts_with("//") {
                request = self.browser.client.get(format!("{}{location}", self.browser.origin));
                continue;
            }
            if answer.body.contains("<form ") {
                self.shown = Some(answer);
            }
            break;
        }
        Ok(())
    }

    /// What takes a person further in the field of that name.
    fn fitting(&self, name: &str) -> String {
        match name.trim_start_matches("attributes.") {
            "username" => format!("guest-{}", self.number),
            "uid_field" => "jane".to_owned(),
            "password" | "password_repeat" => "s3cret".to_owned(),
            "email" => "jane@example.com".to_owned(),
            "tick" | "untick" => "true".to_owned(),
            "file" => "data:image/png;base64,cG5n".to_owned(),
            "radio" => "a".to_owned(),
            "number" | "list" => "2".to_owned(),
            "day" => "2027-03-05".to_owned(),
            "moment" => "2027-03-05T14:30".to_owned(),
            "locale" => "de-DE".to_owned(),
            _ => "x".to_owned(),
        }
    }

    fn fill(&self, form: &Form) -> RequestBuilder {
        let (mut fields, mut action) = (Vec::new(), format!("{}/if/flow/everything/", self.browser.origin));
        if let Some(shown) = &self.shown {
            let hidden = shown.hidden();
            let times = match form.hidden {
                Hidden::Left => 0,
                Hidden::Kept => 1,
                Hidden::Twice => 2,
            };
            fields.extend(hidden.iter().cycle().take(hidden.len() * times).cloned());
            let asked = names(shown);
            let entered = form.entered.iter().cycle();
            fields.extend(asked.into_iter().zip(entered).map(|(name, entered)| {
                let entered = entered.clone().unwrap_or_else(|| self.fitting(&name));
                (name, entered)
            }));
            action = format!("{}{}", self.browser.origin, shown.action());
        }
        fields.extend(form.more.iter().cloned());
        if let Some(slug) = form.elsewhere {
            action = self.server.flow(slug);
        }
        let request = self.browser.client.post(action);
        if form.in_parts {
            request.header("content-type", "multipart/form-data; boundary=boundary").body(parts(&fields, form))
        } else {
            request.form(&fields)
        }
    }
}

/// A text as it stands in a query; of a long one what clients send at all.
fn escaped(text: &str) -> String {
    text.bytes().take(2_000).fold(String::new(), |text, byte| text + &format!("%{byte:02x}"))
}

/// The names of a page's own fields.
fn names(shown: &Page) -> Vec<String> {
    let tags = ["<input id", "<textarea id", "<select id"].into_iter().flat_map(|tag| shown.body.split(tag).skip(1));
    let mut names: Vec<String> = tags.map(|tag| attribute(tag.split('>').next().unwrap(), "name").to_owned()).collect();
    names.dedup();
    names
}

/// A form in parts, as a browser that escapes nothing would send it.
fn parts(fields: &[(String, String)], form: &Form) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, value) in fields {
        body.extend(
            format!("--boundary\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    if let Some((name, kind, content)) = &form.file {
        let head = format!(
            "--boundary\r\nContent-Disposition: form-data; name=\"attributes.file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--boundary--\r\n");
    body
}

/// Adds the headers that can be sent at all.
fn with(mut request: RequestBuilder, headers: &[(&'static str, Vec<u8>)]) -> RequestBuilder {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request = request.header(*name, value);
        }
    }
    request
}

/// The first steps that everybody takes, so that what follows is not all the same page of refusal.
fn beginning() -> impl Strategy<Value = Step> {
    let flow = select(&FLOWS[1..5]).prop_map(|slug| Step::Look { slug, query: vec![], headers: vec![] });
    prop_oneof![3 => Just(Step::Open), 2 => flow]
}

on_both! {
    async fn nothing_that_a_person_sends_is_answered_by_a_fault_of_ours(store: Store) {
        flows(&store).await;
        let fixed_data = mapping(json!({
            "attributes.radio__choices": ["a", {"label": "Bee", "value": "b"}],
            "attributes.list__choices": [1, 2],
        }));
        let id = invite(&store, &Settings { fixed_data, max_uses: None, ..settings("welcome") }).await;
        let options = Options {
            public_url: "http://127.0.0.1:9000".into(),
            hashing: QUICK,
            leaked_passwords: None,
            rate_limits: RateLimits::OFF,
            trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
            patience: Patience::default(),
        };
        let server = run(&store, options).await;
        let link = server.link("everything", id);
        let config = ProptestConfig {
            cases: 120,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(7),
            max_shrink_iters: 200,
            ..ProptestConfig::default()
        };
        let people = AtomicU32::new(0);
        let one = |(first, steps): (Step, Vec<Step>)| {
            Handle::current().block_on(async {
                let mut person = Person { server: &server, link: &link, browser: Browser::new(&server), shown: None, number: people.fetch_add(1, Ordering::Relaxed) };
                person.act(&first).await?;
                for step in &steps {
                    person.act(step).await?;
                }
                Ok(())
            })
        };
        let ran = block_in_place(|| TestRunner::new(config).run(&(beginning(), vec(step(), 1..12)), one).map_err(Box::new));
        ran.unwrap();
        // They have got somewhere.
        let told = read(&store, async |tx| events::list(tx, 10_000).await.unwrap()).await;
        let count = |action: &str| told.iter().filter(|event| event.action.as_str() == action).count();
        let got = ["user_write", "login", "logout"].map(count);
        assert!(got[0] > 5 && got.iter().all(|count| *count > 0), "{got:?}");
    }
}
