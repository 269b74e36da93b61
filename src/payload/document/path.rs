//! Where a value stands in a document, so that the same value is found in the next message.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Document, Kind, ValueId};

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// To the member of an object with this key (as text, without quotes); the second part counts from 0 among those
    /// with the same key.
    Key(String, u32),
    /// To the member of an array in this place, counted from 0.
    Index(u32),
}

/// The steps from the outermost value to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// As `JSONPath` (RFC 9535): `$.author['first name'][0]`. `None` below a key that stands several times, which `JSONPath`
    /// cannot tell apart.
    pub fn json_path(&self) -> Option<String> {
        let mut text = "$".to_owned();
        for step in &self.0 {
            match step {
                Step::Key(key, 0) if is_word(key) => text.extend([".", key]),
                Step::Key(key, 0) => text.extend([format!("['{}']", escaped(key, '\''))]),
                Step::Key(..) => return None,
                Step::Index(index) => text.extend([format!("[{index}]")]),
            }
        }
        Some(text)
    }

    /// As a filter of jq: `.author["first name"][0]`. `None` as with [`Path::json_path`].
    pub fn jq(&self) -> Option<String> {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key, 0) if is_word(key) => text.extend([".", key]),
                Step::Key(key, 0) => {
                    let dot = if text.is_empty() { "." } else { "" };
                    text.extend([format!("{dot}[\"{}\"]", escaped(key, '"'))]);
                }
                Step::Key(..) => return None,
                Step::Index(index) => {
                    let dot = if text.is_empty() { "." } else { "" };
                    text.extend([format!("{dot}[{index}]")]);
                }
            }
        }
        if text.is_empty() {
            text.push('.');
        }
        Some(text)
    }

    /// For people: `author.first name[0]`, with `#2` behind the second of several equal keys; empty for the outermost value.
    pub fn label(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key, nth) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                    if *nth > 0 {
                        text.extend([format!("#{}", nth + 1)]);
                    }
                }
                Step::Index(index) => text.extend([format!("[{index}]")]),
            }
        }
        text
    }
}

/// The paths of many values in order: each value before them is counted once, not once for each path.
#[derive(Debug)]
pub struct Paths<'a> {
    document: &'a Document,
    levels: Vec<Level<'a>>,
}

/// How far the members of a container are counted.
#[derive(Debug)]
struct Level<'a> {
    container: ValueId,
    /// The next member that is to be counted.
    next: u32,
    count: u32,
    keys: HashMap<Cow<'a, str>, u32>,
}

impl<'a> Paths<'a> {
    /// None asked for yet.
    pub fn new(document: &'a Document) -> Self {
        let levels = Vec::new();
        Self { document, levels }
    }

    /// The steps that lead to a value, which stands behind all those asked for before.
    pub fn path(&mut self, id: ValueId) -> Path {
        let document = self.document;
        let above = |id: &ValueId| document.parent(*id);
        let mut chain: Vec<ValueId> = std::iter::successors(Some(id), above).collect();
        chain.reverse();
        let pairs = chain.windows(2).enumerate();
        Path(
            pairs
                .map(|(depth, pair)| self.step(depth, pair[0], pair[1]))
                .collect(),
        )
    }

    fn step(&mut self, depth: usize, container: ValueId, member: ValueId) -> Step {
        if self.levels.get(depth).map(|level| level.container) != Some(container) {
            self.levels.truncate(depth);
            self.levels.push(Level {
                container,
                next: container.0 + 1,
                count: 0,
                keys: HashMap::new(),
            });
        }
        let document = self.document;
        let is_object = document.kind(container) == Kind::Object;
        let level = &mut self.levels[depth];
        while level.next <= member.0 {
            let counted = ValueId(level.next);
            level.next = document.subtree(counted).end;
            level.count += 1;
            if let Some(key) = document.key_text(counted).filter(|_| is_object) {
                *level.keys.entry(key).or_default() += 1;
            }
        }
        match document.key_text(member) {
            Some(key) if is_object => {
                let nth = level.keys.get(&key).map_or(0, |count| count - 1);
                Step::Key(key.into_owned(), nth)
            }
            _ => Step::Index(level.count - 1),
        }
    }
}

impl Document {
    /// The steps that lead to a value.
    pub fn path(&self, id: ValueId) -> Path {
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(above) = self.parent(at) {
            steps.push(self.step(above, at));
            at = above;
        }
        steps.reverse();
        Path(steps)
    }

    fn step(&self, above: ValueId, id: ValueId) -> Step {
        let before = self.children(above).take_while(|&child| child != id);
        match self.key_text(id) {
            Some(key) if self.kind(above) == Kind::Object => {
                let same = before.filter(|&child| self.key_text(child).as_ref() == Some(&key));
                Step::Key(key.clone().into_owned(), super::number(same.count()))
            }
            _ => Step::Index(super::number(before.count())),
        }
    }

    /// The value to which these steps lead.
    pub fn find(&self, path: &Path) -> Option<ValueId> {
        let mut at = (!self.is_empty()).then_some(ValueId::ROOT)?;
        for step in &path.0 {
            at = match step {
                Step::Key(key, nth) => self
                    .children(at)
                    .filter(|&child| self.key_text(child).is_some_and(|text| text == *key))
                    .nth(*nth as usize)?,
                Step::Index(index) if self.kind(at) == Kind::Array => {
                    self.children(at).nth(*index as usize)?
                }
                Step::Index(_) => return None,
            };
        }
        Some(at)
    }
}

/// Whether a key needs no quotes.
fn is_word(key: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    key.starts_with(is_first) && key.chars().all(|c| is_first(c) || c.is_ascii_digit())
}

/// Escapes quotes, backslashes and control characters.
fn escaped(key: &str, quote: char) -> String {
    let mut text = String::new();
    for c in key.chars() {
        if c == quote || c == '\\' {
            text.extend(['\\', c]);
        } else if c.is_control() {
            text.extend([format!("\\u{:04x}", u32::from(c))]);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[&str]) -> Path {
        let step = |step: &&str| match step.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Key((*step).to_owned(), 0),
        };
        Path(steps.iter().map(step).collect())
    }

    #[test]
    fn paths_are_written_for_other_tools() {
        let first = path(&["author", "first name", "0"]);
        assert_eq!(first.json_path().unwrap(), "$.author['first name'][0]");
        assert_eq!(first.jq().unwrap(), ".author[\"first name\"][0]");
        assert_eq!(first.label(), "author.first name[0]");
        let quotes = path(&["it's \"so\"\\"]);
        assert_eq!(quotes.json_path().unwrap(), r#"$['it\'s "so"\\']"#);
        assert_eq!(quotes.jq().unwrap(), r#".["it's \"so\"\\"]"#);
        assert_eq!(path(&["0", "a"]).jq().unwrap(), ".[0].a");
        assert_eq!(Path::default().jq().unwrap(), ".");
        assert_eq!(Path::default().json_path().unwrap(), "$");
        let second = Path(vec![Step::Key("a".to_owned(), 1)]);
        assert_eq!((second.json_path(), second.jq()), (None, None));
        assert_eq!(second.label(), "a#2");
    }
}
