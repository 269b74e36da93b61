//! The numbers of the last message of a topic, to be ticked: what is ticked is drawn.

use std::sync::Arc;

use egui::{Align, Layout, RichText, ScrollArea, Ui};

use super::super::action::Action;
use super::super::chart_action::ChartAction;
use super::super::context::Context;
use super::super::latest::Latest;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::virtual_rows;
use crate::model::{Message, MessageId};
use crate::payload::series::{Offered, numbers};
use crate::payload::{Reading, decode, may_grow};
use crate::profile::{Chart, SeriesKey};

/// Values that are offered of one message.
const MOST: usize = 5_000;
/// Payloads above this many bytes are decoded beside the frame, as are those that may grow.
const DECODED_IN_FRAME: usize = 4 * 1024;

/// What was found in one message.
type Found = (MessageId, Arc<[Offered]>, usize);

/// UI state of the list.
#[derive(Debug)]
pub struct OfferedList {
    topic: String,
    found: Option<Found>,
    worker: Latest<(String, Found)>,
}

impl Default for OfferedList {
    fn default() -> Self {
        Self {
            topic: String::new(),
            found: None,
            worker: Latest::new("numbers of a message"),
        }
    }
}

impl OfferedList {
    /// Looks for the numbers of this message.
    pub fn prepare(&mut self, ui: &Ui, session: &Session, topic: &str, message: Option<&Message>) {
        if self.topic != topic {
            topic.clone_into(&mut self.topic);
            self.found = None;
        }
        if let Some((of, found)) = self.worker.poll()
            && of == topic
        {
            self.found = Some(found);
        }
        let Some(message) = message else {
            self.found = None;
            return;
        };
        if self
            .found
            .as_ref()
            .is_some_and(|(id, ..)| *id == message.id)
            || self.worker.is_busy()
        {
            return;
        }
        let reading = session.reading(topic, message);
        let births = reading.births.iter().map(bytes::Bytes::len);
        let size = message.payload.len() + births.sum::<usize>();
        if size <= DECODED_IN_FRAME && !may_grow(&message.payload, &reading) {
            self.found = Some(look(message, &reading));
        } else {
            let (topic, message) = (topic.to_owned(), message.clone());
            let job = move || (topic, look(&message, &reading));
            self.worker.start(ui.ctx(), job);
        }
    }

    /// The first number, if the message has one.
    pub fn first(&self) -> Option<SeriesKey> {
        let (_, offered, _) = self.found.as_ref()?;
        let first = offered.first()?;
        Some(SeriesKey {
            topic: self.topic.clone(),
            path: first.path.clone(),
        })
    }

    /// Draws the list into the room that is left.
    pub fn ui(&self, ui: &mut Ui, context: &Context<'_>, chart: &Chart) {
        let palette = Palette::of(ui);
        let head = RichText::new("Values of this topic").font(theme::label());
        ui.add(egui::Label::new(head.color(palette.muted)).truncate());
        let Some((_, offered, more)) = &self.found else {
            let text = if self.worker.is_busy() {
                "Reading the last message…"
            } else {
                "No message on this level itself. Click a topic with numbers in the tree."
            };
            note(ui, text);
            return;
        };
        if offered.is_empty() {
            note(
                ui,
                "No numbers in its last message. Click a topic with numbers in the tree.",
            );
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let scroll = ScrollArea::vertical().id_salt("offered");
        virtual_rows(
            ui,
            scroll,
            theme::ROW_HEIGHT,
            offered.len(),
            |ui, rows, place| {
                for row in rows {
                    let Some(value) = offered.get(row) else {
                        continue;
                    };
                    let builder = egui::UiBuilder::new()
                        .max_rect(place.row(row))
                        .id_salt(row)
                        .layout(Layout::left_to_right(Align::Center));
                    ui.scope_builder(builder, |ui| self.row_ui(ui, context, chart, value));
                }
            },
        );
        if *more > 0 {
            let more = crate::payload::format::thousands(*more as u64);
            note(
                ui,
                &format!("{more} more numbers are not listed. Click them in the payload."),
            );
        }
    }

    fn row_ui(&self, ui: &mut Ui, context: &Context<'_>, chart: &Chart, value: &Offered) {
        let key = SeriesKey {
            topic: self.topic.clone(),
            path: value.path.clone(),
        };
        let mut is_on = chart.has(&key);
        let label = key.short_label();
        let spoken = format!("Chart {label}");
        let response = ui.add(egui::Checkbox::without_text(&mut is_on));
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_on, spoken.clone())
        });
        let palette = Palette::of(ui);
        let name = RichText::new(label)
            .font(theme::label())
            .color(palette.text);
        let text = RichText::new(&value.text)
            .font(theme::mono())
            .color(palette.muted);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(10.0);
            ui.add(egui::Label::new(text).truncate());
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(name).truncate());
            });
        });
        if response.changed() {
            context.ask(Action::Chart(if is_on {
                ChartAction::Add {
                    topic: key.topic,
                    path: key.path,
                }
            } else {
                ChartAction::Remove(key)
            }));
        }
    }
}

fn note(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).faint;
    ui.add(egui::Label::new(RichText::new(text).font(theme::label()).color(color)).wrap());
}

fn look(message: &Message, reading: &Reading) -> Found {
    let decoded = decode(&message.payload, reading);
    let (offered, more) = numbers(&decoded, MOST);
    (message.id, offered.into(), more)
}
