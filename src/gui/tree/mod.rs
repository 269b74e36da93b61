//! The live topic tree as a table: Topic, Value, Messages, Rate, Age. Only visible rows are copied out of the model
//! and painted; the scroll offset is kept in `f64`, because an `f32` is off by a point at a million rows.

mod cells;
mod keys;
mod menu;
mod row;
mod scroll;
mod share_bar;
mod sparkline;

pub use row::rate;

use egui::{Align2, Id, Rect, Sense, Ui, pos2, vec2};

use crate::model::{NodeId, Query, Row, SortBy};
use crate::mqtt::Timestamp;

use super::action::Action;
use super::app::LOOK_AGAIN;
use super::context::Context;
use super::icons;
use super::session::Session;
use super::theme::{self, Palette};
use super::traffic::{SharesShown, shares_button};
use super::traffic_action::TrafficAction;
use super::widgets::Look;
use scroll::Scroll;

/// Widths of the columns of numbers: messages, rate, age.
const NUMBER_WIDTHS: [f32; 3] = [72.0, 62.0, 44.0];
/// Room that topic and value keep together; the rate gives way for it, then the age.
const TEXT_ROOM: f32 = 260.0;
/// Share of the remaining width that the topic gets; the value gets the rest.
const TOPIC_SHARE: f32 = 0.5;
/// The topic's share in a narrow tree, as long as it is not wider than [`TOPIC_ROOM`].
const TOPIC_SHARE_NARROW: f32 = 0.7;
/// Width from which on a topic shares evenly with its value.
const TOPIC_ROOM: f32 = 190.0;

/// UI state of the tree.
#[derive(Default)]
pub struct TreeView {
    /// What rows show of the traffic, while they do.
    pub shares: Option<SharesShown>,
    scroll: Scroll,
    cells: cells::Cells,
    sparklines: sparkline::Sparklines,
    /// What is visible, as it was copied last.
    rows: Vec<Row>,
    /// Which row of the whole tree the first of them is.
    first: usize,
    /// How many rows the whole tree has.
    row_count: usize,
    /// The connection that they belong to.
    profile: Option<crate::profile::ProfileId>,
    /// Bring the selected row into view in the next frame.
    reveal_selected: bool,
    /// Scroll to this share of all rows in the next frame.
    jump_to: Option<f64>,
    /// Take the keyboard in the next frame.
    wants_focus: bool,
    /// When the youngest visible row last changed: the frame after which nothing glows any more.
    glow_until: Option<Timestamp>,
    /// Newest message among the visible rows, for the next change of an age.
    newest_visible: Option<Timestamp>,
}

/// Where the columns are, in points.
#[derive(Debug, Clone, Copy)]
struct Columns {
    /// Left end of the values.
    value: f32,
    /// Left end of the numbers.
    messages: f32,
    /// Right end of each column of numbers that there is room for.
    messages_right: f32,
    rate_right: Option<f32>,
    age_right: Option<f32>,
}

impl Columns {
    fn new(rect: Rect) -> Self {
        let [messages_width, rate_width, age_width] = NUMBER_WIDTHS;
        let mut right = rect.right() - 14.0;
        let room = right - rect.left() - messages_width - TEXT_ROOM;
        let has_age = room >= age_width;
        let has_rate = room >= age_width + rate_width;
        let mut take = |width: f32, is_there: bool| {
            let end = right;
            right -= if is_there { width } else { 0.0 };
            is_there.then_some(end)
        };
        let age_right = take(age_width, has_age);
        let rate_right = take(rate_width, has_rate).map(|end| end - 8.0);
        let is_last = age_right.is_none();
        let messages_right = right - if is_last { 0.0 } else { 8.0 };
        let messages = right - messages_width;
        let text = messages - rect.left();
        let topic = (text * TOPIC_SHARE_NARROW).min(TOPIC_ROOM);
        Self {
            value: rect.left() + topic.max(text * TOPIC_SHARE),
            messages,
            messages_right,
            rate_right,
            age_right,
        }
    }
}

impl TreeView {
    /// Takes the keyboard in the next frame.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Scrolls to the selected row in the next frame.
    pub fn reveal_selected(&mut self) {
        self.reveal_selected = true;
    }

    /// Scrolls to this share of all rows (0 to 1) in the next frame.
    pub fn jump_to(&mut self, share: f64) {
        self.jump_to = Some(share);
    }

    /// The nodes of the rows that were drawn last.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.rows.iter().map(|row| row.node)
    }

    /// The moment at which the tree looks different although nothing arrived: the next step of a glow, or an age.
    pub fn next_change(&self, now: Timestamp) -> Option<std::time::Duration> {
        if self.glow_until.is_some_and(|until| until > now) {
            return Some(GLOW_STEP);
        }
        self.newest_visible
            .map(|newest| next_age_change(now.since(newest)))
    }

    /// Draws the header and the visible rows. `query` is highlighted.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        query: Option<&Query>,
    ) {
        let rect = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(rect);
        let header = rect.with_max_y(rect.top() + theme::ROW_HEIGHT + 2.0);
        let body = rect.with_min_y(header.bottom());
        let columns = Columns::new(body);
        header_ui(ui, context, session, header, columns);
        shares_ui(ui, context, header, self.shares.is_some());
        let id = ui.scope_id().with("topic tree");
        let focus = ui.interact(body, id, Sense::CLICK | Sense::FOCUSABLE);
        focus.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Tree, true, "Topics"));
        let row_count = self.copy_rows(ui, session, body, context.now);
        if std::mem::take(&mut self.wants_focus) {
            focus.request_focus();
        }
        if focus.has_focus() {
            self.keys(ui, context, session, id, row_count);
        }
        if row_count == 0 {
            empty_ui(ui, session, body, query);
            return;
        }
        self.rows_ui(ui, context, session, (body, columns), (id, query));
        self.scroll.bar_ui(ui, body, row_count);
    }

    /// Locks the model, copies what is visible, lets go. What was copied last stays when the model is busy. Returns how
    /// many rows the whole tree has.
    fn copy_rows(&mut self, ui: &Ui, session: &Session, body: Rect, now: Timestamp) -> usize {
        if self.profile.as_ref() != Some(&session.profile.id) {
            self.profile = Some(session.profile.id.clone());
            self.rows.clear();
            self.sparklines.clear();
            self.row_count = 0;
        }
        let Some(model) = session.live.lock_soon() else {
            self.scroll.wheel(ui, body, self.row_count);
            ui.ctx().request_repaint_after(LOOK_AGAIN);
            return self.row_count;
        };
        self.row_count = model.row_count();
        if std::mem::take(&mut self.reveal_selected)
            && let Some(row) = session.selected.and_then(|node| model.row_of(node))
        {
            self.scroll.bring_into_view(row, body.height());
        }
        self.scroll.keep_anchor(|node| model.row_of(node));
        if let Some(share) = self.jump_to.take() {
            self.scroll.jump_to(share, self.row_count);
        }
        self.scroll.wheel(ui, body, self.row_count);
        self.first = self.scroll.first_row();
        let count = scroll::rows_in(body.height()) + 2;
        self.rows.clear();
        model.rows(self.first, count, now, &mut self.rows);
        drop(model);
        self.scroll.set_anchor(&self.rows, session.selected);
        self.row_count
    }

    fn rows_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        (body, columns): (Rect, Columns),
        (id, query): (Id, Option<&Query>),
    ) {
        let rows = std::mem::take(&mut self.rows);
        let mut clipped = ui.new_child(egui::UiBuilder::new().max_rect(body).id_salt("rows"));
        clipped.set_clip_rect(body.intersect(ui.clip_rect()));
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let has_menu = egui::Popup::is_any_open(ui.ctx());
        self.cells.begin_frame(ui);
        let mut newest = None;
        for (index, row) in rows.iter().enumerate() {
            let top = body.top() + self.scroll.y_of(self.first + index);
            let rect = Rect::from_min_size(
                pos2(body.left(), top),
                vec2(body.width(), theme::ROW_HEIGHT),
            );
            if rect.top() > body.bottom() {
                break;
            }
            if rect.bottom() < body.top() {
                continue;
            }
            let style = row::Style {
                columns,
                is_selected: session.selected == Some(row.node),
                has_focus,
                has_menu,
                glow: glow(context, row),
                spark: (context.settings.sparklines)
                    .then(|| self.sparklines.of(row))
                    .flatten(),
                query,
                shares: self.shares.as_ref(),
            };
            newest = newest.max(row.newest);
            let response = row::row_ui(
                &mut clipped,
                &mut self.cells,
                rect,
                (row, context.now),
                &style,
            );
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
            Self::row_clicks(ui, context, row, rect, &response);
            if has_menu || response.secondary_clicked() {
                menu::row_menu(&response, context, session, row);
            }
        }
        self.sparklines.finish(ui, session);
        self.newest_visible = newest;
        self.glow_until = newest
            .filter(|_| context.settings.flash_changes)
            .map(|newest| newest.plus(theme::GLOW));
        self.rows = rows;
    }

    fn row_clicks(
        ui: &Ui,
        context: &Context<'_>,
        row: &Row,
        rect: Rect,
        response: &egui::Response,
    ) {
        let on_caret = response
            .interact_pointer_pos()
            .is_some_and(|pos| (pos.x - row::caret_x(rect, row.depth)).abs() < 9.0);
        match row.open {
            Some(open) if response.clicked() && on_caret => {
                let everything = ui.input(|input| input.modifiers.alt);
                context.ask(if everything {
                    Action::SetOpenBelow(Some(row.node), !open)
                } else {
                    Action::SetOpen(row.node, !open)
                });
            }
            Some(open) if response.double_clicked() => {
                context.ask(Action::SetOpen(row.node, !open));
            }
            _ if response.clicked() || response.secondary_clicked() => {
                context.ask(Action::Select(row.node));
            }
            _ => {}
        }
    }
}

/// Time between two steps of a fading glow.
const GLOW_STEP: std::time::Duration = std::time::Duration::from_millis(66);

/// When an age of this length will read differently.
fn next_age_change(age: std::time::Duration) -> std::time::Duration {
    let seconds = age.as_secs();
    let step = row::age_step(seconds);
    std::time::Duration::from_secs(seconds - seconds % step + step).saturating_sub(age)
}

/// 1 for a row that changed just now, falling to 0 within [`theme::GLOW`].
fn glow(context: &Context<'_>, row: &Row) -> f32 {
    let changed = match &row.last {
        Some(last) if row.open.is_none() || row.open == Some(true) => Some(last.at),
        _ if row.open == Some(true) => None,
        _ => row.newest,
    };
    let Some(changed) = changed.filter(|_| context.settings.flash_changes) else {
        return 0.0;
    };
    let age = context.now.since(changed).as_secs_f32() / theme::GLOW.as_secs_f32();
    (1.0 - age).clamp(0.0, 1.0)
}

fn header_ui(ui: &mut Ui, context: &Context<'_>, session: &Session, rect: Rect, columns: Columns) {
    let palette = Palette::of(ui);
    let baseline = rect.center().y;
    let arrow = |is_sorted: bool| if is_sorted { icons::CARET_DOWN } else { "" };
    let by_name = session.sort == SortBy::Name;
    let number = |title, right: Option<f32>| (title, right, Align2::RIGHT_CENTER, None, false);
    let titles = [
        (
            "Topic",
            Some(rect.left() + 30.0),
            Align2::LEFT_CENTER,
            Some(SortBy::Name),
            by_name,
        ),
        (
            "Value",
            Some(columns.value),
            Align2::LEFT_CENTER,
            None,
            false,
        ),
        (
            "Messages",
            Some(columns.messages_right),
            Align2::RIGHT_CENTER,
            Some(SortBy::Messages),
            !by_name,
        ),
        number("Rate /s", columns.rate_right),
        number("Age", columns.age_right),
    ];
    for (title, x, align, sort, is_sorted) in titles {
        let Some(x) = x else { continue };
        let color = if is_sorted {
            palette.text
        } else {
            palette.muted
        };
        let job = ui
            .painter()
            .layout_no_wrap(title.to_owned(), theme::label(), color);
        let area = align.anchor_size(pos2(x, baseline), job.size());
        ui.painter().galley(area.min, job, color);
        let Some(sort) = sort else { continue };
        ui.painter().text(
            area.right_center() + vec2(3.0, 0.0),
            Align2::LEFT_CENTER,
            arrow(is_sorted),
            theme::icon(9.0),
            color,
        );
        let response = ui.interact(area.expand(4.0), ui.scope_id().with(title), Sense::click());
        response.widget_info(|| {
            let label = format!("Sort by {}", title.to_lowercase());
            egui::WidgetInfo::selected(egui::Role::Button, true, is_sorted, label)
        });
        if response.on_hover_text("Sort by this column").clicked() {
            context.ask(Action::SortBy(sort));
        }
    }
    ui.painter().hline(
        rect.x_range(),
        rect.bottom() - 0.5,
        egui::Stroke::new(1.0, palette.line),
    );
}

/// At the left end of the header: whether rows show their shares of the traffic.
fn shares_ui(ui: &mut Ui, context: &Context<'_>, header: Rect, is_on: bool) {
    let area = header
        .with_min_x(header.left() + 4.0)
        .shrink2(vec2(0.0, 2.0));
    let mut ui = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(area)
            .layout(egui::Layout::left_to_right(egui::Align::Center))
            .id_salt("shares"),
    );
    if shares_button(&mut ui, is_on, Look::Quiet).clicked() {
        context.ask(Action::Traffic(TrafficAction::ShowShares(!is_on)));
    }
}

fn empty_ui(ui: &mut Ui, session: &Session, body: Rect, query: Option<&Query>) {
    let palette = Palette::of(ui);
    let (headline, hint) = if query.is_some() {
        ("Nothing matches the filter", "Press Esc to clear it.")
    } else if session.is_connected() && session.subscriptions.is_empty() {
        ("No subscription", "Add one above: “#” means every topic.")
    } else if session.is_connected() && session.subscriptions.is_all_refused() {
        (
            "The broker refused every subscription",
            "Add a narrower one above; the red chips say why.",
        )
    } else if session.is_connected() {
        (
            "No messages yet",
            "They appear here as soon as the broker sends them.",
        )
    } else {
        (
            "Not connected",
            "Messages appear here once the connection stands.",
        )
    };
    let center = body.center_top() + vec2(0.0, (body.height() * 0.35).min(160.0));
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        headline,
        theme::title(15.0),
        palette.muted,
    );
    let below = center + vec2(0.0, 24.0);
    ui.painter().text(
        below,
        Align2::CENTER_CENTER,
        hint,
        theme::body(),
        palette.faint,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_give_way_to_names_in_a_narrow_tree() {
        let columns = |width| Columns::new(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 500.0)));
        let shown = |width| {
            let columns = columns(width);
            (columns.rate_right.is_some(), columns.age_right.is_some())
        };
        assert_eq!(shown(620.0), (true, true));
        assert_eq!(shown(420.0), (false, true));
        assert_eq!(shown(380.0), (false, false));
        for width in [300.0, 340.0, 380.0, 420.0, 460.0, 620.0] {
            let columns = columns(width);
            assert!(columns.value >= 145.0, "{width}: {columns:?}");
            assert!(
                columns.messages - columns.value >= 60.0,
                "{width}: {columns:?}"
            );
        }
    }
}
