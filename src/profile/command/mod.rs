//! Connections as lines for a shell, in both directions: “Copy as `mosquitto_sub` command” and “New from command…”.

mod apply;
mod losses;
mod properties;
mod read;
mod shell;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use read::{FromCommand, FromCommandError, from_command};
pub use words::CommandError;

/// The shell's variable that stands where the password belongs.
const PASSWORD_VARIABLE: &str = "MQTT_PASSWORD";
/// The shell's variable that stands where the proxy's password belongs.
const PROXY_PASSWORD_VARIABLE: &str = "MQTT_PROXY_PASSWORD";
/// The shell's variable that stands where the authentication data belongs.
const AUTHENTICATION_VARIABLE: &str = "MQTT_AUTHENTICATION_DATA";
/// The shell's variable that stands where the value of a user property belongs that lets somebody in.
const PROPERTY_VARIABLE: &str = "MQTT_USER_PROPERTY";
