//! `canopy bench start`.

use super::BenchError;
use super::report::Report;
use crate::cli::StartBenchArgs;

pub(super) fn run(_args: &StartBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
