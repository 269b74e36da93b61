//! Where the views are: bars and tabs above, the status below, the pane of the shown connection or the list of all
//! between them.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use crate::client::now;

use super::super::connections::display_name;
use super::super::context::Context;
use super::super::pane::Sizes;
use super::super::status_bar::{Repeating, status_bar_ui};
use super::super::tab_strip;
use super::super::theme::{self, Palette};
use super::super::top_bar::top_bar_ui;
use super::data::Data;
use super::{App, Screen, Views};

impl App {
    /// Draws everything.
    pub(super) fn layout(&mut self, ui: &mut Ui) {
        let Self {
            data,
            views,
            actions,
            ..
        } = self;
        let context = data.context(now(), actions);
        let palette = Palette::of(ui);
        let bar = |margin| Frame::new().fill(palette.panel).inner_margin(margin);
        let repeating = hidden_repetitions(data, views);
        let pane = views.panes.get_mut(data.open.shown_id());
        let mut pane = pane.filter(|_| views.screen == Screen::Explorer);
        let filter = pane.as_mut().map(|pane| &mut pane.filter);
        Panel::top("top bar")
            .exact_size(theme::TOP_BAR_HEIGHT)
            .frame(bar(Margin::symmetric(12, 0)))
            .show(ui, |ui| top_bar_ui(ui, &context, filter));
        if tab_strip::is_needed(&context) {
            Panel::top("connection tabs")
                .exact_size(theme::TAB_HEIGHT)
                .frame(bar(Margin::ZERO))
                .show(ui, |ui| {
                    views.tab_strip.ui(ui, &context, pane.is_some());
                });
        }
        Panel::bottom("status bar")
            .exact_size(theme::STATUS_BAR_HEIGHT)
            .frame(bar(Margin::symmetric(8, 0)))
            .show(ui, |ui| status_bar_ui(ui, &context, &repeating));
        let before = Sizes {
            tree_width: data.window.tree_width,
            dock_height: data.window.dock_height,
        };
        let mut sizes = before;
        let bottom = match pane {
            Some(pane) => {
                pane.ui(ui, &context, &mut sizes);
                pane.dock_top()
            }
            None => {
                let frame = Frame::new().fill(palette.background);
                CentralPanel::default()
                    .frame(frame)
                    .show(ui, |ui| views.connections.ui(ui, &context));
                ui.ctx().content_rect().bottom() - theme::STATUS_BAR_HEIGHT
            }
        };
        let of = views.dialogs.of().cloned();
        views.modals_ui(ui, &context, &data.context_of(of.as_ref(), now(), actions));
        views.toasts.ui(ui, &context, bottom);
        let moved = |old: f32, new: f32| (old - new).abs() > 0.5;
        if moved(before.tree_width, sizes.tree_width)
            || moved(before.dock_height, sizes.dock_height)
        {
            self.data.window.tree_width = sizes.tree_width;
            self.data.window.dock_height = sizes.dock_height;
            self.window_changed(ui.ctx());
        }
    }
}

/// The repetitions whose panel is not on the screen.
fn hidden_repetitions(data: &Data, views: &Views) -> Vec<Repeating> {
    let progress = |id| {
        let pane = views.panes.get(Some(id)).filter(|it| !it.is_visible());
        pane?.dock.publish.repetition()
    };
    let open = data.open.all().iter();
    open.filter_map(|session| {
        let id = &session.profile.id;
        let progress = progress(id)?;
        Some(Repeating {
            id: id.clone(),
            name: display_name(&session.profile),
            progress,
        })
    })
    .collect()
}

impl Views {
    /// Draws what lies over everything else. When it goes, the keyboard goes back to where it was.
    fn modals_ui(&mut self, ui: &Ui, context: &Context<'_>, of_dialog: &Context<'_>) {
        let is_open = |views: &Self| views.dialogs.is_open() || views.palette.is_open();
        if !is_open(self) {
            self.restore_focus(ui);
            return;
        }
        self.dialogs.ui(ui, of_dialog);
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
