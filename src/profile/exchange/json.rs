//! Reading what other programs wrote as JSON: values may be missing, null, or a number in quotes.

use serde_json::{Map, Value};

/// One object of a file.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn new(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The value of `name`, unless it is null.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn names(self) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn object(self, name: &str) -> Option<Self> {
        self.get(name).and_then(Self::new)
    }

    /// A text that is not empty.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        let text = self.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    pub(super) fn number<T: TryFrom<u64>>(self, name: &str) -> Option<T> {
        let value = self.get(name)?;
        let number = value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))?;
        T::try_from(number).ok()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => number.as_u64().map(|number| number != 0),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn list(self, name: &str) -> &'a [Value] {
        let list = self.get(name).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }
}

/// Whether a program has made up this client id: its own name and eight hexadecimal digits. With such a one Canopy would
/// throw that program out.
pub(super) fn is_made_up(id: &str, name: &str) -> bool {
    id.strip_prefix(name)
        .is_some_and(|end| end.len() == 8 && end.chars().all(|c| c.is_ascii_hexdigit()))
}

/// What the reader says about broken JSON, without the place, which is told beside.
pub(super) fn reason(err: &serde_json::Error) -> String {
    let text = err.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
