//! What is wrong with an answer, in authentik's texts and codes.

use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::store::Store;
use serde_json::{Value, json};

use super::client::{Api, credentials, details, keys};
use crate::server::running::{Running, start};
use crate::support::fixture::{
    add_user, invite, making, optional, prompt, settings, two_pages, user, user_count, user_named, uses,
};
use crate::support::stores::on_both;

fn told(text: &str, code: &str) -> Value {
    json!([{ "string": text, "code": code }])
}

/// A client at a page with one question, and what is told about an answer to it.
async fn asked(store: &Store, server: &Running, question: Prompt) -> Api {
    let slug = format!("asks-{}", question.id);
    making(&slug).page(vec![question]).user_write().insert(store).await;
    let api = Api::at(server, &slug, "");
    api.challenge().await;
    api
}

on_both! {
    async fn faults_stand_at_their_fields_and_nothing_typed_comes_back(store: Store) {
        two_pages(&store).await;
        add_user(&store, &user("jane")).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        let before = api.challenge().await;
        let again = api.post(credentials()).await;
        assert_eq!(again.status, 200);
        assert!(!again.body.contains("s3cret"), "{again:?}");
        let mut shown = again.challenge();
        let errors = shown.as_object_mut().unwrap().remove("response_errors").unwrap();
        assert_eq!(errors, json!({ "username": told("Username is already taken.", "invalid") }));
        assert_eq!(shown, before, "the same challenge, with nothing typed in it");
        let differ = api.answer(json!({ "username": "joe", "password": "a", "password_repeat": "b" })).await;
        assert_eq!(differ["response_errors"], json!({ "non_field_errors": told("Passwords don't match.", "invalid") }));
        let bare = api.answer(json!({ "username": "", "password": null })).await;
        assert_eq!(bare["response_errors"], json!({
            "username": told("This field may not be blank.", "blank"),
            "password": told("This field may not be null.", "null"),
            "password_repeat": told("This field is required.", "required"),
        }));
        assert_eq!(keys(&api.challenge().await), keys(&before), "a fault is told once");
        api.answer(json!({ "username": "joe", "password": "a", "password_repeat": "a" })).await;
        let wrong = api.answer(json!({ "name": "Joe", "email": "joe" })).await;
        assert_eq!(wrong["response_errors"], json!({ "email": told("Enter a valid email address.", "invalid") }));
        assert_eq!((uses(&store, id).await, user_count(&store).await), (0, 1));
        api.answer(details()).await;
        assert!(user_named(&store, "joe").await.is_some());
    }

    async fn each_type_tells_its_own_faults(store: Store) {
        use PromptType::{Checkbox, Date, DateTime, Dropdown, Email, File, Number, Text, Username};
        const INTEGER: &str = "A valid integer is required.";
        const DATE: &str = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
        const MOMENT: &str = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
        const STRING: &str = "Not a valid string.";
        let server = start(&store).await;
        for (kind, cases) in [
            (Text, vec![(json!(true), STRING, "invalid"), (json!([1]), STRING, "invalid"), (json!({"a": "b"}), STRING, "invalid"), (json!("a\u{0}b"), "The invisible character U+0000 is not allowed here.", "invalid"), (json!("x".repeat(1001)), "Ensure this field has no more than 1000 characters.", "max_length")]),
            (Username, vec![(json!(false), STRING, "invalid"), (json!("x".repeat(151)), "Ensure this field has no more than 150 characters.", "max_length")]),
            (Email, vec![(json!(5), "Enter a valid email address.", "invalid"), (json!([]), STRING, "invalid")]),
            (Number, vec![(json!(1.5), INTEGER, "invalid"), (json!(true), INTEGER, "invalid"), (json!(""), INTEGER, "invalid"), (json!([]), INTEGER, "invalid"), (json!(null), "This field may not be null.", "null")]),
            (Checkbox, vec![(json!("maybe"), "Must be a valid boolean.", "invalid"), (json!({}), "Must be a valid boolean.", "invalid"), (json!(null), "This field may not be null.", "null")]),
            (Dropdown, vec![(json!("Other"), "\"Other\" is not a valid choice.", "invalid_choice"), (json!(""), "\"\" is not a valid choice.", "invalid_choice")]),
            (Date, vec![(json!("5.3.2027"), DATE, "invalid"), (json!(""), DATE, "invalid"), (json!({}), DATE, "invalid")]),
            (DateTime, vec![(json!("soon"), MOMENT, "invalid"), (json!(false), MOMENT, "invalid")]),
            (File, vec![(json!("http://example.com"), "Invalid scheme", "invalid"), (json!("data:text/plain,x"), "Invalid encoding", "invalid"), (json!([]), STRING, "invalid")]),
        ] {
            let mut question = prompt("answer", kind);
            question.placeholder = "One".into();
            let api = asked(&store, &server, question).await;
            for (answer, text, code) in cases {
                let shown = api.answer(json!({ "answer": answer })).await;
                assert_eq!(shown["response_errors"], json!({ "answer": told(text, code) }), "{kind} {answer}");
            }
        }
    }

    async fn null_is_refused_even_where_no_answer_is_needed(store: Store) {
        let server = start(&store).await;
        let api = asked(&store, &server, optional("answer", PromptType::Text)).await;
        let shown = api.answer(json!({ "answer": null })).await;
        assert_eq!(shown["response_errors"], json!({ "answer": told("This field may not be null.", "null") }));
    }

    async fn what_is_not_asked_takes_whatever_is_sent_for_it_and_does_not_look(store: Store) {
        let mut hidden = prompt("attributes.team", PromptType::Hidden);
        hidden.initial_value = "Backend".into();
        making("enroll").page(vec![prompt("username", PromptType::Username), hidden]).user_write().insert(&store).await;
        let server = start(&store).await;
        let api = Api::at(&server, "enroll", "");
        assert_eq!(api.challenge().await["fields"][1]["initial_value"], "Backend");
        api.answer(json!({ "username": "jane", "attributes.team": ["Admins"] })).await;
        assert_eq!(user_named(&store, "jane").await.unwrap().user.attributes["team"], "Backend");
    }

    async fn choices_are_told_by_value_and_label(store: Store) {
        let server = start(&store).await;
        let mut question = prompt("answer", PromptType::Dropdown);
        question.placeholder = "return ['A', {'label': 'Two', 'value': 2}]".into();
        question.placeholder_expression = true;
        let api = asked(&store, &server, question).await;
        let shown = api.challenge().await;
        let field = &shown["fields"][0];
        assert_eq!(field["choices"], json!([{ "value": "A", "label": "A" }, { "value": "2", "label": "Two" }]));
        assert_eq!((&field["initial_value"], &field["placeholder"]), (&json!("A"), &json!("")));
        let end = api.answer(json!({ "answer": 2 })).await;
        assert!(end.get("response_errors").is_none(), "a number chooses its text: {end}");
    }

    async fn json_that_is_no_mapping_is_told_as_a_whole(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        for (body, kind) in [(json!([1]), "list"), (json!("x"), "str"), (json!(7), "int"), (json!(null), "NoneType")] {
            let shown = api.answer(body).await;
            let text = format!("Invalid data. Expected a dictionary, but got {kind}.");
            assert_eq!(shown["response_errors"], json!({ "non_field_errors": told(&text, "invalid") }));
            assert_eq!(keys(&shown)[0], "username");
        }
    }

    async fn a_name_that_was_taken_meanwhile_comes_back_to_its_page_and_spends_nothing(store: Store) {
        two_pages(&store).await;
        let id = invite(&store, &settings("welcome")).await;
        let server = start(&store).await;
        let api = Api::invited(&server, id);
        api.challenge().await;
        api.answer(credentials()).await;
        add_user(&store, &user("jane")).await;
        let shown = api.answer(details()).await;
        assert_eq!(keys(&shown)[0], "username");
        assert_eq!(shown["response_errors"], json!({ "username": told("Username is already taken.", "invalid") }));
        assert_eq!(uses(&store, id).await, 0);
    }
}
