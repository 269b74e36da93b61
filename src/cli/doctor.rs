//! `canopy doctor`: tries a connection step by step and prints what each step has found.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::client::doctor::{Examination, Report, examine};
use crate::client::{Config, RuntimeHandle};
use crate::profile::apply_url;

use super::connect::{ConnectArgs, password_from_environment};
use super::exit::{self, Outcome};
use super::terminal::StopSignal;

/// The options of `canopy doctor`.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    after_help = "The exit code is 0 when the connection works and 1 when a step failed.

Examples:
  canopy doctor -h broker.example -u ann
  canopy doctor mqtts://broker.example
  canopy doctor wss://ann@broker.example:8084/mqtt"
)]
pub struct DoctorArgs {
    /// The broker as a URL instead of -h and -p: mqtt, mqtts, ws, wss or mqtt+unix
    #[arg(value_name = "URL")]
    address: Option<String>,
    /// Give up a step after this many seconds
    #[arg(short = 'W', long, value_name = "SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..), help_heading = "Connection")]
    timeout: u16,
    #[command(flatten)]
    connect: ConnectArgs,
}

impl DoctorArgs {
    fn config(&self) -> Result<Config, String> {
        let mut config = self
            .connect
            .connect()
            .map_err(|err| err.to_string())?
            .config;
        config.profile.connect_timeout = self.timeout;
        if let Some(address) = &self.address {
            let password =
                apply_url(&mut config.profile, address).map_err(|err| err.to_string())?;
            config.password = password.or(config.password);
        }
        if config.password.is_none() && !config.profile.user_name.is_empty() {
            config.password = password_from_environment();
        }
        Ok(config)
    }
}

/// Runs `canopy doctor`.
pub fn run(args: &DoctorArgs) -> ExitCode {
    let config = match args.config() {
        Ok(config) => config,
        Err(err) => return Outcome::error(err).report(false),
    };
    let outcome = match super::runtime() {
        Ok(runtime) => {
            let outcome = runtime.block_on(follow(runtime.handle(), config));
            runtime.shutdown_timeout(GOODBYE);
            outcome
        }
        Err(outcome) => outcome,
    };
    outcome.report(false)
}

/// How long a cancelled test may take to say DISCONNECT.
const GOODBYE: std::time::Duration = std::time::Duration::from_millis(200);

async fn follow(runtime: &RuntimeHandle, config: Config) -> Outcome {
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(err) => return Outcome::error(format!("This system allows no signal handler: {err}.")),
    };
    // The examination is awaited, so that nobody has to be woken.
    let mut examination = examine(runtime, config, Arc::new(|| {}));
    let report = examination.report();
    if let Err(outcome) = print(&format!("{}\n", report.heading())) {
        return outcome;
    }
    let mut printed = 0;
    loop {
        let report = examination.report();
        match print_settled(&report, printed) {
            Ok(count) => printed = count,
            Err(outcome) => return outcome,
        }
        if report.is_over() {
            return conclude(&report);
        }
        next(&mut examination, &mut stop).await;
    }
}

/// Waits for something new; a stop from outside cancels the test.
async fn next(examination: &mut Examination, stop: &mut StopSignal) {
    let is_stopped = tokio::select! {
        () = examination.changed() => false,
        () = stop.requested() => true,
    };
    if is_stopped {
        examination.cancel();
    }
}

/// Prints the steps that were settled since `printed` of them were, and says how many are.
fn print_settled(report: &Report, printed: usize) -> Result<usize, Outcome> {
    let fresh = report.steps.iter().skip(printed);
    let fresh: Vec<_> = fresh.take_while(|it| it.outcome.is_settled()).collect();
    for step in &fresh {
        print(&in_options(&step.text()))?;
    }
    Ok(printed + fresh.len())
}

fn conclude(report: &Report) -> Outcome {
    if let Err(outcome) = print(&format!("\n{}\n", report.summary())) {
        return outcome;
    }
    let works = report.works();
    Outcome {
        code: if works { 0 } else { exit::ERROR },
        message: None,
    }
}

/// The words of a command line, which has options where the window has a profile.
fn in_options(text: &str) -> String {
    text.replace(" in the profile", "")
        .replace("that this profile allows", "that is allowed here")
}

fn print(text: &str) -> Result<(), Outcome> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|err| Outcome::error(format!("Standard output takes no more: {err}.")))
}
