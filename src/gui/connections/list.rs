//! The list of profiles in their folders: find, select, order by mouse or keyboard, open and close folders; below it
//! the offer to try the demo.

use egui::{
    EventFilter, Frame, Key, Margin, Modifiers, Panel, Rect, Response, RichText, Role, ScrollArea,
    Sense, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::profile::{Profile, ProfileId, search};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::list_action::{FolderTask, ListAction};
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button_sized, field, is_entered, muted};
use super::demo::demo_card_ui;
use super::drop::{Landing, landing};
use super::entries::{Entries, Entry};
use super::folder_row::{folder_menu, paint_folder, spoken_folder};
use super::menu::{more_menu, profile_menu};
use super::row::ProfileRow;

/// Height of what stands above the rows, and of the margins.
const ROOM_FOR_HEAD: f32 = 96.0;

/// UI state of the list.
#[derive(Debug, Default)]
pub struct ProfileList {
    search: String,
    /// The profile under the pointer while it is being moved.
    dragged: Option<ProfileId>,
    /// The folder that has the keyboard instead of the selected profile.
    folder: Option<String>,
    wants_focus: bool,
    /// The row to scroll to, once it is there and has the keyboard.
    reveal: Option<Target>,
}

/// A row by what it stands for.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    Folder(String),
    Profile(ProfileId),
}

impl ProfileList {
    /// Gives it the keyboard, with the selected profile in view.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Scrolls to this profile, which is about to be selected.
    pub fn reveal_profile(&mut self, id: ProfileId) {
        self.folder = None;
        self.reveal = Some(Target::Profile(id));
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let entries = Entries::of(context, &self.search);
        let room = ui.available_height() - entries.height() - ROOM_FOR_HEAD;
        let frame = Frame::new().inner_margin(Margin {
            top: 12,
            ..Margin::ZERO
        });
        Panel::bottom("try the demo")
            .resizable(false)
            .show_separator_line(false)
            .frame(frame)
            .show(ui, |ui| demo_card_ui(ui, context, room));
        ui.horizontal(|ui| {
            let width = ui.available_width() - theme::CONTROL_HEIGHT - theme::SPACE[1];
            let size = vec2(width, theme::CONTROL_HEIGHT);
            let new = button_sized(ui, Some(icons::PLUS), "New connection", Look::Primary, size);
            if new.on_hover_text("Ctrl+N").clicked() {
                context.ask(Action::NewProfile);
            }
            more_menu(ui, context);
        });
        ui.add_space(theme::SPACE[0]);
        self.search_ui(ui, context);
        ui.add_space(theme::SPACE[0]);
        if entries.is_empty() && !context.profiles.is_empty() {
            muted(ui, "No profile has this in its name or address.");
        }
        self.rows_ui(ui, context, &entries);
    }

    fn search_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let icon = RichText::new(icons::SEARCH)
            .font(theme::icon(14.0))
            .color(Palette::of(ui).muted);
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text("Find a profile")
            .prefix(icon);
        let width = ui.available_width();
        let response = field(ui, edit, "Find a profile", width);
        if is_entered(ui, &response) {
            let first = search(context.profiles, &self.search).first().copied();
            if let Some(profile) = first.and_then(|index| context.profiles.get(index)) {
                context.ask(Action::SelectProfile(profile.id.clone()));
            }
        }
        if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.search.clear();
        }
    }

    /// The row that has the keyboard.
    fn cursor(&self, context: &Context<'_>, entries: &Entries) -> Option<usize> {
        let selected = context.selected_profile;
        let is_cursor = |entry: &Entry| match (entry, &self.folder) {
            (Entry::Folder(folder), Some(path)) => folder.path == *path,
            (Entry::Profile { index, .. }, None) => {
                let profile = context.profiles.get(*index);
                profile.is_some_and(|profile| Some(&profile.id) == selected)
            }
            _ => false,
        };
        entries.rows().iter().position(is_cursor)
    }

    /// Whether this row is to be scrolled to.
    fn is_wanted(&self, context: &Context<'_>, entries: &Entries, row: usize) -> bool {
        match &self.reveal {
            Some(Target::Folder(path)) => self.folder.as_ref() == Some(path),
            Some(Target::Profile(id)) => entries
                .profile_of(context.profiles, row)
                .is_some_and(|profile| profile.id == *id),
            None => false,
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, context: &Context<'_>, entries: &Entries) {
        let id = ui.make_persistent_id("profiles");
        let area = ui.available_rect_before_wrap();
        let list = ui.interact(area, id, Sense::focusable_noninteractive());
        list.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Connections"));
        if std::mem::take(&mut self.wants_focus) {
            self.folder = None;
            self.reveal = context.selected_profile.cloned().map(Target::Profile);
            list.request_focus();
        }
        let cursor = self.cursor(context, entries);
        if list.has_focus() {
            self.take_keys(ui, context, entries, cursor, id);
        }
        let scroll = ScrollArea::vertical().auto_shrink(false);
        scroll.show_viewport(ui, |ui, viewport| {
            ui.set_height(entries.height());
            let origin = ui.max_rect().min;
            let width = viewport.width().max(ui.available_width());
            let place = |row: usize| {
                let (top, height) = entries.place(row);
                Rect::from_min_size(origin + vec2(0.0, top), vec2(width, height))
            };
            if let Some(row) = cursor.filter(|row| self.is_wanted(context, entries, *row)) {
                self.reveal = None;
                // a row more on both sides: one that moves is in its new place only after this frame
                ui.scroll_to_rect(place(row).expand2(vec2(0.0, 40.0)), None);
            }
            for row in entries.visible(viewport) {
                let has_keyboard = list.has_focus() && cursor == Some(row);
                match entries.rows().get(row) {
                    Some(Entry::Folder(_)) => {
                        self.folder_ui(ui, context, (entries, row), place(row), &list);
                    }
                    Some(Entry::Profile { index, depth }) => {
                        if let Some(profile) = context.profiles.get(*index) {
                            let place = indented(place(row), *depth);
                            self.row_ui(ui, context, profile, place, &list);
                        }
                    }
                    None => {}
                }
                if has_keyboard {
                    let line = Stroke::new(1.0, Palette::of(ui).accent);
                    let place = match entries.rows().get(row) {
                        Some(Entry::Profile { depth, .. }) => indented(place(row), *depth),
                        _ => place(row),
                    };
                    let rect = place.with_max_y(place.bottom() - 4.0);
                    ui.painter()
                        .rect_stroke(rect, theme::RADIUS, line, egui::StrokeKind::Inside);
                }
            }
            if self.search.trim().is_empty() {
                self.drop_ui(ui, context, entries, place);
            }
        });
    }

    fn folder_ui(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        (entries, row): (&Entries, usize),
        place: Rect,
        list: &Response,
    ) {
        let Some(Entry::Folder(folder)) = entries.rows().get(row) else {
            return;
        };
        let rect = place.with_max_y(place.bottom() - 4.0);
        let response = ui.interact(rect, list.id.with(("folder", &folder.path)), Sense::CLICK);
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::ListBoxOption,
                true,
                self.folder.as_ref() == Some(&folder.path),
                spoken_folder(folder),
            )
        });
        if response.clicked() {
            list.request_focus();
            self.folder = Some(folder.path.clone());
            let action = ListAction::SetFolderOpen(folder.path.clone(), !folder.is_open);
            context.ask(Action::List(action));
        }
        let is_lit = response.hovered() && self.dragged.is_none();
        paint_folder(ui, rect, folder, is_lit);
        response.context_menu(|ui| folder_menu(ui, context, folder));
    }

    fn row_ui(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        profile: &Profile,
        place: Rect,
        list: &Response,
    ) {
        let palette = Palette::of(ui);
        let rect = place.with_max_y(place.bottom() - 4.0);
        let id = list.id.with(&profile.id.0);
        let response = ui.interact(rect, id, Sense::CLICK | Sense::DRAG);
        let is_selected = context.selected_profile == Some(&profile.id);
        let failure = context.failures.get(&profile.id).map(ToString::to_string);
        let row = ProfileRow::of(context, profile);
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, is_selected, row.spoken())
        });
        if response.clicked() || response.drag_started() || response.secondary_clicked() {
            list.request_focus();
            self.folder = None;
            context.ask(Action::SelectProfile(profile.id.clone()));
        }
        if response.double_clicked() {
            context.ask(Action::Connect(profile.id.clone()));
        }
        if response.drag_started() {
            self.dragged = Some(profile.id.clone());
        }
        let fill = match (is_selected, response.hovered()) {
            (true, _) => palette.selection,
            (false, true) => palette.hover,
            (false, false) => egui::Color32::TRANSPARENT,
        };
        row.paint(ui, rect, fill);
        response.context_menu(|ui| profile_menu(ui, context, profile));
        if let Some(failure) = failure {
            response.on_hover_text(failure);
        }
    }

    /// While a row is dragged: where it would land; when it is let go: the move.
    fn drop_ui(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        entries: &Entries,
        place: impl Fn(usize) -> Rect,
    ) {
        let Some(id) = self.dragged.clone() else {
            return;
        };
        let top = place(0).top();
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let Some(landing) = pointer.map(|it| landing(entries, context.profiles, it.y - top)) else {
            return;
        };
        if ui.input(|input| input.pointer.any_down()) {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
            let line = Stroke::new(2.0, Palette::of(ui).accent);
            match &landing {
                Landing::In { row, .. } => {
                    let rect = place(*row).with_max_y(place(*row).bottom() - 4.0);
                    let inside = egui::StrokeKind::Inside;
                    ui.painter().rect_stroke(rect, theme::RADIUS, line, inside);
                }
                Landing::Gap { y, .. } => {
                    ui.painter().hline(place(0).x_range(), top + y - 2.0, line);
                }
            }
            return;
        }
        self.dragged = None;
        let (Landing::In { folder, .. } | Landing::Gap { folder, .. }) = &landing;
        let before = match &landing {
            Landing::In { .. } => None,
            Landing::Gap { before, .. } => before.clone(),
        };
        if before.as_ref() != Some(&id) {
            context.ask(Action::List(ListAction::Place(id, folder.clone(), before)));
        }
    }

    fn take_keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        entries: &Entries,
        cursor: Option<usize>,
        id: egui::Id,
    ) {
        let filter = EventFilter {
            vertical_arrows: true,
            horizontal_arrows: true,
            // closes menus and messages, and leaves the keyboard here
            escape: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        match cursor.and_then(|row| entries.rows().get(row)) {
            Some(Entry::Profile { index, .. }) => {
                if let Some(profile) = context.profiles.get(*index) {
                    self.profile_keys(ui, context, entries, profile);
                }
            }
            Some(Entry::Folder(_)) => self.folder_keys(ui, context, entries, cursor),
            None => {}
        }
        let last = entries.rows().len().saturating_sub(1);
        let current = cursor.unwrap_or(0);
        let step = consume_step(ui, Modifiers::NONE);
        let target = match step {
            _ if consume(ui, Modifiers::NONE, Key::Home) => Some(0),
            _ if consume(ui, Modifiers::NONE, Key::End) => Some(last),
            0 => None,
            _ if cursor.is_none() => Some(0),
            _ => Some(current.saturating_add_signed(step).min(last)),
        };
        if let Some(entry) = target.and_then(|row| entries.rows().get(row)) {
            self.go_to(context, entry);
        }
    }

    fn go_to(&mut self, context: &Context<'_>, entry: &Entry) {
        match entry {
            Entry::Folder(folder) => {
                self.folder = Some(folder.path.clone());
                self.reveal = Some(Target::Folder(folder.path.clone()));
            }
            Entry::Profile { index, .. } => {
                self.folder = None;
                if let Some(profile) = context.profiles.get(*index) {
                    self.reveal = Some(Target::Profile(profile.id.clone()));
                    context.ask(Action::SelectProfile(profile.id.clone()));
                }
            }
        }
    }

    fn profile_keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        entries: &Entries,
        profile: &Profile,
    ) {
        let step = consume_step(ui, Modifiers::ALT);
        if step != 0
            && let Some(action) = entries.moved(context.profiles, &profile.id, step)
        {
            self.reveal = Some(Target::Profile(profile.id.clone()));
            context.ask(Action::List(action));
        }
        if consume(ui, Modifiers::NONE, Key::Enter) {
            context.ask(Action::Connect(profile.id.clone()));
        }
        if consume(ui, Modifiers::NONE, Key::Delete) {
            context.ask(Action::DeleteProfile(profile.id.clone()));
        }
        if consume(ui, Modifiers::NONE, Key::F2) {
            context.ask(Action::List(ListAction::Rename(profile.id.clone())));
        }
    }

    fn folder_keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        entries: &Entries,
        cursor: Option<usize>,
    ) {
        let Some(Entry::Folder(folder)) = cursor.and_then(|row| entries.rows().get(row)) else {
            return;
        };
        let pressed = |key| consume(ui, Modifiers::NONE, key);
        let open = match () {
            () if pressed(Key::ArrowLeft) => Some(false),
            () if pressed(Key::ArrowRight) => Some(true),
            () if pressed(Key::Enter) || pressed(Key::Space) => Some(!folder.is_open),
            () => None,
        };
        let path = folder.path.clone();
        if let Some(is_open) = open {
            context.ask(Action::List(ListAction::SetFolderOpen(path, is_open)));
        } else if pressed(Key::F2) {
            let task = FolderTask::Rename(path);
            context.ask(Action::List(ListAction::AskFolder(task)));
        } else if pressed(Key::Delete) {
            self.folder = None;
            context.ask(Action::List(ListAction::DeleteFolder(path)));
        }
    }
}

/// A row in a folder begins further right.
fn indented(rect: Rect, depth: usize) -> Rect {
    let indent = depth.min(6) as f32 * theme::INDENT;
    rect.with_min_x(rect.left() + indent)
}

fn consume(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}

/// -1 for arrow up, 1 for arrow down, 0 for neither.
fn consume_step(ui: &Ui, modifiers: Modifiers) -> isize {
    isize::from(consume(ui, modifiers, Key::ArrowDown))
        - isize::from(consume(ui, modifiers, Key::ArrowUp))
}
