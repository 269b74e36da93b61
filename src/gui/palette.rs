//! The command palette (Ctrl+K): everything that can be done, found by typing.

use egui::{Align2, Key, Modal, Response, RichText, TextEdit, Ui, vec2};

use crate::profile::{ProfileColor, ProfileId};

use super::action::{Action, DockTab, TabAction};
use super::chart_action::ChartAction;
use super::connections::{copy_sub_command, display_name, in_list_order};
use super::context::Context;
use super::list_action::{FolderTask, ListAction};
use super::reading_action::ReadingAction;
use super::retained::RetainedAction;
use super::session::Session;
use super::theme::{self, Palette};
use super::widgets::{field, muted};
use crate::model::Gather;

/// Highest list, and what of the window's height is not for it.
const HIGHEST: f32 = 380.0;
const ROOM_AROUND: f32 = 180.0;

/// One line of the palette.
struct Entry {
    text: String,
    /// On the right: its keys, or where a connection is in the list.
    note: String,
    color: Option<ProfileColor>,
    deed: Deed,
}

/// What it does.
enum Deed {
    Ask(Action),
    CopyCommand(ProfileId),
}

impl Entry {
    fn new(text: impl Into<String>, key: &str, action: Action) -> Self {
        Self {
            text: text.into(),
            note: key.to_owned(),
            color: None,
            deed: Deed::Ask(action),
        }
    }

    fn run(self, context: &Context<'_>) {
        match self.deed {
            Deed::Ask(action) => context.ask(action),
            Deed::CopyCommand(id) => {
                if let Some(profile) = context.profiles.iter().find(|it| it.id == id) {
                    copy_sub_command(context, profile);
                }
            }
        }
    }

    fn ui(&self, ui: &mut Ui, is_chosen: bool) -> Response {
        let palette = Palette::of(ui);
        let color = if is_chosen {
            palette.text
        } else {
            palette.muted
        };
        let note = RichText::new(&self.note)
            .font(theme::caption())
            .color(color);
        let row = egui::Button::selectable(is_chosen, self.text.as_str()).right_text(note);
        let row = ui.add(row.min_size(vec2(ui.available_width(), theme::CONTROL_HEIGHT)));
        if let Some(color) = self.color {
            let strip = row.rect.shrink2(vec2(0.0, 5.0));
            let strip = strip.with_max_x(strip.left() + 4.0);
            let color = theme::profile_color(color, palette);
            ui.painter().rect_filled(strip, 2, color);
        }
        row
    }
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
        // without the least height it would stay as low as the last list was
        let height = HIGHEST.min(ui.ctx().content_rect().height() - ROOM_AROUND);
        egui::ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for (index, entry) in entries.iter().enumerate() {
                    let is_chosen = index == self.chosen;
                    let row = entry.ui(ui, is_chosen);
                    if is_chosen && (down || up) {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() {
                        run = Some(index);
                    }
                }
            });
        if let Some(entry) = run.and_then(|index| entries.into_iter().nth(index)) {
            entry.run(context);
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
    let entry = |text: &str, key: &str, action: Action| Entry::new(text, key, action);
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
        entries.extend(session_entries(session));
        entries.extend(chart_entries());
        entries.extend(retained_entries(session));
    }
    entries.extend(tab_entries(context));
    entries.extend(connect_entries(context));
    entries.extend(profile_entries(context));
    entries
}

/// What can be done on the connection that is shown.
fn session_entries(session: &Session) -> [Entry; 15] {
    let entry = |text: &str, key: &str, action: Action| Entry::new(text, key, action);
    [
        entry("Subscribe…", "", Action::NewSubscription),
        entry("All subscriptions", "", Action::ShowSubscriptions),
        entry("Publish…", "", Action::FocusPublish),
        entry(
            "Formats and schemas…",
            "",
            Action::Reading(ReadingAction::OpenRules),
        ),
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
        entry(
            "Show traffic: who floods the broker",
            "Ctrl+4",
            Action::ShowDock(DockTab::Traffic),
        ),
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
    ]
}

/// What can be done about retained messages.
fn retained_entries(session: &Session) -> Vec<Entry> {
    let entry = |text: &str, key: &str, action| Entry::new(text, key, Action::Retained(action));
    let mut entries = vec![
        entry(
            "Clear all retained messages…",
            "",
            RetainedAction::AskClearAll(Gather::All),
        ),
        entry(
            "Clear retained messages that the filter found…",
            "",
            RetainedAction::AskClearAll(Gather::Found),
        ),
        entry(
            "Cleared retained messages: progress and undo",
            "",
            RetainedAction::ShowProgress,
        ),
    ];
    if let Some(node) = session.selected {
        let below = RetainedAction::AskClearAll(Gather::Below(node));
        entries.push(entry(
            "Check what is retained on the selected topic",
            "Ctrl+R",
            RetainedAction::CheckSelected,
        ));
        entries.push(entry(
            "Check what is retained at and below the selected topic",
            "",
            RetainedAction::CheckBelowSelected,
        ));
        entries.push(entry(
            "Clear retained messages at and below the selected topic…",
            "",
            below,
        ));
    }
    entries
}

/// What can be done with charts.
fn chart_entries() -> [Entry; 3] {
    let entry =
        |text: &str, key: &str, action: ChartAction| Entry::new(text, key, Action::Chart(action));
    [
        entry("Show chart", "", ChartAction::Show),
        entry("Show dashboard", "Ctrl+G", ChartAction::ShowDashboard(true)),
        entry("Pin chart to dashboard", "", ChartAction::Pin),
    ]
}

/// Every profile as the list has them, with its folder, its colour and whether it asks.
fn connect_entries(context: &Context<'_>) -> impl Iterator<Item = Entry> {
    in_list_order(context.profiles).map(|(folder, profile)| {
        let asks = profile
            .ask_before_publish
            .then_some("asks before publishing");
        let folder = Some(folder.as_str()).filter(|it| !it.is_empty());
        let note = folder.into_iter().chain(asks).collect::<Vec<_>>();
        let action = Action::Connect(profile.id.clone());
        Entry {
            color: profile.color,
            ..Entry::new(
                format!("Connect to {}", display_name(profile)),
                &note.join(" · "),
                action,
            )
        }
    })
}

/// What can be done with the profile of the connection that is shown, and with the selected one.
fn profile_entries(context: &Context<'_>) -> Vec<Entry> {
    let shown = context.session.map(|session| &session.profile.id);
    let selected = context
        .selected_profile
        .filter(|id| shown.is_none_or(|shown| shown != *id));
    let ids = shown.into_iter().chain(selected);
    let profiles = ids.filter_map(|id| context.profiles.iter().find(|it| it.id == *id));
    profiles
        .flat_map(|profile| {
            let name = display_name(profile);
            let id = || profile.id.clone();
            let list = |text: String, action| Entry::new(text, "", Action::List(action));
            let export = ListAction::OpenExport(vec![id()], format!("“{name}”"));
            let copied = format!("Copy “{name}” as command (mosquitto_sub)");
            let move_to = ListAction::AskFolder(FolderTask::Move(id()));
            [
                Entry::new(format!("Test “{name}”"), "", Action::Examine(id())),
                Entry::new(
                    format!("Duplicate “{name}”"),
                    "",
                    Action::DuplicateProfile(id()),
                ),
                list(format!("Rename “{name}”…"), ListAction::Rename(id())),
                list(format!("Move “{name}” to a folder…"), move_to),
                Entry {
                    deed: Deed::CopyCommand(id()),
                    ..Entry::new(copied, "", Action::OpenPalette)
                },
                list(format!("Export “{name}”…"), export),
            ]
        })
        .collect()
}

/// What can be done with the tabs of open connections.
fn tab_entries(context: &Context<'_>) -> Vec<Entry> {
    let Some(shown) = context.session else {
        return Vec::new();
    };
    let entry = |text: &str, key: &str, action: Action| Entry::new(text, key, action);
    let id = shown.profile.id.clone();
    let mut entries = vec![
        entry(
            "Close tab",
            "Ctrl+W",
            Action::Tab(TabAction::Close(id.clone())),
        ),
        entry(
            "Move tab to a new window",
            "",
            Action::Tab(TabAction::Detach(id.clone())),
        ),
    ];
    if context.open.len() < 2 {
        return entries;
    }
    let place = context.tabs().iter().position(|it| it.profile.id == id);
    let place = place.unwrap_or_default();
    entries.extend([
        entry("Next tab", "Ctrl+Tab", Action::Tab(TabAction::Step(1))),
        entry(
            "Previous tab",
            "Ctrl+Shift+Tab",
            Action::Tab(TabAction::Step(-1)),
        ),
    ]);
    if let Some(left) = place.checked_sub(1) {
        let action = Action::Tab(TabAction::Move(id.clone(), left));
        entries.push(entry("Move tab to the left", "", action));
    }
    if place + 1 < context.tabs().len() {
        let action = Action::Tab(TabAction::Move(id.clone(), place + 1));
        entries.push(entry("Move tab to the right", "", action));
    }
    let others = context.open.iter().filter(|it| it.profile.id != id);
    entries.extend(others.map(|session| Entry {
        color: session.profile.color,
        ..Entry::new(
            format!("Show tab {}", session.profile.name),
            "",
            Action::Tab(TabAction::Show(session.profile.id.clone())),
        )
    }));
    entries
}

/// What concerns the list of connections as a whole.
fn of_the_list(context: &Context<'_>) -> [Entry; 3] {
    let all = context.profiles.iter().map(|it| it.id.clone()).collect();
    [
        (
            "New connection from a command…",
            ListAction::OpenNewFromCommand,
        ),
        ("Import connections…", ListAction::OpenImport(None)),
        (
            "Export all connections…",
            ListAction::OpenExport(all, "all connections".to_owned()),
        ),
    ]
    .map(|(text, action)| Entry::new(text, "", Action::List(action)))
}

#[cfg(test)]
mod unit {
    use super::super::fixture::{Fixture, dress};
    use super::*;
    use crate::profile::{Profile, Theme};
    use egui::Modifiers;
    use egui_kittest::Harness;

    fn found(fixture: &Fixture, typed: &str) -> Vec<String> {
        let entries = matching(&fixture.context(), typed).into_iter();
        entries.map(|it| it.text).collect()
    }

    #[test]
    fn the_main_verbs_are_found() {
        let fixture = Fixture::with_messages(&[]);
        for (typed, text) in [
            ("subscr", "Subscribe…"),
            ("publ", "Publish…"),
            ("test", "Test “Local broker”"),
            ("new command", "New connection from a command…"),
            ("import", "Import connections…"),
            ("export", "Export all connections…"),
            ("duplicate", "Duplicate “Local broker”"),
            (
                "copy as command",
                "Copy “Local broker” as command (mosquitto_sub)",
            ),
            ("rename", "Rename “Local broker”…"),
            ("clear retained", "Clear all retained messages…"),
        ] {
            let found = found(&fixture, typed);
            assert!(found.iter().any(|it| it == text), "{typed}: {found:?}");
        }
    }

    #[test]
    fn a_search_without_a_hit_leaves_no_low_list_behind() {
        let mut fixture = Fixture::new();
        fixture.profiles = (0..30).map(|_| Profile::default()).collect();
        let mut harness = Harness::builder()
            .with_size([1_000.0, 700.0])
            .with_context_setup(|ctx| dress(ctx, Theme::Dark))
            .build_ui_state(
                |ui, (fixture, palette): &mut (Fixture, CommandPalette)| {
                    palette.ui(ui, &fixture.context());
                },
                (fixture, CommandPalette::default()),
            );
        let height = |harness: &Harness<'_, _>| {
            let id = egui::Id::unique("command palette");
            let rect = harness.ctx.memory(|memory| memory.area_rect(id));
            rect.map_or(0.0, |it| it.height())
        };
        harness.state_mut().1.open();
        harness.run();
        let full = height(&harness);
        assert!(full > HIGHEST, "{full}");
        harness.event(egui::Event::Text("zzzz".to_owned()));
        harness.run();
        assert!(height(&harness) < 150.0);
        harness.key_press_modifiers(Modifiers::NONE, Key::Escape);
        harness.run();
        harness.state_mut().1.open();
        harness.run();
        assert!((height(&harness) - full).abs() < 1.0);
    }
}
