//! Keys that work everywhere in the window.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use super::super::action::{Action, Asked, DockTab};
use super::{App, Screen};

const CTRL: Modifiers = Modifiers::COMMAND;
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
        let pressed = |modifiers, key| {
            ui.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
        };
        let shortcuts = [
            (CTRL, Key::K, Action::OpenPalette),
            (CTRL, Key::F, Action::FocusFilter),
            (CTRL, Key::N, Action::NewProfile),
            (CTRL, Key::O, Action::ShowConnections),
            (CTRL, Key::E, Action::ShowExplorer),
            (CTRL, Key::Comma, Action::OpenSettings),
            (CTRL, Key::Num1, Action::ShowDock(DockTab::Publish)),
            (CTRL, Key::Num2, Action::ShowDock(DockTab::Broker)),
            (CTRL, Key::Num3, Action::ShowDock(DockTab::Log)),
            // with Shift first: without it both match
            (BACK, Key::Tab, Action::StepTab(-1)),
            (Modifiers::CTRL, Key::Tab, Action::StepTab(1)),
            (CTRL, Key::PageUp, Action::StepTab(-1)),
            (CTRL, Key::PageDown, Action::StepTab(1)),
            (Modifiers::NONE, Key::F1, Action::OpenKeys),
        ];
        for (modifiers, key, action) in shortcuts {
            if pressed(modifiers, key) {
                self.ask(action);
            }
        }
        if pressed(CTRL, Key::B) {
            let is_on = self.data.broker.running.is_some();
            self.ask(if is_on {
                Action::StopBroker
            } else {
                Action::StartBroker
            });
        }
        if let Some(session) = self.data.open.shown() {
            if pressed(CTRL, Key::P) {
                self.ask(Action::SetPaused(!session.is_paused));
            }
            if self.views.screen == Screen::Explorer && pressed(CTRL, Key::W) {
                self.ask(Action::CloseTab(session.profile.id.clone()));
            }
        }
        self.explorer_keys(ui);
    }

    /// Asks for something on behalf of the connection that is shown.
    pub(super) fn ask(&self, action: Action) {
        let of = self.data.open.shown_id().cloned();
        self.actions.borrow_mut().push(Asked { of, action });
    }

    fn explorer_keys(&mut self, ui: &Ui) {
        if self.views.screen != Screen::Explorer || self.data.open.shown().is_none() {
            return;
        }
        let nobody_types =
            ui.memory(|memory| memory.focused().is_none()) || !ui.ctx().egui_wants_keyboard_input();
        let enter = KeyboardShortcut::new(CTRL, Key::Enter);
        if ui.input_mut(|input| input.consume_shortcut(&enter)) {
            let Self {
                data,
                views,
                actions,
                ..
            } = self;
            let frame = data.context(crate::client::now(), actions);
            if let Some(pane) = views.panes.get_mut(data.open.shown_id()) {
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
            self.ask(Action::FocusFilter);
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) && !egui::Popup::is_any_open(ui.ctx()) {
            self.escape();
        }
    }

    /// Esc: clears the filter, else closes the newest message.
    fn escape(&mut self) {
        let pane = self.views.panes.get(self.data.open.shown_id());
        if pane.is_some_and(|pane| !pane.filter.text.is_empty()) {
            self.ask(Action::Filter(String::new()));
        } else {
            self.views.toasts.close_newest();
        }
    }
}
