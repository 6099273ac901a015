//! What is wrong between the attributes of one object.

/// One rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The attribute at which it is told.
    pub attribute: &'static str,
    /// The other attributes that decide whether the rule holds.
    pub others: &'static [&'static str],
    /// A sentence: what is wrong and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault of one attribute alone.
    pub fn of(attribute: &'static str, message: impl Into<String>) -> Self {
        Self::between(attribute, &[], message)
    }

    /// A fault of one attribute because of what others are.
    pub fn between(attribute: &'static str, others: &'static [&'static str], message: impl Into<String>) -> Self {
        Self { attribute, others, message: message.into() }
    }

    /// Whether an attribute has to do with it.
    pub fn is_about(&self, attribute: &str) -> bool {
        self.attribute == attribute || self.others.contains(&attribute)
    }
}
