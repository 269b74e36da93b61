//! One subscription as a chip: filter, QoS to change, cross to unsubscribe, and what the broker said to it.

use egui::{
    Align2, Color32, CornerRadius, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::client::SubscribeOutcome;
use crate::mqtt::Qos;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::session::SubscriptionState;
use super::super::theme::{self, Palette};
use super::super::widgets::galley;
use super::super::words::broker_says;

/// Height of a chip.
pub const HEIGHT: f32 = 24.0;
/// The longest filter that is shown whole, in points.
const WIDEST_FILTER: f32 = 240.0;
/// Width of the cross with the room around it.
const CROSS_WIDTH: f32 = 22.0;

/// What a chip says, computed before it is drawn.
struct Words {
    /// The filter, shortened in the middle where it is long.
    filter: String,
    badge: String,
    badge_color: Color32,
    tip: String,
    is_refused: bool,
    is_pending: bool,
}

impl Words {
    fn of(palette: &Palette, subscription: &SubscriptionState, most_chars: usize) -> Self {
        let asked = subscription.qos;
        let mut words = Self {
            filter: elide_middle(&subscription.filter, most_chars),
            badge: format!("QoS {asked}"),
            badge_color: palette.qos(asked),
            tip: subscription.filter.clone(),
            is_refused: false,
            is_pending: false,
        };
        let said = match &subscription.outcome {
            SubscribeOutcome::Pending => {
                words.is_pending = true;
                "waits for the broker's answer".to_owned()
            }
            SubscribeOutcome::Granted(granted) if *granted < asked => {
                words.badge = format!("QoS {granted} of {asked}");
                words.badge_color = palette.amber;
                format!("asked for QoS {asked}, the broker granted QoS {granted}")
            }
            SubscribeOutcome::Granted(_) => format!("granted with QoS {asked}"),
            SubscribeOutcome::Refused(reason, detail) => {
                words.is_refused = true;
                let detail = broker_says(detail.as_deref());
                format!("refused: {}. {}{detail}", reason.name(), reason.meaning())
            }
            SubscribeOutcome::Removed => "unsubscribed".to_owned(),
        };
        words.tip = format!("{}\n{said}", words.tip);
        words
    }
}

/// Draws a chip and asks for what is done with it.
pub fn chip_ui(ui: &mut Ui, context: &Context<'_>, subscription: &SubscriptionState) {
    let palette = Palette::of(ui);
    let char_width = galley(ui, "0", theme::mono(), palette.text)
        .size()
        .x
        .max(1.0);
    let room = (ui.max_rect().width() - 130.0).clamp(60.0, WIDEST_FILTER);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 240"
    )]
    let words = Words::of(palette, subscription, (room / char_width) as usize);
    let ink = if words.is_refused {
        palette.red
    } else {
        palette.text
    };
    let filter = galley(ui, &words.filter, theme::mono(), ink);
    let badge = galley(ui, &words.badge, theme::badge(), words.badge_color);
    let icon_width = if words.is_refused { 18.0 } else { 0.0 };
    let badge_width = badge.size().x + 10.0;
    let width = 10.0 + icon_width + filter.size().x + 7.0 + badge_width + CROSS_WIDTH + 4.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.tip.replace('\n', ", ")));
    paint_chip(ui, rect, &words);
    let opacity = if words.is_pending { 0.5 } else { 1.0 };
    let mut painter = ui.painter().clone();
    painter.multiply_opacity(opacity);
    let mut left = rect.left() + 10.0;
    if words.is_refused {
        let at = pos2(left, rect.center().y);
        painter.text(
            at,
            Align2::LEFT_CENTER,
            icons::WARNING,
            theme::icon_fill(14.0),
            palette.red,
        );
        left += icon_width;
    }
    let filter_width = filter.size().x;
    painter.galley(
        pos2(left, rect.center().y - filter.size().y / 2.0),
        filter,
        ink,
    );
    left += filter_width + 7.0;
    let badge_rect = Rect::from_center_size(
        pos2(left + badge_width / 2.0, rect.center().y),
        vec2(badge_width, 17.0),
    );
    badge_ui(ui, context, subscription, badge_rect, words.badge_color);
    let at = Align2::CENTER_CENTER
        .align_size_within_rect(badge.size(), badge_rect)
        .min;
    painter.galley(at, badge, words.badge_color);
    let cross = Rect::from_min_max(
        pos2(rect.right() - CROSS_WIDTH - 2.0, rect.top()),
        rect.max - vec2(2.0, 0.0),
    );
    cross_ui(ui, context, subscription, cross);
    response.on_hover_text(&words.tip);
}

fn paint_chip(ui: &Ui, rect: Rect, words: &Words) {
    let palette = Palette::of(ui);
    let (fill, line) = if words.is_refused {
        (
            palette.tint(palette.red, 0.14),
            Stroke::new(1.0, palette.red),
        )
    } else {
        (palette.raised, Stroke::NONE)
    };
    ui.painter()
        .rect(rect, CornerRadius::same(12), fill, line, StrokeKind::Inside);
}

/// The QoS: click to choose another, which subscribes again.
fn badge_ui(
    ui: &Ui,
    context: &Context<'_>,
    subscription: &SubscriptionState,
    rect: Rect,
    color: Color32,
) {
    let palette = Palette::of(ui);
    let id = ui.scope_id().with(("qos", &subscription.filter));
    let response = ui.interact(rect, id, Sense::click());
    let label = format!("Change the QoS of {}", subscription.filter);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let base = if ui.visuals().dark_mode { 0.22 } else { 0.14 };
    let strength = if response.hovered() {
        base + 0.14
    } else {
        base
    };
    let line = focus_line(&response, palette);
    ui.painter().rect(
        rect,
        CornerRadius::same(4),
        palette.tint(color, strength),
        line,
        StrokeKind::Inside,
    );
    Popup::menu(&response).show(|ui| {
        for qos in Qos::ALL {
            let text = match qos {
                Qos::AtMostOnce => "QoS 0 · at most once",
                Qos::AtLeastOnce => "QoS 1 · at least once",
                Qos::ExactlyOnce => "QoS 2 · exactly once",
            };
            if ui
                .add(egui::Button::selectable(qos == subscription.qos, text))
                .clicked()
            {
                context.ask(Action::Subscribe(subscription.filter.clone(), qos));
            }
        }
    });
}

fn cross_ui(ui: &Ui, context: &Context<'_>, subscription: &SubscriptionState, rect: Rect) {
    let palette = Palette::of(ui);
    let id = ui.scope_id().with(("unsubscribe", &subscription.filter));
    let response = ui.interact(rect, id, Sense::click());
    let label = format!("Unsubscribe from {}", subscription.filter);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let is_lit = response.hovered() || response.has_focus();
    let color = if is_lit { palette.text } else { palette.muted };
    let circle = Rect::from_center_size(rect.center(), vec2(18.0, 18.0));
    if is_lit {
        let line = focus_line(&response, palette);
        ui.painter().rect(
            circle,
            CornerRadius::same(9),
            palette.hover,
            line,
            StrokeKind::Inside,
        );
    }
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        icons::X,
        theme::icon(12.0),
        color,
    );
    if response.on_hover_text("Unsubscribe").clicked() {
        context.ask(Action::Unsubscribe(subscription.filter.clone()));
    }
}

fn focus_line(response: &Response, palette: &Palette) -> Stroke {
    if response.has_focus() {
        Stroke::new(1.5, palette.accent)
    } else {
        Stroke::NONE
    }
}

/// `text` with “…” in the middle when it has more than `most` characters.
pub fn elide_middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head: String = text.chars().take(kept.div_ceil(2)).collect();
    let tail: String = text.chars().skip(count - kept / 2).collect();
    format!("{head}…{tail}")
}
