//! The tab with the payload of the message that is shown, and the newest messages below it.

use egui::{Layout, RichText, Ui};

use super::super::chart::STRIP_HEIGHT;
use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button, toggle};
use super::compare::Compare;
use super::history::Chosen;
use super::payload::Subject;
use super::shown::Shown;
use super::{Inspector, InspectorTab};
use crate::gui::words;
use crate::model::Message;
use crate::payload::Format;

/// Room kept for the payload above a small chart.
const LEAST_PAYLOAD: f32 = 4.0 * theme::LINE_HEIGHT;
/// Room kept for the newest messages below a long payload.
const RECENT_HEIGHT: f32 = 5.0 * theme::HISTORY_ROW_HEIGHT;

impl Inspector {
    /// Diff and copy buttons and the formats, from the right.
    pub(super) fn format_controls(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
        message: &Message,
    ) {
        ui.spacing_mut().item_spacing.x = theme::SPACE[1];
        if toggle(ui, "Diff", self.compare.is_on())
            .on_hover_text("What differs from the message before (Ctrl+D)")
            .clicked()
        {
            self.compare.toggle();
        }
        let subject = subject(
            session,
            (shown, self.chosen.as_ref()),
            message,
            &self.compare,
        );
        self.payload.format_controls(ui, context, subject);
        if icon_button(ui, icons::COPY, "Copy payload as shown", Look::Plain).clicked() {
            self.payload.copy_all(ui, context);
        }
    }

    /// Shows the payload with its search open.
    pub fn find(&mut self) {
        self.tab = InspectorTab::Payload;
        self.payload.find();
    }

    /// Compares payloads with the message before, or no longer.
    pub fn toggle_diff(&mut self) {
        self.tab = InspectorTab::Payload;
        self.compare.toggle();
    }

    /// Whether the payload has the keyboard.
    pub fn has_focus(&self, context: &egui::Context) -> bool {
        self.tab == InspectorTab::Payload && self.payload.has_focus(context)
    }

    /// Reads what is to be shown, for the controls above it too.
    pub(super) fn prepare_payload(
        &mut self,
        ui: &Ui,
        session: &Session,
        shown: &Shown,
        message: &Message,
    ) {
        let chosen = self.chosen.as_ref();
        let subject = subject(
            session,
            (shown, self.chosen.as_ref()),
            message,
            &self.compare,
        );
        self.payload
            .prepare(ui, subject, || message_before(session, shown, chosen));
    }

    /// Draws it into the room that is left.
    pub(super) fn payload_tab(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
        message: Option<&Message>,
    ) {
        let Some(message) = message else {
            return self.no_message(ui, shown);
        };
        let path = topic_of(shown, self.chosen.as_ref());
        let read = self.payload.decoded().map(|decoded| &decoded.format);
        let is_sparkplug = read.is_none_or(|format| *format == Format::SparkplugB);
        let has_metrics = self
            .sparkplug
            .ui(ui, context, (session, path, message), is_sparkplug);
        if has_metrics {
            return;
        }
        let area = ui.available_size();
        let subject = subject(
            session,
            (shown, self.chosen.as_ref()),
            message,
            &self.compare,
        );
        let recent = if area.y > 2.0 * RECENT_HEIGHT && shown.recent.len() > 1 {
            RECENT_HEIGHT + 10.0
        } else {
            0.0
        };
        let strip = self.charts.strip_of(subject.topic, &message.payload);
        let strip = strip.filter(|_| area.y - recent > STRIP_HEIGHT + LEAST_PAYLOAD);
        let below = recent + strip.as_ref().map_or(0.0, |_| STRIP_HEIGHT + 10.0);
        let height = self.payload.full_height(ui).min(area.y - below).max(40.0);
        let size = egui::vec2(area.x, height);
        ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            self.payload.ui(ui, context, subject);
        });
        if let Some(compare) = self.payload.take_compare() {
            self.compare = compare;
        }
        if let Some(key) = strip {
            divide(ui);
            self.charts.strip_ui(ui, context, &key);
        }
        if recent > 0.0 {
            divide(ui);
            ui.spacing_mut().item_spacing.y = 0.0;
            let selected = self.chosen.as_ref().map(|chosen| chosen.message.id);
            let choice = self.history.recent_ui(ui, context, shown, selected);
            self.choose(choice);
        }
    }

    fn no_message(&mut self, ui: &mut Ui, shown: &Shown) {
        let palette = Palette::of(ui);
        ui.add_space(12.0);
        let title = RichText::new("No message on this level itself");
        ui.label(title.font(theme::strong()).color(palette.text));
        let topics = words::counted(u64::from(shown.facts.subtree_topics), "topic", "topics");
        let text = format!("It is a branch with {topics} below it.");
        ui.label(
            RichText::new(text)
                .font(theme::label())
                .color(palette.muted),
        );
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if button(ui, None, "Show subtree", Look::Plain).clicked() {
                self.tab = InspectorTab::Subtree;
            }
            if button(ui, None, "Show messages below", Look::Plain).clicked() {
                self.show_below();
            }
        });
    }
}

/// A line between two parts of the tab.
fn divide(ui: &mut Ui) {
    let line = ui.max_rect().x_range().expand(16.0);
    let top = ui.cursor().top() + 2.0;
    ui.painter().hline(line, top, (1.0, Palette::of(ui).line));
    ui.add_space(6.0);
}

fn subject<'a>(
    session: &'a Session,
    (shown, chosen): (&'a Shown, Option<&'a Chosen>),
    message: &'a Message,
    compare: &'a Compare,
) -> Subject<'a> {
    Subject {
        session,
        node: shown.node,
        topic: topic_of(shown, chosen),
        message,
        compare,
    }
}

/// The topic of the message that is shown, which a list of everything below may have led to.
fn topic_of<'a>(shown: &'a Shown, chosen: Option<&'a Chosen>) -> &'a str {
    let other = chosen.and_then(|chosen| chosen.topic.as_deref());
    other.unwrap_or(&shown.facts.path)
}

/// The message before the one that is shown, while it is in the history.
fn message_before(session: &Session, shown: &Shown, chosen: Option<&Chosen>) -> Option<Message> {
    let id = match chosen {
        Some(chosen) => chosen.message.id,
        None => shown.newest.as_ref()?.id,
    };
    if let Some(at) = shown.recent.iter().position(|message| message.id == id)
        && let Some(before) = shown.recent.get(at + 1)
    {
        return Some(before.clone());
    }
    session.live.lock().message_before(id)
}
