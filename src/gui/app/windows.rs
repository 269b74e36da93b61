//! Windows of connections that were moved out of the strip of tabs: the same pane under a bar of its own. Closing such a
//! window makes it a tab again.

use std::sync::Arc;

use egui::{
    Frame, IconData, Margin, Panel, Ui, ViewportBuilder, ViewportClass, ViewportCommand, ViewportId,
};

use crate::client::now;
use crate::profile::ProfileId;

use super::super::action::{Action, TabAction};
use super::super::pane::Sizes;
use super::super::status_bar::status_bar_ui;
use super::super::theme::{self, Palette};
use super::super::top_bar::window_bar_ui;
use super::{App, TITLE};

/// Size of the smallest window, and of a new one.
pub const SMALLEST: [f32; 2] = [760.0, 480.0];
const NEW: [f32; 2] = [1_100.0, 740.0];

/// The window of a connection.
pub fn viewport_of(id: &ProfileId) -> ViewportId {
    ViewportId::from_hash_of(("connection", id))
}

/// The icon of the program.
pub fn icon() -> Option<IconData> {
    eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/icon.png")).ok()
}

impl App {
    /// Draws the windows beside the main one. A question that one of them has caused is asked in the main one.
    pub(super) fn windows_ui(&mut self, context: &egui::Context) {
        let asker = self.views.dialogs.of();
        let is_elsewhere = asker.is_some_and(|id| self.data.open.is_window(id));
        if self.views.dialogs.take_opened() && is_elsewhere {
            context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Focus);
        }
        let windows = self.data.open.windows().iter();
        let windows: Vec<_> = windows
            .map(|it| (it.profile.id.clone(), it.profile.name.clone()))
            .collect();
        for (id, name) in windows {
            if self.icon.is_none() {
                self.icon = icon().map(Arc::new);
            }
            let mut builder = ViewportBuilder::default()
                .with_title(format!("{name} – {TITLE}"))
                .with_app_id("canopy")
                .with_inner_size(NEW)
                .with_min_inner_size(SMALLEST);
            if let Some(icon) = &self.icon {
                builder = builder.with_icon(Arc::clone(icon));
            }
            context.show_viewport_immediate(viewport_of(&id), builder, |ui, class| {
                self.window_ui(ui, &id, class);
            });
        }
    }

    fn window_ui(&mut self, ui: &mut Ui, id: &ProfileId, class: ViewportClass) {
        // where the system has no further windows, this is a part of the main one and has its keys
        if class != ViewportClass::EmbeddedWindow {
            self.pane_keys(ui, id);
            if ui.input(|input| input.viewport().close_requested()) {
                self.ask(Action::Tab(TabAction::Attach(id.clone())));
            }
        }
        let Self {
            data,
            views,
            actions,
            ..
        } = self;
        let context = data.context_of(Some(id), now(), actions);
        let Some(pane) = views.panes.get_mut(Some(id)) else {
            return;
        };
        let palette = Palette::of(ui);
        let bar = |margin| Frame::new().fill(palette.panel).inner_margin(margin);
        let mut sizes = pane.sizes.unwrap_or(Sizes {
            tree_width: data.window.tree_width,
            dock_height: data.window.dock_height,
        });
        ui.push_id(("window", id), |ui| {
            Panel::top("window bar")
                .exact_size(theme::TOP_BAR_HEIGHT)
                .frame(bar(Margin::symmetric(12, 0)))
                .show(ui, |ui| {
                    window_bar_ui(ui, &context, &mut pane.filter);
                });
            Panel::bottom("status bar")
                .exact_size(theme::STATUS_BAR_HEIGHT)
                .frame(bar(Margin::symmetric(8, 0)))
                .show(ui, |ui| status_bar_ui(ui, &context, &[]));
            pane.ui(ui, &context, &mut sizes);
        });
        pane.sizes = Some(sizes);
    }
}
