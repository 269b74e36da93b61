//! The rows of the editor with what a connection is to Canopy itself: folder, colour, whether it asks before publishing
//! and whether it is connected at the start.

use egui::{Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::profile::{Profile, ProfileColor, folder_path};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::list_action::{FolderTask, ListAction};
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, switch};
use super::form::{Form, unit_ui};

/// Draws the rows and changes `profile`.
pub fn marks_ui(ui: &mut Ui, context: &Context<'_>, profile: &mut Profile, form: &Form<'_>) {
    form.row(ui, |ui| {
        form.cell(ui, "Colour", None, |ui| color_ui(ui, &mut profile.color));
        form.cell(ui, "Folder", None, |ui| folder_ui(ui, context, profile));
    });
    form.row(ui, |ui| {
        form.cell(ui, "Publishing", None, |ui| {
            switch(ui, &mut profile.ask_before_publish, "Ask before publishing")
                .on_hover_text("Before each publish by hand, as for a production system");
            unit_ui(ui, "ask before publishing");
        });
        form.cell(ui, "At the start", None, |ui| {
            let is_on = &mut profile.auto_connect;
            switch(ui, is_on, "Connect when Canopy starts");
            unit_ui(ui, "connect when Canopy starts");
        });
    });
}

fn folder_ui(ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
    let folder = folder_path(&profile.folder);
    let text = if folder.is_empty() {
        "The top of the list"
    } else {
        &folder
    };
    let choose = button(ui, Some(icons::FOLDER), text, Look::Plain);
    if choose.on_hover_text("Move to another folder").clicked() {
        let task = FolderTask::Move(profile.id.clone());
        context.ask(Action::List(ListAction::AskFolder(task)));
    }
}

/// None and the eight colours as dots.
fn color_ui(ui: &mut Ui, chosen: &mut Option<ProfileColor>) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let all = ProfileColor::ALL.into_iter().map(Some);
    for color in std::iter::once(None).chain(all) {
        if dot_ui(ui, color, *chosen == color).clicked() {
            *chosen = color;
        }
    }
}

fn dot_ui(ui: &mut Ui, color: Option<ProfileColor>, is_chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click());
    let name = color.map_or("No colour", ProfileColor::name);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let painter = ui.painter();
    match color {
        Some(color) => {
            let color = theme::profile_color(color, palette);
            painter.circle_filled(rect.center(), 7.0, color);
        }
        None => {
            let line = Stroke::new(1.5, palette.faint);
            painter.circle_stroke(rect.center(), 6.5, line);
            let corner = vec2(4.5, -4.5);
            painter.line_segment([rect.center() - corner, rect.center() + corner], line);
        }
    }
    let ring = match (response.has_focus(), is_chosen, response.hovered()) {
        (true, _, _) => Stroke::new(1.5, palette.accent),
        (_, true, _) => Stroke::new(1.5, palette.text),
        (_, _, true) => Stroke::new(1.0, palette.faint),
        _ => Stroke::NONE,
    };
    painter.circle_stroke(rect.center(), 10.0, ring);
    response.on_hover_text(name)
}
