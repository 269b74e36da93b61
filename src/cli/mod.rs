//! The command line: which subcommand was asked for, and the ones without a window.

use std::process::ExitCode;

/// Runs `canopy` with the process's arguments.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
