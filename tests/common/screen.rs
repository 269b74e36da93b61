//! A screen that nobody sees, and the programs of a desktop on it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::program::Running;

/// An X server without a screen.
pub struct Screen {
    /// Lives as long as the screen is needed.
    _server: Running,
    /// Its name, for the environment variable `DISPLAY`.
    pub display: String,
}

impl Screen {
    /// Starts it on a free number.
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1024x700x24"]);
        let mut server = Running::start(&mut command);
        let number = server.wait_for("\n");
        Self {
            _server: server,
            display: format!(":{}", number.trim()),
        }
    }

    /// What a program says that runs on this screen; nothing when it fails.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(program).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| text.trim().to_owned())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Puts text on the clipboard, as another program does.
    pub fn copy(&self, text: &str) {
        // it stays in the background, to answer whoever pastes
        let mut child = self
            .command("xclip")
            .args(["-selection", "clipboard", "-in"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}
