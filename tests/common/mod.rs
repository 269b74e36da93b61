//! What the tests in this directory share: programs that may be missing, free ports, a mosquitto of one's own, and
//! waiting with a time limit.
#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses a part of this"
)]

pub mod mosquitto;
pub mod probe;

use std::ffi::OsString;
use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

/// How long a test waits for something that should come at once; long enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Whether `program` is on the search path. Says that the test is skipped when it is not; under
/// `CANOPY_REQUIRE_ALL=1`, as in CI, a missing program is a failure.
///
/// # Panics
/// Under `CANOPY_REQUIRE_ALL=1`, when the program is missing.
pub fn have(program: &str) -> bool {
    let found = find(program).is_some();
    if !found {
        missing(program);
    }
    found
}

/// Says that something is missing, or fails where everything is required.
///
/// # Panics
/// Under `CANOPY_REQUIRE_ALL=1`.
pub fn missing(what: &str) {
    let required = std::env::var_os("CANOPY_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(
        !required,
        "{what} is missing, and CANOPY_REQUIRE_ALL=1 requires it"
    );
    eprintln!("skipped: {what} is not installed here");
}

/// The search path with the directories where Debian keeps daemons.
pub fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/usr/local/sbin");
    path
}

/// The path of `program`, also where daemons are kept.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path())
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// A TCP port on 127.0.0.1 that nobody uses at the moment.
///
/// # Panics
/// When the system has none.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

/// Waits for `future`; the test fails with `what` when it takes too long.
pub async fn within<T>(what: &str, limit: Duration, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(limit, future).await {
        Ok(value) => value,
        Err(_elapsed) => panic!("waited longer than {limit:?} for {what}"),
    }
}
