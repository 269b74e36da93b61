//! The open connections as tabs, when there are several: state, name, what arrives or fails behind them, close.

use egui::{
    Align2, CornerRadius, CursorIcon, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use crate::client::State;
use crate::payload::format::thousands;
use crate::profile::ProfileId;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::session::Session;
use super::theme::{self, Palette};
use super::top_bar::state_color;
use super::tree::rate;
use super::widgets::{Look, galley, galley_within, icon_button};

/// Widest tab; and the narrowest one, beyond which the strip scrolls.
const WIDEST: f32 = 240.0;
const NARROWEST: f32 = 52.0;
/// Narrowest tab that is shown: name and cross keep their room.
const NARROWEST_SHOWN: f32 = 120.0;
/// Width from which a tab in the background has a cross, and from which it says how much arrives.
const ROOM_FOR_CROSS: f32 = 88.0;
const ROOM_FOR_RATE: f32 = 136.0;
/// From the left end of a tab to its dot, and from there to its name; the same where there is no room for a cross.
const DOT_AT: f32 = 15.0;
const DOT_AT_NARROW: f32 = 10.0;
const NAME_AFTER: f32 = 11.0;
/// From the right end of a tab to the middle of its cross.
const CROSS_AT: f32 = 17.0;
/// Room for the cross, and for a rate or a mark.
const CROSS_ROOM: f32 = 32.0;
const NEWS_ROOM: f32 = 44.0;
/// Room for the button that opens another one.
const PLUS_ROOM: f32 = 36.0;

/// Whether there is a choice.
pub fn is_needed(context: &Context<'_>) -> bool {
    context.open.len() > 1
}

/// UI state of the strip.
#[derive(Debug, Default)]
pub struct TabStrip {
    /// How far the tabs are scrolled to the left, in points.
    scroll: f32,
    /// Bring the tab that is shown into view in the next frame.
    reveal_shown: bool,
    /// The same for the one that got the keyboard.
    reveal: Option<ProfileId>,
    /// The tab that follows the pointer.
    dragged: Option<ProfileId>,
}

impl TabStrip {
    /// Brings the tab that is shown into view in the next frame.
    pub fn reveal_shown(&mut self) {
        self.reveal_shown = true;
    }

    /// Draws it. `is_pane_shown` says whether the pane of a tab is on the screen, and not the list of profiles.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, is_pane_shown: bool) {
        let strip = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(strip);
        let room = strip.width() - PLUS_ROOM;
        let shown = context.session.map(|session| &session.profile.id);
        let faces: Vec<Face> = context
            .open
            .iter()
            .map(|session| {
                let is_chosen = is_pane_shown && shown == Some(&session.profile.id);
                Face::of(ui, context, session, is_chosen)
            })
            .collect();
        let widths = widths(&faces, room);
        let places = self.places(ui, strip, room, (&widths, &faces));
        let mut clipped = ui.new_child(egui::UiBuilder::new().max_rect(strip).id_salt("tabs"));
        let tabs_end = places.last().map_or(strip.left(), Rect::right);
        let visible = strip.with_max_x(tabs_end.min(strip.left() + room));
        clipped.set_clip_rect(visible.intersect(ui.clip_rect()));
        for (place, face) in places.iter().zip(&faces) {
            self.tab_ui(&mut clipped, context, *place, face);
        }
        self.drag(ui, context, &places);
        let plus = Rect::from_center_size(
            pos2(visible.right() + PLUS_ROOM / 2.0, strip.center().y),
            Vec2::splat(22.0),
        );
        let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(plus).id_salt("plus"));
        let label = "Open another connection";
        if icon_button(&mut corner, icons::PLUS, label, Look::Quiet).clicked() {
            context.ask(Action::ShowConnections);
        }
    }

    /// Where the tabs are. Scrolls by the wheel, and to the tab that is shown when that was wished.
    fn places(
        &mut self,
        ui: &Ui,
        strip: Rect,
        room: f32,
        (widths, faces): (&[f32], &[Face]),
    ) -> Vec<Rect> {
        let whole: f32 = widths.iter().sum();
        if ui.rect_contains_pointer(strip) {
            let turned = ui.input(|input| input.smooth_scroll_delta);
            self.scroll -= turned.x + turned.y;
        }
        let reveal_shown = std::mem::take(&mut self.reveal_shown);
        let wanted = self.reveal.take();
        let is_wanted =
            |face: &Face| (reveal_shown && face.is_chosen) || wanted.as_ref() == Some(&face.id);
        if let Some(index) = faces.iter().position(is_wanted) {
            let left: f32 = widths.iter().take(index).sum();
            let right = left + widths.get(index).copied().unwrap_or_default();
            self.scroll = self.scroll.min(left).max(right - room);
        }
        self.scroll = self.scroll.clamp(0.0, (whole - room).max(0.0));
        let mut left = strip.left() - self.scroll;
        let place = |width: &f32| {
            let size = vec2(*width, strip.height());
            let place = Rect::from_min_size(pos2(left, strip.top()), size);
            left = place.right();
            place
        };
        widths.iter().map(place).collect()
    }

    fn tab_ui(&mut self, ui: &mut Ui, context: &Context<'_>, place: Rect, face: &Face) {
        let id = ui.scope_id().with(&face.id.0);
        let response = ui.interact(place, id, Sense::CLICK | Sense::DRAG);
        response.widget_info(|| {
            WidgetInfo::selected(Role::Tab, ui.is_enabled(), face.is_chosen, face.spoken())
        });
        // a narrow tab is for showing it: a cross there would be hit by mistake
        let has_cross = face.is_chosen || place.width() >= ROOM_FOR_CROSS;
        face.paint(ui, place, &response, has_cross);
        if has_cross && face.cross_ui(ui, place, id) {
            context.ask(Action::CloseTab(face.id.clone()));
        }
        if response.clicked() {
            context.ask(Action::ShowTab(face.id.clone()));
        }
        if response.middle_clicked() {
            context.ask(Action::CloseTab(face.id.clone()));
        }
        if response.drag_started() {
            self.dragged = Some(face.id.clone());
        }
        if response.gained_focus() {
            self.reveal = Some(face.id.clone());
        }
        if response.has_focus() {
            keys(ui, context, face, id);
        }
        response.context_menu(|ui| menu_ui(ui, context, face));
        if self.dragged.is_none() && !response.context_menu_opened() {
            response.on_hover_text(&face.hover);
        }
    }

    /// The dragged tab changes places with its neighbour as soon as it can stay under the pointer there.
    fn drag(&mut self, ui: &Ui, context: &Context<'_>, places: &[Rect]) {
        let Some(dragged) = &self.dragged else { return };
        let (pointer, is_down) = ui.input(|input| {
            let pointer = &input.pointer;
            (pointer.interact_pos(), pointer.primary_down())
        });
        let index = context
            .open
            .iter()
            .position(|session| session.profile.id == *dragged);
        let (Some(index), Some(pointer), true) = (index, pointer, is_down) else {
            self.dragged = None;
            return;
        };
        ui.set_cursor_icon(CursorIcon::Grabbing);
        let own = places.get(index).map_or(0.0, Rect::width);
        let before = index.checked_sub(1).and_then(|left| places.get(left));
        let target = if before.is_some_and(|left| pointer.x < left.left() + own.min(left.width())) {
            index - 1
        } else if places
            .get(index + 1)
            .is_some_and(|right| pointer.x > right.right() - own.min(right.width()))
        {
            index + 1
        } else {
            return;
        };
        context.ask(Action::MoveTab(dragged.clone(), target));
    }
}

/// What a tab shows, computed before it is drawn.
struct Face {
    id: ProfileId,
    name: String,
    /// What a screen reader and the mark on the tab say.
    state: &'static str,
    dot: egui::Color32,
    color: Option<egui::Color32>,
    news: News,
    hover: String,
    is_chosen: bool,
    is_open: bool,
    natural_width: f32,
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

impl Face {
    fn of(ui: &Ui, context: &Context<'_>, session: &Session, is_chosen: bool) -> Self {
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
            natural_width: (DOT_AT + NAME_AFTER + text.size().x + 10.0 + NEWS_ROOM + CROSS_ROOM)
                .clamp(ROOM_FOR_RATE, WIDEST),
        }
    }

    fn spoken(&self) -> String {
        format!("{}, {}", self.name, self.state)
    }

    fn paint(&self, ui: &Ui, place: Rect, response: &Response, has_cross: bool) {
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
        let mut right = place.right() - if has_cross { CROSS_ROOM } else { 3.0 };
        if place.width() >= ROOM_FOR_RATE {
            self.paint_news(ui, pos2(right - 2.0, middle));
            right -= NEWS_ROOM;
        }
        let (font, color) = if self.is_chosen {
            (theme::strong(), palette.text)
        } else {
            (theme::body(), palette.muted)
        };
        let left = dot + NAME_AFTER;
        let name = galley_within(ui, &self.name, font, color, right - left);
        painter.galley(pos2(left, middle - name.size().y / 2.0), name, color);
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
    fn cross_ui(&self, ui: &mut Ui, place: Rect, id: egui::Id) -> bool {
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

/// Width of each tab: as wide as it wants, or, where there is no room for that, none wider than what all can have. The
/// one that is shown gives way last.
fn widths(faces: &[Face], room: f32) -> Vec<f32> {
    let least = |face: &Face| {
        if face.is_chosen {
            NARROWEST_SHOWN
        } else {
            NARROWEST
        }
    };
    let within = |limit: f32| {
        let width = move |face: &Face| face.natural_width.min(limit).max(least(face));
        faces.iter().map(width)
    };
    let (mut low, mut high) = (NARROWEST, WIDEST);
    if within(high).sum::<f32>() <= room {
        return within(high).collect();
    }
    for _ in 0..12 {
        let middle = f32::midpoint(low, high);
        if within(middle).sum::<f32>() <= room {
            low = middle;
        } else {
            high = middle;
        }
    }
    within(low).map(f32::floor).collect()
}

/// Keys of the tab that has the keyboard.
fn keys(ui: &Ui, context: &Context<'_>, face: &Face, id: egui::Id) {
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        ..egui::EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let index = context.open.iter().position(|it| it.profile.id == face.id);
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let step = isize::from(pressed(Key::ArrowRight)) - isize::from(pressed(Key::ArrowLeft));
    let next = index.and_then(|index| index.checked_add_signed(step));
    let next = next
        .filter(|_| step != 0)
        .and_then(|next| context.open.get(next));
    if let Some(next) = next {
        let parent = ui.scope_id();
        ui.memory_mut(|memory| memory.request_focus(parent.with(&next.profile.id.0)));
        context.ask(Action::ShowTab(next.profile.id.clone()));
    }
    if pressed(Key::Delete) {
        context.ask(Action::CloseTab(face.id.clone()));
    }
}

fn menu_ui(ui: &mut Ui, context: &Context<'_>, face: &Face) {
    ui.set_min_width(180.0);
    let index = context.open.iter().position(|it| it.profile.id == face.id);
    let Some(index) = index else { return };
    let last = context.open.len() - 1;
    let mut entry = |is_enabled: bool, text: &str| {
        let entry = ui.add_enabled(
            is_enabled,
            egui::Button::new(text).frame_when_inactive(false),
        );
        entry.clicked()
    };
    if face.is_open {
        if entry(true, "Disconnect") {
            context.ask_for(&face.id, Action::Disconnect);
        }
    } else if entry(true, "Connect") {
        context.ask(Action::Connect(face.id.clone()));
    }
    if entry(true, "Edit connection") {
        context.ask(Action::SelectProfile(face.id.clone()));
        context.ask(Action::ShowConnections);
    }
    if entry(index > 0, "Move to the left") {
        context.ask(Action::MoveTab(face.id.clone(), index - 1));
    }
    if entry(index < last, "Move to the right") {
        context.ask(Action::MoveTab(face.id.clone(), index + 1));
    }
    if entry(last > 0, "Close the other tabs") {
        for other in context.open.iter().filter(|it| it.profile.id != face.id) {
            context.ask(Action::CloseTab(other.profile.id.clone()));
        }
    }
    if entry(true, "Close tab") {
        context.ask(Action::CloseTab(face.id.clone()));
    }
}
