//! `canopy bench frame`.

use super::BenchError;
use super::report::Report;
use crate::cli::FrameBenchArgs;

pub(super) fn run(_args: &FrameBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
