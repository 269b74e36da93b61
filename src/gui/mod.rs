//! The window. Views look at a [`context::Context`] and push [`action::Action`]s; [`App`] applies them.
//!
//! | file | what it shows |
//! |---|---|
//! | `top_bar`, `filter_box` | connection switcher, connect, filter, broker switch, theme, settings |
//! | `tab_strip/` | the open connections, when there are several |
//! | `pane` | tree, inspector and dock of one connection |
//! | `connections` | the list of profiles and the editor of one |
//! | `subscriptions` | the chips above the tree |
//! | `tree` | the live topic tree |
//! | `chart/` | charts of numbers, the dashboard |
//! | `inspector` | the selected topic: payload, history, properties, subtree |
//! | `dock` | publish, broker, log, traffic |
//! | `traffic/` | who floods the broker: the table in the dock, the shares in the tree |
//! | `status_bar` | connection, counts, rates, history |
//! | `dialogs` | settings, password, confirmations, keys, command palette |
//! | `toasts` | short messages with an optional thing to do |
//!
//! [`Rehearsal`] draws the same window without a screen, for `canopy bench frame`.

mod action;
mod app;
mod broker_state;
mod chart;
mod chart_action;
mod connections;
mod context;
mod dialogs;
mod dock;
mod file_choice;
mod filter_box;
#[cfg(test)]
mod fixture;
mod history_action;
mod icons;
mod inspector;
mod jobs;
mod latest;
mod list_action;
mod log;
mod notice;
mod palette;
mod pane;
mod quit;
mod reading;
mod reading_action;
mod reading_rules;
mod retained;
mod saving;
mod schema_shelf;
mod session;
mod start;
mod status_bar;
mod subscriptions;
mod tab_strip;
mod theme;
mod toasts;
mod top_bar;
mod traffic;
mod traffic_action;
mod tree;
mod waker;
mod watched;
mod widgets;
mod words;

pub use app::{App, FrameCost, Opening, Options, Pressed, Rehearsal};
pub use quit::Quit;
pub use start::{StartError, run};
pub use watched::BENCH_VARIABLE;
