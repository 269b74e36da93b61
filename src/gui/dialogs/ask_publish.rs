//! Asks before something is published on a connection that wants it, as one to a production system does.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use crate::client::{Outgoing, PublishId};
use crate::mqtt::Qos;
use crate::payload::format;
use crate::profile::{Profile, ProfileColor};

use super::super::action::Action;
use super::super::connections::display_name;
use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, kept_label, labelled, muted, switch};
use super::super::words::counted;
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// Width of the names of what is shown.
const LABEL_WIDTH: f32 = 70.0;

/// What is to be published.
#[derive(Debug, Clone)]
pub enum PublishWhat {
    /// One message.
    Message(PublishId, Box<Outgoing>),
    /// The same message again and again.
    Repetition {
        /// Milliseconds between two messages.
        every_ms: u32,
        /// How many; `None` until stopped.
        count: Option<u32>,
    },
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct PublishQuestion {
    /// What is to be published.
    pub what: PublishWhat,
    name: String,
    color: Option<ProfileColor>,
    topic: String,
    qos: Qos,
    retain: bool,
    size: usize,
}

impl PublishQuestion {
    /// Whether `what` is to be published with `profile`; `message` is it, or its first one.
    pub fn new(profile: &Profile, what: PublishWhat, message: &Outgoing) -> Self {
        Self {
            what,
            name: display_name(profile),
            color: profile.color,
            topic: message.topic.to_string(),
            qos: message.qos,
            retain: message.retain,
            size: message.payload.len(),
        }
    }
}

/// UI state of the dialog.
#[derive(Debug)]
pub struct AskPublishDialog {
    question: PublishQuestion,
    is_last: bool,
    is_fresh: bool,
}

impl AskPublishDialog {
    /// Asks this.
    pub fn new(question: PublishQuestion) -> Self {
        Self {
            question,
            is_last: false,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let question = &self.question;
        heading_ui(ui, &format!("Publish to “{}”?", question.name), 480.0);
        text_ui(
            ui,
            "This connection is marked to ask before anything is published by hand.",
        );
        message_ui(ui, question);
        ui.horizontal(|ui| {
            switch(ui, &mut self.is_last, "Do not ask again until I disconnect");
            muted(ui, "Do not ask again until I disconnect");
        });
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: "Publish",
                look: Look::Danger,
                obstacle: None,
            },
        );
        // what cannot be taken back is not one careless Enter away
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed {
            context.ask(Action::PublishAsked(
                self.question.what.clone(),
                self.is_last,
            ));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }
}

/// Topic, QoS, retain and size, beside a strip in the colour of the connection.
fn message_ui(ui: &mut Ui, question: &PublishQuestion) {
    let palette = Palette::of(ui);
    let color = question.color.map(|it| theme::profile_color(it, palette));
    let shown = Frame::new()
        .fill(palette.background)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin {
            left: 16,
            right: 12,
            top: 8,
            bottom: 8,
        })
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut row = |name: &str, value: &str| {
                labelled(ui, name, LABEL_WIDTH, |ui| {
                    kept_label(ui, value, theme::mono(), palette.text);
                });
            };
            row("Topic", &question.topic);
            row("QoS", &question.qos.to_string());
            let retained = if question.retain {
                "yes, the broker keeps it"
            } else {
                "no"
            };
            row("Retain", retained);
            row("Payload", &format::format_bytes(question.size as u64));
            if let PublishWhat::Repetition { every_ms, count } = &question.what {
                let every = format::thousands(u64::from(*every_ms));
                let text = match count {
                    Some(count) => {
                        let messages = counted(u64::from(*count), "message", "messages");
                        format!("{messages}, one every {every} ms")
                    }
                    None => format!("one message every {every} ms until stopped"),
                };
                row("Repeat", &text);
            }
        });
    let mut strip = shown.response.rect;
    strip.max.x = strip.left() + 4.0;
    let color = color.unwrap_or(palette.red);
    ui.painter()
        .rect_filled(strip, CornerRadius::same(2), color);
}
