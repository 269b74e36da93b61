//! What several integration tests need.

use std::process::{Command, Stdio};

/// Whether `program` can be started here. A missing one is said out loud, and is a failure where everything is
/// required (`CANOPY_REQUIRE_ALL=1`).
pub fn have(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--help")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        missing(program);
    }
    found
}

/// Says that something is missing, or fails where everything is required.
pub fn missing(what: &str) {
    assert!(
        std::env::var_os("CANOPY_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "{what} is missing, and CANOPY_REQUIRE_ALL=1 requires it"
    );
    eprintln!("skipped: {what} is not installed here");
}
