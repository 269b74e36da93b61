//! Controls that choose: switches, segments, tabs.

use egui::{
    Align2, CornerRadius, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::super::theme::{self, Palette};
use super::text::galley;
use crate::mqtt::Qos;

/// A switch of 30 × 16 points. Changes `on` when clicked and reports it through [`Response::changed`].
pub fn switch(ui: &mut Ui, on: &mut bool, label: &str) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(vec2(30.0, 18.0), Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), *on, label));
    if ui.is_rect_visible(rect) {
        let palette = Palette::of(ui);
        let how_on = ui.ctx().animate_bool_responsive(response.id, *on);
        let track = Rect::from_center_size(rect.center(), vec2(28.0, 16.0));
        let fill = palette.hover.lerp_to_gamma(palette.accent, how_on);
        let line = if response.has_focus() {
            Stroke::new(1.5, palette.text)
        } else {
            Stroke::new(1.0, palette.line.lerp_to_gamma(palette.accent, how_on))
        };
        ui.painter()
            .rect(track, CornerRadius::same(8), fill, line, StrokeKind::Inside);
        let x = egui::lerp((track.left() + 8.0)..=(track.right() - 8.0), how_on);
        let knob = if *on { theme::KNOB } else { palette.muted };
        ui.painter()
            .circle_filled(pos2(x, track.center().y), 6.0, knob);
    }
    response
}

/// A row of segments of which one is chosen; arrow keys move the choice while it has the focus.
/// `name` is what is chosen, for screen readers (`QoS`, `Protocol`).
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut T,
    options: &[(T, &str)],
) -> Response {
    let palette = Palette::of(ui);
    let galleys: Vec<_> = options
        .iter()
        .map(|(value, text)| {
            let is_chosen = value == chosen;
            let font = if is_chosen {
                theme::strong()
            } else {
                theme::body()
            };
            galley(
                ui,
                text,
                font,
                if is_chosen {
                    palette.text
                } else {
                    palette.muted
                },
            )
        })
        .collect();
    let width: f32 = galleys.iter().map(|galley| galley.size().x + 20.0).sum();
    let (rect, mut response) =
        ui.allocate_exact_size(vec2(width, theme::CONTROL_HEIGHT), Sense::hover());
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(
        rect,
        radius,
        palette.panel,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let mut x = rect.left();
    let mut moved = None;
    for (index, ((value, text), galley)) in options.iter().zip(galleys).enumerate() {
        let segment = Rect::from_min_size(
            pos2(x, rect.top()),
            vec2(galley.size().x + 20.0, rect.height()),
        );
        x = segment.right();
        let part = ui.interact(segment, response.id.with(text), Sense::click());
        if part.clicked() && value != chosen {
            *chosen = *value;
            response.mark_changed();
        }
        if part.gained_focus() {
            part.scroll_to_me(None);
        }
        moved = moved.or_else(|| arrow_step(ui, &part, index));
        let is_chosen = value == chosen;
        let label = format!("{name} {text}").trim_start().to_owned();
        part.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), is_chosen, &label)
        });
        if is_chosen || part.hovered() || part.has_focus() {
            let fill = if is_chosen {
                palette.hover
            } else {
                palette.raised
            };
            let line = if part.has_focus() {
                Stroke::new(1.5, palette.accent)
            } else {
                Stroke::NONE
            };
            ui.painter()
                .rect(segment.shrink(1.0), radius, fill, line, StrokeKind::Inside);
        }
        let at = Align2::CENTER_CENTER
            .align_size_within_rect(galley.size(), segment)
            .min;
        ui.painter().galley(at, galley, palette.text);
    }
    if let Some((value, text)) = moved.and_then(|index| options.get(index)) {
        *chosen = *value;
        response.mark_changed();
        ui.memory_mut(|memory| memory.request_focus(response.id.with(text)));
    }
    response
}

/// Where an arrow key leads from the segment at `index` while that has the focus.
fn arrow_step(ui: &Ui, part: &Response, index: usize) -> Option<usize> {
    if !part.has_focus() {
        return None;
    }
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        ..egui::EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(part.id, filter));
    let (left, right) = ui.input(|input| {
        (
            input.key_pressed(Key::ArrowLeft),
            input.key_pressed(Key::ArrowRight),
        )
    });
    match (left, right) {
        (true, false) => index.checked_sub(1),
        (false, true) => Some(index + 1),
        _ => None,
    }
}

/// The three QoS levels as segments: `QoS 0 | QoS 1 | QoS 2`.
pub fn qos_choice(ui: &mut Ui, qos: &mut Qos) -> Response {
    let options = [
        (Qos::AtMostOnce, "QoS 0"),
        (Qos::AtLeastOnce, "QoS 1"),
        (Qos::ExactlyOnce, "QoS 2"),
    ];
    segmented(ui, "", qos, &options)
}

/// One tab of a strip.
pub struct Tab<'a, T> {
    /// What it stands for.
    pub value: T,
    /// Icon before the text.
    pub icon: Option<&'a str>,
    /// The text.
    pub text: &'a str,
    /// A number behind the text, already formatted; empty for none.
    pub count: String,
}

/// A strip of tabs with a line under the chosen one. Left and right arrow move the choice while a tab has the focus.
pub fn tabs<T: Copy + PartialEq>(ui: &mut Ui, chosen: &mut T, tabs: &[Tab<'_, T>]) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let mut moved = None;
    for (index, tab) in tabs.iter().enumerate() {
        let is_chosen = tab.value == *chosen;
        let response = tab_ui(ui, tab, is_chosen);
        if response.clicked() {
            *chosen = tab.value;
        }
        if response.has_focus() {
            let step = ui.input(|input| {
                i32::from(input.key_pressed(Key::ArrowRight))
                    - i32::from(input.key_pressed(Key::ArrowLeft))
            });
            moved = index
                .checked_add_signed(step as isize)
                .filter(|_| step != 0);
        }
    }
    if let Some(tab) = moved.and_then(|index| tabs.get(index)) {
        *chosen = tab.value;
    }
}

fn tab_ui<T>(ui: &mut Ui, tab: &Tab<'_, T>, is_chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let color = if is_chosen {
        palette.text
    } else {
        palette.muted
    };
    let font = if is_chosen {
        theme::strong()
    } else {
        theme::body()
    };
    let icon = tab
        .icon
        .map(|icon| galley(ui, icon, theme::icon(15.0), color));
    let text = galley(ui, tab.text, font, color);
    let count = galley(ui, &tab.count, theme::body(), palette.faint);
    let icon_width = icon.as_ref().map_or(0.0, |icon| icon.size().x + 6.0);
    let count_width = if tab.count.is_empty() {
        0.0
    } else {
        count.size().x + 6.0
    };
    let size = vec2(
        icon_width + text.size().x + count_width + 20.0,
        theme::TAB_HEIGHT,
    );
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), is_chosen, tab.text));
    if (response.hovered() || response.has_focus()) && !is_chosen {
        let fill = rect.shrink2(vec2(2.0, 4.0));
        ui.painter()
            .rect_filled(fill, CornerRadius::same(theme::RADIUS), palette.hover);
    }
    let mut area = rect.shrink2(vec2(10.0, 0.0));
    for (galley, gap) in [(icon, 6.0), (Some(text), 6.0), (Some(count), 0.0)] {
        let Some(galley) = galley else { continue };
        let width = galley.size().x;
        let at = Align2::LEFT_CENTER
            .align_size_within_rect(galley.size(), area)
            .min;
        ui.painter().galley(at, galley, color);
        area.min.x += width + gap;
    }
    if is_chosen {
        let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.0), rect.max);
        ui.painter()
            .rect_filled(line, CornerRadius::ZERO, palette.accent);
    }
    response
}
