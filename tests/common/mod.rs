//! What several test files need: programs that may be missing, and ports.

#![allow(dead_code, reason = "not every test file needs every part")]

use std::ffi::OsString;
use std::net::TcpListener;

/// Whether `program` is on the search path. Says that the test is skipped when it is not; under
/// `CANOPY_REQUIRE_ALL=1`, as in CI, a missing program is a failure.
///
/// # Panics
/// Under `CANOPY_REQUIRE_ALL=1`, when the program is missing.
pub fn have(program: &str) -> bool {
    let found = std::env::split_paths(&search_path()).any(|directory| directory.join(program).is_file());
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
    assert!(!required, "{what} is missing, and CANOPY_REQUIRE_ALL=1 requires it");
    eprintln!("skipped: {what} is not installed here");
}

/// The search path with the directories where Debian keeps daemons.
pub fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/usr/local/sbin");
    path
}

/// A TCP port on 127.0.0.1 that was free a moment ago.
///
/// # Panics
/// When the system has none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
