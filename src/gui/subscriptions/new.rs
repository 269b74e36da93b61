//! “+ Subscribe”: a chip that opens a small form for one more subscription.

use egui::{
    CornerRadius, Popup, PopupCloseBehavior, Pos2, Rect, Response, RichText, Role, Sense, Shape,
    Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use crate::mqtt::{Qos, TopicFilter};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, field, galley, is_entered, muted, qos_choice};
use super::chip;

/// UI state of the form.
#[derive(Debug, Default)]
pub struct NewSubscription {
    filter: String,
    qos: Qos,
}

impl NewSubscription {
    /// Draws the chip and, while it is open, the form.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let response = open_ui(ui);
        Popup::from_toggle_button_response(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.form_ui(ui, context, response.clicked()));
    }

    fn form_ui(&mut self, ui: &mut Ui, context: &Context<'_>, is_just_opened: bool) {
        ui.set_width(320.0);
        ui.spacing_mut().item_spacing.y = theme::SPACE[1];
        muted(ui, "Topic filter: + stands for one level, # for all below");
        let edit = TextEdit::singleline(&mut self.filter)
            .hint_text("home/+/temperature")
            .font(theme::mono());
        let response = field(ui, edit, "Topic filter", 320.0);
        if is_just_opened {
            response.request_focus();
        }
        let mut is_wanted = is_entered(ui, &response);
        let checked = TopicFilter::new(self.filter.as_str());
        if let Err(err) = &checked
            && !self.filter.is_empty()
        {
            let text = RichText::new(err.to_string())
                .font(theme::caption())
                .color(Palette::of(ui).red);
            ui.add(egui::Label::new(text).wrap());
        }
        ui.horizontal(|ui| {
            qos_choice(ui, &mut self.qos);
            ui.add_enabled_ui(checked.is_ok(), |ui| {
                is_wanted |= button(ui, None, "Subscribe", Look::Primary).clicked();
            });
        });
        if !is_wanted {
            return;
        }
        match checked {
            Ok(_) => {
                context.ask(Action::Subscribe(
                    std::mem::take(&mut self.filter),
                    self.qos,
                ));
                ui.close();
            }
            Err(_) => response.request_focus(),
        }
    }
}

/// The chip with a dashed line around.
fn open_ui(ui: &mut Ui) -> Response {
    let palette = Palette::of(ui);
    let text = galley(ui, "Subscribe", theme::body(), palette.muted);
    let icon = galley(ui, icons::PLUS, theme::icon(13.0), palette.muted);
    let size = vec2(text.size().x + icon.size().x + 26.0, chip::HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Subscribe…"));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect, CornerRadius::same(12), palette.hover);
    }
    let line = if response.has_focus() {
        palette.accent
    } else {
        palette.faint
    };
    ui.painter().extend(Shape::dashed_line(
        &outline(rect.shrink(0.5)),
        Stroke::new(1.0, line),
        3.0,
        3.0,
    ));
    let left = rect.left() + 10.0;
    let icon_width = icon.size().x;
    ui.painter().galley(
        pos2(left, rect.center().y - icon.size().y / 2.0),
        icon,
        palette.muted,
    );
    let at = pos2(
        left + icon_width + 5.0,
        rect.center().y - text.size().y / 2.0,
    );
    ui.painter().galley(at, text, palette.muted);
    response
}

/// The outline of a chip as a closed path: two half circles and the lines between them.
fn outline(rect: Rect) -> Vec<Pos2> {
    let radius = rect.height() / 2.0;
    let half = |center: Pos2, from: f32| {
        (0..=12_u8).map(move |step| {
            let angle = from + std::f32::consts::PI * f32::from(step) / 12.0;
            center + radius * vec2(angle.cos(), angle.sin())
        })
    };
    let right = half(
        rect.right_center() - vec2(radius, 0.0),
        -std::f32::consts::FRAC_PI_2,
    );
    let left = half(
        rect.left_center() + vec2(radius, 0.0),
        std::f32::consts::FRAC_PI_2,
    );
    let mut path: Vec<Pos2> = right.chain(left).collect();
    path.extend(path.first().copied());
    path
}
