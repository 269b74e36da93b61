//! `canopy bench model`.

use super::BenchError;
use super::report::Report;
use crate::cli::ModelBenchArgs;

pub(super) fn run(_args: &ModelBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
