//! Pages speak the visitor's language.

use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::store::Store;
use serde_json::json;

use super::browser::{Browser, Page, page};
use super::running::start;
use crate::support::fixture::{invite, making, policy, prompt, settings, two_pages};
use crate::support::stores::on_both;

async fn accepting(browser: &Browser, url: &str, languages: &str) -> Page {
    page(browser.client.get(url).header("accept-language", languages)).await
}

fn speaks(page: &Page, language: &str) -> bool {
    page.body.contains(&format!("<html lang=\"{language}\">"))
}

on_both! {
    async fn a_page_is_in_the_language_that_the_browser_asks_for(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, english) = Browser::at(&server, &server.link("enroll", id)).await;
        assert!(speaks(&english, "en") && english.body.contains(">Continue</button>"), "{english:?}");
        let german = accepting(&browser, &server.flow("enroll"), "de-AT,de;q=0.9,en;q=0.8").await;
        assert!(speaks(&german, "de") && german.body.contains("Schritt 1 von 2"), "{german:?}");
        let again = page(browser.form(&german, &[]).header("accept-language", "de")).await;
        assert!(again.body.contains("Bitte füllen Sie dieses Feld aus.") && again.body.contains("<title>Fehler: "), "{again:?}");
        assert!(!again.body.contains("?lang="), "switching would lose what was typed: {again:?}");
        let refused = accepting(&browser, &server.flow("none"), "de").await;
        assert!(speaks(&refused, "de") && refused.heading() == "Hier gibt es nichts", "{refused:?}");
        let french = accepting(&browser, &server.flow("enroll"), "fr-FR, *;q=0.5").await;
        assert!(speaks(&french, "en"), "{french:?}");
    }

    async fn a_chosen_language_stays(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let opened = browser.get(&format!("{}&lang=de", server.link("enroll", id))).await;
        let first = browser.follow(opened).await;
        assert!(speaks(&first, "de") && first.body.contains("<a href=\"?lang=en\" lang=\"en\" hreflang=\"en\">English</a>"), "{first:?}");
        let again = accepting(&browser, &server.flow("enroll"), "en").await;
        assert!(speaks(&again, "de"), "{again:?}");
        let changed = browser.get(&format!("{}?lang=en", server.flow("enroll"))).await;
        assert!(speaks(&changed, "en") && changed.cookie().unwrap().contains("guestlist_language=en; Path=/; HttpOnly"));
        assert!(speaks(&browser.get(&server.flow("enroll")).await, "en"));
    }

    async fn what_we_say_of_a_password_is_in_the_visitor_s_language_and_what_others_wrote_is_not(store: Store) {
        let (plain, own) = (json!({ "length_min": 9 }), json!({ "length_min": 9, "error_message": "Longer, please." }));
        let weak = json!({ "check_zxcvbn": true });
        for (name, settings, german, english) in [
            ("needs", plain, "Das Passwort braucht mindestens 9 Zeichen.", "The password needs at least 9 characters."),
            ("own", own, "Longer, please.", "Longer, please."),
            ("weak", weak, "Das Passwort ist zu leicht zu erraten.", "Password is too weak."),
        ] {
            let check = policy(&store, name, PolicyModel::Password, settings).await;
            let fields = vec![prompt("username", PromptType::Username), prompt("password", PromptType::Password)];
            making(name).checked(fields, vec![check]).user_write().insert(&store).await;
            let server = start(&store).await;
            let browser = Browser::new(&server);
            let first = browser.get(&server.flow(name)).await;
            for (language, said) in [("de", german), ("en", english)] {
                let request = browser.form(&first, &[("username", "jane"), ("password", "password")]);
                let again = page(request.header("accept-language", language)).await;
                assert!(speaks(&again, language) && again.body.contains(said), "{said}: {again:?}");
            }
        }
    }

    async fn the_rule_of_one_alphabet_is_told_in_the_visitor_s_language(store: Store) {
        making("enroll").credentials().user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
            let first = browser.get(&server.flow("enroll")).await;
        let mixed = [("username", "\u{430}lice"), ("password", "s3cret"), ("password_repeat", "s3cret")];
        for (language, said) in [("de", "Buchstaben eines Alphabets"), ("en", "letters of one alphabet")] {
            let again = page(browser.form(&first, &mixed).header("accept-language", language)).await;
            assert!(again.status == 422 && again.body.contains(said), "{again:?}");
        }
    }
}
