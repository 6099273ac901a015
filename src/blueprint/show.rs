//! What an import changes, as people read it.

use super::apply::Run;
use super::model::{self, Record};
use super::report::Difference;
use super::wish::Wish;
use crate::domain::Mapping;
use crate::store::StoreError;
use serde_json::Value;
use uuid::Uuid;

impl Run<'_> {
    /// What changes, attribute by attribute, as it can be shown.
    pub(super) async fn differences(
        &mut self,
        wish: &Wish,
        before: Option<&Record>,
        given: &Mapping,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut differences = Vec::new();
        for attribute in wish.model.spec().attributes {
            let Some(after) = given.get(attribute.name) else { continue };
            let models = attribute.kind.models().unwrap_or_default();
            let before = match before {
                Some(record) => {
                    let old = record.values.get(attribute.name).unwrap_or(&Value::Null);
                    Some(self.show(models, attribute.kind.show(old).as_ref()).await?)
                }
                None => None,
            };
            let after = self.show(models, attribute.kind.show(after).as_ref()).await?;
            differences.push(Difference { attribute: attribute.name.to_owned(), before, after });
        }
        Ok(differences)
    }

    /// A value on one line: references by name, texts as they are, nothing as `-`, what is secret hidden.
    async fn show(&mut self, models: &[&'static str], value: Option<&Value>) -> Result<String, StoreError> {
        let Some(value) = value else { return Ok("•••".to_owned()) };
        let mut words = Vec::new();
        let items = match value {
            Value::Array(items) if !models.is_empty() => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for item in items {
            let key = item.as_str().filter(|_| !models.is_empty()).and_then(|key| Uuid::parse_str(key).ok());
            words.push(match (key, item) {
                (Some(key), _) => self.title(models, key).await?,
                (None, Value::Null) => "-".to_owned(),
                (None, Value::String(text)) => text.clone(),
                (None, other) => other.to_string(),
            });
        }
        Ok(words.join(", "))
    }

    /// What the object with this key is called.
    async fn title(&mut self, models: &[&'static str], key: Uuid) -> Result<String, StoreError> {
        if let Some(title) = self.titles.get(&key) {
            return Ok(title.clone());
        }
        let mut title = key.to_string();
        for model in models {
            let Ok(model) = model::find(model) else { continue };
            if let Some(record) = model.by_key(&mut self.tx, key).await? {
                title = model.title(&mut self.tx, &record.values).await?;
            }
        }
        self.titles.insert(key, title.clone());
        Ok(title)
    }
}
