//! The chips above the tree: subscriptions with their QoS, add, change, remove; on the right what is done to the tree
//! as a whole.

mod chip;
mod new;
#[cfg(test)]
mod tests;

use egui::{Align, Frame, Layout, Margin, Popup, ScrollArea, Ui, vec2};

use crate::model::SortBy;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::session::{Session, SubscriptionState};
use super::theme;
use super::widgets::{Look, icon_button};
use chip::chip_ui;
use new::NewSubscription;

/// Room for the buttons on the right.
const TOOLS_WIDTH: f32 = 94.0;
/// Lines of chips before they scroll.
const MOST_LINES: f32 = 3.0;
/// From one line of chips to the next.
const LINE: f32 = 30.0;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct SubscriptionBar {
    new: NewSubscription,
}

/// What the bar shows of a session.
struct Shown<'a> {
    subscriptions: &'a [SubscriptionState],
    is_paused: bool,
    sort: SortBy,
}

impl SubscriptionBar {
    /// Draws it; nothing without a session.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(session) = context.session {
            self.bar_ui(ui, context, &Shown::of(session));
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
        let margin = Margin {
            left: 12,
            right: 8,
            top: 6,
            bottom: 6,
        };
        Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let width = (ui.available_width() - TOOLS_WIDTH - theme::SPACE[1]).max(120.0);
                let size = vec2(width, MOST_LINES * LINE);
                ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    self.chips_ui(ui, context, shown);
                });
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    tools_ui(ui, context, shown);
                });
            });
        });
    }

    fn chips_ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
        let scroll = ScrollArea::vertical()
            .id_salt("chips")
            .max_height(MOST_LINES * LINE)
            .auto_shrink([false, true]);
        scroll.show(ui, |ui| {
            // else a row is as high as other controls are
            ui.spacing_mut().interact_size.y = chip::HEIGHT;
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, LINE - chip::HEIGHT);
                for subscription in shown.subscriptions {
                    chip_ui(ui, context, subscription);
                }
                self.new.ui(ui, context);
            });
        });
    }
}

impl<'a> Shown<'a> {
    fn of(session: &'a Session) -> Self {
        Self {
            subscriptions: &session.subscriptions,
            is_paused: session.is_paused,
            sort: session.sort,
        }
    }
}

/// From right to left: sort, open all, close all, pause.
fn tools_ui(ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
    let sort = icon_button(ui, icons::SORT, "Sort the tree", Look::Quiet);
    Popup::menu(&sort).show(|ui| {
        for (order, text) in [
            (SortBy::Name, "Sort by name"),
            (SortBy::Messages, "Sort by messages"),
        ] {
            if ui
                .add(egui::Button::selectable(shown.sort == order, text))
                .clicked()
            {
                context.ask(Action::SortBy(order));
            }
        }
    });
    if icon_button(ui, icons::EXPAND, "Open all branches", Look::Quiet).clicked() {
        context.ask(Action::SetOpenBelow(None, true));
    }
    if icon_button(ui, icons::COLLAPSE, "Close all branches", Look::Quiet).clicked() {
        context.ask(Action::SetOpenBelow(None, false));
    }
    let (icon, label) = if shown.is_paused {
        (icons::PLAY, "Resume the tree")
    } else {
        (icons::PAUSE, "Pause the tree; counting goes on")
    };
    if icon_button(ui, icon, label, Look::Quiet).clicked() {
        context.ask(Action::SetPaused(!shown.is_paused));
    }
}
