//! The window itself, on a screen that nobody sees: it opens, talks to the other programs of the desktop, and closes.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something it needs does"
)]

mod common;

use std::time::{Duration, Instant};

use common::program::{Running, canopy};
use common::screen::Screen;
use common::{PATIENCE, have};

/// Tries until it succeeds.
fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + 3 * PATIENCE;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

#[test]
fn text_goes_through_the_clipboard_of_the_desktop_in_both_directions() {
    if !["Xvfb", "xdotool", "xclip"].map(have).iter().all(|it| *it) {
        return;
    }
    let screen = Screen::start();
    let config = tempfile::tempdir().unwrap();
    let mut command = canopy(["--config-dir"]);
    command
        .arg(config.path())
        .env("DISPLAY", &screen.display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY");
    let window = Running::start(&mut command);
    let id = until("the window", || {
        screen.run("xdotool", &["search", "--onlyvisible", "--name", "Canopy"])
    });
    screen.copy("from outside");
    until("what was pasted and copied again", || {
        screen.run("xdotool", &["windowfocus", &id])?;
        // a command palette that is open already is closed and opened anew
        screen.run("xdotool", &["key", "Escape", "ctrl+k"])?;
        screen.run("xdotool", &["key", "ctrl+v"])?;
        screen.run("xdotool", &["type", "--delay", "30", " and back"])?;
        screen.run("xdotool", &["key", "ctrl+a", "ctrl+c"])?;
        let text = screen.run("xclip", &["-selection", "clipboard", "-out"])?;
        let has_returned = text == "from outside and back";
        if !has_returned {
            screen.copy("from outside");
        }
        has_returned.then_some(())
    });
    window.signal("TERM");
    assert_eq!(window.end().code, Some(0));
}
