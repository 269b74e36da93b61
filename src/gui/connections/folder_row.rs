//! A folder in the list of connections: open or closed, its name, how many connections it holds; and its menu.

use egui::{CornerRadius, Rect, Ui, pos2};

use crate::profile::{ProfileId, folder_path, is_within};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::list_action::{FolderTask, ListAction};
use super::super::theme::{self, Palette};
use super::super::widgets::{galley, galley_within};
use super::super::words::counted;
use super::entries::FolderEntry;

/// What a screen reader says.
pub fn spoken_folder(folder: &FolderEntry) -> String {
    let state = if folder.is_open { "open" } else { "closed" };
    let count = counted(folder.total as u64, "connection", "connections");
    format!("Folder {}, {count}, {state}", folder.path)
}

/// Paints the row into `rect`.
pub fn paint_folder(ui: &Ui, rect: Rect, folder: &FolderEntry, is_lit: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    if is_lit {
        painter.rect_filled(rect, CornerRadius::same(theme::RADIUS), palette.hover);
    }
    let middle = rect.center().y;
    let mut x = rect.left() + 8.0 + folder.depth.min(6) as f32 * theme::INDENT;
    let caret = if folder.is_open {
        icons::CARET_DOWN
    } else {
        icons::CARET_RIGHT
    };
    for (icon, size, gap) in [(caret, 12.0, 6.0), (icons::FOLDER, 15.0, 7.0)] {
        let icon = galley(ui, icon, theme::icon(size), palette.muted);
        let width = icon.size().x;
        painter.galley(pos2(x, middle - icon.size().y / 2.0), icon, palette.muted);
        x += width + gap;
    }
    let count = galley(ui, &folder.total.to_string(), theme::body(), palette.faint);
    let right = rect.right() - 10.0 - count.size().x;
    painter.galley(
        pos2(right, middle - count.size().y / 2.0),
        count,
        palette.faint,
    );
    let name = galley_within(
        ui,
        &folder.name,
        theme::strong(),
        palette.text,
        right - x - 8.0,
    );
    painter.galley(pos2(x, middle - name.size().y / 2.0), name, palette.text);
}

/// What can be done with a folder.
pub fn folder_menu(ui: &mut Ui, context: &Context<'_>, folder: &FolderEntry) {
    ui.set_min_width(220.0);
    let path = || folder.path.clone();
    let mut item = |text: &str, action: ListAction| {
        if ui.button(text).clicked() {
            context.ask(Action::List(action));
        }
    };
    item("New connection here", ListAction::NewProfileIn(path()));
    item(
        "New folder here…",
        ListAction::AskFolder(FolderTask::New(path())),
    );
    item(
        "Rename folder…",
        ListAction::AskFolder(FolderTask::Rename(path())),
    );
    let ids = profiles_in(context, &folder.path);
    if !ids.is_empty() {
        let what = format!("the folder “{}”", folder.path);
        item("Export folder…", ListAction::OpenExport(ids, what));
    }
    ui.separator();
    if ui
        .button("Delete folder")
        .on_hover_text("What is in it goes up by one")
        .clicked()
    {
        context.ask(Action::List(ListAction::DeleteFolder(path())));
    }
}

/// The profiles in a folder and in those below.
fn profiles_in(context: &Context<'_>, path: &str) -> Vec<ProfileId> {
    let profiles = context.profiles.iter();
    profiles
        .filter(|it| is_within(&folder_path(&it.folder), path))
        .map(|it| it.id.clone())
        .collect()
}
