//! Publish by hand: topic, QoS, retain, payload, properties, saved publishes, repetition, and what became of it.

mod check;
mod compose;
mod editor;
mod file;
mod properties;
mod repeat;
mod result;
mod saved;
mod send;

#[cfg(test)]
mod tests;

use egui::{Key, Layout, Modifiers, Rect, Ui, UiBuilder, pos2};

use self::check::{Checker, Verdict};
use self::compose::{envelope, refused_by_limits, sample_values};
use self::properties::PropertyFields;
use self::saved::SavedList;
use self::send::Sender;

use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::theme;
use crate::client::State;
use crate::mqtt::Version;
use crate::profile::{PayloadKind, PublishDraft};

/// Widths from which saved publishes and properties have a column of their own.
const SAVED_COLUMN_FROM: f32 = 560.0;
const PROPERTIES_COLUMN_FROM: f32 = 740.0;
/// Height that the properties have at least; they scroll.
const LEAST_PROPERTIES: f32 = 60.0;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct PublishPanel {
    draft: PublishDraft,
    /// Whether the topic is the user's own, and no longer follows the selection.
    is_topic_chosen: bool,
    checker: Checker,
    saved: SavedList,
    sender: Sender,
    /// What the payload was before, or will be after, it is the path of a file.
    other_payload: String,
    /// The dialog for the file to publish.
    choice: FileChoice,
    fields: PropertyFields,
    /// Whether properties and repetition had a column of their own in the last frame, high enough for both.
    has_column: bool,
    wants_focus: bool,
}

impl PublishPanel {
    /// The unfinished message, to be kept over a restart.
    pub fn draft(&self) -> &PublishDraft {
        &self.draft
    }

    /// Goes on with an unfinished message, or with another profile's.
    pub fn set_draft(&mut self, draft: PublishDraft) {
        self.is_topic_chosen = !draft.topic.is_empty();
        self.draft = draft;
        self.other_payload.clear();
        self.sender.forget();
    }

    /// A topic was selected: fills the topic field until the user types a topic.
    pub fn follow_topic(&mut self, path: &str) {
        if !self.is_topic_chosen {
            path.clone_into(&mut self.draft.topic);
        }
    }

    /// The user chose to publish to this topic.
    pub fn set_topic(&mut self, path: &str) {
        path.clone_into(&mut self.draft.topic);
        self.is_topic_chosen = true;
    }

    /// The user chose to answer a request: its response topic, and the correlation data that the answer has to carry
    /// (MQTT 5, 4.10).
    pub fn set_answer(&mut self, topic: &str, correlation: &[u8]) {
        self.set_topic(topic);
        let edited = &mut self.draft.properties;
        edited.set_correlation(correlation);
        // the answer asks for none itself
        edited.response_topic.clear();
        self.draft.retain = false;
    }

    /// Moves the keyboard into the field of the topic.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Whether a repetition is under way.
    pub fn is_repeating(&self) -> bool {
        self.sender.is_repeating()
    }

    /// Publishes the draft, or says why that cannot be.
    pub fn publish_now(&mut self, context: &Context<'_>) {
        self.sender.publish(context, &self.draft);
    }

    /// Goes on with a repetition and with files that were being read. Called whenever the window wakes up; says
    /// after how long it wants to be called again.
    pub fn tick(
        &mut self,
        context: &Context<'_>,
        now: crate::mqtt::Timestamp,
    ) -> Option<std::time::Duration> {
        self.sender.tick(context, now)
    }

    /// How far a repetition is, such as “3 of 10 sent”; `None` when none is under way.
    pub fn repetition(&self) -> Option<String> {
        self.sender.repetition_progress()
    }

    /// Ends the repetition, if one is under way.
    pub fn stop_repeating(&mut self) {
        self.sender.stop("Stopped");
    }

    /// Begins the repetition that was asked about.
    pub fn begin_repetition(&mut self, now: crate::mqtt::Timestamp) {
        self.sender.begin_asked(now);
    }

    /// Progress of a repetition with the button that ends it, where the panel itself has no room for it or another one
    /// is shown.
    pub fn repetition_ui(&mut self, ui: &mut Ui, is_panel_shown: bool) {
        if !(is_panel_shown && self.has_column) {
            self.sender.stop_ui(ui);
        }
    }

    /// What keeps the draft from being a message, whatever the connection does.
    fn problem(&mut self, context: &Context<'_>) -> Option<String> {
        let values = sample_values(context.now);
        if let Err(error) = envelope(&self.draft, version(context), &values) {
            return Some(error.to_string());
        }
        if self.draft.kind != PayloadKind::File {
            let draft = &self.draft;
            let check = self.checker.check(draft.kind, &draft.payload, context.now);
            if check.verdict == Verdict::Bad {
                return Some(check.text.clone());
            }
        }
        let granted = context.session?.granted.as_ref()?;
        refused_by_limits(&self.draft, &granted.properties)
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.sender.remember(ui.ctx());
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter)) {
            self.publish_now(context);
        }
        ui.spacing_mut().item_spacing = egui::vec2(theme::SPACE[1], theme::SPACE[1]);
        self.columns(ui, context);
    }

    fn columns(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let area = ui.available_rect_before_wrap();
        let columns = Columns::of(area);
        let problem = self.problem(context);
        let least = send::REPEAT_HEIGHT + theme::SPACE[1] + LEAST_PROPERTIES;
        self.has_column = columns.properties.is_some() && area.height() >= least;
        if let Some(rect) = columns.saved {
            column(ui, rect, "saved", |ui| {
                if let Some(draft) = self.saved.ui(ui, context, &self.draft) {
                    self.load(draft);
                }
            });
        }
        column(ui, columns.editor, "editor", |ui| {
            self.editor_ui(ui, context, &columns, problem.as_deref());
        });
        if let Some(rect) = columns.properties {
            column(ui, rect, "properties", |ui| {
                let height = ui.available_height() - send::REPEAT_HEIGHT - theme::SPACE[1];
                self.options_ui(
                    ui,
                    context,
                    height.max(LEAST_PROPERTIES),
                    problem.as_deref(),
                );
            });
        }
        ui.allocate_rect(area, egui::Sense::hover());
    }

    /// MQTT 5 properties and repetition: a column, or a popup where there is no room for one.
    fn options_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        properties_height: f32,
        problem: Option<&str>,
    ) {
        let scroll = egui::ScrollArea::vertical()
            .id_salt("publish properties")
            .auto_shrink([false, true]);
        scroll.max_height(properties_height).show(ui, |ui| {
            self.fields
                .ui(ui, &mut self.draft.properties, version(context));
        });
        ui.add_space(theme::SPACE[0]);
        let obstacle = not_now(context).or(problem);
        self.sender.repeat_ui(ui, context, &self.draft, obstacle);
    }

    fn load(&mut self, draft: PublishDraft) {
        self.draft = draft;
        self.other_payload.clear();
        self.is_topic_chosen = true;
    }
}

/// What the open connection speaks.
fn version(context: &Context<'_>) -> Version {
    context
        .session
        .map_or_else(Default::default, |session| session.profile.version)
}

/// Where the parts of the panel are.
struct Columns {
    saved: Option<Rect>,
    editor: Rect,
    properties: Option<Rect>,
}

impl Columns {
    fn of(area: Rect) -> Self {
        let gap = theme::SPACE[2];
        let mut editor = area;
        let saved = (area.width() >= SAVED_COLUMN_FROM).then(|| {
            let right = area.left() + 150.0;
            editor.set_left(right + gap);
            Rect::from_min_max(area.min, pos2(right, area.bottom()))
        });
        let properties = (area.width() >= PROPERTIES_COLUMN_FROM).then(|| {
            let left = area.right() - 212.0;
            editor.set_right(left - gap);
            Rect::from_min_max(pos2(left, area.top()), area.max)
        });
        Self {
            saved,
            editor,
            properties,
        }
    }
}

fn column(ui: &mut Ui, rect: Rect, name: &str, add: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new()
        .max_rect(rect)
        .id_salt(name)
        .layout(Layout::top_down(egui::Align::Min));
    let mut child = ui.new_child(builder);
    child.set_clip_rect(rect.expand(3.0).intersect(ui.clip_rect()));
    add(&mut child);
}

/// Why nothing can be published now; `None` when it can.
fn not_now(context: &Context<'_>) -> Option<&'static str> {
    match context.session.map(super::super::session::Session::state) {
        Some(State::Connected { .. }) => None,
        Some(State::Connecting { .. }) => {
            Some("Connecting: publishing is possible once that is done")
        }
        Some(State::Waiting { .. }) => Some("Not connected: waiting for the next attempt"),
        Some(State::Idle | State::Ended(_)) | None => Some("Not connected"),
    }
}
