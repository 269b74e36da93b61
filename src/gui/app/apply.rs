//! What views ask for, done: a flat match with a call per arm.

use crate::client::{Command, Event, Outgoing, PublishId, PublishStep, now};
use crate::model::NodeId;
use crate::profile::Settings;

use super::super::action::{Action, Asked, DockTab, Level};
use super::super::dialogs::Dialog;
use super::super::pane::Pane;
use super::super::session::PublishRecord;
use super::super::theme;
use super::open::Of;
use super::{App, Screen};

impl App {
    /// Does everything that was asked for since the last call.
    pub(super) fn apply_all(&mut self, context: &egui::Context) {
        // an action may ask for another one, but not for ever
        for _ in 0..4 {
            let asked = self.actions.take();
            if asked.is_empty() {
                return;
            }
            for asked in asked {
                self.apply(asked, context);
            }
        }
    }

    fn apply(&mut self, asked: Asked, context: &egui::Context) {
        let of = asked.of.as_ref();
        match asked.action {
            Action::SelectProfile(id) => self.data.selected_profile = Some(id),
            Action::NewProfile => self.new_profile(),
            Action::DuplicateProfile(id) => self.duplicate_profile(&id),
            Action::DeleteProfile(id) => self.ask_delete_profile(&id),
            Action::DeleteProfileConfirmed(id) => self.delete_profile(&id),
            Action::KeepProfile(id) => self.keep_profile(&id),
            Action::UndoDeleteProfile => self.undo_delete_profile(),
            Action::EditProfile(profile) => self.edit_profile(*profile),
            Action::List(action) => self.apply_to_list(action),
            Action::SetSecret(key, secret) => self.set_secret(key, secret),
            Action::TrustCertificate(id, fingerprint) => self.trust_certificate(&id, fingerprint),

            Action::ShowConnections => self.show_connections(of),
            Action::ShowExplorer => self.show_explorer(of),
            Action::Connect(id) => self.connect(&id),
            Action::ConnectWith(key, secret, keep) => self.connect_with(key, secret, keep),
            Action::ExamineWith(key, secret, keep) => self.examine_with(key, secret, keep),
            Action::Examine(id) => self.examine(&id),
            Action::Disconnect => self.end_connection(of, Command::Disconnect),
            Action::DropConnection => self.end_connection(of, Command::Drop),
            Action::ReconnectNow => self.command(of, Command::ReconnectNow),
            Action::Subscribe(filter, qos) => self.subscribe(of, filter, qos),
            Action::SubscribeAs(old, wanted) => self.subscribe_as(of, old.as_deref(), &wanted),
            Action::NewSubscription => self.new_subscription(of),
            Action::ShowSubscriptions => self.views.dialogs.show(of, Dialog::subscriptions()),
            Action::Unsubscribe(filter) => self.unsubscribe(of, &filter),

            Action::Tab(action) => self.apply_to_tabs(action),
            Action::Reading(action) => self.apply_to_reading(of, action),

            Action::Select(node) => self.select(of, node),
            Action::SelectPath(path) => self.select_path(of, &path),
            Action::SetOpen(node, open) => self.on_model(of, |model| model.set_open(node, open)),
            Action::SetOpenBelow(node, open) => {
                self.on_model(of, |model| model.set_open_below(node, open));
            }
            Action::SortBy(order) => self.sort_by(of, order),
            Action::SetPaused(paused) => self.set_paused(of, paused),
            Action::Filter(text) => self.filter(of, &text),
            Action::FocusFilter => self.focus_filter(of),
            Action::FocusTree => self.on_pane(of, |pane| pane.tree.take_focus()),
            Action::Retained(action) => self.apply_to_retained(of, action),

            Action::Chart(action) => self.apply_to_charts(of, action),
            Action::History(action) => self.apply_to_history(of, action),

            Action::Traffic(action) => self.apply_to_traffic(of, action),
            Action::Publish(id, message) => self.publish(of, id, message),
            Action::StopRepeating => self.on_pane(of, |pane| pane.dock.publish.stop_repeating()),
            Action::AskPublish(question) => self.ask_publish(of, question),
            Action::PublishAsked(what, is_last) => self.publish_asked(of, what, is_last, context),
            Action::FocusPublish => self.focus_publish(of),
            Action::PublishHere(topic) => self.publish_here(of, &topic),
            Action::PublishAnswer(topic, data) => self.publish_answer(of, &topic, &data),

            Action::StartBroker => self.start_broker(false),
            Action::StartBrokerOn(port) => self.start_broker_on(port),
            Action::StopBroker => self.stop_broker(false),
            Action::StartDemo => self.start_broker(true),
            Action::StopDemo => self.stop_demo(),
            Action::DisconnectClient(id) => self.disconnect_client(&id),
            Action::SaveBroker(settings, secret) => self.save_broker(settings, secret),

            Action::ShowDock(tab) => self.show_dock(of, tab),
            Action::SaveSettings(settings) => self.save_settings(*settings, context),
            Action::OpenSettings => self.views.dialogs.show(None, Dialog::settings()),
            Action::OpenBrokerSettings => self.open_broker_settings(false),
            Action::ReconfigureBroker => self.open_broker_settings(true),
            Action::OpenPalette => self.views.palette.open(),
            Action::OpenKeys => self.views.dialogs.show(None, Dialog::Keys),
            Action::ClearLog => self.data.log.clear(),
            Action::Copy(text, what) => self.copy(context, text, what),
            Action::Toast(level, text) => {
                let session = self.data.open.get(of);
                let name = session.map_or("Canopy", |it| &it.profile.name).to_owned();
                self.say(level, &name, text, None);
            }
        }
    }

    /// Hands a command to a connection and says when it is not taken.
    pub(super) fn command(&mut self, of: Of<'_>, command: Command) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        if let Err(err) = session.live.send(command) {
            let name = session.profile.name.clone();
            self.say(Level::Error, &name, err.to_string(), None);
        }
    }

    fn on_model(&mut self, of: Of<'_>, change: impl FnOnce(&mut crate::model::Model)) {
        if let Some(session) = self.data.open.get(of) {
            change(&mut session.live.lock());
            // which branches are open is part of the window's state
            self.data.unsaved.window = Some(now());
        }
    }

    pub(super) fn on_pane(&mut self, of: Of<'_>, change: impl FnOnce(&mut Pane)) {
        if let Some(pane) = self.views.panes.get_mut(of) {
            change(pane);
        }
    }

    /// Shows the pane of a connection, if it has a tab: a window of its own shows nothing else.
    fn show_explorer(&mut self, of: Of<'_>) {
        if let Some(id) = of {
            self.data.open.show(id);
        }
        if self
            .data
            .open
            .shown_id()
            .is_some_and(|shown| of.is_none_or(|id| id == shown))
        {
            self.views.screen = Screen::Explorer;
        }
        self.on_pane(of, |pane| pane.is_dashboard = false);
    }

    fn select(&mut self, of: Of<'_>, node: NodeId) {
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        session.selected = Some(node);
        let path = session.live.lock().path(node);
        self.on_pane(of, |pane| pane.dock.publish.follow_topic(&path));
    }

    fn select_path(&mut self, of: Of<'_>, path: &str) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        let node = session.live.lock().find(path);
        if let Some(node) = node {
            self.select_and_reveal(of, node);
        }
    }

    /// Selects a node that may be in a closed branch.
    pub(super) fn select_and_reveal(&mut self, of: Of<'_>, node: NodeId) {
        self.on_model(of, |model| model.reveal(node));
        self.select(of, node);
        self.on_pane(of, |pane| pane.tree.reveal_selected());
    }

    fn sort_by(&mut self, of: Of<'_>, order: crate::model::SortBy) {
        if let Some(session) = self.data.open.get_mut(of) {
            session.sort = order;
            session.live.lock().sort_by(order);
        }
    }

    fn set_paused(&mut self, of: Of<'_>, paused: bool) {
        if let Some(session) = self.data.open.get_mut(of) {
            session.is_paused = paused;
            session.live.lock().set_paused(paused);
        }
    }

    fn filter(&mut self, of: Of<'_>, text: &str) {
        let (Some(session), Some(pane)) = (self.data.open.get(of), self.views.panes.get_mut(of))
        else {
            return;
        };
        pane.filter.set(text);
        pane.is_dashboard &= text.is_empty();
        session.live.set_query(pane.filter.query.clone());
        if let Some(node) = session.selected.filter(|_| text.is_empty()) {
            session.live.lock().reveal(node);
            pane.tree.reveal_selected();
        }
    }

    pub(super) fn focus_filter(&mut self, of: Of<'_>) {
        self.show_explorer(of);
        self.on_pane(of, |pane| pane.filter.wants_focus = true);
    }

    pub(super) fn show_dock(&mut self, of: Of<'_>, tab: DockTab) {
        self.on_pane(of, |pane| pane.dock.tab = tab);
        self.show_explorer(of);
    }

    fn new_subscription(&mut self, of: Of<'_>) {
        self.show_explorer(of);
        self.on_pane(of, Pane::new_subscription);
    }

    fn focus_publish(&mut self, of: Of<'_>) {
        self.show_dock(of, DockTab::Publish);
        self.on_pane(of, |pane| pane.dock.publish.take_focus());
    }

    fn publish(&mut self, of: Of<'_>, id: PublishId, message: Outgoing) {
        let (Some(session), Some(of)) = (self.data.open.get_mut(of), of) else {
            return;
        };
        session.start_publish(PublishRecord {
            id,
            topic: message.topic.to_string(),
            qos: message.qos,
            size: message.payload.len(),
            steps: Vec::new(),
        });
        if let Err(err) = session.live.send(Command::Publish(id, message)) {
            let failed = Event::Publish(id, PublishStep::Failed(err.to_string()));
            session.take(&failed, now());
            self.report(of, &failed);
        }
    }

    fn publish_answer(&mut self, of: Of<'_>, topic: &str, correlation: &[u8]) {
        self.on_pane(of, |pane| {
            pane.dock.tab = DockTab::Publish;
            pane.dock.publish.set_answer(topic, correlation);
            pane.dock.publish.take_focus();
        });
    }

    fn publish_here(&mut self, of: Of<'_>, topic: &str) {
        self.on_pane(of, |pane| {
            pane.dock.tab = DockTab::Publish;
            pane.dock.publish.set_topic(topic);
        });
    }

    fn save_settings(&mut self, settings: Settings, context: &egui::Context) {
        theme::apply(context, settings.theme);
        if (settings.zoom - self.data.settings.zoom).abs() > f32::EPSILON {
            context.set_zoom_factor(settings.zoom);
        }
        for session in self.data.open.all() {
            session
                .live
                .lock()
                .set_history_budget(settings.history_budget);
        }
        self.data.settings = settings;
        self.data.unsaved.settings = true;
    }

    fn copy(&mut self, context: &egui::Context, text: String, what: &str) {
        context.copy_text(text);
        self.views
            .toasts
            .push(Level::Success, format!("{what} copied"), None, now());
    }
}
