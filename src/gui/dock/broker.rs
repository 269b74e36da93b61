//! The broker inside: where it listens, sums, connected clients.

use std::net::SocketAddr;

use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Stroke, Ui, vec2};

use crate::broker::{ClientInfo, Stats};
use crate::payload::format;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button, muted, switch};
use super::broker_table::table_ui;

/// Below this width the sums are one line of text instead of tiles.
const TILES_WIDTH: f32 = 640.0;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct BrokerPanel {}

/// What the panel shows of a running broker.
pub struct Shown<'a> {
    /// Connected clients.
    pub clients: &'a [ClientInfo],
    /// Sums.
    pub stats: &'a Stats,
    /// The client id of this window's own connection.
    pub own_id: Option<&'a str>,
}

impl BrokerPanel {
    /// Draws it.
    #[expect(
        clippy::unused_self,
        reason = "views have the same shape; this one has nothing to remember"
    )]
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if context.broker.running.is_none() {
            off_ui(ui, context);
            return;
        }
        let shown = Shown {
            clients: &context.broker.clients,
            stats: &context.broker.stats,
            own_id: context.session.map(|session| session.live.client_id()),
        };
        running_ui(ui, context, &shown);
    }
}

/// Sums and clients of a running broker.
pub fn running_ui(ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
    if ui.available_width() >= TILES_WIDTH {
        tiles_ui(ui, shown.stats);
    } else {
        line_ui(ui, shown.stats);
    }
    if shown.clients.is_empty() {
        muted(
            ui,
            "No client is connected. Any MQTT client on this machine can connect to the address above.",
        );
        return;
    }
    table_ui(ui, context, shown);
}

/// On the right of the strip, from right to left: switch, configure, demo, address.
pub fn controls_ui(ui: &mut Ui, context: &Context<'_>) {
    let address = context.broker.address();
    let is_wide = ui.available_width() > 420.0;
    ui.add_enabled_ui(!context.broker.is_changing, |ui| {
        let mut is_on = address.is_some();
        if switch(ui, &mut is_on, "Broker on this machine").changed() {
            context.ask(if is_on {
                Action::StartBroker
            } else {
                Action::StopBroker
            });
        }
    });
    let is_configured = if is_wide {
        button(ui, Some(icons::SLIDERS), "Configure", Look::Plain).clicked()
    } else {
        icon_button(ui, icons::SLIDERS, "Configure the broker", Look::Plain).clicked()
    };
    if is_configured {
        context.ask(Action::OpenBrokerSettings);
    }
    let Some(address) = address else { return };
    demo_ui(ui, context, is_wide);
    address_ui(ui, context, address);
}

fn demo_ui(ui: &mut Ui, context: &Context<'_>, is_wide: bool) {
    let is_running = context.broker.demo.is_some();
    let (icon, text, action) = if is_running {
        (icons::STOP, "Stop demo", Action::StopDemo)
    } else {
        (icons::PLAY, "Start demo", Action::StartDemo)
    };
    ui.add_enabled_ui(!context.broker.is_changing, |ui| {
        let is_clicked = if is_wide {
            button(ui, Some(icon), text, Look::Plain).clicked()
        } else {
            icon_button(ui, icon, text, Look::Plain).clicked()
        };
        if is_clicked {
            context.ask(action);
        }
    });
}

fn address_ui(ui: &mut Ui, context: &Context<'_>, address: SocketAddr) {
    if ui.available_width() < 160.0 {
        return;
    }
    if icon_button(ui, icons::COPY, "Copy the broker's address", Look::Quiet).clicked() {
        context.copy(format!("mqtt://{address}"), "Address");
    }
    let text = RichText::new(format!("TCP {address}"))
        .font(theme::mono())
        .color(Palette::of(ui).muted);
    ui.add(Label::new(text).truncate().selectable(true));
}

fn off_ui(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    let settings = &context.settings.broker;
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space(((ui.available_height() - 120.0) / 2.0).max(0.0));
        let title = if context.broker.is_changing {
            "One moment…"
        } else {
            "The broker on this machine is off"
        };
        ui.label(
            RichText::new(title)
                .font(theme::title(15.0))
                .color(palette.text),
        );
        let address = SocketAddr::new(settings.address, settings.port);
        muted(
            ui,
            &format!("One switch, and clients can connect to mqtt://{address}"),
        );
        ui.add_space(theme::SPACE[0]);
        let row = vec2(ui.available_width().min(308.0), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            if context.broker.is_changing {
                ui.disable();
            }
            if button(ui, Some(icons::BROADCAST), "Start broker", Look::Primary).clicked() {
                context.ask(Action::StartBroker);
            }
            if button(ui, Some(icons::PLAY), "Start broker and demo", Look::Plain).clicked() {
                context.ask(Action::StartDemo);
            }
        });
    });
}

/// Title, value and unit of each sum.
fn sums(stats: &Stats) -> [(&'static str, String, &'static str); 6] {
    let count = |count: usize| format::thousands(count as u64);
    let rate = |rate: f32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is finite and above zero"
        )]
        let whole = rate.round().max(0.0) as u64;
        if rate > 0.0 && rate < 10.0 {
            format!("{rate:.1}")
        } else {
            format::thousands(whole)
        }
    };
    [
        ("Clients", count(stats.clients), "connected"),
        ("Subscriptions", count(stats.subscriptions), ""),
        ("Retained", count(stats.retained), "messages"),
        ("In", rate(stats.rate_in), "msg/s"),
        ("Out", rate(stats.rate_out), "msg/s"),
        ("Sessions", count(stats.offline_sessions), "offline"),
    ]
}

fn tiles_ui(ui: &mut Ui, stats: &Stats) {
    let palette = Palette::of(ui);
    let width = ((ui.available_width() - 5.0 * theme::SPACE[1]) / 6.0).floor();
    ui.horizontal(|ui| {
        for (title, value, unit) in sums(stats) {
            let frame = Frame::new()
                .fill(palette.background)
                .stroke(Stroke::new(1.0, palette.line))
                .corner_radius(CornerRadius::same(8))
                .inner_margin(Margin::symmetric(12, 7));
            let tile = frame.show(ui, |ui| {
                ui.set_width(width - 26.0);
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.vertical(|ui| tile_ui(ui, title, &value, unit));
            });
            let totals = match title {
                "In" => format!(
                    "{} messages since the start",
                    format::thousands(stats.messages_in)
                ),
                "Out" => format!(
                    "{} messages since the start",
                    format::thousands(stats.messages_out)
                ),
                _ => continue,
            };
            tile.response.on_hover_text(totals);
        }
    });
}

fn tile_ui(ui: &mut Ui, title: &str, value: &str, unit: &str) {
    let palette = Palette::of(ui);
    muted(ui, title);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.label(
            RichText::new(value)
                .font(theme::title(16.0))
                .color(palette.text),
        );
        let unit = RichText::new(unit)
            .font(theme::label())
            .color(palette.muted);
        ui.add(Label::new(unit).truncate());
    });
}

/// The sums where tiles have no room.
fn line_ui(ui: &mut Ui, stats: &Stats) {
    let part = |(title, value, unit): (&str, String, &str)| match title {
        "Subscriptions" => format!("{value} subscriptions"),
        "Retained" => format!("{value} retained"),
        "Clients" => format!("{value} clients"),
        "Sessions" => format!("{value} sessions offline"),
        _ => format!("{} {value} {unit}", title.to_lowercase()),
    };
    let text = sums(stats).map(part).join(" · ");
    let text = RichText::new(text)
        .font(theme::label())
        .color(Palette::of(ui).muted);
    ui.add(Label::new(text).wrap());
}
