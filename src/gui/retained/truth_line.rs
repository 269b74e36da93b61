//! The line in the inspector that says what is retained for the topic, and asks the broker.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Label, Layout, RichText, Ui, vec2};

use crate::client::CheckScope;
use crate::gui::action::Action;
use crate::gui::context::Context;
use crate::gui::icons;
use crate::gui::session::Session;
use crate::gui::theme::{self, Palette};
use crate::gui::widgets::{Look, button, button_width, icon_button, icon_mark};
use crate::model::{Kept, Message, Truth};
use crate::mqtt::{Timestamp, TopicFilter, TopicName};

use super::RetainedAction;
use super::words::{Facts, Tone, words};

/// Width from which the button that asks has its text.
const WIDE: f32 = 480.0;

/// What the line was asked for that the inspector has to do.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Show the retained message, known since then.
    Show(Kept, Timestamp),
}

/// Draws the line for the topic `path`, below which `shown` is shown.
pub fn truth_line(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    (path, truth): (&str, &Truth),
    shown: Option<&Message>,
) -> Option<Wish> {
    let granted = session.granted.as_ref();
    let said = words(&Facts {
        truth,
        shown,
        is_followed: session.is_connected() && is_followed(session, path),
        keeps_nothing: granted.is_some_and(|it| it.properties.retain_available == Some(0)),
        now: context.now,
        zone: context.zone,
    });
    let palette = Palette::of(ui);
    let color = match said.tone {
        Tone::Yes => palette.violet,
        Tone::No => palette.text,
        Tone::NotKnown => palette.muted,
    };
    let mut wish = None;
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE[0] + 2.0;
        check_button(ui, context, session, path);
        if let Some(other) = said.other
            && button(ui, Some(icons::EYE), "Show it", Look::Quiet)
                .on_hover_text("Show the retained message below")
                .clicked()
        {
            wish = Some(Wish::Show(other, truth.at));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            icon_mark(ui, icons::PIN, theme::icon(13.0), color);
            let mut job = LayoutJob::default();
            let muted = TextFormat::simple(theme::label(), palette.muted);
            job.append("Retained on the broker: ", 0.0, muted.clone());
            job.append(&said.answer, 0.0, TextFormat::simple(theme::label(), color));
            job.append(&format!(" – {}", said.why), 0.0, muted);
            let whole = job.text.clone();
            ui.add(Label::new(job).truncate()).on_hover_text(whole);
        });
    });
    if let Some(why) = session.checks.failure(path) {
        let text = RichText::new(format!("Not known: {why}"));
        ui.add(Label::new(text.font(theme::label()).color(palette.amber)).wrap());
    }
    wish
}

fn check_button(ui: &mut Ui, context: &Context<'_>, session: &Session, path: &str) {
    let is_under_way = session.checks.is_under_way(path);
    let can_ask = session.is_connected() && !is_under_way;
    let text = if is_under_way {
        "Checking…"
    } else {
        "Check now"
    };
    ui.add_enabled_ui(can_ask, |ui| {
        let is_wide = ui.available_width() > WIDE + button_width(ui, text, Look::Plain);
        let check = if is_wide {
            button(ui, Some(icons::REFRESH), text, Look::Quiet)
        } else {
            icon_button(ui, icons::REFRESH, text, Look::Quiet)
        };
        let hint =
            "Asks the broker on a short second connection: nothing comes twice here (Ctrl+R)";
        let check = check.on_hover_text(hint);
        let check = check.on_disabled_hover_text(if is_under_way {
            "Waiting for the broker's answer"
        } else {
            "Connect to ask the broker"
        });
        if check.clicked()
            && let Ok(topic) = TopicName::new(path.to_owned())
        {
            let check = RetainedAction::Check(CheckScope::Topic(topic));
            context.ask(Action::Retained(check));
        }
    });
}

/// Whether a subscription brings all messages of a topic: one that the broker granted and that shares them with nobody
/// (MQTT 5, 4.8.2).
fn is_followed(session: &Session, path: &str) -> bool {
    let mut all = session.subscriptions.as_slice().iter();
    all.any(|it| {
        it.is_granted()
            && !it.asked.is_shared()
            && TopicFilter::new(it.asked.filter.clone()).is_ok_and(|filter| filter.matches(path))
    })
}
