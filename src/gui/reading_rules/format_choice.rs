//! A button that shows a format and opens the list of all of them, message types included, which can be searched.

use egui::{Popup, PopupCloseBehavior, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button_sized, field, is_entered, muted};
use crate::payload::Format;
use crate::payload::schema::Schemas;

const LIST_HEIGHT: f32 = 260.0;
const LIST_WIDTH: f32 = 340.0;

/// What is typed into the search of the list that is open.
#[derive(Debug, Default)]
pub struct FormatChoice {
    typed: String,
    /// The list that was open in the last frame.
    open: Option<egui::Id>,
}

impl FormatChoice {
    /// Draws the button and changes `format`. `label` names what the format is for.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        schemas: &Schemas,
        format: &mut Format,
        (label, width): (&str, f32),
    ) {
        let name = shortened(&format.name(), width);
        let size = vec2(width, theme::CONTROL_HEIGHT);
        let response = button_sized(ui, Some(icons::CARET_DOWN), &name, Look::Plain, size);
        let spoken = format!("{label}: {}", format.name());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
        let id = response.id;
        let popup = Popup::from_toggle_button_response(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.list_ui(ui, schemas, id, format));
        if popup.is_none() && self.open == Some(id) {
            self.open = None;
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, schemas: &Schemas, id: egui::Id, format: &mut Format) {
        ui.set_width(LIST_WIDTH);
        let edit = TextEdit::singleline(&mut self.typed).hint_text("Search formats and types");
        let search = field(ui, edit, "Search formats and types", LIST_WIDTH);
        if self.open != Some(id) {
            self.open = Some(id);
            search.request_focus();
        }
        let found = matching(schemas, &self.typed);
        let mut chosen = None;
        if is_entered(ui, &search) {
            chosen = found.first().cloned();
        }
        if found.is_empty() {
            muted(ui, "No format or message type is called so");
        }
        let height = theme::ROW_HEIGHT;
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(LIST_HEIGHT).show_rows(
            ui,
            height,
            found.len(),
            |ui, rows| {
                ui.set_min_width(ui.available_width());
                for other in found.get(rows).unwrap_or_default() {
                    let name = other.name();
                    let text = RichText::new(name.as_ref()).color(Palette::of(ui).text);
                    let row = egui::Button::selectable(other == format, text)
                        .truncate()
                        .min_size(vec2(ui.available_width(), height));
                    if ui.add(row).on_hover_text(other.about()).clicked() {
                        chosen = Some(other.clone());
                    }
                }
            },
        );
        if let Some(chosen) = chosen {
            *format = chosen;
            self.typed.clear();
            ui.close();
        }
    }
}

/// Formats and message types whose name contains every typed word, message types first where something was typed.
fn matching(schemas: &Schemas, typed: &str) -> Vec<Format> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let protobuf = schemas.protobuf_types().iter().cloned();
    let protobuf = protobuf.map(Format::Protobuf);
    let avro = schemas.avro_schemas().iter().cloned().map(Format::Avro);
    let simple = Format::ALL_SIMPLE.into_iter().chain(Format::NUMBERS);
    let all: Vec<Format> = if words.is_empty() {
        simple.chain(protobuf).chain(avro).collect()
    } else {
        protobuf.chain(avro).chain(simple).collect()
    };
    let is_match = |format: &Format| {
        let name = format.name().to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    all.into_iter().filter(is_match).collect()
}

/// As much of a name as fits a button: of a long one the end, which names the type.
fn shortened(name: &str, width: f32) -> String {
    // about what a letter takes, the caret left out
    let most = ((width - 50.0) / 7.0).max(8.0);
    let length = name.chars().count();
    if length as f32 <= most {
        return name.to_owned();
    }
    let kept = name.chars().rev().take_while({
        let mut count = 0.0;
        move |_| {
            count += 1.0;
            count < most
        }
    });
    let kept: Vec<char> = kept.collect();
    format!("…{}", kept.iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(shortened("JSON", 180.0), "JSON");
        let short = shortened("Protobuf plant.line.SensorReading", 180.0);
        assert!(
            short.starts_with('…') && short.ends_with("SensorReading"),
            "{short}"
        );
        assert!(short.chars().count() < 20);
    }

    #[test]
    fn formats_are_found_by_words() {
        let schemas = Schemas::default();
        let found = matching(&schemas, "big float");
        assert_eq!(found.len(), 1);
        assert!(matching(&schemas, "").len() > 20);
        assert!(matching(&schemas, "nothing like it").is_empty());
    }
}
