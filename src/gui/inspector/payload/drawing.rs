//! The parts of the payload on the screen: the way in, the search, the rows, and the quiet lines below.

use std::sync::Arc;

use egui::{Layout, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use super::super::super::context::Context;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, Scrolled, button, muted, scroll_step};
use super::document_view::{DocumentView, Wish, character_width};
use super::find_bar::Place;
use super::memory::{Fold, Inside, Memory};
use super::plain_view::{HexView, TextView, bytes_per_row, gutter};
use super::read::{Body, Ready};
use super::value::Use;
use super::value_menu::{self, Chosen, Copied, ValueMenu, value_menu};
use super::{PayloadView, Subject, pieces, text_rows};
use crate::payload::diff::DocumentDiff;
use crate::payload::document::rows::Rows;
use crate::payload::document::{Document, ValueId};
use crate::payload::{Content, Format, format};

/// Room at the right for the scroll bar.
const SCROLL_BAR: f32 = 16.0;

/// Characters of a payload for which there is room.
pub fn columns(ui: &Ui) -> usize {
    characters(ui, ui.available_width() - SCROLL_BAR)
}

/// The same beside the numbers of lines.
pub fn text_columns(ui: &Ui) -> usize {
    characters(ui, ui.available_width() - SCROLL_BAR - gutter(ui, 999)).max(8)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window's width in characters"
)]
fn characters(ui: &Ui, width: f32) -> usize {
    (width / character_width(ui)).max(0.0) as usize
}

/// Values, their rows, and the older values with what differs from them.
type ShownDocument<'a> = (&'a Document, &'a Rows, Option<Older<'a>>);
/// Older values, and what differs from them.
type Older<'a> = (&'a Document, &'a DocumentDiff);

impl PayloadView {
    /// Draws it into the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        if let Some((text, what)) = self.copying.poll() {
            context.copy(text, what);
        }
        self.way_in(ui);
        let stamp = self.reader.stamp();
        let place = self.find.ui(ui, self.reader.ready(), stamp);
        if let Some(place) = place {
            self.go_to(&place);
        }
        let height = (ui.available_height() - self.footer_height()).max(theme::LINE_HEIGHT);
        let size = egui::vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            self.body(ui, context, subject);
        });
        self.footer(ui, context, subject);
        self.menu_ui(ui, context, subject);
    }

    /// `payload › image › base64`, each a way back.
    fn way_in(&mut self, ui: &mut Ui) {
        let Some(memory) = self.node.and_then(|node| self.memories.get_mut(&node)) else {
            return;
        };
        if memory.levels().len() == 1 {
            return;
        }
        let layers = self
            .reader
            .ready()
            .map(|ready| ready.decoded.layers.clone());
        let mut back_to = None;
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[0];
            let last = memory.levels().len() - 1;
            if button(ui, None, "Back", Look::Plain).clicked() {
                back_to = Some(last - 1);
            }
            ui.add_space(theme::SPACE[0]);
            for (depth, level) in memory.levels().iter().enumerate() {
                let name = level.inside.as_ref().map_or_else(
                    || "payload".to_owned(),
                    |inside| {
                        Some(inside.path.label())
                            .filter(|it| !it.is_empty())
                            .unwrap_or_else(|| "value".to_owned())
                    },
                );
                let name: String = name.chars().take(40).collect();
                if depth > 0 {
                    muted(ui, "›");
                }
                if depth == last {
                    ui.label(egui::RichText::new(name).font(theme::strong()));
                } else if ui.link(name).clicked() {
                    back_to = Some(depth);
                }
            }
            for layer in layers.iter().flatten() {
                muted(ui, &format!("› {}", layer.name));
            }
        });
        ui.add_space(theme::SPACE[0]);
        if let Some(depth) = back_to {
            memory.back_to(depth);
            self.selected = None;
            self.menu = None;
        }
    }

    fn body(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        let Some(ready) = self.reader.ready() else {
            return decoding(ui, subject.message.payload.len());
        };
        if let Some(missing) = &ready.missing {
            return says_missing(ui, missing);
        }
        if !matches!(ready.body, Body::Picture(_)) {
            self.picture.clear();
        }
        match &ready.body {
            Body::Nothing => empty(ui),
            Body::Picture(Ok(image)) => {
                let name = picture_name(ready);
                self.picture
                    .ui(ui, ready.message(), &Arc::clone(image), &name);
            }
            Body::Document(_) => self.document(ui, context, subject),
            Body::Text { .. } => self.text(ui),
            Body::Picture(Err(_)) | Body::Bytes => self.bytes(ui),
        }
    }

    /// What takes clicks beside the values, and the keys.
    fn area(&mut self, ui: &mut Ui) -> egui::Response {
        ui.add_space(4.0);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with("payload area");
        self.area = Some(id);
        let area = ui.interact(rect, id, Sense::click());
        area.widget_info(|| WidgetInfo::labeled(Role::ScrollView, true, "Payload"));
        let is_pressed = ui.input(|input| {
            let at = input.pointer.interact_pos();
            input.pointer.any_pressed() && at.is_some_and(|at| rect.contains(at))
        });
        if is_pressed && area.contains_pointer() {
            area.request_focus();
        }
        if area.has_focus() {
            let line = Stroke::new(1.0, Palette::of(ui).accent);
            ui.painter().rect_stroke(
                rect.expand2(egui::vec2(6.0, 0.0)),
                4.0,
                line,
                StrokeKind::Inside,
            );
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..egui::EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        }
        area
    }

    fn scroll_area(&mut self) -> ScrollArea {
        let depth = self.memory().map_or(0, |memory| memory.levels().len());
        let scroll = ScrollArea::both()
            .id_salt(("payload", self.node, depth))
            .min_scrolled_height(theme::LINE_HEIGHT);
        let Some(row) = self.scroll_to.take() else {
            return scroll;
        };
        let top = row as f32 * theme::LINE_HEIGHT;
        let Scrolled { offset, height } = self.scrolled;
        let lowest = (top + 2.0 * theme::LINE_HEIGHT - height).max(0.0);
        scroll.vertical_scroll_offset(offset.clamp(lowest, top.max(lowest)))
    }

    fn document(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        let selected = self.selected();
        let area = self.area(ui);
        if area.has_focus() {
            self.document_keys(ui, context, subject, selected);
        }
        let scroll = self.scroll_area();
        let Some((document, rows, compared)) = self.shown_document() else {
            return;
        };
        let gutter = gutter(ui, rows.line_count().max(10));
        let view = DocumentView {
            source: pieces::Source {
                document,
                rows,
                compared,
                columns: characters(ui, ui.available_width() - SCROLL_BAR - gutter),
            },
            selected,
            found: self.find.in_document(),
            gutter,
            can_chart: self.is_outer(),
        };
        let (scrolled, wishes) = view.ui(ui, scroll, &area);
        self.scrolled = scrolled;
        for wish in wishes {
            self.fulfil(context, subject, wish);
        }
    }

    /// The document that is shown, its rows, and what it is compared with.
    pub(super) fn shown_document(&self) -> Option<ShownDocument<'_>> {
        let ready = self.reader.ready()?;
        let Body::Document(rows) = &ready.body else {
            return None;
        };
        let compared = ready
            .compared
            .as_ref()
            .and_then(|compared| compared.document());
        Some((ready.document()?, rows, compared))
    }

    fn text(&mut self, ui: &mut Ui) {
        let area = self.area(ui);
        let keys = plain_keys(ui, &area);
        let scroll = self.scroll_area();
        let Some(ready) = self.reader.ready() else {
            return;
        };
        let Body::Text { rows, .. } = &ready.body else {
            return;
        };
        let lines = rows
            .iter()
            .rev()
            .find(|row| row.line > 0)
            .map_or(0, |row| row.line);
        let view = TextView {
            text: ready.text(),
            rows,
            found: self.find.ranges(),
            gutter: gutter(ui, lines.max(10)),
        };
        self.scrolled = view.ui(ui, scroll, keys);
    }

    fn bytes(&mut self, ui: &mut Ui) {
        let area = self.area(ui);
        let keys = plain_keys(ui, &area);
        let scroll = self.scroll_area();
        let Some(ready) = self.reader.ready() else {
            return;
        };
        let compared = ready.compared.as_ref();
        let per_row = bytes_per_row(columns(ui));
        self.per_row = per_row;
        let view = HexView {
            bytes: &ready.decoded.bytes,
            per_row,
            found: self.find.ranges(),
            compared: compared.and_then(|it| Some((&it.old.bytes[..], it.bytes()?))),
        };
        self.scrolled = view.ui(ui, scroll, keys);
    }

    /// The value with the cursor in what is shown now.
    pub(super) fn selected(&mut self) -> Option<ValueId> {
        let stamp = self.reader.stamp();
        let path = self.memory()?.shown().selected.clone()?;
        if let Some((of, known, id)) = &self.selected
            && *of == stamp
            && *known == path
        {
            return *id;
        }
        let id = self.reader.ready()?.document()?.find(&path);
        self.selected = Some((stamp, path, id));
        id
    }

    pub(super) fn memory_mut(&mut self) -> Option<&mut Memory> {
        self.memories.get_mut(&self.node?)
    }

    /// Moves the cursor.
    pub(super) fn select(&mut self, id: ValueId) {
        let node = self.node;
        let Some(document) = self.reader.ready().and_then(Ready::document) else {
            return;
        };
        let path = document.path(id);
        if let Some(memory) = node.and_then(|node| self.memories.get_mut(&node)) {
            memory.shown_mut().selected = Some(path);
        }
    }

    /// Folds or unfolds, and remembers it.
    pub(super) fn fold(&mut self, id: ValueId, fold: Fold) {
        let Some(memory) = self.node.and_then(|node| self.memories.get_mut(&node)) else {
            return;
        };
        let Some(ready) = self.reader.ready_mut() else {
            return;
        };
        let (Body::Document(rows), Content::Document(document)) =
            (&mut ready.body, &ready.decoded.content)
        else {
            return;
        };
        fold.apply(rows, id);
        memory.height = 0.0;
        memory.shown_mut().folds.add(document.path(id), fold);
    }

    /// Opens a value to see what is inside.
    pub(super) fn open(&mut self, id: ValueId, format: Option<Format>) {
        let Some(path) = self
            .reader
            .ready()
            .and_then(Ready::document)
            .map(|it| it.path(id))
        else {
            return;
        };
        if let Some(memory) = self.memory_mut() {
            memory.open(Inside { path, format });
        }
        self.selected = None;
        self.menu = None;
    }

    /// Does what was asked for with a value.
    pub(super) fn fulfil(&mut self, context: &Context<'_>, subject: Subject<'_>, wish: Wish) {
        match wish {
            Wish::Select(id) => self.select(id),
            Wish::Fold(id, fold) => self.fold(id, fold),
            Wish::Open(id) => self.open(id, Some(Format::Text)),
            Wish::Menu(id, at) => self.show_menu(id, at, false),
            Wish::Use(id, what, at) => match what {
                Use::Chart => self.chart(context, subject, id),
                Use::Link(_) => self.show_menu(id, at, true),
                Use::Inside(format) => self.open(id, format),
                Use::Nothing => {}
            },
        }
    }

    /// Charts a value of the payload itself: what is inside an opened value has no path of its own.
    fn chart(&self, context: &Context<'_>, subject: Subject<'_>, id: ValueId) {
        let document = self.reader.ready().and_then(Ready::document);
        if let Some(document) = document.filter(|_| self.is_outer()) {
            value_menu::chart(context, subject.topic, &document.path(id));
        }
    }

    /// Whether the payload itself is shown, not a value that was opened in it.
    fn is_outer(&self) -> bool {
        let memory = self.memory();
        memory.is_some_and(|memory| memory.levels().len() == 1)
    }

    pub(super) fn show_menu(&mut self, id: ValueId, at: egui::Pos2, asks_link: bool) {
        self.select(id);
        let document = self.reader.ready().and_then(Ready::document);
        self.menu = document.map(|document| ValueMenu {
            path: document.path(id),
            at,
            asks_link,
        });
    }

    fn menu_ui(&mut self, ui: &Ui, context: &Context<'_>, subject: Subject<'_>) {
        let Some(menu) = self.menu.clone() else {
            return;
        };
        let topic = self.is_outer().then_some(subject.topic);
        let Some((document, rows, _)) = self.shown_document() else {
            self.menu = None;
            return;
        };
        let id = document.find(&menu.path);
        let (chosen, is_open) = value_menu(ui, context, &menu, (document, rows), topic);
        if !is_open {
            self.menu = None;
        }
        let (Some(chosen), Some(id)) = (chosen, id) else {
            return;
        };
        match chosen {
            Chosen::Fold(fold) => self.fold(id, fold),
            Chosen::Open(format) => self.open(id, format),
            Chosen::Copy(what) => self.copy_value(ui, context, id, what),
        }
    }

    /// Copies a value of the document that is shown.
    pub(super) fn copy_value(&mut self, ui: &Ui, context: &Context<'_>, id: ValueId, what: Copied) {
        let Some(ready) = self.reader.ready() else {
            return;
        };
        let decoded = Arc::clone(&ready.decoded);
        let size = decoded.bytes.len();
        self.copy(ui, context, size, move || match &decoded.content {
            Content::Document(document) => value_menu::copy(document, id, what),
            _ => (String::new(), "Value"),
        });
    }

    /// Shows a place that was found.
    fn go_to(&mut self, place: &Place) {
        match place {
            Place::Value(id) => self.reveal(*id),
            Place::Range(range) => {
                let Some(ready) = self.reader.ready() else {
                    return;
                };
                let row = match &ready.body {
                    Body::Text { rows, .. } => text_rows::row_of(rows, range),
                    _ => range.start / self.per_row.max(1),
                };
                self.scroll_to = Some(row);
            }
        }
    }

    /// Unfolds what a value stands in, and shows it.
    pub(super) fn reveal(&mut self, id: ValueId) {
        let mut folded = Vec::new();
        if let Some((document, rows, _)) = self.shown_document() {
            let above = std::iter::successors(document.parent(id), |at| document.parent(*at));
            folded.extend(above.filter(|at| rows.is_folded(*at)));
        }
        for container in folded {
            self.fold(container, Fold::one(false));
        }
        self.select(id);
        self.scroll_to = self.shown_document().map(|(_, rows, _)| rows.row_of(id));
    }
}

/// How far the keys scroll rows that have no values.
fn plain_keys(ui: &Ui, area: &egui::Response) -> egui::Vec2 {
    if !area.has_focus() {
        return egui::Vec2::ZERO;
    }
    scroll_step(ui, area.rect.height(), theme::LINE_HEIGHT)
}

/// `PNG 640×480 · 48.1 KiB`
pub fn picture_name(ready: &Ready) -> String {
    let size = format::format_bytes(ready.decoded.bytes.len() as u64);
    match &ready.decoded.content {
        Content::Picture(picture) => {
            format!(
                "{} {}×{} · {size}",
                picture.kind, picture.width, picture.height
            )
        }
        _ => size,
    }
}

fn empty(ui: &mut Ui) {
    says(
        ui,
        "Empty payload",
        "No bytes at all. Published with the retain flag, it clears the retained message of its topic.",
    );
}

fn says_missing(ui: &mut Ui, path: &str) {
    let title = format!("This message has nothing at {path}");
    says(
        ui,
        &title,
        "Go back to the payload, or look at another message.",
    );
}

fn says(ui: &mut Ui, title: &str, text: &str) {
    let palette = Palette::of(ui);
    ui.add_space(8.0);
    let title = egui::RichText::new(title).font(theme::strong());
    ui.label(title.color(palette.text));
    let text = egui::RichText::new(text).font(theme::label());
    ui.add(egui::Label::new(text.color(palette.muted)).wrap());
}

/// What is shown while a large payload is decoded for the first time.
fn decoding(ui: &mut Ui, size: usize) {
    muted(
        ui,
        &format!("Decoding {}", format::format_bytes(size as u64)),
    );
}
