//! The list of profiles: find, select, order by mouse or keyboard, connect, delete; below it the offer to try the demo.

use egui::{
    EventFilter, Frame, Key, Label, Margin, Modifiers, Panel, Rect, Response, RichText, Role,
    ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::profile::{Profile, ProfileId, search};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, Place, button_sized, card, field, icon_mark, is_entered, muted, virtual_rows,
};
use super::row::ProfileRow;

/// Distance from one row to the next; the row itself is 4 points lower.
const PITCH: f32 = 54.0;

/// UI state of the list.
#[derive(Debug, Default)]
pub struct ProfileList {
    search: String,
    /// The profile under the pointer while it is being moved.
    dragged: Option<ProfileId>,
    /// The profile that a key selected or moved: scrolled to when it is there.
    reveal: Option<ProfileId>,
}

impl ProfileList {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let frame = Frame::new().inner_margin(Margin {
            top: 12,
            ..Margin::ZERO
        });
        Panel::bottom("try the demo")
            .resizable(false)
            .show_separator_line(false)
            .frame(frame)
            .show(ui, |ui| demo_card_ui(ui, context));
        let wide = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        let new = button_sized(ui, Some(icons::PLUS), "New connection", Look::Primary, wide);
        if new.on_hover_text("Ctrl+N").clicked() {
            context.ask(Action::NewProfile);
        }
        ui.add_space(theme::SPACE[0]);
        self.search_ui(ui, context);
        ui.add_space(theme::SPACE[0]);
        let shown = search(context.profiles, &self.search);
        if shown.is_empty() && !context.profiles.is_empty() {
            muted(ui, "No profile has this in its name or address.");
        }
        self.rows_ui(ui, context, &shown);
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

    fn rows_ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &[usize]) {
        let id = ui.make_persistent_id("profiles");
        let selected = shown.iter().position(|&index| {
            let profile = context.profiles.get(index);
            profile.is_some_and(|profile| Some(&profile.id) == context.selected_profile)
        });
        let area = ui.available_rect_before_wrap();
        let list = ui.interact(area, id, Sense::focusable_noninteractive());
        list.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Connections"));
        if list.has_focus() {
            self.take_keys(ui, context, shown, selected, id);
        }
        virtual_rows(
            ui,
            ScrollArea::vertical(),
            PITCH,
            shown.len(),
            |ui, rows, place| {
                if self.reveal.is_some() && self.reveal.as_ref() == context.selected_profile {
                    self.reveal = None;
                    // one row around it: a profile that moves is in its new place only after this frame
                    if let Some(row) = selected {
                        ui.scroll_to_rect(place.row(row).expand2(vec2(0.0, PITCH)), None);
                    }
                }
                for row in rows {
                    let profile = shown
                        .get(row)
                        .and_then(|&index| context.profiles.get(index));
                    if let Some(profile) = profile {
                        self.row_ui(ui, context, profile, place.row(row), &list);
                    }
                }
                if shown.len() == context.profiles.len() {
                    self.drop_ui(ui, context, place);
                }
            },
        );
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
        let response = ui.interact(
            rect,
            list.id.with(&profile.id.0),
            Sense::CLICK | Sense::DRAG,
        );
        let is_selected = context.selected_profile == Some(&profile.id);
        let failure = context.failures.get(&profile.id).map(ToString::to_string);
        let row = ProfileRow::of(context, profile);
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, is_selected, row.spoken())
        });
        if response.clicked() || response.drag_started() {
            list.request_focus();
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
        if let Some(failure) = failure {
            response.on_hover_text(failure);
        }
        if is_selected && list.has_focus() {
            let line = Stroke::new(1.0, palette.accent);
            ui.painter()
                .rect_stroke(rect, theme::RADIUS, line, egui::StrokeKind::Inside);
        }
    }

    /// While a row is dragged: a line where it would land; when it is let go: the move.
    fn drop_ui(&mut self, ui: &Ui, context: &Context<'_>, place: &Place) {
        let Some(id) = self.dragged.clone() else {
            return;
        };
        let Some(from) = context.profiles.iter().position(|profile| profile.id == id) else {
            self.dragged = None;
            return;
        };
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let gap = pointer.map_or(from, |pointer| {
            gap_at(pointer.y - place.row(0).top(), context.profiles.len())
        });
        if ui.input(|input| input.pointer.any_down()) {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
            let y = place.row(gap).top() - 2.0;
            let line = Stroke::new(2.0, Palette::of(ui).accent);
            ui.painter().hline(place.row(0).x_range(), y, line);
            return;
        }
        self.dragged = None;
        let to = if gap > from { gap - 1 } else { gap };
        if to != from {
            context.ask(Action::MoveProfile(id, to));
        }
    }

    fn take_keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        shown: &[usize],
        selected: Option<usize>,
        id: egui::Id,
    ) {
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let profile_at = |row: usize| {
            shown
                .get(row)
                .and_then(|&index| context.profiles.get(index))
        };
        let last = shown.len().saturating_sub(1);
        let current = selected.unwrap_or(0);
        if let Some(profile) = selected.and_then(profile_at) {
            let step = consume_step(ui, Modifiers::ALT);
            let index = context
                .profiles
                .iter()
                .position(|other| other.id == profile.id);
            let target = index.and_then(|index| index.checked_add_signed(step));
            if let Some(target) =
                target.filter(|&target| step != 0 && target < context.profiles.len())
            {
                self.reveal = Some(profile.id.clone());
                context.ask(Action::MoveProfile(profile.id.clone(), target));
            }
            if consume(ui, Modifiers::NONE, Key::Enter) {
                context.ask(Action::Connect(profile.id.clone()));
            }
            if consume(ui, Modifiers::NONE, Key::Delete) {
                context.ask(Action::DeleteProfile(profile.id.clone()));
            }
        }
        let step = consume_step(ui, Modifiers::NONE);
        let target = match step {
            _ if consume(ui, Modifiers::NONE, Key::Home) => Some(0),
            _ if consume(ui, Modifiers::NONE, Key::End) => Some(last),
            0 => None,
            _ if selected.is_none() => Some(0),
            _ => Some(current.saturating_add_signed(step).min(last)),
        };
        if let Some(profile) = target.and_then(profile_at) {
            self.reveal = Some(profile.id.clone());
            context.ask(Action::SelectProfile(profile.id.clone()));
        }
    }
}

fn consume(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}

/// -1 for arrow up, 1 for arrow down, 0 for neither.
fn consume_step(ui: &Ui, modifiers: Modifiers) -> isize {
    isize::from(consume(ui, modifiers, Key::ArrowDown))
        - isize::from(consume(ui, modifiers, Key::ArrowUp))
}

/// The gap between rows that is nearest to `y` points below the first row's top; 0 is above the first row.
fn gap_at(y: f32, rows: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative and huge values are cut to 0..=rows"
    )]
    let gap = (y / PITCH).round().max(0.0) as usize;
    gap.min(rows)
}

fn demo_card_ui(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[1];
            icon_mark(ui, icons::PLAY, theme::icon_fill(13.0), palette.accent);
            ui.label(RichText::new("Try it in ten seconds").font(theme::strong()));
        });
        let is_running = context.broker.demo.is_some();
        let text = if is_running {
            "The demo devices are running on the broker of this machine."
        } else {
            "Starts the broker on this machine and demo devices: one sends commands, one reports its status."
        };
        let text = RichText::new(text)
            .font(theme::label())
            .color(palette.muted);
        ui.add(Label::new(text).wrap());
        let wide = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        if is_running {
            if button_sized(ui, Some(icons::STOP), "Stop the demo", Look::Plain, wide).clicked() {
                context.ask(Action::StopDemo);
            }
            return;
        }
        ui.add_enabled_ui(!context.broker.is_changing, |ui| {
            if button_sized(ui, None, "Start broker and demo", Look::Primary, wide).clicked() {
                context.ask(Action::StartDemo);
            }
        });
    });
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_nearest_gap_between_rows_is_found() {
        assert_eq!(gap_at(-30.0, 3), 0);
        assert_eq!(gap_at(20.0, 3), 0);
        assert_eq!(gap_at(30.0, 3), 1);
        assert_eq!(gap_at(900.0, 3), 3);
    }
}
