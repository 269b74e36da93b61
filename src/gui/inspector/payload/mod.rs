//! The payload of one message: values, text, bytes or a picture, read beside the frame when it is large. What the user folds,
//! opens or chooses is kept for each topic as long as the connection lives.

mod compared;
mod document_view;
mod drawing;
mod find_bar;
mod footer;
mod format_bar;
mod keys;
mod memory;
mod picture;
mod pieces;
mod plain_view;
mod read;
mod text_rows;
mod value;
mod value_menu;

use std::collections::BTreeMap;

use egui::Ui;

use self::find_bar::FindBar;
use self::format_bar::{Choice, Choosing, FormatBar};
use self::memory::Memory;
use self::picture::PictureView;
use self::read::{Body, Question, Reader, SchemasMark, Source};
use self::text_rows::Cut;
use self::value_menu::ValueMenu;
use super::super::action::Level as Importance;
use super::super::context::Context;
use super::super::latest::Latest;
use super::super::session::Session;
use super::super::theme;
use super::super::widgets::Scrolled;
use super::compare::Compare;
use crate::model::{Message, MessageId, NodeId};
use crate::payload::document::{Path, ValueId};
use crate::payload::{Content, Decoded, format, hex};

/// Topics whose folds and choices are remembered.
const REMEMBERED: usize = 1_000;
/// Bytes of which a dump is copied; of more it would fill the memory of whoever takes it.
const COPIED_DUMP: usize = 16 * 1024 * 1024;
/// Documents above this many bytes are copied beside the frame.
const COPIED_IN_FRAME: usize = 64 * 1024;

/// What is shown: a message of a topic of a connection.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The connection.
    pub session: &'a Session,
    /// The topic in its tree.
    pub node: NodeId,
    /// Its name.
    pub topic: &'a str,
    /// The message.
    pub message: &'a Message,
    /// What it is compared with.
    pub compare: &'a Compare,
}

/// For what a message to compare with was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OlderOf {
    message: MessageId,
    is_on: bool,
    pinned: Option<MessageId>,
}

/// UI state of the payload view.
#[derive(Debug)]
pub struct PayloadView {
    memories: BTreeMap<NodeId, Memory>,
    node: Option<NodeId>,
    reader: Reader,
    /// The message that the one shown is compared with, and what it was found for.
    older: Option<(OlderOf, Option<Message>)>,
    /// What the user wants to compare with from now on.
    wanted: Option<Compare>,
    find: FindBar,
    formats: FormatBar,
    menu: Option<ValueMenu>,
    picture: PictureView,
    /// Whether long lines of text are cut into rows.
    wraps: bool,
    scrolled: Scrolled,
    /// Bytes in a row of a dump, where one was drawn last.
    per_row: usize,
    /// The row to be brought into view.
    scroll_to: Option<usize>,
    /// The value with the cursor: of which reading, by which path.
    selected: Option<(u64, Path, Option<ValueId>)>,
    /// The area that takes keys.
    area: Option<egui::Id>,
    copying: Latest<(String, &'static str)>,
}

impl Default for PayloadView {
    fn default() -> Self {
        Self {
            memories: BTreeMap::new(),
            node: None,
            reader: Reader::default(),
            older: None,
            wanted: None,
            find: FindBar::default(),
            formats: FormatBar::default(),
            menu: None,
            picture: PictureView::default(),
            wraps: true,
            scrolled: Scrolled::default(),
            per_row: hex::WIDE,
            scroll_to: None,
            selected: None,
            area: None,
            copying: Latest::new("copy payload"),
        }
    }
}

impl PayloadView {
    /// Another topic is shown.
    pub fn clear(&mut self) {
        self.reader.clear();
        self.find.clear();
        self.picture.clear();
        self.menu = None;
        self.older = None;
        self.selected = None;
        self.scroll_to = None;
        self.node = None;
    }

    /// What the user wants to compare with from now on, once.
    pub fn take_compare(&mut self) -> Option<Compare> {
        self.wanted.take()
    }

    /// Opens the search.
    pub fn find(&mut self) {
        self.find.open();
    }

    /// Whether the payload has the keyboard.
    pub fn has_focus(&self, context: &egui::Context) -> bool {
        let focused = context.memory(egui::Memory::focused);
        self.find.has_focus() || (focused.is_some() && focused == self.area)
    }

    fn memory(&self) -> Option<&Memory> {
        self.memories.get(&self.node?)
    }

    /// Reads what is to be shown. `before` finds the message before, when it is wanted.
    pub fn prepare(
        &mut self,
        ui: &Ui,
        subject: Subject<'_>,
        before: impl FnOnce() -> Option<Message>,
    ) {
        if self.node != Some(subject.node) {
            self.node = Some(subject.node);
            self.remember_no_more_than_enough();
        }
        self.find_older(subject, before);
        let memory = self.memories.entry(subject.node).or_default();
        let older = self.older.as_ref().and_then(|(_, older)| older.as_ref());
        let question = Question {
            message: subject.message.id,
            against: older.map(|older| older.id),
            levels: Question::levels(memory.levels()),
            settings: subject.session.profile.reading.clone(),
            schemas: SchemasMark(std::sync::Arc::clone(&subject.session.schemas)),
            cut: if self.wraps {
                Cut::Wrap(drawing::text_columns(ui))
            } else {
                Cut::Lines
            },
        };
        let source = |message: &Message| {
            // a pinned message may be of another topic
            let pinned = subject.compare.pinned();
            let pinned = pinned.filter(|pinned| pinned.message.id == message.id);
            let topic = pinned.map_or(subject.topic, |pinned| &pinned.topic);
            Source {
                message: message.id,
                payload: message.payload.clone(),
                reading: subject.session.reading(topic, message),
            }
        };
        self.reader.ask(ui.ctx(), question, memory.shown(), || {
            (source(subject.message), older.map(source))
        });
    }

    fn remember_no_more_than_enough(&mut self) {
        while self.memories.len() > REMEMBERED {
            let other = self.memories.keys().find(|node| Some(**node) != self.node);
            let Some(other) = other.copied() else { return };
            self.memories.remove(&other);
        }
    }

    /// Finds the message to compare with.
    fn find_older(&mut self, subject: Subject<'_>, before: impl FnOnce() -> Option<Message>) {
        let of = OlderOf {
            message: subject.message.id,
            is_on: subject.compare.is_on(),
            pinned: subject.compare.pinned().map(|pinned| pinned.message.id),
        };
        if self.older.as_ref().is_some_and(|(known, _)| *known == of) {
            return;
        }
        let older = match subject.compare {
            Compare::Off => None,
            Compare::Previous => before(),
            Compare::With(pinned) => Some(pinned.message.clone()),
        };
        self.older = Some((of, older.filter(|older| older.id != of.message)));
    }

    /// What was decoded last, of what is shown.
    pub fn decoded(&self) -> Option<&Decoded> {
        Some(&self.reader.ready()?.decoded)
    }

    /// Draws the segments of formats with their menu, from the right.
    pub fn format_controls(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        let Some(ready) = self.reader.ready() else {
            return;
        };
        let Some(memory) = self.node.and_then(|node| self.memories.get_mut(&node)) else {
            return;
        };
        let is_outer = memory.levels().len() == 1;
        let chosen = memory.shown().chosen.clone();
        let choosing = Choosing {
            session: subject.session,
            topic: is_outer.then_some(subject.topic),
            now: &ready.decoded.format,
            chosen: chosen.as_ref(),
            bytes: &ready.decoded.bytes,
        };
        if let Some(choice) = self.formats.ui(ui, context, &choosing) {
            memory.choose(match choice {
                Choice::Fitting => None,
                Choice::Format(format) => Some(format),
            });
            self.scroll_to = Some(0);
        }
    }

    /// Copies everything as it is shown.
    pub fn copy_all(&mut self, ui: &Ui, context: &Context<'_>) {
        let Some(ready) = self.reader.ready() else {
            return;
        };
        let decoded = std::sync::Arc::clone(&ready.decoded);
        if matches!(decoded.content, Content::Bytes) && decoded.bytes.len() > COPIED_DUMP {
            let size = format::format_bytes(decoded.bytes.len() as u64);
            let text = format!(
                "A dump of {size} is too long to copy. Save the payload to a file instead."
            );
            context.toast(Importance::Warning, text);
            return;
        }
        let size = decoded.bytes.len();
        self.copy(ui, context, size, move || (all_text(&decoded), "Payload"));
    }

    /// Copies what a job makes, on a worker when it is about much.
    fn copy(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        size: usize,
        job: impl FnOnce() -> (String, &'static str) + Send + 'static,
    ) {
        if size <= COPIED_IN_FRAME {
            let (text, what) = job();
            context.copy(text, what);
        } else {
            self.copying.start(ui.ctx(), job);
        }
    }

    /// Height that it takes when all its rows are shown.
    pub fn full_height(&mut self, ui: &Ui) -> f32 {
        let extra = self.extra_height() + 18.0;
        let Some(ready) = self.reader.ready() else {
            return extra + 2.0 * theme::LINE_HEIGHT;
        };
        let rows = match &ready.body {
            Body::Nothing => 3,
            Body::Document(rows) => rows.len(),
            Body::Text { rows, .. } => rows.len(),
            Body::Bytes => {
                let per_row = plain_view::bytes_per_row(drawing::columns(ui));
                hex::line_count(ready.decoded.bytes.len(), per_row)
            }
            Body::Picture(_) => 24,
        };
        let height = rows as f32 * theme::LINE_HEIGHT;
        let memory = self.node.and_then(|node| self.memories.get_mut(&node));
        let kept = memory.map_or(height, |memory| {
            memory.height = memory.height.max(height);
            memory.height
        });
        kept + extra
    }

    /// Height of what stands above and below the rows.
    fn extra_height(&self) -> f32 {
        let line = theme::CONTROL_HEIGHT + theme::SPACE[0];
        let is_inside = self
            .memory()
            .is_some_and(|memory| memory.levels().len() > 1);
        let above = [is_inside, self.find.is_open()];
        let above = above.into_iter().filter(|is_there| *is_there).count();
        above as f32 * line + self.footer_height()
    }
}

/// The whole payload as it is shown.
fn all_text(decoded: &Decoded) -> String {
    match &decoded.content {
        Content::Document(document) => pieces::all_text(document),
        Content::Text(text) => text.clone(),
        Content::Empty => String::new(),
        Content::Bytes | Content::Picture(_) => hex_dump(&decoded.bytes),
    }
}

/// The dump of a whole payload, a line for each 16 bytes.
pub fn hex_dump(payload: &[u8]) -> String {
    let lines = 0..hex::line_count(payload.len(), hex::WIDE);
    let lines: Vec<_> = lines
        .map(|line| hex::line(payload, line, hex::WIDE))
        .collect();
    lines.join("\n")
}
