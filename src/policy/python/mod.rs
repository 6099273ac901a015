//! The Python of expressions: the only folder that knows the interpreter.
//!
//! The interpreter has no files, processes or network of its own. What an expression may ask goes through one function,
//! `_gl_host`, whose questions come out of here as [`Ask`]s and are answered from the database by the caller, who is on
//! another thread. What an expression changes comes back with its result.

mod compile;
mod interpreter;
mod memory;
mod source;
mod value;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

pub(super) use compile::check;
pub(super) use memory::{EVERY, Watch};
pub(super) use source::{Dialect, unavailable};
pub(super) use value::instant;

use crate::domain::Mapping;
use crate::turns::{Busy, Turn, Turns};
use compile::Compiled;

/// A question of a running expression.
#[derive(Debug)]
pub(super) struct Ask {
    /// Which.
    pub(super) name: String,
    /// With what.
    pub(super) arguments: Vec<Value>,
    /// Where the answer goes; an error is raised in the expression.
    pub(super) answer: oneshot::Sender<std::result::Result<Value, Raised>>,
}

/// What is raised in an expression instead of an answer.
#[derive(Debug)]
pub(super) enum Raised {
    /// `ValueError`.
    Value(String),
    /// `RuntimeError`.
    Runtime(String),
}

/// What an expression came to.
#[derive(Debug)]
pub(super) struct Output {
    /// Whether the result counts as true.
    pub(super) truth: bool,
    /// The result.
    pub(super) value: Value,
    /// The context as it was left.
    pub(super) plan: Mapping,
    /// What was said by `ak_message`.
    pub(super) messages: Vec<String>,
}

/// Why an expression has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// `str(exception)`.
    pub(super) message: String,
    /// Kind, text and line, for the log.
    pub(super) detail: String,
}

impl Fault {
    /// A fault that no exception is behind.
    pub(super) fn ours(why: &str) -> Self {
        Self { message: why.to_owned(), detail: why.to_owned() }
    }
}

/// What happens while an expression runs.
#[derive(Debug)]
pub(super) enum Step {
    /// It asks.
    Ask(Ask),
    /// It is done.
    Done(std::result::Result<Output, Fault>),
}

/// How many expressions may wait for their turn.
const WAITING: u32 = 64;

/// Runs expressions, each on a thread of its own with a deep stack, as many at once as the machine has cores.
#[derive(Debug, Clone)]
pub(super) struct Python {
    turns: Turns,
    compiled: Compiled,
}

impl Default for Python {
    fn default() -> Self {
        Self { turns: Turns::new(WAITING), compiled: Compiled::default() }
    }
}

/// Room for the deepest recursion that the interpreter allows.
const STACK: usize = 16 << 20;

impl Python {
    /// A turn; [`Python::start`] holds it as long as the expression and all that it calls run.
    pub(super) async fn turn(&self) -> Result<Turn, Busy> {
        self.turns.take().await
    }

    /// Starts an expression; `now` is the only clock that it has. Whoever drops the receiver ends it at its next question.
    pub(super) fn start(
        &self,
        text: &str,
        dialect: Dialect,
        input: &Value,
        now: DateTime<Utc>,
        turn: Option<Arc<Turn>>,
    ) -> mpsc::Receiver<Step> {
        let (steps, receiver) = mpsc::channel(1);
        let (compiled, text, input) = (self.compiled.clone(), text.to_owned(), value::to_python(input));
        let work = move || {
            let done = match compiled.get(&text, dialect) {
                Ok(program) => interpreter::run(program, input, now, &steps),
                Err(fault) => Err(Fault { message: fault.to_string(), detail: format!("SyntaxError: {fault}") }),
            };
            let _ = steps.blocking_send(Step::Done(done));
            drop(turn);
        };
        let thread = std::thread::Builder::new().name("policy".to_owned()).stack_size(STACK).spawn(work);
        if let Err(why) = thread {
            tracing::error!(%why, "no thread for a policy");
        }
        receiver
    }
}

/// What a fault means whose thread never said a word.
pub(super) fn silent() -> Fault {
    Fault::ours("The policy could not be run.")
}
