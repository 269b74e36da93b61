//! A mosquitto of one's own on a free loopback port; gone when it is dropped. Its log is shown when the environment
//! variable `CANOPY_TEST_LOG` is set.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use super::{PATIENCE, find, free_port, have};

/// A running mosquitto.
pub struct Mosquitto {
    child: Child,
    port: u16,
    config: String,
    directory: tempfile::TempDir,
}

impl Mosquitto {
    /// Starts one that lets everybody in; `None` when mosquitto is not installed (and that is allowed).
    pub fn start() -> Option<Self> {
        Self::start_with("allow_anonymous true\n")
    }

    /// Starts one with these lines in its configuration, besides the listener.
    pub fn start_with(config: &str) -> Option<Self> {
        if !have("mosquitto") {
            return None;
        }
        let directory = tempfile::tempdir().expect("a directory");
        // another test may take the port between finding and using it
        for _ in 0..5 {
            let port = free_port();
            if let Some(child) = launch(&directory, port, config) {
                return Some(Self {
                    child,
                    port,
                    config: config.to_owned(),
                    directory,
                });
            }
        }
        panic!("mosquitto does not start");
    }

    /// Starts one that lets in only `user` with `password`.
    pub fn start_with_password(user: &str, password: &str) -> Option<Self> {
        if !have("mosquitto") || !have("mosquitto_passwd") {
            return None;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("passwords");
        let status = Command::new(find("mosquitto_passwd").expect("mosquitto_passwd"))
            .args(["-b", "-c"])
            .arg(&file)
            .args([user, password])
            .status()
            .expect("mosquitto_passwd runs");
        assert!(status.success());
        let config = format!("allow_anonymous false\npassword_file {}\n", file.display());
        let mut broker = Self::start_with(&config)?;
        broker.directory = directory;
        Some(broker)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it without letting it say anything.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("wait");
    }

    /// Starts it again on the same port, after [`Mosquitto::kill`].
    pub fn restart(&mut self) {
        self.child = launch(&self.directory, self.port, &self.config).expect("it starts again");
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts mosquitto and waits until it listens; `None` when it ends instead (the port was taken).
fn launch(directory: &tempfile::TempDir, port: u16, config: &str) -> Option<Child> {
    let file = directory.path().join("mosquitto.conf");
    let config = format!("listener {port} 127.0.0.1\npersistence false\n{config}");
    std::fs::write(&file, config).expect("the configuration is written");
    let mut child = Command::new(find("mosquitto").expect("mosquitto"))
        .arg("-c")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mosquitto runs");
    let started = announces_start(&mut child);
    if started.recv_timeout(PATIENCE).unwrap_or(false) {
        return Some(child);
    }
    drop(child.kill());
    drop(child.wait());
    None
}

/// Reads its log to the end, so that the pipe never fills up, and tells when it says that it runs.
fn announces_start(child: &mut Child) -> Receiver<bool> {
    let (tell, started) = sync_channel(1);
    let log = BufReader::new(child.stderr.take().expect("its log"));
    let show = std::env::var_os("CANOPY_TEST_LOG").is_some();
    std::thread::Builder::new()
        .name("mosquitto log".to_owned())
        .spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if show {
                    eprintln!("{line}");
                }
                if line.ends_with(" running") {
                    tell.try_send(true).ok();
                }
            }
            tell.try_send(false).ok();
        })
        .expect("a thread");
    started
}
