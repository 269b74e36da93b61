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

use egui::{Align, Frame, Layout, Margin, Popup, Rect, Sense, Ui, UiBuilder, vec2};

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
pub use state::{Settled, SubscriptionList, SubscriptionState};
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
            let bar = ui.available_rect_before_wrap();
            let tools = Rect::from_min_size(bar.min, vec2(bar.width(), chip::HEIGHT));
            let layout = Layout::right_to_left(Align::Min);
            let tools = UiBuilder::new().max_rect(tools).layout(layout);
            let mut tools = ui.new_child(tools.id_salt("tools"));
            tools.spacing_mut().item_spacing.x = 2.0;
            self.chips_ui(ui, context, session);
            tools_ui(&mut tools, context, shown);
        });
    }

    fn chips_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        let bar = ui.available_rect_before_wrap();
        let rooms = Rooms {
            first: (bar.width() - TOOLS_WIDTH - theme::SPACE[1]).max(120.0),
            other: bar.width(),
        };
        let all = session.subscriptions.as_slice();
        let capacity = MOST_LINES as f32 * rooms.other;
        let mut chips: Vec<Chip<'_>> = Vec::new();
        let mut widths: Vec<f32> = Vec::new();
        for (index, it) in all.iter().enumerate() {
            // of those that do not fit one is enough to know it
            if widths.iter().sum::<f32>() > capacity {
                break;
            }
            let count = self.counts.at(index, &it.asked.filter);
            let chip = Chip::new(ui, it, count, rooms.first);
            widths.push(chip.width);
            chips.push(chip);
        }
        let packed = pack(&widths, (new::width(ui), new::SHORT_WIDTH), rooms);
        let size = vec2(
            bar.width(),
            packed.lines as f32 * LINE - (LINE - chip::HEIGHT),
        );
        ui.allocate_exact_size(size, Sense::hover());
        let place = |(line, left): Place, width: f32| {
            let at = bar.min + vec2(left, line as f32 * LINE);
            UiBuilder::new().max_rect(Rect::from_min_size(at, vec2(width, chip::HEIGHT)))
        };
        for (chip, at) in chips.iter().zip(&packed.chips) {
            let Some(at) = *at else { continue };
            let mut ui = ui.new_child(place(at, chip.width).id_salt("chip"));
            let response = chip.ui(&mut ui, context);
            self.editor
                .popup(&response, context, Some(&chip.subscription().asked));
        }
        if let Some(at) = packed.more {
            let hidden = all.len() - packed.chips.iter().flatten().count();
            let mut ui = ui.new_child(place(at, MORE_WIDTH).id_salt("more"));
            if new::more_ui(&mut ui, hidden, MORE_WIDTH).clicked() {
                context.ask(Action::ShowSubscriptions);
            }
        }
        let (at, width) = packed.new;
        let mut ui = ui.new_child(place(at, width).id_salt("new"));
        let mut response = new::new_ui(&mut ui, width);
        if std::mem::take(&mut self.opens_new) {
            let id = Popup::default_response_id(&response);
            if !Popup::is_id_open(ui.ctx(), id) {
                response.flags |= egui::response::Flags::FAKE_PRIMARY_CLICKED;
            }
        }
        self.editor.popup(&response, context, None);
    }
}

/// How wide the lines of chips are: the first ends at the tools.
#[derive(Debug, Clone, Copy)]
struct Rooms {
    first: f32,
    other: f32,
}

/// A line, and how far from its left end.
type Place = (usize, f32);

/// Where chips and buttons are.
#[derive(Debug, PartialEq)]
struct Packed {
    /// Each chip; `None` for those that are behind “+14”.
    chips: Vec<Option<Place>>,
    /// “+14”.
    more: Option<Place>,
    /// The button that adds another, and its width.
    new: (Place, f32),
    /// How many lines are in use.
    lines: usize,
}

/// Puts every chip into the first line that has room for it. The button that adds another stands alone in a line only
/// when its short form has no room either.
fn pack(widths: &[f32], (new, short): (f32, f32), rooms: Rooms) -> Packed {
    let room = |line: usize| if line == 0 { rooms.first } else { rooms.other };
    let put = |used: &mut [f32], width: f32, lines: usize| -> Option<Place> {
        let line = (0..lines).find(|line| {
            let used = used[*line];
            used == 0.0 || used + width <= room(*line)
        })?;
        let left = used[line];
        used[line] += width + GAP;
        Some((line, left))
    };
    let in_use = |used: &[f32]| used.iter().filter(|used| **used > 0.0).count();
    let mut used = [0.0; MOST_LINES];
    let chips: Vec<Option<Place>> = widths
        .iter()
        .map(|width| put(&mut used, *width, MOST_LINES))
        .collect();
    if chips.iter().all(Option::is_some) {
        let lines = in_use(&used).max(1);
        let placed = put(&mut used, new, lines)
            .map(|at| (at, new))
            .or_else(|| put(&mut used, short, lines).map(|at| (at, short)))
            .or_else(|| put(&mut used, new, MOST_LINES).map(|at| (at, new)));
        if let Some(new) = placed {
            let lines = in_use(&used);
            return Packed {
                chips,
                more: None,
                new,
                lines,
            };
        }
    }
    // the last line keeps room for both buttons at its right end
    let kept = MORE_WIDTH + GAP + short;
    let mut used = [0.0; MOST_LINES];
    let last = MOST_LINES - 1;
    let chips = widths
        .iter()
        .map(|width| {
            put(&mut used, *width, last).or_else(|| {
                let left = used[last];
                let fits = left + width + GAP + kept <= room(last);
                fits.then(|| {
                    used[last] += width + GAP;
                    (last, left)
                })
            })
        })
        .collect();
    let more = (last, used[last]);
    let left = more.1 + MORE_WIDTH + GAP;
    let width = if left + new <= room(last) { new } else { short };
    Packed {
        chips,
        more: Some(more),
        new: ((last, left), width),
        lines: MOST_LINES,
    }
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
