//! The window. Views look at a [`context::Context`] and push [`action::Action`]s; [`App`] applies them.
//!
//! | file | what it shows |
//! |---|---|
//! | `top_bar` | connection switcher, connect, filter, broker switch, theme, settings |
//! | `connections` | the list of profiles and the editor of one |
//! | `subscriptions` | the chips above the tree |
//! | `tree` | the live topic tree |
//! | `inspector` | the selected topic: payload, history, properties, subtree |
//! | `dock` | publish, broker, log |
//! | `status_bar` | connection, counts, rates, history |
//! | `dialogs` | settings, password, confirmations, keys, command palette |
//! | `toasts` | short messages with an optional thing to do |

mod action;
mod broker_state;
mod connections;
mod context;
mod dialogs;
mod dock;
mod file_choice;
#[cfg(test)]
mod fixture;
mod icons;
mod inspector;
mod latest;
mod log;
mod session;
mod subscriptions;
mod theme;
mod widgets;

use std::path::PathBuf;

use thiserror::Error;

/// How to open the window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether to start the broker inside and the demo devices.
    pub demo: bool,
    /// Where profiles and settings are, instead of the platform's directory.
    pub config_dir: Option<PathBuf>,
}

/// Why the window did not open.
#[derive(Debug, Error)]
pub enum StartError {
    /// There is no display; the text says what the system said.
    #[error("There is no display here ({0}). Start Canopy in a desktop session.")]
    NoDisplay(String),
}

/// Opens the window and returns when it was closed.
///
/// # Errors
/// [`StartError::NoDisplay`] where there is none.
pub fn run(options: Options) -> Result<(), StartError> {
    drop(options);
    Err(StartError::NoDisplay("the window is not built in".to_owned()))
}
