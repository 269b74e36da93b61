//! Keys that work everywhere in the window.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use super::super::action::{Action, DockTab};
use super::{App, Screen};

const CTRL: Modifiers = Modifiers::COMMAND;

impl App {
    /// Handles the keys of this frame before any view sees them.
    pub(super) fn global_keys(&mut self, ui: &Ui) {
        if self.views.palette.is_open() || self.views.dialog.is_open() {
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
            (Modifiers::NONE, Key::F1, Action::OpenKeys),
        ];
        for (modifiers, key, action) in shortcuts {
            if pressed(modifiers, key) {
                self.actions.borrow_mut().push(action);
            }
        }
        if pressed(CTRL, Key::B) {
            let is_on = self.data.broker.running.is_some();
            self.actions.borrow_mut().push(if is_on {
                Action::StopBroker
            } else {
                Action::StartBroker
            });
        }
        if let Some(session) = &self.data.session
            && pressed(CTRL, Key::P)
        {
            self.actions
                .borrow_mut()
                .push(Action::SetPaused(!session.is_paused));
        }
        self.explorer_keys(ui);
    }

    fn explorer_keys(&mut self, ui: &Ui) {
        if self.views.screen != Screen::Explorer || self.data.session.is_none() {
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
            views.dock.publish.publish_now(&frame);
        }
        if nobody_types && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Slash)) {
            // the key itself must not be typed into the box that it opens
            ui.input_mut(|input| {
                input
                    .events
                    .retain(|event| !matches!(event, egui::Event::Text(_)));
            });
            self.actions.borrow_mut().push(Action::FocusFilter);
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) && !egui::Popup::is_any_open(ui.ctx()) {
            self.escape();
        }
    }

    /// Esc: clears the filter, else closes the newest message.
    fn escape(&mut self) {
        if self.views.top_bar.filter.is_empty() {
            self.views.toasts.close_newest();
        } else {
            self.actions
                .borrow_mut()
                .push(Action::Filter(String::new()));
        }
    }
}
