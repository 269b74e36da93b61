//! The chips above the tree: subscriptions with their QoS and rate, add, change, remove; on the right what is done to
//! the tree as a whole.
//!
//! | file | what it holds |
//! |---|---|
//! | `state`, `counts` | what was asked and answered; what came |
//! | `chip`, `new` | one subscription; one more |
//! | `editor`, `options` | the form; the options in it, which a profile has too |
//! | `limits`, `narrower` | what can be asked of this broker; what to ask instead of what it refused |
//! | `words` | all of that in words |

mod chip;
mod counts;
mod editor;
mod limits;
mod narrower;
mod new;
mod options;
mod state;
#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use egui::{Align, Frame, Layout, Margin, Popup, Ui, vec2};

use crate::model::SortBy;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::session::Session;
use super::theme;
use super::widgets::{Look, icon_button};
use chip::Chip;

pub use counts::Counts;
pub use editor::Editor;
pub use limits::Limits;
pub use options::options_ui;
pub use state::{SubscriptionList, SubscriptionState};
pub use words::{options as options_in_words, outcome as outcome_in_words};

/// Room for the buttons on the right.
const TOOLS_WIDTH: f32 = 118.0;
/// Lines of chips; the rest is behind “+14”.
const MOST_LINES: usize = 3;
/// From one line of chips to the next.
const LINE: f32 = 30.0;
/// From one chip to the next.
const GAP: f32 = 6.0;
/// Room for “+14”.
const MORE_WIDTH: f32 = 48.0;
/// A rate that comes down is shown again after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// UI state of this view.
#[derive(Debug, Default)]
pub struct SubscriptionBar {
    editor: Editor,
    counts: Counts,
    /// Whether the form for one more is to be opened.
    opens_new: bool,
}

/// What the tools show of a session.
struct Shown {
    is_paused: bool,
    sort: SortBy,
}

impl SubscriptionBar {
    /// Opens the form for one more subscription.
    pub fn open_new(&mut self) {
        self.opens_new = true;
    }

    /// Draws it; nothing without a session.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(session) = context.session else {
            return;
        };
        self.counts.look(session, context.now);
        if self.counts.are_moving() {
            ui.ctx().request_repaint_after(LOOK_AGAIN);
        }
        let shown = Shown {
            is_paused: session.is_paused,
            sort: session.sort,
        };
        self.bar_ui(ui, context, session, &shown);
    }

    fn bar_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session, shown: &Shown) {
        let margin = Margin {
            left: 12,
            right: 8,
            top: 6,
            bottom: 6,
        };
        Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let width = (ui.available_width() - TOOLS_WIDTH - theme::SPACE[1]).max(120.0);
                ui.allocate_ui_with_layout(vec2(width, LINE), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    self.chips_ui(ui, context, session);
                });
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    tools_ui(ui, context, shown);
                });
            });
        });
    }

    fn chips_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        let room = ui.available_width();
        let all = session.subscriptions.as_slice();
        let chip = |it| {
            let it: &SubscriptionState = it;
            Chip::new(ui, it, self.counts.of(&it.asked.filter), room)
        };
        let chips: Vec<Chip<'_>> = all.iter().map(chip).collect();
        let widths: Vec<f32> = chips.iter().map(|chip| chip.width).collect();
        let fitting = fitting(&widths, new::width(ui), room);
        // else a row is as high as other controls are
        ui.spacing_mut().interact_size.y = chip::HEIGHT;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, LINE - chip::HEIGHT);
            for chip in chips.iter().take(fitting) {
                let response = chip.ui(ui, context);
                self.editor
                    .popup(&response, context, Some(&chip.subscription().asked));
            }
            let hidden = chips.get(fitting..).unwrap_or_default();
            if !hidden.is_empty() && new::more_ui(ui, hidden.len(), MORE_WIDTH).clicked() {
                context.ask(Action::ShowSubscriptions);
            }
            let mut response = new::new_ui(ui);
            if std::mem::take(&mut self.opens_new) {
                let id = Popup::default_response_id(&response);
                if !Popup::is_id_open(ui.ctx(), id) {
                    response.flags |= egui::response::Flags::FAKE_PRIMARY_CLICKED;
                }
            }
            self.editor.popup(&response, context, None);
        });
    }
}

/// How many of the chips fit into the lines, with room for the one that adds another and, where not all fit, for the one
/// that shows the others.
fn fitting(widths: &[f32], new: f32, room: f32) -> usize {
    let lines = |widths: &mut dyn Iterator<Item = f32>| {
        let (mut lines, mut used) = (1, 0.0);
        for width in widths {
            if used > 0.0 && used + width > room {
                lines += 1;
                used = 0.0;
            }
            used += width + GAP;
        }
        lines
    };
    let is_fitting = |count: &usize| {
        let more = (*count < widths.len()).then_some(MORE_WIDTH);
        let chips = widths.iter().take(*count).copied();
        lines(&mut chips.chain(more).chain([new])) <= MOST_LINES
    };
    (0..=widths.len()).rev().find(is_fitting).unwrap_or(0)
}

/// From right to left: sort, open all, close all, all subscriptions, pause.
fn tools_ui(ui: &mut Ui, context: &Context<'_>, shown: &Shown) {
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
    if icon_button(ui, icons::LIST, "All subscriptions", Look::Quiet).clicked() {
        context.ask(Action::ShowSubscriptions);
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
