//! What several test files need: programs that may be missing, and ports.

use std::env;
use std::ffi::OsString;
use std::net::TcpListener;

/// Whether `program` is on the search path. Says that the test is skipped when it is not; under
/// `CANOPY_REQUIRE_ALL=1`, as in CI, a missing program is a failure.
///
/// # Panics
/// Under `CANOPY_REQUIRE_ALL=1`, when the program is missing.
#[allow(dead_code, reason = "not every test file needs every helper")]
pub fn have(program: &str) -> bool {
    let found = env::split_paths(&search_path()).any(|directory| directory.join(program).is_file());
    if !found {
        let required = env::var_os("CANOPY_REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(!required, "{program} is missing and CANOPY_REQUIRE_ALL=1");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// The search path with the directories where Debian keeps daemons.
#[allow(dead_code, reason = "not every test file needs every helper")]
pub fn search_path() -> OsString {
    let mut path = env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/usr/local/sbin");
    path
}

/// A TCP port on 127.0.0.1 that was free a moment ago.
///
/// # Panics
/// When the system has none.
#[allow(dead_code, reason = "not every test file needs every helper")]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
