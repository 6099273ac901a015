//! `guestlist blueprint`: enrollment flows out of files.

mod forget;
mod list;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};

use super::confirm::{ask, can_ask};
use super::error::CliError;
use super::output::{Output, say};
use super::session::{Session, administrator, check_writable, connect, observer};
use super::table::Table;
use crate::blueprint::{
    Action, Change, Difference, ImportError, Options, Origin, Problem, Problems, Report, check_with, export, import,
    shipped,
};
use crate::config::Config;
use crate::domain::text::{printable, shorten};

/// More than any blueprint has; the reader of blueprints draws its own, tighter line.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// What of a value is shown in a table, in characters.
const LONGEST_VALUE: usize = 40;

/// The commands on blueprints.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Apply a blueprint: everything in it, or nothing. At a terminal it is shown first what would happen, and asked.
    Import {
        /// A file, `-` for standard input, or the name of a shipped blueprint.
        #[arg(value_name = "FILE")]
        file: String,
        /// A value for `!Context`, over those of the file.
        #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
        context: Vec<(String, String)>,
        /// Tell what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Give every enrollment flow of the file that has no invitation stage one, first in order.
        #[arg(long)]
        bind_invitation_stage: bool,
        /// Apply without asking. Where there is no terminal, and with --json, nothing is asked anyway.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        allowed: Allowed,
    },
    /// Parse and validate a file, without a database: every problem with line and column.
    Check {
        /// A file, `-` for standard input, or the name of a shipped blueprint.
        #[arg(value_name = "FILE")]
        file: String,
        /// A value for `!Context`, over those of the file.
        #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
        context: Vec<(String, String)>,
        #[command(flatten)]
        allowed: Allowed,
    },
    /// Write a flow with everything that belongs to it as a blueprint, without keys and secrets.
    Export {
        /// The flow.
        slug: String,
        /// Write to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Overwrite the file if there is one.
        #[arg(long, requires = "output")]
        force: bool,
    },
    /// List the blueprints inside the program, whose names `import` takes, and those that were applied.
    List,
    /// Forget that a blueprint was applied, such as one whose file is gone. What it made stays.
    Forget {
        /// Its name, its file, or the beginning of its hash, as `list` shows them.
        #[arg(value_name = "BLUEPRINT")]
        blueprint: String,
    },
}

/// What a file may do beyond describing objects.
#[derive(Debug, clap::Args)]
pub struct Allowed {
    /// Let `!Env` read the environment of this machine.
    #[arg(long)]
    allow_env: bool,
    /// Let `!File` read files below this folder.
    #[arg(long, value_name = "DIR")]
    allow_file: Option<PathBuf>,
    /// Leave out what is not known here, such as providers and applications, instead of refusing the file.
    #[arg(long)]
    skip_unsupported: bool,
}

impl Allowed {
    /// What importing is asked with it.
    pub fn options(self, context: Vec<(String, String)>, config: &Config) -> Options {
        Options {
            context: context.into_iter().collect::<BTreeMap<_, _>>(),
            allow_env: self.allow_env,
            allow_files: self.allow_file,
            blueprints: config.blueprints.clone(),
            skip_unsupported: self.skip_unsupported,
            ..Options::default()
        }
    }
}

#[derive(Serialize)]
struct ChangeDocument<'a> {
    /// The file, where it is another one that was asked for.
    file: Option<&'a str>,
    line: usize,
    entry: Option<&'a str>,
    model: &'a str,
    name: &'a str,
    action: &'static str,
    /// Which attributes changed, where the object was there before.
    attributes: &'a [String],
    /// Each attribute before and after, as it can be shown.
    differences: Vec<Value>,
}

impl<'a> From<&'a Change> for ChangeDocument<'a> {
    fn from(change: &'a Change) -> Self {
        let attributes: &[String] = match &change.action {
            Action::Updated(attributes) => attributes,
            _ => &[],
        };
        Self {
            file: change.file.as_deref(),
            line: change.line,
            entry: change.entry.as_deref(),
            model: change.model,
            name: &change.name,
            action: action_name(&change.action),
            attributes,
            differences: change.differences.iter().map(difference_document).collect(),
        }
    }
}

fn difference_document(difference: &Difference) -> Value {
    json!({ "attribute": difference.attribute, "before": difference.before, "after": difference.after })
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::Import { file, context, dry_run, bind_invitation_stage, yes, allowed } => {
            let hashing = session.config.password_hashing;
            let options =
                Options { dry_run, bind_invitation_stage, hashing, ..allowed.options(context, session.config) };
            let asks = !yes && !dry_run && !session.out.is_json() && can_ask();
            apply(&file, options, asks, session).await
        }
        Command::Check { file, context, allowed } => {
            check(&file, &allowed.options(context, session.config), session.out)
        }
        Command::Export { slug, output, force } => export_flow(&slug, output.as_deref(), force, session).await,
        Command::List => list::list(session).await,
        Command::Forget { blueprint } => forget::forget(&blueprint, session).await,
    }
}

async fn apply(file: &str, mut options: Options, asks: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    if !options.dry_run {
        check_writable(session.config)?;
    }
    let text = read(file)?;
    options.origin = origin(file, session.config);
    if asks {
        let dry_run = Options { dry_run: true, bind_invitation_stage: false, ..options.clone() };
        let actor = observer(&session.store, session.config).await?;
        let preview = import(&session.store, &text, &dry_run, &actor).await;
        let preview = preview.or_else(|why| failed(file, why, session.out))?;
        list_changes(&preview, session)?;
        session.out.line(format_args!("It will be: {}.", counts(&preview)))?;
        session.out.finish()?;
        passed_over(file, &preview.notes, &preview.left_out);
        options.bind_invitation_stage = agreed(&preview, options.bind_invitation_stage)?;
    }
    let actor = if options.dry_run {
        observer(&session.store, session.config).await?
    } else {
        administrator(&session.store, session.config).await?
    };
    // To find out what would happen it has to happen, and is rolled back: that needs a connection that could write.
    let trial = if options.dry_run { Some(connect(session.config).await?) } else { None };
    let store = trial.as_ref().unwrap_or(&session.store);
    let report = import(store, &text, &options, &actor).await.or_else(|why| failed(file, why, session.out))?;
    if session.out.is_json() {
        session.out.document(&report_document(&report, options.dry_run))?;
    } else {
        print(&report, options.dry_run, !asks, session)?;
    }
    if !asks {
        passed_over(file, &report.notes, &report.left_out);
    }
    for slug in &report.without_invitation_stage {
        say(format_args!(
            "warning: {slug} has no invitation stage: it ignores invitations and lets anybody enroll. `guestlist flow \
             bind-invitation-stage {slug}` mends that."
        ));
    }
    Ok(())
}

fn failed<T>(file: &str, error: ImportError, out: &mut Output) -> Result<T, CliError> {
    match error {
        ImportError::Invalid(problems) => {
            let text = wrong(file, &problems, out)?;
            Err(CliError::Failed(format!("{text}\nNothing was imported.")))
        }
        ImportError::Store(error) => Err(error.into()),
        ImportError::Hashing(error) => Err(CliError::Failed(error.to_string())),
    }
}

/// What is wrong with a file, a line each; where JSON is wanted, it is told as a document too.
fn wrong(file: &str, problems: &Problems, out: &mut Output) -> Result<String, CliError> {
    if out.is_json() {
        let listed: Vec<Value> = problems
            .0
            .iter()
            .map(|problem| {
                let mut document = note_document(problem);
                document["file"] = json!(problem.file.as_deref().unwrap_or(file));
                document
            })
            .collect();
        out.document(&json!({ "problems": listed, "more": problems.1 }))?;
    }
    Ok(problems.lines(file).join("\n"))
}

/// Asks whether to do what a preview shows, and about flows that would let everybody in: whether those get an invitation
/// stage. What changes nothing is not asked about.
fn agreed(preview: &Report, bind: bool) -> Result<bool, CliError> {
    let open: Vec<String> = preview.without_invitation_stage.iter().map(ToString::to_string).collect();
    let question = format!(
        "Without an invitation stage anybody can enroll, invited or not: {}. Bind one first in order?",
        open.join(", ")
    );
    let bind = bind || (!open.is_empty() && ask(&question, true)?);
    let changes = preview.has_changes() || (bind && !open.is_empty());
    if changes && !ask("Apply this?", false)? {
        return Err(CliError::Failed("Nothing was imported.".into()));
    }
    Ok(bind)
}

/// Checks a file; no database is needed.
pub fn check(file: &str, options: &Options, out: &mut Output) -> Result<(), CliError> {
    let text = read(file)?;
    let summary = match check_with(&text, options) {
        Ok(summary) => summary,
        Err(problems) => return Err(CliError::Failed(wrong(file, &problems, out)?)),
    };
    passed_over(file, &summary.notes, &summary.left_out);
    if out.is_json() {
        return Ok(out.document(&json!({
            "name": summary.name,
            "entries": summary.entries,
            "notes": summary.notes.iter().map(note_document).collect::<Vec<_>>(),
            "left_out": summary.left_out.iter().map(note_document).collect::<Vec<_>>(),
        }))?);
    }
    let name = summary.name.as_deref().unwrap_or("The blueprint");
    let sentence =
        format!("{} is right as far as can be told without a database: {} entries.", printable(name), summary.entries);
    Ok(out.line(sentence)?)
}

async fn export_flow(
    slug: &str,
    output: Option<&Path>,
    force: bool,
    session: &mut Session<'_>,
) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let flow = super::flow::get(&mut tx, slug).await?;
    let text = export(&mut tx, flow.slug.as_str()).await?.unwrap_or_default();
    tx.rollback().await?;
    let Some(path) = output else {
        if session.out.is_json() {
            return Ok(session.out.document(&json!({ "slug": flow.slug, "blueprint": text }))?);
        }
        return Ok(session.out.line(text.trim_end())?);
    };
    let shown = printable(&path.to_string_lossy()).into_owned();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            CliError::Failed(format!("{shown} exists already; --force overwrites it."))
        }
        _ => CliError::Failed(format!("{shown} can't be written: {error}")),
    };
    let mut options = std::fs::OpenOptions::new();
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    let mut file = options.write(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "slug": flow.slug, "file": path }))?);
    }
    Ok(session.out.line(format_args!("Wrote {} to {shown}.", flow.slug))?)
}

/// Tells what of a file has no effect here.
fn passed_over(file: &str, notes: &[Problem], left_out: &[Problem]) {
    for note in notes.iter().chain(left_out) {
        say(format_args!("note: {}", note.in_file(file)));
    }
}

fn note_document(note: &Problem) -> Value {
    json!({ "file": note.file, "line": note.line, "column": note.column, "entry": note.entry, "message": note.message })
}

fn report_document(report: &Report, dry_run: bool) -> Value {
    json!({
        "name": report.name,
        "dry_run": dry_run,
        "has_changes": report.has_changes(),
        "changes": report.changes.iter().map(ChangeDocument::from).collect::<Vec<_>>(),
        "notes": report.notes.iter().map(note_document).collect::<Vec<_>>(),
        "left_out": report.left_out.iter().map(note_document).collect::<Vec<_>>(),
        "bound": report.bound,
        "without_invitation_stage": report.without_invitation_stage,
    })
}

fn print(report: &Report, dry_run: bool, with_list: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    if with_list {
        list_changes(report, session)?;
    }
    for slug in &report.bound {
        session.out.line(format_args!("{slug} has an invitation stage now, first in order."))?;
    }
    let counts = counts(report);
    Ok(session.out.line(if dry_run {
        format!("Nothing was changed. It would be: {counts}.")
    } else {
        format!("{counts}.")
    })?)
}

fn list_changes(report: &Report, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut table = Table::new(&["ACTION", "MODEL", "NAME", "CHANGED"]);
    for change in &report.changes {
        let document = ChangeDocument::from(change);
        let model = change.model.rsplit('.').next().unwrap_or(change.model);
        let name = match &change.file {
            Some(file) => format!("{} ({file})", change.name),
            None => change.name.clone(),
        };
        table.row([document.action, model, &name, &changed(change)]);
    }
    Ok(table.print(session.out, "The blueprint has no entries.")?)
}

fn counts(report: &Report) -> String {
    let count = |name| report.count(|action| action_name(action) == name);
    let (created, changed, deleted) = (count("created"), count("updated"), count("deleted"));
    let rest = report.changes.len() - created - changed - deleted;
    format!("{created} created, {changed} updated, {deleted} deleted, {rest} as they were")
}

/// Each attribute of an object that was there, before and after.
fn changed(change: &Change) -> String {
    let cut = |value: &str| shorten(&value.replace('\n', " "), LONGEST_VALUE).into_owned();
    let shown = |difference: &Difference| {
        let before = difference.before.as_deref().unwrap_or_default();
        format!("{}: {} → {}", difference.attribute, cut(before), cut(&difference.after))
    };
    match change.action {
        Action::Updated(_) => change.differences.iter().map(shown).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

fn action_name(action: &Action) -> &'static str {
    match action {
        Action::Created => "created",
        Action::Updated(_) => "updated",
        Action::Unchanged => "unchanged",
        Action::Deleted => "deleted",
        Action::Skipped => "skipped",
    }
}

/// Where a blueprint comes from.
fn origin(file: &str, config: &Config) -> Origin {
    match file {
        "-" => Origin::input(),
        name if shipped().iter().any(|one| one.name == name) => Origin::shipped(name),
        path => Origin::file(path, Path::new(path), config.blueprints.as_deref()),
    }
}

/// A shipped blueprint goes by its bare name; a file of that name is still reached as `./name`.
fn read(file: &str) -> Result<Vec<u8>, CliError> {
    if let Some(shipped) = shipped().iter().find(|one| one.name == file) {
        return Ok(shipped.text.as_bytes().to_vec());
    }
    let opened: std::io::Result<Box<dyn Read>> = match file {
        "-" => Ok(Box::new(std::io::stdin())),
        path => std::fs::File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    let mut text = Vec::new();
    match opened.and_then(|source| source.take(LARGEST_FILE + 1).read_to_end(&mut text)) {
        Ok(_) if text.len() as u64 > LARGEST_FILE => {
            Err(CliError::Failed(format!("{} is larger than any blueprint.", printable(file))))
        }
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let names = shipped().iter().map(|one| one.name);
            Err(CliError::missing("file or shipped blueprint", file, names, "guestlist blueprint list"))
        }
        Err(error) => Err(CliError::Failed(format!("{} can't be read: {error}", printable(file)))),
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".into()),
    }
}
