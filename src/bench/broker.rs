//! `canopy bench broker`.

use super::BenchError;
use super::report::Report;
use crate::cli::BrokerBenchArgs;

pub(super) fn run(_args: &BrokerBenchArgs, _report: &mut Report) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
