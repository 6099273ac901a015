//! Everything that is wrong with a document as far as can be told without the database.

use super::document::{self, Document, Entry, State, of_entry};
use super::library::{Library, Other};
use super::made::{self, Made};
use super::model;
use super::other;
use super::problem::{Problem, Problems, quote};
use super::report::Options;
use super::scope::Scope;
use super::wish::{self, Reading, Wish};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What [`check`] finds.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Problems,
    /// What is passed over.
    pub notes: Vec<Problem>,
    /// What is left out; all of it, however much.
    pub left_out: Vec<Problem>,
}

/// Looks at a document and at those that it asks for.
pub fn check(document: &Document, options: &Options, library: &Arc<Library>) -> Findings {
    let mut examiner = Examiner { options, library, under_way: Vec::new(), done: BTreeSet::new() };
    let mut findings = examiner.document(document);
    findings.problems.0.sort();
    findings
}

struct Examiner<'a> {
    options: &'a Options,
    library: &'a Arc<Library>,
    /// The files that ask for each other at this point.
    under_way: Vec<String>,
    /// The files that were looked at.
    done: BTreeSet<String>,
}

impl Examiner<'_> {
    fn document(&mut self, document: &Document) -> Findings {
        let mut findings = Findings { notes: document.notes.0.clone(), ..Findings::default() };
        let mut scope = Scope::new(document, self.options, self.library);
        let mut made = Made::default();
        for (index, entry) in document.entries.iter().enumerate() {
            // Stands for the key that the object will have.
            let stand_in = Uuid::from_u128(index as u128 + 1);
            match wish::read(entry, &scope, self.options) {
                // What is wrong with its form has been said; others may refer to it nevertheless.
                Ok(_) if entry.is_broken => scope.add_faulty(entry, None, stand_in),
                Ok(Reading::Wish(wish)) if wish.wanted => {
                    let found = rules(entry, &wish, &made);
                    findings.problems.extend(of_entry(entry, found.problems));
                    findings.notes.extend(of_entry(entry, Problems(found.notes, 0)).0);
                    made.add(&wish);
                    if !wish.is_absent() {
                        let key = wish.pk.unwrap_or(stand_in);
                        scope.add(entry, wish.model.spec().name, key);
                        if let Some(number) = wish.number {
                            scope.number(number, key);
                        }
                    }
                }
                Ok(Reading::Wish(_) | Reading::Other(None)) => {}
                Ok(Reading::Uncertain) => scope.add_faulty(entry, None, stand_in),
                Ok(Reading::Other(Some(other))) => self.other(entry, &other, &mut findings),
                Ok(Reading::LeftOut(why)) => {
                    scope.add_left_out(entry, stand_in);
                    findings.left_out.push(why);
                }
                Err(found) => {
                    // References to a faulty entry are no faults of their own.
                    let name =
                        entry.model.as_text().and_then(|name| model::find(name).ok()).map(|model| model.spec().name);
                    scope.add_faulty(entry, name, stand_in);
                    findings.problems.extend(found);
                }
            }
            findings.notes.extend(of_entry(entry, scope.take_notes()).0);
        }
        findings
    }

    /// Looks at a blueprint that another one asks for; what is found there is told with its file.
    fn other(&mut self, entry: &Entry, other: &Other, findings: &mut Findings) {
        if self.under_way.contains(&other.file) || self.under_way.len() >= other::DEPTH_LIMIT {
            let message = format!(
                "The blueprint {} can't be applied: blueprints ask for each other without end.",
                quote(&other.file)
            );
            let problem = Problem { entry: entry.called(), ..entry.model.problem(message) };
            findings.problems.push(problem);
            return;
        }
        if !self.done.insert(other.file.clone()) {
            return;
        }
        let (document, mut problems) = match document::read(&other.text) {
            Ok(read) => read,
            Err(problems) => {
                findings.problems.extend(problems.of_file(&other.file));
                return;
            }
        };
        self.under_way.push(other.file.clone());
        let found = self.document(&document);
        self.under_way.pop();
        problems.add_elsewhere(found.problems);
        findings.problems.extend(problems.of_file(&other.file));
        findings.notes.extend(Problems(found.notes, 0).of_file(&other.file).0);
        findings.left_out.extend(Problems(found.left_out, 0).of_file(&other.file).0);
    }
}

/// What must hold between an entry's attributes, and what a new object needs. Whether the object is new only the database
/// can tell, unless the entry says so; then it is said as what it is, something to know.
fn rules(entry: &Entry, wish: &Wish, made: &Made) -> Findings {
    let mut found = Findings::default();
    if wish.uncertain || wish.is_absent() {
        return found;
    }
    let is_new = wish.state == State::MustCreated;
    let mut given = wish.given.clone();
    wish.model.translate(&mut given, None);
    let lacking = made::lacking(wish.model, &given);
    if is_new {
        for attribute in &lacking {
            let message = made::sentence(entry, wish.model, attribute);
            found.problems.push(Problem::new(entry.line, entry.column, message));
        }
    } else if !lacking.is_empty() && !made.may_have(wish) {
        let names: Vec<String> = lacking.iter().map(|name| quote(name)).collect();
        let message = format!("If it does not exist yet, it needs {}.", names.join(", "));
        found.notes.push(Problem::new(entry.line, entry.column, message));
    }
    for fault in wish.faults(entry).into_iter().filter(|fault| !lacking.contains(&fault.attribute)) {
        let (line, column) = entry.place_of(fault.attribute);
        if wish.is_surely(&fault) {
            found.problems.push(Problem::new(line, column, fault.message));
        } else if !made.may_have(wish) {
            found.notes.push(Problem::new(line, column, format!("If it does not exist yet: {}", fault.message)));
        }
    }
    found
}
