//! The dock at the bottom: one of publish, broker and log, under a strip of tabs.

mod broker;
mod log;
mod publish;

use egui::Ui;

use super::action::{Action, DockTab};
use super::context::Context;
use super::icons;
use super::widgets::{Tab, tabs};

pub use publish::PublishPanel;

/// UI state of the dock.
#[derive(Debug, Default)]
pub struct Dock {
    /// Which panel is shown.
    pub tab: DockTab,
    /// The publish panel; the application fills its topic and keeps its draft.
    pub publish: PublishPanel,
    broker: broker::BrokerPanel,
    log: log::LogPanel,
}

impl Dock {
    /// Draws the strip of tabs and the panel.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
