//! Fields with labels, and the cards that hold them.

use egui::text::CCursorRange;
use egui::text_edit::TextEditState;
use egui::{CornerRadius, FontId, Frame, Key, Margin, Response, Stroke, TextEdit, Ui, vec2};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::button::{Look, icon_button};
use super::text::muted;
use crate::profile::Secret;

/// A single line to type into, as wide as the room it is given. `label` names it for screen readers.
pub fn text_field(
    ui: &mut Ui,
    text: &mut String,
    label: &str,
    hint: &str,
    font: FontId,
) -> Response {
    let width = ui.available_width();
    field(
        ui,
        TextEdit::singleline(text)
            .hint_text(hint.to_owned())
            .font(font),
        label,
        width,
    )
}

/// Gives the field the keyboard with all of its text selected, so that typing replaces it.
pub fn focus_whole(field: &Response, text: &str) {
    focus_whole_of(&field.ctx, field.id, text);
}

/// The same for a field that is drawn later in this frame, and then takes what is typed in it already.
pub fn focus_whole_of(context: &egui::Context, field: egui::Id, text: &str) {
    context.memory_mut(|memory| memory.request_focus(field));
    let mut state = TextEditState::load(context, field).unwrap_or_default();
    let all = CCursorRange::select_all_str(text);
    state.cursor.set_char_range(Some(all));
    state.store(context, field);
}

/// Any text editor in the frame of a field of this width.
pub fn field(ui: &mut Ui, edit: TextEdit<'_>, label: &str, width: f32) -> Response {
    framed(ui, edit, label, width, 10)
}

/// A field with a small button at its right end, given by its icon and its label. Also says whether it was clicked.
pub fn field_with_button(
    ui: &mut Ui,
    edit: TextEdit<'_>,
    label: &str,
    width: f32,
    (icon, tip): (&str, &str),
) -> (Response, bool) {
    let response = framed(ui, edit, label, width, 30);
    let right = response.rect.right_center();
    let area = egui::Rect::from_center_size(right - vec2(15.0, 0.0), vec2(22.0, 22.0));
    let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(area));
    let is_clicked = icon_button(&mut corner, icon, tip, Look::Quiet).clicked();
    (response, is_clicked)
}

fn framed(ui: &mut Ui, edit: TextEdit<'_>, label: &str, width: f32, right: i8) -> Response {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.background)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(10, 5));
    let margin = Margin {
        left: 10,
        right,
        top: 5,
        bottom: 5,
    };
    let edit = edit
        .frame(frame)
        .margin(margin)
        .desired_width((width - 10.0 - f32::from(right)).max(20.0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(vec2(width.max(40.0), theme::CONTROL_HEIGHT));
    let response = ui.add(edit);
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let id = response.id;
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_label(label.to_owned()));
    if response.has_focus() {
        let radius = CornerRadius::same(theme::RADIUS);
        let line = Stroke::new(1.0, palette.accent);
        ui.painter()
            .rect_stroke(response.rect, radius, line, egui::StrokeKind::Inside);
    }
    response
}

/// What happened to a [`number_field`] in this frame.
pub struct Typed {
    /// The field.
    pub response: Response,
    /// Whether the number is another one now.
    pub is_changed: bool,
    /// Whether Enter was pressed behind a number that is one.
    pub is_entered: bool,
}

/// A whole number typed as text; the field turns red and `value` stays while the text is not a number in `range`.
pub fn number_field(
    ui: &mut Ui,
    value: &mut u32,
    range: std::ops::RangeInclusive<u32>,
    label: &str,
    width: f32,
) -> Typed {
    let id = ui.scope_id().with(("number", label));
    let mut text = ui
        .data(|data| data.get_temp::<String>(id))
        .unwrap_or_else(|| value.to_string());
    let is_valid = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|number| range.contains(number))
    };
    let color = if is_valid(&text).is_some() {
        Palette::of(ui).text
    } else {
        Palette::of(ui).red
    };
    let edit = TextEdit::singleline(&mut text)
        .font(theme::mono())
        .text_color(color);
    let response = field(ui, edit, label, width);
    let typed = is_valid(&text);
    let changed = typed.filter(|number| response.changed() && number != value);
    *value = changed.unwrap_or(*value);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    let is_entered = typed.is_some() && is_entered(ui, &response);
    let response = if typed.is_none() {
        let text = format!("A whole number from {} to {}", range.start(), range.end());
        response.on_hover_text(text)
    } else {
        response
    };
    Typed {
        response,
        is_changed: changed.is_some(),
        is_entered,
    }
}

/// Whether Enter was pressed in a field of one line.
pub fn is_entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// A field for a password, with an eye that shows what was typed. `dress` adds hint and icon.
pub fn password_field(
    ui: &mut Ui,
    password: &mut Secret,
    is_revealed: &mut bool,
    (label, width): (&str, f32),
    dress: impl FnOnce(TextEdit<'_>) -> TextEdit<'_>,
) -> Response {
    let mut text = password.reveal().to_owned();
    let (eye, tip) = if *is_revealed {
        (icons::EYE_SLASH, "Hide the password")
    } else {
        (icons::EYE, "Show the password")
    };
    let edit = dress(TextEdit::singleline(&mut text).password(!*is_revealed));
    let (response, is_clicked) = field_with_button(ui, edit, label, width, (eye, tip));
    *is_revealed ^= is_clicked;
    if response.changed() {
        *password = Secret::new(text);
    }
    response
}

/// A muted label of fixed width, then whatever `add` draws, in one row.
pub fn labelled<R>(
    ui: &mut Ui,
    label: &str,
    label_width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.horizontal(|ui| {
        let size = vec2(label_width, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(
            size,
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_size(size);
                muted(ui, label);
            },
        );
        add(ui)
    })
    .inner
}

/// A card: panel colour, a line around, round corners.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(16))
        .show(ui, add)
        .inner
}
