//! Settings of the program and the state of its window, each in a RON file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::{ProfileId, PublishDraft};

/// The smallest history budget that is any use, in bytes.
const MIN_HISTORY_BUDGET: u64 = 1024 * 1024;

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Theme {
    /// Light text on dark.
    #[default]
    Dark,
    /// Dark text on light.
    Light,
}

/// Where the broker inside listens. Its password is in the keyring under [`BrokerSettings::secret_id`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrokerSettings {
    /// 127.0.0.1 keeps it on this machine; anything else needs a user name and a password.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// User name that clients must give; empty lets everyone in.
    pub user_name: String,
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 1883,
            user_name: String::new(),
        }
    }
}

impl BrokerSettings {
    /// The name under which the broker's password is kept in the keyring.
    pub fn secret_id() -> ProfileId {
        ProfileId("broker-inside".to_owned())
    }
}

/// What the settings window edits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// Whether changed rows glow.
    pub flash_changes: bool,
    /// Whether the tree draws a small line behind each number.
    pub sparklines: bool,
    /// Bytes of history kept for a connection, beyond the last message of every topic.
    pub history_budget: u64,
    /// Enlarges everything; 1.0 follows the system.
    pub zoom: f32,
    /// The broker inside.
    pub broker: BrokerSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            flash_changes: true,
            sparklines: true,
            history_budget: 512 * 1024 * 1024,
            zoom: 1.0,
            broker: BrokerSettings::default(),
        }
    }
}

impl Settings {
    /// The same with every number in the range that the program works in, whatever was typed into the file.
    #[must_use]
    pub fn within_limits(mut self) -> Self {
        self.zoom = finite_or(self.zoom, 1.0).clamp(0.5, 3.0);
        self.history_budget = self.history_budget.max(MIN_HISTORY_BUDGET);
        self
    }
}

/// What survives a restart without anybody choosing it. Lengths are in points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowState {
    /// Inner size of the window.
    pub size: [f32; 2],
    /// Position of the window, where the platform tells it.
    pub position: Option<[f32; 2]>,
    /// Whether the window fills the screen.
    pub maximized: bool,
    /// Width of the tree.
    pub tree_width: f32,
    /// Height of the bottom dock.
    pub dock_height: f32,
    /// The profile that was selected last.
    pub selected_profile: Option<ProfileId>,
    /// The branches that were open, for each profile.
    pub expanded: BTreeMap<ProfileId, Vec<String>>,
    /// The unfinished message of the publish panel, for each profile.
    pub drafts: BTreeMap<ProfileId, PublishDraft>,
    /// The folders of the list of connections.
    pub list: ListState,
}

/// What the list of connections remembers of its folders beyond the profiles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListState {
    /// Paths of the folders that are closed.
    pub closed: BTreeSet<String>,
    /// Paths of folders that were made and hold nothing yet.
    pub empty: Vec<String>,
}

impl Default for WindowState {
    fn default() -> Self {
        Self {
            size: [1440.0, 900.0],
            position: None,
            maximized: false,
            tree_width: 600.0,
            dock_height: 305.0,
            selected_profile: None,
            expanded: BTreeMap::new(),
            drafts: BTreeMap::new(),
            list: ListState::default(),
        }
    }
}

impl WindowState {
    /// The same with every length finite and large enough to be seen, whatever was typed into the file.
    #[must_use]
    pub fn within_limits(mut self) -> Self {
        let defaults = Self::default();
        for (length, default) in self.size.iter_mut().zip(defaults.size) {
            *length = finite_or(*length, default).clamp(200.0, 20_000.0);
        }
        self.position = self
            .position
            .filter(|position| position.iter().all(|length| length.is_finite()));
        self.tree_width = finite_or(self.tree_width, defaults.tree_width).clamp(50.0, 20_000.0);
        self.dock_height = finite_or(self.dock_height, defaults.dock_height).clamp(50.0, 20_000.0);
        self
    }
}

fn finite_or(value: f32, default: f32) -> f32 {
    if value.is_finite() { value } else { default }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_typed_into_the_file_cannot_break_the_window() {
        let window = WindowState {
            size: [f32::NAN, -3.0],
            position: Some([f32::INFINITY, 0.0]),
            tree_width: 0.0,
            dock_height: f32::NEG_INFINITY,
            ..WindowState::default()
        }
        .within_limits();
        let mended = WindowState {
            size: [1440.0, 200.0],
            tree_width: 50.0,
            ..WindowState::default()
        };
        assert_eq!(window, mended);

        let settings = Settings {
            zoom: 0.0,
            history_budget: 0,
            ..Settings::default()
        }
        .within_limits();
        let mended = Settings {
            zoom: 0.5,
            history_budget: 1024 * 1024,
            ..Settings::default()
        };
        assert_eq!(settings, mended);
        assert_eq!(Settings::default().within_limits(), Settings::default());
        assert_eq!(
            WindowState::default().within_limits(),
            WindowState::default()
        );
    }
}
