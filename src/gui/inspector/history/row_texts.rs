//! What each visible row says of its message: the payload as one line with what changed marked, and the change in a few
//! words. Worked out beside the frame, kept while it may be looked at again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::super::latest::Latest;
use super::super::super::session::Session;
use crate::model::{Message, MessageId};
use crate::payload::diff::{Comparison, Line, compare, line, summary};
use crate::payload::format::format_bytes;
use crate::payload::schema::Schemas;
use crate::payload::{Reading, decode, may_grow};
use crate::profile::ReadingSettings;

/// Most rows that are kept.
const KEPT: usize = 4096;
/// Larger payloads are only said to be the same or not.
const COMPARED: usize = 2 << 20;
/// So many payloads up to this size are compared before they are drawn, so that the newest row does not change its look.
const AT_ONCE: usize = 3;
const SMALL: usize = 2 << 10;
/// How long a worker goes on before it shows what it has.
const SPELL: Duration = Duration::from_millis(40);
/// Characters of a line, for columns of these widths; and of a change.
const LINES: [usize; 9] = [24, 40, 56, 72, 88, 104, 128, 160, 240];
const CHANGE: usize = 60;

/// What a row says.
#[derive(Debug, Clone, Default)]
pub struct RowText {
    /// What changed since the message before; empty where there is none.
    pub change: String,
    /// The payload as one line, for columns from narrow to wide; none where the plain preview does.
    lines: Vec<Line>,
}

impl RowText {
    /// The payload as one line for a column with room for this many characters; `None` for the plain preview.
    pub fn line(&self, characters: usize) -> Option<&Line> {
        let fits = |line: &&Line| line.text.chars().count() <= characters;
        let widest = self.lines.iter().rev().find(fits);
        widest.or(self.lines.first())
    }
}

/// A row that has no text yet.
#[derive(Debug)]
pub struct Missing {
    /// The message.
    pub message: Message,
    /// The one before it on its topic.
    pub previous: Option<Message>,
    /// How both are read.
    pub reading: Reading,
}

/// The texts that are there.
#[derive(Debug)]
pub struct RowTexts {
    known: HashMap<MessageId, Arc<RowText>>,
    working: Latest<(u64, Vec<(MessageId, RowText)>)>,
    /// What the texts depend on beside the messages; counts changes.
    generation: u64,
    /// The generation counts changes of these.
    rules: Option<(ReadingSettings, Arc<Schemas>)>,
}

impl Default for RowTexts {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            working: Latest::new("compare messages"),
            generation: 0,
            rules: None,
        }
    }
}

impl RowTexts {
    /// A frame begins: takes in what was worked out. Payloads that are to be read in another way are compared anew.
    pub fn begin(&mut self, session: &Session) {
        let (rules, schemas) = (&session.profile.reading, &session.schemas);
        let is_same = |before: &(ReadingSettings, Arc<Schemas>)| {
            before.0 == *rules && Arc::ptr_eq(&before.1, schemas)
        };
        if !self.rules.as_ref().is_some_and(is_same) {
            self.rules = Some((rules.clone(), Arc::clone(schemas)));
            self.generation += 1;
            self.known.clear();
        }
        if let Some((generation, texts)) = self.working.poll()
            && generation == self.generation
        {
            if self.known.len() > KEPT {
                self.known.clear();
            }
            let texts = texts.into_iter().map(|(id, text)| (id, Arc::new(text)));
            self.known.extend(texts);
        }
    }

    /// What is known of a row.
    pub fn get(&self, id: MessageId) -> Option<&Arc<RowText>> {
        self.known.get(&id)
    }

    /// Whether more can be asked for now.
    pub fn is_free(&self) -> bool {
        !self.working.is_busy()
    }

    /// Works out the texts of these rows: few and small ones at once, others on a worker.
    pub fn ask(&mut self, ctx: &egui::Context, rows: Vec<Missing>) {
        if rows.is_empty() || !self.is_free() {
            return;
        }
        if rows.len() <= AT_ONCE && rows.iter().all(is_small) {
            let texts = rows.iter().map(|row| (row.message.id, Arc::new(text(row))));
            self.known.extend(texts);
            return;
        }
        let generation = self.generation;
        self.working.start(ctx, move || (generation, texts(&rows)));
    }
}

/// Whether comparing takes no longer than drawing.
fn is_small(row: &Missing) -> bool {
    let mut payloads = [Some(&row.message), row.previous.as_ref()]
        .into_iter()
        .flatten()
        .map(|message| &message.payload);
    payloads.all(|it| it.len() <= SMALL && !may_grow(it, &row.reading))
}

/// As many as can be done in a short time, at least one.
fn texts(rows: &[Missing]) -> Vec<(MessageId, RowText)> {
    let began = Instant::now();
    let mut texts = Vec::new();
    for row in rows {
        texts.push((row.message.id, text(row)));
        if began.elapsed() > SPELL {
            break;
        }
    }
    texts
}

fn text(row: &Missing) -> RowText {
    let Missing {
        message, previous, ..
    } = row;
    let Some(previous) = previous else {
        return RowText::default();
    };
    if previous.payload == message.payload {
        return RowText {
            change: "same payload".to_owned(),
            lines: Vec::new(),
        };
    }
    if message.payload.len().max(previous.payload.len()) > COMPARED {
        return RowText {
            change: size_change(previous.payload.len(), message.payload.len()),
            lines: Vec::new(),
        };
    }
    let old = decode(&previous.payload, &row.reading);
    let new = decode(&message.payload, &row.reading);
    let comparison = compare(&old, &new);
    let lines = LINES.map(|max| line(Some(&old), &new, &comparison, max));
    let mut lines = Vec::from(lines);
    lines.dedup();
    if comparison == Comparison::Same {
        lines.clear();
    }
    RowText {
        change: summary(&old, &new, &comparison, CHANGE),
        lines,
    }
}

fn size_change(old: usize, new: usize) -> String {
    let grown = format_bytes(new.abs_diff(old) as u64);
    match new.cmp(&old) {
        std::cmp::Ordering::Equal => "changed, same size".to_owned(),
        std::cmp::Ordering::Less => format!("changed, −{grown}"),
        std::cmp::Ordering::Greater => format!("changed, +{grown}"),
    }
}
