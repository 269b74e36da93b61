//! A payload made ready to be drawn: decoded, opened as far as wanted, compared, laid out. Small ones in the frame, others on
//! a worker; the last one that was ready is shown meanwhile.

use std::sync::Arc;

use bytes::Bytes;
use egui::ColorImage;

use super::super::super::latest::Latest;
use super::compared::Compared;
use super::memory::{Folds, Inside, Level};
use super::picture;
use super::text_rows::{Cut, TextRow, text_rows};
use crate::model::MessageId;
use crate::payload::document::rows::{Removed, Rows};
use crate::payload::document::{Document, Kind, ValueId};
use crate::payload::schema::Schemas;
use crate::payload::{Content, Decoded, Format, Reading, decode, hex, may_grow};
use crate::profile::ReadingSettings;

/// Payloads above this many bytes are read beside the frame, as are those that may grow while they are read.
const IN_FRAME: usize = 8 * 1024;

/// What is asked for: another question has another answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The message.
    pub message: MessageId,
    /// The one it is compared with.
    pub against: Option<MessageId>,
    /// The format chosen at each level, and how it was opened.
    pub levels: Vec<(Option<Inside>, Option<Format>)>,
    /// The rules and schema files of the profile.
    pub settings: ReadingSettings,
    /// The schemas, compared by where they are.
    pub schemas: SchemasMark,
    /// How text is cut.
    pub cut: Cut,
}

/// Which schemas were used.
#[derive(Debug, Clone)]
pub struct SchemasMark(pub Arc<Schemas>);

impl PartialEq for SchemasMark {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Question {
    /// Levels as asked for.
    pub fn levels(levels: &[Level]) -> Vec<(Option<Inside>, Option<Format>)> {
        let level = |level: &Level| (level.inside.clone(), level.chosen.clone());
        levels.iter().map(level).collect()
    }

    /// Whether what is decoded is the same, whatever it is compared with and however it is cut.
    fn reads_like(&self, other: &Self) -> bool {
        self.levels == other.levels
            && self.settings == other.settings
            && self.schemas == other.schemas
    }

    /// Whether the answer to `other` will do: only text depends on the room.
    fn is_answered_by(&self, ready: &Ready) -> bool {
        let is_text = matches!(ready.body, Body::Text { .. });
        let theirs = &ready.question;
        (self.cut == theirs.cut || !is_text)
            && self.message == theirs.message
            && self.against == theirs.against
            && self.reads_like(theirs)
    }
}

/// A payload and how it is read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its message.
    pub message: MessageId,
    /// The bytes.
    pub payload: Bytes,
    /// What is known beside them.
    pub reading: Reading,
}

impl Source {
    /// How it is read where the user chose this format.
    fn reading(&self, chosen: Option<&Format>) -> Reading {
        Reading {
            chosen: chosen.or(self.reading.chosen.as_ref()).cloned(),
            ..self.reading.clone()
        }
    }
}

/// A question with all that is needed to answer it.
pub struct Job {
    question: Question,
    new: Source,
    old: Option<Source>,
    folds: Folds,
    /// What was decoded before, so that it need not be again.
    known: Vec<(MessageId, Arc<Decoded>)>,
}

/// What is drawn.
#[derive(Debug)]
pub enum Body {
    /// Nothing was decoded: no bytes, or the value that was opened is not in this message.
    Nothing,
    /// Values.
    Document(Rows),
    /// Lines of text.
    Text {
        /// The text when it is not the decoded one: with lines of an older one in between.
        merged: Option<String>,
        /// Its rows.
        rows: Vec<TextRow>,
    },
    /// Bytes, laid out while they are drawn.
    Bytes,
    /// A picture, or why there is none.
    Picture(Result<Arc<ColorImage>, String>),
}

/// A payload ready to be drawn.
#[derive(Debug)]
pub struct Ready {
    question: Question,
    /// What was decoded of the level that is shown.
    pub decoded: Arc<Decoded>,
    /// What is drawn of it.
    pub body: Body,
    /// The comparison.
    pub compared: Option<Compared>,
    /// The opened value that this message does not have.
    pub missing: Option<String>,
}

impl Ready {
    /// The message it is of.
    pub fn message(&self) -> MessageId {
        self.question.message
    }

    /// The values, when it has values.
    pub fn document(&self) -> Option<&Document> {
        match (&self.body, &self.decoded.content) {
            (Body::Document(_), Content::Document(document)) => Some(document),
            _ => None,
        }
    }

    /// The text of the rows of text.
    pub fn text(&self) -> &str {
        match (&self.body, &self.decoded.content) {
            (
                Body::Text {
                    merged: Some(text), ..
                },
                _,
            )
            | (_, Content::Text(text)) => text,
            _ => "",
        }
    }
}

/// Keeps what was ready last, and reads what is asked for next.
#[derive(Debug)]
pub struct Reader {
    ready: Option<Ready>,
    asked: Option<Question>,
    /// Counts what became ready, so that what was found in an earlier one is known to be old.
    stamp: u64,
    /// Counts what was asked.
    questions: u64,
    /// The number of the last question that is answered or void. What a worker finds for it or an earlier one comes too late.
    settled: u64,
    jobs: Latest<(u64, Ready)>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            ready: None,
            asked: None,
            stamp: 0,
            questions: 0,
            settled: 0,
            jobs: Latest::new("read payload"),
        }
    }
}

impl Reader {
    /// Forgets everything: another topic is shown.
    pub fn clear(&mut self) {
        self.ready = None;
        self.forget_asked();
        self.stamp += 1;
    }

    /// What was ready last.
    pub fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }

    /// The same, to fold it.
    pub fn ready_mut(&mut self) -> Option<&mut Ready> {
        self.ready.as_mut()
    }

    /// Which one that is.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Whether something else is on its way.
    pub fn is_busy(&self) -> bool {
        self.questions > self.settled && self.jobs.is_busy()
    }

    /// Sees to it that `question` is answered: at once for little, soon for much. `sources` are only asked for when it is a
    /// new one.
    pub fn ask(
        &mut self,
        ctx: &egui::Context,
        question: Question,
        level: &Level,
        sources: impl FnOnce() -> (Source, Option<Source>),
    ) {
        self.poll(level);
        let is_ready = self
            .ready
            .as_ref()
            .is_some_and(|ready| question.is_answered_by(ready));
        if is_ready {
            return self.forget_asked();
        }
        if self.asked.as_ref() == Some(&question) {
            return;
        }
        self.asked = Some(question.clone());
        self.questions += 1;
        let number = self.questions;
        let (new, old) = sources();
        let job = Job {
            known: self.known(&question),
            folds: level.folds.clone(),
            question,
            new,
            old,
        };
        if job.fits_in_frame() {
            self.take(number, job.read());
        } else {
            self.jobs.start(ctx, move || (number, job.read()));
        }
    }

    /// Nothing else than what is ready is wanted any more.
    fn forget_asked(&mut self) {
        self.asked = None;
        self.settled = self.questions;
    }

    /// What was decoded before in the way that this asks for.
    fn known(&self, question: &Question) -> Vec<(MessageId, Arc<Decoded>)> {
        let Some(ready) = &self.ready else {
            return Vec::new();
        };
        if !ready.question.reads_like(question) || ready.missing.is_some() {
            return Vec::new();
        }
        let mut known = vec![(ready.question.message, Arc::clone(&ready.decoded))];
        if let (Some(against), Some(compared)) = (ready.question.against, &ready.compared) {
            known.push((against, Arc::clone(&compared.old)));
        }
        known
    }

    fn poll(&mut self, level: &Level) {
        let Some((number, mut ready)) = self.jobs.poll() else {
            return;
        };
        // an answer that is not the last one is still newer than what is shown: a fast topic is seen to move
        if number <= self.settled {
            return;
        }
        // what was folded while it was laid out
        if let (Body::Document(rows), Content::Document(document)) =
            (&mut ready.body, &ready.decoded.content)
        {
            level.folds.apply(document, rows);
        }
        self.take(number, ready);
    }

    fn take(&mut self, number: u64, ready: Ready) {
        self.settled = number;
        self.stamp += 1;
        self.ready = Some(ready);
    }
}

impl Job {
    /// Whether it surely is done in no time. What is inside an opened value is not known before it is read.
    fn fits_in_frame(&self) -> bool {
        let [(None, chosen)] = self.question.levels.as_slice() else {
            return false;
        };
        let sources = || std::iter::once(&self.new).chain(&self.old);
        let size = |source: &Source| {
            let births = source.reading.births.iter().map(Bytes::len);
            source.payload.len() + births.sum::<usize>()
        };
        sources().map(size).sum::<usize>() <= IN_FRAME
            && sources().all(|source| !may_grow(&source.payload, &source.reading(chosen.as_ref())))
    }

    fn read(self) -> Ready {
        let (decoded, missing) = self.decode(&self.new);
        let old = self.old.as_ref().filter(|_| missing.is_none());
        let old = old
            .map(|old| self.decode(old))
            .filter(|(_, missing)| missing.is_none());
        let compared = old.map(|(old, _)| Compared::new(old, &decoded));
        let body = match missing {
            Some(_) => Body::Nothing,
            None => self.body(&decoded, compared.as_ref()),
        };
        Ready {
            question: self.question,
            decoded,
            body,
            compared,
            missing,
        }
    }

    /// Decodes a payload and what was opened in it; also says what it has not.
    fn decode(&self, source: &Source) -> (Arc<Decoded>, Option<String>) {
        let known = self.known.iter().find(|(of, _)| *of == source.message);
        if let Some((_, decoded)) = known {
            return (Arc::clone(decoded), None);
        }
        let mut levels = self.question.levels.iter();
        let chosen = levels.next().and_then(|(_, chosen)| chosen.as_ref());
        let mut decoded = decode(&source.payload, &source.reading(chosen));
        for (inside, chosen) in levels {
            let Some(inside) = inside else { continue };
            let Some(bytes) = inner_bytes(&decoded, inside) else {
                return (Arc::new(decoded), Some(inside.path.label()));
            };
            let reading = Reading {
                topic: source.reading.topic.clone(),
                chosen: chosen.clone().or_else(|| inside.format.clone()),
                schemas: Arc::clone(&source.reading.schemas),
                ..Reading::default()
            };
            decoded = decode(&bytes, &reading);
        }
        (Arc::new(decoded), None)
    }

    fn body(&self, decoded: &Decoded, compared: Option<&Compared>) -> Body {
        match &decoded.content {
            Content::Empty => Body::Nothing,
            Content::Document(document) => {
                let removed = compared.map_or_else(Removed::new, |it| it.removed(document));
                let mut rows = Rows::new(document, &removed);
                self.folds.apply(document, &mut rows);
                Body::Document(rows)
            }
            Content::Text(text) => {
                let merged = compared.and_then(|compared| compared.lines(text));
                let (merged, marks) =
                    merged.map_or((None, Vec::new()), |(text, marks)| (Some(text), marks));
                let shown = merged.as_deref().unwrap_or(text);
                Body::Text {
                    rows: text_rows(shown, &marks, self.question.cut),
                    merged,
                }
            }
            Content::Bytes => Body::Bytes,
            Content::Picture(_) => Body::Picture(picture::pixels(&decoded.bytes).map(Arc::new)),
        }
    }
}

/// The bytes of a value: text without quotes and escapes, or the bytes that its digits say.
fn inner_bytes(decoded: &Decoded, inside: &Inside) -> Option<Bytes> {
    let Content::Document(document) = &decoded.content else {
        return None;
    };
    value_bytes(document, document.find(&inside.path)?)
}

/// What is inside a string or a value of bytes.
pub fn value_bytes(document: &Document, id: ValueId) -> Option<Bytes> {
    match document.kind(id) {
        Kind::String => Some(Bytes::from(document.string(id)?.into_owned())),
        Kind::Bytes => {
            let digits = document.text(id).strip_prefix("h'")?.strip_suffix('\'')?;
            Some(Bytes::from(hex::parse(digits).ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::{Duration, Instant};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn question(number: u64, against: Option<u64>) -> Question {
        Question {
            message: MessageId(number),
            against: against.map(MessageId),
            levels: vec![(None, None)],
            settings: ReadingSettings::default(),
            schemas: SchemasMark(Arc::default()),
            cut: Cut::Lines,
        }
    }

    struct Asking {
        ctx: egui::Context,
        level: Level,
        reader: Reader,
        schemas: SchemasMark,
    }

    impl Asking {
        fn new() -> Self {
            Self {
                ctx: egui::Context::default(),
                level: Level::default(),
                reader: Reader::default(),
                schemas: SchemasMark(Arc::default()),
            }
        }

        fn ask(&mut self, question: &Question, payload: &Bytes) {
            let source = |message| Source {
                message,
                payload: payload.clone(),
                reading: Reading::default(),
            };
            let question = Question {
                schemas: self.schemas.clone(),
                ..question.clone()
            };
            let (new, old) = (source(question.message), question.against.map(source));
            self.reader
                .ask(&self.ctx, question, &self.level, || (new, old));
        }

        fn shown(&self) -> Option<(MessageId, Option<MessageId>)> {
            let ready = self.reader.ready()?;
            Some((ready.question.message, ready.question.against))
        }

        /// Asks on until no worker is left.
        fn settle(&mut self, question: &Question, payload: &Bytes) {
            let deadline = Instant::now() + Duration::from_secs(20);
            self.ask(question, payload);
            while self.reader.jobs.is_busy() {
                assert!(Instant::now() < deadline, "the worker does not end");
                std::thread::yield_now();
                self.ask(question, payload);
            }
        }
    }

    fn large() -> Bytes {
        format!("[{}0]", "1.5,".repeat(20_000)).into()
    }

    #[test]
    fn a_late_answer_does_not_take_the_place_of_a_newer_one() {
        let mut asking = Asking::new();
        let (old, new) = (question(1, None), question(2, None));
        asking.ask(&old, &large());
        asking.settle(&new, &Bytes::from_static(b"[2]"));
        assert_eq!(asking.shown(), Some((MessageId(2), None)));
    }

    #[test]
    fn small_bytes_that_grow_are_read_beside_the_frame() {
        let mut asking = Asking::new();
        let asked = question(1, None);
        asking.ask(&asked, &Bytes::from_static(b"{\"plain\":1}"));
        assert_eq!(asking.shown(), Some((MessageId(1), None)));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b'x'; 1_000_000]).unwrap();
        let small = Bytes::from(encoder.finish().unwrap());
        assert!(small.len() < IN_FRAME);
        let asked = question(2, None);
        asking.ask(&asked, &small);
        assert_eq!(asking.shown(), Some((MessageId(1), None)));
        asking.settle(&asked, &small);
        assert_eq!(asking.shown(), Some((MessageId(2), None)));
    }

    #[test]
    fn a_comparison_that_is_no_longer_wanted_is_not_shown() {
        let mut asking = Asking::new();
        let (alone, compared) = (question(2, None), question(2, Some(1)));
        asking.settle(&alone, &large());
        asking.ask(&compared, &large());
        let stamp = asking.reader.stamp();
        asking.settle(&alone, &large());
        assert_eq!(asking.shown(), Some((MessageId(2), None)));
        assert_eq!(asking.reader.stamp(), stamp);
        asking.settle(&compared, &large());
        assert_eq!(asking.shown(), Some((MessageId(2), Some(MessageId(1)))));
    }
}
