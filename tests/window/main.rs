//! The window as a person uses it: the real application with its broker inside, driven by accessible label.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails where something it needs does"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/window.rs"]
mod driver;
#[allow(dead_code, reason = "the tests of the connection use all of it")]
#[path = "../dial/servers.rs"]
mod servers;

mod another_broker;
mod at_start;
mod broker;
mod charts;
mod connection;
mod history;
mod inspector;
mod keyboard;
mod look;
mod payload;
mod profiles;
mod profiles_exchange;
mod profiles_folders;
mod profiles_keys;
mod profiles_publish;
mod profiles_secrets;
mod properties;
mod publish;
mod reading;
mod reconnect;
mod retained;
mod secrets_at_start;
mod subscriptions;
mod tabs;
mod traffic;
mod tree;
mod trust;
