//! The command palette (Ctrl+K): everything that can be done, found by typing.

use egui::{Align2, Key, Modal, RichText, TextEdit, Ui, vec2};

use super::action::{Action, DockTab};
use super::context::Context;
use super::list_action::ListAction;
use super::theme::{self, Palette as Colors};
use super::widgets::{field, muted};

/// One line of the palette.
struct Entry {
    text: String,
    key: &'static str,
    action: Action,
}

/// UI state of the palette.
#[derive(Default)]
pub struct CommandPalette {
    is_open: bool,
    typed: String,
    chosen: usize,
}

impl CommandPalette {
    /// Opens it, empty.
    pub fn open(&mut self) {
        *self = Self {
            is_open: true,
            ..Self::default()
        };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it, if it is open.
    pub fn ui(&mut self, ui: &Ui, context: &Context<'_>) {
        if !self.is_open {
            return;
        }
        let area = Modal::default_area(egui::Id::unique("command palette"))
            .anchor(Align2::CENTER_TOP, vec2(0.0, 90.0));
        let modal = Modal::new(egui::Id::unique("command palette")).area(area);
        let response = modal.show(ui.ctx(), |ui| self.contents_ui(ui, context));
        if response.should_close() {
            self.is_open = false;
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.set_width(520.0);
        let edit = TextEdit::singleline(&mut self.typed).hint_text("What do you want to do?");
        let response = field(ui, edit, "Command", 520.0);
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
        }
        let entries = matching(context, &self.typed);
        let (down, up, enter) = ui.input(|input| {
            (
                input.key_pressed(Key::ArrowDown),
                input.key_pressed(Key::ArrowUp),
                input.key_pressed(Key::Enter),
            )
        });
        let last = entries.len().saturating_sub(1);
        self.chosen = (self.chosen + usize::from(down))
            .min(last)
            .saturating_sub(usize::from(up));
        if entries.is_empty() {
            muted(ui, "No command has these words.");
        }
        let mut run = enter.then_some(self.chosen);
        egui::ScrollArea::vertical()
            .max_height(380.0)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for (index, entry) in entries.iter().enumerate() {
                    let is_chosen = index == self.chosen;
                    let key = RichText::new(entry.key)
                        .font(theme::caption())
                        .color(Colors::of(ui).faint);
                    let row =
                        egui::Button::selectable(is_chosen, entry.text.as_str()).shortcut_text(key);
                    let row =
                        ui.add(row.min_size(vec2(ui.available_width(), theme::CONTROL_HEIGHT)));
                    if is_chosen && (down || up) {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() {
                        run = Some(index);
                    }
                }
            });
        if let Some(entry) = run.and_then(|index| entries.into_iter().nth(index)) {
            context.ask(entry.action);
            self.is_open = false;
        }
    }
}

/// Entries that contain every typed word.
fn matching(context: &Context<'_>, typed: &str) -> Vec<Entry> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut entries = entries(context);
    entries.extend(of_the_list(context));
    entries.retain(|entry| {
        let text = entry.text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    });
    entries
}

fn entries(context: &Context<'_>) -> Vec<Entry> {
    let entry = |text: &str, key: &'static str, action: Action| Entry {
        text: text.to_owned(),
        key,
        action,
    };
    let mut entries = vec![
        entry("Show connections", "Ctrl+O", Action::ShowConnections),
        entry("New connection", "Ctrl+N", Action::NewProfile),
        entry("Settings", "Ctrl+,", Action::OpenSettings),
        entry(
            "Settings of the broker on this machine",
            "",
            Action::OpenBrokerSettings,
        ),
        entry("All keys", "F1", Action::OpenKeys),
    ];
    entries.push(if context.broker.running.is_some() {
        entry(
            "Stop the broker on this machine",
            "Ctrl+B",
            Action::StopBroker,
        )
    } else {
        entry(
            "Start a broker on this machine",
            "Ctrl+B",
            Action::StartBroker,
        )
    });
    entries.push(if context.broker.demo.is_some() {
        entry("Stop the demo devices", "", Action::StopDemo)
    } else {
        entry("Start broker and demo", "", Action::StartDemo)
    });
    if let Some(session) = context.session {
        entries.extend([
            entry("Filter topics and payloads", "Ctrl+F", Action::FocusFilter),
            entry(
                "Show publish panel",
                "Ctrl+1",
                Action::ShowDock(DockTab::Publish),
            ),
            entry(
                "Show broker panel",
                "Ctrl+2",
                Action::ShowDock(DockTab::Broker),
            ),
            entry("Show log", "Ctrl+3", Action::ShowDock(DockTab::Log)),
            entry("Show topics", "", Action::ShowExplorer),
            entry("Disconnect", "", Action::Disconnect),
            entry(
                "Drop the connection without goodbye, so that the will fires",
                "",
                Action::DropConnection,
            ),
            entry("Open all branches", "", Action::SetOpenBelow(None, true)),
            entry("Close all branches", "", Action::SetOpenBelow(None, false)),
            entry(
                if session.is_paused {
                    "Resume the tree"
                } else {
                    "Pause the tree"
                },
                "Ctrl+P",
                Action::SetPaused(!session.is_paused),
            ),
            entry(
                "Clear all retained messages…",
                "",
                Action::ClearRetainedBelow(None),
            ),
        ]);
    }
    entries.extend(tab_entries(context));
    entries.extend(context.profiles.iter().map(|profile| Entry {
        text: format!("Connect to {}", profile.name),
        key: "",
        action: Action::Connect(profile.id.clone()),
    }));
    entries
}

/// What can be done with the tabs of open connections.
fn tab_entries(context: &Context<'_>) -> Vec<Entry> {
    let Some(shown) = context.session else {
        return Vec::new();
    };
    let entry = |text: &str, key: &'static str, action: Action| Entry {
        text: text.to_owned(),
        key,
        action,
    };
    let id = shown.profile.id.clone();
    let mut entries = vec![
        entry("Close tab", "Ctrl+W", Action::CloseTab(id.clone())),
        entry(
            "Move tab to a new window",
            "",
            Action::DetachTab(id.clone()),
        ),
    ];
    if context.open.len() < 2 {
        return entries;
    }
    let place = context.tabs().iter().position(|it| it.profile.id == id);
    let place = place.unwrap_or_default();
    entries.extend([
        entry("Next tab", "Ctrl+Tab", Action::StepTab(1)),
        entry("Previous tab", "Ctrl+Shift+Tab", Action::StepTab(-1)),
    ]);
    if let Some(left) = place.checked_sub(1) {
        let action = Action::MoveTab(id.clone(), left);
        entries.push(entry("Move tab to the left", "", action));
    }
    if place + 1 < context.tabs().len() {
        let action = Action::MoveTab(id.clone(), place + 1);
        entries.push(entry("Move tab to the right", "", action));
    }
    let others = context.open.iter().filter(|it| it.profile.id != id);
    entries.extend(others.map(|session| Entry {
        text: format!("Show tab {}", session.profile.name),
        key: "",
        action: Action::ShowTab(session.profile.id.clone()),
    }));
    entries
}
/// What concerns the list of connections as a whole.
fn of_the_list(context: &Context<'_>) -> [Entry; 3] {
    let all = context.profiles.iter().map(|it| it.id.clone()).collect();
    [
        (
            "New connection from a command",
            ListAction::OpenNewFromCommand,
        ),
        ("Import connections", ListAction::OpenImport(None)),
        (
            "Export connections",
            ListAction::OpenExport(all, "all connections".to_owned()),
        ),
    ]
    .map(|(text, action)| Entry {
        text: text.to_owned(),
        key: "",
        action: Action::List(action),
    })
}
