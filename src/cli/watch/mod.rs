//! `canopy watch`: the live topic tree in a terminal, or as lines for another program.

mod lines;
mod screen;
mod table;

use std::io::{self, IsTerminal};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::broker::demo::Demo;
use crate::broker::{Broker, BrokerConfig, BrokerError};
use crate::client::{Config, Event, Failure, RuntimeHandle, State};
use crate::live::Live;
use crate::model::Model;
use crate::mqtt::{Qos, TopicFilter};
use crate::profile::{Profile, Settings, Subscription};

use super::connect::{ConnectArgs, parse_qos};
use super::exit::Outcome;
use super::publish_args::parse_seconds;
use super::subscribe_args::parse_filters;
use super::terminal::StopSignal;

/// Arguments of `canopy watch`.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    after_help = "In a terminal the tree is redrawn in place: arrow keys, Page up and Page down
move, q or Ctrl+C ends. Otherwise each changed topic is a line “topic value”,
at most --rate times a second.

Examples:
  canopy watch                             every topic of this machine's broker
  canopy watch -h broker.lan -t 'home/#' -t '$SYS/#'
  canopy watch --once 3 > tree.txt         the tree as it is after 3 seconds
  canopy watch --demo                      a broker inside with demo devices"
)]
pub struct WatchArgs {
    /// Topic filter to watch; may be repeated; “#” if left out
    #[arg(short, long, value_name = "FILTER", help_heading = "What to watch")]
    topic: Vec<String>,
    /// Highest QoS wanted
    #[arg(short, long, value_name = "QOS", default_value = "0", value_parser = parse_qos, help_heading = "What to watch")]
    qos: Qos,
    /// Start a broker with demo devices and watch that
    #[arg(long, help_heading = "What to watch")]
    demo: bool,
    /// Print the tree once, after this many seconds, and end
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, help_heading = "Output")]
    once: Option<Duration>,
    /// How often the output is brought up to date, in times a second
    #[arg(long, value_name = "COUNT", default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..=5), help_heading = "Output")]
    rate: u32,
    #[command(flatten)]
    connect: ConnectArgs,
}

/// How the tree is shown.
#[derive(Debug, Clone, Copy)]
enum Mode {
    /// Redrawn in place.
    Screen { every: Duration },
    /// Changed topics as lines.
    Lines { every: Duration },
    /// Once, after a while.
    Once { after: Duration },
}

impl Mode {
    /// In place where both ends are a terminal, as keys are read too.
    fn continuous(every: Duration) -> Self {
        if io::stdout().is_terminal() && io::stdin().is_terminal() {
            Self::Screen { every }
        } else {
            Self::Lines { every }
        }
    }
}

/// Runs `canopy watch`.
pub fn run(args: &WatchArgs) -> ExitCode {
    let every = Duration::from_secs(1) / args.rate;
    let mode = match args.once {
        Some(after) => Mode::Once { after },
        None => Mode::continuous(every),
    };
    let outcome = if args.demo {
        args.filters(None)
            .and_then(|filters| block_on(|runtime| watch_demo(runtime, filters, args.qos, mode)))
    } else {
        args.config()
            .and_then(|config| block_on(|runtime| watch(runtime, config, mode)))
    };
    outcome.unwrap_or_else(|outcome| outcome).report(false)
}

/// The demo in the terminal, for a machine without a display.
pub fn run_demo() -> ExitCode {
    let mode = Mode::continuous(Duration::from_millis(200));
    let outcome = all_topics().and_then(|filters| {
        block_on(|runtime| watch_demo(runtime, filters, Qos::AtMostOnce, mode))
    });
    outcome.unwrap_or_else(|outcome| outcome).report(false)
}

impl WatchArgs {
    /// What the options say, else the topic of the URL, else everything.
    fn filters(&self, url_topic: Option<String>) -> Result<Vec<TopicFilter>, Outcome> {
        match (self.topic.is_empty(), url_topic) {
            (true, None) => all_topics(),
            (true, Some(topic)) => parse_filters(&[topic]).map_err(Outcome::error),
            (false, _) => parse_filters(&self.topic).map_err(Outcome::error),
        }
    }

    /// How to connect. A saved profile's own subscriptions count when the command line names none.
    fn config(&self) -> Result<Config, Outcome> {
        let connect = self.connect.connect().map_err(Outcome::error)?;
        connect.say_notes(false);
        let mut config = connect.config;
        if !self.topic.is_empty() || config.profile.subscriptions.is_empty() {
            let filters = self.filters(connect.url_topic)?;
            config.profile.subscriptions = watched(&filters, self.qos);
        }
        Ok(config)
    }
}

fn all_topics() -> Result<Vec<TopicFilter>, Outcome> {
    parse_filters(&["#".to_owned()]).map_err(Outcome::error)
}

fn block_on<F>(work: impl FnOnce(RuntimeHandle) -> F) -> Result<Outcome, Outcome>
where
    F: Future<Output = Outcome>,
{
    let runtime = super::runtime()?;
    let outcome = runtime.block_on(work(runtime.handle().clone()));
    runtime.shutdown_background();
    Ok(outcome)
}

/// Starts a broker with demo devices on the first free port from 1883 on, and watches it.
async fn watch_demo(
    runtime: RuntimeHandle,
    filters: Vec<TopicFilter>,
    qos: Qos,
    mode: Mode,
) -> Outcome {
    let broker = match start_broker(&runtime).await {
        Ok(broker) => broker,
        Err(err) => return Outcome::error(err),
    };
    let address = broker.address();
    super::complain(&format!("The demo's broker listens on {address}."));
    let demo = Demo::start(&runtime, address, None);
    let outcome = watch(runtime, demo_config(address, &filters, qos), mode).await;
    super::broker::say_goodbye(demo).await;
    broker.stop().await;
    outcome
}

async fn start_broker(runtime: &RuntimeHandle) -> Result<Broker, BrokerError> {
    let config = |port| BrokerConfig {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port,
        credentials: None,
    };
    match Broker::start(runtime, config(1883)).await {
        Err(BrokerError::PortTaken { next_free, .. }) => {
            Broker::start(runtime, config(next_free.unwrap_or(0))).await
        }
        started => started,
    }
}

/// Subscriptions that keep the retain flag, as those of the window.
fn watched(filters: &[TopicFilter], qos: Qos) -> Vec<Subscription> {
    filters
        .iter()
        .map(|filter| Subscription::for_window(filter.to_string(), qos))
        .collect()
}

fn demo_config(address: SocketAddr, filters: &[TopicFilter], qos: Qos) -> Config {
    Config {
        profile: Profile {
            host: address.ip().to_string(),
            port: address.port(),
            subscriptions: watched(filters, qos),
            ..Profile::default()
        },
        ..Config::default()
    }
}

/// One watched connection: its model, and what its state says.
struct Watched {
    live: Live,
    url: String,
    wake: Arc<Notify>,
    was_connected: bool,
    /// What is wrong, until it is well again.
    trouble: Option<String>,
}

async fn watch(runtime: RuntimeHandle, config: Config, mode: Mode) -> Outcome {
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(err) => return Outcome::error(format!("This system allows no signal handler: {err}.")),
    };
    let model = Arc::new(Mutex::new(Model::new(Settings::default().history_budget)));
    let wake = Arc::new(Notify::new());
    let waker = Arc::clone(&wake);
    let url = config.profile.url();
    let opened = Live::open(
        &runtime,
        config,
        model,
        Arc::new(move || waker.notify_one()),
    );
    let live = match opened {
        Ok(live) => live,
        Err(err) => return Outcome::error(format!("This system gives Canopy no thread: {err}.")),
    };
    let mut watched = Watched {
        live,
        url,
        wake,
        was_connected: false,
        trouble: None,
    };
    let shown = async {
        match mode {
            Mode::Screen { every } => screen::show(&mut watched, every).await,
            Mode::Lines { every } => lines::show_changes(&mut watched, every).await,
            Mode::Once { after } => lines::show_once(&mut watched, after).await,
        }
    };
    let outcome = tokio::select! {
        outcome = shown => outcome,
        () = stop.requested() => Ok(Outcome::SUCCESS),
    };
    watched.leave().await;
    match outcome {
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Outcome::SUCCESS,
        Err(err) => Outcome::error(format!("The output cannot be written: {err}.")),
        Ok(outcome) => outcome,
    }
}

impl Watched {
    /// Takes in what happened. An outcome ends the program: a first connection that failed, or a refusal.
    fn take_events(&mut self) -> Option<Outcome> {
        while let Some(event) = self.live.next_event() {
            match event {
                Event::State(State::Connected { .. }) => {
                    self.was_connected = true;
                    self.trouble = None;
                }
                Event::State(State::Waiting { failure, .. }) => {
                    if !self.was_connected {
                        return Some(failed(&failure));
                    }
                    self.trouble = Some(failure.what);
                }
                Event::State(State::Ended(Some(failure))) => return Some(failed(&failure)),
                Event::Subscription(
                    filter,
                    crate::client::SubscribeOutcome::Refused(reason, _),
                ) => {
                    let name = reason.name();
                    self.trouble = Some(format!(
                        "The broker refused the subscription to {filter}: {name}."
                    ));
                }
                _ => {}
            }
        }
        None
    }

    /// Takes in what happens until then.
    async fn follow_until(&mut self, then: tokio::time::Instant) -> Option<Outcome> {
        loop {
            if let Some(outcome) = self.take_events() {
                return Some(outcome);
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep_until(then) => return self.take_events(),
            }
        }
    }

    /// Says DISCONNECT and waits for the end, but not long.
    async fn leave(mut self) {
        if self.live.send(crate::client::Command::Disconnect).is_err() {
            return;
        }
        let end = async {
            while !matches!(self.live.state(), State::Ended(_)) {
                while self.live.next_event().is_some() {}
                self.wake.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(1), end).await.ok();
    }
}

fn failed(failure: &Failure) -> Outcome {
    Outcome::error(super::session::in_options(failure))
}
