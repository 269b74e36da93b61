//! Asks before something is published on a connection that wants it, as one to a production system does.

use egui::Ui;

use crate::client::{Outgoing, PublishId};
use crate::mqtt::Qos;
use crate::payload::format;
use crate::payload::text::visible;
use crate::profile::{Profile, ProfileColor};

use super::super::action::Action;
use super::super::connections::display_name;
use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, kept_label, labelled, muted, switch};
use super::super::words::counted;
use super::frame::{Buttons, Outcome, beside_color, buttons_ui, heading_ui, start_here, text_ui};

/// How much of a payload is shown: bytes that are looked at, lines, and characters of each.
const MOST_BYTES: usize = 2_048;
const MOST_LINES: usize = 6;
const MOST_CHARS: usize = 120;
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
    /// The beginning of the payload.
    payload: String,
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
            payload: beginning(&message.payload),
        }
    }
}

/// The first lines of a payload, with what cannot be seen written out, and “…” for the rest.
fn beginning(payload: &[u8]) -> String {
    let read = payload.get(..MOST_BYTES).unwrap_or(payload);
    let text = visible(read);
    let mut shown: Vec<String> = text
        .lines()
        .take(MOST_LINES)
        .map(|line| elide_end(line, MOST_CHARS))
        .collect();
    let is_whole = read.len() == payload.len() && text.lines().count() <= MOST_LINES;
    if !is_whole {
        shown.push("…".to_owned());
    }
    shown.join("\n")
}

/// The first `most` characters, and “…” for the rest.
fn elide_end(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
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
    beside_color(ui, question.color, |ui| {
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
        let size = format::format_bytes(question.size as u64);
        match (question.size, question.retain) {
            (0, true) => row("Payload", "empty: the broker forgets what it keeps"),
            (0, false) => row("Payload", "empty"),
            _ => row("Payload", &size),
        }
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
        if !question.payload.is_empty() {
            ui.add_space(theme::SPACE[0]);
            kept_label(ui, &question.payload, theme::mono(), palette.text);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_payload_is_bounded_and_hides_nothing() {
        assert_eq!(beginning(b"on\x1b[2J"), "on\\x1b[2J");
        assert_eq!(beginning(b"1\n2"), "1\n2");
        let long = "x".repeat(10_000);
        assert_eq!(beginning(long.as_bytes()).chars().count(), MOST_CHARS + 3);
        let lines = "a\n".repeat(100);
        assert_eq!(beginning(lines.as_bytes()).lines().count(), MOST_LINES + 1);
        assert!(beginning("é".repeat(2_000).as_bytes()).ends_with("…"));
    }
}
