//! What the tests in this directory share: programs that may be missing, free ports, a mosquitto of one's own, and
//! waiting with a time limit.
#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses a part of this"
)]

pub mod brokers;
pub mod cutter;
pub mod mosquitto;
pub mod probe;
pub mod program;
pub mod screen;
pub mod script;
pub mod service;

use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

/// How long a test waits for something that should come at once; long enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Whether `program` is installed. When it is not, the test says that it is skipped; with `CANOPY_REQUIRE_ALL=1` a
/// missing program is a failure.
pub fn have(program: &str) -> bool {
    let is_there = find(program).is_some();
    if !is_there {
        missing(program);
    }
    is_there
}

/// Says that something is missing, or fails where everything is required.
pub fn missing(what: &str) {
    let required = std::env::var_os("CANOPY_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{what} is required and not installed");
    eprintln!("skipped: {what} is not installed");
}

/// The search path with the directories where Debian keeps daemons.
pub fn search_path() -> std::ffi::OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/usr/local/sbin");
    path
}

/// The path of `program`, also where daemons are kept.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// A TCP port on 127.0.0.1 that nobody uses at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

/// Waits for `future`; the test fails with `what` when it takes too long.
pub async fn within<T>(what: &str, limit: Duration, future: impl Future<Output = T>) -> T {
    let result = tokio::time::timeout(limit, future).await;
    result.unwrap_or_else(|_elapsed| panic!("waited longer than {limit:?} for {what}"))
}
