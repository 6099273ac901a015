//! `guestlist mail`: the outbox, and whether mail arrives.

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::error::CliError;
use super::output::{local, say};
use super::session::Session;
use super::table::{Table, print_details};
use crate::clock;
use crate::config::Config;
use crate::domain::id::LetterId;
use crate::domain::letter::{Letter, LetterStatus};
use crate::domain::text::printable;
use crate::domain::user::Email;
use crate::domain::when::relative;
use crate::mail::{self, Language, Settings};
use crate::store::letters;

/// The commands on letters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the newest letters, newest first.
    List {
        /// Only those of this status.
        #[arg(long, value_name = "STATUS", default_value = "all", value_parser = ["queued", "sent", "failed", "all"])]
        status: String,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show one letter: how far it has come and why not further. What it says is not shown, since it holds a link.
    Show {
        /// The letter.
        id: String,
    },
    /// Make letters due at once that were given up or that wait for another attempt.
    #[command(group(clap::ArgGroup::new("letters").args(["ids", "failed"]).required(true)))]
    Retry {
        /// The letters.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// All that were given up.
        #[arg(long)]
        failed: bool,
    },
    /// Send a letter to an address at once, past the outbox, to see whether mail arrives.
    Test {
        /// The address.
        address: String,
        /// The language: en or de.
        #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = parse_language)]
        language: Language,
    },
}

/// What scripts read.
#[derive(Serialize)]
struct Document {
    id: String,
    to: String,
    subject: String,
    template: String,
    status: LetterStatus,
    attempts: u32,
    error: String,
    queued_at: DateTime<Utc>,
    queued_by: String,
    next_attempt_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    object_kind: String,
    object_name: String,
}

impl From<Letter> for Document {
    fn from(letter: Letter) -> Self {
        Self {
            id: letter.id.to_string(),
            to: letter.recipient,
            subject: letter.subject,
            template: letter.template,
            status: letter.status,
            attempts: letter.attempts,
            error: letter.error,
            queued_at: letter.queued_at,
            queued_by: letter.queued_by,
            next_attempt_at: Some(letter.next_attempt_at).filter(|_| letter.status == LetterStatus::Queued),
            expires_at: letter.expires_at,
            finished_at: letter.finished_at,
            object_kind: letter.about.0,
            object_name: letter.about.1,
        }
    }
}

/// Reads the language of a letter.
pub fn parse_language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| format!("letters are written in {}", Language::NAMES.join(" and ")))
}

/// Refuses what would write a letter where none leaves.
pub fn check_on(config: &Config, instead: &str) -> Result<(), CliError> {
    if config.mail.is_on() {
        return Ok(());
    }
    Err(CliError::Failed(format!(
        "Mail is off. Set `mail` in config.yaml, a `host` and who letters come `from`, or --mail-host and --mail-from.{instead}"
    )))
}

/// Runs one of them.
pub async fn run(command: Command, session: &mut Session<'_>) -> Result<(), CliError> {
    match command {
        Command::List { status, limit } => list(LetterStatus::parse(&status), limit, session).await,
        Command::Show { id } => show(&id, session).await,
        Command::Retry { ids, failed } => retry(&ids, failed, session).await,
        Command::Test { address, language } => test(&address, language, session).await,
    }
}

async fn list(status: Option<LetterStatus>, limit: u32, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let letters = letters::list(&mut tx, status, limit).await?;
    tx.rollback().await?;
    if session.out.is_json() {
        let documents: Vec<Document> = letters.into_iter().map(Document::from).collect();
        return Ok(session.out.document(&documents)?);
    }
    let mut table = Table::new(&["ID", "QUEUED", "TO", "STATUS", "ATTEMPTS", "SUBJECT"]);
    for letter in &letters {
        let (id, queued, attempts) = (letter.id.to_string(), local(letter.queued_at), letter.attempts.to_string());
        table.row([&id, &queued, &letter.recipient, letter.status.as_str(), &attempts, &letter.subject]);
    }
    Ok(table.print(session.out, "No letters.")?)
}

fn parse(id: &str) -> Result<LetterId, CliError> {
    uuid::Uuid::try_parse(id).map(LetterId).map_err(|_| missing(id))
}

fn missing(id: &str) -> CliError {
    CliError::Failed(format!("There is no letter `{}`. `guestlist mail list` shows what there is.", printable(id)))
}

async fn show(id: &str, session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let letter = letters::find(&mut tx, parse(id)?).await?.ok_or_else(|| missing(id))?;
    tx.rollback().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&Document::from(letter))?);
    }
    let now = clock::now();
    let shown = |at| format!("{} ({})", local(at), relative(at, now));
    let waits = letter.status == LetterStatus::Queued;
    let details = [
        ("Letter", letter.id.to_string()),
        ("To", letter.recipient),
        ("Subject", letter.subject),
        ("Template", letter.template),
        ("About", format!("{} {}", letter.about.0, letter.about.1)),
        ("Status", letter.status.to_string()),
        ("Attempts", letter.attempts.to_string()),
        ("Last error", letter.error),
        ("Queued", format!("{} by {}", shown(letter.queued_at), letter.queued_by)),
        ("Next attempt", if waits { shown(letter.next_attempt_at) } else { String::new() }),
        ("Link ends", letter.expires_at.map(shown).unwrap_or_default()),
        ("Finished", letter.finished_at.map(shown).unwrap_or_default()),
    ];
    Ok(print_details(&details, session.out)?)
}

async fn retry(ids: &[String], failed: bool, session: &mut Session<'_>) -> Result<(), CliError> {
    let (mut tx, _) = session.write().await?;
    let ids: Vec<LetterId> = if failed {
        let all = letters::list(&mut tx, Some(LetterStatus::Failed), u32::MAX).await?;
        all.iter().map(|letter| letter.id).collect()
    } else {
        ids.iter().map(|id| parse(id)).collect::<Result<_, _>>()?
    };
    let mut due = Vec::new();
    for id in ids {
        if letters::retry(&mut tx, id, clock::now()).await? {
            due.push(id.to_string());
        } else if letters::find(&mut tx, id).await?.is_none() {
            return Err(missing(&id.to_string()));
        } else if !failed {
            let why = format!("{id} can't be sent again: it was sent, or what it said is forgotten by now.");
            return Err(CliError::Failed(why));
        }
    }
    tx.commit().await?;
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "due": due }))?);
    }
    let said = match due.len() {
        0 => "There is nothing to send again.".to_owned(),
        1 => "One letter is due; the server sends it.".to_owned(),
        many => format!("{many} letters are due; the server sends them."),
    };
    Ok(session.out.line(said)?)
}

async fn test(address: &str, language: Language, session: &mut Session<'_>) -> Result<(), CliError> {
    check_on(session.config, "")?;
    let to = Email::parse(address).map_err(|why| CliError::Usage(format!("ADDRESS: {why}")))?;
    let settings = &session.config.mail;
    let site = mail::site_of(session.config.public_url.as_str());
    mail::try_out(settings, &to, &site, language, clock::now())
        .await
        .map_err(|why| CliError::Failed(format!("The letter was not sent: {}", printable(&why.to_string()))))?;
    let by = match settings {
        Settings::Smtp { server, .. } => format!("{}:{} has taken it", server.host, server.port),
        Settings::Dry { folder, .. } => format!("it lies in {}", folder.display()),
        Settings::Off => String::new(),
    };
    if session.out.is_json() {
        return Ok(session.out.document(&json!({ "to": to.to_string(), "sent": true }))?);
    }
    say("Whether it arrives, only its reader can tell.");
    Ok(session.out.line(format!("A letter to {to}: {by}."))?)
}
