//! Every text of the pages, in every language. A language is one value of [`Words`], so a text that is missing in one
//! does not compile.

mod english;
mod german;
mod german_policies;

use super::language;
use crate::domain::message::{Message, Rule, Sentence};
use crate::domain::prompt::{AnswerFault, PromptType};
use crate::domain::text::LineFault;
use crate::executor::Remark;
use crate::mail::Language;

/// The languages that a person can ask for, as authentik lists them, by their own names.
pub const LOCALES: &[(&str, &str)] = &[
    ("cs-CZ", "Čeština"),
    ("de-DE", "Deutsch"),
    ("en", "English"),
    ("es-ES", "Español"),
    ("fi-FI", "Suomi"),
    ("fr-FR", "Français"),
    ("it-IT", "Italiano"),
    ("ja-JP", "日本語"),
    ("ko-KR", "한국어"),
    ("nl-NL", "Nederlands"),
    ("pl-PL", "Polski"),
    ("pt-BR", "Português (Brasil)"),
    ("ru-RU", "Русский"),
    ("tr-TR", "Türkçe"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
];

/// A page that only says something.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Its heading.
    pub heading: &'static str,
    /// Its paragraphs.
    pub paragraphs: &'static [&'static str],
}

/// All texts in one language.
#[derive(Debug)]
pub struct Words {
    /// What a form says.
    pub form: Form,
    /// What the pages of other stages say.
    pub step: Step,
    /// What is wrong with an answer.
    pub fault: Fault,
    /// What is said about a page as a whole.
    pub remark: Remarks,
    /// What a password has to be.
    pub rule: Rules,
    /// What policies say of themselves.
    pub sentence: fn(&Sentence) -> String,
    /// Why a flow does not go on.
    pub refusal: Refusal,
    /// Everything else.
    pub page: Page,
}

/// What a form says. The first number is this step, the second how many there are.
#[derive(Debug)]
pub struct Form {
    pub error: &'static str,
    pub step: fn(usize, usize) -> String,
    pub check: &'static str,
    pub optional: &'static str,
    pub no_answer: &'static str,
    pub automatic: &'static str,
    pub file_size: &'static str,
    pub received: &'static str,
    pub go_on: &'static str,
    pub finish: &'static str,
    pub back: &'static str,
}

/// What the pages of other stages than prompt stages say.
#[derive(Debug)]
pub struct Step {
    pub password: &'static str,
    pub email_or_username: &'static str,
    pub email: &'static str,
    pub username: &'static str,
    pub enroll: &'static str,
    pub recover: &'static str,
    pub signing_in: fn(&str) -> String,
    pub consent: &'static str,
    pub confirm_email: &'static str,
    pub mail_sent: fn(&str) -> String,
    pub mail_sent_perhaps: &'static str,
    pub mail_hint: &'static str,
    pub mail_again: &'static str,
    pub remember: fn(&str) -> String,
    pub yes_remember: &'static str,
    pub no: &'static str,
    pub redirect: fn(&str) -> String,
}

/// What is said about a page as a whole.
#[derive(Debug)]
pub struct Remarks {
    pub not_authenticated: &'static str,
    pub invalid_password: &'static str,
    pub mail_sent: &'static str,
    pub too_many_mails: fn(i64) -> String,
    pub link_used: &'static str,
    pub consent_again: &'static str,
    pub begins_again: &'static str,
    pub not_accepted: &'static str,
    pub answered_before: &'static str,
    pub left_out: &'static str,
}

/// What a password has to be.
#[derive(Debug)]
pub struct Rules {
    pub intro: &'static str,
    pub met: &'static str,
    pub missing: &'static str,
    pub each: fn(&Rule) -> String,
}

/// What is wrong with an answer.
#[derive(Debug)]
pub struct Fault {
    pub blank: &'static str,
    pub not_email: &'static str,
    pub taken: &'static str,
    pub mismatch: &'static str,
    pub too_long: fn(usize) -> String,
    pub invisible: fn(u32) -> String,
    pub no_choice: &'static str,
    pub no_file: &'static str,
    pub not_ticked: &'static str,
    pub not_text: &'static str,
    pub not_number: &'static str,
    pub not_choice: &'static str,
    pub not_date: &'static str,
    pub not_date_time: &'static str,
    pub not_file: &'static str,
    pub file_too_large: &'static str,
    pub alphabets: &'static str,
}

/// Why a flow does not go on.
#[derive(Debug)]
pub struct Refusal {
    pub no_such_flow: Text,
    pub not_found: Text,
    pub other_flow: Text,
    pub used: Text,
    pub expired: Text,
    pub revoked: Text,
    pub needed: Text,
    pub forgotten: Text,
    pub other_opened: Text,
    pub other_opened_invited: Text,
    pub wrong_too_often: Text,
    pub finished: Text,
    pub signed_in: Text,
    pub signed_in_as: fn(&str) -> String,
    pub sign_out_and_go_on: &'static str,
    pub sign_in: Text,
    pub not_applicable: Text,
    pub denied: Text,
    pub link_used: Text,
    pub username_taken: Text,
    pub misconfigured: Text,
    pub not_executed: Text,
}

/// Everything else.
#[derive(Debug)]
pub struct Page {
    pub language: &'static str,
    pub home: Text,
    pub signed_in_as: fn(&str) -> String,
    pub sign_out: &'static str,
    pub not_found: Text,
    pub wrong_method: Text,
    pub fault: Text,
    pub fault_number: fn(&str) -> String,
    pub busy: Text,
    pub too_often: Text,
    pub wait: fn(u64) -> String,
    pub unreadable: Text,
    pub too_large: Text,
    pub too_many: Text,
    pub cookies: Text,
    pub try_again: Text,
    pub invitation_is_good: &'static str,
    pub back: &'static str,
    pub begin_again: &'static str,
    pub done: Text,
    pub done_signed_in: fn(&str) -> String,
    pub done_made: fn(&str) -> String,
    pub close: &'static str,
    pub thanks: Text,
    pub waits: fn(&str) -> String,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::WORDS,
            Language::German => &german::WORDS,
        }
    }

    /// The words for whoever reads the page that is being made.
    pub fn here() -> &'static Self {
        Self::of(language::reader().language)
    }

    /// A remark about a page as a whole.
    pub fn remark(&self, remark: &Remark) -> String {
        let words = &self.remark;
        match remark {
            Remark::NotAuthenticated => words.not_authenticated.to_owned(),
            Remark::InvalidPassword => words.invalid_password.to_owned(),
            Remark::MailSent => words.mail_sent.to_owned(),
            Remark::TooManyMails { minutes } => (words.too_many_mails)(*minutes),
            Remark::LinkUsed => words.link_used.to_owned(),
            Remark::ConsentAgain => words.consent_again.to_owned(),
            Remark::BeginsAgain => words.begins_again.to_owned(),
            Remark::AnsweredBefore => words.answered_before.to_owned(),
            Remark::LeftOut => words.left_out.to_owned(),
            Remark::NotAccepted => words.not_accepted.to_owned(),
            Remark::Said(message) => self.message(message),
        }
    }

    /// What a policy says. What somebody wrote is said as it is.
    pub fn message(&self, message: &Message) -> String {
        match message {
            Message::Ours(sentence) => (self.sentence)(sentence),
            Message::Text(text) => text.clone(),
        }
    }

    /// What is wrong with the answer to a question of this kind.
    pub fn fault(&self, fault: &AnswerFault, kind: PromptType) -> String {
        let words = &self.fault;
        match fault {
            AnswerFault::Blank if kind.is_choice() => words.no_choice.to_owned(),
            AnswerFault::Blank if kind == PromptType::File => words.no_file.to_owned(),
            AnswerFault::Blank if kind == PromptType::Checkbox => words.not_ticked.to_owned(),
            AnswerFault::Blank => words.blank.to_owned(),
            AnswerFault::NotText if kind == PromptType::Checkbox => words.not_choice.to_owned(),
            AnswerFault::NotText => words.not_text.to_owned(),
            AnswerFault::NotNumber => words.not_number.to_owned(),
            AnswerFault::NotChoice => words.not_choice.to_owned(),
            AnswerFault::NotDate => words.not_date.to_owned(),
            AnswerFault::NotDateTime => words.not_date_time.to_owned(),
            AnswerFault::NotFile => words.not_file.to_owned(),
            AnswerFault::TooLarge => words.file_too_large.to_owned(),
            AnswerFault::NotEmail => words.not_email.to_owned(),
            AnswerFault::Taken => words.taken.to_owned(),
            AnswerFault::Mismatch => words.mismatch.to_owned(),
            AnswerFault::Line(LineFault::TooLong(max)) => (words.too_long)(*max),
            AnswerFault::Line(LineFault::Invisible(c)) => (words.invisible)(u32::from(*c)),
            AnswerFault::Alphabets => words.alphabets.to_owned(),
        }
    }
}
