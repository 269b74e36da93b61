//! The options of `canopy bench`. Only what was asked for stands here; [`crate::bench`] does the work, because one of the
//! benches draws the window, which this folder does not know.

use clap::{Args, Subcommand};

/// Arguments of `canopy bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  canopy bench model                       the topic tree alone, at 10,000 to 1,000,000 topics
  canopy bench ingest                      a flood through the client into the tree, beside mosquitto_sub
  canopy bench frame                       the window's CPU time for each frame
  canopy bench broker                      the broker inside, beside mosquitto
  canopy bench model --json > model.json   the same figures for a program

Use a release build. Every figure is a median of several runs; runs of peers are interleaved with ours. Only this machine is
talked to.")]
pub struct BenchArgs {
    /// Print one JSON document instead of tables
    #[arg(long, global = true)]
    pub json: bool,
    /// Which bench
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// The benches.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Inserts, updates, visible rows, filters and memory of the topic tree alone
    Model(ModelBenchArgs),
    /// Messages/s and CPU time for each message from the socket into the tree, beside `mosquitto_sub`
    Ingest(IngestBenchArgs),
    /// CPU time for each frame of the window, idle and while messages come in
    Frame(FrameBenchArgs),
    /// The broker inside beside mosquitto: messages/s, loss, retained messages, memory
    Broker(BrokerBenchArgs),
    /// Memory and the history budget during a long flood, as a curve
    Memory(MemoryBenchArgs),
    /// Time from the start of the program to the first frame of its window
    Start(StartBenchArgs),
    /// Serve PUBLISH packets as fast as a socket takes them, to whoever connects
    Flood(FloodArgs),
}

/// Arguments of `canopy bench model`.
#[derive(Debug, Args)]
pub struct ModelBenchArgs {
    /// How many topics, one table row for each and each shape of the tree
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    pub topics: Vec<usize>,
    /// Runs; the figures are their medians
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub runs: usize,
    /// Only take in the topics in this shape and print the bytes for each; the bench starts itself with it
    #[arg(long, value_name = "SHAPE", hide = true)]
    pub only_memory: Option<String>,
}

/// Arguments of `canopy bench ingest`.
#[derive(Debug, Args)]
pub struct IngestBenchArgs {}

/// Arguments of `canopy bench frame`.
#[derive(Debug, Args)]
pub struct FrameBenchArgs {}

/// Arguments of `canopy bench broker`.
#[derive(Debug, Args)]
pub struct BrokerBenchArgs {}

/// Arguments of `canopy bench memory`.
#[derive(Debug, Args)]
pub struct MemoryBenchArgs {}

/// Arguments of `canopy bench start`.
#[derive(Debug, Args)]
pub struct StartBenchArgs {}

/// Arguments of `canopy bench flood`.
#[derive(Debug, Args)]
pub struct FloodArgs {}
