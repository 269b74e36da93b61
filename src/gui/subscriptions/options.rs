//! The options of a subscription, each with a sentence of what it does: the same controls while a connection stands and
//! in the profile.

use egui::{
    Color32, CornerRadius, Label, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
};

use crate::profile::{LARGEST_SUBSCRIPTION_ID, ProfileColor, RetainHandling, Subscription};

use super::super::theme::{self, Palette};
use super::super::widgets::{field, labelled, number_field, segmented, switch};
use super::limits::{Limits, join_shared, split_shared};

/// Width of the names on the left.
const NAMES: f32 = 138.0;
/// Side of a colour to choose.
const SWATCH: f32 = 18.0;
/// The group of a shared subscription, until another one is typed.
const GROUP: &str = "canopy";

/// Draws the options and changes `subscription`. `name` is put in front of the labels that screen readers know, where
/// there are several subscriptions.
pub fn options_ui(ui: &mut Ui, subscription: &mut Subscription, limits: Limits, name: &str) {
    let label = |what: &str| match name {
        "" => what.to_owned(),
        name => format!("{name}, {what}"),
    };
    ui.spacing_mut().item_spacing.y = theme::SPACE[1];
    let reason = limits.no_options();
    if let Some(reason) = reason {
        note_ui(ui, reason, Palette::of(ui).amber);
    }
    ui.add_enabled_ui(reason.is_none(), |ui| {
        flags_ui(ui, subscription, &label);
        handling_ui(ui, &mut subscription.retain_handling, &label);
        id_ui(ui, &mut subscription.id, limits, &label);
    });
    shared_ui(ui, &mut subscription.filter, limits, &label);
    color_ui(ui, &mut subscription.color, &label);
}

fn flags_ui(ui: &mut Ui, subscription: &mut Subscription, label: &impl Fn(&str) -> String) {
    let clash = subscription.is_shared() && subscription.no_local;
    // what is wrong with it is said once, where all of that is
    let explained = "What this connection publishes itself does not come back.";
    row_ui(ui, "No Local", explained, clash, |ui| {
        switch(ui, &mut subscription.no_local, &label("No Local"));
    });
    let explained = if subscription.retain_as_published {
        "Messages keep their retain flag: the tree knows what is retained."
    } else {
        "Live messages come without the retain flag: the tree marks as retained only what was there before."
    };
    row_ui(ui, "Retain As Published", explained, false, |ui| {
        let flag = &mut subscription.retain_as_published;
        switch(ui, flag, &label("Retain As Published"));
    });
}

fn handling_ui(ui: &mut Ui, handling: &mut RetainHandling, label: &impl Fn(&str) -> String) {
    let explained = match handling {
        RetainHandling::SendRetained => "Retained messages come with each SUBSCRIBE.",
        RetainHandling::SendIfNew => "Retained messages come only if the subscription is new.",
        RetainHandling::DoNotSend => "Retained messages do not come at the start.",
    };
    row_ui(ui, "Retain Handling", explained, false, |ui| {
        let options = [
            (RetainHandling::SendRetained, "Send"),
            (RetainHandling::SendIfNew, "If new"),
            (RetainHandling::DoNotSend, "Never"),
        ];
        segmented(ui, &label("Retain Handling"), handling, &options);
    });
}

fn id_ui(ui: &mut Ui, id: &mut Option<u32>, limits: Limits, label: &impl Fn(&str) -> String) {
    let missing = limits.no_ids();
    let explained = missing.unwrap_or("1 to 268,435,455; it comes with each message that matches.");
    row_ui(ui, "Identifier", explained, missing.is_some(), |ui| {
        // what is on can always be switched off
        ui.add_enabled_ui(missing.is_none() || id.is_some(), |ui| {
            let mut has_id = id.is_some();
            if switch(ui, &mut has_id, &label("has an identifier")).changed() {
                *id = has_id.then_some(1);
            }
            if let Some(id) = id {
                number_field(
                    ui,
                    id,
                    1..=LARGEST_SUBSCRIPTION_ID,
                    &label("identifier"),
                    110.0,
                );
            }
        });
    });
}

fn shared_ui(ui: &mut Ui, filter: &mut String, limits: Limits, label: &impl Fn(&str) -> String) {
    let missing = limits.no_shared();
    let explained =
        missing.unwrap_or("$share/group/filter: each message goes to one client of the group.");
    row_ui(ui, "Shared", explained, missing.is_some(), |ui| {
        let parts = split_shared(filter).map(|(group, rest)| (group.to_owned(), rest.to_owned()));
        let mut is_shared = parts.is_some();
        let is_changed = ui
            .add_enabled_ui(missing.is_none() || is_shared, |ui| {
                switch(ui, &mut is_shared, &label("shared")).changed()
            })
            .inner;
        match parts {
            Some((_, rest)) if is_changed => *filter = rest,
            None if is_changed => *filter = join_shared(GROUP, filter),
            Some((mut group, rest)) => {
                let edit = TextEdit::singleline(&mut group)
                    .id_salt(label("group"))
                    .hint_text("group")
                    .font(theme::mono());
                if field(ui, edit, &label("group"), 110.0).changed() {
                    *filter = join_shared(&group.replace('/', ""), &rest);
                }
            }
            None => {}
        }
    });
}

fn color_ui(ui: &mut Ui, color: &mut Option<ProfileColor>, label: &impl Fn(&str) -> String) {
    row_ui(
        ui,
        "Colour",
        "Marks the topics of this subscription in the tree.",
        false,
        |ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[0];
            for choice in std::iter::once(None).chain(ProfileColor::ALL.map(Some)) {
                swatch_ui(ui, color, choice, label);
            }
        },
    );
}

/// One colour to choose; `None` is none.
fn swatch_ui(
    ui: &mut Ui,
    color: &mut Option<ProfileColor>,
    choice: Option<ProfileColor>,
    label: &impl Fn(&str) -> String,
) {
    let palette = Palette::of(ui);
    let name = choice.map_or("No colour", ProfileColor::name);
    let (rect, response) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::click());
    if response.clicked() {
        *color = choice;
    }
    let is_chosen = *color == choice;
    let words = label(name);
    response.widget_info(|| {
        WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), is_chosen, &words)
    });
    if let Some(choice) = choice {
        let fill = theme::profile_color(choice, palette);
        ui.painter()
            .circle_filled(rect.center(), SWATCH / 2.0 - 4.0, fill);
    } else {
        let line = Stroke::new(1.0, palette.muted);
        ui.painter()
            .circle_stroke(rect.center(), SWATCH / 2.0 - 4.5, line);
    }
    let ring = match (is_chosen, response.has_focus()) {
        (_, true) => palette.accent,
        (true, false) => palette.text,
        (false, false) if response.hovered() => palette.faint,
        (false, false) => Color32::TRANSPARENT,
    };
    let corners = CornerRadius::same(9);
    ui.painter().rect(
        rect,
        corners,
        Color32::TRANSPARENT,
        Stroke::new(1.5, ring),
        StrokeKind::Inside,
    );
    response.on_hover_text(name);
}

/// A name, what `add` draws, and below it in small type what it means.
fn row_ui(ui: &mut Ui, name: &str, explained: &str, is_wrong: bool, add: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        labelled(ui, name, NAMES, add);
        note_ui(
            ui,
            explained,
            if is_wrong {
                palette.amber
            } else {
                palette.muted
            },
        );
    });
}

/// A sentence in small type, wrapping.
pub fn note_ui(ui: &mut Ui, text: &str, color: Color32) {
    let text = RichText::new(text).font(theme::caption()).color(color);
    ui.add(Label::new(text).selectable(false).wrap());
}
