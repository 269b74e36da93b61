//! Makes a connection of a pasted `mosquitto_pub` or `mosquitto_sub` line, and shows what was understood while it is
//! typed.

use egui::{CornerRadius, Frame, Margin, ScrollArea, Stroke, TextEdit, Ui, vec2};

use crate::payload::format;
use crate::profile::{FromCommand, FromCommandError, PayloadKind, Secret, from_command};

use super::super::action::Action;
use super::super::context::Context;
use super::super::list_action::ListAction;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, kept_label, labelled, muted, switch};
use super::frame::{
    Buttons, Outcome, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};
use super::import::{boxed, warnings_ui};

/// Width of the names of what was understood.
const LABEL_WIDTH: f32 = 96.0;
/// Height of the field.
const FIELD_HEIGHT: f32 = 84.0;

/// UI state of the dialog.
#[derive(Debug)]
pub struct NewFromCommandDialog {
    /// The line as typed: it may hold a password.
    line: Secret,
    /// What the line amounts to; `None` while it is empty.
    read: Option<Result<FromCommand, FromCommandError>>,
    fills_panel: bool,
    is_fresh: bool,
}

impl Default for NewFromCommandDialog {
    fn default() -> Self {
        Self {
            line: Secret::default(),
            read: None,
            fills_panel: true,
            is_fresh: true,
        }
    }
}

impl NewFromCommandDialog {
    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        !self.line.reveal().trim().is_empty()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, "New from command", 620.0);
        text_ui(
            ui,
            &format!(
                "Paste a line that runs mosquitto_pub or mosquitto_sub. Nothing is run. {}",
                context.where_passwords_go()
            ),
        );
        self.line_ui(ui);
        match &self.read {
            Some(Ok(read)) => {
                let height = room_for_contents(ui) - FIELD_HEIGHT - 80.0;
                ScrollArea::vertical()
                    .max_height(height.max(80.0))
                    .show(ui, |ui| read_ui(ui, read));
                if !read.profile.saved_publishes.is_empty() {
                    ui.horizontal(|ui| {
                        let text = "Put the message into the publish panel";
                        switch(ui, &mut self.fills_panel, text);
                        muted(ui, text);
                    });
                }
            }
            Some(Err(err)) => {
                kept_label(ui, &err.to_string(), theme::body(), Palette::of(ui).red);
            }
            None => {}
        }
        let obstacle = match &self.read {
            Some(Ok(_)) => None,
            Some(Err(_)) => Some("The line was not understood"),
            None => Some("Paste a line first"),
        };
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: "Create connection",
                look: Look::Primary,
                obstacle,
            },
        );
        if pressed.is_confirmed
            && let Some(Ok(read)) = self.read.take()
        {
            let action = ListAction::AddFromCommand(Box::new(read), self.fills_panel);
            context.ask(Action::List(action));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    fn line_ui(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        let mut text = self.line.reveal().to_owned();
        let shown = Frame::new()
            .fill(palette.background)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(theme::RADIUS))
            .inner_margin(Margin::symmetric(10, 6))
            .show(ui, |ui| {
                ScrollArea::vertical()
                    .id_salt("line")
                    .max_height(FIELD_HEIGHT)
                    .show(ui, |ui| {
                        let edit = TextEdit::multiline(&mut text)
                            .hint_text("mosquitto_sub -h broker.example -t 'home/#' -u ann -P …")
                            .font(theme::mono())
                            .frame(Frame::NONE)
                            .margin(Margin::ZERO)
                            .desired_width(ui.available_width())
                            .min_size(vec2(0.0, FIELD_HEIGHT));
                        ui.add(edit)
                    })
                    .inner
            });
        let response = shown.inner;
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_label("Command"));
        if response.has_focus() {
            let line = Stroke::new(1.0, palette.accent);
            let radius = CornerRadius::same(theme::RADIUS);
            ui.painter()
                .rect_stroke(shown.response.rect, radius, line, egui::StrokeKind::Inside);
        }
        start_here(&mut self.is_fresh, &response);
        if response.changed() {
            let is_empty = text.trim().is_empty();
            self.read = (!is_empty).then(|| from_command(&text));
            self.line = Secret::new(text);
        }
    }
}

/// What was understood, and what was not.
fn read_ui(ui: &mut Ui, read: &FromCommand) {
    let profile = &read.profile;
    let palette = Palette::of(ui);
    boxed(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut row = |name: &str, value: &str| {
            labelled(ui, name, LABEL_WIDTH, |ui| {
                kept_label(ui, value, theme::mono(), palette.text);
            });
        };
        row("Connects to", &profile.url());
        row("Protocol", &profile.version.to_string());
        if !profile.user_name.is_empty() {
            row("User name", &profile.user_name);
        }
        for (kind, _) in &read.secrets {
            row(capital(kind.name()), "••••••••");
        }
        if !profile.client_id.is_empty() {
            row("Client ID", &profile.client_id);
        }
        if profile.will.enabled {
            row("Last will", &profile.will.topic);
        }
        match profile.saved_publishes.first() {
            Some(saved) => {
                let draft = &saved.draft;
                let retained = if draft.retain { ", retained" } else { "" };
                let text = format!("{} with QoS {}{retained}", draft.topic, draft.qos);
                row("Publishes to", &text);
                let size = format::format_bytes(draft.payload.len() as u64);
                let payload = match draft.kind {
                    PayloadKind::File => format!("the file {}", draft.payload),
                    _ => size,
                };
                row("Payload", &payload);
            }
            None => {
                for subscription in &profile.subscriptions {
                    let (filter, qos) = (&subscription.filter, subscription.qos);
                    row("Subscribes to", &format!("{filter} with QoS {qos}"));
                }
            }
        }
    });
    if !read.warnings.is_empty() {
        ui.add_space(theme::SPACE[1]);
        warnings_ui(ui, &read.warnings);
    }
}

/// The names of secrets as they begin a line.
fn capital(name: &str) -> &str {
    match name {
        "password" => "Password",
        "passphrase of the key" => "Passphrase",
        "password for the proxy" => "Proxy password",
        other => other,
    }
}
