//! Names and values in two columns, values selectable: how properties and subtree facts are shown.

use egui::{Grid, Label, RichText, Role, ScrollArea, Ui};

use super::super::theme::{self, Palette};
use super::super::widgets::scroll_keys;

/// A title and the rows below it.
pub struct Section {
    /// What the rows are about.
    pub title: &'static str,
    /// Name and value of each row.
    pub rows: Vec<(String, String)>,
}

/// Draws sections below each other, scrolling when there is not room for all.
pub fn sections(ui: &mut Ui, name: &str, sections: &[Section]) {
    let keys = scroll_keys(
        ui,
        ui.available_rect_before_wrap(),
        (Role::ScrollView, name),
        theme::ROW_HEIGHT,
    );
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.scroll_with_delta(keys);
            ui.add_space(8.0);
            for section in sections.iter().filter(|section| !section.rows.is_empty()) {
                section_ui(ui, section);
                ui.add_space(12.0);
            }
        });
}

fn section_ui(ui: &mut Ui, section: &Section) {
    let palette = Palette::of(ui);
    ui.label(
        RichText::new(section.title)
            .font(theme::strong())
            .color(palette.text),
    );
    ui.add_space(2.0);
    let value_width = (ui.available_width() - 210.0).max(120.0);
    let grid = Grid::new(section.title)
        .num_columns(2)
        .min_col_width(190.0)
        .max_col_width(value_width);
    grid.spacing(egui::vec2(12.0, 6.0))
        .min_row_height(18.0)
        .show(ui, |ui| {
            for (name, value) in &section.rows {
                let name = RichText::new(name)
                    .font(theme::label())
                    .color(palette.muted);
                ui.add(Label::new(name).wrap());
                let value = RichText::new(value).font(theme::mono()).color(palette.text);
                ui.add(Label::new(value).selectable(true).wrap());
                ui.end_row();
            }
        });
}
