//! Answers as they arrive. Forms send texts; programs send JSON, of which the other values mean something to some types
//! of prompts only.

use super::{AnswerFault, Prompt, PromptType};

/// One answer as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// A text; a number too, as its digits.
    Text(String),
    /// Yes or no.
    Truth(bool),
    /// Nothing, and that said: `null`.
    Null,
    /// A list or a mapping. No prompt takes one, so what is in it is not kept.
    Structure,
}

impl Sent {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Truth(_) | Self::Null | Self::Structure => None,
        }
    }
}

impl Prompt {
    /// The text that the check of an answer reads, the same for a form and for a program; else what is wrong with what
    /// was sent (flow-execution reference, section 6).
    pub fn text_of<'a>(&self, sent: &'a Sent) -> Result<&'a str, AnswerFault> {
        use PromptType::{Checkbox, Date, DateTime, File, Number};
        Err(match (sent, self.kind) {
            (Sent::Text(text), Checkbox) => match truth(text) {
                Some(yes) => return Ok(ticked(yes)),
                None => AnswerFault::NotText,
            },
            (Sent::Text(text), _) => return Ok(text),
            (Sent::Truth(yes), Checkbox) => return Ok(ticked(*yes)),
            (Sent::Truth(yes), kind) if kind.is_choice() => return Ok(if *yes { "true" } else { "false" }),
            (Sent::Null, _) => AnswerFault::Blank,
            (_, Number) => AnswerFault::NotNumber,
            (_, Date) => AnswerFault::NotDate,
            (_, DateTime) => AnswerFault::NotDateTime,
            (_, File) => AnswerFault::NotFile,
            (_, kind) if kind.is_choice() => AnswerFault::NotChoice,
            _ => AnswerFault::NotText,
        })
    }
}

/// What a form sends for a box.
fn ticked(yes: bool) -> &'static str {
    if yes { "true" } else { "" }
}

/// What a text says about a box, if anything.
fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "" | "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::PromptId;

    fn read(kind: PromptType, sent: &Sent) -> Result<&str, AnswerFault> {
        Prompt::new(PromptId(uuid::Uuid::nil()), "field", "field", kind).text_of(sent)
    }

    #[test]
    fn a_box_is_ticked_by_yes_in_every_form_and_by_nothing_else() {
        for yes in [Sent::Truth(true), Sent::Text("on".into()), Sent::Text("True".into()), Sent::Text("1".into())] {
            assert_eq!(read(PromptType::Checkbox, &yes), Ok("true"), "{yes:?}");
        }
        for no in [Sent::Truth(false), Sent::Text("off".into()), Sent::Text("f".into()), Sent::Text(String::new())] {
            assert_eq!(read(PromptType::Checkbox, &no), Ok(""), "{no:?}");
        }
        for bad in [Sent::Text("maybe".into()), Sent::Structure] {
            assert_eq!(read(PromptType::Checkbox, &bad), Err(AnswerFault::NotText), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_text_fits_no_text_and_is_told_as_the_type_tells_its_faults() {
        use PromptType::{Date, DateTime, Dropdown, Email, File, Number, Password, Text, Username};
        for kind in [Text, Email, Username, Password] {
            for bad in [Sent::Truth(true), Sent::Structure] {
                assert_eq!(read(kind, &bad), Err(AnswerFault::NotText), "{kind}");
            }
            assert_eq!(read(kind, &Sent::Null), Err(AnswerFault::Blank), "{kind}");
            assert_eq!(read(kind, &Sent::Text(" 7 ".into())), Ok(" 7 "), "{kind}");
        }
        for (kind, fault) in [
            (Number, AnswerFault::NotNumber),
            (Date, AnswerFault::NotDate),
            (DateTime, AnswerFault::NotDateTime),
            (File, AnswerFault::NotFile),
            (Dropdown, AnswerFault::NotChoice),
        ] {
            assert_eq!(read(kind, &Sent::Structure), Err(fault));
        }
        assert_eq!(read(Dropdown, &Sent::Truth(false)), Ok("false"));
        assert_eq!(read(Number, &Sent::Truth(false)), Err(AnswerFault::NotNumber));
    }
}
