//! Granting the wishes of a file's entries, one after the other, in the transaction that is kept as a whole or not at all.

use super::document::{self, Document, Entry, State, of_entry};
use super::drift;
use super::known::{Known, is_as};
use super::library::{Library, Other};
use super::made::{self, Made};
use super::memo::{Memo, Question};
use super::model::attribute::Kind;
use super::model::{self, Pending, Record, Save};
use super::origin::Origin;
use super::problem::{Problem, Problems, quote};
use super::report::{Action, Change, Difference, ImportError, Options, Report};
use super::scope::Scope;
use super::wish::{self, Reading, Wish};
use crate::clock;
use crate::domain::Mapping;
use crate::domain::applied::AppliedObject;
use crate::domain::event::{Act, Actor};
use crate::domain::id::FlowId;
use crate::store::{StoreError, Tx};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// One application under way.
pub struct Run<'a> {
    pub(super) tx: Tx,
    pub(super) act: Act<'a>,
    pub(super) options: &'a Options,
    scope: Scope,
    library: &'a Arc<Library>,
    /// The file that is applied, where another one asked for it.
    file: Option<String>,
    /// The files that were asked for so far, and what they asked for.
    others: BTreeSet<String>,
    /// What was applied so far: from where, what, by which hash, and what it asked for.
    pub(super) applied: Vec<(Origin, Document, String, Vec<AppliedObject>)>,
    /// What there is.
    known: Known,
    /// What the entries so far have made, or would have.
    made: Made,
    /// Once there is one, the entries that follow are still checked, and nothing more is written.
    problems: Problems,
    pub(super) report: Report,
    /// The file's flows that are there in the end.
    pub(super) flows: Vec<FlowId>,
    /// What objects are called that references lead to.
    pub(super) titles: BTreeMap<Uuid, String>,
    /// What the file asked for.
    pub(super) asked_for: Vec<AppliedObject>,
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
        library: &'a Arc<Library>,
    ) -> Self {
        Self {
            tx,
            act: actor.at(options.at.unwrap_or_else(clock::now)),
            options,
            scope: Scope::new(document, options, library),
            library,
            file: None,
            others: BTreeSet::new(),
            applied: Vec::new(),
            known: Known::default(),
            made: Made::default(),
            problems: Problems::default(),
            report: Report { name: document.name.clone(), notes: document.notes.0.clone(), ..Report::default() },
            flows: Vec::new(),
            titles: BTreeMap::new(),
            asked_for: Vec::new(),
            memo,
            questions: Vec::new(),
        }
    }

    /// What has to be found out before anything can be kept; nothing where the file is wrong anyway.
    pub fn take_questions(&mut self) -> Vec<Question> {
        if self.problems.is_empty() { std::mem::take(&mut self.questions) } else { Vec::new() }
    }

    /// Ends without anything being kept.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        self.tx.rollback().await
    }

    /// What was wrong, where nothing of it is kept.
    pub async fn into_problems(self) -> Result<Problems, StoreError> {
        self.tx.rollback().await?;
        Ok(self.problems)
    }

    /// Ends with the transaction, still open, and the report; or with everything that was wrong.
    pub async fn finish(mut self, document: Document, hash: String) -> Result<(Tx, Report), ImportError> {
        std::mem::take(&mut self.problems).or(())?;
        self.invitation_stages(self.options.bind_invitation_stage).await?;
        self.event(&document).await?;
        let objects = std::mem::take(&mut self.asked_for);
        self.applied.push((self.options.origin.clone(), document, hash, objects));
        self.note_all().await?;
        Ok((self.tx, self.report))
    }

    /// The same problems, with the file that they are of.
    fn located(&self, problems: Problems) -> Problems {
        match &self.file {
            Some(file) => problems.of_file(file),
            None => problems,
        }
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
                let answer = lookup.answer(&mut self.tx, &mut self.known).await?;
                self.scope.answer(&lookup, answer);
            }
        }
    }

    /// Grants one entry's wish. What is wrong with it is kept for the end.
    pub async fn entry(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let reading = self.read(entry).await?;
        let notes = of_entry(entry, self.scope.take_notes());
        self.report.notes.extend(self.located(notes).0);
        let wish = match reading {
            // What is wrong with its form has been said; others may refer to it nevertheless.
            Ok(_) if entry.is_broken => {
                self.scope.add_faulty(entry, None, clock::new_id());
                return Ok(());
            }
            Ok(Reading::Wish(wish)) if wish.uncertain => {
                self.scope.add_faulty(entry, Some(wish.model.spec().name), clock::new_id());
                return Ok(());
            }
            Ok(Reading::Wish(wish)) => wish,
            Ok(Reading::Uncertain) => {
                self.scope.add_faulty(entry, None, clock::new_id());
                return Ok(());
            }
            Ok(Reading::Other(other)) => return self.other(other).await,
            Ok(Reading::LeftOut(why)) => {
                self.scope.add_left_out(entry, clock::new_id());
                self.report.left_out.extend(self.located(why.into()).0);
                return Ok(());
            }
            Err(found) => {
                self.scope.add_faulty(entry, None, clock::new_id());
                self.problems.extend(self.located(found));
                return Ok(());
            }
        };
        if !wish.wanted {
            self.done(entry, &wish, entry.label().unwrap_or_default().to_owned(), Action::Skipped, Vec::new());
            return Ok(());
        }
        self.foreign(entry, &wish).await?;
        let granted = self.grant(entry, &wish).await;
        self.made.add(&wish);
        granted
    }

    async fn grant(&mut self, entry: &Entry, wish: &Wish) -> Result<(), StoreError> {
        match (wish.state, self.find(wish).await?) {
            (State::Absent, found) => self.delete(entry, wish, found).await,
            (State::Present, Some(record)) => self.update(entry, wish, record).await,
            (State::Created, Some(record)) => {
                let title = wish.model.title(&mut self.tx, &record.values).await?;
                self.keep(entry, wish, record.key, &title, Mapping::new());
                self.done(entry, wish, title, Action::Unchanged, Vec::new());
                Ok(())
            }
            (State::MustCreated, Some(record)) => {
                let title = wish.model.title(&mut self.tx, &record.values).await?;
                self.keep(entry, wish, record.key, &title, Mapping::new());
                let message = format!("{} is there already, and `must_created` forbids that.", quote(&title));
                self.wrong(entry, "state", message);
                Ok(())
            }
            (State::Present | State::Created | State::MustCreated, None) => self.create(entry, wish).await,
        }
    }

    /// Applies a blueprint that this one asks for, in the same transaction: all of both or nothing. It is applied once.
    fn other(&mut self, other: Option<Other>) -> Pending<'_, ()> {
        Box::pin(async move {
            // Each was checked before the transaction began.
            let Some(Other { file, text, origin }) = other.filter(|other| self.others.insert(other.file.clone()))
            else {
                return Ok(());
            };
            let Ok((document, _)) = document::read(&text) else { return Ok(()) };
            let scope = Scope::new(&document, self.options, self.library);
            let outer = std::mem::replace(&mut self.scope, scope);
            let outer_file = self.file.replace(file);
            let outer_objects = std::mem::take(&mut self.asked_for);
            let notes = self.located(document.notes.clone());
            self.report.notes.extend(notes.0);
            for entry in &document.entries {
                self.entry(entry).await?;
            }
            self.scope = outer;
            self.file = outer_file;
            let objects = std::mem::replace(&mut self.asked_for, outer_objects);
            self.applied.push((origin, document, drift::hash(&text), objects));
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
                let problem = Problem { entry: entry.called(), ..foreign.place.clone() };
                self.problems.extend(self.located(problem.into()));
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
        if wish.identifiers.is_empty() || wish.finds_nothing {
            return Ok(None);
        }
        let name = wish.model.spec().unique.and_then(|unique| wish.identifiers.get(unique)).and_then(Value::as_str);
        if let Some(name) = name {
            let found = wish.model.by_name(&mut self.tx, name).await?;
            return Ok(found.filter(|record| is_as(wish.model, record, &wish.identifiers)));
        }
        let objects = self.known.shelf(&mut self.tx, wish.model).await?;
        match objects.first(wish.model, &wish.identifiers) {
            Some(key) => wish.model.by_key(&mut self.tx, key).await,
            None => Ok(None),
        }
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
            } else if attribute.is_required() && (self.problems.is_empty() || !self.made.may_have(wish)) {
                // After a fault nothing is written any more: what the file itself makes may only seem to be missing.
                self.wrong(entry, "", made::sentence(entry, wish.model, attribute.name));
            }
        }
        // Bindings of the same order keep that in which they were made, by their keys: all else of them is of one moment.
        let is_binding = [model::STAGE_BINDING, model::POLICY_BINDING].contains(&wish.model.spec().name);
        let key = wish.pk.unwrap_or_else(if is_binding { clock::new_ordered_id } else { clock::new_id });
        self.save(entry, wish, key, &values, None).await?;
        if !made::lacking(wish.model, &values).is_empty() {
            // What lacks something has no title either.
            self.scope.add_faulty(entry, Some(wish.model.spec().name), key);
            return Ok(());
        }
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
        let known = |name: &str| wish.model.spec().attributes.iter().find(|attribute| attribute.name == name);
        given.retain(|name, value| !known(name).is_some_and(|it| it.is_same(record.values.get(name), value)));
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

    /// Puts hashes for passwords: the present one where it is of that password. A blank one is none.
    fn passwords(&mut self, wish: &Wish, given: &mut Mapping, record: Option<&Record>) {
        let spec = wish.model.spec();
        for attribute in spec.attributes.iter().filter(|attribute| matches!(attribute.kind, Kind::Password)) {
            let Some(password) = given.remove(attribute.name).and_then(|value| value.as_str().map(str::to_owned))
            else {
                continue;
            };
            if password.is_empty() {
                given.insert(attribute.name.to_owned(), Value::Null);
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
        let other = wish.model.by_name(&mut self.tx, name.as_str().unwrap_or_default()).await?;
        let free = other.is_none_or(|other| other.key == before.key);
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
        for fault in wish.model.check(values, before) {
            self.wrong(entry, fault.attribute, fault.message);
        }
        if !self.problems.is_empty() {
            return Ok(());
        }
        let saved = wish.model.save(&mut self.tx, Save { key, values, before, act: &self.act }).await;
        self.allowed(entry, saved)?;
        if self.problems.is_empty() {
            self.known.saved(&mut self.tx, wish.model, key).await?;
        }
        Ok(())
    }

    async fn delete(&mut self, entry: &Entry, wish: &Wish, found: Option<Record>) -> Result<(), StoreError> {
        let Some(record) = found else {
            self.ask_absent(entry, wish, None);
            self.done(entry, wish, entry.label().unwrap_or_default().to_owned(), Action::Unchanged, Vec::new());
            return Ok(());
        };
        let title = wish.model.title(&mut self.tx, &record.values).await?;
        if self.problems.is_empty() {
            let deleted = wish.model.delete(&mut self.tx, &record, &self.act).await;
            match deleted {
                // Who is invited to a flow would otherwise be lost, or be let into every flow.
                Err(StoreError::Taken(_)) => {
                    let message =
                        format!("{} has invitations that are not deleted: delete those first.", quote(&title));
                    self.wrong(entry, "", message);
                }
                deleted => self.allowed(entry, deleted)?,
            }
            self.known.deleted(wish.model, record.key);
        }
        self.flows.retain(|flow| flow.0 != record.key);
        self.ask_absent(entry, wish, Some(&title));
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
            Err(StoreError::Circular) => {
                self.wrong(entry, "parents", "A group can't be within itself, directly or by other groups.".to_owned());
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
        let (line, column) = entry.place_of(attribute);
        let problem = Problem { entry: entry.called(), ..Problem::new(line, column, message) };
        self.problems.extend(self.located(problem.into()));
    }

    /// Lets later entries refer to this one's object.
    fn keep(&mut self, entry: &Entry, wish: &Wish, key: Uuid, title: &str, mut asked_for: Mapping) {
        let model = wish.model.spec().name;
        self.titles.insert(key, title.to_owned());
        let kept = |name: &str| wish.model.spec().attributes.iter().find(|attribute| attribute.name == name);
        asked_for.retain(|name, value| kept(name).is_some_and(|attribute| attribute.kind.show(value).is_some()));
        let title = title.to_owned();
        self.ask_for(AppliedObject { model: model.to_owned(), key, title, values: asked_for, absent: false });
        self.scope.add(entry, model, key);
        if let Some(pk) = wish.pk {
            self.scope.rename(pk, key);
        }
        if let Some(number) = wish.number {
            self.scope.number(number, key);
        }
        if model == model::FLOW && !self.flows.contains(&FlowId(key)) {
            self.flows.push(FlowId(key));
        }
    }

    fn done(&mut self, entry: &Entry, wish: &Wish, name: String, action: Action, differences: Vec<Difference>) {
        let entry_name = entry.label().map(str::to_owned);
        let model = wish.model.spec().name;
        let (file, line) = (self.file.clone(), entry.line);
        self.report.changes.push(Change { file, line, entry: entry_name, model, name, action, differences });
    }
}
