//! Finding something in the payload: a field, how often it is there, and the way to the next place.

use std::ops::Range;
use std::sync::Arc;

use egui::{Key, Layout, TextEdit, Ui};

use super::super::super::icons;
use super::super::super::latest::Latest;
use super::super::super::theme;
use super::super::super::widgets::{Look, field, icon_button, keep_escape, muted};
use super::plain_view::FoundRanges;
use super::read::{Body, Ready};
use crate::payload::document::ValueId;
use crate::payload::document::search::{MOST_FOUND, Needle};
use crate::payload::{Content, Decoded, format};

/// Payloads above this many bytes are searched beside the frame.
const IN_FRAME: usize = 32 * 1024;

/// Where it was found.
#[derive(Debug, Default)]
enum Found {
    #[default]
    Nowhere,
    /// In these values.
    Values(Vec<ValueId>),
    /// In these parts of the text or the bytes.
    Ranges(Vec<Range<usize>>),
}

impl Found {
    fn len(&self) -> usize {
        match self {
            Self::Nowhere => 0,
            Self::Values(values) => values.len(),
            Self::Ranges(ranges) => ranges.len(),
        }
    }
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A value.
    Value(ValueId),
    /// A part of the text or the bytes.
    Range(Range<usize>),
}

/// Where the keyboard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// It shall come into the field.
    Wanted,
    /// In the field.
    Here,
    Elsewhere,
}

/// UI state of the search.
#[derive(Debug)]
pub struct FindBar {
    is_open: bool,
    focus: Focus,
    text: String,
    needle: Option<Needle>,
    found: Found,
    /// Which one of them is looked at.
    at: usize,
    /// What was searched last: which reading of a payload, for what.
    asked: Option<(u64, String)>,
    /// Whether the next result is to be gone to: the text was typed, not the payload replaced.
    goes_there: bool,
    jobs: Latest<((u64, String), Found)>,
}

impl Default for FindBar {
    fn default() -> Self {
        Self {
            is_open: false,
            focus: Focus::Elsewhere,
            text: String::new(),
            needle: None,
            found: Found::default(),
            at: 0,
            asked: None,
            goes_there: false,
            jobs: Latest::new("search payload"),
        }
    }
}

impl FindBar {
    /// Opens it with the keyboard in it.
    pub fn open(&mut self) {
        self.is_open = true;
        self.focus = Focus::Wanted;
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether something is typed into it.
    pub fn has_focus(&self) -> bool {
        self.focus == Focus::Here
    }

    /// Another topic is shown: what is looked for stays.
    pub fn clear(&mut self) {
        self.found = Found::Nowhere;
        self.asked = None;
        self.at = 0;
    }

    fn close(&mut self) {
        self.is_open = false;
        self.focus = Focus::Elsewhere;
        self.needle = None;
        self.clear();
    }

    /// What is looked for, and the value that is looked at.
    pub fn in_document(&self) -> Option<(&Needle, Option<ValueId>)> {
        let current = match &self.found {
            Found::Values(values) => values.get(self.at).copied(),
            _ => None,
        };
        Some((self.needle.as_ref()?, current))
    }

    /// What was found in text or bytes.
    pub fn ranges(&self) -> FoundRanges<'_> {
        match &self.found {
            Found::Ranges(all) => FoundRanges {
                all,
                current: all.get(self.at),
            },
            _ => FoundRanges::default(),
        }
    }

    /// Draws it while it is open. Returns where to go.
    pub fn ui(&mut self, ui: &mut Ui, ready: Option<&Ready>, stamp: u64) -> Option<Place> {
        if !self.is_open {
            return None;
        }
        let mut step = 0;
        let mut is_closed = false;
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Center), |ui| {
            let width = (ui.available_width() - 190.0).clamp(80.0, 320.0);
            let edit = TextEdit::singleline(&mut self.text)
                .hint_text("Find in this payload")
                .return_key(None)
                .font(theme::mono());
            let response = field(ui, edit, "Find in this payload", width);
            if self.focus == Focus::Wanted {
                super::super::super::widgets::focus_whole(&response, &self.text);
            }
            self.focus = if response.has_focus() {
                Focus::Here
            } else {
                Focus::Elsewhere
            };
            if response.has_focus() {
                keep_escape(ui);
                let (enter, shift, escape) = ui.input(|input| {
                    let keys = (input.key_pressed(Key::Enter), input.modifiers.shift);
                    (keys.0, keys.1, input.key_pressed(Key::Escape))
                });
                step = match (enter, shift) {
                    (true, true) => -1,
                    (true, false) => 1,
                    _ => 0,
                };
                is_closed = escape;
            } else if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                is_closed = true;
            }
            muted(ui, &self.count());
            let has_any = self.found.len() > 0;
            ui.add_enabled_ui(has_any, |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                if icon_button(ui, icons::ARROW_UP, "Previous place", Look::Quiet).clicked() {
                    step = -1;
                }
                if icon_button(ui, icons::ARROW_DOWN, "Next place", Look::Quiet).clicked() {
                    step = 1;
                }
            });
            is_closed |= icon_button(ui, icons::X, "Close the search", Look::Quiet).clicked();
        });
        if is_closed {
            self.close();
            return None;
        }
        let is_new = self.search(ui.ctx(), ready?, stamp);
        self.go(step, is_new)
    }

    fn count(&self) -> String {
        let count = self.found.len();
        let more = if count >= MOST_FOUND { "+" } else { "" };
        match count {
            _ if self.text.is_empty() => String::new(),
            0 if self.jobs.is_busy() => "Searching".to_owned(),
            0 => "Not found".to_owned(),
            count => format!(
                "{} of {}{more}",
                format::thousands(self.at as u64 + 1),
                format::thousands(count as u64)
            ),
        }
    }

    /// Searches when the text or the payload is another one. Says whether there is something new to go to.
    fn search(&mut self, ctx: &egui::Context, ready: &Ready, stamp: u64) -> bool {
        let mut is_new = false;
        if let Some((asked, found)) = self.jobs.poll()
            && self.asked.as_ref() == Some(&asked)
        {
            is_new = self.take(found);
        }
        let is_typed = self
            .asked
            .as_ref()
            .is_none_or(|(_, text)| *text != self.text);
        let asked = (stamp, self.text.clone());
        if self.asked.as_ref() == Some(&asked) {
            return is_new;
        }
        self.goes_there |= is_typed;
        self.asked = Some(asked.clone());
        if is_typed {
            self.needle = Needle::new(&self.text);
        }
        let Some(needle) = self.needle.clone() else {
            return self.take(Found::Nowhere);
        };
        let decoded = Arc::clone(&ready.decoded);
        let merged = match &ready.body {
            Body::Text { merged, .. } => merged.clone(),
            _ => None,
        };
        let is_document = matches!(ready.body, Body::Document(_));
        let size = decoded.bytes.len();
        let job = move || find(&needle, &decoded, merged.as_deref(), is_document);
        if size <= IN_FRAME {
            return self.take(job());
        }
        self.jobs.start(ctx, move || (asked, job()));
        is_new
    }

    fn take(&mut self, found: Found) -> bool {
        let goes_there = std::mem::take(&mut self.goes_there);
        if goes_there {
            self.at = 0;
        }
        self.at = self.at.min(found.len().saturating_sub(1));
        self.found = found;
        goes_there
    }

    /// The place so many further, in a circle.
    fn go(&mut self, step: isize, is_new: bool) -> Option<Place> {
        let count = isize::try_from(self.found.len())
            .ok()
            .filter(|count| *count > 0)?;
        if step == 0 && !is_new {
            return None;
        }
        let at = isize::try_from(self.at).unwrap_or(0);
        self.at = usize::try_from((at + step).rem_euclid(count)).unwrap_or(0);
        match &self.found {
            Found::Values(values) => values.get(self.at).copied().map(Place::Value),
            Found::Ranges(ranges) => ranges.get(self.at).cloned().map(Place::Range),
            Found::Nowhere => None,
        }
    }
}

fn find(needle: &Needle, decoded: &Decoded, merged: Option<&str>, is_document: bool) -> Found {
    match &decoded.content {
        Content::Document(document) if is_document => Found::Values(needle.in_document(document)),
        Content::Text(text) => Found::Ranges(needle.in_text(merged.unwrap_or(text))),
        Content::Bytes => Found::Ranges(needle.in_bytes(&decoded.bytes)),
        _ => Found::Nowhere,
    }
}
