//! What a profile subscribes to when it connects: filters with their QoS, in order.

use std::collections::BTreeSet;

use egui::{Align, Layout, RichText, TextEdit, Ui};

use crate::mqtt::{Qos, TopicFilter, Version};
use crate::profile::{Field, Problem, Profile, ProfileId, RetainHandling, Subscription};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, card, field, icon_button, is_entered, muted, number_field, segmented, switch,
};
use super::form::problem_ui;

/// Room for QoS, the arrows and the cross behind a filter.
const CONTROLS_WIDTH: f32 = 190.0;
/// Room for the button of the options besides.
const OPTIONS_WIDTH: f32 = 34.0;
/// The largest subscription identifier (MQTT 5, 3.8.2.1.2).
const LARGEST_ID: u32 = 268_435_455;

/// UI state: the filter that is about to be added.
#[derive(Debug, Default)]
pub struct Filters {
    typed: String,
    qos: Qos,
    /// Filters whose options are shown.
    open: BTreeSet<(ProfileId, String)>,
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
            let width = (ui.available_width() - CONTROLS_WIDTH).max(80.0);
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
        });
        match checked {
            Err(err) if !self.typed.is_empty() => note_ui(ui, &err.to_string()),
            Ok(_) if is_there => note_ui(ui, "This filter is in the list already."),
            Ok(_) if is_wanted => {
                let filter = std::mem::take(&mut self.typed);
                profile
                    .subscriptions
                    .push(Subscription::new(filter, self.qos));
            }
            _ => {}
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let has_options = profile.version == Version::V5;
        let id = profile.id.clone();
        let problems = profile.validate();
        let last = profile.subscriptions.len().saturating_sub(1);
        let mut wanted = None;
        for (index, subscription) in profile.subscriptions.iter_mut().enumerate() {
            ui.push_id(index, |ui| {
                let key = (id.clone(), subscription.filter.clone());
                let mut is_open = self.open.contains(&key);
                let was_open = is_open;
                let options = has_options.then_some(&mut is_open);
                if let Some(edit) = row_ui(ui, subscription, (index, last), options) {
                    wanted = Some((index, edit));
                }
                if has_options && is_open {
                    options_ui(ui, subscription, index);
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

fn note_ui(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).red;
    ui.label(RichText::new(text).font(theme::caption()).color(color));
}

fn row_ui(
    ui: &mut Ui,
    subscription: &mut Subscription,
    (index, last): (usize, usize),
    options: Option<&mut bool>,
) -> Option<Edit> {
    let mut wanted = None;
    ui.horizontal(|ui| {
        let extra = if options.is_some() {
            OPTIONS_WIDTH
        } else {
            0.0
        };
        let width = (ui.available_width() - CONTROLS_WIDTH - extra).max(80.0);
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
            if let Some(is_open) = options {
                let label = format!("Options of filter {}", index + 1);
                if icon_button(ui, icons::SLIDERS, &label, Look::Quiet).clicked() {
                    *is_open = !*is_open;
                }
            }
        });
    });
    wanted
}

/// What MQTT 5 adds to a subscription (3.8.3.1). Retain As Published is asked for in every one of the window, which
/// marks retained topics by it, so there is nothing to choose.
fn options_ui(ui: &mut Ui, subscription: &mut Subscription, index: usize) {
    let name = format!("Topic filter {}", index + 1);
    ui.horizontal_wrapped(|ui| {
        switch(ui, &mut subscription.no_local, &format!("{name}, No Local"));
        muted(ui, "No Local");
        let mut has_id = subscription.id.is_some();
        if switch(ui, &mut has_id, &format!("{name}, has an identifier")).changed() {
            let number = u32::try_from(index + 1).unwrap_or(1);
            subscription.id = has_id.then_some(number);
        }
        muted(ui, "Identifier");
        if let Some(id) = &mut subscription.id {
            let label = format!("{name}, identifier");
            number_field(ui, id, 1..=LARGEST_ID, &label, 90.0);
        }
    });
    ui.horizontal_wrapped(|ui| {
        muted(ui, "Retained messages come");
        let options = [
            (RetainHandling::SendRetained, "always"),
            (RetainHandling::SendIfNew, "if it is new"),
            (RetainHandling::DoNotSend, "never"),
        ];
        let handling = &mut subscription.retain_handling;
        segmented(
            ui,
            &format!("{name}, retained messages come"),
            handling,
            &options,
        );
    });
}

fn qos_ui(ui: &mut Ui, name: &str, qos: &mut Qos) {
    let options = [
        (Qos::AtMostOnce, "0"),
        (Qos::AtLeastOnce, "1"),
        (Qos::ExactlyOnce, "2"),
    ];
    segmented(ui, name, qos, &options);
}
