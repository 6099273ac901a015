//! The check of an answer, by the type of the prompt.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat};
use serde_json::Value;

use super::choice::{Question, is_ticked};
use super::{Prompt, PromptType};
use crate::domain::prompt_data::as_text;
use crate::domain::text::{self, LineFault};
use crate::domain::user::{Email, NameFault, Username};

/// Why an answer is not taken. `Display` is the sentence for logs; pages have their own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// Nothing was entered.
    #[error("Please fill in this field.")]
    Blank,
    /// No e-mail address.
    #[error("Enter a complete email address, such as jane@example.com.")]
    NotEmail,
    /// Somebody else has that user name.
    #[error("This username is already taken. Please choose another one.")]
    Taken,
    /// Two passwords differ.
    #[error("The two passwords are not the same.")]
    Mismatch,
    /// Too long, or a character that does harm.
    #[error("{0}")]
    Line(LineFault),
    /// Something else than text, such as a list.
    #[error("Enter text.")]
    NotText,
    /// No whole number.
    #[error("Enter a whole number.")]
    NotNumber,
    /// Nothing that can be chosen.
    #[error("Choose one of the answers.")]
    NotChoice,
    /// No day.
    #[error("Enter a date as year-month-day, such as 2027-03-05.")]
    NotDate,
    /// No day and time.
    #[error("Enter a date and a time, such as 2027-03-05 14:30.")]
    NotDateTime,
    /// No file.
    #[error("The file could not be read.")]
    NotFile,
    /// A file that is too large.
    #[error("The file is too large: 1 MB is the most.")]
    TooLarge,
    /// A user name of several alphabets whose letters look alike.
    #[error("Use letters of one alphabet: Latin, Greek or Cyrillic.")]
    Alphabets,
}

impl From<NameFault> for AnswerFault {
    fn from(fault: NameFault) -> Self {
        match fault {
            NameFault::Blank => Self::Blank,
            NameFault::Line(fault) => Self::Line(fault),
            NameFault::Alphabets => Self::Alphabets,
        }
    }
}

impl Question<'_> {
    /// Checks what was posted and makes it the value that is kept; nothing for what keeps none. What a browser leaves
    /// out takes the initial value, but for a checkbox, which browsers leave out where it is not ticked.
    pub fn check(&self, posted: Option<&str>) -> Result<Option<Value>, AnswerFault> {
        let prompt = self.prompt;
        if prompt.kind == PromptType::Separator {
            return Ok(None);
        }
        if !prompt.is_asked() {
            return Ok(Some(self.unasked()));
        }
        if prompt.kind == PromptType::Checkbox {
            let ticked = posted.is_some_and(|text| is_ticked(&Value::from(text)));
            return if ticked || !prompt.required { Ok(Some(ticked.into())) } else { Err(AnswerFault::Blank) };
        }
        let known = as_text(&self.initial);
        let answer = posted.unwrap_or(&known);
        if answer.trim().is_empty() {
            return self.blank().map(Some);
        }
        if prompt.asks_username() && !prompt.kind.is_choice() {
            let name = line(answer.trim(), Username::MAX)?;
            return Username::choose(name).map(|name| Some(name.as_str().into())).map_err(AnswerFault::from);
        }
        self.filled(answer).map(Some)
    }

    /// What a blank answer is: refused where one is needed, else empty text, or nothing where no text is kept.
    fn blank(&self) -> Result<Value, AnswerFault> {
        match self.prompt.kind {
            // There is nothing else to choose, or the browser's language.
            kind if kind.is_choice() && self.choices.is_empty() => Ok("".into()),
            kind if kind.is_choice() && self.choices.iter().any(|choice| as_text(&choice.value).is_empty()) => {
                Ok("".into())
            }
            PromptType::Locale => Ok("".into()),
            _ if self.prompt.must_be_filled() => Err(AnswerFault::Blank),
            PromptType::Number | PromptType::Date | PromptType::DateTime | PromptType::File => Ok(Value::Null),
            _ => Ok("".into()),
        }
    }

    fn filled(&self, answer: &str) -> Result<Value, AnswerFault> {
        let trimmed = answer.trim();
        Ok(match self.prompt.kind {
            _ if self.prompt.asks_email() => {
                Email::parse(trimmed).map_err(|_| AnswerFault::NotEmail)?.to_string().into()
            }
            PromptType::Password if trimmed.chars().count() > Prompt::MAX_ANSWER => {
                return Err(AnswerFault::Line(LineFault::TooLong(Prompt::MAX_ANSWER)));
            }
            PromptType::Password => trimmed.into(),
            PromptType::Number => number(trimmed).ok_or(AnswerFault::NotNumber)?,
            PromptType::RadioButtonGroup | PromptType::Dropdown => {
                let chosen = self.choices.iter().find(|choice| as_text(&choice.value) == answer);
                chosen.ok_or(AnswerFault::NotChoice)?.value.clone()
            }
            PromptType::Date => NaiveDate::parse_from_str(line(trimmed, 10)?, "%Y-%m-%d")
                .ok()
                .filter(|day| is_of_an_era(*day))
                .ok_or(AnswerFault::NotDate)?
                .to_string()
                .into(),
            PromptType::DateTime => {
                let known = as_text(&self.initial);
                // What a browser shows of a moment is less than it is; who leaves it as it is means all of it.
                let meant = if trimmed == shown_moment(&known) { known.trim() } else { trimmed };
                date_time(meant).ok_or(AnswerFault::NotDateTime)?.into()
            }
            PromptType::File => file(trimmed)?,
            PromptType::Locale => locale(trimmed)?.into(),
            PromptType::TextArea if !self.prompt.is_one_line() => {
                let text = answer.replace("\r\n", "\n");
                match text::lines_fault(&text, Prompt::MAX_AREA) {
                    Some(fault) => return Err(AnswerFault::Line(fault)),
                    None => text.into(),
                }
            }
            _ => line(answer, Prompt::MAX_ANSWER)?.into(),
        })
    }
}

fn line(answer: &str, max: usize) -> Result<&str, AnswerFault> {
    text::line_fault(answer, max).map_or(Ok(answer), |fault| Err(AnswerFault::Line(fault)))
}

/// A whole number; `5.0` is one too.
fn number(text: &str) -> Option<Value> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !whole.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse::<i64>().ok().map(Value::from)
}

/// A day and a time by ISO 8601, with or without seconds and zone.
fn date_time(text: &str) -> Option<String> {
    let text = text.replacen(' ', "T", 1);
    let zoned = text.strip_suffix(['Z', 'z']).map_or(text.clone(), |local| format!("{local}+00:00"));
    let formats = ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%.f%:z"];
    if let Some(moment) = formats.iter().find_map(|format| DateTime::parse_from_str(&zoned, format).ok()) {
        let fits = is_of_an_era(moment.date_naive());
        return fits.then(|| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())?;
    is_of_an_era(local.date()).then(|| local.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
}

/// Whether a day is of a year that other programs know: 1 to 9999.
fn is_of_an_era(day: NaiveDate) -> bool {
    (1..=9_999).contains(&day.year())
}

/// What browsers show of a moment: to the minute, and without its zone.
pub fn shown_moment(text: &str) -> String {
    text.trim().replacen(' ', "T", 1).chars().take("2027-03-05T14:30".len()).collect()
}

/// A file as a data URI.
fn file(text: &str) -> Result<Value, AnswerFault> {
    let (head, content) =
        text.strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or(AnswerFault::NotFile)?;
    if !head.ends_with(";base64") || head.len() > 200 || text::line_fault(head, 200).is_some() {
        return Err(AnswerFault::NotFile);
    }
    let size = decoded_size(content).ok_or(AnswerFault::NotFile)?;
    if size > Prompt::MAX_FILE { Err(AnswerFault::TooLarge) } else { Ok(text.into()) }
}

/// How many bytes a base64 text stands for; none where it is no base64.
fn decoded_size(content: &str) -> Option<usize> {
    let digits = content.trim_end_matches('=');
    let padding = content.len() - digits.len();
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    let fits = content.len().is_multiple_of(4) && padding <= 2 && digits.bytes().all(is_digit);
    fits.then(|| content.len() / 4 * 3 - padding)
}

/// A language's tag, such as `de`, `pt-BR` or `zh_Hans`.
fn locale(text: &str) -> Result<&str, AnswerFault> {
    let is_tag = text.len() <= 35 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_tag { Ok(text) } else { Err(AnswerFault::NotChoice) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::choice::Evaluated;
    use super::*;
    use crate::domain::Mapping;
    use crate::domain::id::PromptId;

    fn prompt(kind: PromptType, required: bool) -> Prompt {
        let mut prompt = Prompt::new(PromptId(uuid::Uuid::nil()), "field", "field", kind);
        prompt.required = required;
        prompt
    }

    fn check(prompt: &Prompt, posted: impl Into<Option<&'static str>>) -> Result<Value, AnswerFault> {
        let question = Question::new(prompt, &Mapping::new(), &Evaluated::default());
        question.check(posted.into()).map(Option::unwrap_or_default)
    }

    #[test]
    fn a_required_answer_may_not_be_blank_and_an_optional_one_may() {
        use PromptType::{Date, DateTime, Email, File, Number, Password, Text};
        for kind in [Text, Email, Number, Date, DateTime, File] {
            assert_eq!(check(&prompt(kind, true), "  "), Err(AnswerFault::Blank), "{kind}");
            let blank = check(&prompt(kind, false), "").unwrap();
            assert_eq!(blank, if matches!(kind, Text | Email) { json!("") } else { json!(null) }, "{kind}");
        }
        assert_eq!(check(&prompt(Password, false), ""), Err(AnswerFault::Blank));
    }

    #[test]
    fn answers_are_trimmed_where_blanks_have_no_meaning() {
        assert_eq!(check(&prompt(PromptType::Username, true), " jane "), Ok("jane".into()));
        assert_eq!(check(&prompt(PromptType::Text, true), " Jane "), Ok(" Jane ".into()));
        assert_eq!(check(&prompt(PromptType::TextArea, true), "a\r\n\tb"), Ok("a\n\tb".into()));
    }

    #[test]
    fn a_text_that_becomes_the_username_follows_its_rules() {
        let mut prompt = prompt(PromptType::Text, false);
        prompt.field_key = "username".into();
        assert_eq!(check(&prompt, " "), Err(AnswerFault::Blank));
        assert_eq!(check(&prompt, " jane "), Ok("jane".into()));
        let long: &'static str = Box::leak("x".repeat(151).into_boxed_str());
        assert_eq!(check(&prompt, long), Err(AnswerFault::Line(LineFault::TooLong(150))));
    }

    #[test]
    fn hostile_answers_are_refused() {
        let long: &'static str = Box::leak("x".repeat(10_001).into_boxed_str());
        for kind in
            [PromptType::Text, PromptType::TextArea, PromptType::Username, PromptType::Email, PromptType::Locale]
        {
            for answer in ["\u{1b}]0;x\u{7}", "a\u{202e}b", long] {
                assert!(check(&prompt(kind, true), answer).is_err(), "{kind} {answer:.20}");
            }
        }
    }

    #[test]
    fn values_are_kept_in_the_shape_of_their_type() {
        let cases = [
            (PromptType::Number, "-7", Ok(json!(-7))),
            (PromptType::Number, "7.0", Ok(json!(7))),
            (PromptType::Number, "7.5", Err(AnswerFault::NotNumber)),
            (PromptType::Number, "1e9", Err(AnswerFault::NotNumber)),
            (PromptType::Checkbox, "on", Ok(json!(true))),
            (PromptType::Date, "2027-03-05", Ok(json!("2027-03-05"))),
            (PromptType::Date, "2027-02-30", Err(AnswerFault::NotDate)),
            (PromptType::Date, "5.3.2027", Err(AnswerFault::NotDate)),
            (PromptType::DateTime, "2027-03-05T14:30", Ok(json!("2027-03-05T14:30:00"))),
            (PromptType::DateTime, "2027-03-05 14:30:10+01:00", Ok(json!("2027-03-05T14:30:10+01:00"))),
            (PromptType::Date, "0000-01-01", Err(AnswerFault::NotDate)),
            (PromptType::Date, "0001-01-01", Ok(json!("0001-01-01"))),
            (PromptType::DateTime, "2024-01-01T10:00Z", Ok(json!("2024-01-01T10:00:00Z"))),
            (PromptType::DateTime, "2024-01-01T10:00+02:00", Ok(json!("2024-01-01T10:00:00+02:00"))),
            (PromptType::DateTime, "2024-01-01T10:00:01.5-02:30", Ok(json!("2024-01-01T10:00:01.500-02:30"))),
            (PromptType::DateTime, "0000-01-01T10:00Z", Err(AnswerFault::NotDateTime)),
            (PromptType::DateTime, "0000-01-01T10:00", Err(AnswerFault::NotDateTime)),
            (PromptType::DateTime, "2024-01-01T10:00+", Err(AnswerFault::NotDateTime)),
            (PromptType::DateTime, "2027-03-05", Err(AnswerFault::NotDateTime)),
            (PromptType::File, "data:text/plain;base64,aGk=", Ok(json!("data:text/plain;base64,aGk="))),
            (PromptType::File, "data:text/plain,hi", Err(AnswerFault::NotFile)),
            (PromptType::File, "http://example.com/;base64,aGk=", Err(AnswerFault::NotFile)),
            (PromptType::File, "data:;base64,!", Err(AnswerFault::NotFile)),
            (PromptType::Locale, "pt-BR", Ok(json!("pt-BR"))),
        ];
        for (kind, posted, wanted) in cases {
            assert_eq!(check(&prompt(kind, true), posted), wanted, "{kind} {posted}");
        }
    }

    #[test]
    fn a_moment_that_is_left_as_it_is_shown_stays_whole() {
        let mut prompt = prompt(PromptType::DateTime, true);
        prompt.initial_value = "2024-01-01 10:00:30+02:00".into();
        assert_eq!(shown_moment(&prompt.initial_value), "2024-01-01T10:00");
        assert_eq!(check(&prompt, "2024-01-01T10:00"), Ok(json!("2024-01-01T10:00:30+02:00")));
        assert_eq!(check(&prompt, "2024-01-01T10:01"), Ok(json!("2024-01-01T10:01:00")));
    }

    #[test]
    fn unticking_counts_even_where_a_checkbox_begins_ticked() {
        let mut prompt = prompt(PromptType::Checkbox, false);
        prompt.initial_value = "true".into();
        assert_eq!(check(&prompt, None), Ok(json!(false)));
    }

    #[test]
    fn a_box_that_must_be_ticked_is_asked_for() {
        let prompt = prompt(PromptType::Checkbox, true);
        assert_eq!((check(&prompt, None), check(&prompt, "off")), (Err(AnswerFault::Blank), Err(AnswerFault::Blank)));
        assert_eq!(check(&prompt, "on"), Ok(json!(true)));
    }

    #[test]
    fn a_text_that_becomes_the_address_has_to_be_one() {
        let mut prompt = prompt(PromptType::Text, false);
        prompt.field_key = "email".into();
        assert_eq!(check(&prompt, "jane"), Err(AnswerFault::NotEmail));
        assert_eq!(
            (check(&prompt, ""), check(&prompt, " jane@example.com")),
            (Ok(json!("")), Ok(json!("jane@example.com")))
        );
    }

    #[test]
    fn only_what_is_offered_can_be_chosen() {
        let prompt = prompt(PromptType::Dropdown, true);
        let evaluated = Evaluated { placeholder: Some(json!([1, {"label": "Two", "value": "2"}])), initial: None };
        let question = Question::new(&prompt, &Mapping::new(), &evaluated);
        assert_eq!(question.check(Some("1")), Ok(Some(json!(1))));
        assert_eq!(question.check(Some("2")), Ok(Some(json!("2"))));
        assert_eq!(question.check(None), Ok(Some(json!(1))), "the first is the default");
        assert_eq!(question.check(Some("Two")), Err(AnswerFault::NotChoice));
        assert_eq!(question.check(Some("")), Err(AnswerFault::Blank));
    }

    #[test]
    fn what_is_only_shown_cannot_be_changed() {
        use PromptType::{Hidden, Static, TextAreaReadOnly, TextReadOnly};
        for kind in [Hidden, Static, TextReadOnly, TextAreaReadOnly] {
            let mut prompt = prompt(kind, true);
            prompt.initial_value = "fixed".into();
            assert_eq!(check(&prompt, "crafted"), Ok(json!("fixed")), "{kind}");
        }
        assert_eq!(
            Question::new(&prompt(PromptType::Separator, true), &Mapping::new(), &Evaluated::default())
                .check(Some("x")),
            Ok(None)
        );
    }

    #[test]
    fn a_file_may_be_as_large_as_the_bound_and_no_larger() {
        assert_eq!(Prompt::MAX_FILE % 3, 1, "the digits and the padding below");
        let uri = |more: &str| format!("data:image/png;base64,{}{more}", "A".repeat(Prompt::MAX_FILE / 3 * 4));
        let prompt = prompt(PromptType::File, true);
        let question = Question::new(&prompt, &Mapping::new(), &Evaluated::default());
        assert!(question.check(Some(&uri("AA=="))).is_ok());
        assert_eq!(question.check(Some(&uri("AAA="))), Err(AnswerFault::TooLarge));
    }
}
