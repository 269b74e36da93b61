//! Topic names and topic filters, checked once at the edge (MQTT 5, 4.7; MQTT 3.1.1, 4.7).

use std::fmt;

use bytestring::ByteString;
use thiserror::Error;

/// The longest topic name or filter in bytes: the length prefix on the wire has 16 bits (MQTT 5, 1.5.4).
const MAX_BYTES: usize = 65_535;

/// Why a text is not a topic name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TopicError {
    /// MQTT 5, 4.7.3: at least one character.
    #[error("A topic needs at least one character. Type one, as in “home/door”.")]
    Empty,
    /// MQTT 5, 4.7.3: at most 65,535 bytes.
    #[error("A topic has at most 65,535 bytes, this one has {0}. Shorten it.")]
    TooLong(usize),
    /// MQTT 5, 4.7.1: wildcards belong to filters.
    #[error("A topic to publish to cannot contain “{0}”, a wildcard for subscribing. Remove it.")]
    Wildcard(char),
    /// MQTT 5, 4.7.3: no null character.
    #[error("A topic cannot contain the null character. Remove it.")]
    Null,
    /// MQTT 5, 1.5.4: UTF-8.
    #[error("The topic is not valid UTF-8. Ask its sender to encode it so.")]
    NotUtf8,
}

/// Why a text is not a topic filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterError {
    /// MQTT 5, 4.7.3: at least one character.
    #[error("A topic filter needs at least one character. “#” means every topic.")]
    Empty,
    /// MQTT 5, 4.7.3: at most 65,535 bytes.
    #[error("A topic filter has at most 65,535 bytes, this one has {0}. Shorten it.")]
    TooLong(usize),
    /// MQTT 5, 4.7.1.2: `#` stands alone in the last level.
    #[error("“#” must be the last level and stand alone, as in “home/#”.")]
    MultiLevel,
    /// MQTT 5, 4.7.1.3: `+` fills a whole level.
    #[error("“+” must fill a whole level, as in “home/+/temperature”.")]
    SingleLevel,
    /// MQTT 5, 4.7.3: no null character.
    #[error("A topic filter cannot contain the null character. Remove it.")]
    Null,
    /// MQTT 5, 4.8.2: `$share/{group}/{filter}`.
    #[error("A shared subscription is written “$share/group/filter”.")]
    Share,
}

/// A topic that messages are published to: 1 to 65,535 bytes of UTF-8 without `+`, `#` and null.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(ByteString);

impl TopicName {
    /// Checks `text` and keeps it.
    ///
    /// # Errors
    /// [`TopicError`] says which rule of MQTT 5, 4.7 the text breaks.
    pub fn new(text: impl Into<ByteString>) -> Result<Self, TopicError> {
        let text = text.into();
        if text.is_empty() {
            return Err(TopicError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(TopicError::TooLong(text.len()));
        }
        // the whole text at once, because nearly always nothing is found
        #[expect(
            clippy::needless_bitwise_bool,
            reason = "without branches the compiler looks at many bytes with one instruction"
        )]
        let is_forbidden = |byte: u8| (byte == b'+') | (byte == b'#') | (byte == 0);
        if !text
            .bytes()
            .fold(false, |any, byte| any | is_forbidden(byte))
        {
            return Ok(Self(text));
        }
        match text.bytes().find(|byte| is_forbidden(*byte)) {
            None | Some(0) => Err(TopicError::Null),
            Some(byte) => Err(TopicError::Wildcard(char::from(byte))),
        }
    }

    /// The same from raw bytes, without copying them.
    ///
    /// # Errors
    /// As [`TopicName::new`], and [`TopicError::NotUtf8`].
    pub fn from_bytes(bytes: bytes::Bytes) -> Result<Self, TopicError> {
        let text = ByteString::try_from(bytes).map_err(|_not_utf8| TopicError::NotUtf8)?;
        Self::new(text)
    }

    /// The topic as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The levels between the slashes; empty ones count (`/a//b` has four).
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether the first character is `$`: the broker's own topics, which wildcards in the first level do not
    /// reach (MQTT 5, 4.7.2).
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with('$')
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a subscription asks for: a topic with `+` for one level and `#` for all that follow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicFilter(ByteString);

impl TopicFilter {
    /// Checks `text` and keeps it. `$share/group/filter` is accepted too (MQTT 5, 4.8.2).
    ///
    /// # Errors
    /// [`FilterError`] says which rule of MQTT 5, 4.7 the text breaks.
    pub fn new(text: impl Into<ByteString>) -> Result<Self, FilterError> {
        let text = text.into();
        if text.is_empty() {
            return Err(FilterError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(FilterError::TooLong(text.len()));
        }
        if text.bytes().any(|byte| byte == 0) {
            return Err(FilterError::Null);
        }
        check_levels(match_part(&text)?)?;
        Ok(Self(text))
    }

    /// The filter as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a message on `topic` is covered by this filter. `#` also matches the level above it, and a
    /// wildcard in the first level does not match topics that begin with `$` (MQTT 5, 4.7.1.2 and 4.7.2).
    pub fn matches(&self, topic: &str) -> bool {
        let filter = match_part(&self.0).unwrap_or(&self.0);
        if topic.starts_with('$') && filter.starts_with(['+', '#']) {
            return false;
        }
        let mut topic_levels = topic.split('/');
        for level in filter.split('/') {
            if level == "#" {
                return true;
            }
            match topic_levels.next() {
                Some(name) if level == "+" || level == name => {}
                _ => return false,
            }
        }
        topic_levels.next().is_none()
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of a filter that is matched: what follows `$share/group/`, or all of it.
fn match_part(text: &str) -> Result<&str, FilterError> {
    let Some(shared) = text.strip_prefix("$share/") else {
        return Ok(text);
    };
    match shared.split_once('/') {
        Some((group, filter))
            if !group.is_empty() && !group.contains(['+', '#']) && !filter.is_empty() =>
        {
            Ok(filter)
        }
        _ => Err(FilterError::Share),
    }
}

fn check_levels(filter: &str) -> Result<(), FilterError> {
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err(FilterError::MultiLevel);
        }
        if level.contains('+') && level != "+" {
            return Err(FilterError::SingleLevel);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
