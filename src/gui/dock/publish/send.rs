//! Sends messages: one by hand, many by repetition, with the file they need; and says what became of them.

use std::time::Duration;

use bytes::Bytes;
use egui::{RichText, Ui};

use super::super::super::action::{Action, Level};
use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::session::Session;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button, icon_button, muted, number_field};
use super::compose::{compose, refused_by_limits, values};
use super::file::FileReader;
use super::not_now;
use super::repeat::{RepeatSettings, Repetition};
use super::result::{Outcome, ResultLine, result_line};
use crate::client::{Outgoing, PublishId};
use crate::gui::dialogs::{PublishQuestion, PublishWhat};
use crate::gui::words;
use crate::mqtt::Timestamp;
use crate::payload::format;
use crate::profile::{PayloadKind, Profile, PublishDraft};

/// Messages of a repetition that may wait for their acknowledgement; then the next ones wait.
const MAX_UNDER_WAY: usize = 500;
/// Height of the controls of the repetition.
pub const REPEAT_HEIGHT: f32 = 54.0;
/// Room in the strip of the dock from which the button that stops a repetition has words.
const WIDE_STOP_FROM: f32 = 300.0;
/// Room beside that button from which the progress is shown there.
const PROGRESS_FROM: f32 = 200.0;
/// How soon to look again whether there is room for the next message.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What waits for a file.
#[derive(Debug)]
enum Waiting {
    One(PublishDraft),
    Many(PublishDraft),
}

/// State of what is being sent.
#[derive(Debug, Default)]
pub struct Sender {
    last_id: u64,
    last_seq: u64,
    /// Why the last attempt was no message.
    problem: Option<String>,
    settings: RepeatSettings,
    repetition: Option<Repetition>,
    /// A repetition that is asked about.
    asked: Option<Repetition>,
    /// How the last repetition ended: messages sent, and how many were wanted.
    ended: Option<String>,
    waiting: Option<Waiting>,
    /// Files for the message to be sent.
    pub files: FileReader,
    ctx: egui::Context,
}

impl Sender {
    /// Remembers which window to wake.
    pub fn remember(&mut self, ctx: &egui::Context) {
        self.ctx = ctx.clone();
    }

    /// Forgets what was sent: another connection is shown.
    pub fn forget(&mut self) {
        self.problem = None;
        self.repetition = None;
        self.asked = None;
        self.ended = None;
        self.waiting = None;
        self.last_seq = 0;
    }

    /// Publishes `draft` once.
    pub fn publish(&mut self, context: &Context<'_>, draft: &PublishDraft) {
        self.ended = None;
        if let Some(reason) = not_now(context) {
            return self.fail(context, format!("{reason}."));
        }
        if draft.kind == PayloadKind::File {
            self.waiting = Some(Waiting::One(draft.clone()));
            return self.files.read(&self.ctx, &draft.payload);
        }
        self.send_asking(context, draft, None);
    }

    /// Hands one message over, or asks about it first.
    fn send_asking(&mut self, context: &Context<'_>, draft: &PublishDraft, file: Option<&Bytes>) {
        let Some(profile) = asking_profile(context) else {
            self.send(context, draft, file);
            return;
        };
        if let Some((id, message)) = self.next_message(context, draft, file) {
            let what = PublishWhat::Message(id, Box::new(message.clone()));
            let question = PublishQuestion::new(profile, what, &message);
            context.ask(Action::AskPublish(question));
        }
    }

    /// Publishes `draft` again and again, as set.
    fn repeat(&mut self, context: &Context<'_>, draft: &PublishDraft) {
        self.ended = None;
        self.last_seq = 0;
        if draft.kind == PayloadKind::File {
            self.waiting = Some(Waiting::Many(draft.clone()));
            self.files.read(&self.ctx, &draft.payload);
        } else {
            self.begin(context, draft.clone(), None);
        }
        self.ctx.request_repaint();
    }

    /// Begins a repetition, or asks about it first.
    fn begin(&mut self, context: &Context<'_>, draft: PublishDraft, file: Option<Bytes>) {
        let repetition = Repetition::start(draft, file, self.settings, context.now);
        let Some(profile) = asking_profile(context) else {
            self.repetition = Some(repetition);
            return;
        };
        let values = values(context.now, context.zone, 1);
        let version = profile.version;
        match compose(
            &repetition.draft,
            version,
            &values,
            repetition.file.as_ref(),
        ) {
            Ok(message) => {
                let what = PublishWhat::Repetition {
                    every_ms: self.settings.every_ms,
                    count: repetition.count(),
                };
                self.asked = Some(repetition);
                let question = PublishQuestion::new(profile, what, &message);
                context.ask(Action::AskPublish(question));
            }
            Err(error) => self.fail(context, error.to_string()),
        }
    }

    /// The repetition that was asked about begins.
    pub fn begin_asked(&mut self, now: Timestamp) {
        if let Some(asked) = self.asked.take() {
            self.repetition = Some(asked.starting(now));
        }
    }

    /// Whether a repetition is under way.
    pub fn is_repeating(&self) -> bool {
        self.repetition.is_some()
    }

    /// How far the repetition is.
    pub fn repetition_progress(&self) -> Option<String> {
        self.repetition.as_ref().map(progress)
    }

    /// Ends the repetition.
    pub fn stop(&mut self, why: &str) {
        if let Some(repetition) = self.repetition.take() {
            let sent = words::counted(u64::from(repetition.sent), "message", "messages");
            self.ended = Some(format!("{why} after {sent}"));
        }
    }

    /// Sends what is due; says after how long there is more to do.
    pub fn tick(&mut self, context: &Context<'_>, now: Timestamp) -> Option<Duration> {
        self.take_file(context);
        let repetition = self.repetition.as_mut()?;
        if not_now(context).is_some() {
            self.stop("Stopped: connection lost");
            return None;
        }
        let under_way = context.session.map_or(0, Session::publishes_under_way);
        let due = repetition.due(now, MAX_UNDER_WAY.saturating_sub(under_way));
        let (draft, file) = (repetition.draft.clone(), repetition.file.clone());
        let wait = repetition.wait(now);
        let is_done = repetition.is_done();
        for _ in 0..due {
            if self.send(context, &draft, file.as_ref()).is_none() {
                self.repetition = None;
                return None;
            }
        }
        if is_done {
            self.stop("Done");
            return None;
        }
        let is_held_back = due == 0 && wait.is_zero();
        Some(if is_held_back { LOOK_AGAIN } else { wait })
    }

    fn take_file(&mut self, context: &Context<'_>) {
        let Some(read) = self.files.done() else {
            return;
        };
        match (self.waiting.take(), read) {
            (_, Err(error)) => self.fail(context, error),
            (Some(Waiting::One(draft)), Ok(bytes)) => {
                self.send_asking(context, &draft, Some(&bytes));
            }
            (Some(Waiting::Many(draft)), Ok(bytes)) => self.begin(context, draft, Some(bytes)),
            (None, Ok(_)) => {}
        }
    }

    /// Hands one message over; `None` when the draft is not one.
    fn send(
        &mut self,
        context: &Context<'_>,
        draft: &PublishDraft,
        file: Option<&Bytes>,
    ) -> Option<()> {
        let (id, message) = self.next_message(context, draft, file)?;
        context.ask(Action::Publish(id, message));
        Some(())
    }

    /// The message that `draft` is now, with its number; says why when it is none.
    fn next_message(
        &mut self,
        context: &Context<'_>,
        draft: &PublishDraft,
        file: Option<&Bytes>,
    ) -> Option<(PublishId, Outgoing)> {
        let session = context.session?;
        let granted = session.granted.as_ref().map(|granted| &granted.properties);
        if let Some(why) = granted.and_then(|granted| refused_by_limits(draft, granted)) {
            self.fail(context, why);
            return None;
        }
        let values = values(context.now, context.zone, self.last_seq + 1);
        match compose(draft, session.profile.version, &values, file) {
            Ok(message) => {
                self.problem = None;
                self.last_seq += 1;
                self.last_id += 1;
                Some((PublishId(self.last_id), message))
            }
            Err(error) => {
                self.fail(context, error.to_string());
                None
            }
        }
    }

    fn fail(&mut self, context: &Context<'_>, why: String) {
        context.toast(Level::Warning, format!("Not published: {why}"));
        self.problem = Some(why);
    }

    /// What to say of the last message or repetition; `None` before the first.
    pub fn result(&self, context: &Context<'_>) -> Option<ResultLine> {
        let simple = |outcome, text: &str| ResultLine {
            outcome,
            text: text.to_owned(),
            more: None,
        };
        if let Some(problem) = &self.problem {
            return Some(simple(Outcome::Failed, problem));
        }
        if self.files.is_reading() {
            return Some(simple(Outcome::Waiting, "Reading the file"));
        }
        let session = context.session?;
        if let Some(repetition) = &self.repetition {
            return Some(simple(Outcome::Waiting, &progress(repetition)));
        }
        let record = session.publish(PublishId(self.last_id))?;
        let mut line = result_line(record, session.is_connected());
        if let Some(ended) = &self.ended {
            line.text = format!("{ended} · last: {}", line.text);
        }
        Some(line)
    }

    /// Interval, count and button of the repetition, with its progress.
    /// `obstacle` says why it cannot begin.
    pub fn repeat_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        draft: &PublishDraft,
        obstacle: Option<&str>,
    ) {
        let row_height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 16.0);
        ui.horizontal(|ui| {
            muted(ui, "Repeat");
            match &self.repetition {
                Some(repetition) => progress_ui(ui, repetition),
                None if self.settings.count == 0 => {
                    let text = RichText::new("until stopped").font(theme::caption());
                    ui.label(text.color(Palette::of(ui).faint));
                }
                None => {}
            }
        });
        ui.spacing_mut().interact_size.y = row_height;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.add_enabled_ui(!self.is_repeating(), |ui| {
                muted(ui, "every");
                number_field(
                    ui,
                    &mut self.settings.every_ms,
                    1..=86_400_000,
                    "Repeat every, in milliseconds",
                    62.0,
                );
                muted(ui, "ms ×");
                number_field(
                    ui,
                    &mut self.settings.count,
                    0..=1_000_000,
                    "How many times, 0 until stopped",
                    48.0,
                );
            });
            if self.is_repeating() {
                if icon_button(ui, icons::STOP, "Stop repeating", Look::Danger).clicked() {
                    self.stop("Stopped");
                }
                return;
            }
            ui.add_enabled_ui(obstacle.is_none(), |ui| {
                let start = icon_button(ui, icons::PLAY, "Start repeating", Look::Plain);
                let start = match obstacle {
                    Some(obstacle) => start.on_disabled_hover_text(obstacle),
                    None => start,
                };
                if start.clicked() {
                    self.repeat(context, draft);
                }
            });
        });
    }

    /// While a repetition is under way: how far it is and the button that ends it, from right to left.
    pub fn stop_ui(&mut self, ui: &mut Ui) {
        let Some(repetition) = &self.repetition else {
            return;
        };
        let progress = progress(repetition);
        let label = "Stop repeating";
        let stop = if ui.available_width() > WIDE_STOP_FROM {
            button(ui, Some(icons::STOP), label, Look::Danger).on_hover_text(&progress)
        } else {
            icon_button(ui, icons::STOP, label, Look::Danger)
        };
        if ui.available_width() > PROGRESS_FROM {
            muted(ui, &progress);
        }
        if stop.clicked() {
            self.stop("Stopped");
        }
    }
}

/// The profile of the open connection, if it wants to be asked before something is published.
fn asking_profile<'a>(context: &Context<'a>) -> Option<&'a Profile> {
    let session = context.session?;
    (session.profile.ask_before_publish && !session.publishes_freely).then_some(&session.profile)
}

fn progress(repetition: &Repetition) -> String {
    let sent = format::thousands(u64::from(repetition.sent));
    match repetition.count() {
        Some(count) => format!("{sent} of {} sent", format::thousands(u64::from(count))),
        None => format!("{sent} sent"),
    }
}

fn progress_ui(ui: &mut Ui, repetition: &Repetition) {
    let palette = Palette::of(ui);
    let text = RichText::new(progress(repetition))
        .font(theme::label())
        .color(palette.muted);
    ui.label(text);
    if let Some(count) = repetition.count() {
        let size = egui::vec2(ui.available_width(), 4.0);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        ui.painter().rect_filled(rect, 2.0, palette.hover);
        let mut done = rect;
        let part = (f64::from(repetition.sent) / f64::from(count.max(1))).min(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a part of a bar")]
        done.set_width(rect.width() * part as f32);
        ui.painter().rect_filled(done, 2.0, palette.accent);
    }
}
