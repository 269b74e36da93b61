//! `canopy doctor`: tries a connection step by step and prints what each step has found.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::client::RuntimeHandle;
use crate::client::doctor::{Examination, Options, PUBLISH_YOURSELF, Report, examine_with};
use crate::mqtt::Properties;
use crate::profile::Url;

use super::connect::{Connect, ConnectArgs, ConnectError};
use super::exit::{self, Outcome};
use super::terminal::StopSignal;

/// The options of `canopy doctor`.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    after_help = "The exit code is 0 when the connection works and 1 when a step failed.

The client id of -i or of a profile is tested as ID-test, so that a client that runs with it stays
connected. Subscriptions, last will and kept session stay out of the test.

Examples:
  canopy doctor -h broker.example -u ann
  canopy doctor mqtts://broker.example
  canopy doctor wss://ann@broker.example:8084/mqtt"
)]
pub struct DoctorArgs {
    /// The broker as a URL instead of -h and -p: mqtt, mqtts, ws, wss or mqtt+unix
    #[arg(value_name = "URL", value_parser = Url::from_address)]
    address: Option<Url>,
    /// Find out at the end whether somebody else uses the client id, too; throws that client out
    #[arg(long, help_heading = "Who you are")]
    own_id: bool,
    /// Publish the test's messages also on a saved profile that asks before publishing
    #[arg(long, help_heading = "Connection")]
    yes: bool,
    /// Give up a step after this many seconds
    #[arg(short = 'W', long, value_name = "SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..), help_heading = "Connection")]
    timeout: u16,
    #[command(flatten)]
    connect: ConnectArgs,
}

impl DoctorArgs {
    fn connect(&self) -> Result<Connect, ConnectError> {
        let mut connect = self.connect.connect_to(self.address.as_ref())?;
        connect.config.profile.connect_timeout = self.timeout;
        Ok(connect)
    }
}

/// What was given and has no effect here.
fn without_effect(connect: &Connect) -> impl Iterator<Item = &'static str> {
    let notes = [
        (
            connect.publish_properties != Properties::default(),
            "-D publish: without effect, as the test publishes messages of its own. Leave it out.",
        ),
        (
            connect.extras.will != Properties::default(),
            "-D will: without effect, as the last will stays out of the test. Leave it out.",
        ),
    ];
    let given = notes.into_iter().filter(|(is_given, _)| *is_given);
    given.map(|(_, note)| note)
}

/// Runs `canopy doctor`.
pub fn run(args: &DoctorArgs) -> ExitCode {
    let connect = match args.connect() {
        Ok(connect) => connect,
        Err(err) => return Outcome::error(err).report(false),
    };
    connect.say_notes(false);
    without_effect(&connect).for_each(super::complain);
    let outcome = match super::runtime() {
        Ok(runtime) => {
            let outcome = runtime.block_on(follow(runtime.handle(), connect, args));
            runtime.shutdown_timeout(GOODBYE);
            outcome
        }
        Err(outcome) => outcome,
    };
    outcome.report(false)
}

/// How long a cancelled test may take to say DISCONNECT.
const GOODBYE: std::time::Duration = std::time::Duration::from_millis(200);

async fn follow(runtime: &RuntimeHandle, connect: Connect, args: &DoctorArgs) -> Outcome {
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(err) => return Outcome::error(format!("This system allows no signal handler: {err}.")),
    };
    // The examination is awaited, so that nobody has to be woken.
    let options = Options {
        extras: connect.extras,
        claims_id: args.own_id,
        publishes_unasked: args.yes,
    };
    let mut examination = examine_with(runtime, connect.config, options, Arc::new(|| {}));
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
    text.replace(PUBLISH_YOURSELF, "If you are sure, add --yes.")
        .replace(" in the profile", "")
        .replace("that this profile allows", "that is allowed here")
}

fn print(text: &str) -> Result<(), Outcome> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|err| Outcome::error(format!("Standard output takes no more: {err}.")))
}
