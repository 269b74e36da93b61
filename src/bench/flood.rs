//! `canopy bench flood`.

use super::BenchError;
use crate::cli::FloodArgs;

pub(super) fn run(_args: &FloodArgs) -> Result<(), BenchError> {
    Err(BenchError::new("This bench is being built."))
}
