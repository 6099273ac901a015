//! The prompts of flows: listed, shown, changed.

use clap::Args;
use serde_json::{Value, json};

use super::show::prompt_document;
use super::stages::joined;
use crate::cli::error::CliError;
use crate::cli::output::{say, yes_no};
use crate::cli::session::Session;
use crate::cli::table::{Table, print_details};
use crate::clock;
use crate::domain::prompt::{Prompt, PromptDraft};
use crate::domain::slug::Slug;
use crate::policy::check_prompt;
use crate::store::{Tx, flows, prompts};

/// What of a prompt is changed.
#[derive(Debug, Args)]
pub struct Changes {
    /// The question.
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Its place on the page: lower comes first.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    order: Option<i32>,
    /// An answer is needed.
    #[arg(long, conflicts_with = "optional")]
    required: bool,
    /// No answer is needed.
    #[arg(long)]
    optional: bool,
    /// The hint inside the empty field, or the choices, one a line.
    #[arg(long, value_name = "TEXT")]
    placeholder: Option<String>,
    /// What the field starts with.
    #[arg(long, value_name = "TEXT")]
    initial_value: Option<String>,
    /// Text under the field.
    #[arg(long, value_name = "TEXT")]
    sub_text: Option<String>,
}

impl Changes {
    fn are_none(&self) -> bool {
        let texts = [&self.label, &self.placeholder, &self.initial_value, &self.sub_text];
        texts.iter().all(|text| text.is_none()) && self.order.is_none() && !self.required && !self.optional
    }

    /// The prompt with these changes.
    fn applied(self, prompt: &Prompt) -> Result<Prompt, CliError> {
        let of = PromptDraft::of(prompt);
        let draft = PromptDraft {
            label: self.label.unwrap_or(of.label),
            order: self.order.map_or(of.order, |order| order.to_string()),
            required: self.required || of.required && !self.optional,
            placeholder: self.placeholder.unwrap_or(of.placeholder),
            initial_value: self.initial_value.unwrap_or(of.initial_value),
            sub_text: self.sub_text.unwrap_or(of.sub_text),
        };
        check_prompt(&draft, prompt).map_err(|errors| CliError::arguments(&errors))
    }
}

/// Lists prompts and the flows that ask them.
pub(super) async fn list(session: &mut Session<'_>) -> Result<(), CliError> {
    let mut tx = session.read().await?;
    let all = prompts::list(&mut tx).await?;
    let asked = flows::where_bound(&mut tx).await?;
    tx.rollback().await?;
    let of = |prompt: &Prompt| asked.get(&prompt.id.0).cloned().unwrap_or_default();
    if session.out.is_json() {
        let documents: Vec<Value> = all.iter().map(|prompt| document(prompt, &of(prompt))).collect();
        return Ok(session.out.document(&documents)?);
    }
    let mut table = Table::new(&["NAME", "FIELD", "LABEL", "TYPE", "REQUIRED", "FLOWS"]);
    for prompt in &all {
        let (kind, required) = (prompt.kind.as_str(), yes_no(prompt.required));
        table.row([&prompt.name, &prompt.field_key, &prompt.label, kind, required, &joined(&of(prompt))]);
    }
    Ok(table.print(session.out, "No prompts. Blueprints bring them: `guestlist blueprint list`.")?)
}

fn document(prompt: &Prompt, flows: &[Slug]) -> Value {
    let mut document = prompt_document(prompt);
    document["flows"] = json!(flows);
    document
}

/// The prompt of that name, or which one may be meant.
async fn get(tx: &mut Tx, name: &str) -> Result<Prompt, CliError> {
    let all = prompts::list(tx).await?;
    let missing = CliError::missing("prompt", name, all.iter().map(|it| it.name.as_str()), "guestlist flow prompts");
    all.into_iter().find(|prompt| prompt.name == name).ok_or(missing)
}

/// Changes a prompt, or shows it.
pub(super) async fn change(name: &str, changes: Changes, session: &mut Session<'_>) -> Result<(), CliError> {
    if changes.are_none() {
        let mut tx = session.read().await?;
        let prompt = get(&mut tx, name).await?;
        let flows = asked_in(&mut tx, &prompt).await?;
        tx.rollback().await?;
        return show(&prompt, &flows, session);
    }
    let (mut tx, actor) = session.write().await?;
    let before = get(&mut tx, name).await?;
    let prompt = changes.applied(&before)?;
    if prompt != before {
        prompts::update(&mut tx, &prompt, &actor.at(clock::now())).await?;
    }
    let flows = asked_in(&mut tx, &prompt).await?;
    tx.commit().await?;
    if flows.len() > 1 {
        say(format_args!("It is asked in {}.", joined(&flows)));
    }
    show(&prompt, &flows, session)
}

async fn asked_in(tx: &mut Tx, prompt: &Prompt) -> Result<Vec<Slug>, CliError> {
    Ok(flows::where_bound(tx).await?.remove(&prompt.id.0).unwrap_or_default())
}

fn show(prompt: &Prompt, flows: &[Slug], session: &mut Session<'_>) -> Result<(), CliError> {
    if session.out.is_json() {
        return Ok(session.out.document(&document(prompt, flows))?);
    }
    let expression = |is: bool, text: &str| if is { format!("{text} (an expression)") } else { text.to_owned() };
    let details = [
        ("Name", prompt.name.clone()),
        ("Field", prompt.field_key.clone()),
        ("Label", prompt.label.clone()),
        ("Type", prompt.kind.to_string()),
        ("Order", prompt.order.to_string()),
        ("Required", yes_no(prompt.required).to_owned()),
        ("Placeholder", expression(prompt.placeholder_expression, &prompt.placeholder)),
        ("Initial value", expression(prompt.initial_value_expression, &prompt.initial_value)),
        ("Sub text", prompt.sub_text.clone()),
        ("Flows", joined(flows)),
    ];
    Ok(print_details(&details, session.out)?)
}
