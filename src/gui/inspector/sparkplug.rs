//! What a Sparkplug message says at a glance: whether its edge node and device are there, and its metrics as a table.

mod life;
mod metrics;

use egui::{Align, Label, Layout, RichText, Ui};

use self::life::{Life, Signs};
use self::metrics::MetricTable;
use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::latest::Latest;
use super::super::reading_action::ReadingAction;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, dot, icon_mark, muted, segmented};
use super::super::words::counted;
use crate::model::{Message, MessageId};
use crate::payload::sparkplug::{Kind, Table, Topic, table};
use crate::payload::{Content, Format, decode};

/// What the room below the line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shows {
    /// The metrics as a table.
    #[default]
    Metrics,
    /// The payload like any other.
    Payload,
}

/// What was found out about a message.
#[derive(Debug, Default)]
struct Found {
    /// Of which message, with which births and deaths around.
    of: Option<(MessageId, Signs)>,
    life: Life,
    table: Table,
}

/// UI state of this view.
#[derive(Debug)]
pub struct SparkplugView {
    shows: Shows,
    found: Found,
    /// What was asked for last.
    asked: Option<(MessageId, Signs)>,
    worker: Latest<Found>,
    table: MetricTable,
}

impl Default for SparkplugView {
    fn default() -> Self {
        Self {
            shows: Shows::default(),
            found: Found::default(),
            asked: None,
            worker: Latest::new("sparkplug metrics"),
            table: MetricTable::default(),
        }
    }
}

impl SparkplugView {
    /// Draws the line about edge node and device for a message on a topic of Sparkplug B. Below it come the metrics, unless the
    /// user wants the payload like any other, or in another format: then `is_sparkplug` is false. Says whether they took the
    /// place of the payload; on other topics nothing is drawn.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        (session, topic, message): (&Session, &str, &Message),
        is_sparkplug: bool,
    ) -> bool {
        let Some(parsed) = Topic::parse(topic) else {
            return false;
        };
        self.look(ui, session, topic, message);
        let has_payload = parsed.kind != Kind::State && !message.payload.is_empty();
        let has_table = has_payload && is_sparkplug;
        self.line_ui(ui, context, &parsed, has_table);
        if !has_table || self.shows == Shows::Payload {
            return false;
        }
        self.unnamed_ui(ui, context, &parsed);
        let is_there = self
            .found
            .of
            .as_ref()
            .is_some_and(|(id, _)| *id == message.id);
        if is_there && self.found.table.rows.is_empty() {
            muted(ui, "No metrics in this message");
            return true;
        }
        self.table.ui(ui, context, topic, &self.found.table);
        true
    }

    /// Finds out about another message, or about the same one after a birth or death, on a worker.
    fn look(&mut self, ui: &Ui, session: &Session, topic: &str, message: &Message) {
        if let Some(found) = self.worker.poll() {
            self.found = found;
            self.table.forget();
        }
        let Some(model) = session.live.lock_soon() else {
            ui.ctx().request_repaint_after(super::LOOK_AGAIN);
            return;
        };
        let signs = Signs::look(&model, topic);
        drop(model);
        let of = Some((message.id, signs));
        if self.asked == of {
            return;
        }
        self.asked.clone_from(&of);
        let mut reading = session.reading(topic, message);
        reading.chosen = Some(Format::SparkplugB);
        let payload = message.payload.clone();
        self.worker.start(ui.ctx(), move || {
            let life = of.as_ref().map(|(_, signs)| signs.life());
            let table = match decode(&payload, &reading).content {
                Content::Document(document) => table(&payload, &reading, &document),
                _ => Table::default(),
            };
            Found {
                of,
                life: life.unwrap_or_default(),
                table,
            }
        });
    }

    fn line_ui(&mut self, ui: &mut Ui, context: &Context<'_>, topic: &Topic<'_>, has_table: bool) {
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            if has_table {
                let options = [(Shows::Metrics, "Metrics"), (Shows::Payload, "Payload")];
                segmented(ui, "Sparkplug message as", &mut self.shows, &options);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let palette = Palette::of(ui);
                for (index, state) in self.found.life.words(topic, context).iter().enumerate() {
                    if index > 0 {
                        ui.add_space(theme::SPACE[1]);
                    }
                    dot(ui, state.color(palette));
                    let text = RichText::new(&state.text).font(theme::label());
                    let label = Label::new(text.color(palette.text)).truncate();
                    ui.add(label).on_hover_text(&state.more);
                }
            });
        });
    }

    /// Says so where aliases have no names, and offers to ask for them.
    fn unnamed_ui(&self, ui: &mut Ui, context: &Context<'_>, topic: &Topic<'_>) {
        let unnamed = self.found.table.unnamed as u64;
        if unnamed == 0 {
            return;
        }
        let palette = Palette::of(ui);
        ui.horizontal_wrapped(|ui| {
            icon_mark(ui, icons::WARNING, theme::icon(14.0), palette.amber);
            let metrics = counted(unnamed, "metric has", "metrics have");
            let text = format!("{metrics} only an alias: no birth with the names came before.");
            ui.label(RichText::new(text).font(theme::label()).color(palette.amber));
            let ask = button(ui, Some(icons::SEND), "Ask for rebirth", Look::Plain);
            let tip = "Fills the publish panel with the command that makes the edge node send its births again";
            if ask.on_hover_text(tip).clicked() {
                let topic = topic.sibling(Kind::NCmd);
                context.ask(Action::Reading(ReadingAction::PrepareRebirth(topic)));
            }
        });
    }
}
