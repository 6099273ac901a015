//! Granting the wishes of a file's entries, one after the other, in the transaction that is kept as a whole or not at all.

use super::document::{self, Document, Entry, State, of_entry};
use super::memo::{Memo, Question};
use super::model::attribute::Kind;
use super::model::{self, Pending, Record, Save};
use super::problem::{Problem, Problems, quote};
use super::report::{Action, Change, Difference, ImportError, Options, Report};
use super::scope::Scope;
use super::wish::{self, Reading, Wish};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::applied::{Applied, AppliedObject};
use crate::domain::event::{Act, Action as Event, Actor};
use crate::domain::flow::Designation;
use crate::domain::id::FlowId;
use crate::store::events::{self, Object};
use crate::store::{StoreError, Tx, blueprints, flows};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One application under way.
pub struct Run<'a> {
    pub(super) tx: Tx,
    act: Act<'a>,
    options: &'a Options,
    scope: Scope,
    /// Once there is one, the entries that follow are still checked, and nothing more is written.
    problems: Problems,
    report: Report,
    /// The file's flows that are there in the end.
    flows: Vec<FlowId>,
    /// What objects are called that references lead to.
    pub(super) titles: BTreeMap<Uuid, String>,
    /// What the file asked for.
    asked_for: Vec<AppliedObject>,
    /// What was found out before.
    memo: &'a Memo,
    /// What has to be found out; this time nothing can be kept then.
    questions: Vec<Question>,
}

impl<'a> Run<'a> {
    /// Begins with a transaction that writes.
    pub fn new(
        tx: Tx,
        document: &Document,
        options: &'a Options,
        actor: &'a Actor,
        memo: &'a Memo,
    ) -> Result<Self, Problems> {
        Ok(Self {
            tx,
            act: actor.at(options.at.unwrap_or_else(clock::now)),
            options,
            scope: Scope::new(document, options)?,
            problems: Problems::default(),
            report: Report { name: document.name.clone(), notes: document.notes.0.clone(), ..Report::default() },
            flows: Vec::new(),
            titles: BTreeMap::new(),
            asked_for: Vec::new(),
            memo,
            questions: Vec::new(),
        })
    }

    /// What has to be found out before anything can be kept; nothing where the file is wrong anyway.
    pub fn take_questions(&mut self) -> Vec<Question> {
        if self.problems.is_empty() { std::mem::take(&mut self.questions) } else { Vec::new() }
    }

    /// Ends without anything being kept.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        self.tx.rollback().await
    }

    /// Ends with the transaction, still open, and the report; or with everything that was wrong.
    pub async fn finish(mut self, document: &Document, hash: String) -> Result<(Tx, Report), ImportError> {
        std::mem::take(&mut self.problems).or(())?;
        self.invitation_stages(self.options.bind_invitation_stage).await?;
        self.event(document).await?;
        self.note(document, hash).await?;
        Ok((self.tx, self.report))
    }

    /// Reads an entry, asking the database whatever its look-ups ask.
    async fn read(&mut self, entry: &Entry) -> Result<Result<Reading, Problems>, StoreError> {
        self.scope.forget();
        loop {
            self.scope.take_notes();
            let reading = wish::read(entry, &self.scope, self.options);
            let asked = self.scope.take_asked();
            // After a fault not everything is there that a look-up should find.
            if asked.is_empty() || !self.problems.is_empty() {
                return Ok(reading);
            }
            for lookup in asked {
                let answer = lookup.answer(&mut self.tx).await?;
                self.scope.answer(&lookup, answer);
            }
        }
    }

    /// Grants one entry's wish. What is wrong with it is kept for the end.
    pub async fn entry(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let reading = self.read(entry).await?;
        self.report.notes.extend(of_entry(entry, self.scope.take_notes()).0);
        let wish = match reading {
            Ok(Reading::Wish(wish)) if wish.uncertain => {
                self.scope.add_faulty(entry, Some(wish.model.spec().name), clock::new_id());
                return Ok(());
            }
            Ok(Reading::Wish(wish)) => wish,
            Ok(Reading::Uncertain) => {
                self.scope.add_faulty(entry, None, clock::new_id());
                return Ok(());
            }
            Ok(Reading::Other(text)) => return self.other(text).await,
            Ok(Reading::LeftOut(why)) => {
                self.scope.add_left_out(entry, clock::new_id());
                self.report.left_out.push(why);
                return Ok(());
            }
            Err(found) => {
                self.scope.add_faulty(entry, None, clock::new_id());
                self.problems.extend(found);
                return Ok(());
            }
        };
        if !wish.wanted {
            self.done(entry, &wish, entry.label().unwrap_or_default().to_owned(), Action::Skipped, Vec::new());
            return Ok(());
        }
        self.foreign(entry, &wish).await?;
        match (wish.state, self.find(&wish).await?) {
            (State::Absent, found) => self.delete(entry, &wish, found).await,
            (State::Present, Some(record)) => self.update(entry, &wish, record).await,
            (State::Created, Some(record)) => {
                let title = wish.model.title(&mut self.tx, &record.values).await?;
                self.keep(entry, &wish, record.key, &title, Mapping::new());
                self.done(entry, &wish, title, Action::Unchanged, Vec::new());
                Ok(())
            }
            (State::MustCreated, Some(record)) => {
                let title = wish.model.title(&mut self.tx, &record.values).await?;
                self.keep(entry, &wish, record.key, &title, Mapping::new());
                let message = format!("{} is there already, and `must_created` forbids that.", quote(&title));
                self.wrong(entry, "state", message);
                Ok(())
            }
            (State::Present | State::Created | State::MustCreated, None) => self.create(entry, &wish).await,
        }
    }

    /// Applies a blueprint that this one asks for, in the same transaction: all of both or nothing.
    fn other(&mut self, text: Option<Vec<u8>>) -> Pending<'_, ()> {
        Box::pin(async move {
            // Both were checked before the transaction began.
            let Some(Ok(document)) = text.as_deref().map(document::parse) else { return Ok(()) };
            let Ok(scope) = Scope::new(&document, self.options) else { return Ok(()) };
            let outer = std::mem::replace(&mut self.scope, scope);
            for entry in &document.entries {
                self.entry(entry).await?;
            }
            self.scope = outer;
            Ok(())
        })
    }

    /// References to objects outside of the file have to point at something.
    async fn foreign(&mut self, entry: &Entry, wish: &Wish) -> Result<(), StoreError> {
        for foreign in &wish.foreign {
            let mut exists = false;
            for model in foreign.models {
                let Ok(model) = model::find(model) else { continue };
                exists |= model.by_key(&mut self.tx, foreign.key).await?.is_some();
            }
            if !exists {
                let problem = Problem { entry: entry.label().map(str::to_owned), ..foreign.place.clone() };
                self.problems.push(problem);
            }
        }
        Ok(())
    }

    /// The object with the key of the file, or else the first of which all other identifiers hold.
    async fn find(&mut self, wish: &Wish) -> Result<Option<Record>, StoreError> {
        if let Some(pk) = wish.pk
            && let Some(record) = wish.model.by_key(&mut self.tx, pk).await?
        {
            return Ok(Some(record));
        }
        if wish.identifiers.is_empty() {
            return Ok(None);
        }
        let records = wish.model.candidates(&mut self.tx, &wish.identifiers).await?;
        let holds =
            |record: &Record| wish.identifiers.iter().all(|(name, value)| contains(record.values.get(name), value));
        Ok(records.into_iter().find(holds))
    }

    async fn create(&mut self, entry: &Entry, wish: &Wish) -> Result<(), StoreError> {
        let mut given = wish.given.clone();
        wish.model.translate(&mut given, None);
        self.passwords(wish, &mut given, None);
        let differences = self.differences(wish, None, &given).await?;
        let asked_for = given.clone();
        let mut values = Mapping::new();
        for attribute in wish.model.spec().attributes {
            if let Some(value) = given.remove(attribute.name).or_else(|| attribute.default.value()) {
                values.insert(attribute.name.to_owned(), value);
            } else if attribute.is_required() {
                self.wrong(entry, "", missing(entry, wish.model, attribute.name));
            }
        }
        // Bindings of the same order keep that in which they were made, by their keys: all else of them is of one moment.
        let is_binding = [model::STAGE_BINDING, model::POLICY_BINDING].contains(&wish.model.spec().name);
        let key = wish.pk.unwrap_or_else(if is_binding { clock::new_ordered_id } else { clock::new_id });
        self.save(entry, wish, key, &values, None).await?;
        let title = wish.model.title(&mut self.tx, &values).await?;
        self.keep(entry, wish, key, &title, asked_for);
        self.done(entry, wish, title, Action::Created, differences);
        Ok(())
    }

    async fn update(&mut self, entry: &Entry, wish: &Wish, record: Record) -> Result<(), StoreError> {
        let mut given = wish.given.clone();
        wish.model.translate(&mut given, Some(&record));
        self.passwords(wish, &mut given, Some(&record));
        let asked_for = given.clone();
        given.retain(|name, value| record.values.get(name) != Some(value));
        let changed: Vec<String> = given.keys().cloned().collect();
        let differences = self.differences(wish, Some(&record), &given).await?;
        let mut values = record.values.clone();
        values.extend(given);
        if !changed.is_empty() && self.is_free(entry, wish, &record, &values).await? {
            self.save(entry, wish, record.key, &values, Some(&record)).await?;
        }
        let title = wish.model.title(&mut self.tx, &values).await?;
        self.keep(entry, wish, record.key, &title, asked_for);
        let action = if changed.is_empty() { Action::Unchanged } else { Action::Updated(changed) };
        self.done(entry, wish, title, action, differences);
        Ok(())
    }

    /// Puts hashes for passwords: the present one where it is of that password. A blank one changes nothing.
    fn passwords(&mut self, wish: &Wish, given: &mut Mapping, record: Option<&Record>) {
        let spec = wish.model.spec();
        for attribute in spec.attributes.iter().filter(|attribute| matches!(attribute.kind, Kind::Password)) {
            let Some(password) = given.remove(attribute.name).and_then(|value| value.as_str().map(str::to_owned))
            else {
                continue;
            };
            if password.is_empty() {
                continue;
            }
            let text = |values: &Mapping, name: &str| values.get(name).and_then(Value::as_str).map(str::to_owned);
            let name = |values: &Mapping| spec.unique.and_then(|unique| text(values, unique));
            let user = name(given).or_else(|| record.and_then(|record| name(&record.values))).unwrap_or_default();
            let current = record.and_then(|record| text(&record.values, attribute.name));
            let question = Question { user, password, current };
            let known = self.memo.hash(&question).map(|hash| hash.0.clone());
            if known.is_none() {
                self.questions.push(question);
            }
            // Where it is not known yet, what stands here is never kept.
            given.insert(attribute.name.to_owned(), Value::from(known.unwrap_or_default()));
        }
    }

    /// Whether no other object has the name that this one would get.
    async fn is_free(
        &mut self,
        entry: &Entry,
        wish: &Wish,
        before: &Record,
        values: &Mapping,
    ) -> Result<bool, StoreError> {
        let spec = wish.model.spec();
        let Some(unique) = spec.unique else { return Ok(true) };
        let Some(name) = values.get(unique).filter(|name| before.values.get(unique) != Some(name)) else {
            return Ok(true);
        };
        let sought = Mapping::from_iter([(unique.to_owned(), name.clone())]);
        let others = wish.model.candidates(&mut self.tx, &sought).await?;
        let free = !others.iter().any(|other| other.key != before.key && other.values.get(unique) == Some(name));
        if !free {
            let name = name.as_str().unwrap_or_default();
            self.wrong(entry, unique, format!("There is {} with the {unique} {} already.", spec.noun, quote(name)));
        }
        Ok(free)
    }

    async fn save(
        &mut self,
        entry: &Entry,
        wish: &Wish,
        key: Uuid,
        values: &Mapping,
        before: Option<&Record>,
    ) -> Result<(), StoreError> {
        if let Err((attribute, message)) = wish.model.check(values, before) {
            self.wrong(entry, attribute, message);
        }
        if !self.problems.is_empty() {
            return Ok(());
        }
        let saved = wish.model.save(&mut self.tx, Save { key, values, before, act: &self.act }).await;
        self.allowed(entry, saved)
    }

    async fn delete(&mut self, entry: &Entry, wish: &Wish, found: Option<Record>) -> Result<(), StoreError> {
        let Some(record) = found else {
            self.done(entry, wish, entry.label().unwrap_or_default().to_owned(), Action::Unchanged, Vec::new());
            return Ok(());
        };
        let title = wish.model.title(&mut self.tx, &record.values).await?;
        if self.problems.is_empty() {
            let deleted = wish.model.delete(&mut self.tx, &record, &self.act).await;
            self.allowed(entry, deleted)?;
        }
        self.flows.retain(|flow| flow.0 != record.key);
        self.done(entry, wish, title, Action::Deleted, Vec::new());
        Ok(())
    }

    /// What the store refuses because of what else there is, is a fault of the file.
    fn allowed(&mut self, entry: &Entry, result: Result<(), StoreError>) -> Result<(), StoreError> {
        match result {
            Err(StoreError::Taken(what)) => {
                self.wrong(entry, "", format!("There is {what} already."));
                Ok(())
            }
            Err(StoreError::Own) => {
                self.wrong(entry, "", "Nobody takes their own account away.".to_owned());
                Ok(())
            }
            other => other,
        }
    }

    /// Notes a fault at an attribute's place, or at the entry's.
    fn wrong(&mut self, entry: &Entry, attribute: &str, message: String) {
        let mut pairs = entry.attrs.iter().chain(&entry.identifiers);
        let place = pairs.find(|(key, _)| key.text == attribute).map(|(_, node)| (node.line, node.column));
        let state = entry.state.as_ref().filter(|_| attribute == "state").map(|node| (node.line, node.column));
        let (line, column) = place.or(state).unwrap_or((entry.line, entry.column));
        self.problems.push(Problem { line, column, entry: entry.label().map(str::to_owned), message });
    }

    /// Lets later entries refer to this one's object.
    fn keep(&mut self, entry: &Entry, wish: &Wish, key: Uuid, title: &str, mut asked_for: Mapping) {
        let model = wish.model.spec().name;
        self.titles.insert(key, title.to_owned());
        let kept = |name: &str| wish.model.spec().attributes.iter().find(|attribute| attribute.name == name);
        asked_for.retain(|name, value| kept(name).is_some_and(|attribute| attribute.kind.show(value).is_some()));
        let title = title.to_owned();
        self.asked_for.push(AppliedObject { model: model.to_owned(), key, title, values: asked_for });
        self.scope.add(entry, model, key);
        if let Some(pk) = wish.pk {
            self.scope.rename(pk, key);
        }
        if model == model::FLOW && !self.flows.contains(&FlowId(key)) {
            self.flows.push(FlowId(key));
        }
    }

    fn done(&mut self, entry: &Entry, wish: &Wish, name: String, action: Action, differences: Vec<Difference>) {
        let entry_name = entry.label().map(str::to_owned);
        let model = wish.model.spec().name;
        self.report.changes.push(Change { line: entry.line, entry: entry_name, model, name, action, differences });
    }

    /// Looks for enrollment flows that let everybody through, and mends them if asked to.
    async fn invitation_stages(&mut self, bind: bool) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.flows) {
            let Some(flow) = flows::find(&mut self.tx, id).await? else { continue };
            if flow.designation != Designation::Enrollment {
                continue;
            }
            if bind && flows::bind_invitation_stage(&mut self.tx, &flow, &self.act).await? {
                self.report.bound.push(flow.slug);
            } else if !flows::outline(&mut self.tx, flow.clone()).await?.has_invitation_stage() {
                self.report.without_invitation_stage.push(flow.slug);
            }
        }
        Ok(())
    }

    /// Notes the application, unless it is the last one again and nothing was changed since.
    async fn note(&mut self, document: &Document, hash: String) -> Result<(), StoreError> {
        let name = document.name.clone().unwrap_or_else(|| hash[..12].to_owned());
        let last = blueprints::find(&mut self.tx, &name).await?;
        if !self.report.has_changes() && last.is_some_and(|last| last.hash == hash) {
            return Ok(());
        }
        let objects = std::mem::take(&mut self.asked_for);
        let by = self.act.by.name.clone();
        blueprints::replace(&mut self.tx, &Applied { name, hash, at: self.act.at, by, objects }).await
    }

    async fn event(&mut self, document: &Document) -> Result<(), StoreError> {
        if !self.report.has_changes() {
            return Ok(());
        }
        let detail = json!({
            "created": self.report.count(|action| *action == Action::Created),
            "updated": self.report.count(|action| matches!(action, Action::Updated(_))),
            "deleted": self.report.count(|action| *action == Action::Deleted),
        });
        let name = document.name.as_deref().unwrap_or("unnamed");
        events::log(&mut self.tx, &self.act, Event::BlueprintApplied, Object("blueprint", name), detail).await
    }
}

/// What is said where a new object lacks an attribute.
fn missing(entry: &Entry, model: &dyn model::Model, attribute: &str) -> String {
    let noun = model.spec().noun.split_once(' ').map_or("object", |(_, noun)| noun);
    let asked = entry.attrs.iter().find(|(key, _)| key.text == attribute).and_then(|(_, node)| node.context_key());
    let how = asked.map(|key| format!(": give the context key {} a value", quote(key))).unwrap_or_default();
    format!("A new {noun} needs {}{how}.", quote(attribute))
}

/// Whether a value is as wanted; of a mapping only what is wanted counts, as authentik compares them.
fn contains(value: Option<&Value>, wanted: &Value) -> bool {
    match (value, wanted) {
        (Some(Value::Object(map)), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| contains(map.get(key), wanted))
        }
        (value, wanted) => value == Some(wanted),
    }
}
