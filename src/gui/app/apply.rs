//! What views ask for, done: a flat match with a call per arm.

use crate::client::{Command, Event, Outgoing, PublishId, PublishStep, now};
use crate::model::{NodeId, Query, RetainedCursor};
use crate::mqtt::TopicName;
use crate::profile::{ProfileId, Settings};

use super::super::action::{Action, Level};
use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::super::session::{PublishRecord, Session};
use super::super::theme;
use super::{App, Screen};

/// Nodes looked at for each time the model is locked, when retained topics are gathered.
const RETAINED_STEP: usize = 4096;

impl App {
    /// Does everything that was asked for since the last call.
    pub(super) fn apply_all(&mut self, context: &egui::Context) {
        // an action may ask for another one, but not for ever
        for _ in 0..4 {
            let actions = self.actions.take();
            if actions.is_empty() {
                return;
            }
            for action in actions {
                self.apply(action, context);
            }
        }
    }

    fn apply(&mut self, action: Action, context: &egui::Context) {
        match action {
            Action::SelectProfile(id) => self.data.selected_profile = Some(id),
            Action::NewProfile => self.new_profile(),
            Action::DuplicateProfile(id) => self.duplicate_profile(&id),
            Action::DeleteProfile(id) => self.delete_profile(&id),
            Action::KeepProfile(id) => self.keep_profile(&id),
            Action::UndoDeleteProfile => self.undo_delete_profile(),
            Action::MoveProfile(id, index) => self.move_profile(&id, index),
            Action::EditProfile(profile) => self.edit_profile(*profile),
            Action::SetSecret(key, secret) => self.set_secret(key, secret),
            Action::TrustCertificate(id, fingerprint) => self.trust_certificate(&id, fingerprint),

            Action::ShowConnections => self.views.screen = Screen::Connections,
            Action::ShowExplorer => self.show_explorer(),
            Action::Connect(id) => self.connect(&id),
            Action::ConnectWith(key, secret, keep) => self.connect_with(key, secret, keep),
            Action::Examine(id) => self.examine(&id),
            Action::Disconnect => self.end_connection(Command::Disconnect),
            Action::DropConnection => self.end_connection(Command::Drop),
            Action::ReconnectNow => self.command(Command::ReconnectNow),
            Action::Subscribe(filter, qos) => self.subscribe(filter, qos),
            Action::SubscribeAs(replaced, wanted) => {
                self.subscribe_as(replaced.as_deref(), *wanted)
            }
            Action::ShowSubscriptions => self.views.dialog = Dialog::subscriptions(),
            Action::Unsubscribe(filter) => self.unsubscribe(&filter),

            Action::Select(node) => self.select(node),
            Action::SelectPath(path) => self.select_path(&path),
            Action::SetOpen(node, open) => self.on_model(|model| model.set_open(node, open)),
            Action::SetOpenBelow(node, open) => {
                self.on_model(|model| model.set_open_below(node, open));
            }
            Action::SortBy(order) => self.sort_by(order),
            Action::SetPaused(paused) => self.set_paused(paused),
            Action::Filter(text) => self.filter(&text),
            Action::FocusFilter => self.focus_filter(),
            Action::FocusTree => self.views.tree.take_focus(),
            Action::ClearRetained(topics) => self.views.dialog = Dialog::clear_retained(topics),
            Action::ClearRetainedBelow(node) => self.clear_retained_below(node),
            Action::ClearRetainedConfirmed(topics) => self.clear_retained(topics),

            Action::Publish(id, message) => self.publish(id, message),
            Action::PublishHere(topic) => self.publish_here(&topic),

            Action::StartBroker => self.start_broker(false),
            Action::StartBrokerOn(port) => self.start_broker_on(port),
            Action::StopBroker => self.stop_broker(false),
            Action::StartDemo => self.start_broker(true),
            Action::StopDemo => self.stop_demo(),
            Action::DisconnectClient(id) => self.disconnect_client(&id),
            Action::SaveBroker(settings, secret) => self.save_broker(settings, secret),

            Action::ShowDock(tab) => {
                self.views.dock.tab = tab;
                self.show_explorer();
            }
            Action::SaveSettings(settings) => self.save_settings(*settings, context),
            Action::OpenSettings => self.views.dialog = Dialog::settings(),
            Action::OpenBrokerSettings => self.open_broker_settings(false),
            Action::ReconfigureBroker => self.open_broker_settings(true),
            Action::OpenPalette => self.views.palette.open(),
            Action::OpenKeys => self.views.dialog = Dialog::Keys,
            Action::ClearLog => self.data.log.clear(),
            Action::Copy(text, what) => self.copy(context, text, what),
            Action::Toast(level, text) => self.say(level, "Canopy", text, None),
        }
    }

    /// Hands a command to the open connection and says when it is not taken.
    pub(super) fn command(&mut self, command: Command) {
        let Some(session) = &self.data.session else {
            return;
        };
        if let Err(err) = session.live.send(command) {
            let name = session.profile.name.clone();
            self.say(Level::Error, &name, err.to_string(), None);
        }
    }

    fn on_model(&mut self, change: impl FnOnce(&mut crate::model::Model)) {
        if let Some(session) = &self.data.session {
            change(&mut session.live.lock());
            // which branches are open is part of the window's state
            self.data.unsaved.window = Some(now());
        }
    }

    fn show_explorer(&mut self) {
        if self.data.session.is_some() {
            self.views.screen = Screen::Explorer;
        }
    }

    fn select(&mut self, node: NodeId) {
        let Some(session) = &mut self.data.session else {
            return;
        };
        session.selected = Some(node);
        let path = session.live.lock().path(node);
        self.views.dock.publish.follow_topic(&path);
    }

    fn select_path(&mut self, path: &str) {
        let Some(session) = &self.data.session else {
            return;
        };
        let mut model = session.live.lock();
        let Some(node) = model.find(path) else { return };
        model.reveal(node);
        drop(model);
        self.select(node);
        self.views.tree.reveal_selected();
    }

    fn sort_by(&mut self, order: crate::model::SortBy) {
        if let Some(session) = &mut self.data.session {
            session.sort = order;
            session.live.lock().sort_by(order);
        }
    }

    fn set_paused(&mut self, paused: bool) {
        if let Some(session) = &mut self.data.session {
            session.is_paused = paused;
            session.live.lock().set_paused(paused);
        }
    }

    fn filter(&mut self, text: &str) {
        if self.views.top_bar.filter != text {
            text.clone_into(&mut self.views.top_bar.filter);
        }
        self.query = Query::new(text);
        if let Some(session) = self.data.session.as_ref().filter(|_| text.is_empty())
            && let Some(node) = session.selected
        {
            session.live.set_query(None);
            session.live.lock().reveal(node);
            return self.views.tree.reveal_selected();
        }
        if let Some(session) = &self.data.session {
            session.live.set_query(self.query.clone());
        }
    }

    fn focus_filter(&mut self) {
        self.show_explorer();
        self.views.top_bar.focus_filter = true;
    }

    /// Finds the topics on a thread of its own, which may take a second for a million, and then asks.
    fn clear_retained_below(&mut self, node: Option<NodeId>) {
        let Some(session) = &self.data.session else {
            return;
        };
        let model = std::sync::Arc::clone(session.live.model());
        let profile = session.profile.id.clone();
        self.jobs.run_blocking(move || {
            let mut cursor = RetainedCursor::below(node);
            while {
                let model = model.lock();
                let is_unfinished = model.retained_step(&mut cursor, RETAINED_STEP);
                parking_lot::MutexGuard::unlock_fair(model);
                is_unfinished
            } {}
            Done::RetainedFound(profile, cursor.finish())
        });
    }

    /// The topics whose retained messages are to be cleared were found.
    pub(super) fn retained_found(&mut self, profile: &ProfileId, topics: Vec<TopicName>) {
        let is_open = |session: &Session| session.profile.id == *profile;
        if self.data.session.as_ref().is_some_and(is_open) {
            self.views.dialog = Dialog::clear_retained(topics);
        }
    }

    fn clear_retained(&mut self, topics: Vec<TopicName>) {
        if let Some(session) = &mut self.data.session {
            session.clear_retained(topics);
        }
    }

    fn publish(&mut self, id: PublishId, message: Outgoing) {
        let Some(session) = &mut self.data.session else {
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
            self.report(&failed);
        }
    }

    fn publish_here(&mut self, topic: &str) {
        self.views.dock.tab = super::super::action::DockTab::Publish;
        self.views.dock.publish.set_topic(topic);
    }

    fn save_settings(&mut self, settings: Settings, context: &egui::Context) {
        theme::apply(context, settings.theme);
        if (settings.zoom - self.data.settings.zoom).abs() > f32::EPSILON {
            context.set_zoom_factor(settings.zoom);
        }
        if let Some(session) = &self.data.session {
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
