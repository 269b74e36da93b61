//! The line at the bottom: connection, counts, rates, history, what was left out, round trip.

use egui::{Align, Layout, RichText, Ui};

use crate::client::State;
use crate::model::Totals;
use crate::payload::format;
use crate::profile::ProfileId;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::session::Session;
use super::theme::{self, Palette};
use super::tree;
use super::widgets::{Look, dot, icon_button};

/// Widths of the window below which something gives way: rates, then the round trip, then what a hover tells too.
const ROOM_FOR_RATES: f32 = 1_000.0;
const ROOM_FOR_ROUND_TRIP: f32 = 900.0;
const ROOM_FOR_DETAILS: f32 = 820.0;

/// A message that is published again and again where nobody looks.
pub struct Repeating {
    /// On which connection.
    pub id: ProfileId,
    /// What that is called.
    pub name: String,
    /// How far it is, such as “3 of 10 sent”.
    pub progress: String,
}

/// Draws the status bar; `repeating` are the repetitions whose panel is not on the screen.
pub fn status_bar_ui(ui: &mut Ui, context: &Context<'_>, repeating: &[Repeating]) {
    ui.spacing_mut().item_spacing.x = 16.0;
    let width = ui.available_width();
    ui.horizontal_centered(|ui| {
        ui.add_space(4.0);
        repeating_ui(ui, context, repeating);
        let Some(session) = context.session else {
            caption(ui, "Ready", Palette::of(ui).muted);
            return;
        };
        let totals = &session.glance.totals;
        state_ui(ui, context, session, width);
        counts_ui(ui, totals, width);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(4.0);
            right_ui(ui, session, totals, width);
        });
    });
}

/// What is repeated elsewhere, with the button that ends it.
fn repeating_ui(ui: &mut Ui, context: &Context<'_>, repeating: &[Repeating]) {
    let text = match repeating {
        [] => return,
        [one] => format!("Repeating on {}: {}", one.name, one.progress),
        many => format!("Repeating on {} connections", many.len()),
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let stop = icon_button(ui, icons::STOP, "Stop repeating", Look::Quiet);
        caption(ui, &text, Palette::of(ui).amber);
        if stop.clicked() {
            for one in repeating {
                context.ask_for(&one.id, Action::StopRepeating);
            }
        }
    });
}

fn caption(ui: &mut Ui, text: &str, color: egui::Color32) -> egui::Response {
    let text = RichText::new(text).font(theme::label()).color(color);
    ui.add(egui::Label::new(text).extend())
}

fn state_ui(ui: &mut Ui, context: &Context<'_>, session: &Session, width: f32) {
    let palette = Palette::of(ui);
    let (color, text) = match session.state() {
        _ if session.reopens => (palette.amber, "Disconnecting, to connect anew…".to_owned()),
        State::Connected { .. } if width < ROOM_FOR_DETAILS => {
            (palette.accent, "Connected".to_owned())
        }
        State::Connected { since, .. } => (
            palette.accent,
            format!(
                "Connected since {}",
                format::clock_seconds(since, context.zone)
            ),
        ),
        State::Connecting { attempt: 1 } => (palette.amber, "Connecting…".to_owned()),
        State::Connecting { attempt } => (palette.amber, format!("Connecting… attempt {attempt}")),
        State::Waiting { next, .. } => {
            let seconds = next.since(context.now).as_secs() + 1;
            (
                palette.red,
                format!("Not connected · next attempt in {seconds} s"),
            )
        }
        State::Ended(Some(_)) => (palette.red, "Not connected".to_owned()),
        State::Ended(None) | State::Idle => (palette.faint, "Disconnected".to_owned()),
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        dot(ui, color);
        let response = caption(ui, &text, palette.text);
        if let State::Connected { since, .. } = session.state() {
            let uptime = format::uptime(context.now.since(since));
            response.on_hover_text(format!(
                "Since {} · for {uptime} · client ID {}",
                format::clock_seconds(since, context.zone),
                session.live.client_id()
            ));
        }
    });
}

fn counts_ui(ui: &mut Ui, totals: &Totals, width: f32) {
    let palette = Palette::of(ui);
    caption(
        ui,
        &counted(u64::from(totals.topics), "topic"),
        palette.muted,
    );
    caption(ui, &counted(totals.messages, "message"), palette.muted);
    if width >= ROOM_FOR_RATES {
        let rate = |arrow: &str, rate: f32| format!("{arrow} {} /s", tree::rate(rate));
        caption(ui, &rate("↓", totals.rate_in), palette.muted)
            .on_hover_text("Messages in per second");
        caption(ui, &rate("↑", totals.rate_out), palette.muted)
            .on_hover_text("Messages out per second");
    }
}

fn right_ui(ui: &mut Ui, session: &Session, totals: &Totals, width: f32) {
    let palette = Palette::of(ui);
    if let Some(ping) = session.ping.filter(|_| width >= ROOM_FOR_ROUND_TRIP) {
        let millis = ping.as_secs_f64() * 1_000.0;
        caption(ui, &format!("keep-alive {millis:.1} ms"), palette.muted)
            .on_hover_text("Round trip of the last PINGREQ and PINGRESP");
    }
    let clearing = session.clears_left();
    if clearing > 0 {
        let text = format!("clearing {} retained", format::thousands(clearing as u64));
        caption(ui, &text, palette.violet);
    }
    let dropped = session.live.undecodable();
    let color = if dropped == 0 {
        palette.muted
    } else {
        palette.red
    };
    caption(ui, &format!("{} dropped", format::thousands(dropped)), color).on_hover_text(
        "Packets that could not be shown because they break a rule of the protocol; the log says which. Canopy \
         drops nothing else: when it cannot keep up, the broker waits.",
    );
    let trimmed = if totals.trimmed > 0 {
        format!(" · {} trimmed", format::thousands(totals.trimmed))
    } else {
        String::new()
    };
    let used = format::format_bytes(totals.history_bytes);
    let budget = format::format_bytes(totals.history_budget);
    let text = if width < ROOM_FOR_DETAILS {
        format!("history {used}{trimmed}")
    } else {
        format!("history {used} of {budget}{trimmed}")
    };
    caption(ui, &text, palette.muted)
        .on_hover_text(format!(
            "The oldest messages are trimmed to stay within {budget}; the last one of each topic is always kept."
        ));
}

/// `1 topic`, `2,314 topics`.
fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", format::thousands(count))
}
