//! `canopy bench`: how fast Canopy is, beside its peers, with one command that anybody can run.
//!
//! | file | what it measures |
//! |---|---|
//! | `model` | the topic tree alone |
//! | `ingest`, `flood` | from the socket into the tree; the server that the messages come from |
//! | `frame` | the window's frames |
//! | `broker` | the broker inside |
//! | `memory` | the history budget over time |
//! | `start` | start to first frame |
//! | `topics`, `measure`, `peers`, `report` | what to measure with; medians and CPU time; other programs; tables and JSON |
//!
//! Figures are medians of several runs, with those of a peer interleaved: machines are noisy, ratios within one run are
//! not.

mod broker;
mod flood;
mod frame;
mod ingest;
mod measure;
mod memory;
mod model;
mod peers;
mod report;
mod start;
mod topics;

use std::process::ExitCode;

use crate::cli::{BenchArgs, BenchCommand, complain};
use report::Report;

/// Why a bench could not be run; a sentence with the cure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BenchError(String);

impl BenchError {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// What connections live on while a bench runs.
fn runtime() -> Result<tokio::runtime::Runtime, BenchError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|err| {
            BenchError::new(format!(
                "The background threads could not be started: {err}. Close other programs and try again."
            ))
        })
}

/// Runs the bench that was asked for and prints its report on standard output.
pub fn run(args: &BenchArgs) -> ExitCode {
    if cfg!(debug_assertions) {
        complain(
            "This build is not optimised, and its figures say little. Use “cargo run --release -- bench …”.",
        );
    }
    let mut report = Report::new(args.json);
    let outcome = match &args.command {
        BenchCommand::Model(args) => model::run(args, &mut report),
        BenchCommand::Ingest(args) => ingest::run(args, &mut report),
        BenchCommand::Frame(args) => frame::run(args, &mut report),
        BenchCommand::Broker(args) => broker::run(args, &mut report),
        BenchCommand::Memory(args) => memory::run(args, &mut report),
        BenchCommand::Start(args) => start::run(args, &mut report),
        BenchCommand::Flood(args) => flood::run(args),
    };
    match outcome.and_then(|()| report.finish()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            complain(&err.to_string());
            ExitCode::FAILURE
        }
    }
}
