//! Programs run by a test: `canopy` itself and mosquitto's clients, their output read as it comes, with a time limit.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{PATIENCE, find};

/// `canopy` with these arguments.
pub fn canopy<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canopy"));
    command.args(arguments).env_remove("CANOPY_PASSWORD");
    command
}

/// `mosquitto_pub` or `mosquitto_sub`, called by the name of canopy's subcommand. They write to a pipe in blocks;
/// `stdbuf` makes that lines, so that a test can wait for one.
pub fn mosquitto<S: AsRef<OsStr>>(
    subcommand: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let program = find(&format!("mosquitto_{subcommand}")).expect("mosquitto's clients");
    let mut command = Command::new("stdbuf");
    command.arg("-oL").arg(program).args(arguments);
    command
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on standard output, byte for byte.
    pub out: Vec<u8>,
    /// What it wrote on standard error.
    pub err: String,
}

impl Ended {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }
}

/// A running program.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    err: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = read_lines(child.stdout.take().expect("its output"));
        let mut err = child.stderr.take().expect("its errors");
        let read_errors = move || {
            let mut text = Vec::new();
            err.read_to_end(&mut text).ok();
            String::from_utf8_lossy(&text).into_owned()
        };
        let err = std::thread::Builder::new()
            .name("errors".to_owned())
            .spawn(read_errors)
            .expect("a thread");
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
            seen: Vec::new(),
            err: Some(err),
        }
    }

    /// Waits for a line on standard output that contains `text`, and returns it.
    pub fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!(
                    "no line with “{text}” in:\n{}",
                    String::from_utf8_lossy(&self.seen)
                );
            };
            self.seen.extend_from_slice(&line);
            let line = String::from_utf8_lossy(&line).into_owned();
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Types into its standard input.
    pub fn type_in(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("its input");
        stdin.write_all(bytes).expect("it reads");
        stdin.flush().expect("it reads");
    }

    /// Sends a signal by its name: `TERM`, `INT`, `KILL`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .expect("kill runs");
        assert!(status.success());
    }

    /// Closes its standard input and waits for its end.
    pub fn end(self) -> Ended {
        self.end_within(PATIENCE)
    }

    /// The same for a program that takes long.
    pub fn end_within(mut self, limit: Duration) -> Ended {
        drop(self.stdin.take());
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.extend_from_slice(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program does not end"),
            }
        }
        let code = self.child.wait().expect("it has ended").code();
        let err = self
            .err
            .take()
            .map(|thread| thread.join().unwrap_or_default());
        Ended {
            code,
            out: std::mem::take(&mut self.seen),
            err: err.unwrap_or_default(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).end()
}

/// Runs a program to its end with this as its standard input.
pub fn run_with_input(command: &mut Command, input: &[u8]) -> Ended {
    let mut running = Running::start(command);
    running.type_in(input);
    running.end()
}

/// Lines with their line ends; the last one may have none.
fn read_lines(output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, lines) = sync_channel(100_000);
    let read = move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while matches!(output.read_until(b'\n', &mut line), Ok(1..)) {
            if tell.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("output".to_owned())
        .spawn(read)
        .expect("a thread");
    lines
}
