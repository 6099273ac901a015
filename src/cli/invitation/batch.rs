//! `guestlist invitation batch`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::create::{expires, fixed_data};
use crate::batch::{self, Fault, Link, Order, Plan, Rows, Table, Template};
use crate::cli::error::CliError;
use crate::cli::flow;
use crate::cli::output::{local, say};
use crate::cli::session::{Session, administrator, check_writable};
use crate::cli::table::Table as Columns;
use crate::clock;
use crate::domain::invitation::Settings;
use crate::domain::text::{printable, shorten};

/// So many rows of a dry run are shown.
const SHOWN: usize = 10;

/// What `batch` takes.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("rows").args(["count", "csv"]).required(true)))]
pub struct Arguments {
    /// Make so many.
    #[arg(long, value_name = "N", requires = "name")]
    count: Option<usize>,
    /// Make one for each row of this file; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    csv: Option<String>,
    /// Their names, such as eng-{n:2}: `n` is the number, with zeros so that the names sort, or without the `:2` alone; any
    /// other {word} is a column of the file.
    #[arg(long, value_name = "TEMPLATE")]
    name: Option<String>,
    /// The number of the first one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    first: u32,
    /// Where a name is taken, take the next one that is free.
    #[arg(long)]
    free_names: bool,
    /// The flow to enroll through. Without one they are for any enrollment flow that has an invitation stage.
    #[arg(long, value_name = "SLUG")]
    flow: Option<String>,
    /// When they end: 7d, 2w, "tomorrow 18:00", 2026-12-24T18:00, never [default: as configured, 7 days].
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Custom attributes of each, as YAML or JSON, from a file with `@FILE`. A row's own come on top.
    #[arg(long, value_name = "DATA", allow_hyphen_values = true)]
    data: Option<String>,
    /// A remark for administrators.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    note: String,
    /// Only show what would be made.
    #[arg(long)]
    dry_run: bool,
    /// Write the links into this new file, which only you can read.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    output: Option<PathBuf>,
}

/// Makes invitations, or shows what would be made.
pub async fn run(arguments: Arguments, session: &mut Session<'_>) -> Result<(), CliError> {
    let now = clock::now();
    let slug = arguments.flow.clone();
    let (dry_run, output) = (arguments.dry_run, arguments.output.clone());
    if !dry_run {
        check_writable(session.config)?;
    }
    let mut order = order(arguments, session.config.default_expiry_days)?;
    let mut tx = session.read().await?;
    if let Some(slug) = &slug {
        order.flow = Some(flow::get(&mut tx, slug).await?.id);
    }
    let plan = batch::plan(&mut tx, &order, now).await?;
    tx.rollback().await?;
    for warning in &plan.warnings {
        say(format_args!("warning: {warning}"));
    }
    if !plan.is_ready() {
        return Err(faulty(&plan, &order));
    }
    if dry_run {
        return show(&plan, session);
    }
    let actor = administrator(&session.store, session.config).await?;
    let public_url = session.config.public_url.as_str();
    let (progress, act) = (watch::Sender::default(), actor.at(now));
    let links = batch::make(&session.store, &plan, public_url, output.as_deref(), &act, clock::new_id, &progress).await;
    let links = links.map_err(|error| CliError::Failed(error.to_string()))?;
    let written = output.map(|path| path.display().to_string());
    report(&plan, &links, written.as_deref(), session)
}

/// What is asked for, as far as no database is needed.
fn order(arguments: Arguments, default_days: u32) -> Result<Order, CliError> {
    let usage = |option: &'static str| move |why: String| CliError::Usage(format!("{option}: {why}"));
    let now = clock::now();
    let expires = expires(arguments.expires.as_deref(), default_days, now)?;
    let template = arguments.name.as_deref().map(Template::parse).transpose().map_err(usage("--name"))?;
    let fixed_data = arguments.data.as_deref().map(fixed_data).transpose()?.unwrap_or_default();
    let draft = crate::domain::invitation::Draft {
        name: "name".into(),
        expires,
        fixed_data: fixed_data.clone(),
        note: arguments.note.clone(),
        ..Default::default()
    };
    // Faults of the arguments are told once, not at each row.
    Settings::check(draft, now).map_err(|errors| CliError::arguments(&errors))?;
    let rows = match (arguments.csv, arguments.count) {
        (Some(path), _) => Rows::Table(read(&path)?),
        (None, count) => Rows::Count(count.unwrap_or_default()),
    };
    let order = Order {
        rows,
        template,
        first: arguments.first,
        flow: None,
        expires,
        fixed_data,
        note: arguments.note,
        free_names: arguments.free_names,
    };
    // Without a file nothing but the command line can be wrong.
    if let Rows::Count(count) = order.rows {
        let option = if (1..=batch::MOST).contains(&count) { "--name" } else { "--count" };
        batch::check_order(&order).map_err(usage(option))?;
    }
    Ok(order)
}

fn read(path: &str) -> Result<Table, CliError> {
    let shown = if path == "-" { "standard input" } else { path };
    let failed = |error| CliError::Failed(format!("{shown} can't be read: {error}"));
    let source: Box<dyn Read> =
        if path == "-" { Box::new(std::io::stdin()) } else { Box::new(File::open(path).map_err(failed)?) };
    Table::read(source).map_err(|faults| CliError::Failed(lines(shown, &faults)))
}

/// Faults as compilers write them: `guests.csv:4: ...`.
fn lines(file: &str, faults: &[Fault]) -> String {
    let line = |fault: &Fault| match fault.line {
        Some(line) => format!("{file}:{line}: {}", fault.message),
        None => format!("{file}: {}", fault.message),
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn faulty(plan: &Plan, order: &Order) -> CliError {
    let mut said: Vec<String> = plan.faults.iter().map(ToString::to_string).collect();
    if plan.more_faults > 0 {
        said.push(format!("and {} more of that kind.", plan.more_faults));
    }
    if plan.taken > 0 && !order.free_names {
        said.push("--free-names takes the next free name wherever one is taken.".into());
    }
    said.push("Nothing was made.".into());
    CliError::Failed(said.join("\n"))
}

fn show(plan: &Plan, session: &mut Session<'_>) -> Result<(), CliError> {
    if session.out.is_json() {
        let rows: Vec<Value> = plan
            .rows
            .iter()
            .map(|row| {
                let it = &row.settings;
                json!({ "line": row.line, "name": it.name, "instead_of": row.instead_of, "email": row.email, "expires": it.expires, "fixed_data": it.fixed_data })
            })
            .collect();
        let document = json!({ "dry_run": true, "flow": plan.flow, "warnings": plan.warnings, "invitations": rows });
        return Ok(session.out.document(&document)?);
    }
    let mut table = Columns::new(&["NAME", "EMAIL", "EXPIRES", "ATTRIBUTES"]);
    for row in plan.rows.iter().take(SHOWN) {
        let data = serde_json::to_string(&row.settings.fixed_data).unwrap_or_default();
        let expires = row.settings.expires.map_or("never".to_owned(), local);
        table.row([row.settings.name.as_str(), &row.email, &expires, &shorten(&data, 60)]);
    }
    table.print(session.out, "Nothing.")?;
    let count = plan.rows.len();
    if count > SHOWN {
        session.out.line(format_args!("and {} more", count - SHOWN))?;
    }
    let flow = plan.flow.as_ref().map(ToString::to_string).unwrap_or_default();
    say(format_args!("Would make {count} invitations to {flow}. Nothing was made."));
    Ok(())
}

fn report(plan: &Plan, links: &[Link], output: Option<&str>, session: &mut Session<'_>) -> Result<(), CliError> {
    let made = match links.len() {
        1 => "Made 1 invitation.".to_owned(),
        count => format!("Made {count} invitations."),
    };
    if session.out.is_json() {
        let link = |it: &Link| json!({ "id": it.id.token(), "name": it.name, "email": it.email, "link": it.link });
        let rows: Vec<Value> = links.iter().map(link).collect();
        let document = json!({ "dry_run": false, "flow": plan.flow, "warnings": plan.warnings, "output": output, "invitations": rows });
        return Ok(session.out.document(&document)?);
    }
    if let Some(path) = output {
        return Ok(session.out.line(format_args!("{made} Their links are in {}.", printable(path)))?);
    }
    say(made);
    Ok(session.out.line(batch::links::csv(links).trim_end())?)
}
