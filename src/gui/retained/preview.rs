//! Asks before retained messages are cleared, and shows which: each can be left out.

use std::sync::Arc;

use egui::{
    Align, Checkbox, CornerRadius, Frame, Layout, Margin, ScrollArea, Stroke, TextEdit, Ui,
    UiBuilder, pos2, vec2,
};

use crate::gui::action::Action;
use crate::gui::connections::display_name;
use crate::gui::context::Context;
use crate::gui::dialogs::{
    Buttons, Outcome, beside_color, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};
use crate::gui::latest::Latest;
use crate::gui::theme::{self, Palette};
use crate::gui::widgets::{Look, button, field, galley_within, kept_label, muted, virtual_rows};
use crate::gui::words::counted;
use crate::model::RetainedItem;
use crate::payload::format::thousands;
use crate::payload::preview;
use crate::profile::Profile;

use super::{Gathered, Lot, RetainedAction};

/// Height of a topic in the list.
const ROW: f32 = 22.0;
/// Topics from which the list can be searched.
const SEARCHED_FROM: usize = 8;
/// Characters of a value.
const VALUE: usize = 120;

/// UI state of the dialog.
#[derive(Debug)]
pub struct ClearDialog {
    gathered: Gathered,
    /// For each whether it is to stay.
    stays: Vec<bool>,
    staying: usize,
    typed: String,
    /// Places of those with what was typed; `None` for all.
    found: Option<Vec<u32>>,
    search: Latest<Vec<u32>>,
    is_fresh: bool,
}

impl ClearDialog {
    /// Asks about these.
    pub fn new(gathered: Gathered) -> Self {
        Self {
            stays: vec![false; gathered.found.items().len()],
            staying: 0,
            gathered,
            typed: String::new(),
            found: None,
            search: Latest::new("canopy-retained"),
            is_fresh: true,
        }
    }

    /// Whether something was chosen that is lost when it closes.
    pub fn has_input(&self) -> bool {
        self.staying > 0
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let count = (self.stays.len() - self.staying) as u64;
        let messages = counted(count, "retained message", "retained messages");
        heading_ui(ui, &format!("Clear {messages}?"), 640.0);
        if let Some(profile) = context.session.map(|session| &session.profile) {
            connection_ui(ui, profile);
        }
        text_ui(
            ui,
            "An empty retained message is published to each of these topics. The broker then forgets the last value, \
             for everybody.",
        );
        text_ui(ui, &self.way_back());
        if self.stays.len() >= SEARCHED_FROM {
            self.search_ui(ui);
        }
        self.list_ui(ui);
        let obstacle = (count == 0).then_some(if self.stays.is_empty() {
            "Nothing here is retained."
        } else {
            "Everything is left out."
        });
        let confirm = format!("Clear {messages}");
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: &confirm,
                look: Look::Danger,
                obstacle,
            },
        );
        // what is gone for everybody is not one careless Enter away
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed {
            let clear = RetainedAction::Clear(self.chosen());
            context.ask(Action::Retained(clear));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    /// What can be undone, and what is left out.
    fn way_back(&self) -> String {
        let mut parts = vec![
            "It can be undone until this connection or Canopy is closed, from the values kept here."
                .to_owned(),
        ];
        // of all of them, not only of those that are cleared
        let without_payload = self.gathered.found.without_payload();
        if without_payload > 0 {
            let count = thousands(without_payload as u64);
            let have = if without_payload == 1 {
                "topic has"
            } else {
                "topics have"
            };
            parts.push(format!(
                "{count} {have} no value that is known for certain and cannot be undone: check what is retained first."
            ));
        }
        if self.gathered.left_out > 0 {
            let topics = counted(self.gathered.left_out as u64, "$-topic is", "$-topics are");
            parts.push(format!("{topics} left out."));
        }
        parts.join(" ")
    }

    fn chosen(&self) -> Lot {
        let found = Arc::clone(&self.gathered.found);
        if self.staying == 0 {
            return Lot::all(found);
        }
        let places = (0_u32..).zip(&self.stays).filter(|(_, stays)| !**stays);
        Lot::some(found, places.map(|(place, _)| place).collect())
    }

    fn search_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 170.0;
            let edit = TextEdit::singleline(&mut self.typed).hint_text("Search topics");
            let response = field(ui, edit, "Search topics to clear", width);
            if response.changed() {
                self.start_search(ui);
            }
            if button(ui, None, "Leave out", Look::Plain)
                .on_hover_text("Leave out all that are listed")
                .clicked()
            {
                self.set_listed(true);
            }
            if button(ui, None, "Take in", Look::Plain)
                .on_hover_text("Clear all that are listed")
                .clicked()
            {
                self.set_listed(false);
            }
        });
    }

    fn start_search(&mut self, ui: &Ui) {
        let wanted = self.typed.trim().to_lowercase();
        let all = Arc::clone(&self.gathered.found);
        self.search.start(ui.ctx(), move || {
            let is_found =
                |item: &RetainedItem| item.topic.as_str().to_lowercase().contains(&wanted);
            let found = (0_u32..)
                .zip(all.items())
                .filter(|(_, item)| is_found(item));
            found.map(|(place, _)| place).collect()
        });
    }

    fn listed(&self) -> usize {
        self.found.as_ref().map_or(self.stays.len(), Vec::len)
    }

    fn place(&self, row: usize) -> Option<usize> {
        match &self.found {
            Some(found) => found.get(row).map(|place| *place as usize),
            None => (row < self.stays.len()).then_some(row),
        }
    }

    fn set_listed(&mut self, stays: bool) {
        for row in 0..self.listed() {
            if let Some(place) = self.place(row) {
                self.stays[place] = stays;
            }
        }
        self.staying = self.stays.iter().filter(|stays| **stays).count();
    }

    fn list_ui(&mut self, ui: &mut Ui) {
        if let Some(found) = self.search.poll() {
            self.found = (!self.typed.trim().is_empty()).then_some(found);
        }
        let palette = Palette::of(ui);
        let rows = self.listed();
        let above = if self.stays.len() >= SEARCHED_FROM {
            170.0
        } else {
            110.0
        };
        let height = (room_for_contents(ui) - above).clamp(3.0 * ROW, 300.0);
        let height = if self.found.is_some() || self.stays.len() >= SEARCHED_FROM {
            height
        } else {
            height.min((rows as f32 * ROW).max(ROW))
        };
        Frame::new()
            .fill(palette.background)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(theme::RADIUS))
            .inner_margin(Margin::symmetric(10, 6))
            .show(ui, |ui| {
                let size = vec2(ui.available_width(), height);
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    if rows == 0 {
                        return drop(muted(ui, "No topic here contains these words."));
                    }
                    let scroll = ScrollArea::vertical()
                        .max_height(height)
                        .min_scrolled_height(height);
                    virtual_rows(ui, scroll, ROW, rows, |ui, rows, place| {
                        for row in rows {
                            if let Some(item) = self.place(row) {
                                self.row_ui(ui, place.row(row), item);
                            }
                        }
                    });
                });
            });
    }

    fn row_ui(&mut self, ui: &mut Ui, rect: egui::Rect, place: usize) {
        let Some(item) = self.gathered.found.items().get(place) else {
            return;
        };
        let palette = Palette::of(ui);
        let mut row = ui.new_child(
            UiBuilder::new()
                .max_rect(rect)
                .id_salt(("clear", place))
                .layout(Layout::left_to_right(Align::Center)),
        );
        row.spacing_mut().interact_size.y = ROW - 4.0;
        let mut is_taken = !self.stays[place];
        // a single one is cleared or not
        if self.stays.len() > 1 {
            let label = format!("Clear {}", item.topic.as_str());
            let check = row.add(Checkbox::without_text(&mut is_taken));
            check.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_taken, &label)
            });
        }
        let room = rect.right() - 12.0 - row.cursor().left();
        let color = if is_taken {
            palette.text
        } else {
            palette.faint
        };
        let topic = galley_within(ui, item.topic.as_str(), theme::mono(), color, room * 0.62);
        let at = pos2(
            row.cursor().left() + 4.0,
            rect.center().y - topic.size().y / 2.0,
        );
        ui.painter().galley(at, topic, color);
        let value = match &item.kept {
            Some(kept) => preview(&kept.payload, VALUE),
            None => "value not known".to_owned(),
        };
        let muted = if item.kept.is_some() {
            palette.muted
        } else {
            palette.amber
        };
        let value = galley_within(ui, &value, theme::mono(), muted, room * 0.35);
        let at = pos2(
            row.cursor().left() + room * 0.65,
            rect.center().y - value.size().y / 2.0,
        );
        ui.painter().galley(at, value, muted);
        if is_taken == self.stays[place] {
            self.stays[place] = !is_taken;
            self.staying = if is_taken {
                self.staying - 1
            } else {
                self.staying + 1
            };
        }
    }
}

/// The connection on which it happens, beside its colour.
pub fn connection_ui(ui: &mut Ui, profile: &Profile) {
    let palette = Palette::of(ui);
    beside_color(ui, profile.color, |ui| {
        let name = format!("On “{}”", display_name(profile));
        kept_label(ui, &name, theme::strong(), palette.text);
        kept_label(ui, &profile.url(), theme::mono(), palette.muted);
        if profile.ask_before_publish {
            let text = "This connection is marked to ask before publishing.";
            kept_label(ui, text, theme::body(), palette.amber);
        }
    });
}
