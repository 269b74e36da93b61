//! The dock at the bottom: one of publish, broker, log and traffic, under a strip of tabs.

mod broker;
mod broker_table;
mod log;
mod publish;
#[cfg(test)]
mod tests;

use egui::{Align, Frame, Layout, Margin, Stroke, Ui, vec2};

use super::action::{Action, DockTab};
use super::context::Context;
use super::icons;
use super::theme::{self, Palette};
use super::traffic::TrafficPanel;
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
    /// Who floods the broker; the tree shows shares of it.
    pub traffic: TrafficPanel,
}

impl Dock {
    /// Draws the strip of tabs and the panel.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        self.strip_ui(ui, context);
        let margin = match self.tab {
            DockTab::Log => Margin {
                left: 12,
                right: 4,
                top: 4,
                bottom: 0,
            },
            DockTab::Traffic => Margin {
                left: 12,
                right: 4,
                top: 8,
                bottom: 0,
            },
            DockTab::Publish | DockTab::Broker => Margin {
                left: 12,
                right: 12,
                top: 10,
                bottom: 8,
            },
        };
        Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = theme::SPACE[1];
            ui.take_available_space();
            ui.push_id(self.tab as u8, |ui| match self.tab {
                DockTab::Publish => self.publish.ui(ui, context),
                DockTab::Broker => self.broker.ui(ui, context),
                DockTab::Log => self.log.ui(ui, context),
                DockTab::Traffic => self.traffic.ui(ui, context),
            });
        });
    }

    fn strip_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let clients = match context.broker.running {
            Some(_) => context.broker.stats.clients.to_string(),
            None => String::new(),
        };
        let tab = |value, icon, text, count| Tab {
            value,
            icon: Some(icon),
            text,
            count,
        };
        let shown = [
            tab(DockTab::Publish, icons::SEND, "Publish", String::new()),
            tab(DockTab::Broker, icons::BROADCAST, "Broker", clients),
            tab(DockTab::Log, icons::LIST, "Log", String::new()),
            tab(DockTab::Traffic, icons::SORT, "Traffic", String::new()),
        ];
        let before = self.tab;
        let size = vec2(ui.available_width(), theme::TAB_HEIGHT);
        let strip = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(size);
            ui.add_space(theme::SPACE[1]);
            ui.scope(|ui| tabs(ui, &mut self.tab, &shown));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = theme::SPACE[1];
                ui.add_space(theme::SPACE[2]);
                self.publish.repetition_ui(ui, self.tab == DockTab::Publish);
                match self.tab {
                    DockTab::Publish => {}
                    DockTab::Broker => broker::controls_ui(ui, context),
                    DockTab::Log => self.log.controls_ui(ui, context),
                    DockTab::Traffic => self.traffic.controls_ui(ui, context),
                }
            });
        });
        if self.tab != before {
            context.ask(Action::ShowDock(self.tab));
        }
        let rect = strip.response.rect;
        let line = Stroke::new(1.0, Palette::of(ui).line);
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
    }
}
