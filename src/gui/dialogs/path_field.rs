//! A path that is typed, or chosen with the desktop's dialog where there is one.

use egui::{Response, TextEdit, Ui};

use super::super::icons;
use super::super::theme;
use super::super::widgets::{Look, field, icon_button};

/// The field with a button beside it; says whether that was clicked.
pub fn path_field(ui: &mut Ui, path: &mut String, label: &str) -> (Response, bool) {
    ui.horizontal(|ui| {
        let width = ui.available_width() - theme::CONTROL_HEIGHT - theme::SPACE[1];
        let edit = TextEdit::singleline(path)
            .hint_text("Path of the file")
            .font(theme::mono());
        let response = field(ui, edit, label, width);
        let is_clicked = icon_button(ui, icons::FOLDER, "Choose a file", Look::Plain).clicked();
        (response, is_clicked)
    })
    .inner
}
