//! Keys that work everywhere in the window.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use crate::profile::ProfileId;

use super::super::action::{Action, Asked, DockTab, TabAction};
use super::super::chart_action::ChartAction;
use super::super::retained::RetainedAction;
use super::super::widgets::is_escape_kept;
use super::App;

const CTRL: Modifiers = Modifiers::COMMAND;
/// For finding something in the payload.
const FIND: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};
/// For the step back with the Tab key.
const BACK: Modifiers = Modifiers {
    ctrl: true,
    shift: true,
    ..Modifiers::NONE
};

impl App {
    /// Handles the keys of this frame before any view sees them.
    pub(super) fn global_keys(&mut self, ui: &Ui) {
        if self.views.palette.is_open() || self.views.dialogs.is_open() {
            return;
        }
        let shortcuts = [
            (CTRL, Key::K, Action::OpenPalette),
            (CTRL, Key::N, Action::NewProfile),
            (CTRL, Key::O, Action::ShowConnections),
            (CTRL, Key::E, Action::ShowExplorer),
            (CTRL, Key::Comma, Action::OpenSettings),
            // with Shift first: without it both match
            (BACK, Key::Tab, Action::Tab(TabAction::Step(-1))),
            (Modifiers::CTRL, Key::Tab, Action::Tab(TabAction::Step(1))),
            (CTRL, Key::PageUp, Action::Tab(TabAction::Step(-1))),
            (CTRL, Key::PageDown, Action::Tab(TabAction::Step(1))),
            (Modifiers::NONE, Key::F1, Action::OpenKeys),
        ];
        for (modifiers, key, action) in shortcuts {
            if pressed(ui, modifiers, key) {
                self.ask(action);
            }
        }
        if pressed(ui, CTRL, Key::B) {
            let is_on = self.data.broker.running.is_some();
            self.ask(if is_on {
                Action::StopBroker
            } else {
                Action::StartBroker
            });
        }
        let shown = self.data.open.shown_id().cloned();
        if let Some(id) = shown {
            self.pane_keys(ui, &id);
        }
    }

    /// Handles the keys of a connection, in the main window or in its own.
    pub(super) fn pane_keys(&mut self, ui: &Ui, id: &ProfileId) {
        if self.is_visible(id) {
            self.payload_keys(ui, id);
        }
        let Some(session) = self.data.open.get(Some(id)) else {
            return;
        };
        let pane = self.views.panes.get(Some(id));
        let is_dashboard = pane.is_some_and(|pane| pane.is_dashboard);
        let dashboard = ChartAction::ShowDashboard(!is_dashboard);
        let shortcuts = [
            (Key::G, Action::Chart(dashboard)),
            (Key::F, Action::FocusFilter),
            (Key::P, Action::SetPaused(!session.is_paused)),
            (Key::R, Action::Retained(RetainedAction::CheckSelected)),
            (Key::Num1, Action::ShowDock(DockTab::Publish)),
            (Key::Num2, Action::ShowDock(DockTab::Broker)),
            (Key::Num3, Action::ShowDock(DockTab::Log)),
            (Key::Num4, Action::ShowDock(DockTab::Traffic)),
        ];
        for (key, action) in shortcuts {
            if pressed(ui, CTRL, key) {
                self.ask_for(id, action);
            }
        }
        if self.is_visible(id) {
            self.visible_pane_keys(ui, id);
        }
    }

    /// Asks for something on behalf of the connection that is shown.
    pub(super) fn ask(&self, action: Action) {
        let of = self.data.open.shown_id().cloned();
        self.actions.borrow_mut().push(Asked { of, action });
    }

    fn ask_for(&self, id: &ProfileId, action: Action) {
        let of = Some(id.clone());
        self.actions.borrow_mut().push(Asked { of, action });
    }

    /// The keys of the payload, in front of those that mean something else elsewhere.
    fn payload_keys(&mut self, ui: &Ui, id: &ProfileId) {
        let Some(pane) = self.views.panes.get_mut(Some(id)) else {
            return;
        };
        let inspector = &mut pane.inspector;
        // with Shift first: without it both match
        if pressed(ui, FIND, Key::F) || (inspector.has_focus(ui.ctx()) && pressed(ui, CTRL, Key::F))
        {
            inspector.find();
        }
        if pressed(ui, CTRL, Key::D) {
            inspector.toggle_diff();
        }
    }

    fn visible_pane_keys(&mut self, ui: &Ui, id: &ProfileId) {
        if pressed(ui, CTRL, Key::W) {
            self.ask_for(id, Action::Tab(TabAction::Close(id.clone())));
        }
        let nobody_types =
            ui.memory(|memory| memory.focused().is_none()) || !ui.ctx().egui_wants_keyboard_input();
        if pressed(ui, CTRL, Key::Enter) {
            let Self {
                data,
                views,
                actions,
                ..
            } = self;
            let frame = data.context_of(Some(id), crate::client::now(), actions);
            if let Some(pane) = views.panes.get_mut(Some(id)) {
                pane.dock.publish.publish_now(&frame);
            }
        }
        if nobody_types && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Slash)) {
            // the key itself must not be typed into the box that it opens
            ui.input_mut(|input| {
                input
                    .events
                    .retain(|event| !matches!(event, egui::Event::Text(_)));
            });
            self.ask_for(id, Action::FocusFilter);
        }
        let is_free = !is_escape_kept(ui.ctx()) && !egui::Popup::is_any_open(ui.ctx());
        if ui.input(|input| input.key_pressed(Key::Escape)) && is_free {
            self.escape(id);
        }
    }

    /// Esc: clears the filter, else closes the newest message.
    fn escape(&mut self, id: &ProfileId) {
        let pane = self.views.panes.get(Some(id));
        if pane.is_some_and(|pane| !pane.filter.text.is_empty()) {
            self.ask_for(id, Action::Filter(String::new()));
        } else {
            self.views.toasts.close_newest();
        }
    }
}

fn pressed(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
}
