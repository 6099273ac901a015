//! One run of a program, on its own thread.

use std::time::Duration;

use chrono::{DateTime, Datelike, Utc};
use monty::{MontyRun, RunProgress};
use monty_types::{
    ExcType, ExtFunctionResult, MontyDate, MontyException, MontyObject, NameLookupResult, OsFunctionCall, PrintWriter,
    ResourceLimits, ResourceTracker, StringRepr,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::compile::place;
use super::value::{datetime, to_json, to_python};
use super::{Ask, Fault, Output, Raised, Step, memory};

/// How long an expression may compute. What it waits for does not count.
const TIME: Duration = Duration::from_millis(200);
const RECURSION: usize = 1000;
/// How often it may ask.
const QUESTIONS: usize = 1000;

type Progress = Result<RunProgress, MontyException>;

/// Runs a program to its end, asking through `steps`.
pub(super) fn run(
    program: MontyRun,
    input: MontyObject,
    now: DateTime<Utc>,
    steps: &mpsc::Sender<Step>,
) -> Result<Output, Fault> {
    let limits = ResourceLimits::default()
        .max_duration(TIME)
        .max_memory(memory::LIMIT)
        .max_recursion_depth(RECURSION)
        .max_suspensions(QUESTIONS);
    let host = MontyObject::Function { name: "_gl_host".to_owned(), docstring: None };
    let mut progress = program.start(vec![input, host], ResourceTracker::new(limits), PrintWriter::Disabled);
    for _ in 0..=QUESTIONS {
        progress = match progress.map_err(|why| fault(&why))? {
            RunProgress::Complete(value) => return output(&value),
            suspended => resume(suspended, now, steps),
        };
    }
    Err(Fault::ours("The policy asked too many questions."))
}

fn resume(suspended: RunProgress, now: DateTime<Utc>, steps: &mpsc::Sender<Step>) -> Progress {
    match suspended {
        RunProgress::FunctionCall(call) => {
            // What is called and not known comes here, too.
            let answer = match call.function_name.as_str() {
                "_gl_host" => ask(&call.args, steps),
                unknown => ExtFunctionResult::NotFound(unknown.to_owned()),
            };
            call.resume(answer, PrintWriter::Disabled)
        }
        RunProgress::OsCall(call) => call.resume_with(PrintWriter::Disabled, |call| system(&call, now)),
        RunProgress::NameLookup(lookup) => lookup.resume(NameLookupResult::Undefined, PrintWriter::Disabled),
        RunProgress::ResolveFutures(futures) => futures.abort(missing("async"), PrintWriter::Disabled),
        RunProgress::Complete(value) => Ok(RunProgress::Complete(value)),
    }
}

fn missing(what: &str) -> MontyException {
    MontyException::new(ExcType::NotImplementedError, Some(format!("uses what is not available here: {what}")))
}

/// Asks whoever started the expression, and waits.
fn ask(arguments: &[MontyObject], steps: &mpsc::Sender<Step>) -> ExtFunctionResult {
    let mut arguments = arguments.iter().map(to_json);
    let name = arguments.next().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let (answer, answered) = oneshot::channel();
    let asked = steps.blocking_send(Step::Ask(Ask { name, arguments: arguments.collect(), answer }));
    let gone = || Raised::Runtime("Nobody waits for the policy any more.".to_owned());
    let answer = asked.map_err(|_| gone()).and_then(|()| answered.blocking_recv().unwrap_or_else(|_| Err(gone())));
    match answer {
        Ok(value) => to_python(&value).into(),
        Err(Raised::Value(why)) => MontyException::new(ExcType::ValueError, Some(why)).into(),
        Err(Raised::Runtime(why)) => MontyException::new(ExcType::RuntimeError, Some(why)).into(),
    }
}

/// What an expression wants from the system: it gets the time of the request, in UTC, and nothing else.
fn system(call: &OsFunctionCall, now: DateTime<Utc>) -> ExtFunctionResult {
    match call {
        OsFunctionCall::DateTimeNow(zone) => {
            MontyObject::DateTime(datetime(now, zone.as_ref().map(|zone| zone.offset_seconds))).into()
        }
        OsFunctionCall::DateToday => {
            let small = |number: u32| u8::try_from(number).unwrap_or_default();
            MontyObject::Date(MontyDate { year: now.year(), month: small(now.month()), day: small(now.day()) }).into()
        }
        other => missing(&format!("{} (policies have no files and no environment)", other.name())).into(),
    }
}

fn output(value: &MontyObject) -> Result<Output, Fault> {
    match to_json(value) {
        Value::Array(parts) => match <[Value; 4]>::try_from(parts) {
            Ok([Value::Bool(truth), value, Value::Object(plan), Value::Array(messages)]) => {
                let messages = messages.into_iter().filter_map(|said| said.as_str().map(str::to_owned)).collect();
                Ok(Output { truth, value, plan, messages })
            }
            _ => Err(super::silent()),
        },
        _ => Err(super::silent()),
    }
}

/// An exception as the visitor and the log are told. Limits are told in plain words.
fn fault(why: &MontyException) -> Fault {
    let said = why.message().unwrap_or_default();
    let message = match why.exc_type() {
        ExcType::TimeoutError => format!("took longer than {} ms", TIME.as_millis()),
        ExcType::MemoryError => "took too much memory".to_owned(),
        ExcType::ModuleNotFoundError => format!("uses what is not available here: {said}"),
        // Python quotes the key.
        ExcType::KeyError if !said.starts_with(['\'', '"']) => format!("{}", StringRepr(said)),
        _ => said.to_owned(),
    };
    let line = place(why).map(|(line, _)| format!(" (line {line})")).unwrap_or_default();
    Fault { detail: format!("{}: {message}{line}", why.exc_type()), message }
}
