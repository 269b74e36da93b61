//! Where the views are: bars above and below, tree at the left, inspector and dock at the right.

use egui::{CentralPanel, Frame, Margin, Panel, Stroke, Ui};

use crate::client::now;

use super::super::context::Context;
use super::super::notice::{notice_ui, pause_ui};
use super::super::status_bar::status_bar_ui;
use super::super::theme::{self, Palette};
use super::{App, Screen, Views};

/// Narrowest tree and narrowest inspector.
const NARROWEST: f32 = 300.0;

/// A tree that was sized in a wider window takes at most this share of a narrow one.
const WIDEST_SHARE: f32 = 0.48;

/// Lowest dock.
const LOWEST_DOCK: f32 = 120.0;

/// What the user dragged to another size in this frame.
struct Sizes {
    tree_width: f32,
    dock_height: f32,
}

impl App {
    /// Draws everything.
    pub(super) fn layout(&mut self, ui: &mut Ui) {
        let Self {
            data,
            views,
            actions,
            query,
            ..
        } = self;
        let context = data.context(now(), actions);
        let palette = Palette::of(ui);
        let bar = |margin| Frame::new().fill(palette.panel).inner_margin(margin);
        let is_explorer = views.screen == Screen::Explorer && context.session.is_some();
        Panel::top("top bar")
            .exact_size(theme::TOP_BAR_HEIGHT)
            .frame(bar(Margin::symmetric(12, 0)))
            .show(ui, |ui| views.top_bar.ui(ui, &context, is_explorer));
        Panel::bottom("status bar")
            .exact_size(theme::STATUS_BAR_HEIGHT)
            .frame(bar(Margin::symmetric(8, 0)))
            .show(ui, |ui| status_bar_ui(ui, &context));
        let mut sizes = Sizes {
            tree_width: data.window.tree_width,
            dock_height: data.window.dock_height,
        };
        if is_explorer {
            explorer_ui(ui, views, &context, query.as_ref(), &mut sizes);
        } else {
            let frame = Frame::new().fill(palette.background);
            CentralPanel::default()
                .frame(frame)
                .show(ui, |ui| views.connections.ui(ui, &context));
        }
        views.modals_ui(ui, &context);
        views.toasts.ui(ui, &context);
        let window = &mut self.data.window;
        let moved = |old: f32, new: f32| (old - new).abs() > 0.5;
        if moved(window.tree_width, sizes.tree_width)
            || moved(window.dock_height, sizes.dock_height)
        {
            window.tree_width = sizes.tree_width;
            window.dock_height = sizes.dock_height;
            self.window_changed(ui.ctx());
        }
    }
}

impl Views {
    /// Draws what lies over everything else. When it goes, the keyboard goes back to where it was.
    fn modals_ui(&mut self, ui: &Ui, context: &Context<'_>) {
        let is_open = |views: &Self| views.dialog.is_open() || views.palette.is_open();
        if !is_open(self) {
            self.restore_focus(ui);
            return;
        }
        self.dialog.ui(ui, context);
        self.palette.ui(ui, context);
        if !is_open(self) {
            // egui gives nothing below a modal the keyboard before the next frame
            self.is_modal_gone = true;
            ui.ctx().request_repaint();
        }
    }

    fn restore_focus(&mut self, ui: &Ui) {
        let focused = ui.memory(egui::Memory::focused);
        if !std::mem::take(&mut self.is_modal_gone) {
            self.focus_below = focused;
        } else if let (None, Some(id)) = (focused, self.focus_below) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
}

/// Keeps the size that a panel was dragged to, and not one that only a smaller window forced on it: panels are named
/// after the room around them too, so that they start from the kept size in every other room.
fn keep_dragged(kept: &mut f32, given: f32, found: f32) {
    if (found - given).abs() > 0.5 {
        *kept = found;
    }
}

fn explorer_ui(
    ui: &mut Ui,
    views: &mut Views,
    context: &Context<'_>,
    query: Option<&crate::model::Query>,
    sizes: &mut Sizes,
) {
    let Some(session) = context.session else {
        return;
    };
    let palette = Palette::of(ui);
    let room = ui.available_size();
    let widest = (room.x - 1.3 * NARROWEST).max(NARROWEST);
    let width = sizes.tree_width.min(room.x * WIDEST_SHARE);
    let width = width.clamp(NARROWEST, widest);
    let tree = Panel::left(("tree", room.x.to_bits()))
        .resizable(true)
        .default_size(width)
        .size_range(NARROWEST..=widest)
        .frame(Frame::new().fill(palette.panel))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            views.subscriptions.ui(ui, context);
            notice_ui(ui, context, session);
            pause_ui(ui, context, session);
            ui.separator();
            views.tree.ui(ui, context, session, query);
        });
    keep_dragged(&mut sizes.tree_width, width, tree.response.rect.width());
    let tallest = (room.y - 160.0).max(160.0);
    let height = sizes.dock_height.clamp(LOWEST_DOCK, tallest);
    let dock = Panel::bottom(("dock", room.y.to_bits()))
        .resizable(true)
        .default_size(height)
        .size_range(LOWEST_DOCK..=tallest)
        .frame(Frame::new().fill(palette.panel).stroke(Stroke::NONE))
        .show(ui, |ui| views.dock.ui(ui, context));
    keep_dragged(&mut sizes.dock_height, height, dock.response.rect.height());
    let frame = Frame::new().fill(palette.background);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| views.inspector.ui(ui, context));
}
