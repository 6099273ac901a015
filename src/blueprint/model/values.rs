//! Between domain values and attributes, where their fields have the same names.

use crate::domain::Mapping;
use crate::store::{self, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// The attributes of a domain value whose fields are named as in files.
pub fn to_values(what: &'static str, value: &impl Serialize) -> store::Result<Mapping> {
    match serde_json::to_value(value) {
        Ok(Value::Object(mut map)) => {
            map.remove("id");
            Ok(map)
        }
        Ok(_) => Err(StoreError::corrupt(what, "not a mapping")),
        Err(error) => Err(StoreError::corrupt(what, error)),
    }
}

/// The domain value of attributes that were checked one by one.
pub fn from_values<T: DeserializeOwned>(what: &'static str, key: Uuid, values: &Mapping) -> store::Result<T> {
    let mut map = values.clone();
    map.insert("id".to_owned(), Value::String(key.to_string()));
    serde_json::from_value(Value::Object(map)).map_err(|error| StoreError::corrupt(what, error))
}
