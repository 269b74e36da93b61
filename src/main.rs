//! The `canopy` binary: nothing but a call into the library, so that everything can be tested from outside.

use std::process::ExitCode;

fn main() -> ExitCode {
    canopy::cli::main()
}
