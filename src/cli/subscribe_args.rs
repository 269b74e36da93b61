//! The command line of `canopy sub`.

use std::time::Duration;

use clap::Args;
use thiserror::Error;

use crate::mqtt::{FilterError, Qos, TopicFilter};
use crate::profile::{Profile, Session};

use super::connect::{Connect, ConnectArgs, ConnectError, parse_qos, subscriptions};
use super::output::{Form, Format, FormatError};

/// Why a command line of `canopy sub` does not fit.
#[derive(Debug, Error)]
pub enum SubscribeError {
    /// The connection's options.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Neither `-t` nor `-U` nor `-L`.
    #[error(
        "Nothing says what to subscribe to. Give a topic filter with -t; “#” means every topic."
    )]
    NoTopic,
    /// `-t`, `-T` or `-U`.
    #[error("“{0}” is not a topic filter: {1}")]
    Filter(String, FilterError),
    /// The saved profile wants to be asked about each publish, and clearing is publishing.
    #[error(
        "“{0}” asks before anything is published, and --remove-retained publishes. Nothing was done. If you are sure, add --yes."
    )]
    AskFirst(String),
    /// `-F`
    #[error(transparent)]
    Format(#[from] FormatError),
}

/// Arguments of `canopy sub`.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    override_usage = "canopy sub [OPTIONS] -t <FILTER>...",
    after_help = "Formats of -F:
  %t topic   %p payload   %x %X payload in hexadecimal   %l its length
  %q QoS     %r retained  %m packet identifier           %% a percent sign
  %j the message as JSON  %J the same, with a JSON payload as it is
  %I time    %U Unix time @Y @m @d @H @M @S @N parts of the time
  MQTT 5: %C content type, %D correlation data, %E expiry, %F payload format,
          %P user properties, %R response topic, %S subscription identifier
  Widths as in printf: %-20t %010l. Escapes: \\n \\t \\0 \\\\ and so on.

Examples:
  canopy sub -t '#' -v                     everything, with topics
  canopy sub -t 'home/+/temp' -C 1 -W 5    one message, or exit code 27
  canopy sub -t '#' -F '@H:@M:@S %t %p'    with the time
  canopy sub --profile Kitchen -v          as saved in the window
  canopy sub -h broker.lan --cafile ca.pem -t '#'
                                           encrypted, port 8883
  canopy sub -t 'old/#' --remove-retained --retained-only
                                           clear retained messages

Without -C, -W or -E it goes on until Ctrl+C, and connects again when the
broker goes away. Options and exit codes are those of mosquitto_sub: 0 done,
1 an error, 7 the connection was lost for good, 27 -W ran out, or the code of
a refused CONNACK (5 or 135: not authorized)."
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct SubscribeArgs {
    /// Topic filter to subscribe to; may be repeated
    #[arg(short, long, value_name = "FILTER", help_heading = "What to receive")]
    topic: Vec<String>,
    /// Highest QoS wanted
    #[arg(short, long, value_name = "QOS", default_value = "0", value_parser = parse_qos, help_heading = "What to receive")]
    qos: Qos,
    /// Leave out topics that match this filter; may be repeated
    #[arg(
        short = 'T',
        long,
        value_name = "FILTER",
        help_heading = "What to receive"
    )]
    filter_out: Vec<String>,
    /// Unsubscribe from this filter; may be repeated
    #[arg(
        short = 'U',
        long,
        value_name = "FILTER",
        help_heading = "What to receive"
    )]
    unsubscribe: Vec<String>,
    /// Keep the retain flag as it was published (MQTT 5), instead of telling what was there before
    #[arg(long, help_heading = "What to receive")]
    retain_as_published: bool,
    /// Leave out retained messages
    #[arg(
        short = 'R',
        long,
        conflicts_with = "retained_only",
        help_heading = "What to receive"
    )]
    no_retained: bool,
    /// Only retained messages; the first other one ends the program
    #[arg(long, help_heading = "What to receive")]
    retained_only: bool,
    /// Clear every retained message that is received, except those that -T leaves out
    #[arg(long, help_heading = "What to receive")]
    remove_retained: bool,
    /// Clear without a question on a saved profile that asks before publishing
    #[arg(long, requires = "remove_retained", help_heading = "What to receive")]
    yes: bool,
    /// Print only this percentage of the messages, chosen at random
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent, help_heading = "What to receive")]
    random_filter: Option<f64>,

    /// End after this many messages
    #[arg(short = 'C', long, value_name = "COUNT",
        value_parser = clap::value_parser!(u64).range(1..), help_heading = "When to end")]
    count: Option<u64>,
    /// End after this many seconds, with exit code 27
    #[arg(short = 'W', long, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..), help_heading = "When to end")]
    timeout: Option<u64>,
    /// End once the broker has answered every subscription
    #[arg(short = 'E', long, help_heading = "When to end")]
    exit_after_subscribe: bool,
    #[command(flatten)]
    connect: ConnectArgs,

    /// Print the topic before the payload
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// Print each message in this format, see below
    #[arg(short = 'F', long, value_name = "FORMAT", help_heading = "Output")]
    format: Option<String>,
    /// No line end after a message
    #[arg(short = 'N', long, help_heading = "Output")]
    no_newline: bool,
    /// Lay out the JSON of %j and %J over several lines
    #[arg(long, help_heading = "Output")]
    pretty: bool,
    /// Print every packet
    #[arg(short, long, help_heading = "Output")]
    debug: bool,
    /// Print no errors once the command line was understood
    #[arg(long, help_heading = "Output")]
    quiet: bool,
}

/// Which messages are taken, and how they are written.
#[derive(Debug)]
pub struct Selection {
    /// Topics to leave out.
    pub filter_out: Vec<TopicFilter>,
    /// What happens with retained messages.
    pub retained: Retained,
    /// Whether retained messages are cleared on the broker.
    pub remove_retained: bool,
    /// The share of messages printed, from 0 to 100; `None` for all.
    pub percent: Option<f64>,
    /// The number of messages after which to end.
    pub count: Option<u64>,
    /// How they are written.
    pub form: Form,
    /// Whether a line end follows each.
    pub newline: bool,
    /// Whether packets are printed.
    pub trace: bool,
}

/// What happens with retained messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retained {
    /// Printed like others.
    Shown,
    /// `-R`
    Hidden,
    /// `--retained-only`
    Only,
}

/// A command line of `canopy sub` that was understood.
pub struct SubscribeJob {
    /// How to connect; the subscriptions are in its profile.
    pub connect: Connect,
    /// How many subscriptions have to be answered.
    pub filters: Vec<TopicFilter>,
    /// What to unsubscribe from.
    pub unsubscribe: Vec<TopicFilter>,
    /// Which messages, and how.
    pub selection: Selection,
    /// When to end.
    pub timeout: Option<Duration>,
    /// Whether to end once every subscription was answered.
    pub exit_after_subscribe: bool,
    /// Whether errors are not printed.
    pub quiet: bool,
}

impl SubscribeArgs {
    /// Checks the arguments against each other. `confirm` is asked when retained messages are to be cleared and the profile
    /// wants a question before publishing.
    ///
    /// # Errors
    /// [`SubscribeError`] says which do not fit.
    pub fn job(&self, confirm: impl FnOnce(&str) -> bool) -> Result<SubscribeJob, SubscribeError> {
        let mut connect = self.connect.connect()?;
        let mut topics = self.topic.clone();
        topics.extend(connect.url_topic.clone());
        let saved = &mut connect.config.profile.subscriptions;
        // A saved profile's own subscriptions count when the command line names none.
        let filters = if topics.is_empty() && !saved.is_empty() {
            let texts: Vec<String> = saved.iter().map(|it| it.filter.clone()).collect();
            parse_filters(&texts)?
        } else {
            let filters = parse_filters(&topics)?;
            *saved = subscriptions(&filters, self.qos);
            filters
        };
        if filters.is_empty() && self.unsubscribe.is_empty() {
            return Err(SubscribeError::NoTopic);
        }
        self.ask_first(&connect.config.profile, &filters, confirm)?;
        connect.extras.retain_as_published = self.retain_as_published;
        // A kept session delivers what -C leaves over to the next run, if it was not acknowledged in this one.
        let is_kept = connect.config.profile.session == Session::Resume;
        connect.extras.acknowledge_by_hand = is_kept && self.count.is_some();
        Ok(SubscribeJob {
            connect,
            filters,
            unsubscribe: parse_filters(&self.unsubscribe)?,
            selection: self.selection()?,
            timeout: self.timeout.map(Duration::from_secs),
            exit_after_subscribe: self.exit_after_subscribe,
            quiet: self.quiet,
        })
    }

    fn ask_first(
        &self,
        profile: &Profile,
        filters: &[TopicFilter],
        confirm: impl FnOnce(&str) -> bool,
    ) -> Result<(), SubscribeError> {
        if !self.remove_retained || !profile.ask_before_publish || self.yes {
            return Ok(());
        }
        let filters: Vec<&str> = filters.iter().map(TopicFilter::as_str).collect();
        let (filters, name) = (filters.join(", "), &profile.name);
        let question = format!("Clear the retained messages of {filters} on “{name}”? [y/N] ");
        if confirm(&question) {
            return Ok(());
        }
        Err(SubscribeError::AskFirst(name.clone()))
    }

    fn selection(&self) -> Result<Selection, SubscribeError> {
        let form = match &self.format {
            Some(format) => Form::Custom(Format::new(format, self.pretty)?),
            None if self.verbose => Form::Verbose,
            None => Form::Payload,
        };
        let retained = match (self.no_retained, self.retained_only) {
            (true, _) => Retained::Hidden,
            (_, true) => Retained::Only,
            _ => Retained::Shown,
        };
        Ok(Selection {
            filter_out: parse_filters(&self.filter_out)?,
            retained,
            remove_retained: self.remove_retained,
            percent: self.random_filter,
            count: self.count,
            form,
            newline: !self.no_newline,
            trace: self.debug,
        })
    }
}

/// Checks topic filters in their order.
pub fn parse_filters(texts: &[String]) -> Result<Vec<TopicFilter>, SubscribeError> {
    texts
        .iter()
        .map(|text| {
            TopicFilter::new(text.as_str()).map_err(|err| SubscribeError::Filter(text.clone(), err))
        })
        .collect()
}

fn parse_percent(text: &str) -> Result<f64, &'static str> {
    match text.parse() {
        Ok(percent) if (0.1..=100.0).contains(&percent) => Ok(percent),
        _ => Err("use a number from 0.1 to 100"),
    }
}
