//! The pages of the stages that are no prompt stages.

use askama::Template;

use super::page::remarks;
use super::words::Words;
use crate::domain::stage::UserField;
use crate::domain::text::printable;
use crate::executor::component::{About, Identification};
use crate::executor::{Challenge, Component, Remark};

/// A page that one stage shows: some text, a question or two, one button or two.
#[derive(Debug, Default, Template)]
#[template(path = "step.html")]
pub struct StagePage {
    base: String,
    title: String,
    action: String,
    csrf: String,
    stage: String,
    page: usize,
    pages: usize,
    can_go_back: bool,
    step: String,
    notices: Vec<String>,
    faults: Vec<String>,
    paragraphs: Vec<String>,
    hidden: Vec<(&'static str, String)>,
    inputs: Vec<Input>,
    buttons: Vec<Button>,
    links: Vec<(String, &'static str)>,
}

/// A question.
#[derive(Debug)]
struct Input {
    key: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    autocomplete: &'static str,
}

/// A button, and what it answers.
#[derive(Debug)]
struct Button {
    label: &'static str,
    answer: Option<(&'static str, &'static str)>,
    second: bool,
}

impl StagePage {
    /// The page of a challenge.
    pub fn new(challenge: &Challenge, base: &str, csrf: String) -> Self {
        // A mail that was sent once more is no fault.
        let (done, faults): (Vec<_>, Vec<_>) = challenge.faults.iter().partition(|it| **it == Remark::MailSent);
        let page = Self {
            base: base.to_owned(),
            title: printable(&challenge.title).into_owned(),
            action: format!("{base}/if/flow/{}/", challenge.slug),
            csrf,
            stage: challenge.stage.to_string(),
            page: challenge.page,
            pages: challenge.pages,
            can_go_back: challenge.can_go_back,
            step: (Words::here().form.step)(challenge.page, challenge.pages),
            notices: remarks(challenge.notices.iter().chain(done)),
            faults: remarks(faults),
            ..Self::default()
        };
        match &challenge.component {
            Component::Identification(asked) => page.identification(asked),
            Component::Password { username, recovery, .. } => page.password(username, recovery.as_ref()),
            Component::Consent { about, token } => page.consent(*about, token),
            Component::Email { address } => page.email(address.as_deref()),
            Component::UserLogin { username } => page.user_login(username),
            Component::Dummy { name } => page.say(printable(name).into_owned()).go_on(),
            Component::Redirect { to } => page.redirect(to),
            Component::Prompt(_) | Component::Continue => page.go_on(),
        }
    }

    fn say(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    fn button(mut self, label: &'static str) -> Self {
        self.buttons.push(Button { label, answer: None, second: false });
        self
    }

    fn go_on(self) -> Self {
        self.button(Words::here().form.go_on)
    }

    fn ask_password(mut self) -> Self {
        let (label, kind) = (Words::here().step.password, "password");
        self.inputs.push(Input { key: kind, label, kind, value: String::new(), autocomplete: "current-password" });
        self
    }

    fn identification(mut self, asked: &Identification) -> Self {
        let words = &Words::here().step;
        let fields = &asked.user_fields;
        let [email, name] = [UserField::Email, UserField::Username].map(|field| fields.contains(&field));
        let label = match (email, name) {
            (true, true) => words.email_or_username,
            (true, false) => words.email,
            _ => words.username,
        };
        self.inputs.push(Input {
            key: "uid_field",
            label,
            kind: if fields.as_slice() == [UserField::Email] { "email" } else { "text" },
            value: asked.typed.clone(),
            autocomplete: "username",
        });
        if asked.asks_password {
            self = self.ask_password();
        }
        let flow = |slug: &String| format!("{}/if/flow/{slug}/", self.base);
        let enrollment = asked.enrollment.as_ref().map(|slug| (flow(slug), words.enroll));
        let recovery = asked.recovery.as_ref().map(|slug| (flow(slug), words.recover));
        self.links.extend(enrollment.into_iter().chain(recovery));
        self.go_on()
    }

    fn password(mut self, username: &str, recovery: Option<&String>) -> Self {
        let words = &Words::here().step;
        // Password managers look for the name beside the password.
        if !username.is_empty() {
            self.paragraphs.push((words.signing_in)(&printable(username)));
        }
        self.links.extend(recovery.map(|slug| (format!("{}/if/flow/{slug}/", self.base), words.recover)));
        self.ask_password().go_on()
    }

    fn consent(mut self, about: About, token: &str) -> Self {
        let words = &Words::here().step;
        self.hidden.push(("token", token.to_owned()));
        self.say(match about {
            About::Stage => words.consent,
            About::MailLink => words.confirm_email,
        })
        .go_on()
    }

    fn email(self, address: Option<&str>) -> Self {
        let words = &Words::here().step;
        let sent = match address {
            Some(address) => (words.mail_sent)(&printable(address)),
            None => words.mail_sent_perhaps.to_owned(),
        };
        self.say(sent).say(words.mail_hint).button(words.mail_again)
    }

    fn user_login(mut self, username: &str) -> Self {
        let words = &Words::here().step;
        self.paragraphs.push((words.remember)(&printable(username)));
        let button = |label, value, second| Button { label, answer: Some(("remember_me", value)), second };
        self.buttons.extend([button(words.yes_remember, "true", false), button(words.no, "false", true)]);
        self
    }

    fn redirect(mut self, to: &str) -> Self {
        let words = Words::here();
        self.links.push((to.to_owned(), words.form.go_on));
        self.say((words.step.redirect)(&printable(to)))
    }
}
