//! Nothing that a person can send makes a fault of ours: forms made of hostile pieces, at random but repeatable.

use guestlist::domain::prompt::PromptType;
use guestlist::store::Store;

use super::browser::{Browser, page};
use super::running::start;
use crate::support::fixture::{invite, making, prompt, settings, two_pages};
use crate::support::stores::on_both;

const KEYS: &[&str] = &[
    "username",
    "password",
    "password_repeat",
    "name",
    "email",
    "__stage",
    "__csrf",
    "",
    "\0",
    "attributes.a",
    "is_active",
];
const VALUES: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "jane",
    "x@y.z",
    "\u{1b}[2J",
    "\u{202e}",
    "💥",
    "' OR 1=1 --",
    "\\u0000",
    "{}",
    "[]",
    "null",
    "-1",
    "1e999",
    "a\r\nb",
    "\u{fffd}",
    "\u{e000}",
    "İ",
    "ß",
    "K",
    "𝕁",
    "e\u{301}",
    "\u{10ffff}",
    "@",
    "a@b",
    "..",
    "%00",
];

/// A small generator of numbers: the same ones in every run.
struct Dice(u64);

impl Dice {
    fn throw<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[usize::try_from(self.0 >> 33).unwrap() % from.len()]
    }
}

on_both! {
    async fn no_form_makes_a_fault_of_ours(store: Store) {
        two_pages(&store).await;
        let server = start(&store).await;
        let mut dice = Dice(7);
        let long = "ü".repeat(1_001);
        for number in 0..8 {
            let id = invite(&store, &settings(&format!("welcome-{number}"))).await;
            let (browser, mut shown) = Browser::at(&server, &server.link("enroll", id)).await;
            for _ in 0..12 {
                let mut answers: Vec<(&str, &str)> = (0..6).map(|_| (dice.throw(KEYS), dice.throw(VALUES))).collect();
                let password = dice.throw(VALUES);
                answers.extend([("username", dice.throw(VALUES)), ("password", password), ("password_repeat", password)]);
                answers.extend([("name", dice.throw(VALUES)), ("email", dice.throw(&["x@y.zz", "\0@x.y", &long]))]);
                let answer = page(browser.form(&shown, &answers)).await;
                if answer.status == 303 {
                    shown = browser.follow(answer).await;
                    if shown.inputs().next().is_none() {
                        break;
                    }
                } else {
                    assert!(answer.status.is_client_error(), "{answers:?} {answer:?}");
                }
            }
        }
    }

    async fn a_query_that_no_database_can_keep_is_left_out(store: Store) {
        making("open").page(vec![prompt("name", PromptType::Text)]).insert(&store).await;
        let server = start(&store).await;
        for query in ["next=%00", "a%00=b", "next=/a%00&x=%00"] {
            Browser::new(&server).get(&format!("{}?{query}", server.flow("open"))).await.check_calm(200);
        }
    }
}
