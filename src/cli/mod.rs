//! The command line: which subcommand was asked for, and the ones without a window.
//!
//! | file | what it is |
//! |---|---|
//! | `arguments`, `connect`, `transport_args`, `property` | what the options mean |
//! | `saved` | profiles saved in the window, and addresses to open it with |
//! | `publish_args`, `publish` | `canopy pub` |
//! | `subscribe_args`, `subscribe`, `receive` | `canopy sub` |
//! | `output` | messages and packets as text |
//! | `broker` | `canopy broker` |
//! | `doctor` | `canopy doctor` |
//! | `bench_args` | the options of `canopy bench` |
//! | `watch` | `canopy watch` |
//! | `session`, `exit`, `terminal` | one connection followed to its end, exit codes, the terminal |

mod arguments;
mod bench_args;
mod broker;
mod connect;
mod doctor;
mod exit;
mod output;
mod property;
mod publish;
mod publish_args;
mod receive;
mod saved;
mod session;
mod subscribe;
mod subscribe_args;
mod terminal;
mod transport_args;
mod watch;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use bench_args::{
    BenchArgs, BenchCommand, BrokerBenchArgs, FloodArgs, FrameBenchArgs, IngestBenchArgs,
    MemoryBenchArgs, ModelBenchArgs, StartBenchArgs,
};
use exit::Outcome;

use crate::profile::{Profile, Secret};

/// What the command line asks for.
pub enum Invocation {
    /// The window.
    Window(WindowOptions),
    /// A subcommand in the terminal.
    Terminal(Box<TerminalCommand>),
    /// Measuring, which needs the window's code too.
    Bench(BenchArgs),
}

/// How to open the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowOptions {
    /// Whether to start the broker inside and the demo devices.
    pub demo: bool,
    /// Where profiles and settings are, instead of the platform's directory.
    pub config_dir: Option<PathBuf>,
    /// What to connect to once it is open.
    pub connect: Option<ConnectTo>,
}

/// What the command line names for the window to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectTo {
    /// An address, which may hold a password.
    Url(Secret),
    /// The name of a saved profile.
    Profile(String),
}

impl WindowOptions {
    /// The profile to connect with, and the password if the address holds one. A profile with an unknown identifier is
    /// new. An unknown name and a wrong address are answered here.
    ///
    /// # Errors
    /// The exit code of a process that has nothing left to do.
    pub fn profile(&self) -> Result<Option<(Profile, Option<Secret>)>, ExitCode> {
        let config_dir = self.config_dir.as_deref();
        let found = match &self.connect {
            None => return Ok(None),
            Some(ConnectTo::Url(address)) => saved::by_url(config_dir, address.reveal()),
            Some(ConnectTo::Profile(name)) => {
                saved::by_name(config_dir, name).map(|profile| (profile, None))
            }
        };
        found
            .map(Some)
            .map_err(|err| Outcome::error(err).report(false))
    }
}

/// A subcommand in the terminal; [`TerminalCommand::run`] does its work.
pub struct TerminalCommand(TerminalArgs);

#[derive(Debug, Parser)]
#[command(
    name = "canopy",
    version,
    about = "A desktop MQTT explorer with a broker inside",
    long_about = "A desktop MQTT explorer with a broker inside.\n\nWithout a command it opens the window.",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  canopy                                   open the window
  canopy mqtts://broker.lan                open it connected to this broker
  canopy --profile Kitchen                 open it connected as saved
  canopy --demo                            open it with the broker inside and demo devices
  canopy broker                            a broker on port 1883 of this machine
  canopy sub -t '#' -v                     print every message
  canopy pub -t home/lamp -m on            publish a message
  canopy watch                             the live topic tree in this terminal
  canopy doctor mqtts://broker.example     what is wrong with a connection"
)]
struct Root {
    /// Start the broker inside and demo devices, and connect to it
    #[arg(long)]
    demo: bool,
    /// Keep profiles and settings in this directory
    #[arg(long, value_name = "DIR")]
    config_dir: Option<PathBuf>,
    /// Connect with the saved profile of this name, also lab/NAME from a folder
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "demo"])]
    profile: Option<String>,
    /// Connect to this broker: <mqtt://host>, mqtts://user@host:port, ws://…, <wss://host/path>, <mqtt+unix:///path>
    #[arg(value_name = "URL", value_parser = connect::password_parser(), conflicts_with = "demo",
        help = "Connect to this broker: mqtt://host, mqtts://user@host:port, wss://host/path, mqtt+unix:///path …")]
    url: Option<Secret>,
    #[command(subcommand)]
    command: Option<CommandArgs>,
}

#[derive(Debug, Subcommand)]
enum CommandArgs {
    #[command(flatten)]
    Terminal(Box<TerminalArgs>),
    /// Measure how fast Canopy is on this machine, beside its peers
    Bench(BenchArgs),
}

#[derive(Debug, Subcommand)]
enum TerminalArgs {
    /// Run the broker inside in this terminal
    Broker(broker::BrokerArgs),
    /// Publish messages
    #[command(about = "Publish messages, as mosquitto_pub does")]
    Pub(publish_args::PublishArgs),
    /// Subscribe and print messages
    #[command(about = "Subscribe and print messages, as mosquitto_sub does")]
    Sub(subscribe_args::SubscribeArgs),
    /// Print the live topic tree in this terminal
    Watch(watch::WatchArgs),
    /// Test a connection step by step, and say what is wrong with it
    Doctor(doctor::DoctorArgs),
}

/// Reads the process's arguments. `--help`, `--version` and mistakes are answered here.
///
/// # Errors
/// The exit code of a process that has nothing left to do.
pub fn parse() -> Result<Invocation, ExitCode> {
    parse_from(std::env::args_os().collect()).map_err(|err| {
        // A closed terminal is no reason to fail in another way.
        err.print().ok();
        ExitCode::from(if err.use_stderr() { exit::ERROR } else { 0 })
    })
}

fn parse_from(arguments: Vec<OsString>) -> Result<Invocation, clap::Error> {
    let command = command();
    let arguments = arguments::join_properties(&command, arguments);
    let matches = command.try_get_matches_from(arguments);
    let root = Root::from_arg_matches(&matches.map_err(arguments::without_passwords)?)?;
    Ok(match root.command {
        Some(CommandArgs::Bench(args)) => Invocation::Bench(args),
        Some(CommandArgs::Terminal(command)) => {
            Invocation::Terminal(Box::new(TerminalCommand(*command)))
        }
        None => Invocation::Window(WindowOptions {
            demo: root.demo,
            config_dir: root.config_dir,
            connect: root
                .url
                .map(ConnectTo::Url)
                .or(root.profile.map(ConnectTo::Profile)),
        }),
    })
}

/// The grammar: as in mosquitto's clients a value may begin with a dash, and the last of repeated options counts.
fn command() -> clap::Command {
    let values_with_dashes = |subcommand: clap::Command| {
        subcommand.args_override_self(true).mut_args(|argument| {
            let takes_values = argument.get_action().takes_values() && !argument.is_positional();
            argument.allow_hyphen_values(takes_values)
        })
    };
    ["pub", "sub", "watch", "doctor"]
        .into_iter()
        .fold(Root::command(), |command, name| {
            command.mut_subcommand(name, values_with_dashes)
        })
}

impl TerminalCommand {
    /// Does the work and returns when it is done.
    pub fn run(self) -> ExitCode {
        match self.0 {
            TerminalArgs::Broker(args) => broker::run(&args),
            TerminalArgs::Pub(args) => publish::run(&args),
            TerminalArgs::Sub(args) => subscribe::run(&args),
            TerminalArgs::Watch(args) => watch::run(&args),
            TerminalArgs::Doctor(args) => doctor::run(&args),
        }
    }
}

/// The demo in a terminal, for a machine without a display.
pub fn watch_demo() -> ExitCode {
    watch::run_demo()
}

/// Says a sentence on standard error.
pub fn complain(message: &str) {
    // Nobody is left to be told that standard error is closed.
    writeln!(std::io::stderr().lock(), "{message}").ok();
}

/// The runtime that connections and the broker live on.
fn runtime() -> Result<tokio::runtime::Runtime, Outcome> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .thread_name("canopy")
        .build()
        .map_err(|err| {
            Outcome::error(format!(
                "This system gives Canopy no threads: {err}. Close other programs."
            ))
        })
}

#[cfg(test)]
mod tests;
