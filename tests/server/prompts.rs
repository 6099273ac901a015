//! Questions of every type: how they are asked, what is taken, what is kept.

use guestlist::domain::invitation::Settings;
use guestlist::domain::prompt::{Prompt, PromptType};
use guestlist::store::Store;
use serde_json::{Value, json};

use super::browser::{Browser, Page, attribute, page};
use super::running::{Running, start};
use crate::support::fixture::{invite, making, mapping, optional, prompt, settings, user_named};
use crate::support::stores::on_both;

/// Every type that keeps a value, as an attribute of the account.
pub fn every() -> Vec<Prompt> {
    let attribute = |key: &str, kind, value: &str| Prompt {
        initial_value: value.into(),
        ..prompt(&format!("attributes.{key}"), kind)
    };
    vec![
        prompt("username", PromptType::Username),
        attribute("text", PromptType::Text, ""),
        attribute("area", PromptType::TextArea, ""),
        attribute("read", PromptType::TextReadOnly, "read only"),
        attribute("read_area", PromptType::TextAreaReadOnly, "read\nonly"),
        attribute("number", PromptType::Number, "3"),
        attribute("tick", PromptType::Checkbox, "true"),
        Prompt { required: false, ..attribute("untick", PromptType::Checkbox, "true") },
        attribute("radio", PromptType::RadioButtonGroup, "b"),
        attribute("list", PromptType::Dropdown, ""),
        attribute("day", PromptType::Date, ""),
        attribute("moment", PromptType::DateTime, ""),
        attribute("file", PromptType::File, ""),
        attribute("line", PromptType::Separator, ""),
        attribute("hidden", PromptType::Hidden, "secret"),
        attribute("static", PromptType::Static, "<p>Read <b>this</b>.</p><script>alert(1)</script>"),
        attribute("locale", PromptType::Locale, ""),
    ]
}

async fn opened(store: &Store, fields: Vec<Prompt>) -> (Running, Browser, Page) {
    making("enroll").invitation().page(fields).user_write().insert(store).await;
    let fixed_data = mapping(json!({
        "attributes.radio__choices": ["a", {"label": "Bee", "value": "b"}],
        "attributes.list__choices": [1, 2],
    }));
    let id = invite(store, &Settings { fixed_data, ..settings("welcome") }).await;
    let server = start(store).await;
    let (browser, first) = Browser::at(&server, &server.link("enroll", id)).await;
    (server, browser, first)
}

/// Sends a form in parts, as browsers do where it has a file.
async fn send(browser: &Browser, shown: &Page, answers: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Page {
    let mut fields = shown.hidden();
    fields.extend(answers.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    let part =
        |name: &str, more: &str| format!("--boundary\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
    let mut body: Vec<u8> =
        fields.iter().flat_map(|(key, value)| format!("{}{value}\r\n", part(key, "")).into_bytes()).collect();
    let (name, content) = file.unwrap_or_default();
    let head = part("attributes.file", &format!("; filename=\"{name}\"\r\nContent-Type: image/png"));
    body.extend([head.as_bytes(), &content, b"\r\n--boundary--\r\n"].concat());
    let request = browser.client.post(format!("{}{}", browser.origin, shown.action()));
    page(request.header("content-type", "multipart/form-data; boundary=boundary").body(body)).await
}

async fn attributes(store: &Store) -> Value {
    Value::Object(user_named(store, "jane").await.unwrap().user.attributes)
}

const GOOD: &[(&str, &str)] = &[
    ("username", "jane"),
    ("attributes.text", "Jane"),
    ("attributes.area", "one\r\ntwo"),
    ("attributes.number", "7"),
    ("attributes.tick", "true"),
    ("attributes.radio", "a"),
    ("attributes.list", "2"),
    ("attributes.day", "2027-03-05"),
    ("attributes.moment", "2027-03-05T14:30"),
    ("attributes.locale", "de-DE"),
];

on_both! {
    async fn every_type_is_asked_by_its_own_control_and_keeps_its_own_shape(store: Store) {
        let (_server, browser, first) = opened(&store, every()).await;
        for part in [
            "enctype=\"multipart/form-data\"",
            "type=\"number\" value=\"3\" inputmode=\"numeric\" required",
            "type=\"checkbox\" value=\"true\" checked",
            "<fieldset class=\"field\" role=\"radiogroup\" aria-required=\"true\">\n<legend>ATTRIBUTES.RADIO</legend>",
            "type=\"radio\" value=\"b\" checked required>\n<label for=\"field-9-2\">Bee</label>",
            "<option value=\"1\" selected>1</option>",
            "type=\"date\"",
            "type=\"datetime-local\"",
            "type=\"file\" required aria-describedby=\"field-13-file\"",
            "value=\"read only\" readonly",
            "<hr>",
            "<div class=\"static\"><p>Read <b>this</b>.</p>&lt;script&gt;alert(1)&lt;/script&gt;</div>",
            "<option value=\"de-DE\">Deutsch</option>",
        ] {
            assert!(first.body.contains(part), "{part} in {first:?}");
        }
        assert!(!first.body.contains("secret"), "what is hidden is not shown: {first:?}");
        let mut answers = GOOD.to_vec();
        let crafted = ["attributes.read", "attributes.read_area", "attributes.hidden", "attributes.static"];
        answers.extend(crafted.map(|key| (key, "crafted")));
        let done = send(&browser, &first, &answers, Some(("a.png", b"png".to_vec()))).await;
        assert_eq!(done.status, 303, "{done:?}");
        let kept = attributes(&store).await;
        let wanted = json!({
            "text": "Jane", "area": "one\ntwo", "read": "read only", "read_area": "read\nonly", "number": 7,
            "tick": true, "untick": false, "radio": "a", "list": 2, "day": "2027-03-05",
            "moment": "2027-03-05T14:30:00", "file": "data:image/png;base64,cG5n", "hidden": "secret",
            "static": "<p>Read <b>this</b>.</p><script>alert(1)</script>", "locale": "de-DE",
        });
        for (key, value) in wanted.as_object().unwrap() {
            assert_eq!(&kept[key], value, "{key}");
        }
        assert_eq!(kept.get("line"), None, "{kept}");
    }

    async fn what_is_wrong_stands_at_its_field_and_a_file_need_not_be_chosen_again(store: Store) {
        let (_server, browser, first) = opened(&store, every()).await;
        let mut answers = GOOD.to_vec();
        for (key, value) in &mut answers {
            *value = match *key {
                "attributes.number" => "seven",
                "attributes.radio" | "attributes.list" => "9",
                "attributes.day" => "5.3.2027",
                "attributes.moment" => "soon",
                "attributes.tick" => "",
                _ => value,
            };
        }
        let again = send(&browser, &first, &answers, Some(("a.png", b"png".to_vec()))).await;
        assert_eq!(again.status, 422, "{again:?}");
        for error in ["Enter a whole number, such as 42.", "answers that are offered", "such as 2027-03-05.", "such as 2027-03-05 14:30."] {
            assert!(again.body.contains(error), "{error} in {again:?}");
        }
        assert!(again.body.contains("<a href=\"#field-9-1\">ATTRIBUTES.RADIO</a>"), "{again:?}");
        assert!(!again.input("attributes.tick").contains("checked"), "{again:?}");
        assert!(again.body.contains(">\none\r\ntwo</textarea>"), "{again:?}");
        assert!(again.body.contains("We have received your file."), "{again:?}");
        assert!(!again.input("attributes.file").contains("required"), "{again:?}");
        let done = send(&browser, &again, GOOD, None).await;
        assert_eq!(done.status, 303, "{done:?}");
        assert_eq!(attributes(&store).await["file"], "data:image/png;base64,cG5n");
    }

    async fn a_file_that_is_too_large_says_so_at_its_field(store: Store) {
        let (_server, browser, first) = opened(&store, every()).await;
        let again = send(&browser, &first, GOOD, Some(("a.png", vec![0; 3 * 1024 * 1024]))).await;
        assert_eq!(again.status, 422, "{again:?}");
        assert!(again.body.contains("id=\"field-13-error\">The file is too large."), "{again:?}");
        assert_eq!(again.value("attributes.text"), "Jane");
        let none = send(&browser, &first, GOOD, None).await;
        assert!(none.body.contains("id=\"field-13-error\">Please choose a file."), "{none:?}");
    }

    async fn what_is_optional_may_stay_blank(store: Store) {
        let fields = every().into_iter().map(|prompt| Prompt { required: false, initial_value: String::new(), ..prompt }).collect();
        let (_server, browser, first) = opened(&store, fields).await;
        assert!(first.body.contains("<option value=\"\">No answer</option>"), "{first:?}");
        let blank: Vec<(&str, &str)> = GOOD.iter().map(|(key, value)| (*key, if *key == "username" { *value } else { "" })).collect();
        let done = send(&browser, &first, &blank, None).await;
        assert_eq!(done.status, 303, "{done:?}");
        let kept = attributes(&store).await;
        for (key, value) in [("text", json!("")), ("number", json!(null)), ("tick", json!(false)), ("list", json!("")), ("day", json!(null)), ("file", json!(null))] {
            assert_eq!(kept[key], value, "{key}");
        }
    }

    async fn a_form_in_parts_that_is_cut_off_or_too_large_is_refused_calmly(store: Store) {
        let (_server, browser, first) = opened(&store, vec![prompt("username", PromptType::Username), optional("attributes.file", PromptType::File)]).await;
        let url = format!("{}{}", browser.origin, first.action());
        let kind = "multipart/form-data; boundary=x";
        for (kind, body) in [(kind, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"), (kind, "nothing"), ("multipart/form-data", "--x--")] {
            let refused = page(browser.client.post(&url).header("content-type", kind).body(body)).await;
            refused.check_calm(400);
        }
        assert!(attribute(first.input("username"), "type") == "text");
    }
}
