//! `canopy broker`: the broker inside, run in a terminal until Ctrl+C.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::broker::demo::Demo;
use crate::broker::{Broker, BrokerConfig, BrokerError, Change, Changes, ClientInfo};
use crate::client::RuntimeHandle;
use crate::profile::Secret;

use super::connect::{password_from_environment, password_parser};
use super::exit::Outcome;
use super::terminal::{StopSignal, ask_password};

/// How long demo devices may take to say goodbye, and how long the last ones who leave are waited for.
const FAREWELL: Duration = Duration::from_secs(1);

/// Arguments of `canopy broker`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  canopy broker                            for this machine, port 1883
  canopy broker -p 1884 --demo -v          with demo devices, telling who comes
  canopy broker --address 0.0.0.0 -u me    for the network; asks for a password

It speaks MQTT 3.1.1 and 5 and keeps everything in memory. Ctrl+C stops it.")]
pub struct BrokerArgs {
    /// TCP port to listen on; 0 takes a free one
    #[arg(short, long, value_name = "PORT", default_value_t = 1883)]
    port: u16,
    /// Address to listen on; one that the network can reach needs a user name and a password
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// User name that clients must give
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Password that clients must give
    #[arg(
        short = 'P',
        long = "pw",
        value_name = "PASSWORD",
        requires = "username",
        value_parser = password_parser(),
        help = "Password that clients must give; left out, CANOPY_PASSWORD is used, or it is asked for"
    )]
    password: Option<Secret>,
    /// Start demo devices as clients of this broker
    #[arg(long)]
    demo: bool,
    /// Print who connects and disconnects
    #[arg(short, long)]
    verbose: bool,
}

/// Runs `canopy broker`.
pub fn run(args: &BrokerArgs) -> ExitCode {
    let outcome = match (args.config(), super::runtime()) {
        (Ok(config), Ok(runtime)) => {
            let outcome = runtime.block_on(serve(runtime.handle(), args, config));
            runtime.shutdown_background();
            outcome
        }
        (Err(outcome), _) | (_, Err(outcome)) => outcome,
    };
    outcome.report(false)
}

impl BrokerArgs {
    fn config(&self) -> Result<BrokerConfig, Outcome> {
        let credentials = match &self.username {
            Some(user) => Some((user.clone(), self.password()?)),
            None => None,
        };
        Ok(BrokerConfig {
            address: self.address,
            port: self.port,
            credentials,
        })
    }

    fn password(&self) -> Result<Secret, Outcome> {
        self.password
            .clone()
            .or_else(password_from_environment)
            .or_else(|| ask_password("Password that clients must give: "))
            .ok_or_else(|| {
                Outcome::error(
                    "The user name needs a password. Give it with -P or in CANOPY_PASSWORD.",
                )
            })
    }
}

async fn serve(runtime: &RuntimeHandle, args: &BrokerArgs, config: BrokerConfig) -> Outcome {
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(err) => return Outcome::error(format!("This system allows no signal handler: {err}.")),
    };
    let credentials = config.credentials.clone();
    let broker = match Broker::start(runtime, config).await {
        Ok(broker) => broker,
        Err(err) => return Outcome::error(explain(&err)),
    };
    say(&format!(
        "The broker listens on {} (MQTT 3.1.1 and 5). Ctrl+C stops it.",
        broker.address()
    ));
    let teller = args
        .verbose
        .then(|| runtime.spawn(tell_who_comes(broker.changes())));
    let demo = args
        .demo
        .then(|| Demo::start(runtime, broker.address(), credentials));
    if demo.is_some() {
        say("Demo devices are running. See them with: canopy watch, or canopy sub -t '#' -v");
    }
    stop.requested().await;
    if let Some(demo) = demo {
        say_goodbye(demo).await;
    }
    broker.stop().await;
    if let Some(teller) = teller {
        // whoever was still there leaves with the broker, and is named before its last line
        tokio::time::timeout(FAREWELL, teller).await.ok();
    }
    say("The broker has stopped.");
    Outcome::SUCCESS
}

/// Lets the demo devices say goodbye while their broker still listens, but not for long.
pub async fn say_goodbye(demo: Demo) {
    tokio::time::timeout(FAREWELL, demo.stop()).await.ok();
}

/// The broker's sentence, with the cure for a command line.
fn explain(err: &BrokerError) -> String {
    match err {
        BrokerError::NeedsPassword => {
            "A broker that the network can reach needs a user name and a password. Give them with -u and -P."
                .to_owned()
        }
        BrokerError::PortTaken { port, next_free } => {
            let free = next_free.unwrap_or(0);
            format!("Port {port} is taken by another program. Stop it, or choose another port with -p {free}.")
        }
        err => err.to_string(),
    }
}

/// Prints a line for everyone who comes or goes, until the broker has stopped.
async fn tell_who_comes(mut changes: Changes) {
    while let Some(change) = changes.next().await {
        match change {
            Change::Connected(client) => say(&arrival(&client)),
            Change::Disconnected(client) => say(&format!("{} disconnected", client.client_id)),
            Change::Missed(count) => {
                say(&format!("{count} connects and disconnects are not shown"));
            }
        }
    }
}

fn arrival(client: &ClientInfo) -> String {
    let version = client.version.map(|version| format!(" with {version}"));
    let address = client.address.map(|address| format!(" from {address}"));
    format!(
        "{} connected{}{}",
        client.client_id,
        address.unwrap_or_default(),
        version.unwrap_or_default()
    )
}

/// A line on standard output; a closed one does not stop the broker.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}
