//! Where the views are: bars above and below, tree at the left, inspector and dock at the right.

use egui::{CentralPanel, Frame, Margin, Panel, Stroke, Ui};

use crate::client::now;

use super::super::context::Context;
use super::super::notice::notice_ui;
use super::super::status_bar::status_bar_ui;
use super::super::theme::{self, Palette};
use super::{App, Screen, Views};

/// Narrowest tree and narrowest inspector.
const NARROWEST: f32 = 300.0;

/// A tree that was sized in a wider window takes at most this share of a narrow one.
const WIDEST_SHARE: f32 = 0.48;

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
        views.dialog.ui(ui, &context);
        views.palette.ui(ui, &context);
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
    let tree = Panel::left("tree")
        .resizable(true)
        .default_size(sizes.tree_width.min(room.x * WIDEST_SHARE))
        .size_range(NARROWEST..=widest)
        .frame(Frame::new().fill(palette.panel))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            views.subscriptions.ui(ui, context);
            notice_ui(ui, context, session);
            ui.separator();
            views.tree.ui(ui, context, session, query);
        });
    sizes.tree_width = tree.response.rect.width();
    let tallest = (room.y - 160.0).max(160.0);
    let dock = Panel::bottom("dock")
        .resizable(true)
        .default_size(sizes.dock_height.min(room.y * 0.45))
        .size_range(120.0..=tallest)
        .frame(Frame::new().fill(palette.panel).stroke(Stroke::NONE))
        .show(ui, |ui| views.dock.ui(ui, context));
    sizes.dock_height = dock.response.rect.height();
    let frame = Frame::new().fill(palette.background);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| views.inspector.ui(ui, context));
}
