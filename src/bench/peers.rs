//! Other programs to be compared with, when they are installed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A program of this machine and the version it tells.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// How to start it.
    pub(super) program: PathBuf,
    /// `mosquitto_sub 2.0.11`, say.
    pub(super) title: String,
}

/// `mosquitto_sub`, if it is installed.
pub(super) fn mosquitto_sub() -> Option<Peer> {
    find("mosquitto_sub", "--help", "mosquitto_sub version ")
}

/// The mosquitto broker, if it is installed. Debian keeps it where only root looks.
pub(super) fn mosquitto() -> Option<Peer> {
    ["mosquitto", "/usr/sbin/mosquitto"]
        .into_iter()
        .find_map(|program| find(program, "-h", "mosquitto version "))
}

/// Starts `program` to have it say its version, which stands in the line that begins with `before`.
fn find(program: &str, flag: &str, before: &str) -> Option<Peer> {
    let output = Command::new(program)
        .arg(flag)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.lines().find_map(|line| line.strip_prefix(before))?;
    let version = version.split_whitespace().next()?;
    let name = before.split(' ').next()?;
    Some(Peer {
        program: program.into(),
        title: format!("{name} {version}"),
    })
}

/// A program that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
