//! Names and values in two columns, values selectable: how properties and subtree facts are shown.

use egui::{Grid, Label, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, icon_button, scroll_keys};

/// Width of the names, the same in all sections.
const NAME_WIDTH: f32 = 190.0;
/// Height of a line of a value, and side of the button behind it.
const VALUE_LINE: f32 = 18.0;
const COPY_SIDE: f32 = 22.0;

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
            }
        });
}

fn section_ui(ui: &mut Ui, section: &Section) {
    grid(ui, section.title, |rows| {
        for (name, value) in &section.rows {
            rows.row(name, |ui| drop(text(ui, value)));
        }
    });
}

/// The rows below a title, while they are drawn.
pub struct Rows<'a> {
    ui: &'a mut Ui,
}

impl Rows<'_> {
    /// One row: its name, and what `add` draws beside it.
    pub fn row(&mut self, name: &str, add: impl FnOnce(&mut Ui)) {
        let palette = Palette::of(self.ui);
        let name = RichText::new(name)
            .font(theme::label())
            .color(palette.muted);
        self.ui.vertical(|ui| {
            // a longer name would move the values of its section away from those of the others
            ui.set_max_width(NAME_WIDTH);
            ui.add(Label::new(name).wrap());
        });
        self.ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            add(ui);
        });
        self.ui.end_row();
    }
}

/// Draws a title and rows in two columns below it.
pub fn grid(ui: &mut Ui, title: &'static str, add: impl FnOnce(&mut Rows<'_>)) {
    let palette = Palette::of(ui);
    ui.label(
        RichText::new(title)
            .font(theme::strong())
            .color(palette.text),
    );
    ui.add_space(2.0);
    let value_width = (ui.available_width() - 210.0).max(120.0);
    let grid = Grid::new(title)
        .num_columns(2)
        .min_col_width(NAME_WIDTH)
        .max_col_width(value_width);
    grid.spacing(egui::vec2(12.0, 6.0))
        .min_row_height(18.0)
        .show(ui, |ui| add(&mut Rows { ui }));
    ui.add_space(theme::SPACE[2]);
}

/// A value that can be selected and copied.
pub fn text(ui: &mut Ui, value: &str) -> Response {
    let value = RichText::new(value)
        .font(theme::mono())
        .color(Palette::of(ui).text);
    ui.add(Label::new(value).selectable(true).wrap())
}

/// A value with a button behind it that copies it. Returns that button.
pub fn text_to_copy(ui: &mut Ui, value: &str, label: &str) -> Response {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE[0];
        let room = (ui.available_width() - COPY_SIDE - theme::SPACE[0]).max(40.0);
        ui.vertical(|ui| {
            ui.set_max_width(room);
            text(ui, value);
        });
        // the button is higher than the line that it stands in
        let (line, _) = ui.allocate_exact_size(vec2(COPY_SIDE, VALUE_LINE), Sense::hover());
        let area = Rect::from_center_size(line.center(), vec2(COPY_SIDE, COPY_SIDE));
        let mut corner = ui.new_child(UiBuilder::new().max_rect(area));
        icon_button(&mut corner, icons::COPY, label, Look::Quiet)
    })
    .inner
}
