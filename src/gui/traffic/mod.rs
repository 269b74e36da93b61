//! The traffic lens: who floods the broker, as a table in the dock, and as a bar in each row of the tree.
//!
//! | file | what it is |
//! |---|---|
//! | `watch` | looks on a worker, while somebody sees it |
//! | `columns` | the columns and the order |
//! | `rows` | the table |
//! | `words` | rates, shares, sentences, CSV |

mod columns;
mod rows;
#[cfg(test)]
mod tests;
mod watch;
mod words;

use std::sync::Arc;

use egui::{Button, Popup, RichText, TextEdit, Ui};

use crate::model::NodeId;
use crate::model::traffic::{Level, Measure, Reach, Span};

use super::action::Action;
use super::context::Context;
use super::icons;
use super::inspector::SaveBar;
use super::session::Session;
use super::theme::{self, Palette};
use super::traffic_action::TrafficAction;
use super::widgets::{Look, button, field, galley_within, icon_button, segmented};
pub use watch::Shares;
use watch::{Wants, Watch};

/// Levels that the menu offers beside topics.
const MOST_LEVELS: u16 = 12;

/// UI state of the lens.
#[derive(Debug, Default)]
pub struct TrafficPanel {
    wants: Wants,
    watch: Watch,
    table: rows::TableView,
    /// Whether the rows of the tree show their shares.
    has_shares: bool,
    /// The rows of the tree that are in sight.
    tree_rows: Vec<NodeId>,
    save: SaveBar,
}

/// What the tree shows of the traffic.
#[derive(Debug, Clone)]
pub struct SharesShown {
    shares: Arc<Shares>,
    measure: Measure,
    span: Span,
}

impl SharesShown {
    /// Which share of the traffic is that of a row, 0 to 1, and in words.
    pub fn of(&self, node: NodeId) -> Option<(f64, String)> {
        let &(part, whole) = self.shares.get(&node)?;
        let share = words::share(self.measure.of(part), self.measure.of(whole));
        Some((
            share,
            words::spoken_share(self.measure, self.span, (part, whole)),
        ))
    }
}

impl TrafficPanel {
    /// Shows shares in the tree, or no longer.
    pub fn show_shares(&mut self, is_on: bool) {
        self.has_shares = is_on;
    }

    /// Shows this time, with rows for these.
    pub fn choose(&mut self, span: Span, level: Level) {
        self.wants.span = span;
        self.wants.level = level;
    }

    /// The shares for the rows of the tree, while they are shown.
    pub fn shares(&self) -> Option<SharesShown> {
        self.has_shares.then(|| SharesShown {
            shares: self.watch.shares(),
            measure: self.wants.order.measure(),
            span: self.wants.span,
        })
    }

    /// A frame was drawn with these rows in the tree, and with the table when `is_open`: looks, or forgets when nobody
    /// sees what it finds.
    pub fn follow(
        &mut self,
        ui: &Ui,
        (context, session): (&Context<'_>, &Session),
        is_open: bool,
        tree_rows: impl Iterator<Item = NodeId>,
    ) {
        if !is_open && !self.has_shares {
            return self.rest(ui.ctx());
        }
        self.tree_rows.clear();
        if self.has_shares {
            self.tree_rows.extend(tree_rows);
        }
        let hold = if is_open && self.watch.answered() == Some(&self.wants) {
            self.table.held(&self.watch.table())
        } else {
            Vec::new()
        };
        let now = (session, context.now);
        let rows = (hold.as_slice(), self.tree_rows.as_slice());
        self.watch.tick(ui.ctx(), now, &self.wants, rows);
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.save.tick(context);
    }

    /// Nobody sees it.
    pub fn rest(&mut self, ctx: &egui::Context) {
        self.table = rows::TableView::default();
        self.watch.rest(ctx);
    }

    /// On the right of the strip, from right to left.
    pub fn controls_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if icon_button(ui, icons::SAVE, "Save the traffic as CSV…", Look::Quiet).clicked() {
            let text = self.as_csv();
            self.save
                .start_as("traffic.csv".to_owned(), "table", text.into());
        }
        if icon_button(ui, icons::COPY, "Copy the traffic as CSV", Look::Quiet).clicked() {
            context.copy(self.as_csv(), "Traffic");
        }
        let look = if self.has_shares {
            Look::Plain
        } else {
            Look::Quiet
        };
        if shares_button(ui, self.has_shares, look).clicked() {
            let action = TrafficAction::ShowShares(!self.has_shares);
            context.ask(Action::Traffic(action));
        }
    }

    fn as_csv(&self) -> String {
        let search = self.wants.search.trim();
        words::as_csv(&self.watch.table(), self.wants.level, search).unwrap_or_default()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(session) = context.session else {
            return;
        };
        self.save.ui(ui, context);
        let table = self.watch.table();
        ui.horizontal(|ui| {
            let spans = [
                (Span::Seconds, "10 s"),
                (Span::Minute, "1 min"),
                (Span::Start, "All"),
            ];
            segmented(ui, "Traffic of the last", &mut self.wants.span, &spans);
            self.level_ui(ui, table.levels);
            let icon = RichText::new(icons::SEARCH)
                .font(theme::icon(14.0))
                .color(Palette::of(ui).muted);
            let edit = TextEdit::singleline(&mut self.wants.search)
                .hint_text("Find")
                .prefix(icon);
            let width = (ui.available_width() - theme::SPACE[1]).min(260.0);
            field(ui, edit, "Find in the traffic", width);
        });
        let Some(answered) = self.watch.answered().cloned() else {
            return;
        };
        sums_ui(ui, answered.span, &table);
        if table.rows.is_empty() && table.total.messages + table.reserved.tally.messages == 0 {
            nothing_ui(ui, answered.span);
            return;
        }
        let wants = &mut self.wants;
        if let Some(order) = self.table.ui(ui, context, session, (&table, &answered)) {
            wants.order = order;
        }
    }

    /// The menu of levels.
    fn level_ui(&mut self, ui: &mut Ui, levels: u16) {
        let name = level_name(self.wants.level);
        let open = button(ui, Some(icons::CARET_DOWN), &name, Look::Plain);
        let open = open.on_hover_text("What a row stands for");
        Popup::menu(&open).show(|ui| {
            let branches = (1..levels.clamp(2, MOST_LEVELS + 1)).map(Level::Branches);
            for level in branches.chain([Level::Topics]) {
                let is_chosen = level == self.wants.level;
                if ui
                    .add(Button::selectable(is_chosen, level_name(level)))
                    .clicked()
                {
                    self.wants.level = level;
                }
            }
            ui.separator();
            ui.checkbox(
                &mut self.wants.with_reserved,
                "Count $-topics with the others",
            );
        });
    }
}

/// `Level 2`, `Topics`.
fn level_name(level: Level) -> String {
    match level {
        Level::Topics => "Single topics".to_owned(),
        Level::Branches(level) => format!("Branches of level {level}"),
    }
}

/// The button that shows shares in the tree, or hides them.
pub fn shares_button(ui: &mut Ui, is_on: bool, look: Look) -> egui::Response {
    let label = if is_on {
        "Hide shares of the traffic in the tree"
    } else {
        "Show shares of the traffic in the tree"
    };
    icon_button(ui, icons::SORT, label, look)
}

/// What everything adds up to, and over which time.
fn sums_ui(ui: &mut Ui, span: Span, table: &crate::model::traffic::Table) {
    let palette = Palette::of(ui);
    let (covered, is_short) = words::covered(span, table);
    let color = if is_short {
        palette.amber
    } else {
        palette.muted
    };
    let text = format!("{} {covered}", words::sums(table));
    let width = ui.available_width();
    let galley = galley_within(ui, &text, theme::label(), color, width);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(width, galley.size().y), egui::Sense::hover());
    ui.painter().galley(rect.min, galley, color);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
    if is_short || table.reach == Reach::Trimmed {
        response.on_hover_text(text);
    }
}

fn nothing_ui(ui: &mut Ui, span: Span) {
    ui.add_space(theme::SPACE[1]);
    super::widgets::muted(
        ui,
        match span {
            Span::Start => "No messages so far",
            Span::Seconds | Span::Minute => {
                "No messages in this time. Look at a longer one to see what came before."
            }
        },
    );
}
