//! Settings of the program and the state of its window, each in a RON file of its own.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::{ProfileId, PublishDraft};

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
            history_budget: 512 * 1024 * 1024,
            zoom: 1.0,
            broker: BrokerSettings::default(),
        }
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
        }
    }
}
