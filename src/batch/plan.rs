//! What would be made, and everything that is wrong with that. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::order::{MOST, Order, Rows};
use super::table::MOST_FAULTS;
use super::template::Template;
use crate::domain::Mapping;
use crate::domain::diagnosis::{self, any_flow_problems};
use crate::domain::flow::{Designation, Outline};
use crate::domain::invitation::{Draft, Settings};
use crate::domain::prompt_data;
use crate::domain::slug::Slug;
use crate::domain::text::printable;
use crate::domain::validation::FieldErrors;
use crate::store::{StoreError, Tx, flows, invitations};

/// The column that names the invitations where no template does.
pub const NAME: &str = "name";

/// What would be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The invitations, in order. Where there are faults, those without one.
    pub rows: Vec<Planned>,
    /// What keeps it from being made; at most so many as help.
    pub faults: Vec<Fault>,
    /// How many faults there are besides.
    pub more_faults: usize,
    /// How many names are taken.
    pub taken: usize,
    /// What will go wrong with the invitations, a sentence each.
    pub warnings: Vec<String>,
    /// The flow that the links lead to.
    pub flow: Option<Slug>,
}

/// One invitation of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Its line in the file.
    pub line: Option<u64>,
    /// The address in its custom attributes.
    pub email: String,
    /// What is written.
    pub settings: Settings,
    /// The name that it should have had, where that is taken.
    pub instead_of: Option<Slug>,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file; none where the whole batch is meant.
    pub line: Option<u64>,
    /// One sentence.
    pub message: String,
}

impl Fault {
    /// A fault of the whole.
    pub fn of_file(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Plan {
    /// Whether it can be made.
    pub fn is_ready(&self) -> bool {
        self.faults.is_empty() && !self.rows.is_empty() && self.flow.is_some()
    }

    fn fault(&mut self, line: Option<u64>, message: impl Into<String>) {
        self.faults.push(Fault { line, message: message.into() });
    }

    /// Puts the faults into the order of the file, and keeps as many as help.
    fn sorted(mut self) -> Self {
        self.faults.sort_by_key(|fault| fault.line);
        self.more_faults = self.faults.len().saturating_sub(MOST_FAULTS);
        self.faults.truncate(MOST_FAULTS);
        self
    }
}

/// Finds out what would be made.
pub async fn plan(tx: &mut Tx, order: &Order, now: DateTime<Utc>) -> Result<Plan, StoreError> {
    let mut plan = Plan::default();
    if let Err(message) = check_order(order) {
        plan.fault(None, message);
        return Ok(plan);
    }
    let last = u64::from(order.first) + order.rows.len().saturating_sub(1) as u64;
    let template = order.template.as_ref().map(|template| template.filled_up_for(last));
    let order = &Order { template, ..order.clone() };
    target(tx, order, &mut plan).await?;
    for index in 0..order.rows.len() {
        match row(order, index, now) {
            Ok(planned) => plan.rows.push(planned),
            Err((line, faults)) => faults.into_iter().for_each(|fault| plan.fault(line, fault)),
        }
    }
    twins(&mut plan);
    collisions(tx, order, &mut plan).await?;
    Ok(plan.sorted())
}

/// Refuses an order that makes no sense, whatever is in the database.
pub fn check_order(order: &Order) -> Result<(), String> {
    match (&order.rows, &order.template) {
        (Rows::Count(0), _) => Err("Enter how many, 1 or more.".into()),
        (Rows::Count(count), _) if *count > MOST => Err(format!("Make at most {MOST} in one batch.")),
        (Rows::Count(_), None) => Err("Enter a name, such as eng-{n}.".into()),
        (Rows::Count(_), Some(template)) => template.check_for(order.rows.len()),
        (Rows::Table(table), None) if table.column(NAME).is_none() => {
            Err("The file has no column `name`: give a template such as eng-{n} or {email}.".into())
        }
        (Rows::Table(_), None) => Ok(()),
        (Rows::Table(table), Some(template)) => {
            match template.columns().find(|column| table.column(column).is_none()) {
                Some(column) => {
                    let there = table.columns.join(", ");
                    Err(format!("The file has no column `{}`; it has {}.", printable(column), printable(&there)))
                }
                None => Ok(()),
            }
        }
    }
}

/// Finds the flow that the links lead to, and what is wrong with it.
async fn target(tx: &mut Tx, order: &Order, plan: &mut Plan) -> Result<(), StoreError> {
    let outline = match order.flow {
        Some(id) => {
            let Some(flow) = flows::find(tx, id).await? else {
                plan.fault(None, "The flow is not there any more. Choose another one.");
                return Ok(());
            };
            Some(flows::outline(tx, flow).await?)
        }
        None => only_open(tx, plan).await?,
    };
    let Some(outline) = outline else { return Ok(()) };
    let mut data = order.fixed_data.clone();
    for column in attribute_columns(order) {
        prompt_data::store(&mut data, column, Value::String("x".into()));
    }
    plan.warnings = diagnosis::diagnose_keys(&data, &outline).into_iter().map(|problem| problem.sentence).collect();
    plan.flow = Some(outline.flow.slug);
    Ok(())
}

/// The only flow that takes invitations: links of a batch can't be chosen one by one.
async fn only_open(tx: &mut Tx, plan: &mut Plan) -> Result<Option<Outline>, StoreError> {
    let mut open = Vec::new();
    for flow in flows::list(tx).await? {
        if flow.designation == Designation::Enrollment {
            open.push(flows::outline(tx, flow).await?);
        }
    }
    open.retain(Outline::has_invitation_stage);
    if open.len() == 1 {
        return Ok(open.pop());
    }
    let slugs: Vec<Slug> = open.into_iter().map(|outline| outline.flow.slug).collect();
    let shown = &slugs[..slugs.len().min(10)];
    for problem in any_flow_problems(shown) {
        plan.fault(None, format!("{} Choose a flow.", problem.sentence));
    }
    Ok(None)
}

/// The columns that become custom attributes: all, except the one that names the invitations.
fn attribute_columns(order: &Order) -> impl Iterator<Item = &str> {
    let columns = match &order.rows {
        Rows::Table(table) => table.columns.as_slice(),
        Rows::Count(_) => &[],
    };
    columns.iter().map(String::as_str).filter(|column| order.template.is_some() || *column != NAME)
}

type Faulty = (Option<u64>, Vec<String>);

fn row(order: &Order, index: usize, now: DateTime<Utc>) -> Result<Planned, Faulty> {
    let (line, values) = match &order.rows {
        Rows::Count(_) => (None, &[][..]),
        Rows::Table(table) => (Some(table.rows[index].line), table.rows[index].values.as_slice()),
    };
    let cell = |column: &str| match &order.rows {
        Rows::Table(table) => table.column(column).and_then(|place| values.get(place)).map(String::as_str),
        Rows::Count(_) => None,
    };
    let number = u64::from(order.first) + index as u64;
    let named = |template: &Template| template.name(number, cell);
    let name = order.template.as_ref().map_or_else(|| Ok(cell(NAME).unwrap_or_default().to_owned()), named);
    let name = name.map_err(|why| (line, vec![why]))?;
    let fixed_data = fixed_data(order, cell);
    let email = prompt_data::find(&fixed_data, "email").map(prompt_data::as_text).unwrap_or_default();
    let draft = Draft {
        name: name.clone(),
        flow: order.flow,
        expires: order.expires,
        fixed_data,
        max_uses: Some(1),
        note: order.note.clone(),
    };
    let settings = Settings::check(draft, now).map_err(|errors| (line, told(&errors, &name, order)))?;
    Ok(Planned { line, email, settings, instead_of: None })
}

/// The custom attributes of one row; an empty value is none.
fn fixed_data<'a>(order: &Order, cell: impl Fn(&str) -> Option<&'a str>) -> Mapping {
    let mut data = order.fixed_data.clone();
    for column in attribute_columns(order) {
        if let Some(value) = cell(column).filter(|value| !value.is_empty()) {
            prompt_data::store(&mut data, column, Value::String(value.to_owned()));
        }
    }
    data
}

fn told(errors: &FieldErrors, name: &str, order: &Order) -> Vec<String> {
    let hint = match (&order.rows, &order.template) {
        (Rows::Table(_), None) => " A template names them otherwise, and `name` becomes a custom attribute.",
        _ => "",
    };
    errors
        .iter()
        .map(|(field, why)| match field {
            "name" => format!("The name `{}`: {why}{hint}", printable(name)),
            "fixed_data" => format!("Custom attributes: {why}"),
            "expires" => format!("Expires: {why}"),
            _ => format!("Note: {why}"),
        })
        .collect()
}

/// Finds names that stand in the file twice.
fn twins(plan: &mut Plan) {
    let mut seen: BTreeMap<String, Option<u64>> = BTreeMap::new();
    let (mut kept, mut found) = (Vec::with_capacity(plan.rows.len()), Vec::new());
    for planned in std::mem::take(&mut plan.rows) {
        let name = planned.settings.name.to_string();
        if let Some(line) = seen.get(&name) {
            found.push((planned.line, name, line.unwrap_or_default()));
        } else {
            seen.insert(name, planned.line);
            kept.push(planned);
        }
    }
    plan.rows = kept;
    for (line, name, first) in found {
        plan.fault(line, format!("The name `{name}` stands in line {first} already."));
    }
}

/// Finds names that invitations have already, and proposes free ones, or takes them where that is wanted.
async fn collisions(tx: &mut Tx, order: &Order, plan: &mut Plan) -> Result<(), StoreError> {
    let names: Vec<Slug> = plan.rows.iter().map(|planned| planned.settings.name.clone()).collect();
    let taken = invitations::taken(tx, &names).await?;
    plan.taken = taken.len();
    let mut used: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
    let mut number = u64::from(order.first) + order.rows.len() as u64;
    let mut found = Vec::new();
    for planned in plan.rows.iter_mut().filter(|planned| taken.contains(planned.settings.name.as_str())) {
        let name = planned.settings.name.clone();
        // What is not shown need not be found.
        if !order.free_names && found.len() >= MOST_FAULTS {
            found.push((planned.line, name, None));
            continue;
        }
        let free = free(tx, order, &name, &mut number, &used).await?;
        used.insert(free.to_string());
        if order.free_names {
            planned.settings.name = free;
            planned.instead_of = Some(name);
        } else {
            found.push((planned.line, name, Some(free)));
        }
    }
    for (line, name, free) in found {
        let free = free.map(|free| format!(" `{free}` is free.")).unwrap_or_default();
        plan.fault(line, format!("The name `{name}` is taken.{free}"));
    }
    Ok(())
}

/// A free name in place of a taken one: a template counts on, a name gets a number.
async fn free(
    tx: &mut Tx,
    order: &Order,
    name: &Slug,
    number: &mut u64,
    used: &BTreeSet<String>,
) -> Result<Slug, StoreError> {
    let counting = order.template.as_ref().filter(|template| template.counts() && template.columns().next().is_none());
    if let Some(template) = counting {
        // A batch of so many was made before at most so often.
        for _ in 0..MOST {
            let next = template.name(*number, |_| None).and_then(|name| Slug::parse(&name));
            *number += 1;
            let Ok(next) = next else { break };
            if !used.contains(next.as_str()) && invitations::taken(tx, std::slice::from_ref(&next)).await?.is_empty() {
                return Ok(next);
            }
        }
    }
    invitations::free_name(tx, name, used).await
}
