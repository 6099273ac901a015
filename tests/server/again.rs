//! Pages that come once more: back, the last form again, the same link again, a page that was open for too long.

use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::store::{Store, invitations};
use serde_json::json;

use super::browser::{Browser, CREDENTIALS, DETAILS, page};
use super::running::start;
use crate::support::fixture::{
    invite, making, policy, prompt, settings, two_pages, user_count, user_named, uses, write,
};
use crate::support::stores::on_both;

on_both! {
    async fn the_back_button_shows_the_page_before_with_its_answers(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        assert!(!first.body.contains("__back"));
        let second = browser.go_on(&first, CREDENTIALS).await;
        assert!(second.body.contains("name=\"__back\" value=\"1\" class=\"second\" formnovalidate>Back</button>"), "{second:?}");
        let first = browser.go_on(&second, &[("__back", "1")]).await;
        assert_eq!((first.value("username"), first.value("password")), ("jane", ""));
        let second = browser.go_on(&first, &[("username", "jd"), ("password", "x"), ("password_repeat", "x")]).await;
        browser.go_on(&second, DETAILS).await;
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
        assert!(user_named(&store, "jd").await.is_some());
    }

    async fn the_last_form_sent_again_leads_to_the_closing_page(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
        let second = browser.go_on(&first, CREDENTIALS).await;
        let closing = browser.go_on(&second, DETAILS).await;
        // Signing in has changed the cookie, and with it the token that forms carry.
        let again = browser.go_on(&second, DETAILS).await;
        assert_eq!(again.body, closing.body);
        let crafted = page(browser.form(&second, DETAILS).header("sec-fetch-site", "cross-site")).await;
        crafted.check_calm(403);
        assert_eq!((user_count(&store).await, uses(&store, id).await), (1, 1));
    }

    async fn a_page_of_a_flow_that_another_took_the_place_of_says_so(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("open")).await;
        making("other").credentials().user_write().insert(&store).await;
        // Another flow in the same browser takes the place of the first.
        browser.get(&server.flow("other")).await;
        let late = browser.submit(&first, CREDENTIALS).await;
        late.check_calm(403);
        assert_eq!(late.heading(), "Something else was opened meanwhile");
        assert!(late.body.contains("href=\"/if/flow/open/\""), "{late:?}");
        assert_eq!(user_count(&store).await, 0);
    }

    async fn a_page_about_a_link_offers_no_language_that_would_lose_it(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        write(&store, async |tx, act| invitations::set_revoked(tx, id, true, act).await.unwrap()).await;
        let server = start(&store).await;
        let refused = Browser::new(&server).get(&format!("{}&lang=de", server.link("enroll", id))).await;
        assert_eq!((refused.status.as_u16(), refused.body.contains("?lang=")), (410, false), "{refused:?}");
        assert!(refused.body.contains("<html lang=\"de\">"));
    }

    async fn whatever_stands_in_the_query_a_page_comes(store: Store) {
        making("open").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let long = format!("?next=/{}", "x".repeat(5_000));
        let many = format!("?{}", "a=b&".repeat(1_000));
        for query in ["?next=%00", "?a%00=b", "?lang=%00", "?next=%FF", "?%", "?a[]=1&=&&", &long, &many] {
            Browser::new(&server).get(&(server.flow("open") + query)).await.check_calm(200);
        }
    }

    async fn the_rules_of_a_password_stand_at_its_field(store: Store) {
        let rule = json!({ "length_min": 8, "amount_digits": 1, "amount_symbols": 1, "symbol_charset": "!?", "check_zxcvbn": true });
        let check = policy(&store, "strong", PolicyModel::Password, rule).await;
        let fields = vec![prompt("username", PromptType::Username), prompt("password", PromptType::Password)];
        making("open").checked(fields, vec![check]).user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("open")).await;
        assert!(first.body.contains("<li>at least 8 characters</li>") && first.body.contains("<li>at least 1 digit (0-9)</li>"), "{first:?}");
        assert!(first.input("password").contains("aria-describedby=\"field-2-rules\""), "{first:?}");
        let again = browser.submit(&first, &[("username", "jane"), ("password", "hunter22")]).await;
        again.check_calm(422);
        for rule in ["at least 8 characters <b class=\"met\">&#10003; done</b>", "at least 1 symbol, such as ! or ? <b class=\"missing\">&#10007; missing</b>"] {
            assert!(again.body.contains(rule), "{again:?}");
        }
        assert!(!again.body.contains("hunter22"));
    }
}
