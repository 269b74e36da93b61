//! The bar at the top: connection switcher, connect and disconnect, filter, the broker's switch, theme, settings.

use egui::{Align, CornerRadius, Frame, Layout, Margin, Popup, RichText, Sense, Stroke, Ui, vec2};

use crate::client::State;
use crate::profile::{Profile, Settings, Theme};

use super::action::{Action, TabAction};
use super::connections::{display_name, in_list_order};
use super::context::Context;
use super::filter_box::FilterBox;
use super::icons;
use super::session::Session;
use super::theme::{self, Palette};
use super::widgets::{Look, badge, button, dot, galley, icon_button, icon_mark, muted, switch};

/// Widths of the window below which something gives way: the address, the version, then words that an icon can stand for.
const ROOM_FOR_ADDRESS: f32 = 1_200.0;
const ROOM_FOR_VERSION: f32 = 980.0;
const ROOM_FOR_WORDS: f32 = 900.0;
/// Characters of a connection's name, and of one in a narrow window.
const NAME_LENGTH: usize = 28;
const SHORT_NAME_LENGTH: usize = 18;

/// Draws the bar. With `filter` the tree is shown.
pub fn top_bar_ui(ui: &mut Ui, context: &Context<'_>, filter: Option<&mut FilterBox>) {
    let width = ui.available_width();
    ui.horizontal_centered(|ui| {
        logo_ui(ui, context);
        switcher_ui(ui, context, width);
        // over the list of connections only what concerns the profile that is shown there
        let shown = context.session.map(|session| &session.profile.id);
        if filter.is_some() || shown == context.selected_profile {
            connect_ui(ui, context, width);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::GEAR, "Settings (Ctrl+,)", Look::Plain).clicked() {
                context.ask(Action::OpenSettings);
            }
            theme_ui(ui, context);
            broker_ui(ui, context, width);
            if let Some(filter) = filter {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    filter.ui(ui, context);
                });
            }
        });
    });
}

/// Draws the bar of a window that shows one connection only.
pub fn window_bar_ui(ui: &mut Ui, context: &Context<'_>, filter: &mut FilterBox) {
    let Some(session) = context.session else {
        return;
    };
    let width = ui.available_width();
    ui.horizontal_centered(|ui| {
        name_ui(ui, session, width);
        connect_ui(ui, context, width);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = "Move to the main window";
            let back = if width < ROOM_FOR_VERSION {
                icon_button(ui, icons::COLLAPSE, label, Look::Plain)
            } else {
                button(ui, Some(icons::COLLAPSE), label, Look::Plain)
            };
            if back.clicked() {
                context.ask(Action::Tab(TabAction::Attach(session.profile.id.clone())));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                filter.ui(ui, context);
            });
        });
    });
}

fn logo_ui(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
    let fill = palette.tint(palette.accent, 0.3);
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let align = egui::Align2::CENTER_CENTER;
    ui.painter().text(
        rect.center(),
        align,
        icons::TREE,
        theme::icon_fill(16.0),
        palette.accent,
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Commands"));
    if response.on_hover_text("Commands (Ctrl+K)").clicked() {
        context.ask(Action::OpenPalette);
    }
}

/// Colour of the dot for a state.
pub fn state_color(palette: &Palette, state: &State) -> egui::Color32 {
    match state {
        State::Connected { .. } => palette.accent,
        State::Connecting { .. } => palette.amber,
        State::Waiting { .. } | State::Ended(Some(_)) => palette.red,
        State::Idle | State::Ended(None) => palette.faint,
    }
}

fn switcher_ui(ui: &mut Ui, context: &Context<'_>, window_width: f32) {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(10, 0));
    let shown = frame.show(ui, |ui| {
        ui.set_height(theme::CONTROL_HEIGHT);
        ui.spacing_mut().item_spacing.x = 7.0;
        match context.session {
            Some(session) => name_ui(ui, session, window_width),
            None => {
                dot(ui, palette.faint);
                ui.label(RichText::new("Not connected").font(theme::strong()));
            }
        }
        icon_mark(ui, icons::CARET_DOWN, theme::icon(12.0), palette.muted);
    });
    let id = ui.scope_id().with("connection switcher");
    let response = ui.interact(shown.response.rect, id, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Connections"));
    if response.hovered() || response.has_focus() {
        let line = Stroke::new(
            1.0,
            if response.has_focus() {
                palette.accent
            } else {
                palette.faint
            },
        );
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter()
            .rect_stroke(response.rect, radius, line, egui::StrokeKind::Inside);
    }
    Popup::menu(&response).show(|ui| switcher_menu_ui(ui, context));
}

/// The colour of the profile, as a strip before its state.
fn color_strip(ui: &mut Ui, color: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(4.0, 16.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(2), color);
}

/// Says that nothing is published here without a question, in the colour of the profile.
fn asks_badge_ui(ui: &mut Ui, profile: &Profile, window_width: f32) {
    let palette = Palette::of(ui);
    let color = profile.color.map(|it| theme::profile_color(it, palette));
    let text = if window_width > ROOM_FOR_VERSION {
        "asks before publishing"
    } else {
        "asks"
    };
    badge(ui, None, text, color.unwrap_or(palette.red))
        .on_hover_text("Each publish by hand is asked about first, as this connection says");
}

/// Colour, state, name, address and version of a connection, as far as there is room.
fn name_ui(ui: &mut Ui, session: &Session, window_width: f32) {
    let palette = Palette::of(ui);
    let color = session.profile.color;
    if let Some(color) = color.map(|it| theme::profile_color(it, palette)) {
        color_strip(ui, color);
    }
    dot(ui, state_color(palette, &session.state()));
    let most = if window_width < ROOM_FOR_WORDS {
        SHORT_NAME_LENGTH
    } else {
        NAME_LENGTH
    };
    let name = shortened(&session.profile.name, most);
    ui.label(RichText::new(name).font(theme::strong()));
    let left_out = session.profile.tls.verify.left_out();
    if let Some(what) = left_out.filter(|_| session.profile.transport.uses_tls()) {
        badge(ui, None, "not verified", palette.amber)
            .on_hover_text(format!("As the profile says, {what}"));
    }
    if session.profile.ask_before_publish {
        asks_badge_ui(ui, &session.profile, window_width);
    }
    if window_width > ROOM_FOR_ADDRESS {
        ui.label(
            RichText::new(short_url(&session.profile))
                .font(theme::mono())
                .color(palette.muted),
        );
    }
    if window_width > ROOM_FOR_VERSION {
        badge(ui, None, &session.profile.version.to_string(), palette.blue);
    }
}

fn short_url(profile: &Profile) -> String {
    shortened(&profile.url(), 34)
}

/// `text` in at most `most` characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn switcher_menu_ui(ui: &mut Ui, context: &Context<'_>) {
    ui.set_min_width(280.0);
    egui::ScrollArea::vertical()
        .max_height(360.0)
        .show(ui, |ui| {
            for session in context.open {
                let is_shown = context
                    .session
                    .is_some_and(|shown| shown.profile.id == session.profile.id);
                let color = state_color(Palette::of(ui), &session.state());
                if switcher_row_ui(ui, &session.profile, Some(color), is_shown) {
                    context.ask(Action::Tab(TabAction::Show(session.profile.id.clone())));
                }
            }
            let is_closed = |profile: &&Profile| context.session_of(&profile.id).is_none();
            if !context.open.is_empty() && context.profiles.iter().any(|it| is_closed(&it)) {
                ui.separator();
            }
            let mut heading = String::new();
            let closed = in_list_order(context.profiles).filter(|(_, it)| is_closed(it));
            for (folder, profile) in closed {
                if folder != heading {
                    muted(ui, &folder);
                    heading = folder;
                }
                if switcher_row_ui(ui, profile, None, false) {
                    context.ask(Action::Connect(profile.id.clone()));
                }
            }
            if context.profiles.is_empty() {
                muted(ui, "No connection is saved yet.");
            }
        });
    ui.separator();
    if context.session.is_some() && ui.button("Show topics").clicked() {
        context.ask(Action::ShowExplorer);
    }
    if ui.button("Manage connections").clicked() {
        context.ask(Action::ShowConnections);
    }
}

/// A line of the menu: the colour, the state of an open connection, name and address, whether it asks. Says whether it was clicked.
fn switcher_row_ui(
    ui: &mut Ui,
    profile: &Profile,
    state: Option<egui::Color32>,
    is_shown: bool,
) -> bool {
    let palette = Palette::of(ui);
    let mut label = format!("{}   {}", display_name(profile), short_url(profile));
    let text = RichText::new(format!("      {label}")).color(palette.text);
    let color = profile.color.map(|it| theme::profile_color(it, palette));
    let mut button = egui::Button::selectable(is_shown, text);
    if profile.ask_before_publish {
        let asks = RichText::new("asks").font(theme::caption());
        button = button.right_text(asks.color(color.unwrap_or(palette.red)));
        label += ", asks before publishing";
    }
    let row = ui.add(button);
    if let Some(color) = color {
        let strip = row.rect.shrink2(vec2(0.0, 4.0));
        let strip = strip.with_max_x(strip.left() + 4.0);
        ui.painter()
            .rect_filled(strip, CornerRadius::same(2), color);
    }
    row.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), is_shown, &label)
    });
    if let Some(color) = state {
        let center = row.rect.left_center() + vec2(13.0, 0.0);
        ui.painter().circle_filled(center, 4.0, color);
    }
    row.clicked()
}

fn connect_ui(ui: &mut Ui, context: &Context<'_>, window_width: f32) {
    let Some(session) = context.session else {
        return;
    };
    match session.state() {
        State::Connected { .. } => {
            let disconnect = if window_width < ROOM_FOR_WORDS {
                icon_button(ui, icons::PLUGS, "Disconnect", Look::Plain)
            } else {
                button(ui, Some(icons::PLUGS), "Disconnect", Look::Plain)
                    .on_hover_text("Say DISCONNECT: no will is published")
            };
            if disconnect.clicked() {
                context.ask(Action::Disconnect);
            }
            let label = "Drop without goodbye: the broker publishes the last will";
            if icon_button(ui, icons::LINK_BREAK, label, Look::Plain).clicked() {
                context.ask(Action::DropConnection);
            }
        }
        State::Connecting { .. } | State::Waiting { .. } => {
            if button(ui, Some(icons::X), "Cancel", Look::Plain).clicked() {
                context.ask(Action::Disconnect);
            }
        }
        State::Idle | State::Ended(_) => {
            if button(ui, Some(icons::PLUGS_CONNECTED), "Connect", Look::Primary).clicked() {
                context.ask(Action::Connect(session.profile.id.clone()));
            }
        }
    }
}

fn theme_ui(ui: &mut Ui, context: &Context<'_>) {
    let (icon, label, theme) = match context.settings.theme {
        Theme::Dark => (icons::SUN, "Light theme", Theme::Light),
        Theme::Light => (icons::MOON, "Dark theme", Theme::Dark),
    };
    if icon_button(ui, icon, label, Look::Plain).clicked() {
        let settings = Settings {
            theme,
            ..context.settings.clone()
        };
        context.ask(Action::SaveSettings(Box::new(settings)));
    }
}

/// The switch of the broker with its address and how many clients it has. Laid out from right to left.
fn broker_ui(ui: &mut Ui, context: &Context<'_>, window_width: f32) {
    let palette = Palette::of(ui);
    let broker = context.broker;
    let state = match broker.address() {
        _ if broker.is_changing => "…".to_owned(),
        Some(address) if window_width < ROOM_FOR_WORDS => format!(":{}", address.port()),
        Some(address) => {
            let unit = if broker.stats.clients == 1 {
                "client"
            } else {
                "clients"
            };
            format!(":{} · {} {unit}", address.port(), broker.stats.clients)
        }
        None => "off".to_owned(),
    };
    let frame = Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(10, 0));
    frame.show(ui, |ui| {
        ui.set_height(theme::CONTROL_HEIGHT);
        ui.spacing_mut().item_spacing.x = 8.0;
        let font = if broker.running.is_some() {
            theme::mono()
        } else {
            theme::body()
        };
        let text = galley(ui, &state, font, palette.muted);
        ui.add(egui::Label::new(text));
        let mut on = broker.running.is_some();
        let response = ui
            .add_enabled_ui(!broker.is_changing, |ui| switch(ui, &mut on, "Broker"))
            .inner
            .on_hover_text(if on {
                "Stop the broker on this machine"
            } else {
                "Start a broker on this machine"
            });
        if response.changed() {
            context.ask(if on {
                Action::StartBroker
            } else {
                Action::StopBroker
            });
        }
        if window_width >= ROOM_FOR_WORDS {
            ui.label("Broker");
        }
        icon_mark(ui, icons::BROADCAST, theme::icon(15.0), palette.muted);
    });
}
