//! The terminal: asking to stop, asking for a password, keys.

use std::io::{self, IsTerminal, Read, Write};

use crate::profile::Secret;

/// Ctrl+C, or a polite request of the system to end.
pub struct StopSignal {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignal {
    /// From now on these signals no longer end the process by themselves. Needs the runtime.
    ///
    /// # Errors
    /// The system's error when it allows no handler.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// From now on Ctrl+C no longer ends the process by itself. Needs the runtime.
    ///
    /// # Errors
    /// None on this platform.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the request.
    #[cfg(unix)]
    pub async fn requested(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for the request.
    #[cfg(not(unix))]
    pub async fn requested(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Keys are read one by one and not shown while this lives.
pub struct RawMode;

impl RawMode {
    /// Switches the terminal over.
    ///
    /// # Errors
    /// The system's error when standard input is not a terminal.
    pub fn enter() -> io::Result<Self> {
        crossterm::terminal::enable_raw_mode().map(|()| Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // The process is about to end, and there is no other way back.
        crossterm::terminal::disable_raw_mode().ok();
    }
}

/// Ctrl+C as a key.
pub const CTRL_C: u8 = 3;

/// Asks at the terminal; `false` when there is none, or the answer is not yes.
pub fn confirm(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    let mut stderr = io::stderr();
    let is_asked = write!(stderr, "{question}").and_then(|()| stderr.flush());
    let mut answer = String::new();
    is_asked.is_ok() && io::stdin().read_line(&mut answer).is_ok() && is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Asks for a password at the terminal without showing it; `None` when there is no terminal, or Ctrl+C was pressed.
pub fn ask_password(question: &str) -> Option<Secret> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let mut stderr = io::stderr();
    write!(stderr, "{question}").ok()?;
    stderr.flush().ok()?;
    let raw_mode = RawMode::enter().ok()?;
    let mut typed = Vec::new();
    let mut is_complete = false;
    for key in io::stdin().lock().bytes() {
        match key.ok()? {
            b'\r' | b'\n' => {
                is_complete = true;
                break;
            }
            CTRL_C => break,
            8 | 127 => drop(typed.pop()),
            byte => typed.push(byte),
        }
    }
    drop(raw_mode);
    writeln!(stderr).ok()?;
    let text = String::from_utf8(typed).ok()?;
    is_complete.then(|| Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_yes_is_one() {
        for (answer, yes) in [
            ("y\n", true),
            (" Yes \n", true),
            ("", false),
            ("n\n", false),
            ("\n", false),
        ] {
            assert_eq!(is_yes(answer), yes, "{answer:?}");
        }
    }
}
