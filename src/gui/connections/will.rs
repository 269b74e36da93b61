//! The last will of a profile: what the broker publishes if this client disappears (MQTT 5, 3.1.2.5).

use egui::{Align, Layout, RichText, Ui};

use crate::mqtt::{Qos, Version};
use crate::profile::{Field, Problem, Profile, ProfileId};

use super::super::context::Context;
use super::super::theme;
use super::super::widgets::{card, muted, number_field, segmented, switch, text_field};
use super::form::{Form, unit_ui};
use super::mqtt5::bytes_field;
use super::pairs::{Pairs, Rows};

/// A will that was switched on a moment ago: that it has no topic yet is said once the field was left, or when somebody
/// wants to connect.
#[derive(Debug, Default)]
pub struct FreshWill(Option<ProfileId>);

impl FreshWill {
    /// From now on everything that is wrong is said.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

/// Draws the card and changes `profile`.
pub fn will_card_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    fresh: &mut FreshWill,
    properties: &mut Pairs,
) {
    let mut problems = profile.validate();
    if fresh.0.as_ref() == Some(&profile.id) {
        problems.retain(|it| it.field != Field::WillTopic || !profile.will.topic.is_empty());
    }
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        heading_ui(ui, profile, fresh);
        if !profile.will.enabled {
            return;
        }
        let form = Form::new(ui, &problems);
        form.row(ui, |ui| {
            form.cell(ui, "Topic", Some(Field::WillTopic), |ui| {
                let text = &mut profile.will.topic;
                let topic = text_field(ui, text, "Will topic", "status/canopy", theme::mono());
                if topic.lost_focus() {
                    fresh.forget();
                }
            });
            form.cell(ui, "QoS", None, |ui| qos_and_retain_ui(ui, profile));
        });
        form.row(ui, |ui| {
            form.cell(ui, "Message", Some(Field::WillMessage), |ui| {
                let text = &mut profile.will.message;
                text_field(ui, text, "Will message", "empty", theme::mono());
            });
            if profile.version == Version::V5 {
                form.cell(ui, "Delay", None, |ui| {
                    number_field(
                        ui,
                        &mut profile.will.delay,
                        0..=u32::MAX,
                        "Will delay",
                        100.0,
                    );
                    unit_ui(ui, "seconds");
                });
            }
        });
        if profile.version == Version::V5 {
            properties_ui(ui, context, profile, (&form, &problems), properties);
        }
    });
}

/// What only MQTT 5 sends with a will (3.1.3.2).
fn properties_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    (form, problems): (&Form<'_>, &[Problem]),
    properties: &mut Pairs,
) {
    let will = &mut profile.will;
    form.row(ui, |ui| {
        form.cell(ui, "Content type", Some(Field::WillContentType), |ui| {
            let text = &mut will.content_type;
            text_field(ui, text, "Will content type", "none", theme::mono());
        });
        form.cell(ui, "Expiry", None, |ui| {
            let mut is_set = will.expiry.is_some();
            if switch(ui, &mut is_set, "The will expires").changed() {
                will.expiry = is_set.then_some(3_600);
            }
            match &mut will.expiry {
                Some(expiry) => {
                    number_field(ui, expiry, 0..=u32::MAX, "Will expiry", 100.0);
                    unit_ui(ui, "seconds");
                }
                None => unit_ui(ui, "never"),
            }
        });
    });
    form.row(ui, |ui| {
        form.cell(ui, "Response topic", Some(Field::WillResponseTopic), |ui| {
            let text = &mut will.response_topic;
            text_field(ui, text, "Will response topic", "none", theme::mono());
        });
        let place = Some(Field::WillCorrelationData);
        form.cell(ui, "Correlation", place, |ui| {
            bytes_field(ui, &mut will.correlation_data, "Will correlation data");
        });
    });
    form.wide_cell(ui, "Format", None, |ui| {
        let is_text = &mut will.payload_format_text;
        switch(ui, is_text, "The will is marked as text");
        unit_ui(ui, "marked as UTF-8 text");
    });
    let rows = Rows {
        what: "user property of the will",
        id: &profile.id,
        problems,
        place: Field::WillUserProperty,
    };
    properties.ui(ui, context, rows, &mut will.user_properties);
}

fn heading_ui(ui: &mut Ui, profile: &mut Profile, fresh: &mut FreshWill) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Last will and testament").font(theme::strong()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if switch(ui, &mut profile.will.enabled, "Last will").changed() {
                fresh.0 = profile.will.enabled.then(|| profile.id.clone());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                muted(ui, "what the broker publishes if this client disappears");
            });
        });
    });
}

fn qos_and_retain_ui(ui: &mut Ui, profile: &mut Profile) {
    let options = [
        (Qos::AtMostOnce, "0"),
        (Qos::AtLeastOnce, "1"),
        (Qos::ExactlyOnce, "2"),
    ];
    segmented(ui, "Will QoS", &mut profile.will.qos, &options);
    switch(ui, &mut profile.will.retain, "Retain the will");
    ui.label("Retain");
}
