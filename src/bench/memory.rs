//! `canopy bench memory`.

use super::BenchError;
use super::report::Report;
use crate::cli::MemoryBenchArgs;

pub(super) fn run(_args: &MemoryBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
