//! Short messages over the window, each with an optional thing to do; errors stay until they are closed.

use std::time::Duration;

use egui::{Align2, Area, CornerRadius, Frame, Id, Margin, Order, Stroke, Ui, vec2};

use crate::mqtt::Timestamp;

use super::action::{Action, Level};
use super::context::Context;
use super::icons;
use super::theme::{self, Palette};
use super::widgets::{Look, button, icon_button, icon_mark};

/// Toasts shown at once; older ones give way (the log keeps them).
const SHOWN: usize = 4;

/// One message.
struct Toast {
    level: Level,
    text: String,
    until: Option<Timestamp>,
    offer: Option<(&'static str, Action)>,
    /// The connection and the filters that it refused, for a message about those.
    refused: Option<(String, Vec<String>)>,
}

/// The messages on screen, oldest first.
#[derive(Default)]
pub struct Toasts {
    toasts: Vec<Toast>,
}

impl Toasts {
    /// Shows a message from `now` on, with a button that asks for something.
    pub fn push(
        &mut self,
        level: Level,
        text: String,
        offer: Option<(&'static str, Action)>,
        now: Timestamp,
    ) {
        let lifetime = match level {
            Level::Error => None,
            Level::Warning => Some(Duration::from_secs(12)),
            Level::Info | Level::Success if offer.is_some() => Some(Duration::from_secs(10)),
            Level::Info | Level::Success => Some(Duration::from_secs(4)),
        };
        self.toasts.retain(|toast| toast.text != text);
        let until = lifetime.map(|lifetime| now.plus(lifetime));
        self.toasts.push(Toast {
            level,
            text,
            until,
            offer,
            refused: None,
        });
        let surplus = self.toasts.len().saturating_sub(SHOWN);
        self.toasts.drain(..surplus);
    }

    /// Shows that `broker`, as `text` says, refused `filter`. Several refusals of one connection share a message.
    pub fn push_refused(&mut self, broker: &str, filter: &str, text: String, now: Timestamp) {
        let of_it = |toast: &Toast| {
            let refused = toast.refused.as_ref().filter(|(name, _)| name == broker);
            refused.map(|(_, filters)| filters.clone())
        };
        let mut filters = self.toasts.iter().find_map(of_it).unwrap_or_default();
        self.toasts.retain(|toast| of_it(toast).is_none());
        if !filters.iter().any(|known| known == filter) {
            filters.push(filter.to_owned());
        }
        let text = match filters.len() {
            0 | 1 => text,
            count => format!(
                "{broker}: {count} subscriptions were refused. Click a red chip to see why and what to ask for instead."
            ),
        };
        self.push(Level::Warning, text, None, now);
        if let Some(toast) = self.toasts.last_mut() {
            toast.refused = Some((broker.to_owned(), filters));
        }
    }

    /// Closes the newest message; says whether there was one.
    pub fn close_newest(&mut self) -> bool {
        self.toasts.pop().is_some()
    }

    /// When the next message disappears by itself.
    pub fn next_change(&self, now: Timestamp) -> Option<Duration> {
        let next = self.toasts.iter().filter_map(|toast| toast.until).min()?;
        Some(next.since(now) + Duration::from_millis(10))
    }

    /// Draws the messages at the right, their lower end at `bottom`: what can be pressed is above and below.
    pub fn ui(&mut self, ui: &Ui, context: &Context<'_>, bottom: f32) {
        self.toasts
            .retain(|toast| toast.until.is_none_or(|until| until > context.now));
        if self.toasts.is_empty() {
            return;
        }
        let above = ui.ctx().content_rect().bottom() - bottom;
        let mut closed = None;
        Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -above - 12.0))
            .show(ui.ctx(), |ui| {
                for (index, toast) in self.toasts.iter().enumerate() {
                    if toast_ui(ui, context, toast, index) {
                        closed = Some(index);
                    }
                }
            });
        if let Some(index) = closed {
            self.toasts.remove(index);
        }
    }
}

/// Draws one message; says whether it is to be closed.
fn toast_ui(ui: &mut Ui, context: &Context<'_>, toast: &Toast, index: usize) -> bool {
    let palette = Palette::of(ui);
    let (icon, color) = look(palette, toast.level);
    let mut is_closed = false;
    Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.tint(color, 0.5)))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(12, 10))
        .shadow(ui.visuals().popup_shadow)
        .show(ui, |ui| {
            ui.push_id(("toast", index), |ui| {
                ui.horizontal_top(|ui| {
                    icon_mark(ui, icon, theme::icon(16.0), color);
                    ui.vertical(|ui| {
                        ui.set_width(330.0);
                        ui.add(egui::Label::new(&toast.text).selectable(true).wrap());
                        if let Some((label, action)) = &toast.offer
                            && button(ui, None, label, Look::Plain).clicked()
                        {
                            context.ask(action.clone());
                            is_closed = true;
                        }
                    });
                    is_closed |= icon_button(ui, icons::X, "Close message", Look::Quiet).clicked();
                });
            });
        });
    is_closed
}

/// Icon and colour of a level, here and in the log.
pub fn look(palette: &Palette, level: Level) -> (&'static str, egui::Color32) {
    match level {
        Level::Info => (icons::INFO, palette.blue),
        Level::Success => (icons::CHECK_CIRCLE, palette.accent),
        Level::Warning => (icons::WARNING, palette.amber),
        Level::Error => (icons::WARNING_CIRCLE, palette.red),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::NOW;
    use super::*;

    #[test]
    fn several_refused_filters_are_one_message() {
        let mut toasts = Toasts::default();
        let texts = |toasts: &Toasts| -> Vec<String> {
            toasts.toasts.iter().map(|it| it.text.clone()).collect()
        };
        toasts.push_refused("Shop", "#", "The broker refused #.".to_owned(), NOW);
        assert_eq!(texts(&toasts), ["The broker refused #."]);
        for filter in ["a/#", "b/#", "a/#"] {
            toasts.push_refused("Shop", filter, format!("The broker refused {filter}."), NOW);
        }
        toasts.push_refused("Plant", "c", "The broker refused c.".to_owned(), NOW);
        let texts = texts(&toasts);
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(
            texts[0].starts_with("Shop: 3 subscriptions were refused."),
            "{texts:?}"
        );
        assert_eq!(texts[1], "The broker refused c.");
    }
}
