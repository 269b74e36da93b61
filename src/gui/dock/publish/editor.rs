//! The middle of the panel: topic, QoS, retain, the payload, and the button.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Color32, CornerRadius, Frame, Layout, Margin, Popup, PopupCloseBehavior, RichText,
    ScrollArea, Stroke, TextBuffer, TextEdit, Ui, vec2,
};

use super::super::super::action::Level;
use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{
    Look, button, button_with_key, field, galley, galley_within, icon_button, icon_mark, muted,
    segmented, switch,
};
use super::check::{Verdict, placeholders};
use super::compose::{payload, property_count, values};
use super::result::Outcome;
use super::{Columns, PublishPanel, not_now};
use crate::mqtt::{Qos, TopicName};
use crate::payload::format;
use crate::payload::json;
use crate::profile::PayloadKind;

/// Editor text above this many bytes is not coloured: it would be cut into pieces at every key.
const COLOURED_BYTES: usize = 100_000;
/// Below this width QoS segments show only the number.
const SHORT_QOS_BELOW: f32 = 470.0;
/// Below this width the word QoS is left out too.
const NO_QOS_WORD_BELOW: f32 = 410.0;
/// Below this width the command is copied from the popup of properties.
const COPY_IN_POPUP_BELOW: f32 = 410.0;
/// Height of the line below the payload.
const STATUS_HEIGHT: f32 = 20.0;

impl PublishPanel {
    pub(super) fn editor_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        columns: &Columns,
        problem: Option<&str>,
    ) {
        self.topic_row(ui);
        let bottom = theme::CONTROL_HEIGHT + theme::SPACE[1];
        let height = (ui.available_height() - bottom).max(48.0);
        self.payload_box(ui, context, height, problem);
        self.bottom_row(ui, context, columns, problem);
    }

    fn topic_row(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let is_short = ui.available_width() < SHORT_QOS_BELOW;
            let is_tiny = ui.available_width() < NO_QOS_WORD_BELOW;
            let controls = match (is_tiny, is_short) {
                (true, _) => 88.0 + 88.0,
                (false, true) => 122.0 + 88.0,
                (false, false) => 186.0 + 96.0,
            };
            let width = (ui.available_width() - controls - 3.0 * theme::SPACE[1]).max(80.0);
            self.topic_field(ui, width);
            let names = if is_short {
                ["0", "1", "2"]
            } else {
                ["QoS 0", "QoS 1", "QoS 2"]
            };
            let options: Vec<_> = Qos::ALL.into_iter().zip(names).collect();
            let name = if is_short { "QoS" } else { "" };
            if is_short && !is_tiny {
                muted(ui, "QoS");
            }
            segmented(ui, name, &mut self.draft.qos, &options);
            switch(ui, &mut self.draft.retain, "Retain");
            let text = RichText::new("Retain").color(Palette::of(ui).text);
            if ui
                .add(egui::Label::new(text).sense(egui::Sense::CLICK))
                .clicked()
            {
                self.draft.retain = !self.draft.retain;
            }
        });
    }

    fn topic_field(&mut self, ui: &mut Ui, width: f32) {
        let problem = TopicName::new(self.draft.topic.as_str()).err();
        let palette = Palette::of(ui);
        let is_wrong = problem.is_some() && !self.draft.topic.is_empty();
        let color = if is_wrong { palette.red } else { palette.text };
        let edit = TextEdit::singleline(&mut self.draft.topic)
            .hint_text("Topic")
            .text_color(color)
            .font(theme::mono());
        let response = field(ui, edit, "Topic to publish to", width);
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        if response.changed() {
            self.is_topic_chosen = !self.draft.topic.is_empty();
        }
        if let Some(problem) = problem {
            response.on_hover_text(problem.to_string());
        }
    }

    fn payload_box(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        height: f32,
        problem: Option<&str>,
    ) {
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.background)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(theme::RADIUS))
            .inner_margin(Margin {
                left: 10,
                right: 4,
                top: 6,
                bottom: 2,
            });
        let shown = frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let inside = (height - 10.0).max(40.0);
            ui.set_height(inside);
            ui.set_width(ui.available_width());
            let text_height = (inside - STATUS_HEIGHT).max(20.0);
            let has_focus = if self.draft.kind == PayloadKind::File {
                self.file_ui(ui, text_height);
                false
            } else {
                self.text_ui(ui, text_height)
            };
            self.status_ui(ui, context, problem);
            has_focus
        });
        if shown.inner {
            let line = Stroke::new(1.0, palette.accent);
            let radius = CornerRadius::same(theme::RADIUS);
            ui.painter()
                .rect_stroke(shown.response.rect, radius, line, egui::StrokeKind::Inside);
        }
    }

    fn text_ui(&mut self, ui: &mut Ui, height: f32) -> bool {
        let kind = self.draft.kind;
        let scroll = ScrollArea::vertical()
            .id_salt("payload editor")
            .max_height(height)
            .min_scrolled_height(height);
        scroll
            .auto_shrink(false)
            .show(ui, |ui| {
                let hint = RichText::new(hint(kind)).font(theme::mono_large());
                let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
                    let mut job = layout(ui, text.as_str(), kind);
                    job.wrap.max_width = width;
                    ui.fonts_mut(|fonts| fonts.layout_job(job))
                };
                let edit = TextEdit::multiline(&mut self.draft.payload)
                    .font(theme::mono_large())
                    .hint_text(hint)
                    .frame(Frame::NONE)
                    .margin(Margin::ZERO)
                    .desired_width(ui.available_width())
                    .min_size(vec2(0.0, height - 2.0))
                    .layouter(&mut layouter);
                let response = ui.add(edit);
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_label("Payload to publish");
                });
                response.has_focus()
            })
            .inner
    }

    fn file_ui(&mut self, ui: &mut Ui, height: f32) {
        if let Some(path) = self.choice.chosen() {
            self.draft.payload = path.to_string_lossy().into_owned();
        }
        let area = vec2(ui.available_width() - 6.0, height);
        ui.allocate_ui_with_layout(area, Layout::top_down(Align::Min), |ui| {
            ui.set_min_size(area);
            muted(ui, "The bytes of this file are sent as they are");
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let width = ui.available_width() - theme::CONTROL_HEIGHT - theme::SPACE[1];
                let edit = TextEdit::singleline(&mut self.draft.payload)
                    .hint_text("Path of the file")
                    .font(theme::mono());
                field(ui, edit, "Path of the file to publish", width);
                if icon_button(ui, icons::FOLDER, "Choose a file", Look::Plain).clicked() {
                    self.choice.open(ui.ctx(), "Choose the file to publish");
                }
            });
        });
    }

    /// What the payload is, at the left; what became of the last message, at the right.
    fn status_ui(&mut self, ui: &mut Ui, context: &Context<'_>, problem: Option<&str>) {
        let size = vec2(ui.available_width() - 6.0, STATUS_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(size);
            ui.spacing_mut().item_spacing.x = 5.0;
            let (verdict, text) = self.verdict(ui, context, problem);
            let palette = Palette::of(ui);
            let (icon, color) = match verdict {
                Verdict::Good => (icons::CHECK_CIRCLE, palette.accent),
                Verdict::Doubtful => (icons::WARNING, palette.amber),
                Verdict::Bad => (icons::WARNING_CIRCLE, palette.red),
            };
            let ink = if verdict == Verdict::Good {
                palette.muted
            } else {
                color
            };
            icon_mark(ui, icon, theme::icon(14.0), color);
            let result = self.sender.result(context);
            let room = ui.available_width();
            // a mistake is said whole, if need be at the cost of what became of the last message
            let share = if verdict == Verdict::Bad { 0.2 } else { 0.5 };
            let kept = result.as_ref().map_or(0.0, |result| {
                let whole = galley(ui, &result.text, theme::label(), ink).size().x;
                whole.min(room * share) + 12.0
            });
            let checked = galley_within(ui, &text, theme::label(), ink, room - kept);
            ui.add(egui::Label::new(checked)).on_hover_text(text);
            if let Some(result) = result {
                result_ui(ui, &result);
            }
        });
    }

    /// What to say of the draft. That there is no topic yet is no mistake: only the button says so.
    fn verdict(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        problem: Option<&str>,
    ) -> (Verdict, String) {
        if let Some(problem) = problem.filter(|_| !self.draft.topic.is_empty()) {
            return (Verdict::Bad, problem.to_owned());
        }
        if self.draft.kind == PayloadKind::File {
            return match self.sender.files.size(ui.ctx(), &self.draft.payload) {
                Some(Ok(size)) => (Verdict::Good, format::format_bytes(*size)),
                Some(Err(error)) => (Verdict::Doubtful, error.clone()),
                None => (Verdict::Good, String::new()),
            };
        }
        let check = self
            .checker
            .check(self.draft.kind, &self.draft.payload, context.now);
        (check.verdict, check.text.clone())
    }

    fn bottom_row(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        columns: &Columns,
        problem: Option<&str>,
    ) {
        let names_keys = columns.saved.is_some();
        let copy_in_popup =
            ui.available_width() < COPY_IN_POPUP_BELOW && columns.properties.is_none();
        ui.horizontal(|ui| {
            let options = [
                (PayloadKind::Json, "JSON"),
                (PayloadKind::Text, "Text"),
                (PayloadKind::Hex, "Hex"),
                (PayloadKind::File, "File"),
            ];
            let before = self.draft.kind;
            segmented(ui, "Payload as", &mut self.draft.kind, &options);
            if (before == PayloadKind::File) != (self.draft.kind == PayloadKind::File) {
                std::mem::swap(&mut self.draft.payload, &mut self.other_payload);
            }
            if columns.saved.is_none() {
                self.saved_popup(ui, context);
            }
            if columns.properties.is_none() {
                self.options_popup(ui, context, copy_in_popup, problem);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let obstacle = not_now(context).or(problem);
                self.publish_button(ui, context, names_keys, obstacle);
                if copy_in_popup {
                    return;
                }
                let copy = if ui.available_width() > 130.0 {
                    button(ui, Some(icons::TERMINAL), "Copy command", Look::Quiet)
                } else {
                    icon_button(ui, icons::TERMINAL, "Copy command", Look::Plain)
                };
                if copy.clicked() {
                    self.copy_command(context);
                }
            });
        });
    }

    fn saved_popup(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let open = icon_button(ui, icons::SAVE, "Saved publishes", Look::Plain);
        let popup = Popup::from_toggle_button_response(&open)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(200.0);
            ui.set_height(220.0);
            if let Some(draft) = self.saved.ui(ui, context, &self.draft) {
                self.load(draft);
            }
        });
    }

    fn options_popup(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        with_copy: bool,
        problem: Option<&str>,
    ) {
        let count = property_count(&self.draft.properties);
        let label = if count == 0 {
            "Properties and repeat".to_owned()
        } else {
            format!("Properties ({count}) and repeat")
        };
        let open = icon_button(ui, icons::SLIDERS, &label, Look::Plain);
        let popup = Popup::from_toggle_button_response(&open)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(240.0);
            self.options_ui(ui, context, 260.0, problem);
            if with_copy && button(ui, Some(icons::TERMINAL), "Copy command", Look::Plain).clicked()
            {
                self.copy_command(context);
            }
        });
    }

    fn publish_button(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        names_keys: bool,
        obstacle: Option<&str>,
    ) {
        ui.add_enabled_ui(obstacle.is_none(), |ui| {
            let response = if names_keys {
                button_with_key(ui, icons::SEND, "Publish", "Ctrl ⏎")
            } else {
                button(ui, Some(icons::SEND), "Publish", Look::Primary)
            };
            let response = match obstacle {
                Some(obstacle) => response.on_disabled_hover_text(obstacle),
                None => response,
            };
            if response.clicked() {
                self.publish_now(context);
            }
        });
    }

    fn copy_command(&self, context: &Context<'_>) {
        let Some(session) = context.session else {
            return;
        };
        let values = values(context.now, context.zone, 1);
        let bytes = match payload(self.draft.kind, &self.draft.payload, &values) {
            Ok(bytes) => bytes,
            Err(error) => return context.toast(Level::Warning, error.to_string()),
        };
        match session.profile.publish_command(&self.draft, &bytes) {
            Ok(command) => context.copy(command, "Command"),
            Err(error) => context.toast(Level::Warning, error.to_string()),
        }
    }
}

fn hint(kind: PayloadKind) -> &'static str {
    match kind {
        PayloadKind::Json => "{ \"led\": \"on\", \"seq\": {{seq}} }",
        PayloadKind::Hex => "48 65 6c 6c 6f",
        PayloadKind::Text | PayloadKind::File => {
            "Text; {{now}} {{seq}} {{random}} {{uuid}} are filled in"
        }
    }
}

fn result_ui(ui: &mut Ui, result: &super::result::ResultLine) {
    let palette = Palette::of(ui);
    let color = match result.outcome {
        Outcome::Waiting => palette.muted,
        Outcome::Done => palette.accent,
        Outcome::Notable => palette.amber,
        Outcome::Failed => palette.red,
    };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let text = RichText::new(&result.text)
            .font(theme::label())
            .color(color);
        let label = ui.add(egui::Label::new(text).truncate());
        label.on_hover_text(result.more.as_deref().unwrap_or(&result.text));
    });
}

/// Colours the text of the editor: JSON by its pieces, placeholders everywhere.
fn layout(ui: &Ui, text: &str, kind: PayloadKind) -> LayoutJob {
    let palette = Palette::of(ui);
    let mut job = LayoutJob::default();
    let mut add = |range: Range<usize>, color: Color32| {
        let piece = text.get(range).unwrap_or_default();
        job.append(piece, 0.0, TextFormat::simple(theme::mono_large(), color));
    };
    if text.len() > COLOURED_BYTES {
        add(0..text.len(), palette.text);
        return job;
    }
    let mut pieces = match kind {
        PayloadKind::Json => json::highlight(text),
        PayloadKind::Text | PayloadKind::Hex | PayloadKind::File => Vec::new(),
    };
    if pieces.is_empty() {
        pieces.push((0..text.len(), json::TokenKind::Punctuation));
    }
    let marked = placeholders(text);
    for (range, kind) in pieces {
        let color = palette.json(kind);
        let mut from = range.start;
        for mark in marked
            .iter()
            .filter(|mark| mark.start < range.end && mark.end > range.start)
        {
            let (start, end) = (mark.start.max(from), mark.end.min(range.end));
            add(from..start, color);
            add(start..end, palette.violet);
            from = end;
        }
        add(from..range.end, color);
    }
    job
}
