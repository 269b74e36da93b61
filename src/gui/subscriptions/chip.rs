//! One subscription as a chip: colour, filter, QoS to change, rate, cross to unsubscribe, and what the broker said to
//! it. A click on it opens the editor.

use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, Galley, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use crate::client::SubscribeOutcome;
use crate::model::SubscriptionCount;
use crate::mqtt::Qos;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::galley;
use super::counts::short_rate;
use super::state::SubscriptionState;
use super::words;

/// Height of a chip.
pub const HEIGHT: f32 = 24.0;
/// The longest filter that is shown whole, in points.
const WIDEST_FILTER: f32 = 240.0;
/// Room beside the filter.
const OTHERS_WIDTH: f32 = 170.0;
/// Width of the cross with the room around it.
const CROSS_WIDTH: f32 = 22.0;
/// Width of the colour or the warning before the filter.
const MARK_WIDTH: f32 = 14.0;
/// The widest rate: every rate gets its room, so that chips do not move.
const WIDEST_RATE: &str = "999k/s";

/// A chip, laid out before it is drawn.
pub struct Chip<'a> {
    subscription: &'a SubscriptionState,
    filter: Arc<Galley>,
    badge: Arc<Galley>,
    badge_color: Color32,
    rate: Option<Arc<Galley>>,
    rate_width: f32,
    badge_left: f32,
    said: String,
    count: Option<String>,
    /// With all that is around.
    pub width: f32,
}

impl<'a> Chip<'a> {
    /// Lays it out for a bar of this width.
    pub fn new(
        ui: &Ui,
        subscription: &'a SubscriptionState,
        count: Option<&SubscriptionCount>,
        room: f32,
    ) -> Self {
        let palette = Palette::of(ui);
        let asked = subscription.asked.qos;
        let (badge, badge_color) = match subscription.outcome {
            SubscribeOutcome::Granted(granted) if granted < asked => {
                (format!("QoS {granted} of {asked}"), palette.amber)
            }
            _ => (format!("QoS {asked}"), palette.qos(asked)),
        };
        let text = elide_middle(&subscription.asked.filter, most_chars(ui, room));
        let filter = galley(ui, &text, theme::mono(), ink(palette, subscription));
        let badge = galley(ui, &badge, theme::badge(), badge_color);
        let count = count.filter(|_| subscription.is_granted());
        let rate = count.map(|count| {
            let text = format!("{}/s", short_rate(count.rate));
            galley(ui, &text, theme::number_small(), palette.muted)
        });
        let rate_width = if subscription.is_refused() {
            0.0
        } else {
            let widest = galley(ui, WIDEST_RATE, theme::number_small(), palette.faint);
            widest.size().x + 6.0
        };
        let mark = if has_mark(subscription) {
            MARK_WIDTH
        } else {
            0.0
        };
        let badge_width = badge.size().x + 10.0;
        let badge_left = 10.0 + mark + filter.size().x + 7.0;
        let width = badge_left + badge_width + rate_width + CROSS_WIDTH + 4.0;
        Self {
            subscription,
            filter,
            badge,
            badge_color,
            rate,
            rate_width,
            badge_left,
            said: words::outcome(subscription),
            count: count.map(words::count),
            width,
        }
    }

    /// What it shows.
    pub fn subscription(&self) -> &'a SubscriptionState {
        self.subscription
    }

    /// Draws it and asks for what is done with it. The response is that of the body, which opens the editor.
    pub fn ui(&self, ui: &mut Ui, context: &Context<'_>) -> Response {
        let filter = &self.subscription.asked.filter;
        let (rect, whole) = ui.allocate_exact_size(vec2(self.width, HEIGHT), Sense::hover());
        let id = ui.scope_id().with(("subscription", filter));
        let badge_left = rect.left() + self.badge_left;
        let body = ui.interact(rect.with_max_x(badge_left), id, Sense::click());
        let label = format!("{filter}, {}", self.said);
        body.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        self.paint_body(ui, rect, &body);
        self.paint_texts(ui, rect);
        let badge_width = self.badge.size().x + 10.0;
        let badge_size = vec2(badge_width, 17.0);
        let center = pos2(badge_left + badge_width / 2.0, rect.center().y);
        self.badge_ui(ui, context, Rect::from_center_size(center, badge_size));
        if let Some(rate) = &self.rate {
            let right = badge_left + badge_width + self.rate_width;
            let at = pos2(right - rate.size().x, rect.center().y - rate.size().y / 2.0);
            ui.painter().galley(at, Arc::clone(rate), self.badge_color);
        }
        let cross = Rect::from_min_max(
            pos2(rect.right() - CROSS_WIDTH - 2.0, rect.top()),
            rect.max - vec2(2.0, 0.0),
        );
        cross_ui(ui, context, filter, cross);
        // what is above hides the whole from the pointer
        whole.on_hover_text(self.tip());
        body.on_hover_text(self.tip())
    }

    fn tip(&self) -> String {
        let mut tip = format!("{}\n{}", self.subscription.asked.filter, self.said);
        if let Some(count) = &self.count {
            tip = format!("{tip}\n{count}");
        }
        tip
    }

    fn opacity(&self) -> f32 {
        match self.subscription.outcome {
            SubscribeOutcome::Pending => 0.5,
            _ => 1.0,
        }
    }

    fn paint_body(&self, ui: &Ui, rect: Rect, body: &Response) {
        let palette = Palette::of(ui);
        let is_lit = body.hovered();
        let (fill, line) = if self.subscription.is_refused() {
            let strength = if is_lit { 0.22 } else { 0.14 };
            (
                palette.tint(palette.red, strength),
                Stroke::new(1.0, palette.red),
            )
        } else {
            let fill = if is_lit {
                palette.hover
            } else {
                palette.raised
            };
            (fill, Stroke::NONE)
        };
        let line = if body.has_focus() {
            focus_line(body, palette)
        } else {
            line
        };
        ui.painter()
            .rect(rect, CornerRadius::same(12), fill, line, StrokeKind::Inside);
    }

    /// Colour or warning, and the filter.
    fn paint_texts(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let mut painter = ui.painter().clone();
        painter.multiply_opacity(self.opacity());
        let mut left = rect.left() + 10.0;
        let y = rect.center().y;
        if self.subscription.is_refused() {
            let (at, font) = (pos2(left - 2.0, y), theme::icon_fill(14.0));
            painter.text(at, Align2::LEFT_CENTER, icons::WARNING, font, palette.red);
        } else if let Some(color) = self.subscription.asked.color {
            let color = theme::profile_color(color, palette);
            painter.circle_filled(pos2(left + 4.0, y), 4.0, color);
        }
        if has_mark(self.subscription) {
            left += MARK_WIDTH;
        }
        let at = pos2(left, y - self.filter.size().y / 2.0);
        painter.galley(at, Arc::clone(&self.filter), palette.text);
    }

    /// The QoS: click to choose another, which subscribes again.
    fn badge_ui(&self, ui: &Ui, context: &Context<'_>, rect: Rect) {
        let palette = Palette::of(ui);
        let asked = &self.subscription.asked;
        let id = ui.scope_id().with(("qos", &asked.filter));
        let response = ui.interact(rect, id, Sense::click());
        let label = format!("Change the QoS of {}", asked.filter);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let base = if ui.visuals().dark_mode { 0.22 } else { 0.14 };
        let strength = if response.hovered() {
            base + 0.14
        } else {
            base
        };
        let mut painter = ui.painter().clone();
        painter.multiply_opacity(self.opacity());
        painter.rect(
            rect,
            CornerRadius::same(4),
            palette.tint(self.badge_color, strength),
            focus_line(&response, palette),
            StrokeKind::Inside,
        );
        let at = Align2::CENTER_CENTER
            .align_size_within_rect(self.badge.size(), rect)
            .min;
        painter.galley(at, Arc::clone(&self.badge), self.badge_color);
        Popup::menu(&response).show(|ui| {
            for qos in Qos::ALL {
                let text = match qos {
                    Qos::AtMostOnce => "QoS 0 · at most once",
                    Qos::AtLeastOnce => "QoS 1 · at least once",
                    Qos::ExactlyOnce => "QoS 2 · exactly once",
                };
                let choice = egui::Button::selectable(qos == asked.qos, text);
                if ui.add(choice).clicked() {
                    context.ask(Action::Subscribe(asked.filter.clone(), qos));
                }
            }
        });
    }
}

fn has_mark(subscription: &SubscriptionState) -> bool {
    subscription.is_refused() || subscription.asked.color.is_some()
}

fn ink(palette: &Palette, subscription: &SubscriptionState) -> Color32 {
    if subscription.is_refused() {
        palette.red
    } else {
        palette.text
    }
}

/// How many characters of a filter fit into a bar of this width.
fn most_chars(ui: &Ui, room: f32) -> usize {
    let char_width = galley(ui, "0", theme::mono(), Color32::PLACEHOLDER)
        .size()
        .x;
    let room = (room - OTHERS_WIDTH).clamp(60.0, WIDEST_FILTER);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 240"
    )]
    let most = (room / char_width.max(1.0)) as usize;
    most
}

fn cross_ui(ui: &Ui, context: &Context<'_>, filter: &str, rect: Rect) {
    let palette = Palette::of(ui);
    let id = ui.scope_id().with(("unsubscribe", filter));
    let response = ui.interact(rect, id, Sense::click());
    let label = format!("Unsubscribe from {filter}");
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
        context.ask(Action::Unsubscribe(filter.to_owned()));
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
