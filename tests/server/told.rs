//! What pages say is so, and leads on.

use guestlist::domain::brand::Brand;
use guestlist::domain::flow::Designation;
use guestlist::domain::id::BrandId;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::stage::OtherModel;
use guestlist::store::{Store, brands, stages};
use serde_json::json;

use super::api::client::Api;
use super::browser::{Browser, CREDENTIALS, page};
use super::running::start;
use crate::executor::identity::{asks_password, jane};
use crate::support::fixture::{
    invite, making, mapping, optional, prompt, read, settings, two_pages, user_named, write,
};
use crate::support::stores::on_both;

/// A flow in which people sign in, on two pages.
async fn sign_in(store: &Store) {
    let mut password = asks_password();
    password["allow_show_password"] = json!(true);
    making("sign-in")
        .to(Designation::Authentication)
        .other(OtherModel::Identification, json!({ "user_fields": ["username"], "enable_remember_me": true }))
        .other(OtherModel::Password, password)
        .login()
        .insert(store)
        .await;
}

on_both! {
    async fn a_mail_that_was_sent_again_is_no_error(store: Store) {
        jane(&store).await;
        making("recover")
            .to(Designation::Recovery)
            .other(OtherModel::Identification, json!({ "user_fields": ["email"] }))
            .other(OtherModel::Email, json!({ "use_global_settings": true, "recovery_max_attempts": 1 }))
            .credentials()
            .insert(&store)
            .await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("recover")).await;
        let waits = browser.go_on(&first, &[("uid_field", "jane@example.com")]).await;
        let again = browser.submit(&waits, &[]).await;
        again.check_calm(200);
        assert!(again.body.contains("<p class=\"notice\" role=\"status\">We have sent you another email.</p>"), "{again:?}");
        assert!(!again.body.contains("role=\"alert\"") && !again.body.contains("<title>Error"), "{again:?}");
        let often = browser.submit(&waits, &[]).await;
        assert!(often.status == 422 && often.body.contains("role=\"alert\""), "{often:?}");
    }

    async fn too_many_wrong_passwords_lead_to_a_new_beginning_that_goes_on_to_the_same_place(store: Store) {
        jane(&store).await;
        sign_in(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&(server.flow("sign-in") + "?next=/if/flow/settings/%3Fa%3D%2520b")).await;
        let asked = browser.go_on(&first, &[("uid_field", "jane")]).await;
        browser.submit(&asked, &[("password", "wrong")]).await.check_calm(422);
        let over = browser.submit(&asked, &[("password", "wrong")]).await;
        over.check_calm(403);
        assert_eq!(over.heading(), "Those were too many attempts");
        let link = over.body.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
        let first = browser.get(&format!("{}{link}", browser.origin)).await;
        let asked = browser.go_on(&first, &[("uid_field", "jane")]).await;
        let end = browser.submit(&asked, &[("password", "s3cret")]).await;
        assert_eq!(browser.follow(end).await.location(), "/if/flow/settings/?a=%20b");
    }

    async fn who_is_asked_for_a_password_can_say_that_it_is_lost(store: Store) {
        jane(&store).await;
        sign_in(&store).await;
        let lost = making("lost").to(Designation::Recovery).credentials().insert(&store).await;
        let brand = mapping(json!({ "flow_recovery": lost.id.to_string() }));
        let brand = Brand { id: BrandId(guestlist::clock::new_id()), domain: "x.example".into(), is_default: true, settings: brand };
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("sign-in")).await;
        let asked = browser.go_on(&first, &[("uid_field", "jane")]).await;
        assert!(!asked.body.contains("Forgot"), "{asked:?}");
        write(&store, async |tx, act| brands::insert(tx, &brand, act).await.unwrap()).await;
        let asked = browser.get(&server.flow("sign-in")).await;
        assert!(asked.body.contains("<a href=\"/if/flow/lost/\">Forgot your password?</a>"), "{asked:?}");
        let api = Api::at(&server, "sign-in", "");
        assert_eq!(api.challenge().await["enable_remember_me"], true);
        let shown = api.answer(json!({ "uid_field": "jane" })).await;
        assert_eq!((&shown["recovery_url"], &shown["allow_show_password"]), (&json!("/if/flow/lost/"), &json!(true)));
        let stage = read(&store, async |tx| stages::find_by_name(tx, "sign-in-10").await.unwrap().unwrap()).await;
        let both = json!({ "user_fields": ["username"], "password_stage": stage.id });
        making("both").to(Designation::Authentication).other(OtherModel::Identification, both).login().insert(&store).await;
        let shown = Api::at(&server, "both", "").challenge().await;
        assert_eq!((&shown["allow_show_password"], &shown["enable_remember_me"]), (&json!(true), &json!(false)));
    }

    async fn nobody_hears_of_an_invitation_where_none_is_needed(store: Store) {
        two_pages(&store).await;
        making("open").credentials().insert(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let (browser, invited) = Browser::at(&server, &server.link("enroll", id)).await;
        let forged = page(browser.form(&invited, CREDENTIALS).header("sec-fetch-site", "cross-site")).await;
        assert!(forged.body.contains("Your invitation is still good."), "{forged:?}");
        let open = Browser::new(&server);
        let shown = open.get(&server.flow("open")).await;
        let forged = page(open.form(&shown, CREDENTIALS).header("sec-fetch-site", "cross-site")).await;
        forged.check_calm(403);
        assert!(!forged.body.contains("nvitation"), "{forged:?}");
        let other = browser.get(&server.flow("open")).await;
        let late = browser.submit(&invited, CREDENTIALS).await;
        late.check_calm(403);
        assert!(late.body.contains("Please open the link that you were sent once more."), "{late:?}");
        browser.submit(&other, CREDENTIALS).await;
    }

    async fn questions_are_asked_so_that_they_can_be_answered(store: Store) {
        let mut team = prompt("attributes.team", PromptType::RadioButtonGroup);
        (team.placeholder, team.placeholder_expression) = ("return [None, 'Ops']".into(), true);
        let phone = optional("attributes.phone", PromptType::Text);
        let mut when = prompt("attributes.when", PromptType::DateTime);
        when.initial_value = "2024-01-01T10:00:00+02:00".into();
        let mut terms = optional("attributes.terms", PromptType::Static);
        terms.initial_value = "<a href=\"javascript:x\">Terms</a>".into();
        let agrees = prompt("attributes.agrees", PromptType::Checkbox);
        making("open").credentials().page(vec![team, phone, when, terms, agrees]).user_write().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let first = browser.get(&server.flow("open")).await;
        let shown = browser.go_on(&first, CREDENTIALS).await;
        assert!(shown.body.contains("<label for=\"field-1-1\">No answer</label>"), "{shown:?}");
        assert!(shown.input("attributes.phone").contains("inputmode=\"tel\""), "{shown:?}");
        assert!(shown.body.contains("<div class=\"static\">Terms</div>"), "{shown:?}");
        assert_eq!(shown.value("attributes.when"), "2024-01-01T10:00");
        let answers = [("attributes.team", "Ops"), ("attributes.when", "2024-01-01T10:00"), ("attributes.agrees", "maybe")];
        let again = browser.submit(&shown, &answers).await;
        assert!(again.status == 422 && !again.body.contains("Enter text"), "{again:?}");
        let answers = [("attributes.team", "Ops"), ("attributes.when", "2024-01-01T10:00"), ("attributes.agrees", "true")];
        browser.go_on(&shown, &answers).await;
        let kept = user_named(&store, "jane").await.unwrap().user.attributes;
        assert_eq!(kept["when"], "2024-01-01T10:00:00+02:00");
    }

    async fn a_form_of_too_many_fields_is_told_so(store: Store) {
        making("open").credentials().insert(&store).await;
        let server = start(&store).await;
        let browser = Browser::new(&server);
        let shown = browser.get(&server.flow("open")).await;
        let many: Vec<(String, String)> = (0..100_000).map(|number| (format!("f{number}"), "x".to_owned())).collect();
        let url = format!("{}{}", browser.origin, shown.action());
        let answer = page(browser.client.post(url).form(&many)).await;
        answer.check_calm(413);
        assert!(answer.body.contains("too many fields") && !answer.body.contains("1 MB"), "{answer:?}");
    }
}
