//! What a tab shows: colour, state, name, and what goes on behind it while nobody looks.

use egui::{Align2, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use crate::client::State;
use crate::payload::format::thousands;
use crate::profile::ProfileId;

use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::top_bar::state_color;
use super::super::tree::rate;
use super::super::widgets::{Look, galley, galley_within, icon_button};

/// Widest tab.
pub const WIDEST: f32 = 240.0;
/// Width from which a tab in the background has a cross, also where its name gives way to it.
pub const ROOM_FOR_CROSS: f32 = 88.0;
/// Narrowest tab that wishes for no less.
const LEAST_WISH: f32 = 136.0;
/// From the left end of a tab to its dot, and from there to its name; the same where there is no room for a cross.
const DOT_AT: f32 = 15.0;
const DOT_AT_NARROW: f32 = 10.0;
const NAME_AFTER: f32 = 11.0;
/// From the right end of a tab to the middle of its cross.
const CROSS_AT: f32 = 17.0;
/// Room for the cross, and for a rate; for a mark instead of one.
const CROSS_ROOM: f32 = 32.0;
const NEWS_ROOM: f32 = 44.0;
const MARK_ROOM: f32 = 20.0;
/// What is left free behind the name.
const AFTER_NAME: f32 = 6.0;

/// What a tab shows, computed before it is drawn.
pub struct Face {
    /// The profile.
    pub id: ProfileId,
    name: String,
    /// What a screen reader and the mark on the tab say.
    state: &'static str,
    dot: egui::Color32,
    color: Option<egui::Color32>,
    news: News,
    /// More of it, for the pointer.
    pub hover: String,
    /// Whether its pane is on the screen.
    pub is_chosen: bool,
    /// Whether the connection stands or is being opened.
    pub is_open: bool,
    /// How wide it would like to be.
    pub natural_width: f32,
    /// How wide it is when it shows its whole name, with a cross and nothing else.
    pub name_width: f32,
}

/// What goes on behind a tab that nobody looks at.
enum News {
    Nothing,
    /// Messages came since somebody looked.
    Unseen,
    /// Messages arrive, so many per second.
    Rate(String),
    /// The connection failed.
    Failure,
}

impl News {
    fn room(&self) -> f32 {
        match self {
            Self::Nothing => 0.0,
            Self::Unseen | Self::Failure => MARK_ROOM,
            Self::Rate(_) => NEWS_ROOM,
        }
    }
}

impl Face {
    /// Looks up what is shown of `session`.
    pub fn of(ui: &Ui, context: &Context<'_>, session: &Session, is_chosen: bool) -> Self {
        let palette = Palette::of(ui);
        let state = session.state();
        let words = match &state {
            State::Connected { .. } => "connected",
            State::Connecting { .. } => "connecting",
            State::Waiting { .. } | State::Ended(Some(_)) => "failed",
            State::Idle | State::Ended(None) => "disconnected",
        };
        let totals = &session.glance.totals;
        let news = match &state {
            State::Waiting { .. } | State::Ended(Some(_)) => News::Failure,
            _ if is_chosen => News::Nothing,
            _ if totals.rate_in >= 0.05 => News::Rate(format!("{}/s", rate(totals.rate_in))),
            _ if session.has_news() => News::Unseen,
            _ => News::Nothing,
        };
        let name = &session.profile.name;
        let text = galley(ui, name, theme::strong(), palette.text);
        let count = totals.messages;
        let unit = if count == 1 { "message" } else { "messages" };
        let mut hover = format!(
            "{name}, {words}\n{}\n{} {unit}",
            session.profile.url(),
            thousands(count),
        );
        if let State::Waiting { failure, .. } | State::Ended(Some(failure)) = &state {
            hover = format!("{hover}\n{failure}");
        }
        let kept = context
            .profiles
            .iter()
            .find(|it| it.id == session.profile.id);
        let color = kept.unwrap_or(&session.profile).color;
        let named = DOT_AT + NAME_AFTER + text.size().x + AFTER_NAME + CROSS_ROOM;
        Self {
            id: session.profile.id.clone(),
            name: name.clone(),
            state: words,
            dot: state_color(palette, &state),
            color: color.map(|color| theme::profile_color(color, palette)),
            news,
            hover,
            is_chosen,
            is_open: !matches!(state, State::Idle | State::Ended(_)),
            natural_width: (named + NEWS_ROOM).clamp(LEAST_WISH, WIDEST),
            name_width: named.min(WIDEST),
        }
    }

    /// What a screen reader says.
    pub fn spoken(&self) -> String {
        format!("{}, {}", self.name, self.state)
    }

    /// Paints it.
    pub fn paint(&self, ui: &Ui, place: Rect, response: &Response, has_cross: bool) {
        let palette = Palette::of(ui);
        let painter = ui.painter();
        let is_lit = response.hovered() || response.dragged();
        if self.is_chosen || is_lit {
            let fill = if self.is_chosen {
                palette.raised
            } else {
                palette.hover
            };
            painter.rect_filled(
                place.with_min_y(place.top() + 1.0),
                CornerRadius::ZERO,
                fill,
            );
        }
        let line = Stroke::new(1.0, palette.line);
        painter.vline(place.right() - 0.5, place.y_range(), line);
        let mark = self.color.or(self.is_chosen.then_some(palette.accent));
        if let Some(mark) = mark {
            let height = if self.is_chosen { 2.0 } else { 1.0 };
            let under = place.with_min_y(place.bottom() - height);
            painter.rect_filled(under, CornerRadius::ZERO, mark);
        }
        let middle = place.center().y;
        let is_narrow = place.width() < ROOM_FOR_CROSS;
        let dot = place.left() + if is_narrow { DOT_AT_NARROW } else { DOT_AT };
        painter.circle_filled(pos2(dot, middle), 4.0, self.dot);
        let right = place.right() - if has_cross { CROSS_ROOM } else { 3.0 };
        let (font, color) = if self.is_chosen {
            (theme::strong(), palette.text)
        } else {
            (theme::body(), palette.muted)
        };
        let left = dot + NAME_AFTER;
        let name = galley_within(ui, &self.name, font, color, right - left);
        // the name comes first: the rate only where there is room beside it
        let is_room = left + name.size().x + AFTER_NAME + self.news.room() <= right;
        painter.galley(pos2(left, middle - name.size().y / 2.0), name, color);
        if is_room {
            self.paint_news(ui, pos2(right - 2.0, middle));
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, palette.accent);
            painter.rect_stroke(
                place.shrink(1.0),
                CornerRadius::same(theme::RADIUS),
                ring,
                StrokeKind::Inside,
            );
        }
    }

    /// A rate, a dot or a sign that ends at `end`.
    fn paint_news(&self, ui: &Ui, end: egui::Pos2) {
        let palette = Palette::of(ui);
        let (text, font, color) = match &self.news {
            News::Nothing => return,
            News::Unseen => {
                let center = end - vec2(4.0, 0.0);
                ui.painter().circle_filled(center, 3.0, palette.blue);
                return;
            }
            News::Rate(rate) => (rate.as_str(), theme::caption(), palette.muted),
            News::Failure => (icons::WARNING_CIRCLE, theme::icon(14.0), palette.red),
        };
        ui.painter()
            .text(end, Align2::RIGHT_CENTER, text, font, color);
    }

    /// The cross; says whether it was clicked.
    pub fn cross_ui(&self, ui: &mut Ui, place: Rect, id: egui::Id) -> bool {
        let center = pos2(place.right() - CROSS_AT, place.center().y);
        let rect = Rect::from_center_size(center, Vec2::splat(22.0));
        let builder = egui::UiBuilder::new()
            .max_rect(rect)
            .id_salt(id.with("close"));
        let mut corner = ui.new_child(builder);
        let label = format!("Close {}", self.name);
        icon_button(&mut corner, icons::X, &label, Look::Quiet).clicked()
    }
}
