//! What is kept of the views of one connection, and how they share their room: tree at the left, inspector and dock at
//! the right. Another connection has a pane of its own, so that going there and back changes nothing here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::{CentralPanel, Frame, Panel, Stroke, Ui};

use super::action::DockTab;
use super::context::Context;
use super::dock::Dock;
use super::filter_box::FilterBox;
use super::inspector::Inspector;
use super::notice::{notice_ui, pause_ui};
use super::session::Session;
use super::subscriptions::SubscriptionBar;
use super::theme::Palette;
use super::tree::TreeView;
use crate::profile::WindowState;

/// Narrowest tree and narrowest inspector.
const NARROWEST: f32 = 300.0;

/// A tree that was sized in a wider window takes at most this share of a narrow one.
const WIDEST_SHARE: f32 = 0.48;

/// Lowest dock.
const LOWEST_DOCK: f32 = 120.0;

/// Room that the inspector gets before a dock that nobody has sized.
const INSPECTOR_FIRST: f32 = 440.0;

/// Sizes that the user can drag, the same for all panes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Width of the tree.
    pub tree_width: f32,
    /// Height of the dock.
    pub dock_height: f32,
}

/// UI state of everything that shows one connection.
#[derive(Default)]
pub struct Pane {
    /// The filter of its tree.
    pub filter: FilterBox,
    subscriptions: SubscriptionBar,
    /// The tree.
    pub tree: TreeView,
    /// The selected topic.
    pub inspector: Inspector,
    /// Publish, broker, log.
    pub dock: Dock,
    /// Whether the charts of the profile are shown in place of all else.
    pub is_dashboard: bool,
    /// Sizes of its parts while it has a window of its own.
    pub sizes: Option<Sizes>,
    /// Whether somebody can see it; shared with what wakes the window.
    sight: Arc<AtomicBool>,
    /// What had the keyboard when another pane was shown.
    focus: Option<egui::Id>,
    /// The upper end of the dock, where it was drawn last.
    dock_top: f32,
}

impl Pane {
    /// Opens the form for one more subscription.
    pub fn new_subscription(&mut self) {
        self.subscriptions.open_new();
    }

    /// Whether it is shown: shared with the connection, which wakes the window less often while nobody looks.
    pub fn sight(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.sight)
    }

    /// Whether it was shown when that was said last.
    pub fn is_visible(&self) -> bool {
        self.sight.load(Ordering::Relaxed)
    }

    /// Says whether it is shown from now on. The keyboard goes to where it was when the pane was shown before.
    pub fn set_visible(&mut self, is_visible: bool, context: &egui::Context) {
        if !is_visible {
            self.dock.traffic.rest(context);
        }
        if self.sight.swap(is_visible, Ordering::Relaxed) == is_visible {
            return;
        }
        let focused = context.memory(egui::Memory::focused);
        if !is_visible {
            self.focus = focused;
        } else if let Some(id) = self.focus.take() {
            context.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// Begins anew with topics that have nothing to do with those before.
    pub fn forget_seen(&mut self) {
        self.subscriptions = SubscriptionBar::default();
        self.tree = TreeView::default();
        self.inspector = Inspector::default();
    }

    /// The upper end of the dock, where it was drawn last.
    pub fn dock_top(&self) -> f32 {
        self.dock_top
    }

    /// Draws tree, inspector and dock of the connection that `context` shows.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, sizes: &mut Sizes) {
        let Some(session) = context.session else {
            return;
        };
        let palette = Palette::of(ui);
        let id = session.profile.id.clone();
        if self.is_dashboard {
            return self.dashboard_ui(ui, context);
        }
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
                ui.push_id(&id, |ui| self.tree_ui(ui, context, session));
            });
        keep_dragged(&mut sizes.tree_width, width, tree.response.rect.width());
        let tallest = (room.y - 160.0).max(160.0);
        let height = dock_height(sizes.dock_height, room.y).clamp(LOWEST_DOCK, tallest);
        let dock = Panel::bottom(("dock", room.y.to_bits()))
            .resizable(true)
            .default_size(height)
            .size_range(LOWEST_DOCK..=tallest)
            .frame(Frame::new().fill(palette.panel).stroke(Stroke::NONE))
            .show(ui, |ui| {
                ui.push_id(&id, |ui| self.dock.ui(ui, context));
            });
        self.dock_top = dock.response.rect.top();
        keep_dragged(&mut sizes.dock_height, height, dock.response.rect.height());
        let frame = Frame::new().fill(palette.background);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.push_id(&id, |ui| self.inspector.ui(ui, context));
        });
        let is_open = self.dock.tab == DockTab::Traffic;
        let rows = self.tree.nodes();
        self.dock
            .traffic
            .follow(ui, (context, session), is_open, rows);
    }

    /// The charts of the profile, in place of all else.
    fn dashboard_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let frame = Frame::new().fill(Palette::of(ui).background);
        let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
            self.inspector.charts.dashboard_ui(ui, context);
        });
        self.dock_top = shown.response.rect.bottom();
    }

    fn tree_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        ui.spacing_mut().item_spacing.y = 0.0;
        self.subscriptions.ui(ui, context);
        notice_ui(ui, context, session);
        pause_ui(ui, context, session);
        ui.separator();
        self.tree.shares = self.dock.traffic.shares();
        self.tree
            .ui(ui, context, session, self.filter.query.as_ref());
    }
}

/// Height of the dock in a window of this height: as it was dragged, else what the inspector leaves.
fn dock_height(kept: f32, room: f32) -> f32 {
    let is_dragged = (kept - WindowState::default().dock_height).abs() > 0.5;
    if is_dragged {
        return kept;
    }
    kept.min(room - INSPECTOR_FIRST)
}

/// Keeps the size that a panel was dragged to, and not one that only a smaller window forced on it: panels are named
/// after the room around them too, so that they start from the kept size in every other room.
fn keep_dragged(kept: &mut f32, given: f32, found: f32) {
    if (found - given).abs() > 0.5 {
        *kept = found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dock_that_nobody_sized_follows_the_height_of_the_window() {
        let kept = WindowState::default().dock_height;
        assert!((dock_height(kept, 820.0) - kept).abs() < 0.1);
        assert!(dock_height(kept, 620.0) <= 0.3 * 620.0);
        assert!((dock_height(250.0, 620.0) - 250.0).abs() < 0.1);
    }
}
