//! The brokers that are measured, each in a process of its own, so that CPU time and memory are accounted to it alone.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::bench::BenchError;
use crate::bench::peers::{Peer, Running};

use super::load::WINDOW;

/// How long a broker may take to listen.
const START: Duration = Duration::from_secs(10);

/// A broker that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Target {
    /// Where it listens.
    pub(super) address: SocketAddr,
    running: Running,
    /// Its configuration, which is deleted with this.
    _configuration: Option<NamedTempFile>,
}

impl Target {
    /// `canopy broker`, in another process of this program.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn ours() -> Result<Self, BenchError> {
        let program = std::env::current_exe().map_err(|err| {
            BenchError::new(format!("This program's own file was not found: {err}."))
        })?;
        let address = free_address()?;
        let mut command = Command::new(program);
        command.args(["broker", "-p", &address.port().to_string()]);
        Self::start(command, address, None)
    }

    /// mosquitto, set up so that it drops nothing and has as much under way to each client as the load asks for.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn mosquitto(peer: &Peer) -> Result<Self, BenchError> {
        let address = free_address()?;
        let configuration = configuration(address.port()).map_err(|err| {
            BenchError::new(format!(
                "mosquitto's configuration could not be written: {err}."
            ))
        })?;
        let mut command = Command::new(&peer.program);
        command.arg("-c").arg(configuration.path());
        Self::start(command, address, Some(configuration))
    }

    fn start(
        mut command: Command,
        address: SocketAddr,
        configuration: Option<NamedTempFile>,
    ) -> Result<Self, BenchError> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|err| BenchError::new(format!("A broker could not be started: {err}.")))?;
        let target = Self {
            address,
            running: Running(child),
            _configuration: configuration,
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if started.elapsed() > START {
                return Err(BenchError::new(format!(
                    "A broker does not listen on {address}. Run the bench again."
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(target)
    }

    /// Its process.
    pub(super) fn process(&self) -> u32 {
        self.running.0.id()
    }
}

fn free_address() -> Result<SocketAddr, BenchError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|err| BenchError::new(format!("No port is free: {err}. Close other programs.")))
}

fn configuration(port: u16) -> std::io::Result<NamedTempFile> {
    let mut text = format!("listener {port} 127.0.0.1\n");
    // Infallible: a String takes everything.
    writeln!(text, "max_inflight_messages {WINDOW}").ok();
    text.push_str(
        "allow_anonymous true\npersistence false\nmax_queued_messages 0\nset_tcp_nodelay true\nlog_dest none\n",
    );
    let mut file = NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}
