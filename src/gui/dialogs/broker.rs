//! Where the broker inside listens, and who may connect. The network needs a user name and a password.

use egui::{CornerRadius, Frame, Label, Margin, RichText, TextEdit, Ui};

use crate::profile::{BrokerSettings, Secret, SecretKind};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, field, icon_mark, is_entered, labelled, muted, number_field, password_field, segmented,
};
use super::address::{Reach, listen_address};
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here};

/// Width of the labels.
const LABEL_WIDTH: f32 = 120.0;

/// UI state of the dialog.
#[derive(Debug)]
pub struct BrokerDialog {
    reach: Reach,
    address: String,
    port: u32,
    user_name: String,
    password: Secret,
    is_revealed: bool,
    /// Whether anything was changed.
    is_touched: bool,
    is_fresh: bool,
}

impl BrokerDialog {
    /// Begins with these settings.
    pub fn new(settings: &BrokerSettings) -> Self {
        let reach = Reach::of(settings.address);
        let address = match reach {
            Reach::Machine => "0.0.0.0".to_owned(),
            Reach::Network => settings.address.to_string(),
        };
        Self {
            reach,
            address,
            port: u32::from(settings.port),
            user_name: settings.user_name.clone(),
            password: Secret::default(),
            is_revealed: false,
            is_touched: false,
            is_fresh: true,
        }
    }

    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        self.is_touched
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, "Broker on this machine", 540.0);
        let shown = |it: &Self| (it.reach, it.address.clone(), it.port, it.user_name.clone());
        let before = shown(self);
        let is_entered = self.fields_ui(ui, context);
        self.is_touched |= before != shown(self) || !self.password.reveal().is_empty();
        if self.reach == Reach::Network {
            warning_ui(ui);
        }
        let checked = self.checked(context);
        if context.broker.running.is_some() {
            muted(
                ui,
                "Saving starts the broker again: connected clients are disconnected once.",
            );
        }
        let obstacle = checked.as_ref().err().copied();
        if let Some(obstacle) = obstacle.filter(|_| self.is_address_right()) {
            note_ui(ui, obstacle, Palette::of(ui).muted);
        }
        let confirm = Buttons {
            confirm: "Save",
            look: Look::Primary,
            obstacle,
        };
        let pressed = buttons_ui(ui, &confirm);
        if let (Ok(settings), true) = (checked, pressed.is_confirmed || is_entered) {
            let password = Some(&self.password).filter(|password| !password.reveal().is_empty());
            context.ask(Action::SaveBroker(settings, password.cloned()));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    /// Draws the fields. Says whether Enter was pressed in one of them.
    fn fields_ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> bool {
        let options = [
            (Reach::Machine, "This machine only (127.0.0.1)"),
            (Reach::Network, "The network"),
        ];
        labelled(ui, "Reached from", LABEL_WIDTH, |ui| {
            segmented(ui, "Reached from", &mut self.reach, &options);
        });
        let mut is_done = false;
        if self.reach == Reach::Network {
            let width = ui.available_width() - LABEL_WIDTH - theme::SPACE[1];
            labelled(ui, "Address", LABEL_WIDTH, |ui| {
                let edit = TextEdit::singleline(&mut self.address)
                    .hint_text("0.0.0.0")
                    .font(theme::mono());
                let response = field(ui, edit, "Address to listen on", width);
                is_done |= is_entered(ui, &response);
            });
            if let Err(err) = listen_address(self.reach, &self.address) {
                note_ui(ui, err, Palette::of(ui).red);
            }
        }
        labelled(ui, "Port", LABEL_WIDTH, |ui| {
            let port = number_field(ui, &mut self.port, 1..=65_535, "Port of the broker", 80.0);
            start_here(&mut self.is_fresh, &port.response);
            is_done |= port.is_entered;
            muted(
                ui,
                if self.port < 1_024 {
                    "may need more rights than a program has"
                } else {
                    "TCP"
                },
            );
        });
        is_done | self.account_ui(ui, context)
    }

    fn account_ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> bool {
        let width = ui.available_width() - LABEL_WIDTH - theme::SPACE[1];
        let hint = match self.reach {
            Reach::Machine => "everyone may connect",
            Reach::Network => "required for the network",
        };
        let mut is_done = false;
        labelled(ui, "User name", LABEL_WIDTH, |ui| {
            let edit = TextEdit::singleline(&mut self.user_name).hint_text(hint);
            let response = field(ui, edit, "User name that clients give", width);
            is_done |= is_entered(ui, &response);
        });
        if self.user_name.is_empty() && self.reach == Reach::Machine {
            return is_done;
        }
        labelled(ui, "Password", LABEL_WIDTH, |ui| {
            let hint = if has_password(context) {
                "kept; type to replace it"
            } else {
                "required"
            };
            let named = ("Password that clients give", width);
            let response = password_field(
                ui,
                &mut self.password,
                &mut self.is_revealed,
                named,
                |edit| edit.hint_text(hint),
            );
            is_done |= is_entered(ui, &response);
        });
        is_done
    }

    /// Whether nothing is said at the address already.
    fn is_address_right(&self) -> bool {
        listen_address(self.reach, &self.address).is_ok()
    }

    /// The settings as they would be kept, or the first thing that is missing.
    fn checked(&self, context: &Context<'_>) -> Result<BrokerSettings, &'static str> {
        let address = listen_address(self.reach, &self.address)?;
        let port =
            u16::try_from(self.port).map_err(|_too_large| "Choose a port from 1 to 65535.")?;
        let user_name = self.user_name.trim().to_owned();
        if self.reach == Reach::Network && user_name.is_empty() {
            return Err("The network needs a user name. Give one that clients have to send.");
        }
        if !user_name.is_empty() && self.password.reveal().is_empty() && !has_password(context) {
            return Err("A user name needs a password. Give one that clients have to send.");
        }
        Ok(BrokerSettings {
            address,
            port,
            user_name,
        })
    }
}

/// Whether a password for clients is kept already.
fn has_password(context: &Context<'_>) -> bool {
    let key = (BrokerSettings::secret_id(), SecretKind::Password);
    context.known_passwords.contains(&key)
}

fn note_ui(ui: &mut Ui, text: &str, color: egui::Color32) {
    ui.horizontal_top(|ui| {
        ui.add_space(LABEL_WIDTH + theme::SPACE[1]);
        let text = RichText::new(text).font(theme::caption()).color(color);
        ui.add(Label::new(text).wrap());
    });
}

fn warning_ui(ui: &mut Ui) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.tint(palette.amber, 0.14))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal_top(|ui| {
                icon_mark(ui, icons::WARNING, theme::icon(16.0), palette.amber);
                let text = "Everybody who can reach this machine can try to connect, and messages travel unencrypted. \
                            Use it only in a network that you trust.";
                ui.add(Label::new(RichText::new(text).color(palette.text)).wrap());
            });
        });
}
