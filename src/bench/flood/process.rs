//! The flood in a process of its own, so that what it uses is not counted as ours.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::GREETING;
use crate::bench::BenchError;
use crate::bench::peers::Running;

/// A running flood; it ends when this is dropped.
#[derive(Debug)]
pub(in crate::bench) struct Flood {
    pub(in crate::bench) port: u16,
    _running: Running,
}

impl Flood {
    /// Starts `canopy bench flood` with these options, on a free port.
    ///
    /// # Errors
    /// When the system cannot start it.
    pub(in crate::bench) fn start(options: &[&str]) -> Result<Self, BenchError> {
        let failed = |why: String| {
            BenchError::new(format!(
                "The flood could not be started: {why}. Try “canopy bench flood”."
            ))
        };
        let program = std::env::current_exe().map_err(|err| failed(err.to_string()))?;
        let child = Command::new(program)
            .args(["bench", "flood", "--port", "0", "--until-stdin-ends"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|err| failed(err.to_string()))?;
        let mut running = Running(child);
        let port =
            greeting(&mut running.0).ok_or_else(|| failed("it did not say its port".to_owned()))?;
        Ok(Self {
            port,
            _running: running,
        })
    }
}

/// The port in the first line of the flood. The rest stays unread: a few lines fit into the pipe.
fn greeting(child: &mut Child) -> Option<u16> {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut()?)
        .read_line(&mut line)
        .ok()?;
    let rest = line.strip_prefix(GREETING)?;
    rest.split_once(',')?.0.parse().ok()
}
