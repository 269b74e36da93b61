//! The messages of one topic, or of everything below a branch, newest first. What is looked at stays where it is while new
//! ones arrive above it.
//!
//! | file | what it holds |
//! |---|---|
//! | `list`, `keys`, `menu` | the rows; keys and menu of the list |
//! | `row_texts` | what changed from message to message |
//! | `gather` | messages below a branch, and those in which a text stands |
//! | `selection`, `deeds` | which messages are selected; what can be done with them |
//! | `fetch`, `export_bar`, `deleting` | taking messages out of the model; into a file; out of the history |

mod bar;
mod deeds;
mod deleting;
mod export_bar;
mod fetch;
mod gather;
mod keys;
mod list;
mod menu;
mod row_texts;
mod selection;

#[cfg(test)]
mod tests;

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

pub use self::row_texts::RowText;

use self::deleting::Deleting;
use self::export_bar::ExportBar;
use self::gather::{Gather, Target};
use self::list::ListedRow;
use self::row_texts::RowTexts;
use self::selection::Selection;
use super::super::action::Level;
use super::super::context::Context;
use super::super::latest::Latest;
use super::super::session::Session;
use super::super::theme;
use super::super::widgets::{Scrolled, muted};
use super::compare::Compare;
use super::message_row::{Columns, RowFace, message_row};
use super::shown::Shown;
use crate::gui::words;
use crate::model::{Message, MessageId, NodeId};

/// A message that the user chose to look at.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The message itself; stays readable after it was trimmed.
    pub message: Message,
    /// Its topic where that is another one than the selected.
    pub topic: Option<String>,
}

/// What the history was asked for.
#[derive(Debug, Clone)]
pub enum Choice {
    /// Look at this message.
    Message(Chosen),
    /// Look at it, and at its payload.
    Open(Chosen),
    /// Follow the newest one again.
    Newest,
}

/// Which messages are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Topic,
    Below,
}

/// A list that is held still.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// How many had arrived then.
    arrived: u64,
}

/// UI state of the history.
#[derive(Debug)]
pub struct HistoryView {
    /// What the user chose; `None` for what fits.
    scope: Option<Scope>,
    /// Whether everything below is wanted of the topic that is shown next.
    wants_below: bool,
    search: String,
    /// Counts lists: what was asked in an earlier one does not concern this one.
    list: u64,
    gather: Gather,
    held: Option<Held>,
    selection: Selection,
    /// Where a range of selected messages begins.
    anchor: Option<MessageId>,
    scrolled: Scrolled,
    /// Messages that had arrived when it was drawn last.
    arrived: Option<u64>,
    /// The rows that were copied last and the first one's number, to be shown again while the model is busy.
    copied: (usize, Vec<ListedRow>),
    bring_into_view: Option<usize>,
    texts: RowTexts,
    export: ExportBar,
    deleting: Deleting,
    copying: Latest<Result<String, String>>,
}

impl Default for HistoryView {
    fn default() -> Self {
        Self {
            scope: None,
            wants_below: false,
            search: String::new(),
            list: 0,
            gather: Gather::default(),
            held: None,
            selection: Selection::default(),
            anchor: None,
            scrolled: Scrolled::default(),
            arrived: None,
            copied: (0, Vec::new()),
            bring_into_view: None,
            texts: RowTexts::default(),
            export: ExportBar::default(),
            deleting: Deleting::default(),
            copying: Latest::new("copy messages"),
        }
    }
}

/// What a frame is drawn from.
struct Stage<'a> {
    context: &'a Context<'a>,
    session: &'a Session,
    shown: &'a Shown,
    chosen: Option<&'a Chosen>,
    /// `None` lists the topic as the model has it; else the list is gathered.
    target: Option<Target>,
}

impl HistoryView {
    /// Another topic is shown: begin at its newest message. What is being written or deleted goes on.
    pub fn clear(&mut self) {
        let before = std::mem::take(self);
        *self = Self {
            export: before.export,
            deleting: before.deleting,
            copying: before.copying,
            list: before.list + 1,
            scope: before.wants_below.then_some(Scope::Below),
            ..Self::default()
        };
        self.export.forget();
        self.deleting.forget();
    }

    /// Lists everything below the branch.
    pub fn show_below(&mut self) {
        self.scope = Some(Scope::Below);
        self.wants_below = true;
        self.rearrange();
    }

    /// Goes on with what is copied, written and deleted, and says what came of it. Called in every frame, whatever is
    /// shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        match self.copying.poll() {
            Some(Ok(text)) => context.copy(text, "Messages"),
            Some(Err(text)) => context.toast(Level::Error, text),
            None => {}
        }
        self.export.tick(context);
        if let Some(deleted) = self.deleting.poll(context) {
            self.deleted(&deleted);
        }
    }

    /// Draws the list with what belongs to it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
        (chosen, compare): (Option<&Chosen>, &mut Compare),
    ) -> Option<Choice> {
        self.wants_below = false;
        self.tick(context);
        self.texts.begin(session);
        self.bar_ui(ui, context, session, shown);
        let stage = Stage {
            context,
            session,
            shown,
            chosen,
            target: self.target(shown),
        };
        self.deeds_ui(ui, &stage);
        if let Some(target) = &stage.target {
            self.gather.follow(ui.ctx(), session, target);
        }
        if stage.target.is_none() && shown.history_len == 0 {
            ui.add_space(8.0);
            muted(ui, nothing_here(shown));
            return None;
        }
        self.list_ui(ui, &stage, compare)
    }

    fn scope(&self, shown: &Shown) -> Scope {
        let fitting = if shown.facts.is_topic {
            Scope::Topic
        } else {
            Scope::Below
        };
        match self.scope {
            Some(scope) if shown.facts.is_topic && shown.facts.children > 0 => scope,
            _ => fitting,
        }
    }

    fn target(&self, shown: &Shown) -> Option<Target> {
        let is_below = self.scope(shown) == Scope::Below;
        let search = self.search.trim();
        (is_below || !search.is_empty()).then(|| Target {
            node: shown.node,
            is_below,
            search: search.to_owned(),
        })
    }

    /// Another list is shown: from its newest message on, with nothing selected.
    fn rearrange(&mut self) {
        self.list += 1;
        self.gather.clear();
        self.selection.clear();
        self.anchor = None;
        self.held = None;
        self.arrived = None;
        self.copied = (0, Vec::new());
        self.scrolled = Scrolled::default();
        self.bring_into_view = Some(0);
        self.export.forget();
        self.deleting.forget();
    }

    /// How many messages have come into the list so far.
    fn arrived(&self, stage: &Stage<'_>) -> u64 {
        match stage.target {
            Some(_) => self.gather.arrived(),
            None => stage.shown.facts.own_messages,
        }
    }

    /// Messages that have come since the list was held.
    fn new_since_held(&self, stage: &Stage<'_>) -> usize {
        let Some(held) = self.held else {
            return 0;
        };
        let new = self.arrived(stage).saturating_sub(held.arrived);
        usize::try_from(new)
            .unwrap_or(usize::MAX)
            .min(self.all(stage))
    }

    /// All messages of the list, those that came since it was held included.
    fn all(&self, stage: &Stage<'_>) -> usize {
        match stage.target {
            Some(_) => self.gather.len(),
            None => stage.shown.history_len,
        }
    }

    /// The newest messages as a short list without scrolling: as many as there is room for.
    pub fn recent_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        shown: &Shown,
        selected: Option<MessageId>,
    ) -> Option<Choice> {
        let mut choice = None;
        if let Some(session) = context.session {
            self.texts.begin(session);
            self.ask_recent(ui, session, shown);
        }
        for message in &shown.recent {
            if ui.available_height() < theme::HISTORY_ROW_HEIGHT {
                break;
            }
            let size = vec2(ui.available_width(), theme::HISTORY_ROW_HEIGHT);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let face = RowFace {
                message,
                topic: None,
                delta: message.since_previous,
                text: self.texts.get(message.id).map(|text| &**text),
                is_selected: selected == Some(message.id),
            };
            let response = message_row(ui, context, rect, &face, Columns::SHORT);
            if response.clicked() {
                let message = message.clone();
                choice = Some(Choice::Message(Chosen {
                    message,
                    topic: None,
                }));
            }
        }
        choice
    }

    /// Asks for what changed in the messages of the short list.
    fn ask_recent(&mut self, ui: &Ui, session: &Session, shown: &Shown) {
        if !self.texts.is_free() {
            return;
        }
        let fit = ui.available_height() / theme::HISTORY_ROW_HEIGHT;
        let rows = shown.recent.iter().zip(shown.recent.iter().skip(1));
        let rows = rows.enumerate().take_while(|(row, _)| (*row as f32) < fit);
        let missing = rows.filter(|(_, (message, _))| self.texts.get(message.id).is_none());
        let missing = missing.map(|(_, (message, previous))| row_texts::Missing {
            message: message.clone(),
            previous: Some(previous.clone()),
            reading: session.reading(&shown.facts.path, message),
        });
        let missing = missing.collect();
        self.texts.ask(ui.ctx(), missing);
    }

    /// A line below the list: how many there are, and what is not among them.
    fn footer_ui(&self, ui: &mut Ui, stage: &Stage<'_>) {
        let text = self.footer(stage);
        let size = vec2(ui.available_width(), 18.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        let palette = theme::Palette::of(ui);
        let font = theme::caption();
        let line =
            super::super::widgets::galley_within(ui, &text, font, palette.faint, rect.width());
        let at = Rect::from_center_size(rect.center(), line.size()).top();
        ui.painter()
            .galley(egui::pos2(rect.left(), at), line, palette.faint);
        response.on_hover_text(text);
    }

    fn footer(&self, stage: &Stage<'_>) -> String {
        let facts = &stage.shown.facts;
        let mut parts = Vec::new();
        let count = self.all(stage) as u64;
        match &stage.target {
            Some(target) if !target.search.is_empty() => {
                parts.push(words::counted(count, "message found", "messages found"));
            }
            _ => parts.push(words::counted(count, "message", "messages")),
        }
        if stage.target.is_some() && self.gather.is_looking() {
            parts.push("looking through older ones".to_owned());
        }
        if self.selection.is_several() {
            let selected = self.selected_count(stage);
            parts.push(format!(
                "{} selected",
                crate::payload::format::thousands(selected)
            ));
        }
        if stage.target.is_some() && self.gather.is_cut() {
            let most = crate::payload::format::thousands(gather::MOST as u64);
            parts.push(format!(
                "only the newest {most} are listed: search, or choose a narrower branch"
            ));
        }
        parts.extend(left_out(stage, facts.trimmed, facts.deleted));
        parts.join(" · ")
    }
}

/// What is no longer in the history.
fn left_out(stage: &Stage<'_>, trimmed: u64, deleted: u64) -> Vec<String> {
    let is_below = stage.target.as_ref().is_some_and(|target| target.is_below);
    if is_below {
        let trimmed = stage.session.glance.totals.trimmed;
        let text = "the oldest of the connection were trimmed to stay within the history budget";
        return (trimmed > 0).then(|| text.to_owned()).into_iter().collect();
    }
    let mut parts = Vec::new();
    if trimmed > 0 {
        let what = words::counted(trimmed, "older message", "older messages");
        parts.push(format!("{what} trimmed to stay within the history budget"));
    }
    if deleted > 0 {
        parts.push(format!(
            "{} deleted here",
            crate::payload::format::thousands(deleted)
        ));
    }
    parts
}

fn nothing_here(shown: &Shown) -> &'static str {
    if shown.facts.deleted > 0 {
        "All messages of this topic were deleted from the history here"
    } else {
        "No message on this topic yet"
    }
}

/// Where a message of `node` stands for the inspector: its topic is told where it is another one than the selected.
fn chosen(stage: &Stage<'_>, node: NodeId, topic: &str, message: Message) -> Chosen {
    Chosen {
        message,
        topic: (node != stage.shown.node).then(|| topic.to_owned()),
    }
}
