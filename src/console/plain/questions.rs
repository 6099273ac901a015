//! The questions of a form. What is wrong with an answer is said at once, and the question comes again; whatever else was
//! answered is kept.

use std::io::{BufRead, Write};

use super::talk::{Stop, Talk};
use crate::domain::validation::FieldErrors;

/// Said before the first question.
pub(super) const HOW: &str = "Enter keeps what stands in brackets, - empties it, a single dot gives up.";

/// One question.
#[derive(Debug)]
struct Question {
    /// The name under which faults are found.
    field: &'static str,
    /// What is asked.
    label: String,
    /// Said before it is asked, a line each.
    before: Vec<String>,
    /// The answer as it is typed.
    answer: String,
}

/// The questions of a form with the answers that there are.
#[derive(Debug, Default)]
pub(super) struct Questions(Vec<Question>);

impl Questions {
    /// Adds a question with what Enter keeps.
    pub fn with(self, field: &'static str, label: &str, answer: impl Into<String>) -> Self {
        self.with_choices(field, label, Vec::new(), answer)
    }

    /// The same with something to be said before it is asked.
    pub fn with_choices(
        mut self,
        field: &'static str,
        label: &str,
        before: Vec<String>,
        answer: impl Into<String>,
    ) -> Self {
        self.0.push(Question { field, label: label.to_owned(), before, answer: answer.into() });
        self
    }

    /// The fields, in order.
    pub fn fields(&self) -> Vec<&'static str> {
        self.0.iter().map(|question| question.field).collect()
    }

    /// The answer at a field; nothing where there is no such question.
    pub fn answer(&self, field: &str) -> &str {
        self.0.iter().find(|question| question.field == field).map_or("", |question| &question.answer)
    }

    /// What is asked at a field, without what explains it.
    pub fn label(&self, field: &str) -> Option<&str> {
        let question = self.0.iter().find(|question| question.field == field)?;
        question.label.split([',', ':']).next()
    }
}

impl<R: BufRead, W: Write> Talk<R, W> {
    /// Asks the questions of these fields, each until its answer is right. `false` where the person gives up.
    pub fn fill(
        &mut self,
        questions: &mut Questions,
        fields: &[&'static str],
        fault: impl Fn(&Questions, &'static str) -> Option<String>,
    ) -> Result<bool, Stop> {
        for place in 0..questions.0.len() {
            let field = questions.0[place].field;
            if !fields.contains(&field) {
                continue;
            }
            loop {
                let question = &mut questions.0[place];
                question.before.iter().try_for_each(|line| self.say(line))?;
                let Some(typed) = self.ask(&question.label, &question.answer)? else { return Ok(false) };
                let kept = std::mem::replace(&mut question.answer, typed);
                let Some(why) = fault(questions, field) else { break };
                questions.0[place].answer = kept;
                self.say_fault(questions, field, &why)?;
            }
        }
        Ok(true)
    }

    /// Says what is wrong with an answer.
    pub fn say_fault(&mut self, questions: &Questions, field: &str, why: &str) -> Result<(), Stop> {
        match questions.label(field).unwrap_or(field) {
            "" => self.say(&format!("Error: {why}")),
            label => self.say(&format!("Error: {label}: {why}")),
        }
    }

    /// Which questions to ask again, where what was answered is not taken: those of the fields that are at fault, or all
    /// where it lies at none of them and the person wants to try once more. None where not.
    pub fn again(&mut self, questions: &Questions, faulty: &[String]) -> Result<Option<Vec<&'static str>>, Stop> {
        let all = questions.fields();
        let due: Vec<_> = all.iter().copied().filter(|field| faulty.iter().any(|it| it == field)).collect();
        if !due.is_empty() {
            return Ok(Some(due));
        }
        let again = self.confirm("Go through the answers again? They are kept.")?;
        Ok(again.then_some(all))
    }
}

/// What is wrong at a field, of what is wrong with a form.
pub(super) fn at<T>(checked: &Result<T, FieldErrors>, field: &str) -> Option<String> {
    checked.as_ref().err()?.at(field).map(str::to_owned)
}

/// Reads a yes or a no; nothing at all is a no.
pub(super) fn yes_or_no(typed: &str) -> Result<bool, String> {
    match typed.to_lowercase().as_str() {
        "yes" | "y" => Ok(true),
        "no" | "n" | "" => Ok(false),
        _ => Err("type yes or no.".to_owned()),
    }
}
