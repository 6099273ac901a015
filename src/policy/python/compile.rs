//! Compiles expressions once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use monty::MontyRun;
use monty_types::{CompileOptions, ExcType, MontyException};

use super::source::{self, Dialect, INDENT, lines_before};
use crate::policy::SyntaxFault;

/// More programs than this are forgotten together: blueprints with as many policies are rare, and compiling is quick.
const KEPT: usize = 256;

type Programs = HashMap<(Dialect, String), MontyRun>;

/// What was compiled, by its text. A run starts from a copy.
#[derive(Debug, Clone, Default)]
pub(super) struct Compiled(Arc<Mutex<Programs>>);

impl Compiled {
    /// The program of a text.
    pub(super) fn get(&self, text: &str, dialect: Dialect) -> Result<MontyRun, SyntaxFault> {
        let key = (dialect, text.to_owned());
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = lock().get(&key) {
            return Ok(program.clone());
        }
        let program = compile(text, dialect)?;
        let mut programs = lock();
        if programs.len() >= KEPT {
            programs.clear();
        }
        programs.insert(key, program.clone());
        Ok(program)
    }
}

/// Refuses what is no expression. On a thread with a deep stack, because the parser recurses.
pub(in crate::policy) fn check(text: &str) -> Result<(), SyntaxFault> {
    let text = text.to_owned();
    let work = move || compile(&text, Dialect::Policy { http: true }).map(drop);
    let unknown = || SyntaxFault {
        line: 1,
        column: 1,
        message: "The expression could not be read.".to_owned(),
        is_unavailable: false,
    };
    let thread = std::thread::Builder::new().stack_size(super::STACK).spawn(work).map_err(|_| unknown())?;
    thread.join().map_err(|_| unknown())?
}

fn compile(text: &str, dialect: Dialect) -> Result<MontyRun, SyntaxFault> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#')) {
        return Err(SyntaxFault {
            line: 1,
            column: 1,
            message: "The expression is empty.".to_owned(),
            is_unavailable: false,
        });
    }
    let mut text = text.replace("\r\n", "\n");
    loop {
        let inputs = vec!["_gl_in".to_owned(), "_gl_host".to_owned()];
        let program = source::wrap(&text, dialect);
        match MontyRun::new(program, "policy", inputs, CompileOptions::default()) {
            Ok(program) => return Ok(program),
            Err(why) => match mended(&text, &why) {
                Some(mended) => text = mended,
                None => return Err(fault(&why, &text)),
            },
        }
    }
}

/// The text with the `del` replaced that the interpreter complains about.
fn mended(text: &str, why: &MontyException) -> Option<String> {
    let is_del = why.exc_type() == ExcType::NotImplementedError && why.message()?.contains("'del'");
    let at = usize::try_from(place(why)?.0).ok()?.checked_sub(1)?;
    let line = source::without_del(text.lines().nth(at).filter(|_| is_del)?)?;
    let lines = text.lines().enumerate().map(|(number, old)| if number == at { line.as_str() } else { old });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Line and column in the author's text.
pub(super) fn place(why: &MontyException) -> Option<(u32, u32)> {
    let own = |frame: &&monty_types::StackFrame| frame.start.line > lines_before();
    let frame = why.traceback().iter().rev().find(own)?;
    Some((frame.start.line - lines_before(), frame.start.column.saturating_sub(INDENT).max(1)))
}

/// A fault in the author's words and place: at the end of the text at the latest.
fn fault(why: &MontyException, text: &str) -> SyntaxFault {
    let last = u32::try_from(text.lines().count()).unwrap_or(1).max(1);
    let (line, column) = place(why).unwrap_or((1, 1));
    let end = text.lines().last().map_or(0, |line| line.chars().count());
    let end = u32::try_from(end).unwrap_or_default() + 1;
    let (line, column) = if line > last { (last, end) } else { (line, column) };
    let said = why.message().unwrap_or("This is not Python.");
    let is_unavailable = why.exc_type() == ExcType::NotImplementedError;
    let message = match said.split_once("support ") {
        Some((_, what)) if is_unavailable => format!("uses what is not available here: {what}"),
        _ => said.to_owned(),
    };
    SyntaxFault { line, column, message, is_unavailable }
}
