//! What a profile subscribes to when it connects: filters with their QoS, in order.

use std::collections::BTreeSet;

use egui::{Align, Layout, RichText, TextEdit, Ui, vec2};

use crate::mqtt::{Qos, TopicFilter};
use crate::profile::{Field, Problem, Profile, ProfileId, Subscription};

use super::super::icons;
use super::super::subscriptions::{Limits, options_ui};
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, card, dot, field, icon_button, is_entered, muted, segmented,
};
use super::form::problem_ui;

/// Room for QoS, the arrows and the cross behind a filter.
const CONTROLS_WIDTH: f32 = 196.0;
/// Room for the colour besides.
const COLOR_WIDTH: f32 = 22.0;

/// What stays in view below the row for the next filter.
const ROOM_BELOW: f32 = 76.0;

/// UI state: the filter that is about to be added.
#[derive(Debug, Default)]
pub struct Filters {
    typed: String,
    qos: Qos,
    /// Filters whose options are shown.
    open: BTreeSet<(ProfileId, String)>,
    /// Whether one was added, which may have pushed the row for the next one out of sight.
    is_added: bool,
}

/// What the user wants done with one row.
enum Edit {
    Remove,
    Swap(usize),
}

impl Filters {
    /// Draws the card and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = theme::SPACE[1];
            ui.horizontal(|ui| {
                ui.label(RichText::new("Topic filters").font(theme::strong()));
                muted(ui, "subscribed when the connection stands");
            });
            if profile.subscriptions.is_empty() {
                muted(ui, "Nothing is subscribed. Add “#” to see every topic.");
            }
            self.rows_ui(ui, profile);
            self.new_ui(ui, profile);
        });
    }

    fn new_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let checked = TopicFilter::new(self.typed.as_str());
        let is_there = profile
            .subscriptions
            .iter()
            .any(|there| there.filter == self.typed);
        let mut is_wanted = false;
        ui.horizontal(|ui| {
            let width = filter_width(ui, profile);
            let edit = TextEdit::singleline(&mut self.typed)
                .id_salt("new filter")
                .hint_text("home/+/temperature")
                .font(theme::mono());
            let response = field(ui, edit, "New topic filter", width);
            is_wanted = is_entered(ui, &response);
            qos_ui(ui, "New filter, QoS", &mut self.qos);
            ui.add_enabled_ui(checked.is_ok() && !is_there, |ui| {
                is_wanted |= button(ui, Some(icons::PLUS), "Add", Look::Plain).clicked();
            });
            if is_wanted {
                response.request_focus();
            }
            if std::mem::take(&mut self.is_added) {
                let below = vec2(0.0, ROOM_BELOW);
                ui.scroll_to_rect(response.rect.expand2(below), None);
            }
        });
        match checked {
            Err(err) if !self.typed.is_empty() => note_ui(ui, &err.to_string()),
            Ok(_) if is_there => note_ui(ui, "This filter is in the list already."),
            Ok(_) if is_wanted => {
                let filter = std::mem::take(&mut self.typed);
                self.is_added = true;
                ui.ctx().request_repaint();
                profile
                    .subscriptions
                    .push(Subscription::for_window(filter, self.qos));
            }
            _ => {}
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let limits = Limits::new(profile.version);
        let id = profile.id.clone();
        let problems = profile.validate();
        let last = profile.subscriptions.len().saturating_sub(1);
        let width = filter_width(ui, profile);
        let mut wanted = None;
        for (index, subscription) in profile.subscriptions.iter_mut().enumerate() {
            ui.push_id(index, |ui| {
                let key = (id.clone(), subscription.filter.clone());
                let mut is_open = self.open.contains(&key);
                let was_open = is_open;
                if let Some(edit) = row_ui(ui, subscription, (index, last), width, &mut is_open) {
                    wanted = Some((index, edit));
                }
                if is_open {
                    ui.indent("options", |ui| {
                        let name = format!("Topic filter {}", index + 1);
                        options_ui(ui, subscription, limits, &name);
                    });
                }
                if was_open {
                    self.open.remove(&key);
                }
                if is_open {
                    self.open.insert((key.0, subscription.filter.clone()));
                }
                let of_row = |problem: &&Problem| problem.field == Field::Subscription(index);
                for problem in problems.iter().filter(of_row) {
                    problem_ui(ui, problem);
                }
            });
        }
        match wanted {
            Some((index, Edit::Remove)) => {
                profile.subscriptions.remove(index);
            }
            Some((index, Edit::Swap(other))) => profile.subscriptions.swap(index, other),
            None => {}
        }
    }
}

/// Width of each filter, so that what is behind it lines up, also where one has a colour.
fn filter_width(ui: &Ui, profile: &Profile) -> f32 {
    let has_color = profile.subscriptions.iter().any(|it| it.color.is_some());
    let color = if has_color { COLOR_WIDTH } else { 0.0 };
    (ui.available_width() - CONTROLS_WIDTH - color).max(80.0)
}

fn note_ui(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).red;
    ui.label(RichText::new(text).font(theme::caption()).color(color));
}

fn row_ui(
    ui: &mut Ui,
    subscription: &mut Subscription,
    (index, last): (usize, usize),
    width: f32,
    is_open: &mut bool,
) -> Option<Edit> {
    let mut wanted = None;
    ui.horizontal(|ui| {
        let name = format!("Topic filter {}", index + 1);
        let edit = TextEdit::singleline(&mut subscription.filter).font(theme::mono());
        field(ui, edit, &name, width);
        qos_ui(ui, &format!("{name}, QoS"), &mut subscription.qos);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.add_enabled_ui(index > 0, |ui| {
                let label = format!("Move filter {} up", index + 1);
                if icon_button(ui, icons::ARROW_UP, &label, Look::Quiet).clicked() {
                    wanted = Some(Edit::Swap(index - 1));
                }
            });
            ui.add_enabled_ui(index < last, |ui| {
                let label = format!("Move filter {} down", index + 1);
                if icon_button(ui, icons::ARROW_DOWN, &label, Look::Quiet).clicked() {
                    wanted = Some(Edit::Swap(index + 1));
                }
            });
            let label = format!("Remove filter {}", index + 1);
            if icon_button(ui, icons::X, &label, Look::Quiet).clicked() {
                wanted = Some(Edit::Remove);
            }
            let label = format!("Options of filter {}", index + 1);
            if icon_button(ui, icons::SLIDERS, &label, Look::Quiet).clicked() {
                *is_open = !*is_open;
            }
            if let Some(color) = subscription.color {
                ui.add_space(theme::SPACE[0]);
                let color = theme::profile_color(color, Palette::of(ui));
                dot(ui, color);
            }
        });
    });
    wanted
}

fn qos_ui(ui: &mut Ui, name: &str, qos: &mut Qos) {
    let options = [
        (Qos::AtMostOnce, "0"),
        (Qos::AtLeastOnce, "1"),
        (Qos::ExactlyOnce, "2"),
    ];
    segmented(ui, name, qos, &options);
}
