//! The open connections as tabs, when there are several: state, name, what arrives or fails behind them, close.

mod face;
mod menu;

use egui::{CursorIcon, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::profile::ProfileId;

use super::action::{Action, TabAction};
use super::context::Context;
use super::icons;
use super::widgets::{Look, icon_button};
use face::{Face, ROOM_FOR_CROSS, WIDEST};

/// The narrowest tab, beyond which the strip scrolls.
const NARROWEST: f32 = 52.0;
/// Narrowest tab that is shown.
const NARROWEST_SHOWN: f32 = 96.0;
/// Room for the button that opens another one.
const PLUS_ROOM: f32 = 36.0;

/// How far above or below the strip a tab is let go to get a window of its own.
const TEAR_OFF: f32 = 80.0;

/// Whether there is a choice.
pub fn is_needed(context: &Context<'_>) -> bool {
    context.tabs().len() > 1
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
            .tabs()
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
        let is_near = response.has_focus() || ui.rect_contains_pointer(place);
        let has_room =
            place.width() >= face.name_width || (is_near && place.width() >= ROOM_FOR_CROSS);
        let has_cross = face.is_chosen || has_room;
        face.paint(ui, place, &response, has_cross);
        if has_cross && face.cross_ui(ui, place, id) {
            context.ask(Action::Tab(TabAction::Close(face.id.clone())));
        }
        if response.clicked() {
            context.ask(Action::Tab(TabAction::Show(face.id.clone())));
        }
        if response.middle_clicked() {
            context.ask(Action::Tab(TabAction::Close(face.id.clone())));
        }
        if response.drag_started() {
            self.dragged = Some(face.id.clone());
        }
        if response.gained_focus() {
            self.reveal = Some(face.id.clone());
        }
        if response.has_focus() {
            menu::keys(ui, context, face, id);
        }
        response.context_menu(|ui| menu::menu_ui(ui, context, face));
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
            .tabs()
            .iter()
            .position(|session| session.profile.id == *dragged);
        let (Some(index), Some(pointer)) = (index, pointer) else {
            self.dragged = None;
            return;
        };
        let is_out = places.get(index).is_some_and(|place| {
            let is_below = pointer.y > place.bottom() + TEAR_OFF;
            is_below || pointer.y < place.top() - TEAR_OFF
        });
        if !is_down {
            if is_out {
                context.ask(Action::Tab(TabAction::Detach(dragged.clone())));
            }
            self.dragged = None;
            return;
        }
        ui.set_cursor_icon(if is_out {
            CursorIcon::Move
        } else {
            CursorIcon::Grabbing
        });
        if is_out {
            return;
        }
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
        context.ask(Action::Tab(TabAction::Move(dragged.clone(), target)));
    }
}

/// Width of each tab: as wide as it wants, or, where there is no room for that, none wider than what all can have. The
/// one that is shown gives way last.
fn widths(faces: &[Face], room: f32) -> Vec<f32> {
    let least = |face: &Face| {
        if face.is_chosen {
            face.name_width.max(NARROWEST_SHOWN).min(room / 3.0)
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
