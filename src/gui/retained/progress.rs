//! How far each clearing and each undo is, what was refused, and the way back.

use egui::{Align, Label, Layout, ProgressBar, RichText, ScrollArea, Ui};

use crate::gui::action::Action;
use crate::gui::context::Context;
use crate::gui::dialogs::{
    Buttons, Outcome, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};
use crate::gui::icons;
use crate::gui::theme::{self, Palette};
use crate::gui::widgets::{Look, button, muted};
use crate::gui::words::counted;
use crate::payload::format::{clock_seconds, thousands};

use super::preview::connection_ui;
use super::{RetainedAction, Run, RunId, Work};

/// Refused topics that are listed at once; the rest scrolls.
const REFUSED_SHOWN: usize = 200;

/// UI state of the dialog: progress, or the question before an undo.
#[derive(Debug)]
pub struct ProgressDialog {
    asks: Option<RunId>,
    is_fresh: bool,
}

impl ProgressDialog {
    /// Shows how far everything is.
    pub fn new() -> Self {
        Self {
            asks: None,
            is_fresh: true,
        }
    }

    /// Asks whether to publish again what this run has cleared.
    pub fn ask(run: RunId) -> Self {
        Self {
            asks: Some(run),
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        match self.asks {
            Some(run) => self.question_ui(ui, context, run),
            None => runs_ui(ui, context),
        }
    }

    fn question_ui(&mut self, ui: &mut Ui, context: &Context<'_>, id: RunId) -> Outcome {
        let Some(session) = context.session else {
            return Outcome::Close;
        };
        let Some(run) = session.clearing.runs().find(|run| run.id == id) else {
            return Outcome::Close;
        };
        let count = run.can_restore() as u64;
        let messages = counted(count, "retained message", "retained messages");
        heading_ui(ui, &format!("Publish {messages} again?"), 540.0);
        connection_ui(ui, &session.profile);
        text_ui(
            ui,
            "Each is published with the QoS and the properties that are known, and retained again. Whoever is \
             subscribed receives it.",
        );
        let confirm = format!("Publish {messages}");
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: &confirm,
                look: Look::Primary,
                obstacle: (count == 0).then_some("Nothing is left to undo."),
            },
        );
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed {
            let of = session.profile.id.clone();
            let undo = RetainedAction::UndoConfirmed(of, id);
            context.ask(Action::Retained(undo));
        }
        if pressed.is_confirmed || pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }
}

fn runs_ui(ui: &mut Ui, context: &Context<'_>) -> Outcome {
    heading_ui(ui, "Cleared retained messages", 600.0);
    let Some(session) = context.session else {
        return Outcome::Close;
    };
    text_ui(
        ui,
        "What was cleared can be published again until this connection or Canopy is closed.",
    );
    if session.clearing.runs().next().is_none() {
        muted(ui, "Nothing was cleared on this connection so far.");
        return Outcome::Stay;
    }
    ScrollArea::vertical()
        .max_height(room_for_contents(ui))
        .show(ui, |ui| {
            for run in session.clearing.runs() {
                ui.push_id(run.id, |ui| run_ui(ui, context, run));
            }
        });
    Outcome::Stay
}

fn run_ui(ui: &mut Ui, context: &Context<'_>, run: &Run) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        let text = RichText::new(title(run)).font(theme::strong());
        ui.label(text.color(palette.text));
        let at = RichText::new(clock_seconds(run.at, context.zone)).font(theme::label());
        ui.label(at.color(palette.muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            run_button(ui, context, run);
        });
    });
    let settled = run.done() + run.refused_count() + run.newer();
    let share = settled as f32 / run.total().max(1) as f32;
    let bar = ProgressBar::new(share).desired_height(6.0);
    ui.add(bar.fill(if run.refused_count() > 0 {
        palette.amber
    } else {
        palette.accent
    }));
    let text = RichText::new(progress(run)).font(theme::label());
    ui.add(Label::new(text.color(palette.muted)).wrap());
    if run.refused_count() > 0 {
        refused_ui(ui, run);
    }
    ui.add_space(theme::SPACE[1]);
}

fn run_button(ui: &mut Ui, context: &Context<'_>, run: &Run) {
    if !run.is_over() {
        let text = match run.work {
            Work::Clear => "Stop clearing",
            Work::Restore => "Stop restoring",
        };
        if button(ui, Some(icons::STOP), text, Look::Plain).clicked() {
            context.ask(Action::Retained(RetainedAction::Stop(run.id)));
        }
        return;
    }
    let count = run.can_restore();
    if count > 0
        && let Some(session) = context.session
    {
        let text = format!("Undo {}", thousands(count as u64));
        if button(ui, None, &text, Look::Plain).clicked() {
            let undo = RetainedAction::Undo(session.profile.id.clone(), run.id);
            context.ask(Action::Retained(undo));
        }
    }
}

fn title(run: &Run) -> String {
    let messages = counted(run.total() as u64, "message", "messages");
    match (run.work, run.is_over()) {
        (Work::Clear, false) => format!("Clearing {messages}"),
        (Work::Clear, true) => format!("Cleared {messages}"),
        (Work::Restore, false) => format!("Publishing {messages} again"),
        (Work::Restore, true) => format!("Published {messages} again"),
    }
}

/// How far a run is, with everything that did not go as asked.
pub fn progress(run: &Run) -> String {
    let number = |count: usize| thousands(count as u64);
    let (done, total) = (number(run.done()), number(run.total()));
    let mut parts = vec![format!("{done} of {total} acknowledged")];
    if run.refused_count() > 0 {
        parts.push(format!("{} refused", number(run.refused_count())));
    }
    if run.left_out() > 0 {
        parts.push(format!("{} left as they were", number(run.left_out())));
    }
    if run.newer() > 0 {
        let newer = number(run.newer());
        parts.push(format!(
            "{newer} not published again because something newer is retained there"
        ));
    }
    if run.is_undone() {
        parts.push("undone".to_owned());
    } else if run.work == Work::Clear && run.is_over() && run.done() > run.can_restore() {
        let lost = number(run.done() - run.can_restore());
        parts.push(format!("{lost} without a kept value cannot be undone"));
    }
    parts.join(", ")
}

fn refused_ui(ui: &mut Ui, run: &Run) {
    let palette = Palette::of(ui);
    for (topic, why) in run.refused.iter().take(REFUSED_SHOWN) {
        let text = RichText::new(format!("{}: {why}", topic.as_str())).font(theme::label());
        ui.add(Label::new(text.color(palette.amber)).wrap());
    }
    let more = run.refused_count().saturating_sub(REFUSED_SHOWN);
    if more > 0 {
        muted(ui, &format!("and {} more", thousands(more as u64)));
    }
}
