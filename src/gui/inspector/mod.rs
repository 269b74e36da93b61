//! The selected topic: breadcrumb, facts, and tabs for payload, history, properties and subtree.

mod breadcrumb;
pub mod compare;
mod facts_grid;
mod header;
mod history;
mod message_row;
mod notices;
mod payload;
mod payload_tab;
mod properties;
mod save;
mod shown;
mod sparkplug;
mod subtree;

#[cfg(test)]
mod tests;

use egui::{Frame, Layout, Margin, RichText, Ui};

use self::header::{Wish, header};
pub use self::shown::user_properties;

use self::compare::Compare;
use self::history::{Choice, Chosen, HistoryView};
use self::notices::{Offered, nothing_selected, paused_notice};
use self::payload::PayloadView;
use self::properties::{GoTo, PropertiesView};
pub use self::save::SaveBar;
use self::shown::Shown;
use self::sparkplug::SparkplugView;

use super::action::Action;
use super::app::LOOK_AGAIN;
use super::chart::Charts;
use super::context::Context;
use super::icons;
use super::retained;
use super::session::Session;
use super::theme::{self, Palette};
use super::widgets::{Look, Tab, button, tabs};
use crate::model::{Kept, Message, MessageId, NodeId};
use crate::mqtt::Timestamp;
use crate::payload::format;
use crate::profile::ProfileId;

/// Room beside the tabs below which the format segments go into a row of their own.
const TABS_AND_SEGMENTS: f32 = 560.0;

/// Numbers below this one are for retained messages that are shown although they are not in the history.
const RETAINED_ONLY: u64 = u64::MAX - 1;

/// Which part of a topic is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum InspectorTab {
    #[default]
    Payload,
    History,
    Chart,
    Properties,
    Subtree,
}

/// UI state of this view.
#[derive(Debug, Default)]
pub struct Inspector {
    target: Option<(ProfileId, NodeId)>,
    tab: InspectorTab,
    /// What was copied of the topic last.
    shown: Option<Shown>,
    chosen: Option<Chosen>,
    /// Topics to begin with.
    offered: Offered,
    payload: PayloadView,
    history: HistoryView,
    /// What the shown message is compared with.
    compare: Compare,
    sparkplug: SparkplugView,
    save: SaveBar,
    properties: PropertiesView,
    /// Retained messages shown so far that are not in the history: each is another message.
    retained_shown: u64,
    /// A message of another topic that is to be shown once that topic is.
    go_to: Option<GoTo>,
    /// The chart of the connection.
    pub charts: Charts,
}

impl Inspector {
    /// Shows the list of all messages of the selected topic.
    pub fn show_history(&mut self) {
        self.tab = InspectorTab::History;
    }

    /// Shows the list of all messages below the selected branch.
    pub fn show_below(&mut self) {
        self.tab = InspectorTab::History;
        self.history.show_below();
    }

    /// Whether the chart of the connection is shown.
    pub fn is_chart_shown(&self) -> bool {
        self.tab == InspectorTab::Chart
    }

    /// Shows the chart of the connection.
    pub fn show_chart(&mut self) {
        self.tab = InspectorTab::Chart;
    }

    /// Goes on with what is written and deleted, and says what came of it. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.history.tick(context);
        self.save.tick(context);
        self.charts.tick(context);
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        Frame::new()
            .inner_margin(Margin::symmetric(16, 10))
            .show(ui, |ui| {
                let selected = context
                    .session
                    .and_then(|session| Some((session, session.selected?)));
                let Some((session, node)) = selected else {
                    let has_chart = self.is_chart_shown() && !self.charts.chart().series.is_empty();
                    if let Some(session) = context.session.filter(|_| has_chart) {
                        return self.charts.tab_ui(ui, context, session, ("", None));
                    }
                    return nothing_selected(ui, context, &mut self.offered);
                };
                self.follow(session, node);
                let shown = self.copy(ui, context, session, node);
                if session.is_paused {
                    paused_notice(ui, context, &shown);
                }
                self.topic_ui(ui, context, session, &shown);
                self.shown = Some(shown);
            });
    }

    /// What is shown of the topic: what was copied before when the tree is paused, or when the model is busy just now.
    fn copy(&mut self, ui: &Ui, context: &Context<'_>, session: &Session, node: NodeId) -> Shown {
        let Some(before) = self.shown.take().filter(|shown| shown.node == node) else {
            return Shown::copy(&session.live.lock(), node, context.now);
        };
        if session.is_paused {
            return before;
        }
        if let Some(model) = session.live.lock_soon() {
            return Shown::copy(&model, node, context.now);
        }
        ui.ctx().request_repaint_after(LOOK_AGAIN);
        before
    }

    /// Forgets what belonged to another topic.
    fn follow(&mut self, session: &Session, node: NodeId) {
        let is_same = self
            .target
            .as_ref()
            .is_some_and(|(profile, target)| *profile == session.profile.id && *target == node);
        if !is_same {
            self.target = Some((session.profile.id.clone(), node));
            self.shown = None;
            self.chosen = None;
            self.payload.clear();
            self.history.clear();
        }
    }

    fn topic_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session, shown: &Shown) {
        self.arrive(session, shown);
        let chosen = self.chosen.as_ref().map(|chosen| chosen.message.clone());
        let message = chosen.or_else(|| shown.newest.clone());
        ui.spacing_mut().item_spacing.y = 4.0;
        let other_topic = self.chosen.as_ref().and_then(|it| it.topic.as_ref());
        let is_of_another = other_topic.is_some();
        let asked = header(ui, context, session, shown, message.as_ref(), is_of_another);
        match (asked, &message) {
            (Some(Wish::Save), Some(message)) => {
                self.save.start(&shown.facts.path, message.payload.clone());
            }
            (Some(Wish::Retained(retained::Wish::Show(kept, at))), _) => {
                self.show_retained(session, kept, at);
            }
            _ => {}
        }
        self.save.ui(ui, context);
        if let (InspectorTab::Payload, Some(message)) = (self.tab, &message) {
            self.prepare_payload(ui, session, shown, message);
        }
        self.tab_strip(ui, context, session, shown, message.as_ref());
        self.older_message_notice(ui, context, shown);
        match self.tab {
            InspectorTab::Payload => {
                self.payload_tab(ui, context, session, shown, message.as_ref());
            }
            InspectorTab::History => {
                let looked_at = (self.chosen.as_ref(), &mut self.compare);
                let choice = self.history.ui(ui, context, session, shown, looked_at);
                self.choose(choice);
            }
            InspectorTab::Chart => {
                let what = (shown.facts.path.as_str(), message.as_ref());
                self.charts.tab_ui(ui, context, session, what);
            }
            InspectorTab::Properties => {
                let topic = self.chosen.as_ref().and_then(|it| it.topic.as_deref());
                let what = (topic.unwrap_or(&shown.facts.path), message.as_ref());
                let go_to = self.properties.ui(ui, context, session, what);
                if let Some(go_to) = go_to {
                    context.ask(Action::SelectPath(go_to.path.clone()));
                    self.go_to = Some(go_to);
                }
            }
            InspectorTab::Subtree => subtree::subtree_ui(ui, context, &shown.facts),
        }
    }

    /// Shows the message that was asked for on another topic, now that this is the one.
    fn arrive(&mut self, session: &Session, shown: &Shown) {
        if self
            .go_to
            .as_ref()
            .is_none_or(|it| it.path != shown.facts.path)
        {
            return;
        }
        let Some(go_to) = self.go_to.take() else {
            return;
        };
        if let Some(message) = session.live.lock().message(go_to.id) {
            let topic = None;
            self.chosen = Some(Chosen { message, topic });
        }
    }

    /// Shows the message that is retained; one that is not in the history is shown as it is kept beside it.
    fn show_retained(&mut self, session: &Session, kept: Kept, at: Timestamp) {
        self.tab = InspectorTab::Payload;
        let found = kept.id.and_then(|id| session.live.lock().message(id));
        self.retained_shown += u64::from(found.is_none());
        let id = MessageId(RETAINED_ONLY - self.retained_shown);
        let message = found.unwrap_or_else(|| Message {
            id,
            at,
            since_previous: None,
            payload: kept.payload,
            qos: kept.qos,
            retain: true,
            dup: false,
            packet_id: None,
            properties: kept.properties,
        });
        let topic = None;
        self.chosen = Some(Chosen { message, topic });
    }

    fn choose(&mut self, choice: Option<Choice>) {
        match choice {
            Some(Choice::Message(chosen)) => self.chosen = Some(chosen),
            Some(Choice::Open(chosen)) => {
                self.chosen = Some(chosen);
                self.tab = InspectorTab::Payload;
            }
            Some(Choice::Newest) => self.chosen = None,
            None => {}
        }
    }

    fn tab_strip(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
        message: Option<&Message>,
    ) {
        let in_payload = message.filter(|_| self.tab == InspectorTab::Payload);
        let fits = ui.available_width() >= TABS_AND_SEGMENTS;
        let strip = ui.horizontal(|ui| {
            self.tabs(ui, shown, message);
            if let Some(message) = in_payload.filter(|_| fits) {
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    self.format_controls(ui, context, session, shown, message);
                });
            }
        });
        let line = ui.max_rect().x_range().expand(16.0);
        ui.painter().hline(
            line,
            strip.response.rect.bottom() - 0.5,
            (1.0, Palette::of(ui).line),
        );
        if let Some(message) = in_payload.filter(|_| !fits) {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    self.format_controls(ui, context, session, shown, message);
                });
            });
        }
    }

    fn tabs(&mut self, ui: &mut Ui, shown: &Shown, message: Option<&Message>) {
        let count = |count: usize| match count {
            0 => String::new(),
            count => format::thousands(count as u64),
        };
        let tab = |value, text, count| Tab {
            value,
            icon: None,
            text,
            count,
        };
        let all = [
            tab(InspectorTab::Payload, "Payload", String::new()),
            tab(InspectorTab::History, "History", count(shown.history_len)),
            tab(InspectorTab::Chart, "Chart", String::new()),
            tab(
                InspectorTab::Properties,
                "Properties",
                count(message.map_or(0, properties::count)),
            ),
            tab(InspectorTab::Subtree, "Subtree", String::new()),
        ];
        tabs(ui, &mut self.tab, &all);
    }

    /// Says so while an older message than the newest is shown.
    fn older_message_notice(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown) {
        let Some(chosen) = &self.chosen else {
            return;
        };
        let newest = shown.newest.as_ref().map(|message| message.id);
        if newest == Some(chosen.message.id) || self.tab == InspectorTab::Subtree {
            return;
        }
        let palette = Palette::of(ui);
        let time = format::clock(chosen.message.at, context.zone);
        let frame = Frame::new()
            .fill(palette.tint(palette.amber, 0.14))
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(10, 3));
        let mut is_left = false;
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = if chosen.topic.is_some() {
                        "Close it"
                    } else {
                        "Show newest"
                    };
                    is_left = button(ui, Some(icons::ARROW_UP), name, Look::Quiet).clicked();
                    ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                        let mut text = format!("Showing message of {time}");
                        if let Some(topic) = &chosen.topic {
                            text.extend([" on ", topic]);
                        }
                        let text = RichText::new(text).font(theme::label());
                        ui.add(egui::Label::new(text.color(palette.amber)).truncate());
                    });
                });
            });
        });
        if is_left {
            self.chosen = None;
        }
    }
}
