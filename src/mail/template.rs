//! What letters are made from. The names are authentik's, because email stages name their template.

use askama::Template as _;
use chrono::{DateTime, Utc};

use super::language::Language;
use super::words::Words;
use crate::domain::flow::names;
use crate::domain::letter::Body;
use crate::domain::text::{printable, printable_lines};

names!(
    /// What a letter is made from.
    Template {
        /// Asks whether an address is one's own.
        AccountConfirmation = "email/account_confirmation.html",
        /// Leads to a new password.
        PasswordReset = "email/password_reset.html",
        /// Brings an invitation.
        Invitation = "email/invitation.html",
        /// Tells that mail arrives.
        Test = "guestlist/test.html",
    }
);

impl Template {
    /// The template that an email stage names, or why there is none.
    pub fn of_stage(name: &str) -> Result<Self, String> {
        Self::parse(name).filter(|template| *template != Self::Test).ok_or_else(|| {
            format!(
                "The template `{}` is not known here. There are {}, {} and {}; a folder of one's own is not supported.",
                printable(name),
                Self::AccountConfirmation,
                Self::PasswordReset,
                Self::Invitation
            )
        })
    }
}

/// What a letter says of its own. `url` may hold a token, so `Debug` is left out.
#[derive(Clone, Default)]
pub struct Values {
    /// Where the letter leads.
    pub url: String,
    /// Where one enrolls or signs in, as people call it: a title, or a host.
    pub site: String,
    /// Who is addressed, by name; may be empty.
    pub name: String,
    /// What the administrator adds; may be empty and have several lines.
    pub message: String,
    /// From when on the link is of no use.
    pub expires: Option<DateTime<Utc>>,
}

#[derive(askama::Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: Language,
    words: &'a Words,
    message: &'a [String],
    url: &'a str,
}

#[derive(askama::Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    words: &'a Words,
    message: &'a [String],
    url: &'a str,
}

/// Writes a letter: its own subject, and what it says.
pub(super) fn write(template: Template, values: &Values, language: Language) -> Result<(String, Body), askama::Error> {
    let values =
        Values { name: addressable(&values.name), site: printable(&values.site).into_owned(), ..values.clone() };
    let words = Words::of(template, &values, language);
    let lines = printable_lines(values.message.trim());
    let message: Vec<String> = lines.lines().map(ToOwned::to_owned).collect();
    let (message, url) = (message.as_slice(), values.url.as_str());
    let text = Text { words: &words, message, url }.render()?;
    let html = Html { language, words: &words, message, url }.render()?;
    Ok((words.subject, Body { text, html }))
}

/// A name to address somebody by; nothing where it is none. People choose their name themselves and somebody else's
/// address beside it, so that a letter must not carry what they would like to advertise.
fn addressable(name: &str) -> String {
    let letters = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.'));
    let abbreviates = |word: &str| word.find('.').is_none_or(|dot| dot + 1 == word.len());
    let plain = letters && name.chars().count() <= 60 && name.split(' ').all(abbreviates);
    if plain { name.trim().to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            url: "https://id.example.com/if/flow/enroll/?itoken=1&a=2".into(),
            site: "Example <Ltd>".into(),
            name: "Jane O’Neill".into(),
            message: "See you\non <b>Monday</b>!\u{1b}[31m".into(),
            expires: "2026-11-29T18:00:00Z".parse().ok(),
        }
    }

    #[test]
    fn a_letter_is_escaped_in_html_and_plain_in_text() {
        let (subject, body) = write(Template::Invitation, &values(), Language::English).unwrap();
        assert_eq!(subject, "You are invited to Example <Ltd>");
        assert!(body.html.contains("https://id.example.com/if/flow/enroll/?itoken=1&#38;a=2"), "{}", body.html);
        assert!(body.html.contains("on &#60;b&#62;Monday"), "{}", body.html);
        assert!(body.text.contains("\nhttps://id.example.com/if/flow/enroll/?itoken=1&a=2\n"), "{}", body.text);
        assert!(body.text.contains("Hello Jane O’Neill,") && body.text.contains("on <b>Monday</b>!"), "{}", body.text);
        assert!(!body.text.contains('\u{1b}') && !body.html.contains('\u{1b}'));
        assert!(body.text.contains("29 November 2026, 18:00 UTC"), "{}", body.text);
    }

    #[test]
    fn nothing_in_a_letter_is_fetched_from_elsewhere() {
        let (_, body) = write(Template::PasswordReset, &values(), Language::German).unwrap();
        for remote in ["<img", "<link", "<script", "url(", "@import", "src="] {
            assert!(!body.html.contains(remote), "{remote}");
        }
        assert!(body.html.contains("lang=\"de\""), "{}", body.html);
    }

    #[test]
    fn every_template_is_written_in_every_language() {
        for template in Template::NAMES {
            for language in Language::NAMES {
                let (template, language) = (Template::parse(template).unwrap(), Language::parse(language).unwrap());
                let (subject, body) = write(template, &values(), language).unwrap();
                assert!(!subject.is_empty() && body.text.lines().all(|line| line.len() < 200), "{}", body.text);
                let linked = body.text.contains(&values().url);
                assert_eq!(linked, template != Template::Test, "{}", body.text);
            }
        }
    }

    #[test]
    fn a_name_that_advertises_is_not_addressed() {
        for name in ["Jane", "Zoë van der Berg-Müller", "J. R. R. Tolkien", "山田 太郎"] {
            assert_eq!(addressable(name), name);
        }
        let long = "win ".repeat(20);
        for name in ["visit evil.example", "https://evil", "100 Euro!", "<b>", "a\nb", &long] {
            assert_eq!(addressable(name), "", "{name}");
        }
    }

    #[test]
    fn a_template_that_is_not_known_is_refused_by_name() {
        assert_eq!(Template::of_stage("email/invitation.html"), Ok(Template::Invitation));
        for name in ["email/email_otp.html", "mine.html", "guestlist/test.html", ""] {
            assert!(Template::of_stage(name).unwrap_err().contains(&format!("`{name}`")), "{name}");
        }
    }
}
