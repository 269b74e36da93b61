//! `canopy bench ingest`.

use super::BenchError;
use super::report::Report;
use crate::cli::IngestBenchArgs;

pub(super) fn run(_args: &IngestBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
