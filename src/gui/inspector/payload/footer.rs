//! The quiet lines below a payload: how it was read, what could not be, and how it differs.

use egui::{Layout, Popup, RichText, Ui};

use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, icon_button, muted};
use super::super::compare::{Compare, Pinned};
use super::drawing::picture_name;
use super::format_bar::{rule_for, short_name};
use super::memory::Fold;
use super::read::{Body, Ready};
use super::{PayloadView, Subject};
use crate::payload::format;

/// Height of a line.
const LINE: f32 = 22.0;
/// Most sentences about what could not be read.
const MOST_NOTICES: usize = 3;

impl PayloadView {
    /// Height of all lines.
    pub(super) fn footer_height(&self) -> f32 {
        let notices = self.reader.ready().map_or(0, |ready| notices(ready).len());
        (1 + notices) as f32 * LINE
    }

    pub(super) fn footer(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = LINE;
        let palette = Palette::of(ui);
        if let Some(ready) = self.reader.ready() {
            for notice in notices(ready) {
                line(ui, |ui| {
                    let icon = RichText::new(icons::WARNING).font(theme::icon(13.0));
                    ui.label(icon.color(palette.amber));
                    let text = RichText::new(&notice)
                        .font(theme::label())
                        .color(palette.amber);
                    ui.add(egui::Label::new(text).truncate())
                        .on_hover_text(&notice);
                });
            }
        }
        let height = egui::vec2(ui.available_width(), LINE);
        ui.allocate_ui_with_layout(height, Layout::right_to_left(egui::Align::Center), |ui| {
            self.tools(ui);
            let rest = ui.available_size();
            ui.allocate_ui_with_layout(rest, Layout::left_to_right(egui::Align::Center), |ui| {
                self.facts(ui, context, subject);
            });
        });
    }

    /// Whether there is something to find: pictures and nothing have no words.
    fn is_searchable(&self) -> bool {
        self.reader.ready().is_none_or(|ready| {
            matches!(
                ready.body,
                Body::Document(_) | Body::Text { .. } | Body::Bytes
            )
        })
    }

    /// What can be done with the view, from the right.
    fn tools(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = theme::SPACE[0];
        let label = "Find in this payload (Ctrl+Shift+F)";
        if self.is_searchable() && icon_button(ui, icons::SEARCH, label, Look::Quiet).clicked() {
            self.find.open();
        }
        let Some(ready) = self.reader.ready() else {
            return;
        };
        match &ready.body {
            Body::Document(rows) if rows.is_foldable(crate::payload::document::ValueId::ROOT) => {
                let root = crate::payload::document::ValueId::ROOT;
                if icon_button(ui, icons::COLLAPSE, "Fold all", Look::Quiet).clicked() {
                    self.fold(root, Fold::all(true));
                    self.fold(root, Fold::one(false));
                } else if icon_button(ui, icons::EXPAND, "Unfold all", Look::Quiet).clicked() {
                    self.fold(root, Fold::all(false));
                }
            }
            Body::Text { .. } => {
                let text = if self.wraps {
                    "Lines are wrapped"
                } else {
                    "Lines are not wrapped"
                };
                if super::super::super::widgets::switch(ui, &mut self.wraps, "Wrap lines")
                    .on_hover_text(text)
                    .changed()
                    && let Some(memory) = self.memory_mut()
                {
                    memory.height = 0.0;
                }
                muted(ui, "Wrap");
            }
            _ => {}
        }
    }

    fn facts(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        ui.spacing_mut().item_spacing.x = theme::SPACE[1];
        let mut facts = Vec::new();
        if let Some(ready) = self.reader.ready() {
            let is_outer = self
                .memory()
                .is_some_and(|memory| memory.levels().len() == 1);
            let chosen = self
                .memory()
                .and_then(|memory| memory.shown().chosen.as_ref());
            match (chosen, rule_for(subject.session, subject.topic)) {
                (Some(chosen), _) if *chosen != ready.decoded.format => {
                    facts.push(format!("{} does not fit", short_name(chosen)));
                }
                (None, Some(rule)) if is_outer => facts.push(format!("Rule for {}", rule.filter)),
                _ => {}
            }
            facts.extend(layers(ready, subject.message.payload.len(), is_outer));
            if matches!(ready.body, Body::Picture(_)) {
                facts.push(picture_name(ready));
            }
            if self.reader.is_busy() {
                facts.push("Reading the newest".to_owned());
            }
        }
        for fact in facts {
            muted(ui, &fact);
        }
        self.difference(ui, context, subject);
    }

    /// What differs, and from which message.
    fn difference(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        let compare = subject.compare;
        if !compare.is_on() {
            return;
        }
        let palette = Palette::of(ui);
        let older = self.older.as_ref().and_then(|(_, older)| older.as_ref());
        let time = older.map(|older| format::clock(older.at, context.zone));
        let since = match (compare.pinned(), &time) {
            (Some(pinned), Some(time)) if pinned.topic != subject.topic => {
                format!("since {time} on {}", pinned.topic)
            }
            (Some(_), Some(time)) => format!("since {time}, pinned"),
            (Some(_), None) => "The pinned message itself".to_owned(),
            (None, Some(time)) => format!("since {time}"),
            (None, None) => "No earlier message to compare with".to_owned(),
        };
        let text = RichText::new(format!("{since} {}", icons::CARET_DOWN)).font(theme::label());
        let since = ui.add(egui::Button::new(text.color(palette.muted)).frame(false));
        since.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Compare with"));
        Popup::menu(&since).show(|ui| self.compare_menu(ui, context, subject));
        let words = self
            .reader
            .ready()
            .and_then(|ready| ready.compared.as_ref());
        if let Some(compared) = words.filter(|_| time.is_some()) {
            let text = RichText::new(&compared.words)
                .font(theme::label())
                .color(palette.muted);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(&compared.words);
        }
    }
}

impl PayloadView {
    /// What else it can be compared with.
    fn compare_menu(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject<'_>) {
        let compare = subject.compare;
        ui.set_min_width(220.0);
        let is_previous = matches!(compare, Compare::Previous);
        if ui
            .selectable_label(is_previous, "The message before")
            .clicked()
        {
            self.wanted = Some(Compare::Previous);
        }
        if let Some(pinned) = compare.pinned() {
            let at = format::clock(pinned.message.at, context.zone);
            ui.add_enabled(
                false,
                egui::Button::new(format!("The pinned message of {at}")),
            );
        }
        let at = format::clock(subject.message.at, context.zone);
        let pin = format!("This message of {at}, from now on");
        if ui.selectable_label(false, pin).clicked() {
            self.wanted = Some(Compare::With(Box::new(Pinned {
                topic: subject.topic.to_owned(),
                message: subject.message.clone(),
            })));
        }
        if ui.selectable_label(false, "Nothing").clicked() {
            self.wanted = Some(Compare::Off);
        }
    }
}

/// What was opened around the payload: `gzip 1.2 KiB → 48 KiB`.
fn layers(ready: &Ready, outside: usize, is_outer: bool) -> Vec<String> {
    let mut before = is_outer.then_some(outside);
    let layer = |layer: &crate::payload::Layer| {
        let inside = format::format_bytes(layer.inside as u64);
        let outside = before.replace(layer.inside);
        match outside {
            Some(outside) => format!(
                "{} {} → {inside}",
                layer.name,
                format::format_bytes(outside as u64)
            ),
            None => format!("{} → {inside}", layer.name),
        }
    };
    ready.decoded.layers.iter().map(layer).collect()
}

/// What could not be read or was left out, in sentences.
fn notices(ready: &Ready) -> Vec<String> {
    let mut notices = ready.decoded.notices.clone();
    if let Body::Picture(Err(why)) = &ready.body {
        notices.push(why.clone());
    }
    if notices.len() > MOST_NOTICES {
        let rest = notices.split_off(MOST_NOTICES - 1);
        notices.push(rest.join(" "));
    }
    notices
}

fn line(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let size = egui::vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE[0];
        add(ui);
    });
}
