//! What letters say, in each language. All of it stands here; the layout stands in `assets/mail`.

use chrono::{DateTime, Datelike, Utc};

use super::language::Language;
use super::template::{Template, Values};

/// The words of one letter.
pub(super) struct Words {
    /// The subject, if nothing else is said.
    pub subject: String,
    /// The first line.
    pub greeting: String,
    /// What it is about.
    pub paragraphs: Vec<String>,
    /// What the button says; empty where the letter leads nowhere.
    pub button: &'static str,
    /// What to do where the button does nothing.
    pub by_hand: &'static str,
    /// What to know besides.
    pub notes: Vec<String>,
}

impl Words {
    /// The words of a letter.
    pub fn of(template: Template, values: &Values, language: Language) -> Self {
        match language {
            Language::English => english(template, values),
            Language::German => german(template, values),
        }
    }
}

fn english(template: Template, values: &Values) -> Words {
    let site = &values.site;
    let until = values.expires.map(|end| format!("The link works until {}.", moment(end, Language::English)));
    let (subject, paragraph, button, note) = match template {
        Template::AccountConfirmation => (
            format!("Confirm your address for {site}"),
            format!("Please confirm that this address is yours. Your account at {site} can be used then."),
            "Confirm this address",
            "If you have not made an account there, do nothing: it can't be used without your confirmation.",
        ),
        Template::PasswordReset => (
            format!("A new password for {site}"),
            format!("Somebody, most likely you, asked for a new password for your account at {site}."),
            "Choose a new password",
            "If it was not you, do nothing: your password stays as it is.",
        ),
        Template::Invitation => (
            format!("You are invited to {site}"),
            format!("You are invited to make an account at {site}."),
            "Accept the invitation",
            "The link is meant for you: please don't pass it on. If you did not expect this letter, you can ignore it.",
        ),
        Template::Test => (
            format!("A test letter from {site}"),
            format!("This letter was sent to see whether mail from {site} arrives. It has."),
            "",
            "There is nothing to do.",
        ),
    };
    Words {
        subject,
        greeting: if values.name.is_empty() { "Hello,".into() } else { format!("Hello {},", values.name) },
        paragraphs: vec![paragraph],
        button,
        by_hand: "If the button does nothing, copy this address into your browser:",
        notes: until.into_iter().chain([note.to_owned()]).collect(),
    }
}

fn german(template: Template, values: &Values) -> Words {
    let site = &values.site;
    let until = values.expires.map(|end| format!("Der Link gilt bis {}.", moment(end, Language::German)));
    let (subject, paragraph, button, note) = match template {
        Template::AccountConfirmation => (
            format!("Bestätigen Sie Ihre Adresse für {site}"),
            format!(
                "Bitte bestätigen Sie, dass dies Ihre Adresse ist. Danach können Sie Ihr Konto bei {site} benutzen."
            ),
            "Adresse bestätigen",
            "Wenn Sie dort kein Konto angelegt haben, tun Sie nichts: Ohne Ihre Bestätigung kann es niemand benutzen.",
        ),
        Template::PasswordReset => (
            format!("Ein neues Passwort für {site}"),
            format!("Jemand, vermutlich Sie selbst, möchte ein neues Passwort für Ihr Konto bei {site}."),
            "Neues Passwort wählen",
            "Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.",
        ),
        Template::Invitation => (
            format!("Sie sind zu {site} eingeladen"),
            format!("Sie sind eingeladen, bei {site} ein Konto anzulegen."),
            "Einladung annehmen",
            "Der Link ist für Sie bestimmt: Bitte geben Sie ihn nicht weiter. Wenn Sie diesen Brief nicht erwartet haben, \
             beachten Sie ihn einfach nicht.",
        ),
        Template::Test => (
            format!("Ein Probebrief von {site}"),
            format!("Dieser Brief sollte zeigen, ob Post von {site} ankommt. Sie kommt an."),
            "",
            "Sie brauchen nichts zu tun.",
        ),
    };
    Words {
        subject,
        greeting: if values.name.is_empty() { "Guten Tag,".into() } else { format!("Guten Tag {},", values.name) },
        paragraphs: vec![paragraph],
        button,
        by_hand: "Wenn sich beim Klick nichts tut, kopieren Sie diese Adresse in Ihren Browser:",
        notes: until.into_iter().chain([note.to_owned()]).collect(),
    }
}

/// An instant as a letter names it. Nobody knows the reader's time zone.
fn moment(at: DateTime<Utc>, language: Language) -> String {
    let english = at.format("%-d %B %Y, %H:%M UTC").to_string();
    let months = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    match (language, months.get(at.month0() as usize)) {
        (Language::German, Some(month)) => {
            format!("{}. {month} {}, {} Uhr (UTC)", at.day(), at.year(), at.format("%H:%M"))
        }
        _ => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_words_of_the_language() {
        let at = "2027-03-05T07:00:00Z".parse().unwrap();
        assert_eq!(moment(at, Language::English), "5 March 2027, 07:00 UTC");
        assert_eq!(moment(at, Language::German), "5. März 2027, 07:00 Uhr (UTC)");
    }
}
